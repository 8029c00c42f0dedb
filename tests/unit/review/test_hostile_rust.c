/* The same for Rust and PyO3 as test_hostile.c for Python: whatever stands in a file, the analysis ends,
 * keeps to its arena and does work that grows with the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hostile_fixture.h"

#define IN_LOOP "fn f(v: Vec<String>, s: &str) {\n    for x in &v {\n        "

/* Work that grows: a sixteenth of each against the whole. */
static const struct shape GROWING[] = {
    {"functions", "", "fn f$() {}\n", "", "", "", 8000},
    {"functions that call each other", "", "fn f$(x: u8) -> u8 { g$(x) + f1$(x) }\n", "", "", "", 4000},
    {"methods of one impl", "struct S { a: u8 }\nimpl S {\n", "fn f$(&self) -> u8 { self.f1$() }\n", "", "",
     "}\n", 4000},
    {"impls", "struct S;\n", "impl S { fn f$(&self) { self.g$() } }\n", "", "", "", 4000},
    {"structs", "", "#[derive(Clone)] struct S$ { a: u8, b: u64, c: Vec<S1$> }\n", "", "", "", 4000},
    {"fields", "struct S {\n", "a$: Vec<u8>,\n", "}\nimpl S { fn f(&self) {\n", "self.a$.len();\n", "} }\n",
     4000},
    {"variants", "enum E {\n", "A$(u8, [u8; $]),\n", "", "", "}\n", 8000},
    {"uses of crates", "", "use a$::b$;\n", "fn f() {\n", "b$();\n", "}\n", 4000},
    {"names of one use", "use a::{", "b$,", "};\n", "", "", 8000},
    {"a where clause", "fn f<T>(x: T) where ", "T: A$<B>,", " { x.g() }\n", "", "", 4000},
    {"type parameters", "fn f<", "T$: Clone,", ">(", "x$: T$,", ") {}\n", 2000},
    {"attributes", "", "#[a$(b = \"c\", d)]\n", "fn f() {}\n", "", "", 8000},
    {"attributes of methods", "impl S {\n",
     "#[getter] #[pyo3(name = \"a\")] fn f$(&self) -> Vec<u8> { self.a.clone() }\n", "", "", "}\n", 2000},
    {"match arms", "fn f(x: u32) -> u32 { match x {\n", "$ => g($),\n", "_ => 0 } }\n", "", "", 8000},
    {"match arms with guards", "fn f(x: Option<u32>) { match x {\n", "Some(y) if y > $ => g(y),\n",
     "_ => {} } }\n", "", "", 4000},
    {"else ifs", "fn f(x: u32) { if x == 0 {}\n", "else if x == $ { g() }\n", "}\n", "", "", 200},
    {"lets", "fn f(x: String) {\n", "let a$ = x.clone();\n", "", "", "}\n", 8000},
    {"lets of one name", "fn f(x: String) {\n", "let x = x.clone();\n", "", "", "}\n", 8000},
    {"uses of a name", "fn f(x: String) {\n", "g(&x);\n", "", "", "}\n", 8000},
    {"pushes", "fn f(v: &[u8]) {\nlet mut l = Vec::new();\nfor x in v {\n", "l.push(x);\n", "}}\n", "", "",
     8000},
    {"clones in a loop", IN_LOOP, "g(x.clone());\n", "}}\n", "", "", 4000},
    {"lookups in a loop", IN_LOOP, "if v.contains(x) { g(x); }\n", "}}\n", "", "", 4000},
    {"loops side by side", "fn f(v: Vec<u8>) {\n", "for x in &v { g(x); }\n", "", "", "}\n", 4000},
    {"closures side by side", "fn f(v: Vec<u8>) {\n", "v.iter().map(|x| x + 1).count();\n", "", "", "}\n",
     4000},
    {"awaits", "async fn f(v: Vec<A>) {\nfor x in &v {\n", "x.g().await;\n", "}}\n", "", "", 4000},
    {"locks", "fn f(m: Mutex<Vec<u8>>) {\n", "let g$ = m.lock().unwrap();\n", "", "", "}\n", 2000},
    {"an array", "fn f() { g(&[", "$,", "]); }\n", "", "", 16000},
    {"a vec!", "fn f() { g(vec![", "$,", "]); }\n", "", "", 16000},
    {"a vec! of calls", "fn f() { g(vec![", "h($),", "]); }\n", "", "", 8000},
    {"arguments of a macro", IN_LOOP "println!(\"{}\", ", "x.to_string(),", "1);\n}}\n", "", "", 8000},
    {"arguments of a log macro", IN_LOOP "info!(", "a$ = \"b\", ", "\"{}\", s.to_string());\n}}\n", "", "",
     8000},
    {"placeholders", IN_LOOP "println!(\"", "{} ", "\", x.to_string());\n}}\n", "", "", 16000},
    {"names in a format", IN_LOOP "println!(\"", "{x} ", "\");\n}}\n", "", "", 16000},
    {"macros", IN_LOOP, "println!(\"{} {}\", x.to_string(), s.len());\n", "}}\n", "", "", 4000},
    {"macros in macros", "fn f(s: &str) {\n",
     "println!(\"{}\", format!(\"{}\", vec![s.to_string()].len()));\n", "", "", "}\n", 2000},
    {"macros that do not read", "fn f() {\n", "println!(\"{}\", a b c(d), e!());\n", "", "", "}\n", 4000},
    {"matches!", "fn f(x: A) {\n", "g(matches!(x.b(), Some(C(y)) if y > $));\n", "", "", "}\n", 4000},
    {"unknown macros", "fn f() {\n", "m!(a => b, c(d) { e });\n", "", "", "}\n", 4000},
    {"tokens of one macro", "m! { ", "a(b) { c; } ", "}\n", "", "", 16000},
    {"rules of a macro", "macro_rules! m {\n", "($a:expr, $b:ty) => { $c($a) };\n", "", "", "}\n", 4000},
    {"functions of Python", "use pyo3::prelude::*;\n",
     "#[pyfunction]\nfn f$(py: Python<'_>, x: Vec<u8>) -> PyResult<usize> { Ok(x.len()) }\n", "", "", "",
     2000},
    {"objects of Python",
     "use pyo3::prelude::*;\n#[pyfunction]\nfn f(py: Python<'_>, x: &PyAny) {\nfor y in x.iter() {\n",
     "x.getattr(\"a\").call1((y,));\n", "}}\n", "", "", 2000},
    {"strings", "fn f() {\n", "g(r#\"a {} \"b\" \"#, \"c\\u{1f}\");\n", "", "", "}\n", 4000},
    {"silenced findings", IN_LOOP, "g(x.clone()); // perf-review: ignore a\n", "}}\n", "", "", 4000},
    {"errors", "", ") ] }\n", "", "", "", 8000},
};

