/* What a pattern may say, and the words and places of its mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine_test.h"

static const struct {
    const char *text;
    const char *message; /* NULL: it compiles */
} CASES[] = {
    {"(call) @site", NULL},
    {"((call) @site)", NULL},
    {"[(call) (await)] @site", NULL},
    {"[(call) @site (await (_) @site)]", NULL},
    {"(call function: (attribute object: (_) @o attribute: (identifier) @m) !alias (#eq? @m \"x\")) @site",
     NULL},
    {"(block . (expression_statement) @a . (_)? (comment)* _+ @b .) @site ; a comment", NULL},
    {"(call) @site (await) @site", NULL},
    {"((call) @site (#match? @site \"a\\\\.b\") (#not-in-loop? @site) (#path? @site a.b \"*.c\" c.*))", NULL},
    {"((call) @site (#inside? @site for_statement \"for\"))", NULL},
    {"", "p:1:1: the pattern is empty"},
    {" ; only a comment", "p:1:1: the pattern is empty"},
    {"(cal) @site", "p:1:2: python has no node kind 'cal'"},
    {"(call\n  (foo)) @site", "p:2:4: python has no node kind 'foo'"},
    {"(expression) @site", "p:1:2: python has no node kind 'expression'"},
    {"(call functio: (identifier)) @site", "p:1:7: python has no field 'functio'"},
    {"(call !functio) @site", "p:1:8: python has no field 'functio'"},
    {"(call \"plus\") @site", "p:1:7: python has no anonymous node 'plus'"},
    {"(ERROR) @site", "p:1:2: ERROR nodes cannot be matched: they are skipped as a whole"},
    {"(call", "p:1:1: this parenthesis is not closed"},
    {"[(call)", "p:1:1: this bracket is not closed"},
    {"[] @site", "p:1:1: this list is empty"},
    {"(call \"(", "p:1:7: this string has no closing quote"},
    {"(call site) @site", "p:1:7: write (site) for a node or site: for a field"},
    {"(call %) @site", "p:1:7: a node must stand here, not '%'"},
    {"(call) @site)", "p:1:13: a node must stand here, not ')'"},
    {"(call) @", "p:1:8: a name must follow @"},
    {"(call (_) @loop) @site", "p:1:11: @loop would hide what templates and patches mean by it"},
    {"(call)", "p:1:1: every match of a pattern must capture @site"},
    {"[(call) @site (await)]", "p:1:1: every match of a pattern must capture @site"},
    {"(call (_)? @site)", "p:1:1: every match of a pattern must capture @site"},
    {"(call) @site\n(await)", "p:2:1: every match of a pattern must capture @site"},
    {"(_) @site", "p:1:1: a pattern's root must be a named kind or a list of them"},
    {"_ @site", "p:1:1: a pattern's root must be a named kind or a list of them"},
    {"\"if\" @site", "p:1:1: a pattern's root must be a named kind or a list of them"},
    {"[(call) (_)] @site", "p:1:1: a pattern's root must be a named kind or a list of them"},
    {"(call)+ @site", "p:1:1: a pattern's root has no field and no quantity"},
    {"body: (block) @site", "p:1:1: a pattern's root has no field and no quantity"},
    {"(call (a)++) @site", "p:1:8: python has no node kind 'a'"},
    {"(call (_)+?) @site", "p:1:11: this node has two quantities"},
    {"(call . .) @site", "p:1:9: two anchors follow each other"},
    {"(call .) @site", "p:1:7: an anchor needs a child before or after it"},
    {"(call ((_) (_))) @site", "p:1:8: a group of siblings is not understood here: name the node's kind"},
    {"((call) @site (await))", "p:1:15: only predicates may follow the root node"},
    {"(call [(_) . (_)]) @site", "p:1:12: only nodes may stand in a list"},
    {"(call [(_)+ (_)]) @site", "p:1:12: give the quantity to the list, not to what is in it"},
    {"(call) @site @a @b", "p:1:17: one node has at most 2 captures"},
    {"(call a: b: (_)) @site", "p:1:7: python has no field 'a'"},
    {"(call function: arguments: (_)) @site", "p:1:7: this node has two fields"},
    {"(call (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_ (_) @site",
     "p:1:76: nested deeper than 24 levels"},
    {"((call) @site (#in-lop? @site))", "p:1:16: unknown predicate #in-lop?; did you mean #in-loop?"},
    {"((call) @site (#not-in-lop? @site))", "p:1:16: unknown predicate #not-in-lop?; did you mean #in-loop?"},
    {"((call) @site (#zzzzzzzzzzzz? @site))", "p:1:16: unknown predicate #zzzzzzzzzzzz?"},
    {"((call) @site (#in-loop? @sit))", "p:1:26: no node is captured as @sit"},
    {"((call) @site (#in-loop?))", "p:1:16: #in-loop? wants 1 argument, not 0"},
    {"((call) @site (#in-loop? @site @site))", "p:1:16: #in-loop? wants 1 argument, not 2"},
    {"((call) @site (#any-of? @site))", "p:1:16: #any-of? wants at least 2 arguments, not 1"},
    {"((call) @site (#any-of? @site @site))", "p:1:31: #any-of? wants no capture here"},
    {"((call) @site (#in-loop? site))", "p:1:26: #in-loop? wants a @capture here"},
    {"((call) @site (#python? \"3.10\"))", "p:1:25: #python? wants a lowest version here, e.g. \">=3.10\""},
    {"((call) @site (#python? \">=3.x\"))", "p:1:25: #python? wants a lowest version here, e.g. \">=3.10\""},
    {"((call) @site (#model-field? @site many))", "p:1:36: #model-field? knows no 'many'"},
    {"((call) @site (#queries? @site lazily))", "p:1:32: #queries? knows no 'lazily'"},
    {"((call) @site (#small? @site few))", "p:1:30: #small? wants a number here"},
    {"((call) @site (#type? @site lisst))", "p:1:29: no type is called 'lisst'"},
    {"((call) @site (#loop-kind? @site until))", "p:1:34: no loop is called 'until'"},
    {"((call) @site (#size? @site \"24\"))", "p:1:29: #size? wants a bound here, e.g. \">=200\" or \"<=64\""},
    {"((call) @site (#function-flag? @site hot))", "p:1:38: no function flag is called 'hot'"},
    {"((call) @site (#has? @site whyle))", "p:1:28: python has no node kind 'whyle'"},
    {"((call) @site (#path? @site \"a.*.b\"))",
     "p:1:29: in a path pattern * may stand at its ends only, around some text"},
    {"((call) @site (#in-loop? @site)", "p:1:1: this parenthesis is not closed"},
    {"((call) @site (#in-loop? @site", "p:1:15: this parenthesis is not closed"},
    {"(call) @site (await (_) @x (#in-loop? @y)) @site", "p:1:39: no node is captured as @y"},
    {"(call (_) @x) @site (await (_) (#in-loop? @x)) @site",
     "p:1:32: a pattern does not bind a capture that this predicate names"},
    {"(call [(_) @a (_) @b (_) @c (_) @d (_) @e (_) @f (_) @g (_) @h (_) @i (_) @j (_) @k (_) @l]) @site",
     "p:1:89: a rule has at most 12 captures"},
};

