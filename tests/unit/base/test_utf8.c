#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"

/* Source: Unicode 15, table 3-7, each row's lowest and highest character and what lies beside them. */
static void only_the_standards_forms_are_characters(void **state)
{
    static const struct row {
        const char *name;
        struct view text;
        size_t len;
    } ROWS[] = {
        {"nothing", {"", 0}, 0},
        {"NUL", {"\0", 1}, 1},
        {"DEL", {"\x7f", 1}, 1},
        {"lone continuation", {"\x80", 1}, 0},
        {"overlong two bytes", {"\xc1\xbf", 2}, 0},
        {"first of two bytes", {"\xc2\x80", 2}, 2},
        {"last of two bytes", {"\xdf\xbf", 2}, 2},
        {"half of two bytes", {"\xdf", 1}, 0},
        {"overlong three bytes", {"\xe0\x9f\xbf", 3}, 0},
        {"first of three bytes", {"\xe0\xa0\x80", 3}, 3},
        {"before the surrogates", {"\xed\x9f\xbf", 3}, 3},
        {"first surrogate", {"\xed\xa0\x80", 3}, 0},
        {"after the surrogates", {"\xee\x80\x80", 3}, 3},
        {"last of three bytes", {"\xef\xbf\xbf", 3}, 3},
        {"two thirds", {"\xef\xbf", 2}, 0},
        {"broken third byte", {"\xef\xbf\x41", 3}, 0},
        {"overlong four bytes", {"\xf0\x8f\xbf\xbf", 4}, 0},
        {"first of four bytes", {"\xf0\x90\x80\x80", 4}, 4},
        {"last character", {"\xf4\x8f\xbf\xbf", 4}, 4},
        {"above the last", {"\xf4\x90\x80\x80", 4}, 0},
        {"no first byte", {"\xf5\x80\x80\x80", 4}, 0},
        {"broken fourth byte", {"\xf1\x80\x80\xc0", 4}, 0},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        if (utf8_len(row->text, 0) != row->len)
            fail_msg("%s", row->name);
        if (row->text.len > 0 && utf8_find_bad(row->text) != (row->len > 0 ? SIZE_MAX : 0))
            fail_msg("%s: find", row->name);
    }
}

static void the_first_bad_byte_is_found(void **state)
{
    (void)state;
    assert_int_equal(utf8_find_bad(VIEW("a\xc3\xa9\xff\xfe")), 3);
    assert_int_equal(utf8_find_bad(VIEW("a\xe2\x82")), 1);
    assert_int_equal(utf8_find_bad((struct view){NULL, 0}), SIZE_MAX);
    assert_int_equal(utf8_len(VIEW("a"), 1), 0);
    assert_int_equal(utf8_len(VIEW("a"), SIZE_MAX), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_standards_forms_are_characters),
        cmocka_unit_test(the_first_bad_byte_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
