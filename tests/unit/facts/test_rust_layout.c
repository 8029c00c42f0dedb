/* How many bytes the types of a Rust file take. The figures are those of size_of on a 64-bit target. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_fixture.h"

#define ANY LAYOUT_UNBOUNDED

/* A mark around an item alone is one around the file. */
static uint32_t marked_item(const struct marked *m)
{
    return m->node == 0 ? node_child_named(m->facts->tree, 0, 0) : m->node;
}

static void sizes_are_those_of_the_compiler(void **state)
{
    static const struct {
        const char *name, *source;
        uint64_t least, most;
    } ROWS[] = {
        {"primitive", "struct S { a: <<u32>> }", 4, 4},
        {"fields are ordered freely", "<<struct S { a: u8, b: u64, c: u8 }>>", 16, 16},
        {"repr(C) keeps their order", "#[repr(C)]\n<<struct S { a: u8, b: u64, c: u8 }>>", 24, 24},
        {"repr among other attributes", "#[derive(Clone)]\n#[repr(C)]\n/// doc\n<<struct S(u8, u16);>>", 4,
         4},
        {"another item's repr", "#[repr(C)]\nstruct T;\n<<struct S { a: u8, b: u64, c: u8 }>>", 16, 16},
        {"packed", "#[repr(C, packed)]\n<<struct S { a: u8, b: u64 }>>", 9, 9},
        {"packed(2)", "#[repr(packed(2))]\n<<struct S { a: u8, b: u64 }>>", 10, 10},
        {"align", "#[repr(align(64))]\n<<struct S { a: u8 }>>", 64, 64},
        {"unit", "<<struct S;>>", 0, 0},
        {"tuple", "type T = <<(u8, u32, u8)>>;", 8, 8},
        {"array", "type T = <<[u16; 5]>>;", 10, 10},
        {"array by constant", "const N: usize = (2 + 2) * 4;\ntype T = [u8; N];\n<<struct S(T);>>", 16, 16},
        {"array of unknown length", "type T = <<[u16; crate::N]>>;", 0, ANY},
        {"thin reference", "type T = <<&'static String>>;", 8, 8},
        {"fat reference", "type T = <<&'static str>>;", 16, 16},
        {"reference to what may be either", "type T = <<&'static crate::X>>;", 8, 16},
        {"box of a trait", "trait Run {}\n<<struct S(Box<dyn Run>);>>", 16, 16},
        {"box of a cell of a trait", "use std::cell::RefCell;\n<<struct S(Box<RefCell<dyn Run> >);>>", 16,
         16},
        {"option of a box", "<<struct S(Option<Box<u8> >);>>", 8, 8},
        {"option of a number", "<<struct S(Option<u64>);>>", 16, 16},
        {"option of an option of bool", "<<struct S(Option<Option<bool> >);>>", 1, 1},
        {"option of a string", "<<struct S(Option<String>);>>", 24, 24},
        {"map", "use std::collections::HashMap;\n<<struct S(HashMap<u8, u8>);>>", 48, 48},
        {"map with a hasher", "use std::collections::HashMap;\n<<struct S(HashMap<u8, u8, H>);>>", 32, ANY},
        {"mutex", "use std::sync::Mutex;\n<<struct S(Mutex<u8>);>>", 8, 8},
        {"a Mutex of another origin", "use crate::Mutex;\n<<struct S(Mutex<u8>);>>", 0, ANY},
        {"enum without fields", "<<enum E { A, B }>>", 1, 1},
        {"enum with a tag", "<<enum E { A(u64), B(u8) }>>", 16, 16},
        {"tag in a null pointer", "<<enum E { A(Box<u8>), B }>>", 8, 8},
        {"one variant", "<<enum E { A(u32) }>>", 4, 4},
        {"repr(u8)", "#[repr(u8)]\n<<enum E { A(u32), B }>>", 8, 8},
        {"a variant's own fields", "enum E { <<A { x: u64, y: u8 }>>, B }", 16, 16},
        {"recursive", "<<enum Tree { Leaf(u64), Pair(Box<Tree>, Box<Tree>) }>>", 16, 24},
        {"endless", "<<struct A { b: B }>>\nstruct B { a: A }", 0, ANY},
        {"union", "<<union U { a: u32, b: [u8; 7] }>>", 8, 8},
        {"parameter", "<<struct S<T> { a: T, b: u64 }>>", 8, ANY},
        {"argument", "struct G<T> { a: T, b: Option<T> }\n<<struct S(G<u32>);>>", 12, 12},
        {"alias with a parameter", "type R<T> = Result<T, String>;\n<<struct S(R<u64>);>>", 24, 32},
        {"a parameter that is called like a type", "struct T(u64);\nfn f<T>(x: <<[T; 2]>>) {}", 0, ANY},
        {"type of another file", "use crate::X;\n<<struct S { a: X, b: u64 }>>", 8, ANY},
        {"field under a cfg", "<<struct S { #[cfg(unix)] a: u64, b: u8 }>>", 1, 16},
        {"two of one name", "#[cfg(unix)]\nstruct A(u8);\n#[cfg(windows)]\nstruct A(u64);\n<<struct S(A);>>",
         0, ANY},
        {"array of literals", "fn f() { let a = <<[0u32; 100]>>; }", 400, 400},
        {"array of plain literals", "fn f() { let a = <<[0; 100]>>; }", 100, 1600},
        {"not to be counted", "fn f<const N: usize>() { let a = <<[0u8; N]>>; }", 0, ANY},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        struct layout layout;

        marked_open(&m, LANGUAGE_RUST, ROWS[i].source);
        layout = facts_layout(m.facts, marked_item(&m));
        if (layout.least != ROWS[i].least || layout.most != ROWS[i].most)
            fail_msg("%s: %llu to %llu", ROWS[i].name, (unsigned long long)layout.least,
                     (unsigned long long)layout.most);
        arena_free(m.arena);
    }
}