static void a_pattern_compiles_or_says_what_is_wrong(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct test_pattern pattern;
        test_pattern_init(&pattern, LANGUAGE_PYTHON, view_of(CASES[i].text));
        if (CASES[i].message == NULL
                ? pattern.code != ERR_OK
                : pattern.code != ERR_INVALID || strcmp(pattern.err.message, CASES[i].message) != 0) {
            print_error("%s: %s\n", CASES[i].text, pattern.err.message);
            wrong++;
        }
        test_pattern_deinit(&pattern);
    }
    assert_int_equal(wrong, 0);
}

static void a_bad_regex_has_its_place(void **state)
{
    struct test_pattern pattern;
    (void)state;
    test_pattern_init(&pattern, LANGUAGE_PYTHON, VIEW("((call) @site\n (#match? @site \"(\"))"));
    assert_int_equal(pattern.code, ERR_INVALID);
    if (strncmp(pattern.err.message, "p:2:17: ", 8) != 0)
        fail_msg("%s", pattern.err.message);
    test_pattern_deinit(&pattern);
}

/* A NUL in a name once led the core past the end of its own. */
static void a_name_with_a_nul_is_no_name(void **state)
{
    const struct view texts[] = {VIEW("(comparison_operator \"in\0\0\0not in\") @site"),
                                 VIEW("((call) @site (#has? @site \"in\0\0\0not in\"))")};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct test_pattern pattern;
        test_pattern_init(&pattern, LANGUAGE_PYTHON, texts[i]);
        assert_int_equal(pattern.code, ERR_INVALID);
        test_pattern_deinit(&pattern);
    }
}

