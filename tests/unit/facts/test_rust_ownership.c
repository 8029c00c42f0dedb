/* Who owns what a Rust variable holds: moves, last uses over branches and loops, borrows that live on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_fixture.h"

enum question { LAST_USE, NEVER_MOVED, BORROWED_AT, NEEDED_FROM, THROUGH, PARTS, ONLY_IN, EXCLUSIVE, TRAIT };

/* The node with that text that stands last: `here()`. */
static uint32_t here(const struct marked *m)
{
    uint32_t found = NODE_NONE;
    for (uint32_t i = 0; i < m->facts->tree->count; i++)
        if (view_is(node_text(m->facts->tree, i), "here()"))
            found = found == NODE_NONE ? i : found;
    assert_int_not_equal(found, NODE_NONE);
    return found;
}

static bool answer(struct marked *m, enum question question)
{
    switch (question) {
    case LAST_USE:
        return facts_last_use(m->facts, m->node);
    case NEVER_MOVED:
        return facts_never_moved(m->facts, m->node);
    case BORROWED_AT:
        return facts_borrowed_at(m->facts, m->node, here(m));
    case NEEDED_FROM:
        return facts_needed_from(m->facts, m->node, here(m));
    case THROUGH:
        return facts_used_through(m->facts, m->node);
    case PARTS:
        return facts_movable_parts(m->facts, m->node);
    case EXCLUSIVE:
        return facts_exclusive(m->facts, m->node);
    case TRAIT:
        return facts_trait_method(m->facts, m->node);
    case ONLY_IN:
        return facts_uses_only_in(m->facts, m->node, m->facts->tree->nodes[here(m)].parent);
    }
    return false;
}

struct row {
    const char *name, *source;
    enum question question;
    bool yes;
};

static void ask(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_RUST, rows[i].source);
        if (answer(&m, rows[i].question) != rows[i].yes)
            fail_msg("%s: %s", rows[i].name, rows[i].yes ? "no" : "yes");
        arena_free(m.arena);
    }
}

static void the_last_use_is_found_on_every_way(void **state)
{
    static const struct row ROWS[] = {
        {"only", "fn f(x: String) { g(<<x>>); }", LAST_USE, true},
        {"another follows", "fn f(x: String) { g(<<x>>); h(&x); }", LAST_USE, false},
        {"another went before", "fn f(x: String) { h(&x); g(<<x>>); }", LAST_USE, true},
        {"in the other branch", "fn f(x: String) { if c { g(<<x>>) } else { h(x) } }", LAST_USE, true},
        {"after the branch", "fn f(x: String) { if c { g(<<x>>) } h(x) }", LAST_USE, false},
        {"branch returns", "fn f(x: String) { if c { g(<<x>>); return; } h(x) }", LAST_USE, true},
        {"returned", "fn f(x: String) { if c { return g(<<x>>); } h(x) }", LAST_USE, true},
        {"branch panics", "fn f(x: String) { if c { g(<<x>>); panic!() } h(x) }", LAST_USE, true},
        {"in the other arm", "fn f(x: String) { match c { 1 => g(<<x>>), _ => h(x) } }", LAST_USE, true},
        {"in a guard", "fn f(x: String) { match c { 1 if g(<<x>>) => 1, _ => h(x) } }", LAST_USE, false},
        {"in the head", "fn f(x: String) { match g(<<x>>) { 1 => 1, _ => h(x) } }", LAST_USE, false},
        {"in a loop", "fn f(x: String) { for i in v { g(<<x>>); } }", LAST_USE, false},
        {"walked by the loop", "fn f(x: String) { for i in g(<<x>>) { } }", LAST_USE, true},
        {"bound in the loop", "fn f() { for i in v { let x = a(); g(<<x>>); } }", LAST_USE, true},
        {"loop ends there", "fn f(x: String) { loop { g(<<x>>); break; } }", LAST_USE, true},
        {"loop ends there, used behind", "fn f(x: String) { loop { g(<<x>>); break; } h(x) }", LAST_USE,
         false},
        {"break of an inner loop", "fn f(x: String) { loop { loop { g(<<x>>); break; } } }", LAST_USE, false},
        {"break past what follows", "fn f() { loop { let x = a(); if c { g(<<x>>); break; } h(x); } }",
         LAST_USE, true},
        {"goes on", "fn f() { loop { let x = a(); if c { g(<<x>>); continue; } h(x); } }", LAST_USE, false},
        {"in a closure", "fn f(x: String) { g(|| h(<<x>>)); }", LAST_USE, false},
        {"a closure reads it later", "fn f(x: String) { g(<<x>>); h(|| x.len()); }", LAST_USE, false},
        {"in a format later", "fn f(x: String) { g(<<x>>); println!(\"{x}\"); }", LAST_USE, false},
        {"place behind value", "fn f(mut x: S) { x.a = g(<<x>>); }", LAST_USE, false},
        {"other field later", "fn f(x: S) { g(<<x.a>>); h(x.b); }", LAST_USE, true},
        {"same field later", "fn f(x: S) { g(<<x.a>>); h(x.a); }", LAST_USE, false},
        {"method of the whole later", "fn f(x: S) { g(<<x.a>>); x.h(); }", LAST_USE, false},
        {"static", "fn f() { static X: u8 = 1; g(<<X>>); }", LAST_USE, false},
    };
    (void)state;
    ask(ROWS, COUNT_OF(ROWS));
}

