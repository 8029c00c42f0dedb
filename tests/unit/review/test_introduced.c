/* What a change is blamed for: what it introduces or makes hotter, and nothing that was there before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "review/review_internal.h"
#include "review_fixture.h"

#define ONE "def one(x):\n    scan(x)\n\n\n"
#define LOOP_SCAN "def f(xs):\n    for x in xs:\n        scan(x)\n"

static const struct row {
    const char *name;
    struct {
        const char *path, *base_path, *base, *head;
    } files[3];
    const char *findings; /* "rule:line@anchor" each, `+` behind those made hotter, in the order of ranks */
    uint32_t there, moved, suppressed, held_back;
} ROWS[] = {
    {.name = "a new file's finding is new",
     .files = {{"a.py", NULL, NULL, LOOP_SCAN}},
     .findings = "py-scan:3@3 "},
    {.name = "an added line is new",
     .files = {{"a.py", NULL, "def f(xs):\n    for x in xs:\n        pass\n",
                "def f(xs):\n    for x in xs:\n        pass\n        scan(x)\n"}},
     .findings = "py-scan:4@4 "},
    {.name = "an untouched one is nobody's business",
     .files = {{"a.py", NULL, LOOP_SCAN, LOOP_SCAN "\n\ndef g():\n    pass\n"}},
     .findings = ""},
    {.name = "a move within the file",
     .files = {{"a.py", NULL, LOOP_SCAN "\n\ndef g(xs):\n    a()\n    b()\n    c()\n    d()\n    e()\n",
                "def g(xs):\n    a()\n    b()\n    c()\n    d()\n    e()\n\n\n" LOOP_SCAN}},
     .findings = "",
     .there = 1},
    {.name = "a move into another function",
     .files = {{"a.py", NULL, LOOP_SCAN,
                "def f(xs):\n    helper(xs)\n\n\ndef helper(xs):\n    for x in xs:\n"
                "        scan(x)\n"}},
     .findings = "",
     .there = 0},
    {.name = "a move between files",
     .files = {{"a.py", NULL, LOOP_SCAN, "def g():\n    pass\n"}, {"b.py", NULL, NULL, LOOP_SCAN}},
     .findings = "",
     .there = 1,
     .moved = 1},
    {.name = "a move out of a deleted file",
     .files = {{"a.py", NULL, LOOP_SCAN, NULL}, {"b.py", NULL, NULL, LOOP_SCAN}},
     .findings = "",
     .there = 1,
     .moved = 1},
    {.name = "re-indented under an if",
     .files = {{"a.py", NULL, LOOP_SCAN,
                "def f(xs):\n    if xs:\n        for x in xs:\n            scan(x)\n"}},
     .findings = "",
     .there = 1},
    {.name = "reformatted over lines, with a trailing comma and other quotes",
     .files =
         {{"a.py", NULL, "def f(xs):\n    for x in xs:\n        scan(x, 'a')\n",
           "def f(xs):\n    for x in xs:\n        scan(\n            x,\n            \"a\",\n        )\n"}},
     .findings = "",
     .there = 1},
    {.name = "a comment inside changes nothing",
     .files = {{"a.py", NULL, "def f(xs):\n    for x in xs:\n        scan(\n            x)\n",
                "def f(xs):\n    for x in xs:\n        scan(  # why\n            x)\n"}},
     .findings = "",
     .there = 1},
    {.name = "an old line wrapped in a new loop",
     .files = {{"a.py", NULL, "def f(xs):\n    x = xs[0]\n    scan(x)\n",
                "def f(xs):\n    for x in xs:\n        scan(x)\n"}},
     .findings = "py-scan:3@2+ "},
    {.name = "a loop deeper than before",
     .files = {{"a.py", NULL, LOOP_SCAN,
                "def f(xs):\n    for y in xs:\n        for x in xs:\n            scan(x)\n"}},
     .findings = "py-scan:4@2+ "},
    {.name = "a loop less deep is better",
     .files = {{"a.py", NULL, "def f(xs):\n    for y in xs:\n        for x in xs:\n            scan(x)\n",
                LOOP_SCAN}},
     .findings = "",
     .there = 1},
    {.name = "a renamed file with an edit elsewhere",
     .files = {{"b.py", "a.py", LOOP_SCAN, "import os\n" LOOP_SCAN}},
     .findings = ""},
    {.name = "a renamed file with a new one",
     .files = {{"b.py", "a.py", LOOP_SCAN, LOOP_SCAN "        scan(y)\n"}},
     .findings = "py-scan:4@4 "},
    {.name = "a second identical copy",
     .files = {{"a.py", NULL, LOOP_SCAN, LOOP_SCAN "\n\ndef g(xs):\n    for x in xs:\n        scan(x)\n"}},
     .findings = "py-scan:8@8 "},
    {.name = "a second identical copy in the same loop",
     .files = {{"a.py", NULL, LOOP_SCAN, LOOP_SCAN "        scan(x)\n"}},
     .findings = "py-scan:4@4 "},
    {.name = "a guard that went away",
     .files = {{"a.py", NULL, "@cached\ndef f():\n    return slow()\n", "def f():\n    return slow()\n"}},
     .findings = "py-slow:2@1+ "},
    {.name = "a guard that went away from a class, whatever else did",
     .files = {{"a.py", NULL,
                "import os\nimport re\n\n\nclass A:\n    guard = 1\n\n    def f(self):\n        pass\n",
                "import re\n\n\nclass A:\n\n    def f(self):\n        pass\n"}},
     .findings = "py-wide:4@4+ "},
    {.name = "a decorated class without its guard",
     .files = {{"a.py", NULL, "import os\n\n\n@d\nclass A:\n    guard = 1\n    x = 2\n",
                "import os\n\n\n@d\nclass A:\n    x = 2\n"}},
     .findings = "py-wide:5@5+ "},
    {.name = "a line of another class went away",
     .files = {{"a.py", NULL, "class A:\n    x = 1\n    y = 2\n\n\nclass B:\n    x = 1\n",
                "class A:\n    x = 1\n\n\nclass B:\n    x = 1\n"}},
     .findings = ""},
    {.name = "a function that became async",
     .files = {{"a.py", NULL, "def f():\n    a()\n    pause(1)\n",
                "async def f():\n    a()\n    pause(1)\n"}},
     .findings = "py-pause:3@1+ "},
    {.name = "a method that became async",
     .files = {{"a.py", NULL, "class A:\n    guard = 1\n    def f(self):\n        pause(1)\n",
                "class A:\n    guard = 1\n    async def f(self):\n        pause(1)\n"}},
     .findings = "py-pause:4@3+ "},
    {.name = "a hot rule in a function that a loop calls is shown",
     .files = {{"a.py", NULL, NULL,
                "def f(x):\n    log(x)\n\n\ndef g(xs):\n    for x in xs:\n        f(x)\n"}},
     .findings = "py-log:2@2 "},
    {.name = "below the main guard it runs once",
     .files = {{"a.py", NULL, NULL, "if __name__ == \"__main__\":\n    for x in xs:\n        log(x)\n"}},
     .findings = "",
     .held_back = 1},
    {.name = "a new loop around a call of a function with an old scan",
     .files = {{"a.py", NULL, ONE "def g(xs):\n    x = xs[0]\n    one(x)\n",
                ONE "def g(xs):\n    for x in xs:\n        one(x)\n"}},
     .findings = "py-scan:2@6+ "},
    {.name = "a new call in an old loop",
     .files = {{"a.py", NULL, ONE "def g(xs):\n    for x in xs:\n        two(x)\n",
                ONE "def g(xs):\n    for x in xs:\n        two(x)\n        one(x)\n"}},
     .findings = "py-scan:2@8+ "},
    {.name = "by its keyword",
     .files = {{"a.py", NULL, ONE "def g(xs):\n    pass\n",
                ONE "def g(xs):\n    for y in xs:\n        one(x=y)\n"}},
     .findings = "py-scan:2@6+ "},
    {.name = "a method",
     .files = {{"a.py", NULL,
                "class A:\n    guard = 1\n    def one(self, x):\n        scan(x)\n    def g(self, xs):\n     "
                "   pass\n",
                "class A:\n    guard = 1\n    def one(self, x):\n        scan(x)\n    def g(self, xs):\n"
                "        for x in xs:\n            self.one(x)\n"}},
     .findings = "py-scan:4@6+ "},
    {.name = "called in a loop before",
     .files = {{"a.py", NULL, ONE "def g(xs):\n    for x in xs:\n        one(x)\n",
                ONE "def g(xs):\n    for x in sorted(xs):\n        one(x)\n"}},
     .findings = ""},
    {.name = "called the same way in each pass",
     .files = {{"a.py", NULL, ONE "def g(xs):\n    one(1)\n",
                ONE "def g(xs):\n    for x in xs:\n        one(1)\n"}},
     .findings = ""},
    {.name = "in a loop of a few passes",
     .files = {{"a.py", NULL, ONE "def g(xs):\n    one(1)\n",
                ONE "def g(xs):\n    for x in range(3):\n        one(x)\n"}},
     .findings = ""},
    {.name = "a scan that not each run does",
     .files =
         {{"a.py", NULL, "def one(x):\n    if x:\n        scan(x)\n\n\ndef g(xs):\n    one(1)\n",
           "def one(x):\n    if x:\n        scan(x)\n\n\ndef g(xs):\n    for x in xs:\n        one(x)\n"}},
     .findings = ""},
    {.name = "a scan behind an early exit",
     .files = {{"a.py", NULL,
                "def one(x):\n    if x:\n        return\n    scan(x)\n\n\ndef g(xs):\n    one(1)\n",
                "def one(x):\n    if x:\n        return\n    scan(x)\n\n\ndef g(xs):\n    for x in xs:\n"
                "        one(x)\n"}},
     .findings = ""},
    {.name = "two calls deep is not followed",
     .files = {{"a.py", NULL, ONE "def two(x):\n    one(x)\n\n\ndef g(xs):\n    two(1)\n",
                ONE "def two(x):\n    one(x)\n\n\ndef g(xs):\n    for x in xs:\n        two(x)\n"}},
     .findings = ""},
    {.name = "suppressed where it stands",
     .files = {{"a.py", NULL,
                "def one(x):\n    scan(x)  # perf-review: ignore[py-scan] few\n\n\ndef g(xs):\n    one(1)\n",
                "def one(x):\n    scan(x)  # perf-review: ignore[py-scan] few\n\n\ndef g(xs):\n"
                "    for x in xs:\n        one(x)\n"}},
     .findings = "",
     .suppressed = 1},
    {.name = "a removed line nearby is no reason",
     .files = {{"a.py", NULL, "def f():\n    a()\n    return slow()\n", "def f():\n    return slow()\n"}},
     .findings = ""},
    {.name = "the type comes from a touched definition",
     .files = {{"a.py", NULL,
                "def f(xs):\n    seen = set()\n    for x in xs:\n        if x in seen:\n            g(x)\n",
                "def f(xs):\n    seen = []\n    for x in xs:\n        if x in seen:\n            g(x)\n"}},
     .findings = "py-held:4@2+ "},
    {.name = "only the loop's header changed",
     .files = {{"a.py", NULL, LOOP_SCAN, "def f(xs):\n    for x in sorted(xs):\n        scan(x)\n"}},
     .findings = "",
     .there = 1},
    {.name = "suppressed on its line",
     .files = {{"a.py", NULL, NULL,
                "def f(xs):\n    for x in xs:\n        scan(x)  # perf-review: ignore[py-scan] few\n"}},
     .findings = "",
     .suppressed = 1},
    {.name = "held back in a cold place",
     .files = {{"tests/test_a.py", NULL, NULL, "def f():\n    return slow()\n"}},
     .findings = "",
     .held_back = 1},
    {.name = "an algorithm in a test is worth a word",
     .files = {{"tests/test_a.py", NULL, NULL, LOOP_SCAN}},
     .findings = "py-scan:3@3 "},
    {.name = "a hot rule without heat is held back",
     .files = {{"a.py", NULL, NULL, "def f():\n    log(x)\n"}},
     .findings = "",
     .held_back = 1},
    {.name = "a hot rule in a loop is shown",
     .files = {{"a.py", NULL, NULL, "def f(xs):\n    for x in xs:\n        log(x)\n"}},
     .findings = "py-log:3@3 "},
};

