/* Comments that silence a finding, declared heat, and files that are not read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "review_fixture.h"

static const struct row {
    const char *name, *text;
    uint32_t reported, suppressed, listed;
    const char *why; /* of the first listed */
} ROWS[] = {
    {"on the line",
     "def f(xs):\n    for x in xs:\n        scan(x)  # perf-review: ignore[py-scan] only three\n", 0, 1, 1,
     "only three"},
    {"above",
     "def f(xs):\n    for x in xs:\n        # perf-review: ignore[py-scan] only three\n        scan(x)\n", 0,
     1, 1, "only three"},
    {"above, under another comment",
     "def f(xs):\n    for x in xs:\n        # perf-review: ignore[py-scan]\n        # why not\n        "
     "scan(x)\n",
     0, 1, 1, "no reason given"},
    {"one of several ids",
     "def f(xs):\n    for x in xs:\n        scan(x)  # perf-review: ignore[py-slow, py-scan]\n", 0, 1, 1,
     "no reason given"},
    {"on the statement's first line",
     "def f(xs):\n    for x in xs:\n        y = (  # perf-review: ignore[py-scan] r\n            scan(x))\n",
     0, 1, 1, "r"},
    {"another rule's", "def f(xs):\n    for x in xs:\n        scan(x)  # perf-review: ignore[py-slow]\n", 1,
     0, 0, ""},
    {"an unknown id is listed",
     "def f(xs):\n    for x in xs:\n        scan(x)  # perf-review: ignore[py-scam]\n", 1, 0, 1,
     "no rule has this id"},
    {"no id at all", "def f(xs):\n    for x in xs:\n        scan(x)  # perf-review: ignore[]\n", 1, 0, 1,
     "no rule has this id"},
    {"no brackets", "def f(xs):\n    for x in xs:\n        scan(x)  # perf-review: ignore\n", 1, 0, 0, ""},
    {"in a string", "def f(xs):\n    for x in xs:\n        scan('# perf-review: ignore[py-scan]')\n", 1, 0, 0,
     ""},
    {"in a docstring above",
     "def f(xs):\n    for x in xs:\n        '''\n# perf-review: ignore[py-scan]\n'''\n        scan(x)\n", 1,
     0, 0, ""},
    {"two lines above code",
     "def f(xs):\n    for x in xs:\n        # perf-review: ignore[py-scan]\n        pass\n        scan(x)\n",
     1, 0, 0, ""},
    {"behind other code on the line above",
     "def f(xs):\n    for x in xs:\n        pass  # perf-review: ignore[py-scan]\n        scan(x)\n", 1, 0, 0,
     ""},
};

static void only_a_comment_at_the_code_silences_a_finding(void **state)
{
    struct catalogue *catalogue = small_catalogue();
    size_t failed = 0;
    (void)state;

    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct arena *arena = arena_new(64 << 20);
        struct review *review = fixture_whole(catalogue, "a.py", view_of(row->text), NULL, arena);
        bool good = review->finding_count == row->reported && review->receipt.suppressed == row->suppressed &&
                    review->suppressed_count == row->listed &&
                    (row->listed == 0 || view_is(review->suppressed[0].why, row->why));
        if (!good)
            print_error("%s: %zu reported, %u suppressed, %zu listed\n", row->name, review->finding_count,
                        review->receipt.suppressed, review->suppressed_count);
        failed += !good;
        arena_free(arena);
    }
    catalogue_free(catalogue);
    assert_int_equal(failed, 0);
}

static const char RULES_YIELDS[] = "id: py-quiet\n"
                                   "title: Something smaller about the same call\n"
                                   "checklist: P6\n"
                                   "lever: codegen\n"
                                   "severity: low\n"
                                   "match: |\n"
                                   "  (call function: (identifier)) @site\n"
                                   "where: (#in-function? @site)\n"
                                   "evidence: \"`{site}` is small\"\n"
                                   "fix: Leave it.\n"
                                   "tradeoffs: None.\n"
                                   "measure: \"Time {function}.\"\n"
                                   "yields-to: [py-scan, py-log, py-not-there]\n"
                                   "examples:\n"
                                   "  - bad: |\n"
                                   "      def f():\n"
                                   "          small()  # expect\n"
                                   "  - good: small()\n";

