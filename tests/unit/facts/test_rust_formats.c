/* What the facts say of the arguments of Rust's macros. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_fixture.h"

/* The placeholders' texts behind the colon, joined by a bar; NULL where they are not known or none. */
static void formats_tell_how_arguments_are_shown(void **state)
{
    static const struct {
        const char *source, *specs;
    } ROWS[] = {
        {"fn f() { format!(\"{}\", <<g()>>); }", ""},
        {"fn f() { format!(\"{:?} {{}} {:>5}\", a, <<g()>>); }", ">5"},
        {"fn f() { format!(\"{1:?} {0} {1}\", a, <<g()>>); }", "?|"},
        {"fn f() { format!(\"{} {x:.2}\", a, x = <<g()>>); }", ".2"},
        {"fn f() { format!(\"{:1$}\", a, <<g()>>); }", "$"},
        {"fn f() { format!(\"{:w$}\", a, w = <<g()>>); }", "$"},
        {"fn f() { format!(\"{:.*} {}\", a, <<g()>>, b); }", ".*"},
        {"fn f() { format!(\"\\u{1f} \\\"{}\\\"\", &<<g()>>); }", ""},
        {"fn f() { format!(r\"\\{}\", <<g()>>); }", ""},
        {"fn f() { write!(f, \"{}\", <<g()>>); }", ""},
        {"fn f() { write!(<<g()>>, \"{}\", a); }", NULL},
        {"fn f() { assert_eq!(\"{}\", <<g()>>); }", NULL},
        {"fn f() { assert_eq!(a, \"b\", \"{:?}\", <<g()>>); }", "?"},
        {"fn f() { info!(target: \"a\", b = \"c\", \"{}\", <<g()>>); }", ""},
        {"fn f() { info!(a = <<g()>>, \"{}\", b); }", NULL},
        {"fn f() { h!(\"{}\", <<g>>); }", NULL},
        {"fn f() { format!(\"{}\", h(<<g()>>)); }", NULL},
        {"fn f() { format!(\"{\", <<g()>>); }", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        struct view specs[4];
        size_t count = 0;
        char text[64] = "";
        bool known;
        marked_open(&m, LANGUAGE_RUST, ROWS[i].source);
        known = facts_shown_as(m.facts, m.node, specs, COUNT_OF(specs), &count);
        for (size_t s = 0; known && s < count; s++)
            snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%.*s", s > 0 ? "|" : "",
                     VIEW_ARG(specs[s]));
        if (known != (ROWS[i].specs != NULL) || (known && strcmp(text, ROWS[i].specs) != 0))
            fail_msg("%s: %s %s", ROWS[i].source, known ? "known" : "unknown", text);
        arena_free(m.arena);
    }
}

static void arguments_are_borrowed_changed_or_given_away(void **state)
{
    static const struct {
        const char *name, *source;
        bool borrowed_only;
    } ROWS[] = {
        {"read in a macro", "fn f() { let <<s>> = x.clone(); println!(\"{}\", g(s.len())); }", true},
        {"written to", "fn f() { let mut <<s>> = x.clone(); write!(s, \"{}\", 1).unwrap(); }", false},
        {"changed in a macro", "fn f() { let mut <<s>> = x.clone(); assert!(s.pop().a()); }", false},
        {"given away in a macro", "fn f() { let <<s>> = x.clone(); println!(\"{}\", g(s)); }", false},
        {"put into a vec!", "fn f() { let <<s>> = x.clone(); vec![s]; }", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_RUST, ROWS[i].source);
        if (facts_borrowed_only(m.facts, m.node) != ROWS[i].borrowed_only)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_tell_how_arguments_are_shown),
        cmocka_unit_test(arguments_are_borrowed_changed_or_given_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
