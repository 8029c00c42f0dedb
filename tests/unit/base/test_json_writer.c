#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/json_writer.h"
#include <math.h>
#include <string.h>

static void containers_nest_and_commas_separate(void **state)
{
    struct json_writer writer;
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 1000);
    json_writer_init(&writer, &buffer);
    json_open_object(&writer, NULL);
    json_add_int(&writer, "version", 1);
    json_open_array(&writer, "list");
    json_add_text(&writer, NULL, VIEW("x"));
    json_open_object(&writer, NULL);
    json_close_object(&writer);
    json_open_array(&writer, NULL);
    json_close_array(&writer);
    json_add_null(&writer, NULL);
    json_close_array(&writer);
    json_add_bool(&writer, "yes", true);
    json_add_bool(&writer, "no\"", false);
    json_close_object(&writer);
    assert_string_equal(buffer.ptr,
                        "{\"version\":1,\"list\":[\"x\",{},[],null],\"yes\":true,\"no\\\"\":false}");
    buffer_deinit(&buffer);
}

static void text_is_escaped_and_made_utf8(void **state)
{
    static const struct row {
        const char *name;
        struct view text;
        const char *out;
    } ROWS[] = {
        {"empty", {NULL, 0}, "\"\""},
        {"plain", {"a/b'<", 5}, "\"a/b'<\""},
        {"quotes", {"\"\\", 2}, "\"\\\"\\\\\""},
        {"short escapes", {"\b\f\n\r\t", 5}, "\"\\b\\f\\n\\r\\t\""},
        {"control bytes", {"\0\x01\x1f\x7f", 4}, "\"\\u0000\\u0001\\u001f\x7f\""},
        {"characters",
         {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9},
         "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
        {"a bad byte",
         {"a\xff"
          "b",
          3},
         "\"a\xef\xbf\xbd"
         "b\""},
        {"half a character", {"a\xe2\x82", 3}, "\"a\xef\xbf\xbd\xef\xbf\xbd\""},
        {"a surrogate", {"\xed\xa0\x80", 3}, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {"bad bytes between good ones", {"\xff\n\xfe", 3}, "\"\xef\xbf\xbd\\n\xef\xbf\xbd\""},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct json_writer writer;
        struct buffer buffer;

        buffer_init(&buffer, 1000);
        json_writer_init(&writer, &buffer);
        json_add_text(&writer, NULL, row->text);
        if (!view_is(buffer_view(&buffer), row->out))
            fail_msg("%s: %s", row->name, buffer.ptr);
        buffer_deinit(&buffer);
    }
}

static void every_byte_reads_back_or_is_replaced(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        struct json_writer writer;
        struct buffer buffer;
        struct json *root = NULL;
        struct view text;
        char in = (char)byte;

        buffer_init(&buffer, 1000);
        json_writer_init(&writer, &buffer);
        json_add_text(&writer, NULL, (struct view){&in, 1});
        assert_int_equal(json_parse(buffer_view(&buffer), &root, NULL), ERR_OK);
        assert_true(json_text(root, "", &text));
        assert_true(byte < 0x80 ? view_equal(text, (struct view){&in, 1}) : view_is(text, "\xef\xbf\xbd"));
        json_free(root);
        buffer_deinit(&buffer);
    }
}

static void numbers_are_short_and_valid(void **state)
{
    static const struct row {
        double value;
        const char *out;
    } ROWS[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-17, "-17"},
        {1200000000, "1200000000"},
        {999999999999999.0, "999999999999999"},
        {1e15, "1e+15"},
        {0.1, "0.1"},
        {1.0 / 3, "0.333333"},
        {2.5e-7, "2.5e-07"},
        {123456.789, "123457"},
        {-1e300, "-1e+300"},
        {INFINITY, "null"},
        {-INFINITY, "null"},
        {NAN, "null"},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct json_writer writer;
        struct buffer buffer;
        struct json *root = NULL;

        buffer_init(&buffer, 100);
        json_writer_init(&writer, &buffer);
        json_add_number(&writer, NULL, row->value);
        if (!view_is(buffer_view(&buffer), row->out))
            fail_msg("%g: %s", row->value, buffer.ptr);
        assert_int_equal(json_parse(buffer_view(&buffer), &root, NULL), ERR_OK);
        json_free(root);
        buffer_deinit(&buffer);
    }
}

static void integers_reach_both_ends(void **state)
{
    struct json_writer writer;
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 100);
    json_writer_init(&writer, &buffer);
    json_open_array(&writer, NULL);
    json_add_int(&writer, NULL, INT64_MIN);
    json_add_int(&writer, NULL, INT64_MAX);
    json_close_array(&writer);
    assert_string_equal(buffer.ptr, "[-9223372036854775808,9223372036854775807]");
    buffer_deinit(&buffer);
}

static void nesting_reaches_its_limit(void **state)
{
    struct json_writer writer;
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 1000);
    json_writer_init(&writer, &buffer);
    for (int i = 0; i < JSON_WRITER_DEPTH_MAX; i++)
        json_open_array(&writer, NULL);
    for (int i = 0; i < JSON_WRITER_DEPTH_MAX; i++)
        json_close_array(&writer);
    assert_int_equal(buffer.len, 2 * JSON_WRITER_DEPTH_MAX);
    buffer_deinit(&buffer);
}

static void a_full_buffer_is_reported_at_the_end(void **state)
{
    struct json_writer writer;
    struct buffer buffer;
    struct err err = {0};

    (void)state;
    buffer_init(&buffer, 20);
    json_writer_init(&writer, &buffer);
    json_open_object(&writer, NULL);
    for (int i = 0; i < 10; i++)
        json_add_text(&writer, "name", VIEW("value\n"));
    json_close_object(&writer);
    assert_int_equal(buffer_check(&buffer, "review", &err), ERR_LIMIT);
    buffer_deinit(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(containers_nest_and_commas_separate),
        cmocka_unit_test(text_is_escaped_and_made_utf8),
        cmocka_unit_test(every_byte_reads_back_or_is_replaced),
        cmocka_unit_test(numbers_are_short_and_valid),
        cmocka_unit_test(integers_reach_both_ends),
        cmocka_unit_test(nesting_reaches_its_limit),
        cmocka_unit_test(a_full_buffer_is_reported_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
