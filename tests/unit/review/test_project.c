/* What the repository declares reaches the rules, file by file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "review_fixture.h"

static const char RULE_NEW[] = "id: py-new\n"
                               "title: Advice for a new Python\n"
                               "checklist: '-'\n"
                               "lever: work\n"
                               "severity: medium\n"
                               "match: |\n"
                               "  ((call function: (identifier) @name) @site\n"
                               "    (#eq? @name \"old\")\n"
                               "    (#python? \">=3.10\")\n"
                               "    (#depends? \"fast-json\"))\n"
                               "evidence: e\n"
                               "fix: f\n"
                               "tradeoffs: t\n"
                               "measure: m\n"
                               "examples:\n"
                               "  - bad: |\n"
                               "      old()  # expect\n"
                               "    python: \"3.10\"\n"
                               "    depends: [x, fast-json]\n"
                               "  - good: old()\n"
                               "    depends: [fast-json]\n"
                               "  - good: old()\n"
                               "    python: \"3.9\"\n"
                               "    depends: [fast-json]\n"
                               "  - good: old()\n"
                               "    python: \"3.12\"\n";

static const char RULE_RUST[] = "id: rs-new\n"
                                "title: Advice for a new Rust\n"
                                "checklist: '-'\n"
                                "lever: work\n"
                                "severity: medium\n"
                                "match: |\n"
                                "  ((call_expression function: (identifier) @name) @site\n"
                                "    (#eq? @name \"old\")\n"
                                "    (#rust? \">=1.80\")\n"
                                "    (#edition? 2021)\n"
                                "    (#depends? \"fast>=0.3\"))\n"
                                "evidence: e\n"
                                "fix: 'Use `{fast>=0.5 ? five` *now* : three`}, `{name}`'\n"
                                "tradeoffs: t\n"
                                "measure: m\n"
                                "examples:\n"
                                "  - bad: |\n"
                                "      fn f() { old(); } // expect\n"
                                "    rust: \"1.80\"\n"
                                "    edition: 2024\n"
                                "    depends: [x, fast 0.3]\n"
                                "  - good: fn f() { old(); }\n"
                                "    rust: \"1.79\"\n"
                                "    edition: 2024\n"
                                "    depends: [fast 0.3]\n"
                                "  - good: fn f() { old(); }\n"
                                "    rust: \"1.80\"\n"
                                "    edition: 2018\n"
                                "    depends: [fast 0.3]\n"
                                "  - good: fn f() { old(); }\n"
                                "    rust: \"1.80\"\n"
                                "    edition: 2021\n"
                                "    depends: [fast]\n";

static void each_file_has_the_project_above_it(void **state)
{
    static const char *const TEXTS[] = {RULE_NEW};
    const struct view names[] = {VIEW("fast-json")};
    const struct project projects[] = {
        {.folder = VIEW(""),
         .python_major = 3,
         .python_minor = 9,
         .dependencies = names,
         .dependency_count = 1},
        {.folder = VIEW("new"),
         .python_major = 3,
         .python_minor = 11,
         .dependencies = names,
         .dependency_count = 1},
    };
    const struct review_options options = {.projects = projects, .project_count = COUNT_OF(projects)};
    struct delta deltas[] = {
        {.path = VIEW("new/a.py"), .head = VIEW("def f():\n    old()\n"), .whole = true},
        {.path = VIEW("newer/a.py"), .head = VIEW("def f():\n    old()\n"), .whole = true}};
    struct catalogue *catalogue = fixture_catalogue(TEXTS, 1);
    struct arena *arena = arena_new(1 << 24);
    struct review *review = fixture_run(catalogue, deltas, COUNT_OF(deltas), &options, arena);

    (void)state;
    assert_int_equal(review->finding_count, 1);
    assert_true(view_is(review->findings[0].path, "new/a.py"));
    review = fixture_run(catalogue, deltas, COUNT_OF(deltas), NULL, arena);
    assert_int_equal(review->finding_count, 0);
    arena_free(arena);
    catalogue_free(catalogue);
}

static void advice_fits_the_versions_of_crates(void **state)
{
    static const char *const TEXTS[] = {RULE_RUST};
    const struct crate three = {VIEW("fast"), 0, 3}, five = {VIEW("fast"), 0, 5};
    const struct project projects[] = {
        {.folder = VIEW("a"),
         .rust_major = 1,
         .rust_minor = 90,
         .edition = 2024,
         .crates = &three,
         .crate_count = 1},
        {.folder = VIEW("b"),
         .rust_major = 1,
         .rust_minor = 90,
         .edition = 2024,
         .crates = &five,
         .crate_count = 1},
    };
    const struct review_options options = {.projects = projects, .project_count = COUNT_OF(projects)};
    struct delta deltas[] = {
        {.path = VIEW("a/x.rs"), .head = VIEW("fn f() {\n    old();\n}\n"), .whole = true},
        {.path = VIEW("b/x.rs"), .head = VIEW("fn f() {\n    old();\n}\n"), .whole = true}};
    struct catalogue *catalogue = fixture_catalogue(TEXTS, 1);
    struct arena *arena = arena_new(1 << 24);
    struct review *review = fixture_run(catalogue, deltas, COUNT_OF(deltas), &options, arena);

    (void)state;
    assert_int_equal(review->finding_count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_true(view_is(review->findings[i].fix, view_starts(review->findings[i].path, "a")
                                                         ? "Use `three`, `old`"
                                                         : "Use `five` *now*, `old`"));
    arena_free(arena);
    catalogue_free(catalogue);
}

static void an_example_says_what_its_project_declares(void **state)
{
    static const char *const TEXTS[] = {RULE_NEW, RULE_RUST};
    struct catalogue *catalogue = fixture_catalogue(TEXTS, 2);
    struct buffer failures;
    uint32_t checked = 0;
    size_t count;
    struct err err = {0};

    (void)state;
    buffer_init(&failures, 1 << 16);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(rule_check_examples(catalogue, catalogue_rules(catalogue, &count)[i], &STILL,
                                             &failures, &checked, &err),
                         ERR_OK);
        assert_int_equal(checked, 4);
    }
    assert_string_equal(failures.len > 0 ? failures.ptr : "", "");
    buffer_deinit(&failures);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_has_the_project_above_it),
        cmocka_unit_test(advice_fits_the_versions_of_crates),
        cmocka_unit_test(an_example_says_what_its_project_declares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
