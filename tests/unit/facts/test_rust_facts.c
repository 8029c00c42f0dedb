/* What the facts say of Rust code: where it runs, what its names mean, what happens to values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_fixture.h"
#include "syntax/rust_kinds.h"

static const char *const LOOP_NAMES[LOOP_KIND_COUNT] = {
    [LOOP_FOR] = "for",         [LOOP_ASYNC_FOR] = "async for",         [LOOP_WHILE] = "while",
    [LOOP_FOREVER] = "forever", [LOOP_COMPREHENSION] = "comprehension", [LOOP_CLOSURE] = "closure",
};

static void code_runs_once_per_pass_of_the_loop_around_it(void **state)
{
    static const struct {
        const char *name, *source, *kind; /* "" for none */
        uint32_t depth;
        int64_t trips;
        bool may_end;
    } ROWS[] = {
        {"for body", "fn f() { for x in v { <<g(x)>>; } }", "for", 1, -1, false},
        {"iterated", "fn f() { for x in <<g(v)>> { h(x); } }", "", 0, 0, false},
        {"nested", "fn f() { for x in v { for y in x { <<g(y)>>; } } }", "for", 2, -1, false},
        {"iterated of the inner", "fn f() { for x in v { for y in <<g(x)>> { h(y); } } }", "for", 1, -1,
         false},
        {"while condition", "fn f() { while <<g(x)>> { h(); } }", "while", 1, -1, false},
        {"while let", "fn f() { while let Some(x) = <<g()>> { h(x); } }", "while", 1, -1, false},
        {"loop", "fn f() { loop { <<g()>>; } }", "forever", 1, -1, false},
        {"while true", "fn f() { while true { <<g()>>; } }", "forever", 1, -1, false},
        {"range", "fn f() { for i in 0..4 { <<g(i)>>; } }", "for", 1, 4, false},
        {"inclusive range", "fn f() { for i in 1..=4usize { <<g(i)>>; } }", "for", 1, 4, false},
        {"array", "fn f() { for i in [1, 2, 3] { <<g(i)>>; } }", "for", 1, 3, false},
        {"array iter", "fn f() { for i in [1, 2, 3].iter().enumerate() { <<g(i)>>; } }", "for", 1, 3, false},
        {"constant array", "const C: [u8; 2] = [1, 2];\nfn f() { for i in C.iter() { <<g(i)>>; } }", "for", 1,
         2, false},
        {"break", "fn f() { for i in v { <<g(i)>>; if i > 3 { break; } } }", "for", 1, -1, true},
        {"break of the inner", "fn f() { for i in v { <<g(i)>>; for j in w { break; } } }", "for", 1, -1,
         false},
        {"labelled break", "fn f() { 'a: for i in v { <<g(i)>>; for j in w { break 'a; } } }", "for", 1, -1,
         true},
        {"question mark", "fn f() -> R { for i in v { <<g(i)>>?; } }", "for", 1, -1, true},
        {"return in a closure", "fn f() { for i in v { <<g(i)>>; h(|| { return 1; }); } }", "for", 1, -1,
         false},
        {"nested function", "fn f() { for i in v { fn g() { <<h()>>; } } }", "", 0, 0, false},
        {"for_each", "fn f() { v.for_each(|x| <<g(x)>>); }", "closure", 1, -1, false},
        {"retain", "fn f() { v.retain(|x| <<g(x)>>); }", "closure", 1, -1, false},
        {"map of an iterator", "fn f() { v.iter().map(|x| <<g(x)>>); }", "closure", 1, -1, false},
        {"map after an adapter", "fn f() { v.iter().filter(|x| x.a).map(|x| <<g(x)>>); }", "closure", 1, -1,
         false},
        {"map of an option", "fn f() { v.get(0).map(|x| <<g(x)>>); }", "", 0, 0, false},
        {"map of anything", "fn f() { v.map(|x| <<g(x)>>); }", "", 0, 0, false},
        {"map of a range", "fn f() { (0..8).map(|x| <<g(x)>>); }", "closure", 1, 8, false},
        {"map of a bound iterator", "fn f() { let it = v.iter(); it.map(|x| <<g(x)>>); }", "closure", 1, -1,
         false},
        {"take of an option", "fn f() { v.take().map(|x| <<g(x)>>); }", "", 0, 0, false},
        {"take of an iterator", "fn f() { v.take(2).map(|x| <<g(x)>>); }", "closure", 1, 2, false},
        {"receiver of map", "fn f() { <<g(v)>>.iter().map(|x| h(x)); }", "", 0, 0, false},
        {"unwrap_or_else in a loop", "fn f() { for x in v { y.unwrap_or_else(|| <<g(x)>>); } }", "for", 1, -1,
         false},
        {"closure that runs once", "fn f() { with(|py| <<g(py)>>); }", "", 0, 0, false},
        {"with_gil in a loop", "fn f() { for x in v { with(|py| <<g(py)>>); } }", "for", 1, -1, false},
        {"async block in a loop", "fn f() { for x in v { spawn(async move { <<g(x)>> }); } }", "for", 1, -1,
         false},
        {"closure loop in a loop", "fn f() { for x in v { w.iter().any(|y| <<g(y)>>); } }", "closure", 2, -1,
         false},
        {"in a macro", "fn f() { for x in v { println!(\"{}\", g(x)); <<h()>>; } }", "for", 1, -1, false},
        {"in a macro's argument", "fn f() { for x in v { println!(\"{}\", <<g(x)>>); } }", "for", 1, -1,
         false},
        {"a closure in a macro", "fn f() { assert!(v.iter().map(|x| <<g(x)>>).all(h)); }", "closure", 1, -1,
         false},
        {"a loop in a macro", "fn f() { dbg!({ for x in v { <<g(x)>>; } }); }", "for", 1, -1, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        const struct loop *loop;
        const char *kind;
        marked_open(&m, LANGUAGE_RUST, ROWS[i].source);
        loop = facts_loop(m.facts, m.node);
        kind = loop != NULL ? LOOP_NAMES[loop->kind] : "";
        if (strcmp(kind, ROWS[i].kind) != 0 ||
            (loop != NULL && (loop->depth != ROWS[i].depth || loop->trips != ROWS[i].trips ||
                              loop->conditional_exit != ROWS[i].may_end)))
            fail_msg("%s: %s depth %u trips %lld end %d", ROWS[i].name, kind, loop ? loop->depth : 0,
                     loop ? (long long)loop->trips : 0, loop ? loop->conditional_exit : 0);
        arena_free(m.arena);
    }
}

