#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/view.h"
#include <string.h>

static void equality_is_by_bytes_and_length(void **state)
{
    static const struct row {
        const char *name;
        struct view a, b;
        bool equal, nocase;
    } ROWS[] = {
        {"two empty views", {NULL, 0}, {"", 0}, true, true},
        {"same text", {"abc", 3}, {"abc", 3}, true, true},
        {"a prefix", {"ab", 2}, {"abc", 3}, false, false},
        {"other case", {"aBc", 3}, {"AbC", 3}, false, true},
        {"letters that differ by bit 5 only", {"@", 1}, {"`", 1}, false, false},
        {"bytes above ASCII keep their case", {"\xc3\x84", 2}, {"\xc3\xa4", 2}, false, false},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        if (view_equal(row->a, row->b) != row->equal || view_is(row->a, row->b.ptr) != row->equal)
            fail_msg("%s: equal", row->name);
        if (view_is_nocase(row->a, row->b.ptr) != row->nocase)
            fail_msg("%s: nocase", row->name);
    }
    assert_true(view_is((struct view){NULL, 0}, NULL));
}

static void prefixes_and_suffixes(void **state)
{
    static const struct row {
        const char *text, *part;
        bool starts, ends;
    } ROWS[] = {
        {"abc", "", true, true},       {"", "", true, true},       {NULL, "", true, true},
        {"abc", "ab", true, false},    {"abc", "bc", false, true}, {"abc", "abc", true, true},
        {"abc", "abcd", false, false}, {NULL, "a", false, false},  {"abc", NULL, true, true},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++)
        if (view_starts(view_of(row->text), row->part) != row->starts ||
            view_ends(view_of(row->text), row->part) != row->ends)
            fail_msg("\"%s\" and \"%s\"", row->text ? row->text : "NULL", row->part ? row->part : "NULL");
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static void order_is_by_bytes_and_a_prefix_sorts_first(void **state)
{
    static const struct row {
        struct view a, b;
        int order;
    } ROWS[] = {
        {{NULL, 0}, {NULL, 0}, 0},  {{NULL, 0}, {"a", 1}, -1}, {{"a", 1}, {"ab", 2}, -1},
        {{"b", 1}, {"ab", 2}, 1},   {{"a", 1}, {"a", 1}, 0},   {{"a\0b", 3}, {"a\0c", 3}, -1},
        {{"\xff", 1}, {"a", 1}, 1},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        assert_int_equal(sign(view_compare(row->a, row->b)), row->order);
        assert_int_equal(sign(view_compare(row->b, row->a)), -row->order);
    }
}

static void a_slice_is_clamped_to_the_view(void **state)
{
    static const struct row {
        size_t start, end;
        const char *out;
    } ROWS[] = {
        {0, 5, "hello"}, {0, SIZE_MAX, "hello"},   {1, 3, "el"}, {5, 5, ""}, {4, 9, "o"}, {6, 9, ""},
        {3, 1, ""},      {SIZE_MAX, SIZE_MAX, ""},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++)
        if (!view_is(view_slice(VIEW("hello"), row->start, row->end), row->out))
            fail_msg("[%zu, %zu)", row->start, row->end);
    assert_null(view_slice((struct view){NULL, 0}, 1, 2).ptr);
}

static void trim_takes_white_space_off_both_ends(void **state)
{
    (void)state;
    assert_true(view_is(view_trim(VIEW(" \t\r\na b\n\r\t ")), "a b"));
    assert_true(view_is(view_trim(VIEW(" \n ")), ""));
    assert_true(view_is(view_trim(VIEW("\va\v")), "\va\v"));
    assert_int_equal(view_trim((struct view){NULL, 0}).len, 0);
}

static void finding_starts_where_it_is_told(void **state)
{
    struct view v = VIEW("abcabc\0x");

    (void)state;
    assert_int_equal(view_find_byte(v, 'b', 0), 1);
    assert_int_equal(view_find_byte(v, 'b', 1), 1);
    assert_int_equal(view_find_byte(v, 'b', 2), 4);
    assert_int_equal(view_find_byte(v, 'b', 5), SIZE_MAX);
    assert_int_equal(view_find_byte(v, 'x', 0), 7);
    assert_int_equal(view_find_byte(v, 'x', 8), SIZE_MAX);
    assert_int_equal(view_find_byte(v, 'x', SIZE_MAX), SIZE_MAX);
    assert_int_equal(view_find_byte((struct view){NULL, 0}, 'x', 0), SIZE_MAX);

    assert_int_equal(view_find(v, VIEW("bc"), 0), 1);
    assert_int_equal(view_find(v, VIEW("bc"), 2), 4);
    assert_int_equal(view_find(v, VIEW("bc"), 5), SIZE_MAX);
    assert_int_equal(view_find(v, VIEW("\0x"), 0), 6);
    assert_int_equal(view_find(v, VIEW("xy"), 7), SIZE_MAX);
    assert_int_equal(view_find(v, VIEW(""), 8), 8);
    assert_int_equal(view_find(v, VIEW(""), 9), SIZE_MAX);
    assert_int_equal(view_find((struct view){NULL, 0}, VIEW("a"), 0), SIZE_MAX);
}

static void split_gives_every_part_once(void **state)
{
    static const struct row {
        const char *text;
        const char *parts[5];
    } ROWS[] = {
        {NULL, {NULL}},
        {"", {"", NULL}},
        {"a", {"a", NULL}},
        {"a,b", {"a", "b", NULL}},
        {",", {"", "", NULL}},
        {"a,", {"a", "", NULL}},
        {",,a", {"", "", "a", NULL}},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct view rest = view_of(row->text), part = {NULL, 0};
        size_t count = 0;

        while (view_split(&rest, ',', &part)) {
            if (row->parts[count] == NULL || !view_is(part, row->parts[count]))
                fail_msg("\"%s\": part %zu", row->text, count);
            count++;
        }
        if (row->parts[count] != NULL)
            fail_msg("\"%s\": only %zu parts", row->text, count);
        part = VIEW("untouched");
        assert_false(view_split(&rest, ',', &part));
        assert_true(view_is(part, "untouched"));
    }
}

static void numbers_are_decimal_and_fit(void **state)
{
    static const struct row {
        const char *text;
        bool ok;
        uint64_t value;
    } ROWS[] = {
        {"0", true, 0},
        {"007", true, 7},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
        {NULL, false, 0},
        {"-1", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1x", false, 0},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        uint64_t value = 42;

        if (view_to_u64(view_of(row->text), &value) != row->ok || value != (row->ok ? row->value : 42))
            fail_msg("\"%s\"", row->text ? row->text : "NULL");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_is_by_bytes_and_length),
        cmocka_unit_test(prefixes_and_suffixes),
        cmocka_unit_test(order_is_by_bytes_and_a_prefix_sorts_first),
        cmocka_unit_test(a_slice_is_clamped_to_the_view),
        cmocka_unit_test(trim_takes_white_space_off_both_ends),
        cmocka_unit_test(finding_starts_where_it_is_told),
        cmocka_unit_test(split_gives_every_part_once),
        cmocka_unit_test(numbers_are_decimal_and_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