static void a_rule_is_silent_where_one_that_it_yields_to_speaks(void **state)
{
    static const char *const TEXTS[] = {RULES_SCAN, RULES_LOG, RULES_YIELDS};
    static const struct {
        const char *name, *text;
        size_t quiet, others;
        uint32_t suppressed;
    } CASES[] = {
        {"another call", "def f(xs):\n    for x in xs:\n        other(x)\n", 1, 0, 0},
        {"the same node", "def f(xs):\n    for x in xs:\n        scan(x)\n", 0, 1, 0},
        {"around it", "def f(xs):\n    for x in xs:\n        scan(g(x))\n", 0, 1, 0},
        {"within it", "def f(xs):\n    for x in xs:\n        g(1, scan(x))\n", 0, 1, 0},
        {"beside it", "def f(xs):\n    for x in xs:\n        g(x) + scan(x)\n", 1, 1, 0},
        {"silenced by a comment",
         "def f(xs):\n    for x in xs:\n        scan(x)  # perf-review: ignore[py-scan] few\n", 0, 0, 1},
        {"held back, as nothing says that it is hot", "def f(x):\n    log(x)\n", 1, 0, 0},
    };
    struct catalogue *catalogue = fixture_catalogue(TEXTS, COUNT_OF(TEXTS));
    size_t failed = 0;
    (void)state;

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct arena *arena = arena_new(64 << 20);
        struct review *review = fixture_whole(catalogue, "a.py", view_of(CASES[i].text), NULL, arena);
        size_t quiet = 0;
        for (size_t f = 0; f < review->finding_count; f++)
            quiet += view_is(review->findings[f].rule->id, "py-quiet");
        if (quiet != CASES[i].quiet || review->finding_count - quiet != CASES[i].others ||
            review->receipt.suppressed != CASES[i].suppressed) {
            print_error("%s: %zu of %zu findings\n", CASES[i].name, quiet, review->finding_count);
            failed++;
        }
        arena_free(arena);
    }
    catalogue_free(catalogue);
    assert_int_equal(failed, 0);
}

static const struct heat_row {
    const char *name, *path, *text;
    enum heat heat;
    enum heat_evidence evidence;
    enum role role;
} HEATS[] = {
    {"a loop", "a.py", "def f(xs):\n    for x in xs:\n        scan(x)\n", HEAT_WARM, EVIDENCE_INFERRED,
     ROLE_APPLICATION},
    {"two loops", "a.py", "def f(xs):\n    for y in xs:\n        for x in y:\n            scan(x)\n",
     HEAT_HOT, EVIDENCE_INFERRED, ROLE_APPLICATION},
    {"an async loop", "a.py", "async def f(xs):\n    for x in xs:\n        scan(x)\n", HEAT_HOT,
     EVIDENCE_INFERRED, ROLE_APPLICATION},
    {"called from a loop", "a.py",
     "def f(xs):\n    for x in xs:\n        scan(x)\n\n\ndef g(xs):\n    for x in xs:\n        f(x)\n",
     HEAT_HOT, EVIDENCE_INFERRED, ROLE_APPLICATION},
    {"a test", "tests/test_a.py", "def f(xs):\n    for x in xs:\n        scan(x)\n", HEAT_COLD,
     EVIDENCE_INFERRED, ROLE_TEST},
    {"a migration", "app/migrations/0001_x.py", "def f(xs):\n    for x in xs:\n        scan(x)\n", HEAT_COLD,
     EVIDENCE_INFERRED, ROLE_INIT},
    {"a comment says hot", "a.py", "# perf-review: hot\ndef f(xs):\n    for x in xs:\n        scan(x)\n",
     HEAT_HOT, EVIDENCE_DECLARED, ROLE_APPLICATION},
    {"a comment says cold", "a.py",
     "def f(xs):  # perf-review: cold runs once\n    for x in xs:\n        scan(x)\n", HEAT_COLD,
     EVIDENCE_DECLARED, ROLE_APPLICATION},
    {"the configuration says hot", "hot/a.py", "def f(xs):\n    for x in xs:\n        scan(x)\n", HEAT_HOT,
     EVIDENCE_DECLARED, ROLE_APPLICATION},
    {"a symbol of it says cold", "hot/a.py", "def boot(xs):\n    for x in xs:\n        scan(x)\n", HEAT_COLD,
     EVIDENCE_DECLARED, ROLE_APPLICATION},
};