static void moves_are_told_from_borrows(void **state)
{
    static const struct row ROWS[] = {
        {"changed", "fn f() { let mut <<v>> = Vec::new(); v.push(1); g(&v); h(&mut v); v[0] = 2; }",
         NEVER_MOVED, true},
        {"passed", "fn f() { let <<v>> = Vec::<u8>::new(); g(v); }", NEVER_MOVED, false},
        {"walked", "fn f() { let <<v>> = Vec::<u8>::new(); for x in v {} }", NEVER_MOVED, false},
        {"walked by reference", "fn f() { let <<v>> = Vec::<u8>::new(); for x in &v {} }", NEVER_MOVED, true},
        {"into", "fn f() { let <<v>> = Vec::<u8>::new(); v.into_iter(); }", NEVER_MOVED, false},
        {"replaced", "fn f() { let mut <<v>> = Vec::<u8>::new(); v.push(1); v = g(); }", NEVER_MOVED, false},
        {"added to", "fn f() { let mut <<v>> = String::new(); v += \"a\"; }", NEVER_MOVED, true},
        {"unknown method", "fn f() { let <<v>> = g(); v.frob(); }", NEVER_MOVED, false},
        {"in an unknown macro", "fn f() { let <<v>> = Vec::<u8>::new(); frob!(v); }", NEVER_MOVED, false},
        {"in a format", "fn f() { let <<v>> = Vec::<u8>::new(); println!(\"{:?}\", v); }", NEVER_MOVED, true},
        {"by a closure", "fn f() { let <<v>> = Vec::<u8>::new(); g(move || v.len()); }", NEVER_MOVED, false},
        {"own method by value", "struct S;\nimpl S { fn a(self) {} }\nfn f() { let <<s>> = S {}; s.a(); }",
         NEVER_MOVED, false},
        {"own method by &mut",
         "struct S;\nimpl S { fn a(&mut self) {} }\nfn f() { let mut <<s>> = S {}; s.a(); }", NEVER_MOVED,
         true},
        {"unwrapped", "fn f(<<o>>: Option<String>) { o.unwrap(); }", NEVER_MOVED, false},
        {"number in a field", "struct S { n: u8 }\nfn f(<<s>>: S) { g(s.n); }", NEVER_MOVED, true},
        {"text in a field", "struct S { n: String }\nfn f(<<s>>: S) { g(s.n); }", NEVER_MOVED, false},
        {"parts", "struct S { n: String }\nfn f(<<s>>: S) { }", PARTS, true},
        {"parts behind a reference", "struct S { n: String }\nfn f(<<s>>: &S) { }", PARTS, false},
        {"parts of what drops", "struct S { n: u8 }\nimpl Drop for S {}\nfn f(<<s>>: S) { }", PARTS, false},
        {"parts of an unknown type", "fn f(<<s>>: T) { }", PARTS, false},
    };
    (void)state;
    ask(ROWS, COUNT_OF(ROWS));
}