static void an_order_is_only_lost_where_it_is_declared(void **state)
{
    static const struct {
        const char *name, *source;
        uint64_t bytes, best; /* 0: not to be told */
    } ROWS[] = {
        {"repr(C)", "#[repr(C)]\n<<struct S { a: u8, b: u64, c: u8 }>>", 24, 16},
        {"repr(C), good order", "#[repr(C)]\n<<struct S { b: u64, a: u8, c: u8 }>>", 16, 16},
        {"the compiler's order", "<<struct S { a: u8, b: u64, c: u8 }>>", 0, 0},
        {"packed", "#[repr(C, packed)]\n<<struct S { a: u8, b: u64, c: u8 }>>", 0, 0},
        {"unknown field", "#[repr(C)]\n<<struct S { a: u8, b: crate::X, c: u8 }>>", 0, 0},
        {"repr under a cfg", "#[cfg_attr(unix, repr(C))]\n<<struct S { a: u8, b: u64, c: u8 }>>", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        uint64_t bytes = 0, best = 0;

        marked_open(&m, LANGUAGE_RUST, ROWS[i].source);
        if (facts_layout_declared(m.facts, marked_item(&m), &bytes, &best) != (ROWS[i].bytes > 0) ||
            (ROWS[i].bytes > 0 && (bytes != ROWS[i].bytes || best != ROWS[i].best)))
            fail_msg("%s: %llu, %llu", ROWS[i].name, (unsigned long long)bytes, (unsigned long long)best);
        arena_free(m.arena);
    }
}

static void other_variants_are_measured_together(void **state)
{
    struct marked m;
    struct layout others;

    (void)state;
    marked_open(&m, LANGUAGE_RUST, "enum E { A(u8), <<B([u64; 40])>>, C(u32, u32) }");
    others = facts_layout_others(m.facts, m.node);
    assert_int_equal(others.least, 8);
    assert_int_equal(others.most, 8);
    arena_free(m.arena);
    marked_open(&m, LANGUAGE_RUST, "enum E { A(crate::X), <<B([u64; 40])>> }");
    assert_true(facts_layout_others(m.facts, m.node).most == LAYOUT_UNBOUNDED);
    arena_free(m.arena);
}

static void python_has_no_sizes(void **state)
{
    struct marked m;
    uint64_t bytes, best;

    (void)state;
    marked_open(&m, LANGUAGE_PYTHON, "class <<A>>:\n    x: int\n");
    assert_true(facts_layout(m.facts, m.node).most == LAYOUT_UNBOUNDED);
    assert_true(facts_layout_others(m.facts, m.node).most == LAYOUT_UNBOUNDED);
    assert_false(facts_layout_declared(m.facts, m.node, &bytes, &best));
    arena_free(m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_those_of_the_compiler),
        cmocka_unit_test(an_order_is_only_lost_where_it_is_declared),
        cmocka_unit_test(other_variants_are_measured_together),
        cmocka_unit_test(python_has_no_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
