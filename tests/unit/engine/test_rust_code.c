/* Predicates and filters that only Rust code can answer, each against a row of code: the site is a call of
 * `f`, @x its first argument, @y its second if there is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine_test.h"

/* The lines where the rule matches, with a blank between them. */
static void expect_lines(const char *match, const char *source, const char *expected)
{
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct test_source rule = {"rs-a", match, NULL};
    struct catalogue *catalogue = test_catalogue(arena, &rule, 1);
    struct facts *facts = test_facts(LANGUAGE_RUST, source, arena);
    const struct match_options options = {0};
    struct match_list list = {0};
    struct err err = {0};
    char found[256] = "";

    assert_int_equal(catalogue_match(catalogue, facts, &options, arena, &list, &err), ERR_OK);
    for (size_t i = 0, at = 0; i < list.count && at < sizeof(found); i++)
        at += (size_t)snprintf(found + at, sizeof(found) - at, "%s%u", i > 0 ? " " : "",
                               facts->tree->nodes[list.items[i].nodes[0]].line);
    if (strcmp(found, expected) != 0)
        fail_msg("%s\n%s\n%s", match, source, found);
    catalogue_free(catalogue);
    arena_free(arena);
}

static const struct {
    const char *predicates, *source, *expected;
} ROWS[] = {
    {"(#reference? @x)", "fn g(a: &u8, b: u8) {\n f(a);\n f(b);\n f(&b);\n f(c); }", "2 4"},
    {"(#wanted-type? @site vec)", "fn g() -> Vec<u8> {\n f(1) }\nfn h() -> u8 {\n f(1) }", "2"},
    {"(#wanted-type? @site vec)", "fn g() -> Vec<u8> {\n f(1);\n if a {\n  f(2) } else {\n  return f(3); } }",
     "4 5"},
    {"(#wanted-type? @site vec)",
     "fn g() -> Result<Vec<u8>, E> {\n match a {\n 1 => Ok(f(1)),\n _ => f(1) } }", "3"},
    {"(#wanted-type? @site vec)",
     "struct S { v: Vec<u8> }\nfn g() {\n let a: Vec<u8> = f(1);\n h(f(1),\n f(1));\n S { v: f(1) };\n }\n"
     "fn h(a: u8, b: Vec<u8>) {}",
     "3 5 6"},
    {"(#wanted-type? @site vec)", "fn g() {\n let mut v = Vec::new();\n v = f(1);\n let w = f(1); }", "3"},
    {"(#wanted-like? @site @x)", "fn g(a: Vec<u8>, b: String) -> Vec<u8> {\n if c { return f(a); }\n f(b) }",
     "2"},
    {"(#item-of? @y @x)",
     "fn g(a: &[&str], b: &str, c: String, d: &[D]) {\n f(a, b);\n f(a, c);\n f(d, b);\n f(d, e); }", "2"},
    {"(#results? @function 50 \"^1$\")",
     "fn g() -> u8 {\n f(0);\n if a { return 1; }\n 2 }\nfn h() -> u8 {\n f(0);\n 2 }\n"
     "fn i() -> u8 {\n f(0);\n match a { 1 => { 1 } 2 => (1), 3 => panic!(), _ => 2 } }",
     "2 9"},
    {"(#shown-once? @x)", "fn g(a: u8) {\n f(a);\n println!(\"{}\", f(1)); }", ""},
    {"(#shown-once? @site)",
     "fn g() {\n println!(\"{}\", f(1));\n println!(\"{0} {0}\", f(1));\n println!(\"{a}\", a = f(1)); }",
     "2 4"},
    {"(#type? @x vec)", "struct A(pub Vec<u8>, u8);\nfn g(a: &A) {\n f(a.0);\n f(a.1);\n f(a.2); }", "3"},
    {"(#derives? @x \"Copy\")",
     "#[derive(Clone, Copy)]\n#[repr(u8)]\nenum A { B }\n#[derive(Clone)]\nstruct C;\n"
     "fn g(a: A, c: C) {\n f(a);\n f(c); }",
     "7"},
};

static void predicates_look_at_rust_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena *arena = arena_new(TEST_ARENA_BYTES);
        struct view match = arena_format(arena,
                                         " '((call_expression function: (identifier) @f arguments: "
                                         "(arguments . (_) @x (_)? @y)) @site (#eq? @f \"f\") %s)'",
                                         ROWS[i].predicates);
        expect_lines(match.ptr, ROWS[i].source, ROWS[i].expected);
        arena_free(arena);
    }
}

static const char INDEXES[] =
    " '((for_expression pattern: (identifier) @i value: (_) @v body: (block) @b) @site "
    "(#indexes-only? @i @v @b))'";