static void borrows_are_followed_through_other_variables(void **state)
{
    static const struct row ROWS[] = {
        {"none", "fn f(<<x>>: String) { here(); }", BORROWED_AT, false},
        {"a number", "fn f(<<x>>: String) { let n = x.len(); here(); g(n); }", BORROWED_AT, false},
        {"a reference", "fn f(<<x>>: String) { let r = &x; here(); g(r); }", BORROWED_AT, true},
        {"a reference, done with", "fn f(<<x>>: String) { let r = &x; g(r); here(); }", BORROWED_AT, false},
        {"a reference of it", "fn f(<<x>>: String) { let r = &x; let s = r.trim(); here(); g(s); }",
         BORROWED_AT, true},
        {"unknown result", "fn f(<<x>>: String) { let r: T<'_> = g(&x); here(); h(r); }", BORROWED_AT, true},
        {"a guard in scope",
         "use std::sync::Mutex;\nfn f(<<x>>: Mutex<u8>) { let r = x.lock().unwrap(); here(); }", BORROWED_AT,
         true},
        {"a guard in a block",
         "use std::sync::Mutex;\nfn f(<<x>>: Mutex<u8>) { { let r = x.lock().unwrap(); } here(); }",
         BORROWED_AT, false},
        {"a guard in a statement",
         "use std::sync::Mutex;\nfn f(<<x>>: Mutex<u8>) { *x.lock().unwrap() = 1; here(); }", BORROWED_AT,
         false},
        {"given to another", "fn f(<<x>>: String) { let mut v = Vec::new(); v.push(&x); here(); g(v); }",
         BORROWED_AT, true},
        {"copied into another",
         "fn f(<<x>>: String) { let mut v = String::new(); v.push_str(&x); here(); g(v); }", BORROWED_AT,
         false},
        {"in the same call", "fn f(<<x>>: String) { g(&x, here()); }", BORROWED_AT, true},
        {"a number in the same call", "fn f(<<x>>: String) { g(x.len(), here()); }", BORROWED_AT, false},
        {"in the condition", "fn f(<<x>>: String) { if x.g() { here(); } }", BORROWED_AT, false},
        {"bound by the condition", "fn f(<<x>>: String) { if let Some(y) = x.g() { here(); h(y); } }",
         BORROWED_AT, true},
        {"bound by the arm", "fn f(<<x>>: String) { match x.g() { Some(y) => { here(); h(y); } _ => {} } }",
         BORROWED_AT, true},
        {"walked", "fn f(<<x>>: String) { for y in x.g() { here(); h(y); } }", BORROWED_AT, true},
        {"by a closure", "fn f(<<x>>: String) { let c = || x.len(); here(); c(); }", BORROWED_AT, true},
        {"in a format", "fn f(<<x>>: String) { println!(\"{}\", x); here(); }", BORROWED_AT, false},
        {"deep in a format", "fn f(<<x>>: T) { println!(\"{}\", g(x.a())); here(); }", BORROWED_AT, false},
        {"in the same format", "fn f(<<x>>: T) { println!(\"{} {}\", x, here()); }", BORROWED_AT, true},
        {"in an unknown macro", "fn f(<<x>>: T) { frob!(x); here(); }", BORROWED_AT, true},
        {"no local", "fn f() { g(<<X>>); here(); }", BORROWED_AT, true},
        {"needed behind", "fn f(<<x>>: String) { here(); g(&x); }", NEEDED_FROM, true},
        {"needed there", "fn f(<<x>>: String) { g(&x, here()); }", NEEDED_FROM, true},
        {"needed before", "fn f(<<x>>: String) { g(&x); here(); }", NEEDED_FROM, false},
        {"needed by another", "fn f(<<x>>: String) { let y = x.as_str(); here(); g(y); }", NEEDED_FROM, true},
        {"outside", "fn f() { let <<x>> = a(); g(x); if c { here() } }", ONLY_IN, false},
        {"within", "fn f() { let <<x>> = a(); if c { g(x); here() } }", ONLY_IN, true},
    };
    (void)state;
    ask(ROWS, COUNT_OF(ROWS));
}

