#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/yaml.h"
#include <string.h>

enum { ARENA_CAP = 1 << 16 };

/* The value of "k: TEXT". */
static const struct yaml *value(struct arena *arena, const char *text)
{
    struct view source = arena_format(arena, "k: %s\n", text);
    const struct yaml *root = NULL;
    struct err err = {0};

    if (yaml_parse(source, VIEW("f.yml"), arena, &root, &err) != ERR_OK)
        fail_msg("%s: %s", text, err.message);
    return root->first;
}

static void whole_numbers_lie_within_their_range(void **state)
{
    static const struct row {
        const char *text;
        int64_t min, max;
        bool ok;
        int64_t value;
    } ROWS[] = {
        {"7", 0, 10, true, 7},
        {"0", 0, 10, true, 0},
        {"10", 0, 10, true, 10},
        {"11", 0, 10, false, 0},
        {"-1", 0, 10, false, 0},
        {"-1", -1, 10, true, -1},
        {"+3", 0, 10, true, 3},
        {"-0", 0, 10, true, 0},
        {"9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX},
        {"-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN},
        {"9223372036854775808", INT64_MIN, INT64_MAX, false, 0},
        {"-9223372036854775809", INT64_MIN, INT64_MAX, false, 0},
        {"99999999999999999999999", INT64_MIN, INT64_MAX, false, 0},
        {"1.0", 0, 10, false, 0},
        {"1e1", 0, 10, false, 0},
        {"0x1", 0, 10, false, 0},
        {"--1", -10, 10, false, 0},
        {"+", -10, 10, false, 0},
        {"\"7\"", 0, 10, false, 0},
        {"x", 0, 10, false, 0},
        {"", 0, 10, false, 0},
        {"[7]", 0, 10, false, 0},
        {"{a: 7}", 0, 10, false, 0},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct arena *arena = arena_new(ARENA_CAP);
        struct err err = {0};
        int64_t out = 42;
        enum err_code code = yaml_to_int(value(arena, row->text), row->min, row->max, &out, &err);

        if (code != (row->ok ? ERR_OK : ERR_INVALID) || out != (row->ok ? row->value : 42))
            fail_msg("%s: %s", row->text, err.message);
        arena_free(arena);
    }
}

static void numbers_are_decimal_and_finite(void **state)
{
    static const struct row {
        const char *text;
        bool ok;
        double value;
    } ROWS[] = {
        {"1.5", true, 1.5}, {"-2", true, -2},  {"+1.2e9", true, 1.2e9}, {"1E-2", true, 0.01},
        {".5", true, 0.5},  {"5.", true, 5},   {"1e400", false, 0},     {"nan", false, 0},
        {".inf", false, 0}, {"inf", false, 0}, {"0x10", false, 0},      {"1e", false, 0},
        {"1e+", false, 0},  {".", false, 0},   {"e5", false, 0},        {"1 2", false, 0},
        {"1_0", false, 0},  {"'1'", false, 0}, {"~", false, 0},         {"-x", false, 0},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct arena *arena = arena_new(ARENA_CAP);
        struct err err = {0};
        double out = 42;
        enum err_code code = yaml_to_number(value(arena, row->text), &out, &err);

        if (code != (row->ok ? ERR_OK : ERR_INVALID) || out != (row->ok ? row->value : 42))
            fail_msg("%s: %s", row->text, err.message);
        arena_free(arena);
    }
}

static void truth_is_true_or_false(void **state)
{
    static const struct row {
        const char *text;
        bool ok, value;
    } ROWS[] = {
        {"true", true, true}, {"false", true, false}, {"yes", false, false},    {"True", false, false},
        {"1", false, false},  {"", false, false},     {"'true'", false, false},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct arena *arena = arena_new(ARENA_CAP);
        struct err err = {0};
        bool out = !row->value;
        enum err_code code = yaml_to_bool(value(arena, row->text), &out, &err);

        if (code != (row->ok ? ERR_OK : ERR_INVALID) || out != (row->ok ? row->value : !row->value))
            fail_msg("%s: %s", row->text, err.message);
        arena_free(arena);
    }
}

static void text_is_any_scalar_but_nothing(void **state)
{
    static const struct row {
        const char *text;
        const char *value; /* NULL: refused */
    } ROWS[] = {
        {"abc", "abc"}, {"7", "7"},  {"true", "true"}, {"''", ""},    {"\"~\"", "~"},
        {"", NULL},     {"~", NULL}, {"null", NULL},   {"[a]", NULL}, {"{a: b}", NULL},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct arena *arena = arena_new(ARENA_CAP);
        struct view out = VIEW("untouched");
        struct err err = {0};
        enum err_code code = yaml_to_text(value(arena, row->text), &out, &err);

        if (code != (row->value ? ERR_OK : ERR_INVALID) ||
            !view_is(out, row->value ? row->value : "untouched"))
            fail_msg("%s: %s", row->text, err.message);
        arena_free(arena);
    }
}

static void a_wrong_type_says_what_was_expected(void **state)
{
    struct arena *arena = arena_new(ARENA_CAP);
    struct err err = {0};
    struct view text;
    int64_t integer;
    double number;
    bool truth;

    (void)state;
    (void)!yaml_to_int(value(arena, "12"), 0, 8, &integer, &err);
    assert_string_equal(err.message, "f.yml:1:4: expected a whole number from 0 to 8, found '12'");
    (void)!yaml_to_int(value(arena, "\"2\""), 0, 8, &integer, &err);
    assert_string_equal(err.message, "f.yml:1:4: expected a whole number from 0 to 8, found the text '2'");
    (void)!yaml_to_bool(value(arena, "[1]"), &truth, &err);
    assert_string_equal(err.message, "f.yml:1:4: expected true or false, found a list");
    (void)!yaml_to_number(value(arena, ""), &number, &err);
    assert_string_equal(err.message, "f.yml:1:1: expected a number, found nothing");
    (void)!yaml_to_text(value(arena, "{a: 1}"), &text, &err);
    assert_string_equal(err.message, "f.yml:1:4: expected text, found a mapping");
    assert_int_equal(yaml_to_text(NULL, &text, &err), ERR_INVALID);
    assert_string_equal(err.message, "a value is missing: expected text");
    arena_free(arena);
}

static void the_nearest_name_is_near_enough(void **state)
{
    static const char *const NAMES[] = {"severity", "confidence", "title", "id", "max_comments", NULL};
    static const struct row {
        const char *word, *nearest;
    } ROWS[] = {
        {"severity", "severity"},
        {"sevrity", "severity"},
        {"severtiy", "severity"},
        {"Severity", "severity"},
        {"titel", "title"},
        {"ids", "id"},
        {"max-comment", "max_comments"},
        {"xyz", NULL},
        {"x", NULL},
        {"", NULL},
        {"confidently wrong", NULL},
        {"severityseverityseverityseverityseverityseverityseverityseverityx", NULL},
    };
    static const char *const NONE[] = {NULL};
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        const char *nearest = yaml_nearest(view_of(row->word), NAMES);

        if (nearest == NULL ? row->nearest != NULL
                            : row->nearest == NULL || strcmp(nearest, row->nearest) != 0)
            fail_msg("%s: %s", row->word, nearest ? nearest : "none");
    }
    assert_null(yaml_nearest(VIEW("id"), NONE));
}

static void unknown_keys_are_named_with_the_nearest_known(void **state)
{
    static const char *const NAMES[] = {"alpha", "beta", NULL};
    struct arena *arena = arena_new(ARENA_CAP);
    struct err err = {0};

    (void)state;
    assert_int_equal(yaml_check_keys(value(arena, "{beta: 1, alpha: 2}"), NAMES, &err), ERR_OK);
    assert_int_equal(yaml_check_keys(value(arena, "{}"), NAMES, &err), ERR_OK);
    assert_int_equal(yaml_check_keys(value(arena, "{beta: 1, alhpa: 2}"), NAMES, &err), ERR_INVALID);
    assert_string_equal(err.message, "f.yml:1:14: unknown key 'alhpa'; did you mean 'alpha'?");
    assert_int_equal(yaml_check_keys(value(arena, "{zzzz: 1}"), NAMES, &err), ERR_INVALID);
    assert_string_equal(err.message, "f.yml:1:5: unknown key 'zzzz'; known: alpha, beta");
    assert_int_equal(yaml_check_keys(value(arena, "[alpha]"), NAMES, &err), ERR_INVALID);
    assert_string_equal(err.message, "f.yml:1:4: expected a mapping, found a list");
    assert_int_equal(yaml_check_keys(value(arena, ""), NAMES, &err), ERR_INVALID);
    assert_string_equal(err.message, "f.yml:1:1: expected a mapping, found nothing");
    assert_int_equal(yaml_check_keys(NULL, NAMES, &err), ERR_INVALID);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_lie_within_their_range),
        cmocka_unit_test(numbers_are_decimal_and_finite),
        cmocka_unit_test(truth_is_true_or_false),
        cmocka_unit_test(text_is_any_scalar_but_nothing),
        cmocka_unit_test(a_wrong_type_says_what_was_expected),
        cmocka_unit_test(the_nearest_name_is_near_enough),
        cmocka_unit_test(unknown_keys_are_named_with_the_nearest_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