static void functions_know_their_role(void **state)
{
    static const struct {
        const char *name, *source, *function;
        uint32_t flags;
    } ROWS[] = {
        {"plain", "fn f() { <<g()>>; }", "f", 0},
        {"public", "pub fn f() { <<g()>>; }", "f", FUNCTION_PUBLIC},
        {"crate", "pub(crate) fn f() { <<g()>>; }", "f", 0},
        {"async", "async fn f() { <<g()>>; }", "f", FUNCTION_ASYNC},
        {"method", "impl S { fn f(&self) { <<g()>>; } }", "S::f", 0},
        {"generic impl", "impl<T> S<T> { fn f(&self) { <<g()>>; } }", "S<T>::f", 0},
        {"test", "#[test]\nfn f() { <<g()>>; }", "f", FUNCTION_TEST},
        {"tokio test", "#[tokio::test]\nasync fn f() { <<g()>>; }", "f", FUNCTION_TEST | FUNCTION_ASYNC},
        {"comment between", "#[test]\n// why\n/// doc\nfn f() { <<g()>>; }", "f", FUNCTION_TEST},
        {"test module", "#[cfg(test)]\nmod tests { fn f() { <<g()>>; } }", "f", FUNCTION_TEST},
        {"not test module", "#[cfg(not(test))]\nmod a { fn f() { <<g()>>; } }", "f", 0},
        {"module for tests and more", "#[cfg(all(test, unix))]\nmod a { fn f() { <<g()>>; } }", "f",
         FUNCTION_TEST},
        {"feature called test", "#[cfg(feature = \"test\")]\nmod a { fn f() { <<g()>>; } }", "f", 0},
        {"bench", "#[bench]\nfn f(b: &mut Bencher) { <<g()>>; }", "f", FUNCTION_BENCH},
        {"criterion", "fn f(c: &mut Criterion) { <<g()>>; }", "f", FUNCTION_BENCH},
        {"route", "#[get(\"/x\")]\nasync fn f() { <<g()>>; }", "f", FUNCTION_HANDLER | FUNCTION_ASYNC},
        {"pyfunction", "#[pyfunction]\nfn f() { <<g()>>; }", "f", FUNCTION_EXPORTED},
        {"pyfunction with signature", "#[pyfunction]\n#[pyo3(signature = (a))]\nfn f(a: u8) { <<g()>>; }",
         "f", FUNCTION_EXPORTED},
        {"pymethods", "#[pymethods]\nimpl S { fn f(&self) { <<g()>>; } }", "S::f", FUNCTION_EXPORTED},
        {"pymodule", "#[pymodule]\nfn f(m: &M) { <<g()>>; }", "f", FUNCTION_INIT},
        {"main", "fn main() { <<g()>>; }", "main", FUNCTION_INIT},
        {"tokio main", "#[tokio::main]\nasync fn main() { <<g()>>; }", "main",
         FUNCTION_INIT | FUNCTION_ASYNC},
        {"started elsewhere", "fn init_logging() { <<g()>>; }", "init_logging", FUNCTION_INIT},
        {"file of tests", "#![cfg(test)]\nfn f() { <<g()>>; }", "f", FUNCTION_TEST},
        {"file of no tests", "#![allow(x)]\nfn f() { <<g()>>; }", "f", 0},
        {"extern", "extern \"C\" fn f() { <<g()>>; }", "f", FUNCTION_EXPORTED},
        {"no_mangle", "#[no_mangle]\npub fn f() { <<g()>>; }", "f", FUNCTION_EXPORTED | FUNCTION_PUBLIC},
        {"unsafe no_mangle", "#[unsafe(no_mangle)]\nfn f() { <<g()>>; }", "f", FUNCTION_EXPORTED},
        {"axum route",
         "use axum::routing::get;\nfn r() { Router::new().route(\"/\", get(f)); }\n"
         "async fn f() { <<g()>>; }",
         "f", FUNCTION_HANDLER | FUNCTION_ASYNC},
        {"axum second verb",
         "use axum::{routing::get, Router};\nfn r() { get(a).post(f); }\n"
         "fn a() {}\nfn f() { <<g()>>; }",
         "f", FUNCTION_HANDLER},
        {"axum extractor",
         "use axum::{extract::State, Json};\n"
         "async fn f(State(s): State<S>) { <<g()>>; }",
         "f", FUNCTION_HANDLER | FUNCTION_ASYNC},
        {"axum body", "use axum::Json;\nfn f(Json(x): Json<X>) { <<g()>>; }", "f", FUNCTION_HANDLER},
        {"a get of no framework", "use std::x;\nfn r() { m.get(f); }\nfn f() { <<g()>>; }", "f", 0},
        {"a function that routes name only by its result",
         "use axum::routing::get;\nfn r() { get(f()); }\nfn f() { <<g()>>; }", "f", 0},
        {"actix to", "use actix_web::web;\nfn r() { web::get().to(f); }\nasync fn f() { <<g()>>; }", "f",
         FUNCTION_HANDLER | FUNCTION_ASYNC},
        {"actix data", "use actix_web::web;\nfn f(d: web::Data<S>, r: &R) { <<g()>>; }", "f",
         FUNCTION_HANDLER},
        {"actix configuration", "use actix_web::web;\nfn f(c: &mut web::ServiceConfig) { <<g()>>; }", "f",
         FUNCTION_INIT},
        {"rocket", "#[post(\"/x\", data = \"<d>\")]\nfn f(d: D) { <<g()>>; }", "f", FUNCTION_HANDLER},
        {"rocket launch", "#[launch]\nfn f() -> _ { <<g()>>; }", "f", FUNCTION_INIT},
        {"tonic", "#[tonic::async_trait]\nimpl Greeter for S { async fn hi(&self) { <<g()>>; } }", "S::hi",
         FUNCTION_HANDLER | FUNCTION_ASYNC},
        {"tonic request",
         "use tonic::{Request, Response};\nimpl S { async fn hi(&self, r: Request<A>) { "
         "<<g()>>; } }",
         "S::hi", FUNCTION_HANDLER | FUNCTION_ASYNC},
        {"warp",
         "use warp::Filter;\nfn r() { warp::path(\"x\").and_then(f); }\n"
         "async fn f() { <<g()>>; }",
         "f", FUNCTION_HANDLER | FUNCTION_ASYNC},
        {"hyper",
         "use hyper::service::service_fn;\nfn r() { service_fn(f); }\n"
         "async fn f(r: Q) { <<g()>>; }",
         "f", FUNCTION_HANDLER | FUNCTION_ASYNC},
        {"attribute of the one before", "#[test]\nfn a() {}\nfn f() { <<g()>>; }", "f", 0},
        {"closure", "#[test]\nfn f() { h(|x| <<g(x)>>); }", "f", FUNCTION_TEST},
        {"helper in a test", "#[test]\nfn a() { fn f() { <<g()>>; } }", "f", FUNCTION_TEST},
        {"module level", "static X: Y = <<g()>>;", "", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        const struct function *function;
        struct view name;
        marked_open(&m, LANGUAGE_RUST, ROWS[i].source);
        function = facts_named_function(m.facts, m.node);
        name = facts_function_name(m.facts, function);
        if (!view_is(name, ROWS[i].function) || (function != NULL && function->flags != ROWS[i].flags))
            fail_msg("%s: %.*s %x", ROWS[i].name, VIEW_ARG(name), function ? function->flags : 0);
        arena_free(m.arena);
    }
}

static void async_ends_at_closures_and_other_threads(void **state)
{
    static const struct {
        const char *name, *source;
        bool async;
    } ROWS[] = {
        {"async fn", "async fn f() { <<g()>>; }", true},
        {"sync fn", "fn f() { <<g()>>; }", false},
        {"async block", "fn f() { h(async move { <<g()>> }); }", true},
        {"async closure", "fn f() { h(async |x| <<g(x)>>); }", true},
        {"closure in async", "async fn f() { h(|x| <<g(x)>>); }", false},
        {"argument of spawn_blocking", "async fn f() { tokio::task::spawn_blocking(<<g()>>); }", false},
        {"thread", "use std::thread::spawn;\nasync fn f() { spawn(<<g()>>); }", false},
        {"task", "async fn f() { tokio::spawn(<<g()>>); }", true},
        {"nested fn", "async fn f() { fn h() { <<g()>>; } }", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_RUST, ROWS[i].source);
        if (facts_in_async(m.facts, m.node) != ROWS[i].async)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

static void names_mean_the_latest_definition_above_them(void **state)
{
    static const struct {
        const char *name, *source;
        uint32_t line; /* of the definition; 0: means nothing in this file */
    } ROWS[] = {
        {"let", "fn f() {\nlet x = 1;\ng(<<x>>); }", 2},
        {"shadowed", "fn f() {\nlet x = 1;\nlet x = 2;\ng(<<x>>); }", 3},
        {"before the second", "fn f() {\nlet x = 1;\ng(<<x>>);\nlet x = 2; }", 2},
        {"own value", "fn f() {\nlet x = 1;\nlet x = g(<<x>>); }", 2},
        {"parameter", "fn f(\nx: u8) { g(<<x>>); }", 2},
        {"self", "impl S { fn f(\n&self) { g(<<self>>); } }", 2},
        {"inner block ends", "fn f() {\nlet x = 1;\n{ let x = 2; }\ng(<<x>>); }", 2},
        {"tuple", "fn f() {\nlet (a, x) = g();\ng(<<x>>); }", 2},
        {"struct pattern", "fn f() {\nlet S { x, .. } = g();\ng(<<x>>); }", 2},
        {"renamed field", "fn f() {\nlet S { a: x, .. } = g();\ng(<<x>>); }", 2},
        {"if let", "fn f() {\nif let Some(x) = g() {\ng(<<x>>); } }", 2},
        {"after if let", "fn f() {\nlet x = 1;\nif let Some(x) = g() {}\ng(<<x>>); }", 2},
        {"if let value", "fn f() {\nlet x = 1;\nif let Some(x) = g(<<x>>) {} }", 2},
        {"let chain", "fn f() { if let Some(a) = g()\n&& let Some(x) = a.b()\n&& <<x>> > 1 {} }", 2},
        {"else of if let", "fn f() {\nlet x = 1;\nif let Some(x) = g() {} else { h(<<x>>) } }", 2},
        {"while let", "fn f() {\nwhile let Some(x) = g() {\nh(<<x>>); } }", 2},
        {"match arm", "fn f() { match g() {\nA(x) => h(<<x>>),\n_ => {} } }", 2},
        {"guard", "fn f() { match g() {\nA(x) if <<x>> > 1 => h(),\n_ => {} } }", 2},
        {"other arm", "fn f() {\nlet x = 1;\nmatch g() { A(x) => {}, _ => h(<<x>>) } }", 2},
        {"constant in a pattern", "const X: u8 = 1;\nfn f() { match g() { <<X>> => {} , _ => {} } }", 1},
        {"alternatives", "fn f() { match g() {\nA(x) | B(x) => h(<<x>>),\n_ => {} } }", 2},
        {"captured", "fn f() { match g() {\nx @ 1..=3 => h(<<x>>),\n_ => {} } }", 2},
        {"closure", "fn f() {\nlet x = 1;\ng(\n|x| h(<<x>>)); }", 4},
        {"for", "fn f() {\nfor x in g() { h(<<x>>); } }", 2},
        {"iterated sees the old", "fn f() {\nlet x = 1;\nfor x in <<x>> { } }", 2},
        {"let else", "fn f() {\nlet Some(x) = g() else { return };\nh(<<x>>); }", 2},
        {"inside of let else", "fn f() {\nlet x = 1;\nlet Some(x) = g() else { return <<x>> };\nh(x); }", 2},
        {"item below", "fn f() { <<g>>(); }\nfn g() {}", 2},
        {"item of the block below", "fn f() { <<g>>();\nfn g() {} }", 2},
        {"static below", "fn f() { g(<<X>>); }\nstatic X: u8 = 1;", 2},
        {"use", "use a::\nx;\nfn f() { <<x>>(); }", 2},
        {"use alias", "use a::\nb as x;\nfn f() { <<x>>(); }", 2},
        {"assignment keeps it", "fn f() {\nlet mut x = 1;\nx = 2;\ng(<<x>>); }", 2},
        {"in a macro", "fn f() {\nlet x = 1;\nprintln!(\"{}\", <<x>>); }", 2},
        {"deep in a macro", "fn f() {\nlet x = 1;\nprintln!(\"{}\", g(<<x>>.a)); }", 2},
        {"a value in a macro", "fn f() {\nlet x = 1;\ninfo!(x = %<<x>>.a, \"b\"); }", 2},
        {"a pattern in a macro", "fn f() {\nlet x = 1;\nmatches!(g(y), z if z < <<x>>); }", 2},
        {"inline argument", "fn f() {\nlet x = 1;\nprintln!(\"<<{x:?}>>\"); }", 2},
        {"escaped brace", "fn f() {\nlet x = 1;\nprintln!(\"<<{{x}}>>\"); }", 0},
        {"member in a macro", "fn f() {\nlet x = 1;\nprintln!(\"{}\", y.<<x>>); }", 0},
        {"field", "fn f() {\nlet x = 1;\ng(y.<<x>>); }", 0},
        {"unknown", "fn f() { g(<<x>>); }", 0},
        {"field of self", "struct S {\nx: u8 }\nimpl S { fn f(&self) { g(<<self.x>>); } }", 2},
        {"shorthand", "fn f() {\nlet x = 1;\nS { <<x>> } }", 2},
        {"of the outer module", "use a::\nx;\nmod m { fn f() { <<x>>(); } }", 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        const struct binding *binding;
        uint32_t line = 0;
        marked_open(&m, LANGUAGE_RUST, ROWS[i].source);
        if (m.facts->tree->nodes[m.node].kind == RUST_sym_shorthand_field_initializer ||
            m.facts->tree->nodes[m.node].kind == RUST_sym_match_pattern)
            m.node++;
        binding = facts_binding(m.facts, m.node);
        if (binding != NULL && binding->first_def != FACT_NONE)
            line = m.facts->tree->nodes[m.facts->defs[binding->first_def].node].line;
        if (line != ROWS[i].line)
            fail_msg("%s: line %u", ROWS[i].name, line);
        arena_free(m.arena);
    }
}

enum question { BORROWED_ONLY, ESCAPES, SIZED, PURE, INVARIANT, USES_TARGET, OUTSIDE };

static bool answer(struct marked *m, enum question question)
{
    const struct loop *loop = facts_loop(m->facts, m->node);
    switch (question) {
    case BORROWED_ONLY:
        return facts_borrowed_only(m->facts, m->node);
    case ESCAPES:
        return facts_escapes(m->facts, m->node);
    case SIZED:
        return facts_sized(m->facts, m->node);
    case PURE:
        return facts_pure(m->facts, m->node);
    case INVARIANT:
        return facts_invariant(m->facts, m->node, loop);
    case USES_TARGET:
        return facts_uses_loop_target(m->facts, m->node, loop);
    case OUTSIDE:
        return loop != NULL && !facts_bound_in(m->facts, m->node, loop);
    }
    return false;
}

static void values_are_followed_through_their_uses(void **state)
{
    static const struct {
        const char *name, *source;
        enum question question;
        bool yes;
    } ROWS[] = {
        {"only borrowed", "fn f() { let <<s>> = x.clone(); g(&s); println!(\"{s} {}\", s); s.len() == 1 }",
         BORROWED_ONLY, true},
        {"passed", "fn f() { let <<s>> = x.clone(); g(s); }", BORROWED_ONLY, false},
        {"returned", "fn f() -> T { let <<s>> = x.clone(); s }", BORROWED_ONLY, false},
        {"borrowed to change", "fn f() { let mut <<s>> = x.clone(); g(&mut s); }", BORROWED_ONLY, false},
        {"changed by a method", "fn f() { let mut <<s>> = x.clone(); s.push(1); }", BORROWED_ONLY, false},
        {"unknown method", "fn f() { let <<s>> = x.clone(); s.frob(); }", BORROWED_ONLY, false},
        {"own &self method",
         "struct S;\nimpl S { fn a(&self) {} }\nfn f(x: &S) { let <<s>> = x.clone(); s.a(); }", BORROWED_ONLY,
         true},
        {"own self method",
         "struct S;\nimpl S { fn a(self) {} }\nfn f(x: &S) { let <<s>> = x.clone(); s.a(); }", BORROWED_ONLY,
         false},
        {"stored", "fn f() { let <<s>> = x.clone(); T { s } }", BORROWED_ONLY, false},
        {"stored by name", "fn f() { let <<s>> = x.clone(); T { a: s } }", BORROWED_ONLY, false},
        {"moved into a closure", "fn f() { let <<s>> = x.clone(); g(move || s.len()); }", BORROWED_ONLY,
         false},
        {"seen by a closure", "fn f() { let <<s>> = x.clone(); g(|| s.len()); }", BORROWED_ONLY, true},
        {"moved into a task", "fn f() { let <<s>> = x.clone(); spawn(async move { s.len() }); }",
         BORROWED_ONLY, false},
        {"compared", "fn f() { let <<s>> = x.clone(); s == y }", BORROWED_ONLY, true},
        {"added", "fn f() { let <<s>> = x.clone(); let t = s + y; }", BORROWED_ONLY, false},
        {"in vec!", "fn f() { let <<s>> = x.clone(); g(vec![s]); }", BORROWED_ONLY, false},
        {"a field moved out", "fn f() { let <<s>> = x.clone(); g(s.a); }", BORROWED_ONLY, false},
        {"assigned again", "fn f() { let mut <<s>> = x.clone(); s = y; g(&s); }", BORROWED_ONLY, false},
        {"parameter of the outer", "fn f() { let s = 1; g(<<t>>); }", BORROWED_ONLY, false},
        {"escapes by return", "fn f() -> T { let <<s>> = g(); return s; }", ESCAPES, true},
        {"stays", "fn f() { let <<s>> = g(); h(&s); }", ESCAPES, false},
        {"the caller's", "fn f(<<s>>: &mut String) { s.push('a'); }", ESCAPES, true},
        {"lent by the caller", "fn f(<<s>>: &str) { h(s.len()); }", ESCAPES, false},
        {"captured", "fn f() { let <<s>> = g(); h(|| s.len()); }", ESCAPES, true},
        {"vec", "fn f(v: &Vec<u8>) { for x in <<v>> {} }", SIZED, true},
        {"iter", "fn f(v: &[u8]) { for x in <<v.iter()>> {} }", SIZED, true},
        {"enumerate", "fn f(v: &[u8]) { for x in <<v.iter().enumerate()>> {} }", SIZED, true},
        {"filter", "fn f(v: &[u8]) { for x in <<v.iter().filter(g)>> {} }", SIZED, false},
        {"range", "fn f(n: usize) { for x in <<0..n>> {} }", SIZED, true},
        {"open range", "fn f(n: usize) { for x in <<0..>> {} }", SIZED, false},
        {"keys", "fn f(m: &std::collections::HashMap<u8, u8>) { for x in <<m.keys()>> {} }", SIZED, true},
        {"chunks", "fn f(v: &[u8]) { for x in <<v.chunks(3)>> {} }", SIZED, true},
        {"lines", "fn f(v: &str) { for x in <<v.lines()>> {} }", SIZED, false},
        {"unknown", "fn f(v: T) { for x in <<v>> {} }", SIZED, false},
        {"pure format", "fn f() { <<format!(\"{}\", a)>>; }", PURE, true},
        {"pure constructor", "fn f() { <<String::from(\"a\")>>; }", PURE, true},
        {"unknown call", "fn f() { <<g(a)>>; }", PURE, false},
        {"call in a format", "fn f() { <<format!(\"{}\", a.next())>>; }", PURE, false},
        {"reading in a format", "fn f() { <<format!(\"{}\", a.len())>>; }", PURE, true},
        {"awaited", "async fn f() { <<g.await>>; }", PURE, false},
        {"invariant name", "fn f(a: &str) { for x in v { g(<<a>>); } }", INVARIANT, true},
        {"invariant constructor", "fn f(a: &str) { for x in v { g(<<a.to_string()>>); } }", INVARIANT, true},
        {"target", "fn f(a: &str) { for x in v { g(<<x.to_string()>>); } }", INVARIANT, false},
        {"changed in the loop", "fn f(mut a: Vec<u8>) { for x in v { a.push(x); g(<<a.len()>>); } }",
         INVARIANT, false},
        {"handed out as &mut", "fn f(mut a: Vec<u8>) { for x in v { h(&mut a); g(<<a.len()>>); } }",
         INVARIANT, false},
        {"shared reference handed out", "fn f(a: &Vec<u8>) { for x in v { h(a); g(<<a.len()>>); } }",
         INVARIANT, true},
        {"uses target", "fn f() { for x in v { g(<<x.a>>); } }", USES_TARGET, true},
        {"uses target through a let", "fn f() { for x in v { let y = x.a; g(<<y>>); } }", USES_TARGET, true},
        {"does not", "fn f(a: u8) { for x in v { g(<<a>>); } }", USES_TARGET, false},
        {"while let target", "fn f() { while let Some(x) = it.next() { g(<<x>>); } }", USES_TARGET, true},
        {"lives outside", "fn f(a: Vec<u8>) { for x in v { <<a>>.contains(&x); } }", OUTSIDE, true},
        {"field lives outside", "impl S { fn f(&self) { for x in v { <<self.a>>.contains(&x); } } }", OUTSIDE,
         true},
        {"bound by the loop", "fn f() { for x in v { <<x.a>>.contains(&1); } }", OUTSIDE, false},
        {"field set in the loop",
         "struct S { a: Vec<u8> }\nimpl S { fn f(&mut self) { for x in v { self.a = g(); "
         "<<self.a>>.contains(&x); } } }",
         OUTSIDE, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_RUST, ROWS[i].source);
        if (answer(&m, ROWS[i].question) != ROWS[i].yes)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

/* The variable g, and the statement in line 3. */
static void a_value_lives_until_it_is_moved_dropped_or_out_of_scope(void **state)
{
    static const struct {
        const char *name, *source;
        bool alive;
    } ROWS[] = {
        {"to the end of the block", "fn f() { let <<g>> = l();\nx();\ny(); }", true},
        {"dropped before", "fn f() { let <<g>> = l();\ndrop(g);\ny(); }", false},
        {"dropped after", "fn f() { let <<g>> = l();\nx();\ny(); drop(g); }", true},
        {"moved", "fn f() { let <<g>> = l();\nx(g);\ny(); }", false},
        {"only lent", "fn f() { let <<g>> = l();\nx(&g); g.len();\ny(); }", true},
        {"part taken", "fn f() { let <<g>> = l();\nx(g.a);\ny(); }", true},
        {"out of scope", "fn f() { { let <<g>> = l();\nx(); }\ny(); }", false},
        {"moved into a task", "fn f() { let <<g>> = l();\nspawn(async move { g.len() });\ny(); }", false},
        {"guard seen through",
         "fn f(m: &std::sync::Mutex<T>) { let <<g>> = m.lock().unwrap();\nx(*g);\ny(); }", true},
        {"dropped inside the statement", "fn f() { let <<g>> = l();\nx();\n{ drop(g); y(); } }", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        uint32_t at = NODE_NONE;
        marked_open(&m, LANGUAGE_RUST, ROWS[i].source);
        for (uint32_t n = 0; n < m.facts->tree->count && at == NODE_NONE; n++)
            if (m.facts->tree->nodes[n].line == 3 &&
                (m.facts->tree->nodes[n].kind == RUST_sym_expression_statement ||
                 m.facts->tree->nodes[n].kind == RUST_sym_block))
                at = n;
        assert_int_not_equal(at, NODE_NONE);
        if (facts_live_at(m.facts, m.node, at) != ROWS[i].alive)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

/* Build the facts and ask each node for what is known of it alone, and for its uses if @p uses. */
static void build(const char *text, size_t length, bool uses)
{
    static const struct clock CLOCK = {no_time, NULL};
    struct arena *arena = arena_new(1 << 28);
    struct tree *tree = NULL;
    struct facts *facts = NULL;
    struct err err = {0};

    assert_int_equal(tree_parse(LANGUAGE_RUST, (struct view){text, length}, &SYNTAX_LIMITS_DEFAULT, &CLOCK,
                                arena, &tree, &err),
                     ERR_OK);
    assert_int_equal(facts_build(tree, arena, &facts, &err), ERR_OK);
    for (uint32_t i = 0; i < tree->count; i++) {
        facts_type(facts, i);
        facts_path(facts, i);
        facts_length(facts, i);
        facts_sized(facts, i);
        if (!uses || tree->nodes[i].parent == NODE_NONE)
            continue;
        facts_borrowed_only(facts, i);
        facts_live_at(facts, i, tree->nodes[i].parent);
        facts_last_use(facts, i);
        facts_never_moved(facts, i);
        facts_borrowed_at(facts, i, tree->nodes[i].parent);
        facts_needed_from(facts, i, i);
        facts_used_through(facts, i);
        facts_movable_parts(facts, i);
    }
    arena_free(arena);
}

/* Every prefix of a text is a broken file of its own: nothing may read past what the parser gave. */
static void an_argument_becomes_a_parameter_of_the_files_own_function(void **state)
{
    static const struct {
        const char *name, *source, *type; /* "" for unknown */
    } ROWS[] = {
        {"function", "fn g(a: u8, b: &str) {} fn f(s: &str) { g(1, <<&s.to_string()>>); }", "&str"},
        {"first", "fn g(a: u8, b: &str) {} fn f(s: u8) { g(<<s>>, x); }", "u8"},
        {"method", "struct S; impl S { fn g(&self, b: &[u8]) {} fn f(&self, s: u8) { self.g(<<&s>>); } }",
         "&[u8]"},
        {"through Self", "struct S; impl S { fn g(b: &[u8]) {} fn f(&self, s: u8) { Self::g(<<&s>>); } }",
         "&[u8]"},
        {"through the type", "struct S; impl S { fn g(b: &[u8]) {} } fn f(s: u8) { S::g(<<&s>>); }", "&[u8]"},
        {"method by its path", "struct S; impl S { fn g(&self, b: u8) {} } fn f(s: S) { S::g(<<&s>>, 1); }",
         ""},
        {"another file's", "fn f(s: u8) { g(<<s>>); }", ""},
        {"too many", "fn g(a: u8) {} fn f(s: u8) { g(1, <<s>>); }", ""},
        {"no argument", "fn g(a: u8) {} fn f(s: u8) { let t = <<s>>; }", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        uint32_t type;
        marked_open(&m, LANGUAGE_RUST, ROWS[i].source);
        type = facts_parameter_type(m.facts, m.node);
        if (type == NODE_NONE ? ROWS[i].type[0] != '\0'
                              : !view_is(node_text(m.facts->tree, type), ROWS[i].type))
            fail_msg("%s: %s", ROWS[i].name, type == NODE_NONE ? "none" : "another type");
        arena_free(m.arena);
    }
}

static void a_use_tells_what_it_does_with_the_value(void **state)
{
    static const struct {
        const char *name, *source, *method;
        enum use_way way;
    } ROWS[] = {
        {"method", "fn f() { let v = vec![1]; <<v>>.len(); }", "len", USE_METHOD},
        {"turbofish", "fn f() { let v = vec![1]; <<v>>.sum::<u8>(); }", "sum", USE_METHOD},
        {"field", "fn f() { let v = g(); <<v>>.len; }", "", USE_OTHER},
        {"indexed", "fn f() { let v = vec![1]; <<v>>[0] = 1; }", "", USE_INDEXED},
        {"an index", "fn f() { let v = 1; a[<<v>>]; }", "", USE_OTHER},
        {"walked", "fn f() { let v = vec![1]; for x in &<<v>> {} }", "", USE_WALKED},
        {"walked away", "fn f() { let v = vec![1]; for x in <<v>> {} }", "", USE_OTHER},
        {"slice", "fn g(s: &[u8]) {} fn f() { let v = vec![1]; g(&<<v>>); }", "", USE_SLICED},
        {"array", "fn g(s: &[u8; 1]) {} fn f() { let v = vec![1]; g(&<<v>>); }", "", USE_OTHER},
        {"Vec", "fn g(s: &Vec<u8>) {} fn f() { let v = vec![1]; g(&<<v>>); }", "", USE_OTHER},
        {"shown", "fn f() { let v = vec![1]; println!(\"{:?}\", <<v>>); }", "", USE_FORMATTED},
        {"moved", "fn f() { let v = vec![1]; g(<<v>>); }", "", USE_OTHER},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        struct view method = VIEW("");
        enum use_way way;
        marked_open(&m, LANGUAGE_RUST, ROWS[i].source);
        way = facts_use_way(m.facts, m.node, &method);
        if (way != ROWS[i].way || !view_is(method, ROWS[i].method))
            fail_msg("%s: %d %.*s", ROWS[i].name, (int)way, VIEW_ARG(method));
        arena_free(m.arena);
    }
}

static void broken_files_do_no_harm(void **state)
{
    static const char TEXT[] =
        "use a::{b as c, d::*, self};\n#[cfg(test)] mod m { use super::*; }\n"
        "struct S<'a> { x: &'a [u8; 4], y: Vec<String> }\nimpl<'a> S<'a> { async fn f(&mut self, (a, ref b): "
        "T) -> "
        "Result<u8, E> { let Some(mut x) = self.y.pop() else { return 1 }; for (i, k) in "
        "self.x.iter().enumerate() { "
        "if let Ok(z) = k && z > 1 { self.y = vec![x; 3]; } match i { n @ 1..=2 | n if n > 1 => break, _ => "
        "{} } } "
        "v.iter().map(|q: &u8| async move { format!(\"{q}{{}}\", q) }).collect::<Vec<_>>()?.await; while let "
        "A { b, "
        ".. } = *c { x += 1; } m.lock().unwrap().push(|| { 'l: loop { break 'l } }); } }\n";
    (void)state;
    for (size_t length = 0; length < sizeof(TEXT); length++)
        build(TEXT, length, true);
    for (size_t start = 1; start + 1 < sizeof(TEXT); start += 3)
        build(TEXT + start, sizeof(TEXT) - 1 - start, true);
}

static void repeat(char *out, size_t *length, const char *text, int times)
{
    size_t size = strlen(text);
    for (int i = 0; i < times; i++, *length += size)
        memcpy(out + *length, text, size);
}

/* Names that rest on each other in a row as long as the file, and chains of calls. */
static void long_rows_neither_overflow_nor_slow_down(void **state)
{
    static char text[400000];
    size_t length = 0;

    (void)state;
    repeat(text, &length, "fn f() { let a = v;", 1);
    repeat(text, &length, "let a = a; ", 20000);
    repeat(text, &length, "g(a); }", 1);
    build(text, length, false);

    length = 0;
    repeat(text, &length, "fn f() { let a = v", 1);
    repeat(text, &length, ".a(|x| x)", 300);
    repeat(text, &length, "; }", 1);
    build(text, length, false);

    length = 0;
    repeat(text, &length, "fn f() { ", 1);
    repeat(text, &length, "{ let a = 1; ", 150);
    repeat(text, &length, "g(a); ", 20000);
    repeat(text, &length, "}", 151);
    build(text, length, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_runs_once_per_pass_of_the_loop_around_it),
        cmocka_unit_test(functions_know_their_role),
        cmocka_unit_test(async_ends_at_closures_and_other_threads),
        cmocka_unit_test(names_mean_the_latest_definition_above_them),
        cmocka_unit_test(values_are_followed_through_their_uses),
        cmocka_unit_test(a_value_lives_until_it_is_moved_dropped_or_out_of_scope),
        cmocka_unit_test(an_argument_becomes_a_parameter_of_the_files_own_function),
        cmocka_unit_test(a_use_tells_what_it_does_with_the_value),
        cmocka_unit_test(broken_files_do_no_harm),
        cmocka_unit_test(long_rows_neither_overflow_nor_slow_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
