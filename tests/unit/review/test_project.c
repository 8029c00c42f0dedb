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

static void an_example_says_what_its_project_declares(void **state)
{
    static const char *const TEXTS[] = {RULE_NEW};
    struct catalogue *catalogue = fixture_catalogue(TEXTS, 1);
    struct buffer failures;
    uint32_t checked = 0;
    size_t count;
    struct err err = {0};

    (void)state;
    buffer_init(&failures, 1 << 16);
    assert_int_equal(rule_check_examples(catalogue, catalogue_rules(catalogue, &count)[0], &STILL, &failures,
                                         &checked, &err),
                     ERR_OK);
    assert_int_equal(checked, 4);
    assert_string_equal(failures.len > 0 ? failures.ptr : "", "");
    buffer_deinit(&failures);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_has_the_project_above_it),
        cmocka_unit_test(an_example_says_what_its_project_declares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