static void heat_is_what_was_declared_or_can_be_inferred(void **state)
{
    static const struct heat_mark MARKS[] = {{.glob = {"hot/**", 6}, .hot = true},
                                             {.glob = {"hot/**", 6}, .symbol = {"boot", 4}}};
    const struct review_options options = {.marks = MARKS, .mark_count = COUNT_OF(MARKS)};
    struct catalogue *catalogue = small_catalogue();
    size_t failed = 0;
    (void)state;

    for (const struct heat_row *row = HEATS; row < HEATS + COUNT_OF(HEATS); row++) {
        struct arena *arena = arena_new(64 << 20);
        struct review *review = fixture_whole(catalogue, row->path, view_of(row->text), &options, arena);
        const struct finding *f = review->findings;
        bool good = review->finding_count == 1 && f->heat == row->heat && f->heat_evidence == row->evidence &&
                    f->role == row->role &&
                    f->severity == (f->role == ROLE_TEST   ? SEVERITY_LOW
                                    : f->heat == HEAT_COLD ? SEVERITY_MEDIUM
                                                           : SEVERITY_HIGH);
        if (!good)
            print_error("%s: %zu findings, %s %s %s\n", row->name, review->finding_count,
                        review->finding_count > 0 ? heat_name(f->heat) : "",
                        review->finding_count > 0 ? heat_evidence_name(f->heat_evidence) : "",
                        review->finding_count > 0 ? role_name(f->role) : "");
        failed += !good;
        arena_free(arena);
    }
    catalogue_free(catalogue);
    assert_int_equal(failed, 0);
}

static const char RULE_OF_RUST[] = "id: rs-slow\n"
                                   "title: Slow in Rust too\n"
                                   "checklist: P1\n"
                                   "lever: algorithm\n"
                                   "severity: high\n"
                                   "match: |\n"
                                   "  ((call_expression function: (identifier) @name) @site\n"
                                   "    (#eq? @name \"slow\"))\n"
                                   "evidence: \"`{site}` is slow\"\n"
                                   "fix: Do not.\n"
                                   "tradeoffs: None.\n"
                                   "measure: \"Time {function}.\"\n"
                                   "examples:\n"
                                   "  - bad: |\n"
                                   "      fn f() { slow(); } // expect\n"
                                   "  - good: fn f() { fast(); }\n";

static const struct {
    const char *name, *text;
    enum heat heat;
    bool macros; /* of a crate that is a procedural macro */
} CLOSURES[] = {
    {"main", "use axum::x;\nfn main() { slow(); }\n", HEAT_COLD, false},
    {"a handler written among the routes",
     "use axum::routing::get;\nfn main() { r.route(\"/\", get(|| async move { slow() })); }\n", HEAT_HOT,
     false},
    {"a closure that nobody routes", "use std::x;\nfn main() { get(|| slow()); }\n", HEAT_COLD, false},
    {"a handler that fills a cell",
     "use axum::Json;\nasync fn f(j: Json<u8>) { CELL.get_or_init(|| slow()); }\n", HEAT_COLD, false},
    {"a lazy static of a function", "fn f() { static X: LazyLock<u8> = LazyLock::new(|| slow()); }\n",
     HEAT_COLD, false},
    {"an unwrapped default", "fn f() { x.unwrap_or_else(|| slow()); }\n", HEAT_WARM, false},
    {"a macro's own code", "fn f() { for x in y { slow(); } }\n", HEAT_COLD, true},
};

