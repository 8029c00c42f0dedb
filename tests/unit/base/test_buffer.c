#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include <string.h>

static void text_is_appended_and_ends_in_a_nul(void **state)
{
    struct buffer buffer;
    struct err err;

    (void)state;
    buffer_init(&buffer, 1000);
    assert_true(view_is(buffer_view(&buffer), ""));
    assert_non_null(buffer_view(&buffer).ptr);
    buffer_add(&buffer, (struct view){NULL, 0});
    buffer_add_text(&buffer, "abc");
    buffer_add_text(&buffer, NULL);
    buffer_add_byte(&buffer, '-');
    buffer_add(&buffer, VIEW("x\0y"));
    buffer_add_format(&buffer, "%s=%d", "n", 42);
    assert_true(view_equal(buffer_view(&buffer), VIEW("abc-x\0yn=42")));
    assert_int_equal(buffer.ptr[buffer.len], 0);
    assert_int_equal(buffer_check(&buffer, "text", &err), ERR_OK);
    buffer_clear(&buffer);
    assert_true(view_is(buffer_view(&buffer), ""));
    buffer_deinit(&buffer);
    buffer_deinit(&buffer);
    buffer_deinit(NULL);
}

/* Each way of appending, with a text that ends just below, at and just above the cap. */
static void the_cap_holds_below_at_and_above(void **state)
{
    static char text[1200];

    (void)state;
    memset(text, 'x', sizeof(text));
    for (size_t cap = 0; cap < 1100; cap += cap < 10 ? 1 : 97)
        for (int way = 0; way < 3; way++)
            for (size_t len = cap > 0 ? cap - 1 : 0; len <= cap + 1; len++) {
                struct buffer buffer;
                struct err err = {0};

                buffer_init(&buffer, cap);
                if (way == 0)
                    buffer_add(&buffer, (struct view){text, len});
                else if (way == 1)
                    buffer_add_format(&buffer, "%.*s", (int)len, text);
                for (size_t i = 0; way == 2 && i < len; i++)
                    buffer_add_byte(&buffer, 'x');
                if (len <= cap) {
                    assert_int_equal(buffer_check(&buffer, "text", &err), ERR_OK);
                    assert_int_equal(buffer.len, len);
                } else {
                    assert_int_equal(buffer_check(&buffer, "text", &err), ERR_LIMIT);
                    assert_non_null(strstr(err.message, "text: "));
                }
                buffer_deinit(&buffer);
            }
}

static void the_first_failure_is_kept_and_nothing_follows_it(void **state)
{
    struct buffer buffer;
    struct err err;

    (void)state;
    buffer_init(&buffer, 5);
    buffer_add_text(&buffer, "abc");
    buffer_add_text(&buffer, "defg");
    buffer_add_text(&buffer, "h"); /* would fit, but would not be the text that was meant */
    buffer_add_format(&buffer, "h");
    assert_true(view_is(buffer_view(&buffer), "abc"));
    assert_int_equal(buffer_check(&buffer, "text", &err), ERR_LIMIT);
    buffer_clear(&buffer);
    buffer_add_text(&buffer, "abcde");
    assert_true(view_is(buffer_view(&buffer), "abcde"));
    assert_int_equal(buffer_check(&buffer, "text", &err), ERR_OK);
    buffer_deinit(&buffer);
}

static void a_size_beyond_the_address_space_is_a_limit(void **state)
{
    struct buffer buffer;
    struct err err;

    (void)state;
    buffer_init(&buffer, 1000);
    buffer_add_text(&buffer, "a");
    buffer_add(&buffer, (struct view){"x", SIZE_MAX});
    assert_int_equal(buffer_check(&buffer, "text", &err), ERR_LIMIT);
    buffer_deinit(&buffer);
}

static void room_doubles_and_stays_within_the_cap(void **state)
{
    struct buffer buffer;
    size_t moves = 0, room = 0;

    (void)state;
    buffer_init(&buffer, 1000000);
    for (size_t i = 0; i < 1000000; i++) {
        buffer_add_byte(&buffer, 'x');
        if (buffer.room != room) {
            room = buffer.room;
            moves++;
        }
    }
    assert_int_equal(buffer.failed, ERR_OK);
    assert_true(moves < 20);
    assert_int_equal(buffer.room, 1000001);
    buffer_deinit(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_appended_and_ends_in_a_nul),
        cmocka_unit_test(the_cap_holds_below_at_and_above),
        cmocka_unit_test(the_first_failure_is_kept_and_nothing_follows_it),
        cmocka_unit_test(a_size_beyond_the_address_space_is_a_limit),
        cmocka_unit_test(room_doubles_and_stays_within_the_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
