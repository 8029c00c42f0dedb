/* What the facts know of the types and paths of Rust expressions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_fixture.h"

static void types_come_from_literals_annotations_and_calls(void **state)
{
    static const struct {
        const char *name, *source, *type, *path;
    } ROWS[] = {
        {"let with Vec::new", "fn f() { let v = Vec::new(); g(<<v>>); }", "vec", "std::vec::Vec"},
        {"item of vec!", "fn f() { let v = vec![String::new(), g()]; for x in &v { g(<<x>>); } }", "string",
         ""},
        {"call in a macro", "fn f(s: &str) { println!(\"{}\", <<s.trim()>>); }", "str", ""},
        {"vec! macro", "fn f() { let v = vec![1]; g(<<v>>); }", "vec", ""},
        {"turbofish constructor", "fn f() { let v = Vec::<u8>::with_capacity(3); g(<<v>>); }", "vec", ""},
        {"annotation", "fn f() { let v: std::collections::HashMap<u8, u8> = g(); h(<<v>>); }", "hashmap", ""},
        {"through use", "use std::collections::HashSet as S;\nfn f(v: &S<u8>) { g(<<v>>); }", "hashset", ""},
        {"parameter slice", "fn f(v: &[u8]) { g(<<v>>); }", "slice", ""},
        {"parameter str", "fn f(v: &str) { g(<<v>>); }", "str", ""},
        {"array", "fn f(v: [u8; 4]) { g(<<v>>); }", "array", ""},
        {"generic parameter", "fn f<T>(v: T) { g(<<v>>); }", "unknown", ""},
        {"format!", "fn f() { let s = format!(\"{}\", 1); g(<<s>>); }", "string", ""},
        {"to_string of anything", "fn f(x: X) { let s = x.y.to_string(); g(<<s>>); }", "string", ""},
        {"str literal", "fn f() { let s = \"a\"; g(<<s>>); }", "str", ""},
        {"byte string", "fn f() { let s = b\"a\"; g(<<s>>); }", "array", ""},
        {"collect with turbofish", "fn f() { let s = a().collect::<Vec<_>>(); g(<<s>>); }", "vec", ""},
        {"collect without", "fn f() { let s = a().collect(); g(<<s>>); }", "unknown", ""},
        {"clone", "fn f(v: &Vec<u8>) { let s = v.clone(); g(<<s>>); }", "vec", ""},
        {"std Mutex", "use std::sync::Mutex;\nfn f(m: &Mutex<u8>) { g(<<m>>); }", "mutex",
         "std::sync::Mutex"},
        {"parking_lot Mutex", "use parking_lot::Mutex;\nfn f(m: &Mutex<u8>) { g(<<m>>); }", "mutex",
         "parking_lot::Mutex"},
        {"guard of std",
         "use std::sync::Mutex;\nfn f(m: &Mutex<u8>) { let g = m.lock().unwrap(); h(<<g>>); }", "guard",
         "std::sync::MutexGuard"},
        {"guard through Arc",
         "use std::sync::{Arc, Mutex};\nfn f(m: Arc<Mutex<u8>>) { let g = m.lock().unwrap(); h(<<g>>); }",
         "guard", "std::sync::MutexGuard"},
        {"guard of tokio",
         "use tokio::sync::Mutex;\nasync fn f(m: &Mutex<u8>) { let g = m.lock().await; h(<<g>>); }", "guard",
         "tokio::sync::MutexGuard"},
        {"guard of a local lock",
         "fn f() { let m = std::sync::Mutex::new(1); let g = m.lock().unwrap(); h(<<g>>); }", "guard",
         "std::sync::MutexGuard"},
        {"unknown Mutex",
         "use crate::sync::Mutex;\nfn f(m: &Mutex<u8>) { let g = m.lock().unwrap(); h(<<g>>); }", "unknown",
         ""},
        {"inside of an extractor",
         "use std::sync::{Arc, Mutex};\nstruct App { c: Mutex<u8> }\nasync fn f(State(app): State<Arc<App>>) "
         "{ let g = app.c.lock().unwrap(); h(<<g>>); }",
         "guard", "std::sync::MutexGuard"},
        {"inside of a mutable one", "fn f(Json(mut v): Json<Vec<u8>>) { g(<<v>>); }", "vec", ""},
        {"inside of another type", "fn f(Json(v): Body<Vec<u8>>) { g(<<v>>); }", "unknown", ""},
        {"poison swallowed",
         "use std::sync::Mutex;\nfn f(m: &Mutex<u8>) { let g = m.lock().unwrap_or_else(|e| e.into_inner()); "
         "h(<<g>>); }",
         "guard", ""},
        {"field of self", "struct S { v: Vec<u8> }\nimpl S { fn f(&self) { g(<<self.v>>); } }", "vec", ""},
        {"field of self, struct below", "impl S { fn f(&self) { g(<<self.v>>); } }\nstruct S { v: Vec<u8> }",
         "vec", ""},
        {"field of a parameter", "struct S { v: Vec<u8> }\nfn f(s: &S) { g(<<s.v>>); }", "vec", ""},
        {"numbered field", "struct S(#[a] u8, pub Vec<u8>);\nimpl S { fn f(&self) { g(<<self.1>>); } }",
         "vec", ""},
        {"numbered field of a parameter", "struct S(u32, Vec<u8>);\nfn f(s: &S) { g(<<s.0>>); }", "int", ""},
        {"field of another", "struct S { v: Vec<u8> }\nfn f(s: &T) { g(<<s.v>>); }", "unknown", ""},
        {"return type of a function", "fn f() { let v = g(); h(<<v>>); }\nfn g() -> Vec<u8> { k() }", "vec",
         ""},
        {"return type of a method",
         "struct S;\nimpl S { fn n() -> Self { S }\n fn v(&self) -> Vec<u8> { k() } }\n"
         "fn f() { let s = S::n(); let v = s.v(); h(<<v>>); }",
         "vec", ""},
        {"option unwrapped", "fn f(o: Option<Vec<u8>>) { let v = o.unwrap(); h(<<v>>); }", "vec", ""},
        {"result tried", "fn f() -> R { let s = std::fs::read_to_string(p)?; h(<<s>>); }", "string", ""},
        {"if let Some", "fn f(o: Option<String>) { if let Some(s) = o { h(<<s>>); } }", "string", ""},
        {"match arm Ok", "fn f(o: Result<String, E>) { match o { Ok(s) => h(<<s>>), _ => {} } }", "string",
         ""},
        {"element of a for", "fn f(v: Vec<String>) { for s in &v { h(<<s>>); } }", "string", ""},
        {"element of lines", "fn f(v: &str) { for s in v.lines() { h(<<s>>); } }", "str", ""},
        {"shadowed", "fn f(x: &str) { let x = x.to_string(); g(<<x>>); }", "string", ""},
        {"value sees the old name", "fn f(x: &str) { let x = h(<<x>>).to_string(); }", "str", ""},
        {"out of the block", "fn f(x: &str) { { let x = 1; } g(<<x>>); }", "str", ""},
        {"regex", "use regex::Regex;\nfn f() { let r = Regex::new(\"a\").unwrap(); g(<<r>>); }", "regex", ""},
        {"index", "fn f(v: &Vec<String>) { g(<<v[0]>>); }", "string", ""},
        {"slice of a string", "fn f(v: &String) { g(&<<v[1..]>>); }", "str", ""},
        {"alias", "type V = Vec<u8>;\nfn f(v: V) { g(<<v>>); }", "vec", ""},
        {"cast", "fn f(x: u8) { let y = x as f64; g(<<y>>); }", "float", ""},
        {"impl Iterator", "fn f(x: impl Iterator<Item = u8>) { g(<<x>>); }", "iterator", ""},
        {"trait as a type", "trait T {}\nfn f(x: &dyn T) { g(<<x>>); }", "unknown", ""},
        {"cycle of constants", "static A: X = A;\nfn f() { g(<<A>>); }", "unknown", ""},
        {"refcell", "use std::cell::RefCell;\nfn f(c: &RefCell<u8>) { let b = c.borrow_mut(); g(<<b>>); }",
         "guard", "std::cell::RefMut"},
        {"arc clone", "use std::sync::Arc;\nfn f(a: Arc<String>) { let b = Arc::clone(&a); g(<<b>>); }",
         "arc", ""},
        {"static slice is a table", "fn f(a: &'static [&'static str]) { g(<<a>>); }", "array", ""},
        {"py of with_gil", "use pyo3::prelude::*;\nfn f() { Python::with_gil(|py| g(<<py>>)); }", "instance",
         "pyo3::Python"},
        {"py of a reference", "use pyo3::prelude::*;\nfn f(s: PyRef<'_, S>) { let py = s.py(); g(<<py>>); }",
         "instance", "pyo3::Python"},
        {"py in a file without pyo3", "fn f(s: S) { let py = s.py(); g(<<py>>); }", "unknown", ""},
        {"alloc is std", "use alloc::vec::Vec as V;\nfn f(a: V<u8>) { g(<<a>>); }", "vec", "std::vec::Vec"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        check_type(LANGUAGE_RUST, ROWS[i].name, ROWS[i].source, ROWS[i].type, ROWS[i].path);
}

static void paths_go_through_imports_and_types(void **state)
{
    static const struct {
        const char *name, *source, *path;
    } ROWS[] = {
        {"full", "fn f() { <<tokio::spawn>>(g()); }", "tokio::spawn"},
        {"module import", "use std::thread;\nfn f() { <<thread::sleep>>(d); }", "std::thread::sleep"},
        {"function import", "use std::thread::sleep;\nfn f() { <<sleep>>(d); }", "std::thread::sleep"},
        {"alias", "use std::thread::sleep as s;\nfn f() { <<s>>(d); }", "std::thread::sleep"},
        {"list", "use std::{fs, thread::{self, JoinHandle}};\nfn f() { <<thread::sleep>>(d); }",
         "std::thread::sleep"},
        {"type in a list", "use regex::{Regex, RegexSet};\nfn f() { <<Regex::new>>(p); }",
         "regex::Regex::new"},
        {"import in a block", "fn f() { use std::thread::sleep; <<sleep>>(d); }", "std::thread::sleep"},
        {"import of another block", "fn g() { use std::thread::sleep; }\nfn f() { <<sleep>>(d); }", ""},
        {"pyo3 prelude", "use pyo3::prelude::*;\nfn f() { <<Python::with_gil>>(g); }",
         "pyo3::Python::with_gil"},
        {"no pyo3 prelude", "use foo::prelude::*;\nfn f() { <<Python::with_gil>>(g); }", ""},
        {"method of a typed value", "use regex::Regex;\nfn f(r: &Regex) { <<r.is_match>>(s); }",
         "regex::Regex::is_match"},
        {"method of the lock in an Arc",
         "use std::sync::{Arc, Mutex};\nfn f(m: Arc<Mutex<u8>>) { <<m.lock>>(); }", "std::sync::Mutex::lock"},
        {"clone of an Arc", "use std::sync::Arc;\nfn f(m: Arc<String>) { <<m.clone>>(); }",
         "std::sync::Arc::clone"},
        {"method of an unknown value", "fn f(r: T) { <<r.is_match>>(s); }", ""},
        {"py parameter", "use pyo3::prelude::*;\nfn f(py: Python<'_>) { <<py.allow_threads>>(g); }",
         "pyo3::Python::allow_threads"},
        {"own function", "fn g() {}\nfn f() { <<g>>(); }", "g"},
        {"core is std", "fn f() { <<core::mem::drop>>(x); }", "std::mem::drop"},
        {"own type", "struct S;\nfn f() { <<S::new>>(); }", "S::new"},
        {"Self", "struct S;\nimpl S { fn f() { <<Self::new>>(); } }", "S::new"},
        {"prelude", "fn f() { <<Vec::new>>(); }", "std::vec::Vec::new"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        check_path(LANGUAGE_RUST, ROWS[i].name, ROWS[i].source, ROWS[i].path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_come_from_literals_annotations_and_calls),
        cmocka_unit_test(paths_go_through_imports_and_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
