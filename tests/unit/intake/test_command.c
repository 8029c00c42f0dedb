/* Which lines of a comment are commands, and what their words are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "intake/command.h"
#include <string.h>

#define CALL "/perf-review ignore x "

static void a_line_is_a_command_where_it_stands_alone(void **state)
{
    static const struct {
        const char *body, *found;
    } CASES[] = {
        {"/perf-review run", "/perf-review run"},
        {"/perf-review", "/perf-review"},
        {"Hello\r\n\r\n   /perf-review  ignore x  y \r\nbye", "/perf-review  ignore x  y"},
        {"/perf-review\trun\n/perf-review help", "/perf-review\trun\n/perf-review help"},
        {"", ""},
        {"no /perf-review run", ""},
        {"    /perf-review run", ""},
        {"\t/perf-review run", ""},
        {"> /perf-review run", ""},
        {"/perf-reviewer run", ""},
        {"/perf-review-run", ""},
        {"```\n/perf-review run\n```\n", ""},
        {"```\n/perf-review run\n``\n/perf-review run\n````\n/perf-review help", "/perf-review help"},
        {"~~~ sh\n/perf-review run\n```\n/perf-review run\n~~~\n/perf-review help", "/perf-review help"},
        {"```\n/perf-review run, and the fence never ends", ""},
        {"``` a span ```\n/perf-review help", "/perf-review help"},
        {"<!-- hint\n/perf-review run\n-->\n/perf-review help", "/perf-review help"},
        {"<!-- one --> text\n/perf-review help", "/perf-review help"},
        {"<!--\n```\n-->\n/perf-review help", "/perf-review help"},
        {"<!-- never closed\n/perf-review run", ""},
    };
    struct arena *arena = arena_new(1 << 16);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct view found = {0};

        assert_int_equal(command_find(view_of(CASES[i].body), arena, &found, NULL), ERR_OK);
        if (!view_is(found, CASES[i].found))
            fail_msg("in \"%s\": \"%.*s\"", CASES[i].body, VIEW_ARG(found));
    }
    arena_free(arena);
}

static void ten_commands_are_read_and_a_long_line_is_cut_between_characters(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    char body[20 * COMMAND_LINE_MAX], *at = body;
    struct view found = {0}, rest, line;
    size_t count = 0;

    (void)state;
    for (int i = 0; i < COMMANDS_MAX + 2; i++) {
        memcpy(at, CALL, sizeof(CALL));
        at += strlen(at);
        for (int j = 0; j < COMMAND_LINE_MAX / 2; j++) {
            memcpy(at, "\xc3\xa9", 2); /* e with an accent: two bytes */
            at += 2;
        }
        *at++ = '\n';
    }
    *at = '\0';
    assert_int_equal(command_find(view_of(body), arena, &found, NULL), ERR_OK);
    for (rest = found; view_split(&rest, '\n', &line); count++)
        assert_true(line.len <= COMMAND_LINE_MAX && line.len > COMMAND_LINE_MAX - 2 &&
                    (unsigned char)line.ptr[line.len - 1] == 0xa9);
    assert_int_equal(count, COMMANDS_MAX);
    arena_free(arena);
}

static void words_are_told_apart_and_a_slip_has_a_nearest(void **state)
{
    struct command command = command_parse(VIEW("/perf-review  IGNORE py-x  three items  "));

    (void)state;
    assert_int_equal(command.verb, COMMAND_IGNORE);
    assert_true(view_is(command.rest, "py-x  three items"));
    assert_int_equal(command_parse(VIEW("/perf-review")).verb, COMMAND_HELP);
    command = command_parse(VIEW("/perf-review stats"));
    assert_int_equal(command.verb, COMMAND_UNKNOWN);
    assert_string_equal(command.nearest, "status");
    assert_null(command_parse(VIEW("/perf-review quintessential")).nearest);
    for (int i = 0; i < COMMAND_UNKNOWN; i++)
        assert_true(COMMANDS[i].name[0] && COMMANDS[i].what[0]);
}

static void every_arena_cap_ends_in_a_limit_or_in_success(void **state)
{
    enum err_code code = ERR_LIMIT;

    (void)state;
    for (size_t cap = 0; code != ERR_OK && cap < 4096; cap += 16) {
        struct arena *arena = arena_new(cap);
        struct view found = {0};

        code = command_find(VIEW("/perf-review run\n/perf-review help"), arena, &found, NULL);
        assert_true(code == ERR_OK || (code == ERR_LIMIT && found.len == 0));
        arena_free(arena);
    }
    assert_int_equal(code, ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_a_command_where_it_stands_alone),
        cmocka_unit_test(ten_commands_are_read_and_a_long_line_is_cut_between_characters),
        cmocka_unit_test(words_are_told_apart_and_a_slip_has_a_nearest),
        cmocka_unit_test(every_arena_cap_ends_in_a_limit_or_in_success),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
