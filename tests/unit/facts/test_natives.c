/* Functions in Rust that Python calls, found by module and name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts/natives.h"

static uint64_t no_time(void *ctx)
{
    (void)ctx;
    return 0;
}

static const struct clock CLOCK = {no_time, NULL};

static const char SOURCE[] = "#[pyfunction]\n"
                             "fn hash(data: &[u8], salt: &str) -> u64 { data.len() as u64 }\n"
                             "#[pyfunction]\n"
                             "fn hash_many(items: Vec<String>) -> Vec<u64> { work(items) }\n"
                             "#[pyo3::pyfunction(name = \"size\", signature = (a))]\n"
                             "fn size_py(a: u8) -> u8 { a }\n"
                             "#[pyfunction]\n"
                             "#[pyo3(text_signature = \"(x)\", name = \"shown\")]\n"
                             "fn hidden(x: f64) -> f64 { let mut y = x; for _ in 0..9 { y *= y; } y }\n"
                             "#[test]\n"
                             "fn other(x: u8) {}\n"
                             "#[pymodule]\n"
                             "fn _lib(m: &M) -> R { Ok(()) }\n"
                             "#[pymodule]\n"
                             "mod _sub { #[pyfunction] fn inner(rows: Bound<'_, PyList>) {} }\n";

static const struct {
    const char *path;
    bool found, many, light;
    const char *for_many;
} ROWS[] = {
    {"pack._lib.hash", true, false, true, "hash_many"},
    {"_lib.hash_many", true, true, true, NULL},
    {"pack._sub.hash", true, false, true, "hash_many"},
    {"pack._lib.size", true, false, true, NULL},
    {"pack._lib.size_py", false, false, false, NULL},
    {"pack._lib.shown", true, false, false, NULL},
    {"pack._sub.inner", true, true, true, NULL},
    {"pack._lib.other", false, false, false, NULL},
    {"pack.other.hash", false, false, false, NULL},
    {"hash", false, false, false, NULL},
    {"", false, false, false, NULL},
};

static struct natives *natives_of(const char *source, struct arena *arena, enum err_code *code)
{
    struct natives *natives = natives_new(arena);
    struct tree *tree = NULL;
    struct err err = {0};

    *code = natives != NULL ? tree_parse(LANGUAGE_RUST, view_of(source), &SYNTAX_LIMITS_DEFAULT, &CLOCK,
                                         arena, &tree, &err)
                            : ERR_LIMIT;
    if (*code == ERR_OK)
        *code = natives_add(natives, tree, &err);
    if (*code == ERR_OK)
        natives_close(natives);
    return natives;
}

static void functions_are_found_by_module_and_name(void **state)
{
    struct arena *arena = arena_new(1 << 22);
    enum err_code code;
    struct natives *natives = natives_of(SOURCE, arena, &code);

    (void)state;
    assert_int_equal(code, ERR_OK);
    assert_true(natives_may_stand_in(view_of(SOURCE)));
    assert_false(natives_may_stand_in(VIEW("fn f() {}")));
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct native *native = natives_find(natives, view_of(ROWS[i].path));

        if ((native != NULL) != ROWS[i].found)
            fail_msg("%s: %s", ROWS[i].path, native ? "found" : "not found");
        if (native == NULL)
            continue;
        if (native->takes_many != ROWS[i].many || native->is_light != ROWS[i].light ||
            (native->for_many != NULL) != (ROWS[i].for_many != NULL) ||
            (native->for_many != NULL && !view_is(native->for_many->name, ROWS[i].for_many)))
            fail_msg("%s: many %d light %d", ROWS[i].path, native->takes_many, native->is_light);
    }
    assert_null(natives_find(NULL, VIEW("_lib.hash")));
    assert_true(natives_named_in(natives, VIEW("from pack import _lib\n")));
    assert_false(natives_named_in(natives, VIEW("import os\n")));
    arena_free(arena);
}

static void calls_are_kept_with_their_place(void **state)
{
    struct arena *arena = arena_new(1 << 22);
    struct err err = {0};
    enum err_code code;
    struct natives *natives = natives_of(SOURCE, arena, &code);

    (void)state;
    assert_int_equal(code, ERR_OK);
    assert_null(natives_call(natives, VIEW("hash")));
    assert_int_equal(natives_add_call(natives, natives_named(natives, VIEW("hash")), VIEW("a.py"), 3, &err),
                     ERR_OK);
    assert_int_equal(natives_call(natives, VIEW("hash"))->line, 3);
    assert_null(natives_call(natives, VIEW("shown")));
    assert_null(natives_call(NULL, VIEW("hash")));
    arena_free(arena);
}

static void reading_survives_every_arena_cap(void **state)
{
    enum err_code code = ERR_LIMIT;

    (void)state;
    for (size_t cap = 0; code != ERR_OK && cap < 1 << 20; cap += 512) {
        struct arena *arena = arena_new(cap);
        (void)natives_of(SOURCE, arena, &code);
        assert_true(code == ERR_OK || code == ERR_LIMIT);
        arena_free(arena);
    }
    assert_int_equal(code, ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_found_by_module_and_name),
        cmocka_unit_test(calls_are_kept_with_their_place),
        cmocka_unit_test(reading_survives_every_arena_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
