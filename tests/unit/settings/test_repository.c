/* .perf-review.yml: read strictly, with the place of each mistake and the nearest known word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "settings/repository.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const RULES[] = {"py-readlines", "rs-clone-in-loop", NULL};

static enum err_code parse(const char *text, struct arena *arena, struct repository_settings *out,
                           struct err *err)
{
    return repository_settings_parse(view_of(text), VIEW("x.yml"), RULES, arena, out, err);
}

static void all_keys_are_read(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    struct repository_settings settings;
    struct err err = {0};

    (void)state;
    assert_int_equal(parse("hot: [src/**, 'api.py:get']\ncold:\n  - tools/\nmax_comments: 0\n"
                           "min_severity: medium\nfail_on: high\ntrigger: command\nrules: {py-readlines: "
                           "off, rs-clone-in-loop: on}\n",
                           arena, &settings, &err),
                     ERR_OK);
    assert_int_equal(settings.mark_count, 3);
    assert_true(settings.marks[0].hot && view_is(settings.marks[0].glob, "src/**") &&
                settings.marks[0].symbol.len == 0);
    assert_true(view_is(settings.marks[1].glob, "api.py") && view_is(settings.marks[1].symbol, "get"));
    assert_true(!settings.marks[2].hot && view_is(settings.marks[2].glob, "tools/"));
    assert_int_equal(settings.max_comments, 0);
    assert_true(view_is(settings.min_severity, "medium"));
    assert_true(view_is(settings.fail_on, "high") && view_is(settings.trigger, "command"));
    assert_int_equal(settings.rules_off_count, 1);
    assert_true(view_is(settings.rules_off[0], "py-readlines"));
    arena_free(arena);
}

static void nothing_said_means_the_defaults(void **state)
{
    static const char *const ROWS[] = {"{}", "", "\n", "# only a comment\n"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct repository_settings settings;
        struct err err = {0};

        if (parse(ROWS[i], arena, &settings, &err) != ERR_OK)
            fail_msg("\"%s\": %s", ROWS[i], err.message);
        assert_int_equal(settings.max_comments, -1);
        assert_int_equal(settings.mark_count + settings.rules_off_count + settings.min_severity.len, 0);
        arena_free(arena);
    }
}

static void mistakes_are_told_with_their_place(void **state)
{
    static const struct {
        const char *text, *place, *says;
    } ROWS[] = {
        {"hott: []", "x.yml:1:1: ", "hot"},
        {"hot: src", "x.yml:1:6: ", "list"},
        {"hot:\n  - 'a[b'", "x.yml:2:5: ", ""},
        {"hot: [':x']", "x.yml:1:7: ", "glob"},
        {"cold: ['a:']", "x.yml:1:8: ", "glob"},
        {"rules: [a]", "x.yml:1:8: ", "rules"},
        {"rules: {py-readline: off}", "x.yml:1:9: ", "py-readlines"},
        {"rules: {py-readlines: maybe}", "x.yml:1:23: ", "on or off"},
        {"trigger: comand", "x.yml:1:10: ", "did you mean `command`"},
        {"ignore: a", "x.yml:1:9: ", "list"},
        {"ignore: ['a[b']", "x.yml:1:10: ", ""},
        {"max_comments: 31", "x.yml:1:15: ", ""},
        {"max_comments: few", "x.yml:1:15: ", ""},
        {"min_severity: hihg", "x.yml:1:15: ", "did you mean `high`"},
        {"- a", "x.yml:1:1: ", ""},
        {"hot: []\nhot: []", "x.yml:2:1: ", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct repository_settings settings;
        struct err err = {0};
        enum err_code code = parse(ROWS[i].text, arena, &settings, &err);

        if (code != ERR_INVALID || !strstr(err.message, ROWS[i].place) || !strstr(err.message, ROWS[i].says))
            fail_msg("%s: %s: %s", ROWS[i].text, err_name(code), err.message);
        arena_free(arena);
    }
}

static void a_file_over_the_limit_is_refused(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    struct repository_settings settings;
    struct err err = {0};
    size_t len = REPOSITORY_SETTINGS_MAX_BYTES;
    char *text = malloc(len + 2);

    (void)state;
    memset(text, ' ', len + 1);
    memcpy(text, "{}", 2);
    text[len + 1] = '\0';
    assert_int_equal(parse(text, arena, &settings, &err), ERR_LIMIT);
    text[len] = '\0';
    assert_int_equal(parse(text, arena, &settings, &err), ERR_OK);
    free(text);
    arena_free(arena);
}

static void every_arena_cap_is_survived(void **state)
{
    enum err_code code = ERR_LIMIT;

    (void)state;
    for (size_t cap = 0; code != ERR_OK && cap < 1 << 20; cap += 64) {
        struct arena *arena = arena_new(cap);
        struct repository_settings settings = {0};
        struct err err = {0};

        if (!arena)
            continue;
        code = parse("hot: [a, b]\ncold: [c]\nignore: [d]\nrules: {py-readlines: off}\n", arena, &settings,
                     &err);
        assert_true(code == ERR_OK ||
                    ((code == ERR_LIMIT || code == ERR_MEMORY) && settings.mark_count == 0));
        arena_free(arena);
    }
    assert_int_equal(code, ERR_OK);
}

/* A file of config/, which lies four folders above this one. */
static struct view read_file(const char *name, char *text, size_t size)
{
    static const char HERE[] = "tests/unit/settings/test_repository.c";
    char path[1024];
    FILE *file;
    size_t len;

    snprintf(path, sizeof(path), "%.*sconfig/%s", (int)(strlen(__FILE__) - strlen(HERE)), __FILE__, name);
    file = fopen(path, "re");
    if (!file)
        fail_msg("%s cannot be read", path);
    len = fread(text, 1, size, file);
    fclose(file);
    return (struct view){text, len};
}

static void the_schema_knows_the_same_keys(void **state)
{
    static char text[64 << 10];
    struct json *root = NULL;
    const struct json *properties;
    size_t count = 0, known = 0;

    (void)state;
    assert_int_equal(json_parse(read_file("repository.schema.json", text, sizeof(text)), &root, NULL),
                     ERR_OK);
    properties = json_at(root, "properties");
    for (const char *const *key = repository_settings_keys(); *key; key++, count++)
        assert_non_null(json_at(properties, *key));
    for (const struct json *item = json_first(properties); item; item = json_next(item))
        known++;
    assert_int_equal(known, count);
    json_free(root);
}

static void the_file_to_copy_means_the_defaults(void **state)
{
    static char text[64 << 10];
    struct arena *arena = arena_new(1 << 20);
    struct repository_settings settings;
    struct err err = {0};

    (void)state;
    if (repository_settings_parse(read_file("dot-perf-review.yml", text, sizeof(text)),
                                  VIEW("dot-perf-review.yml"), RULES, arena, &settings, &err) != ERR_OK)
        fail_msg("%s", err.message);
    assert_int_equal(settings.max_comments, -1);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_keys_are_read),
        cmocka_unit_test(nothing_said_means_the_defaults),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(a_file_over_the_limit_is_refused),
        cmocka_unit_test(every_arena_cap_is_survived),
        cmocka_unit_test(the_schema_knows_the_same_keys),
        cmocka_unit_test(the_file_to_copy_means_the_defaults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
