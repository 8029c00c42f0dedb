/* What is wrong with a rule file is told with its line and column; a right one says all it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine_test.h"

static const char RULE[] = "id: py-sample\n"                             /* 1 */
                           "title: A sample\n"                           /* 2 */
                           "checklist: P1\n"                             /* 3 */
                           "lever: work\n"                               /* 4 */
                           "severity: medium\n"                          /* 5 */
                           "match: |\n"                                  /* 6 */
                           "  ((call function: (identifier) @f) @site\n" /* 7 */
                           "    (#eq? @f \"slow\"))\n"                   /* 8 */
                           "evidence: \"`{f}` is slow, {{really}\"\n"    /* 9 */
                           "cost:\n"                                     /* 10 */
                           "  before: loop.n * f.n * log2(f.n + 1)\n"    /* 11 */
                           "  after: max(compare, 2.5) / (1 - -3)\n"     /* 12 */
                           "fix: Do not call {f}\n"                      /* 13 */
                           "tradeoffs: None\n"                           /* 14 */
                           "measure: Time {function}\n"                  /* 15 */
                           "patch:\n"                                    /* 16 */
                           "  safe: true\n"                              /* 17 */
                           "  when: (#bound? \"fast\")\n"                /* 18 */
                           "  edits:\n"                                  /* 19 */
                           "    - replace: f\n"                          /* 20 */
                           "      with: fast\n"                          /* 21 */
                           "    - insert-before: function\n"             /* 22 */
                           "      with: \"# {f|whole}\"\n"               /* 23 */
                           "peers: [ruff:X1]\n"                          /* 24 */
                           "examples:\n"                                 /* 25 */
                           "  - bad: |\n"                                /* 26 */
                           "      slow()  # expect\n"                    /* 27 */
                           "    after: |\n"                              /* 28 */
                           "      fast()\n"                              /* 29 */
                           "    why: because\n"                          /* 30 */
                           "  - good: |\n"                               /* 31 */
                           "      fast()\n";                             /* 32 */