static void list_findings(const struct review *review, char *out, size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < review->finding_count && len < size; i++) {
        const struct finding *f = &review->findings[i];
        len += (size_t)snprintf(out + len, size - len, "%.*s:%u@%u%s ", VIEW_ARG(f->rule->id), f->line,
                                f->anchor, f->made_hotter ? "+" : "");
    }
}

static bool row_holds(const struct catalogue *catalogue, const struct row *row)
{
    static struct fixture_delta made[3];
    struct delta deltas[3];
    struct arena *arena = arena_new(64 << 20);
    struct review *review;
    const struct receipt *r;
    char got[400];
    size_t count = 0;
    bool good;

    for (; count < 3 && row->files[count].path != NULL; count++) {
        fixture_make(&made[count], row->files[count].path, row->files[count].base_path,
                     row->files[count].base, row->files[count].head);
        deltas[count] = made[count].delta;
    }
    review = fixture_run(catalogue, deltas, count, NULL, arena);
    r = &review->receipt;
    list_findings(review, got, sizeof(got));
    good = strcmp(got, row->findings) == 0 && r->already_there == row->there && r->moved == row->moved &&
           r->suppressed == row->suppressed && r->held_back == row->held_back &&
           r->found == r->inline_count + r->folded + r->suppressed + r->held_back + r->already_there;
    if (!good)
        print_error("%s: got \"%s\", there %u, moved %u, suppressed %u, held back %u\n", row->name, got,
                    r->already_there, r->moved, r->suppressed, r->held_back);
    arena_free(arena);
    return good;
}

