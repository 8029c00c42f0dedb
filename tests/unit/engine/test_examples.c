/* Expectation comments, and the report of an example that does not do what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine_test.h"

static const struct {
    const char *text, *plain;
    uint32_t line, expected;
} CASES[] = {
    {"f()", "f()", 1, 0},
    {"f()  # expect", "f()", 1, 1},
    {"f()  # expect 3\n", "f()\n", 1, 3},
    {"f(); // expect", "f();", 1, 1},
    {"a\nf()  # expect\nb", "a\nf()\nb", 2, 1},
    {"a\nf()  # expect\nb", "a\nf()\nb", 1, 0},
    {"f()  # expected", "f()  # expected", 1, 0},
    {"f()  # expect x", "f()  # expect x", 1, 0},
    {"f('# expect', 1)", "f('# expect', 1)", 1, 0},
    {"f('# expect')  # expect", "f('# expect')", 1, 1},
    {"f()  # expect 99999", "f()  # expect 99999", 1, 0},
    {"", "", 1, 0},
};

static void comments_are_read_and_taken_off(void **state)
{
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct view plain = {0};
        assert_int_equal(example_expected(view_of(CASES[i].text), CASES[i].line), CASES[i].expected);
        assert_int_equal(example_plain(view_of(CASES[i].text), arena, &plain, NULL), ERR_OK);
        if (!view_is(plain, CASES[i].plain))
            fail_msg("%s: %.*s", CASES[i].text, VIEW_ARG(plain));
    }
    assert_int_equal(example_expected(VIEW("a # expect\nb\nc # expect 2\n"), 0), 3);
    arena_free(arena);
}

/* Finds one thing on each line that holds an x, and fails on a z. */
static enum err_code find_x(void *ctx, const struct rule *rule, const struct example *example,
                            struct view text, uint32_t *lines, size_t *count, struct err *err)
{
    struct view part;
    (void)ctx, (void)rule, (void)example;
    for (uint32_t line = 1; view_split(&text, '\n', &part); line++) {
        if (view_find_byte(part, 'z', 0) != SIZE_MAX)
            return err_set(err, ERR_INVALID, "z");
        if (view_find_byte(part, 'x', 0) != SIZE_MAX)
            lines[(*count)++] = line;
    }
    return ERR_OK;
}

static void examples_that_differ_are_reported(void **state)
{
    static const struct example examples[] = {
        {.bad = true, .text = {"y\nx  # expect\n", 14}, .line = 10},
        {.bad = true, .text = {"x\ny  # expect\n", 14}, .line = 20},
        {.bad = false, .text = {"x", 1}, .line = 30},
    };
    static const struct example broken = {.bad = true, .text = {"z # expect", 10}, .line = 7};
    struct rule rule = {.file = VIEW("r.yaml"), .examples = examples, .example_count = COUNT_OF(examples)};
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct buffer report;
    size_t failures = 0;
    struct err err = {0};

    (void)state;
    buffer_init(&report, 4096);
    assert_int_equal(examples_check(&rule, find_x, NULL, arena, &report, &failures, &err), ERR_OK);
    assert_int_equal(failures, 3);
    assert_string_equal(report.ptr, "r.yaml:20: bad example: 0 findings expected, 1 found: x\n"
                                    "r.yaml:21: bad example: 1 finding expected, 0 found: y  # expect\n"
                                    "r.yaml:30: good example: 0 findings expected, 1 found: x\n");
    rule.examples = &broken;
    rule.example_count = 1;
    assert_int_equal(examples_check(&rule, find_x, NULL, arena, &report, &failures, &err), ERR_INVALID);
    assert_string_equal(err.message, "r.yaml:7: z");
    buffer_deinit(&report);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_are_read_and_taken_off),
        cmocka_unit_test(examples_that_differ_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