static void closures_run_when_their_caller_says(void **state)
{
    static const char *const TEXTS[] = {RULE_OF_RUST};
    const struct project macros = {.crate_types = UINT32_C(1) << CRATE_PROC_MACRO};
    struct catalogue *catalogue = fixture_catalogue(TEXTS, COUNT_OF(TEXTS));
    (void)state;

    for (size_t i = 0; i < COUNT_OF(CLOSURES); i++) {
        const struct review_options options = {.projects = &macros,
                                               .project_count = CLOSURES[i].macros ? 1 : 0};
        struct arena *arena = arena_new(64 << 20);
        struct review *review =
            fixture_whole(catalogue, "src/a.rs", view_of(CLOSURES[i].text), &options, arena);

        if (review->finding_count != 1 || review->findings[0].heat != CLOSURES[i].heat)
            fail_msg("%s: %zu findings, %s", CLOSURES[i].name, review->finding_count,
                     review->finding_count > 0 ? heat_name(review->findings[0].heat) : "");
        arena_free(arena);
    }
    catalogue_free(catalogue);
}

static const char RULES_GROWTH[] = "id: py-growth\n"
                                   "title: Growth that may not matter\n"
                                   "checklist: P1\n"
                                   "lever: algorithm\n"
                                   "severity: medium\n"
                                   "match: |\n"
                                   "  ((call function: (identifier) @name) @site (#eq? @name \"grow\"))\n"
                                   "evidence: \"`{site}` grows\"\n"
                                   "fix: Do not.\n"
                                   "tradeoffs: None.\n"
                                   "measure: \"Time {function}.\"\n"
                                   "examples:\n"
                                   "  - bad: |\n"
                                   "      grow()  # expect\n"
                                   "  - good: small()\n";

static void in_tests_only_certain_growth_is_worth_a_word(void **state)
{
    static const char *const TEXTS[] = {RULES_SCAN, RULES_GROWTH, RULES_SLOW};
    static const char CODE[] =
        "def f(xs):\n    for x in xs:\n        scan(x)\n        grow(x)\n        slow(x)\n";
    const struct review_options pedantic = {.pedantic = true};
    struct catalogue *catalogue = fixture_catalogue(TEXTS, COUNT_OF(TEXTS));
    struct arena *arena = arena_new(64 << 20);
    struct review *review = fixture_whole(catalogue, "a.py", VIEW(CODE), NULL, arena);
    (void)state;

    assert_int_equal(review->finding_count, 3);
    review = fixture_whole(catalogue, "tests/a.py", VIEW(CODE), NULL, arena);
    assert_int_equal(review->finding_count, 1);
    assert_true(view_is(review->findings[0].rule->id, "py-scan"));
    assert_int_equal(review->findings[0].severity, SEVERITY_LOW);
    assert_int_equal(review->receipt.held_back, 2);
    review = fixture_whole(catalogue, "tests/a.py", VIEW(CODE), &pedantic, arena);
    assert_int_equal(review->finding_count, 2);
    arena_free(arena);
    catalogue_free(catalogue);
}