/* Each row replaces one line of the rule above (or adds one at its end) and gives the message. */
static const struct {
    const char *line, *instead, *message;
} CASES[] = {
    {"id: py-sample", "id: Py", "an id is made of lower-case words joined by '-', at most 64 bytes"},
    {"id: py-sample", "id: xx-sample", "an id starts with 'py-', 'rs-' or 'pyo3-'"},
    {"id: py-sample", "id: py-other",
     "python/py-sample.yaml:1:5: the file of the rule 'py-other' must be named py-other.yaml"},
    {"id: py-sample", "name: x", "python/py-sample.yaml:1:1: unknown key 'name'"},
    {"title: A sample", "titel: A sample",
     "python/py-sample.yaml:2:1: unknown key 'titel'; did you mean 'title'?"},
    {"title: A sample", "", "python/py-sample.yaml:1:1: the key 'title' is missing"},
    {"title: A sample", "title: A sample.",
     "python/py-sample.yaml:2:8: a title is one line without a full stop"},
    {"checklist: P1", "checklist: Q1",
     "python/py-sample.yaml:3:12: a row of the checklist is expected here, e.g. P1, or -"},
    {"lever: work", "lever: wrok", "python/py-sample.yaml:4:8: unknown lever 'wrok'; did you mean 'work'?"},
    {"severity: medium", "severity: mediun",
     "python/py-sample.yaml:5:11: unknown severity 'mediun'; did you mean 'medium'?"},
    {"severity: medium", "", "python/py-sample.yaml:1:1: the key 'severity' is missing"},
    {"  ((call function: (identifier) @f) @site", "  ((call functoin: (identifier) @f) @site",
     "python/py-sample.yaml:7:10: python has no field 'functoin'"},
    {"    (#eq? @f \"slow\"))", "    (#equ? @f \"slow\"))",
     "python/py-sample.yaml:8:6: unknown predicate #equ?; did you mean #eq?"},
    {"    (#eq? @f \"slow\"))", "    (#eq? @g \"slow\"))",
     "python/py-sample.yaml:8:11: no node is captured as @g"},
    {"evidence: \"`{f}` is slow, {{really}\"", "",
     "python/py-sample.yaml:1:1: the key 'evidence' is missing"},
    {"evidence: \"`{f}` is slow, {{really}\"", "evidence: a {g} b",
     "python/py-sample.yaml:9:13: no node is captured as 'g' here"},
    {"evidence: \"`{f}` is slow, {{really}\"", "evidence: \"a {f b\"",
     "python/py-sample.yaml:9:14: this brace is not closed; a brace itself is written {{"},
    {"evidence: \"`{f}` is slow, {{really}\"", "evidence: \"a {{{f}}} b\"",
     "python/py-sample.yaml:9:19: a closing brace is written once; two that are meant stand apart: } }"},
    {"evidence: \"`{f}` is slow, {{really}\"", "evidence: a {f.lin}",
     "python/py-sample.yaml:9:13: 'f' has no 'lin'"},
    {"evidence: \"`{f}` is slow, {{really}\"", "evidence: a {loop.origin}",
     "python/py-sample.yaml:9:13: 'loop' has no 'origin'"},
    {"evidence: \"`{f}` is slow, {{really}\"", "evidence: a {f|hole}",
     "python/py-sample.yaml:9:13: no filter is called 'hole'"},
    {"evidence: \"`{f}` is slow, {{really}\"", "evidence: a {loop|whole}",
     "python/py-sample.yaml:9:13: a filter stands after a capture alone"},
    {"measure: Time {function}", "measure: Time {functio}",
     "python/py-sample.yaml:15:15: no node is captured as 'functio' here"},
    {"  before: loop.n * f.n * log2(f.n + 1)", "  before: loop.n * g.n",
     "python/py-sample.yaml:11:20: no node is captured as 'g' here"},
    {"  before: loop.n * f.n * log2(f.n + 1)", "  before: loop.n * f.m",
     "python/py-sample.yaml:11:20: 'f.m' is no name: write NAME.n for a length"},
    {"  before: loop.n * f.n * log2(f.n + 1)", "  before: loop.n * log(2)",
     "python/py-sample.yaml:11:20: no function is called 'log'; known: log2, min, max"},
    {"  before: loop.n * f.n * log2(f.n + 1)", "  before: loop.n 2",
     "python/py-sample.yaml:11:18: an operator is expected here"},
    {"  before: loop.n * f.n * log2(f.n + 1)", "  before: loop.n *",
     "python/py-sample.yaml:11:19: a number, a name or a parenthesis is expected here"},
    {"  before: loop.n * f.n * log2(f.n + 1)", "  before: max(1)",
     "python/py-sample.yaml:11:16: ',' is expected here"},
    {"  before: loop.n * f.n * log2(f.n + 1)", "  before: 1.2.3",
     "python/py-sample.yaml:11:11: this is no number"},
    {"  before: loop.n * f.n * log2(f.n + 1)", "  befor: 1",
     "python/py-sample.yaml:11:3: unknown key 'befor'; did you mean 'before'?"},
    {"  after: max(compare, 2.5) / (1 - -3)", "", "python/py-sample.yaml:11:3: the key 'after' is missing"},
    {"  safe: true", "  safe: maybe", "python/py-sample.yaml:17:9: "},
    {"  when: (#bound? \"fast\")", "  when: (#bound?)",
     "python/py-sample.yaml:18:10: #bound? wants 1 argument, not 0"},
    {"  when: (#bound? \"fast\")", "  when: (call)",
     "python/py-sample.yaml:18:9: only predicates may stand here"},
    {"    - replace: f", "    - replace: g", "python/py-sample.yaml:20:16: no node is captured as 'g' here"},
    {"    - replace: f", "    - replace: loop",
     "python/py-sample.yaml:20:16: no node is captured as 'loop' here"},
    {"    - replace: f", "    - insert: f", "python/py-sample.yaml:20:7: unknown key 'insert'"},
    {"      with: fast", "", "python/py-sample.yaml:20:7: the key 'with' is missing"},
    {"      with: fast", "      with: '{fast}'",
     "python/py-sample.yaml:21:14: no node is captured as 'fast' here"},
    {"peers: [ruff:X1]", "peers: ruff", "python/py-sample.yaml:24:8: a list of names is expected here"},
    {"      slow()  # expect", "      slow()",
     "python/py-sample.yaml:26:10: no line of this bad example ends with the comment 'expect'"},
    {"      fast()\n", "      fast()  # expect\n", NULL}, /* in `after` */
    {"  - good: |", "  - bad: |",
     "python/py-sample.yaml:31:10: no line of this bad example ends with the comment 'expect'"},
    {"  - good: |\n      fast()\n", "",
     "python/py-sample.yaml:26:3: at least one bad and one good example are needed"},
    {"  - good: |\n      fast()\n", "  - why: x\n",
     "python/py-sample.yaml:31:5: an example is either bad or good"},
    {"  - good: |\n", "  - after: x\n    good: |\n",
     "python/py-sample.yaml:31:5: only a bad example has an after"},
    {"  - good: |\n", "  - run: x\n    good: |\n",
     "python/py-sample.yaml:31:5: only an example with an after can be run"},
    {"    why: because\n", "    run: slow()\n", NULL},
    {"    why: because\n", "    run-not: needs a server\n", NULL},
    {"    why: because\n", "    run: slow()\n    run-not: needs a server\n",
     "only an after without a run says why it is not run"},
    {"peers: [ruff:X1]", "yields-to: [py-other]", NULL},
    {"peers: [ruff:X1]", "yields-to: [py-sample]",
     "python/py-sample.yaml:24:12: 'py-sample' is no id of another rule"},
    {"match: |", "where: (#in-loop? @f)\nmatch: |", NULL},
    {"match: |", "where: (#in-loop? @g)\nmatch: |", "python/py-sample.yaml:6:19: no node is captured as @g"},
    {"match: |", "where: '(#match? @f \"<few>\")'\nmatch: |", NULL},
    {"match: |", "where: '(#match? @f \"<fwe>\")'\nmatch: |",
     "python/py-sample.yaml:6:21: no words are called 'fwe'"},
    {"match: |", "where: (call)\nmatch: |", "python/py-sample.yaml:6:8: only predicates may stand here"},
    {"match: |", "subject: f\nmatch: |", NULL},
    {"match: |", "subject: g\nmatch: |", "python/py-sample.yaml:6:10: no node is captured as 'g'"},
    {"match: |", "cold: keep\nmatch: |", NULL},
    {"match: |", "cold: kept\nmatch: |",
     "python/py-sample.yaml:6:7: unknown value 'kept'; did you mean 'keep'?"},
    {"match: |", "tier: sometimes\nmatch: |", "python/py-sample.yaml:6:7: unknown tier 'sometimes'"},
};