static void a_change_is_blamed_for_what_it_brings(void **state)
{
    struct catalogue *catalogue = small_catalogue();
    size_t failed = 0;
    (void)state;

    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++)
        failed += !row_holds(catalogue, row);
    catalogue_free(catalogue);
    assert_int_equal(failed, 0);
}

static void what_a_call_makes_hotter_is_told_by_the_callers_loop(void **state)
{
    struct catalogue *catalogue = small_catalogue();
    struct arena *arena = arena_new(64 << 20);
    static struct fixture_delta made;
    const struct finding *finding;
    struct review *review;
    (void)state;

    fixture_make(&made, "a.py", NULL, ONE "def g(xs):\n    x = xs[0]\n    one(x)\n",
                 ONE "def g(xs):\n    for x in xs:\n        one(x)\n");
    review = fixture_run(catalogue, &made.delta, 1, NULL, arena);
    assert_int_equal(review->finding_count, 1);
    finding = &review->findings[0];
    assert_true(view_is(finding->evidence, "`scan(x)` scans in the loop at line 6 of `one`."));
    assert_true(view_is(finding->heat_why, "its function is called in the loop at line 6 of `g`"));
    assert_true(view_is(finding->related[0].what, "there before"));
    assert_int_equal(finding->related[0].line, 2);
    assert_int_equal(finding->related[1].line, 6);
    arena_free(arena);
    catalogue_free(catalogue);
}