/* One more step than the limit; one more predicate than the limit. */
static void sizes_are_bounded(void **state)
{
    char text[8192];
    size_t len;

    (void)state;
    for (int extra = 0; extra <= 1; extra++) {
        struct test_pattern pattern;
        len = (size_t)snprintf(text, sizeof(text), "(call");
        for (int i = 1; i < PATTERN_STEPS_MAX + extra; i++)
            len += (size_t)snprintf(text + len, sizeof(text) - len, " (_)");
        snprintf(text + len, sizeof(text) - len, ") @site");
        test_pattern_init(&pattern, LANGUAGE_PYTHON, view_of(text));
        assert_int_equal(pattern.code, extra ? ERR_INVALID : ERR_OK);
        test_pattern_deinit(&pattern);

        len = (size_t)snprintf(text, sizeof(text), "((call) @site");
        for (int i = 0; i < PATTERN_PREDICATES_MAX + extra; i++)
            len += (size_t)snprintf(text + len, sizeof(text) - len, " (#in-loop? @site)");
        snprintf(text + len, sizeof(text) - len, ")");
        test_pattern_init(&pattern, LANGUAGE_PYTHON, view_of(text));
        assert_int_equal(pattern.code, extra ? ERR_INVALID : ERR_OK);
        test_pattern_deinit(&pattern);
    }
}

/* Predicates on text are told where their captures are bound, others after the whole pattern, the cheap
 * ones first. */
static void predicates_are_told_early(void **state)
{
    static const char *const ORDER[] = {"in-loop?", "eq?", "match?", "path?"};
    struct test_pattern pattern;
    const struct program *program;

    (void)state;
    test_pattern_init(&pattern, LANGUAGE_PYTHON,
                      VIEW("((call function: (identifier) @f arguments: (argument_list (string)? @s)) @site"
                           " (#path? @f x) (#match? @s y) (#eq? @f z) (#in-loop? @site))"));
    assert_int_equal(pattern.code, ERR_OK);
    program = pattern.programs.items[0];
    assert_int_equal(program->predicate_count, 4);
    assert_int_equal(program->early_count, 2);
    for (size_t i = 0; i < COUNT_OF(ORDER); i++)
        assert_string_equal(program->predicates[i].row->name, ORDER[i]);
    test_pattern_deinit(&pattern);
}

/* Every row of the table has a name that a hint may give. */
static void each_predicate_has_a_name(void **state)
{
    (void)state;
    for (const char *const *name = predicate_names(); *name != NULL; name++) {
        char full[64];
        snprintf(full, sizeof(full), "%s?", *name);
        if (predicate_row(view_of(full)) == NULL)
            fail_msg("no predicate is called %s", full);
    }
}

static void compiling_survives_every_arena_cap(void **state)
{
    static const char TEXT[] =
        "((call function: (identifier) @f) @site (#any-of? @f \"a\" b) (#has? @f call))";
    enum err_code code = ERR_LIMIT;

    (void)state;
    for (size_t cap = 0; code != ERR_OK && cap < 16384; cap += 16) {
        struct arena *arena = arena_new(cap);
        struct view captures[CAPTURES_MAX] = {VIEW("site")};
        size_t count = 1;
        struct regex_list regexes = {0};
        struct program_list programs = {0};
        struct compile compile = {.arena = arena,
                                  .language = LANGUAGE_PYTHON,
                                  .captures = captures,
                                  .capture_count = &count,
                                  .regexes = &regexes};
        struct place place = {VIEW("p"), 1, 1, true};
        struct err err = {0};

        code = pattern_compile(&compile, VIEW(TEXT), &place, &programs, &err);
        assert_true(code == ERR_OK || code == ERR_LIMIT);
        arena_free(arena);
    }
    assert_int_equal(code, ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_compiles_or_says_what_is_wrong),
        cmocka_unit_test(a_bad_regex_has_its_place),
        cmocka_unit_test(a_name_with_a_nul_is_no_name),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(predicates_are_told_early),
        cmocka_unit_test(each_predicate_has_a_name),
        cmocka_unit_test(compiling_survives_every_arena_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