static void a_loop_in_another_file_of_the_change_makes_a_function_hot(void **state)
{
    static const char CALLEE[] = "def send(x):\n    log(x)\n";
    static const struct {
        const char *name, *path, *caller_path, *caller;
        bool reported;
    } CASES[] = {
        {"from", "shop/report.py", "api/job.py",
         "from shop.report import send\ndef f(xs):\n    for x in xs:\n        send(x)\n", true},
        {"as a module, below a source folder", "src/shop/report.py", "src/api/job.py",
         "from shop import report as r\ndef f(xs):\n    return [r.send(x) for x in xs]\n", true},
        {"relative", "shop/report.py", "shop/job.py",
         "from .report import send\ndef f(xs):\n    for x in xs:\n        send(x)\n", true},
        {"a package", "shop/report/__init__.py", "api/job.py",
         "from shop.report import send\ndef f(xs):\n    for x in xs:\n        send(x)\n", true},
        {"no loop", "shop/report.py", "api/job.py", "from shop.report import send\ndef f(x):\n    send(x)\n",
         false},
        {"three passes", "shop/report.py", "api/job.py",
         "from shop.report import send\ndef f():\n    for x in range(3):\n        send(x)\n", false},
        {"another module", "shop/report.py", "api/job.py",
         "from shop.mail import send\ndef f(xs):\n    for x in xs:\n        send(x)\n", false},
        {"the end of another name", "shop/report.py", "api/job.py",
         "from workshop.report import send\ndef f(xs):\n    for x in xs:\n        send(x)\n", false},
        {"one word, elsewhere", "shop/json.py", "api/job.py",
         "from json import send\ndef f(xs):\n    for x in xs:\n        send(x)\n", false},
        {"a test's loop", "shop/report.py", "tests/test_job.py",
         "from shop.report import send\ndef f(xs):\n    for x in xs:\n        send(x)\n", false},
    };
    struct catalogue *catalogue = small_catalogue();
    size_t failed = 0;
    (void)state;

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct arena *arena = arena_new(64 << 20);
        struct fixture_delta callee, caller;
        struct delta deltas[2];
        struct review *review;

        fixture_make(&callee, CASES[i].path, NULL, "", CALLEE);
        fixture_make(&caller, CASES[i].caller_path, NULL, "", CASES[i].caller);
        deltas[0] = callee.delta;
        deltas[1] = caller.delta;
        deltas[0].hunks = callee.hunks;
        deltas[1].hunks = caller.hunks;
        review = fixture_run(catalogue, deltas, 2, NULL, arena);
        if ((review->finding_count == 1) != CASES[i].reported) {
            print_error("%s: %zu findings\n", CASES[i].name, review->finding_count);
            failed++;
        } else if (CASES[i].reported && view_find(review->findings[0].heat_why,
                                                  VIEW("called in the loop at line"), 0) == SIZE_MAX) {
            print_error("%s: %.*s\n", CASES[i].name, VIEW_ARG(review->findings[0].heat_why));
            failed++;
        }
        arena_free(arena);
    }
    catalogue_free(catalogue);
    assert_int_equal(failed, 0);
}

static void few_constant_passes_are_not_worth_a_word(void **state)
{
    static const struct {
        const char *text;
        bool reported;
        enum severity severity;
    } CASES[] = {
        {"def f():\n    for x in range(3):\n        scan(x)\n", false, SEVERITY_LOW},
        {"def f():\n    for x in (1, 2, 3, 4):\n        scan(x)\n", false, SEVERITY_LOW},
        {"def f():\n    for y in range(2):\n        for x in range(3):\n            scan(x)\n", true,
         SEVERITY_LOW},
        {"def f():\n    for x in range(64):\n        scan(x)\n", true, SEVERITY_LOW},
        {"def f():\n    for x in range(65):\n        scan(x)\n", true, SEVERITY_HIGH},
        {"def f(ys):\n    for y in ys:\n        for x in range(3):\n            scan(x)\n", true,
         SEVERITY_HIGH},
    };
    const struct review_options pedantic = {.pedantic = true};
    struct catalogue *catalogue = small_catalogue();
    (void)state;

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct arena *arena = arena_new(64 << 20);
        struct review *review = fixture_whole(catalogue, "a.py", view_of(CASES[i].text), NULL, arena);
        if (review->finding_count != CASES[i].reported ||
            (CASES[i].reported && review->findings[0].severity != CASES[i].severity) ||
            review->receipt.held_back != !CASES[i].reported)
            fail_msg("%s: %zu findings", CASES[i].text, review->finding_count);
        review = fixture_whole(catalogue, "a.py", view_of(CASES[i].text), &pedantic, arena);
        assert_int_equal(review->finding_count, 1);
        arena_free(arena);
    }
    catalogue_free(catalogue);
}