static void a_pointer_is_told_from_what_it_points_to(void **state)
{
    static const struct row ROWS[] = {
        {"box read", "fn f() { let <<b>> = Box::new(1); g(*b); println!(\"{}\", b); }", THROUGH, true},
        {"box field", "fn f(<<b>>: Box<S>) { g(b.a); }", THROUGH, true},
        {"box lent", "fn f(<<b>>: Box<S>) { g(&b); }", THROUGH, true},
        {"box passed", "fn f(<<b>>: Box<S>) { g(b); }", THROUGH, false},
        {"box unknown method", "fn f(<<b>>: Box<S>) { b.frob(); }", THROUGH, false},
        {"box returned", "fn f(<<b>>: Box<S>) -> Box<S> { b }", THROUGH, false},
        {"arc read", "use std::sync::Arc;\nfn f() { let <<a>> = Arc::new(vec![1]); a.len(); }", THROUGH,
         true},
        {"arc cloned", "use std::sync::Arc;\nfn f() { let <<a>> = Arc::new(vec![1]); a.clone(); }", THROUGH,
         false},
        {"arc lent", "use std::sync::Arc;\nfn f() { let <<a>> = Arc::new(vec![1]); Arc::clone(&a); }",
         THROUGH, false},
        {"arc taken", "use std::sync::Arc;\nfn f() { let <<a>> = Arc::new(vec![1]); g(move || a.len()); }",
         THROUGH, false},
        {"lock taken", "use std::sync::Mutex;\nfn f() { let <<m>> = Mutex::new(1); *m.lock().unwrap() = 2; }",
         THROUGH, true},
        {"lock lent", "use std::sync::Mutex;\nfn f() { let <<m>> = Mutex::new(1); g(&m); }", THROUGH, false},
        {"lock in an arc",
         "use std::sync::{Arc, Mutex};\nfn f() { let <<m>> = Arc::new(Mutex::new(1)); *m.lock().unwrap() = "
         "2; }",
         THROUGH, true},
        {"field of &mut self", "struct S { a: u8 }\nimpl S { fn f(&mut self) { g(<<self.a>>); } }", EXCLUSIVE,
         true},
        {"field of &self", "struct S { a: u8 }\nimpl S { fn f(&self) { g(<<self.a>>); } }", EXCLUSIVE, false},
        {"behind an arc",
         "use std::sync::Arc;\nstruct T { b: u8 }\nstruct S { a: Arc<T> }\nimpl S { fn f(&mut self) { "
         "g(<<self.a.b>>); } }",
         EXCLUSIVE, false},
        {"in a closure", "struct S { a: u8 }\nimpl S { fn f(&mut self) { g(|| <<self.a>>); } }", EXCLUSIVE,
         false},
        {"&mut parameter", "fn f(a: &mut u8) { g(<<a>>); }", EXCLUSIVE, true},
        {"& parameter", "fn f(a: &u8) { g(<<a>>); }", EXCLUSIVE, false},
        {"method of a trait", "impl T for S { fn f(&self, <<a>>: u8) {} }", TRAIT, true},
        {"method of its own", "impl S { fn f(&self, <<a>>: u8) {} }", TRAIT, false},
        {"no pointer", "fn f() { let <<a>> = vec![1]; a.len(); }", THROUGH, false},
    };
    (void)state;
    ask(ROWS, COUNT_OF(ROWS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_use_is_found_on_every_way),
        cmocka_unit_test(moves_are_told_from_borrows),
        cmocka_unit_test(borrows_are_followed_through_other_variables),
        cmocka_unit_test(a_pointer_is_told_from_what_it_points_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
