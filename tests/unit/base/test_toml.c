/* TOML as a run of scalars. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/toml.h"
#include <stdio.h>
#include <string.h>

/* "a.b=text;" for a string, "a.b:text;" for another value. */
static enum err_code describe(void *ctx, const struct toml_scalar *scalar, struct err *err)
{
    struct buffer *out = ctx;
    (void)err;
    for (size_t i = 0; i < scalar->key_count; i++)
        buffer_add_format(out, "%s%.*s", i > 0 ? "." : "", VIEW_ARG(scalar->keys[i]));
    buffer_add_format(out, "%s%.*s;", scalar->quoted ? "=" : ":", VIEW_ARG(scalar->text));
    return ERR_OK;
}

static const struct {
    const char *text, *scalars, *error;
} ROWS[] = {
    {"", "", ""},
    {"# nothing\n\n", "", ""},
    {"\xEF\xBB\xBF"
     "a = 1",
     "a:1;", ""},
    {"a = 1\r\nb = 'x'\r\n", "a:1;b=x;", ""},
    {"[a]\nb = 1\n[c.\"d e\".f]\ng = 2 # two\n", "a.b:1;c.d e.f.g:2;", ""},
    {"[[a.b]]\nc = 1\n[[a.b]]\nc = 2\n", "a.b.c:1;a.b.c:2;", ""},
    {"a . b.'c' = true", "a.b.c:true;", ""},
    {"a = [1, 'b',\n  # c\n  [\"d\"], ]\ne = []", "a:1;a=b;a=d;", ""},
    {"a = {b = 1, c.d = [2, 3], e = {}}", "a.b:1;a.c.d:2;a.c.d:3;", ""},
    {"a = 1979-05-27 07:32:00Z # date", "a:1979-05-27 07:32:00Z;", ""},
    {"a = \"b\\\"\\t\\u00e9\\U0001F600\"", "a=b\"\t\xC3\xA9\xF0\x9F\x98\x80;", ""},
    {"a = 'C:\\b'", "a=C:\\b;", ""},
    {"a = \"\"\"\nb\n  c\"\"\"", "a=b\n  c;", ""},
    {"a = \"\"\"b \\\n   c\"\"\"", "a=b c;", ""},
    {"a = '''b ''c'''''", "a=b ''c'';", ""},
    {"a = \"\"", "a=;", ""},
    {"a = 1 b = 2", "a:1 b;", "line 1: the line should end here"},
    {"a = 1\nb", "a:1;", "line 2: '=' is expected here"},
    {"= 1", "", "line 1: a key is expected here"},
    {"a =", "", "line 1: a value is expected here"},
    {"a = \"b\n\"", "", "line 1: this string is not closed"},
    {"a = '''b''", "", "line 1: this string is not closed"},
    {"a = \"\\q\"", "", "line 1: unknown escape"},
    {"a = \"\\u12g4\"", "", "line 1: a hexadecimal digit is expected here"},
    {"a = \"\\ud800\"", "", "line 1: this is no character"},
    {"a = \"\\", "", "line 1: this string is not closed"},
    {"a = [1, 2", "a:1;a:2;", "line 1: ',' is expected here"},
    {"a = [1 2]", "a:1 2;", ""},
    {"a = {b = 1", "a.b:1;", "line 1: ',' is expected here"},
    {"[a\nb = 1", "", "line 1: this bracket is not closed"},
    {"[[a]\n", "", "line 1: this bracket is not closed"},
    {"\"\"\"a\"\"\" = 1", "", "line 1: '=' is expected here"},
};

static void a_document_is_a_run_of_scalars(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena *arena = arena_new(1 << 16);
        struct buffer out;
        struct err err = {0};

        buffer_init(&out, 1 << 16);
        (void)(toml_read(view_of(ROWS[i].text), arena, describe, &out, &err) == ERR_OK);
        if (!view_is(buffer_view(&out), ROWS[i].scalars) || strcmp(err.message, ROWS[i].error) != 0)
            fail_msg("%s\n-> %.*s %s", ROWS[i].text, VIEW_ARG(buffer_view(&out)), err.message);
        buffer_deinit(&out);
        arena_free(arena);
    }
}

static enum err_code ignore(void *ctx, const struct toml_scalar *scalar, struct err *err)
{
    (void)ctx, (void)scalar, (void)err;
    return ERR_OK;
}

static enum err_code read_repeated(const char *before, const char *part, size_t count, const char *after)
{
    struct arena *arena = arena_new(1 << 22);
    struct buffer text;
    struct err err = {0};
    enum err_code code;

    buffer_init(&text, 4 << 20);
    buffer_add_text(&text, before);
    for (size_t i = 0; i < count; i++)
        buffer_add_text(&text, part);
    buffer_add_text(&text, after);
    code = toml_read(buffer_view(&text), arena, ignore, NULL, &err);
    buffer_deinit(&text);
    arena_free(arena);
    return code;
}

static void depth_and_size_are_bounded(void **state)
{
    (void)state;
    assert_int_equal(read_repeated("a = ", "[", TOML_NESTING_MAX, "1"), ERR_INVALID);
    assert_int_equal(read_repeated("a = ", "[", TOML_NESTING_MAX + 1, "1"), ERR_LIMIT);
    assert_int_equal(read_repeated("a = ", "{a=", 100000, "1"), ERR_LIMIT);
    assert_int_equal(read_repeated("a", ".a", TOML_KEYS_MAX - 1, "=1"), ERR_OK);
    assert_int_equal(read_repeated("a", ".a", TOML_KEYS_MAX, "=1"), ERR_LIMIT);
    assert_int_equal(read_repeated("", "#", TOML_TEXT_MAX, ""), ERR_OK);
    assert_int_equal(read_repeated("", "#", TOML_TEXT_MAX + 1, ""), ERR_LIMIT);
}

static enum err_code refuse(void *ctx, const struct toml_scalar *scalar, struct err *err)
{
    (void)ctx, (void)scalar;
    return err_set(err, ERR_CONFLICT, "enough");
}

static void the_callers_error_ends_the_reading(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    struct err err = {0};
    (void)state;
    assert_int_equal(toml_read(VIEW("a = [1, 2]"), arena, refuse, NULL, &err), ERR_CONFLICT);
    assert_int_equal(toml_read(VIEW("a = {b = 1}"), arena, refuse, NULL, NULL), ERR_CONFLICT);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_is_a_run_of_scalars),
        cmocka_unit_test(depth_and_size_are_bounded),
        cmocka_unit_test(the_callers_error_ends_the_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