/* RULE with the first @p line replaced; a whole line where it starts in column 1 or is indented. */
static void build(const char *line, const char *instead, struct buffer *out)
{
    struct view rule = VIEW(RULE);
    size_t at = view_find(rule, view_of(line), 0);

    assert_true(at != SIZE_MAX);
    buffer_clear(out);
    buffer_add(out, view_slice(rule, 0, at));
    buffer_add_text(out, instead);
    at += strlen(line);
    if (*instead == '\0' && line[strlen(line) - 1] != '\n')
        at++;
    buffer_add(out, view_slice(rule, at, rule.len));
}

static enum err_code load(struct view name, struct view text, struct catalogue **out, struct err *err)
{
    struct rule_source source = {name, text};
    return catalogue_new(&source, 1, out, err);
}

static void each_mistake_has_its_place(void **state)
{
    struct buffer text;
    size_t wrong = 0;

    (void)state;
    buffer_init(&text, 1 << 16);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct catalogue *catalogue = NULL;
        struct err err = {0};
        enum err_code code;

        build(CASES[i].line, CASES[i].instead, &text);
        code = load(VIEW("python/py-sample.yaml"), buffer_view(&text), &catalogue, &err);
        if (CASES[i].message == NULL
                ? code != ERR_OK
                : code != ERR_INVALID ||
                      view_find(view_of(err.message), view_of(CASES[i].message), 0) == SIZE_MAX) {
            print_error("%s: %s\n", CASES[i].instead, err.message);
            wrong++;
        }
        catalogue_free(catalogue);
    }
    buffer_deinit(&text);
    assert_int_equal(wrong, 0);
}

static void a_rule_says_all_it_has(void **state)
{
    struct catalogue *catalogue = NULL;
    struct err err = {0};
    const struct rule *rule;
    const struct variant *variant;

    (void)state;
    if (load(VIEW("python/py-sample.yaml"), VIEW(RULE), &catalogue, &err) != ERR_OK)
        fail_msg("%s", err.message);
    rule = catalogue_find(catalogue, VIEW("py-sample"));
    assert_non_null(rule);
    assert_null(catalogue_find(catalogue, VIEW("py-sampl")));
    assert_int_equal(rule->lever, LEVER_WORK);
    assert_int_equal(rule->language, LANGUAGE_PYTHON);
    assert_false(rule->keep_when_cold);
    assert_int_equal(rule->capture_count, 2);
    assert_int_equal(rule->peer_count, 1);
    assert_int_equal(rule->example_count, 2);
    assert_int_equal(rule->examples[0].line, 27);
    assert_true(view_is(rule->examples[0].after, "fast()\n"));
    assert_true(view_is(rule->file, "python/py-sample.yaml"));
    variant = &rule->variants[0];
    assert_int_equal(variant->pattern_line, 7);
    assert_int_equal(variant->severity, SEVERITY_MEDIUM);
    assert_int_equal(variant->confidence, CONFIDENCE_HIGH);
    assert_int_equal(variant->tier, TIER_DEFAULT);
    assert_true(variant->patch.present && variant->patch.safe && variant->patch.when != NULL);
    assert_int_equal(variant->patch.edit_count, 2);
    catalogue_free(catalogue);
}