/* Each function that is followed costs a walk over the file: without a limit a file of nothing else would
 * cost the square of its size. */
static void calls_are_followed_into_so_many_functions(void **state)
{
    enum { OVER = 20, COUNT = THROUGH_CALLS_MAX + OVER };
    struct catalogue *catalogue = small_catalogue();
    struct arena *arena = arena_new(256 << 20);
    static struct hunk hunks[COUNT];
    struct delta delta = {
        .path = VIEW("a.py"), .base_path = VIEW("a.py"), .hunks = hunks, .hunk_count = COUNT};
    struct buffer base, head;
    struct review *review;
    (void)state;

    buffer_init(&base, 1 << 20);
    buffer_init(&head, 1 << 20);
    for (uint32_t i = 0; i < COUNT; i++) {
        buffer_add_format(&base, "def g%u(x):\n    scan(x)\ndef f%u(xs):\n    if x in xs:\n        g%u(x)\n",
                          i, i, i);
        buffer_add_format(&head, "def g%u(x):\n    scan(x)\ndef f%u(xs):\n    for x in xs:\n        g%u(x)\n",
                          i, i, i);
        hunks[i] = (struct hunk){5 * i + 4, 1, 5 * i + 4, 1};
    }
    delta.base = buffer_view(&base);
    delta.head = buffer_view(&head);
    review = fixture_run(catalogue, &delta, 1, NULL, arena);
    assert_int_equal(review->finding_count, THROUGH_CALLS_MAX);
    buffer_deinit(&base);
    buffer_deinit(&head);
    arena_free(arena);
    catalogue_free(catalogue);
}