/* Too deep, too long or no text at all: it ends, by a limit or without. */
static const struct shape LARGE[] = {
    {"parentheses", "const X: u8 = ", "(", "1", ")", ";\n", 10000},
    {"open brackets", "const X: u8 = ", "[", "", "", "\n", 10000},
    {"blocks", "fn f() ", "{", "", "}", "\n", 10000},
    {"references", "const X: u8 = ", "&", "1;\n", "", "", 10000},
    {"types", "type X = ", "Vec<", "u8", ">", ";\n", 10000},
    {"reference types", "type X = ", "&'a ", "u8;\n", "", "", 10000},
    {"turbofishes", "fn f() { ", "g::<", "u8", ">", "(); }\n", 5000},
    {"calls", "fn f() { ", "g(", "1", ")", "; }\n", 10000},
    {"method calls", "fn f(x: &str) { x", ".split(',').map(|y| y.len())", "; }\n", "", "", 10000},
    {"clones of clones", "fn f(x: &str) { x", ".clone()", "; }\n", "", "", 10000},
    {"fields", "fn f(x: A) { x", ".a", "; }\n", "", "", 10000},
    {"indices", "fn f(x: A) { x", "[0]", "; }\n", "", "", 10000},
    {"questions", "fn f(x: A) { x", "?", "; }\n", "", "", 10000},
    {"awaits", "async fn f(x: A) { x", ".await", "; }\n", "", "", 10000},
    {"sums", "fn f(x: u8) { x", " + x", "; }\n", "", "", 10000},
    {"assignments", "fn f() { ", "a = ", "x; }\n", "", "", 10000},
    {"closures", "fn f() { ", "|x| ", "x; }\n", "", "", 10000},
    {"closures in calls", "fn f() { ", "g(|x| ", "x", ")", "; }\n", 5000},
    {"iterators in closures", "fn f() { ", "v.iter().map(|x| ", "x", ")", "; }\n", 5000},
    {"loops in loops", "fn f() ", "{ for x in y ", "{}", "}", "\n", 5000},
    {"functions in functions", "", "fn f() { ", "", "}", "\n", 5000},
    {"modules in modules", "", "mod a { ", "", "}", "\n", 5000},
    {"ifs", "fn f() ", "{ if x ", "{}", "}", "\n", 5000},
    {"else ifs", "fn f() { if x {}", " else if x {}", " }\n", "", "", 10000},
    {"matches", "fn f() ", "{ match x { _ => ", "1", "} }", "\n", 5000},
    {"patterns", "fn f() { let ", "Some(", "x", ")", " = y; }\n", 10000},
    {"macros in macros", "fn f() { ", "format!(\"{}\", ", "1", ")", "; }\n", 10000},
    {"lists in lists", "fn f() { ", "vec![", "1", "]", "; }\n", 10000},
    {"a sum in a macro", "fn f() { assert!(x", " + x", "); }\n", "", "", 15000},
    {"method calls in a macro", "fn f() { println!(\"{}\", x", ".a().b(c)", "); }\n", "", "", 6000},
    {"parentheses in a macro", "fn f() { println!(\"{}\", ", "(", "1", ")", "); }\n", 10000},
    {"deep macros in a deep place", "fn f() { ", "g(dbg!((", "1", ")))", "; }\n", 3000},
    {"tokens", "m!(", "a b, ", ");\n", "", "", 200000},
    {"tokens that read", "fn f() { vec![", "a(b), ", "]; }\n", "", "", 150000},
    {"tokens that do not read", "fn f() { vec![", "a b, ", "]; }\n", "", "", 200000},
    {"more than a file may hold", "fn f() { vec![", "a(b), ", "]; }\n", "", "", 600000},
    {"fields of a log", "fn f() { info!(", "a.b = %c, ", "\"d\"); }\n", "", "", 80000},
    {"uses in uses", "use ", "a::{", "b", "}", ";\n", 10000},
    {"a path", "use a", "::a", ";\n", "", "", 100000},
    {"hashes", "const X: &str = r", "#", "\"a\"", "#", ";\n", 10000},
    {"an open raw string", "const X: &str = r#\"", "a\"", "", "", "\n", 2000},
    {"comments in comments", "", "/* ", "", "*/ ", "\n", 100000},
    {"doc comments", "", "/// a\n", "fn f() {}\n", "", "", 100000},
    {"only attributes", "", "#[a(b)]\n", "", "", "", 100000},
    {"lifetimes", "fn f<", "'a$, ", ">() {}\n", "", "", 50000},
    {"functions", "", "fn f$() {}\n", "", "", "", 50000},
    {"one name", "", "a", "\n", "", "", 1000000},
    {"quotes", "", "\"", "", "", "", 1000000},
    {"not UTF-8", "fn f() { println!(\"", "\xff\xfe\x80", "\", a.b()); }\n", "", "", 300000},
    {"half a character", "fn f() { println!(\"\xf0\x9f", "\xf0\x9f", "", "", "", 1000},
};

static void work_grows_with_the_file(void **state)
{
    (void)state;
    assert_int_equal(count_faster_than_linear(LANGUAGE_RUST, GROWING, COUNT_OF(GROWING)), 0);
}

static void whatever_stands_there_it_ends(void **state)
{
    (void)state;
    analyse_shapes(LANGUAGE_RUST, LARGE, COUNT_OF(LARGE));
}

static void every_prefix_ends(void **state)
{
    (void)state;
    analyse_prefixes(LANGUAGE_RUST, false);
    analyse_prefixes(LANGUAGE_RUST, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_grows_with_the_file),
        cmocka_unit_test(whatever_stands_there_it_ends),
        cmocka_unit_test(every_prefix_ends),
    };
    return cmocka_run_group_tests(tests, compile_rules, free_rules);
}