static void an_index_does_nothing_else(void **state)
{
    (void)state;
    expect_lines(INDEXES, "fn g(v: &[u8]) { for i in v { h(v[i]); v[i] += 1; } }", "1");
    expect_lines(INDEXES, "fn g(v: &[u8]) { for i in v { h(v[i], i); } }", "");
    expect_lines(INDEXES, "fn g(v: &[u8]) { for i in v { h(v[i], w[i]); } }", "");
    expect_lines(INDEXES, "fn g(v: &[u8]) { for i in v { h(v[i], v.len()); } }", "");
    expect_lines(INDEXES, "fn g(v: &[u8]) { for i in v { h(v[i], v[0]); } }", "");
    expect_lines(INDEXES, "fn g(v: &[u8]) { for i in v { h(v[i + 1]); } }", "");
    expect_lines(INDEXES, "fn g(v: &[u8]) { for i in v { h(); } }", "");
    expect_lines(INDEXES, "fn g(v: &[u8]) { for i in v { println!(\"{}\", v[i]); } }", "1");
    expect_lines(INDEXES, "impl S { fn g(&self) { for i in self.v { h(self.v[i], self.w); } } }", "1");
    expect_lines(INDEXES, "impl S { fn g(&self) { for i in self.v { h(self.v[i], self.w()); } } }", "");
    expect_lines(INDEXES, "impl S { fn g(&self) { for i in self.a.v { h(self.a.v[i], &self.a); } } }", "");
    expect_lines(INDEXES, "impl S { fn g(&self) { for i in self.a.v { h(self.a.v[i], self.a.w.k()); } } }",
                 "1");
}

static const char RECEIVES[] =
    " '((let_declaration pattern: (identifier) @v) @site (#receives-only? @v next peek))'";
static const char IDLE[] =
    " '((let_declaration pattern: (identifier) @v) @site (#receives-idly? @v push insert))'";

static void a_variable_receives_calls_and_nothing_else(void **state)
{
    (void)state;
    expect_lines(RECEIVES, "fn g() { let v = h(); while let Some(x) = v.next() { v.peek(); } }", "1");
    expect_lines(RECEIVES, "fn g() { let v = h(); v.next(); v.last(); }", "");
    expect_lines(RECEIVES, "fn g() { let v = h(); v.next(); v }", "");
    expect_lines(RECEIVES, "fn g() { let v = h(); }", "");
    expect_lines(IDLE, "fn g() { let v = h(); v.push(1); if a { v.insert(2, 3); } }", "1");
    expect_lines(IDLE, "fn g() { let v = h(); if v.insert(2, 3) { k(); } }", "");
    expect_lines(IDLE, "fn g() -> bool { let v = h(); v.insert(2, 3) }", "");
    expect_lines(IDLE, "fn g() { let v = h(); v.push(1); println!(\"{v:?}\"); }", "");
}

static const struct {
    const char *literal, *filter, *rendered; /* NULL: refused */
} LITERALS[] = {
    {"'a'", "text", "\"a\""},
    {"'\"'", "text", "\"\\\"\""},
    {"'\\''", "text", "\"'\""},
    {"'\\n'", "text", "\"\\n\""},
    {"b'a'", "text", NULL},
    {"\"a\"", "text", NULL},
    {"\"a\"", "char", "'a'"},
    {"\"'\"", "char", "'\\''"},
    {"\"\\\"\"", "char", "'\"'"},
    {"\"\\n\"", "char", "'\\n'"},
    {"\"\\x41\"", "char", "'\\x41'"},
    {"\"\\u{1f600}\"", "char", "'\\u{1f600}'"},
    {"\"\u00e9\"", "char", "'\u00e9'"},
    {"\"ab\"", "char", NULL},
    {"\"\"", "char", NULL},
    {"\"\\nb\"", "char", NULL},
    {"r\"a\"", "char", NULL},
    {"b\"a\"", "char", NULL},
    {"'a'", "char", NULL},
};

static void a_character_becomes_a_text_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(LITERALS); i++) {
        struct arena *arena = arena_new(TEST_ARENA_BYTES);
        struct view code = arena_format(arena, "fn g() { f(%s); }", LITERALS[i].literal);
        struct tree *tree = test_parse(LANGUAGE_RUST, code.ptr, arena);
        uint32_t node = 0;
        struct buffer out;
        bool said;

        while (tree->nodes[node].start != 11 || tree->nodes[node].kind == KIND_NONE ||
               (tree->nodes[node].flags & NODE_NAMED) == 0 || node_text(tree, node).len != code.len - 15)
            node++;
        buffer_init(&out, 1 << 10);
        said = LITERALS[i].filter[0] == 't' ? text_write(tree, node, &out) : char_write(tree, node, &out);
        if (said != (LITERALS[i].rendered != NULL) || (said && strcmp(out.ptr, LITERALS[i].rendered) != 0))
            fail_msg("%s|%s: %s", LITERALS[i].literal, LITERALS[i].filter, said ? out.ptr : "refused");
        buffer_deinit(&out);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predicates_look_at_rust_code),
        cmocka_unit_test(an_index_does_nothing_else),
        cmocka_unit_test(a_variable_receives_calls_and_nothing_else),
        cmocka_unit_test(a_character_becomes_a_text_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
