#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/utf8.h"
#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"

static void a_message_carries_code_and_text(void **state)
{
    struct err err = {.retry_after_ms = 5};

    (void)state;
    assert_int_equal(err_set(&err, ERR_LIMIT, "%s: %d", "files", 7), ERR_LIMIT);
    assert_int_equal(err.code, ERR_LIMIT);
    assert_string_equal(err.message, "files: 7");
    assert_int_equal(err.retry_after_ms, 0);
}

static void nobody_has_to_ask_for_a_message(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, ERR_DENIED, "x"), ERR_DENIED);
    assert_int_equal(err_wrap(NULL, "x"), ERR_INTERNAL);
}

static void wrapping_says_what_was_being_done(void **state)
{
    struct err err = {0};

    (void)state;
    (void)err_set(&err, ERR_UNAVAILABLE, "status 503");
    err.retry_after_ms = 3000;
    assert_int_equal(err_wrap(&err, "post %s", "review"), ERR_UNAVAILABLE);
    assert_int_equal(err_wrap(&err, "job %d", 3), ERR_UNAVAILABLE);
    assert_string_equal(err.message, "job 3: post review: status 503");
    assert_int_equal(err.retry_after_ms, 3000);
}

static void an_argument_may_be_the_message_itself(void **state)
{
    struct err err = {0};

    (void)state;
    (void)err_set(&err, ERR_INVALID, "inner");
    (void)err_set(&err, ERR_INVALID, "outer: %s", err.message);
    assert_string_equal(err.message, "outer: inner");
    (void)err_wrap(&err, "again %s", err.message);
    assert_string_equal(err.message, "again outer: inner: outer: inner");
}

static void long_text_is_cut_with_an_ellipsis(void **state)
{
    static char text[3 * ERR_MESSAGE_MAX];
    struct err err;

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    for (size_t len = ERR_MESSAGE_MAX - 5; len < ERR_MESSAGE_MAX + 5; len++) {
        (void)err_set(&err, ERR_INVALID, "%.*s", (int)len, text);
        if (len < ERR_MESSAGE_MAX) {
            assert_int_equal(strlen(err.message), len);
            assert_null(strstr(err.message, ELLIPSIS));
        } else {
            assert_int_equal(strlen(err.message), ERR_MESSAGE_MAX - 1);
            assert_string_equal(err.message + ERR_MESSAGE_MAX - 4, ELLIPSIS);
        }
    }
    (void)err_set(&err, ERR_INVALID, "%s", text);
    assert_int_equal(strlen(err.message), ERR_MESSAGE_MAX - 1);
    (void)err_wrap(&err, "front");
    assert_int_equal(strlen(err.message), ERR_MESSAGE_MAX - 1);
    assert_memory_equal(err.message, "front: xxx", 10);
    (void)err_wrap(&err, "%s", text);
    assert_int_equal(strlen(err.message), ERR_MESSAGE_MAX - 1);
    assert_string_equal(err.message + ERR_MESSAGE_MAX - 4, ELLIPSIS);
}

static void a_cut_never_leaves_half_a_character(void **state)
{
    static char text[2 * ERR_MESSAGE_MAX];
    static const char *const CHARACTERS[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    struct err err;

    (void)state;
    for (size_t c = 0; c < COUNT_OF(CHARACTERS); c++)
        for (size_t offset = 0; offset < 4; offset++) {
            size_t len = strlen(CHARACTERS[c]);

            memset(text, 'x', sizeof(text));
            for (size_t at = offset; at + len < sizeof(text); at += len)
                memcpy(text + at, CHARACTERS[c], len);
            text[ERR_MESSAGE_MAX + 100] = '\0';
            (void)err_set(&err, ERR_INVALID, "%s", text);
            assert_int_equal(utf8_find_bad(view_of(err.message)), SIZE_MAX);
            assert_true(strlen(err.message) >= ERR_MESSAGE_MAX - 4);
            assert_true(view_ends(view_of(err.message), ELLIPSIS));
        }
}

static void every_code_has_a_name(void **state)
{
    (void)state;
#define X(code, name) assert_string_equal(err_name(code), name);
    ERR_CODES(X)
#undef X
    assert_string_equal(err_name((enum err_code)1000), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_carries_code_and_text),
        cmocka_unit_test(nobody_has_to_ask_for_a_message),
        cmocka_unit_test(wrapping_says_what_was_being_done),
        cmocka_unit_test(an_argument_may_be_the_message_itself),
        cmocka_unit_test(long_text_is_cut_with_an_ellipsis),
        cmocka_unit_test(a_cut_never_leaves_half_a_character),
        cmocka_unit_test(every_code_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