static void heat_names_the_loop_that_calls(void **state)
{
    static const struct {
        const char *name, *source, *why;
    } WHYS[] = {
        {"in a loop", "def f(x):\n    log(x)\n\n\ndef load(xs):\n    for x in xs:\n        f(x)\n",
         "its function is called in the loop at line 6 of `load`"},
        {"at module level", "def f(x):\n    log(x)\n\n\nfor x in xs:\n    f(x)\n",
         "its function is called in the loop at line 5"},
        {"per item", "def f(x):\n    log(x)\n\n\ndef load(xs):\n    xs.sort(key=f)\n",
         "its function is called for each item at line 6 of `load`"},
        {"loops in loops",
         "def f(xs):\n    for x in xs:\n        log(x)\n\n\ndef load(xs):\n    for x in xs:\n        f(x)\n",
         "it stands in a loop, and its function is called in the loop at line 7 of `load`"},
    };
    struct catalogue *catalogue = small_catalogue();
    (void)state;
    for (size_t i = 0; i < COUNT_OF(WHYS); i++) {
        struct arena *arena = arena_new(64 << 20);
        struct review *review = fixture_whole(catalogue, "a.py", view_of(WHYS[i].source), NULL, arena);
        print_message("%s\n", WHYS[i].name);
        assert_int_equal(review->finding_count, 1);
        assert_true(view_is(review->findings[0].heat_why, WHYS[i].why));
        arena_free(arena);
    }
    catalogue_free(catalogue);
}

static void an_old_line_is_a_related_place_of_a_new_loop(void **state)
{
    struct catalogue *catalogue = small_catalogue();
    struct arena *arena = arena_new(64 << 20);
    static struct fixture_delta made;
    struct review *review;
    (void)state;

    fixture_make(&made, "a.py", NULL, "def f(xs):\n    x = xs[0]\n    scan(x)\n",
                 "def f(xs):\n    for x in xs:\n        scan(x)\n");
    review = fixture_run(catalogue, &made.delta, 1, NULL, arena);
    assert_int_equal(review->finding_count, 1);
    assert_true(review->findings[0].made_hotter);
    assert_true(view_is(review->findings[0].related[0].what, "there before"));
    assert_int_equal(review->findings[0].related[0].line, 3);
    arena_free(arena);
    catalogue_free(catalogue);
}

static void an_edit_inside_a_long_site_is_not_a_new_finding(void **state)
{
    static const char LONG_RULE[] = "id: py-long\ntitle: A long loop\nchecklist: \"-\"\nlever: algorithm\n"
                                    "severity: high\nmatch: |\n  (for_statement) @site\n"
                                    "evidence: \"a loop\"\nfix: None.\ntradeoffs: None.\nmeasure: Time it.\n"
                                    "examples:\n  - bad: |\n      for x in y:  # expect\n          pass\n"
                                    "  - good: pass\n";
    static const char *const TEXTS[] = {LONG_RULE};
    struct catalogue *catalogue = fixture_catalogue(TEXTS, 1);
    struct arena *arena = arena_new(64 << 20);
    static struct fixture_delta made;
    struct review *review;
    (void)state;

    fixture_make(&made, "a.py", NULL, "def f(xs):\n    for x in xs:\n        a(x)\n        b(x)\n",
                 "def f(xs):\n    for x in xs:\n        a(x)\n        c(x)\n");
    review = fixture_run(catalogue, &made.delta, 1, NULL, arena);
    assert_int_equal(review->finding_count, 0);
    assert_int_equal(review->receipt.already_there, 1);
    arena_free(arena);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_blamed_for_what_it_brings),
        cmocka_unit_test(what_a_call_makes_hotter_is_told_by_the_callers_loop),
        cmocka_unit_test(calls_are_followed_into_so_many_functions),
        cmocka_unit_test(heat_names_the_loop_that_calls),
        cmocka_unit_test(an_old_line_is_a_related_place_of_a_new_loop),
        cmocka_unit_test(an_edit_inside_a_long_site_is_not_a_new_finding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