static const char VARIANTS[] = "id: rs-sample\ntitle: T\nchecklist: '-'\nlever: algorithm\nseverity: low\n"
                               "match:\n"
                               "  - pattern: (call_expression) @site\n"
                               "    severity: high\n"
                               "    evidence: own\n"
                               "  - pattern: \"(macro_invocation macro: (_) @m) @site\"\n"
                               "    confidence: low\n"
                               "    tier: opt-in\n"
                               "    fix: own {m}\n"
                               "evidence: the rule's\nfix: the rule's\ntradeoffs: none\nmeasure: m\n"
                               "examples:\n  - bad: f() // expect\n  - good: let x = 1;\n";

static void a_variant_stands_for_the_rule(void **state)
{
    struct catalogue *catalogue = NULL;
    struct err err = {0};
    const struct rule *rule;

    (void)state;
    if (load(VIEW("rust/rs-sample.yaml"), VIEW(VARIANTS), &catalogue, &err) != ERR_OK)
        fail_msg("%s", err.message);
    rule = catalogue_find(catalogue, VIEW("rs-sample"));
    assert_int_equal(rule->variant_count, 2);
    assert_true(rule->keep_when_cold);
    assert_int_equal(rule->variants[0].severity, SEVERITY_HIGH);
    assert_true(view_is(rule->variants[0].evidence, "own"));
    assert_true(view_is(rule->variants[0].fix, "the rule's"));
    assert_int_equal(rule->variants[1].severity, SEVERITY_LOW);
    assert_int_equal(rule->variants[1].confidence, CONFIDENCE_LOW);
    assert_int_equal(rule->variants[1].tier, TIER_OPT_IN);
    assert_true(view_is(rule->variants[1].fix, "own {m}"));
    catalogue_free(catalogue);
}

static void ids_folders_and_files_agree(void **state)
{
    struct rule_source twice[] = {{VIEW("python/py-sample.yaml"), VIEW(RULE)},
                                  {VIEW("mine/py-sample.yaml"), VIEW(RULE)}};
    struct catalogue *catalogue = NULL;
    struct err err = {0};

    (void)state;
    assert_int_equal(catalogue_new(twice, 2, &catalogue, &err), ERR_INVALID);
    assert_string_equal(err.message,
                        "python/py-sample.yaml:1:1: the id 'py-sample' is that of mine/py-sample.yaml too");
    assert_int_equal(load(VIEW("rust/py-sample.yaml"), VIEW(RULE), &catalogue, &err), ERR_INVALID);
    assert_string_equal(err.message,
                        "rust/py-sample.yaml:1:5: a rule in rust/ has an id that starts with 'rs-'");
    assert_int_equal(load(VIEW("py-sample.yml"), VIEW(RULE), &catalogue, &err), ERR_INVALID);
    assert_int_equal(load(VIEW("py-sample.yaml"), VIEW(RULE), &catalogue, NULL), ERR_OK);
    catalogue_free(catalogue);
    catalogue = NULL;
    assert_int_equal(catalogue_new(NULL, 0, &catalogue, &err), ERR_OK);
    catalogue_free(catalogue);
    catalogue_free(NULL);
}

static void loading_survives_every_cap(void **state)
{
    const struct rule_source source = {VIEW("python/py-sample.yaml"), VIEW(RULE)};
    enum err_code code = ERR_LIMIT;

    (void)state;
    for (size_t cap = 0; code != ERR_OK && cap < (1 << 20); cap += cap < 8192 ? 48 : 1024) {
        struct catalogue *catalogue = NULL;
        struct err err = {0};
        code = catalogue_new_capped(&source, 1, cap, &catalogue, &err);
        assert_true(code == ERR_OK || (code == ERR_LIMIT && catalogue == NULL));
        catalogue_free(catalogue);
    }
    assert_int_equal(code, ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_has_its_place),    cmocka_unit_test(a_rule_says_all_it_has),
        cmocka_unit_test(a_variant_stands_for_the_rule), cmocka_unit_test(ids_folders_and_files_agree),
        cmocka_unit_test(loading_survives_every_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