static void files_that_nobody_wrote_are_skipped_with_their_reason(void **state)
{
    static char long_line[4000];
    static const struct {
        const char *path, *text, *skip, *why; /* why NULL: not listed at all */
    } FILES[] = {
        {"a.txt", "x", "", NULL},
        {"a_pb2.py", "x = 1\n", "", "generated"},
        {"a.py", "# Code generated by x. DO NOT EDIT.\nx = 1\n", "", "generated"},
        {"b.rs", "// @generated\nfn f() {}\n", "", "generated"},
        {"vendor/a.py", "x = 1\n", "", "vendored"},
        {"x/node_modules/y/a.py", "x = 1\n", "", "vendored"},
        {"a.py", "x = 1\n", "a submodule", "a submodule"},
        {"min.py", long_line, "", "minified"},
        {"vendor.py", "x = 'DO NOT EDIT'\n", "", NULL},
    };
    struct catalogue *catalogue = small_catalogue();
    struct review_options options = {0};
    struct arena *arena = arena_new(64 << 20);
    struct delta delta;
    struct review *review;
    (void)state;

    memset(long_line, ' ', sizeof(long_line) - 1);
    for (size_t i = 0; i < COUNT_OF(FILES); i++) {
        delta = (struct delta){.path = view_of(FILES[i].path),
                               .base_path = view_of(FILES[i].path),
                               .head = view_of(FILES[i].text),
                               .skip = view_of(FILES[i].skip),
                               .whole = true};
        review = fixture_run(catalogue, &delta, 1, &options, arena);
        if ((FILES[i].why == NULL) != (review->skipped_count == 0) ||
            (FILES[i].why != NULL && !view_is(review->skipped[0].why, FILES[i].why)))
            fail_msg("%s: %zu skipped", FILES[i].path, review->skipped_count);
    }
    delta = (struct delta){.path = VIEW("a.py"), .head = VIEW("x = 1\0\n"), .whole = true};
    review = fixture_run(catalogue, &delta, 1, &options, arena);
    assert_true(view_is(review->skipped[0].why, "binary"));
    options.limits = SYNTAX_LIMITS_DEFAULT;
    options.limits.nodes = 4;
    review = fixture_whole(catalogue, "a.py", VIEW("x = [1, 2, 3]\n"), &options, arena);
    assert_int_equal(review->skipped_count, 1);
    assert_int_equal(review->receipt.files, 0);
    options.limits = SYNTAX_LIMITS_DEFAULT;
    options.limits.bytes = 13;
    review = fixture_whole(catalogue, "a.py", VIEW("x = [1, 2, 3]\n"), &options, arena);
    assert_true(view_is(review->skipped[0].why, "too large"));
    options.limits.bytes = 14;
    review = fixture_whole(catalogue, "a.py", VIEW("x = [1, 2, 3]\n"), &options, arena);
    assert_int_equal(review->skipped_count, 0);
    arena_free(arena);
    catalogue_free(catalogue);
}

static void a_file_with_syntax_errors_is_read_where_it_parses(void **state)
{
    struct catalogue *catalogue = small_catalogue();
    struct arena *arena = arena_new(64 << 20);
    struct review *review;
    (void)state;

    review = fixture_whole(catalogue, "a.py",
                           VIEW("def f(xs):\n    for x in xs:\n        scan(x)\n\n\ndef (:\n"), NULL, arena);
    assert_int_equal(review->finding_count, 1);
    assert_int_equal(review->receipt.files_with_errors, 1);
    assert_int_equal(review->partial_count, 1);
    assert_true(view_starts(review->partial[0].why, "syntax error from line"));
    arena_free(arena);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_comment_at_the_code_silences_a_finding),
        cmocka_unit_test(a_rule_is_silent_where_one_that_it_yields_to_speaks),
        cmocka_unit_test(a_loop_in_another_file_of_the_change_makes_a_function_hot),
        cmocka_unit_test(in_tests_only_certain_growth_is_worth_a_word),
        cmocka_unit_test(few_constant_passes_are_not_worth_a_word),
        cmocka_unit_test(heat_is_what_was_declared_or_can_be_inferred),
        cmocka_unit_test(closures_run_when_their_caller_says),
        cmocka_unit_test(files_that_nobody_wrote_are_skipped_with_their_reason),
        cmocka_unit_test(a_file_with_syntax_errors_is_read_where_it_parses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
