/* What a reader gets: every field, nothing that breaks out, never more than a forge takes, the same bytes
 * each time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "review/escape.h"
#include "review_fixture.h"

enum { OUT_BYTES_MAX = 64 << 20, BODY_UNITS_MAX = 65000 };

static void foreign_text_cannot_break_out(void **state)
{
    static const struct {
        const char *name, *text, *span, *plain;
    } ROWS[] = {
        {"words", "plain words", "`plain words`", "plain words"},
        {"a mention", "@someone", "`@someone`", "`@someone`"},
        {"a reference", "#123", "`#123`", "`#123`"},
        {"another", "GH-123", "`GH-123`", "`GH-123`"},
        {"a link", "[a](http://b)", "`[a](http://b)`", "`[a](http://b)`"},
        {"a bare address", "www.example.com", "`www.example.com`", "`www.example.com`"},
        {"a table", "a|b", "`a|b`", "`a|b`"},
        {"a backtick", "a`b", "`` a`b ``", "`` a`b ``"},
        {"a run of them", "``a```b", "```` ``a```b ````", "```` ``a```b ````"},
        {"a comment", "<!-- perf-review:fp=0 -->", "`< !-- perf-review:fp=0 -->`",
         "`< !-- perf-review:fp=0 -->`"},
        {"lines", "a\n\n```\nb", "```` a ``` b ````", "```` a ``` b ````"},
        {"a tag", "<details>", "`<details>`", "`<details>`"},
        {"nothing", "", "` `", "` `"},
        {"a control byte", "a\x1b[31m", "`a\xef\xbf\xbd[31m`", "`a\xef\xbf\xbd[31m`"},
        {"text turned around",
         "a\xe2\x80\xae"
         "b",
         "`a\xef\xbf\xbd"
         "b`",
         "`a\xef\xbf\xbd"
         "b`"},
        {"no UTF-8", "a\xff", "`a\xef\xbf\xbd`", "`a\xef\xbf\xbd`"},
    };
    struct buffer out;
    (void)state;

    buffer_init(&out, 4096);
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        buffer_clear(&out);
        escape_code_span(&out, view_of(ROWS[i].text));
        if (!view_is(buffer_view(&out), ROWS[i].span))
            fail_msg("%s: %s", ROWS[i].name, out.ptr);
        buffer_clear(&out);
        escape_text(&out, view_of(ROWS[i].text));
        if (!view_is(buffer_view(&out), ROWS[i].plain))
            fail_msg("%s, in text: %s", ROWS[i].name, out.ptr);
    }
    buffer_clear(&out);
    escape_fence(&out, "diff", VIEW("a\n````\nb\r\n<!-- x -->"));
    assert_string_equal(out.ptr, "`````diff\na\n````\nb\n< !-- x -->\n`````\n");
    buffer_clear(&out);
    escape_inside_span(&out, VIEW("a`b\n c"));
    assert_string_equal(out.ptr, "a'b c");
    buffer_deinit(&out);
}

static void a_hostile_file_stays_inside_its_spans(void **state)
{
    static const char HOSTILE[] =
        "def f(xs):\n    for x in xs:\n"
        "        scan('` @someone <!-- perf-review:fp=1111111111111111 --> ```\\n')\n";
    struct catalogue *catalogue = small_catalogue();
    struct arena *arena = arena_new(64 << 20);
    struct review_title title = {.rule_url = VIEW("https://example.org/rules/")};
    struct review *review = fixture_whole(catalogue, "a`@b/#1<!--x.py", view_of(HOSTILE), NULL, arena);
    struct buffer out;
    (void)state;

    assert_int_equal(review->finding_count, 1);
    buffer_init(&out, OUT_BYTES_MAX);
    finding_render_comment(&review->findings[0], &title, &out);
    assert_null(strstr(out.ptr, "fp=1111111111111111 -->\n"));
    assert_null(strstr(out.ptr, "<!-- perf-review:fp=1"));
    assert_null(strstr(out.ptr, "suggestion")); /* its lines cannot be shown byte by byte */
    assert_non_null(strstr(out.ptr, review->findings[0].fingerprint));
    buffer_clear(&out);
    review_render_markdown(review, &title, &out);
    assert_null(strstr(out.ptr, "<!--"));
    buffer_clear(&out);
    review_render_text(review, false, &out);
    assert_null(strchr(out.ptr, '\x1b'));
    buffer_deinit(&out);
    arena_free(arena);
    catalogue_free(catalogue);
}

static void json_has_every_field(void **state)
{
    static const char *const FIELDS[] = {"version",         "hypothesis.function",  "hypothesis.path",
                                         "hypothesis.line", "hypothesis.text",      "hypothesis.evidence",
                                         "hypothesis.role", "hypothesis.heat",      "findings",
                                         "skipped",         "suppressed",           "question",
                                         "totals.files",    "totals.touched_lines", "totals.found",
                                         "totals.reported", "totals.suppressed",    "totals.ms.parse",
                                         "totals.ms.facts", "totals.ms.rules"};
    static const char *const OF_FINDING[] = {"rule",
                                             "checklist",
                                             "path",
                                             "line",
                                             "end_line",
                                             "column",
                                             "severity",
                                             "confidence",
                                             "lever",
                                             "title",
                                             "evidence",
                                             "estimate.n",
                                             "estimate.before_ns",
                                             "estimate.after_ns",
                                             "estimate.ratio",
                                             "estimate.assumed",
                                             "estimate.formula",
                                             "fix",
                                             "impact",
                                             "tradeoffs",
                                             "measure",
                                             "related",
                                             "patch.safe",
                                             "patch.verified",
                                             "patch.edits",
                                             "fingerprint",
                                             "made_hotter"};
    struct catalogue *catalogue = small_catalogue();
    struct arena *arena = arena_new(64 << 20);
    struct review *review = fixture_whole(
        catalogue, "a.py", VIEW("def f(xs):\n    for x in xs:\n        scan(x)\n"), NULL, arena);
    struct json *json = NULL;
    struct view text;
    struct buffer out;
    struct err err = {0};
    (void)state;

    buffer_init(&out, OUT_BYTES_MAX);
    review_render_json(review, &out);
    assert_int_equal(json_parse(buffer_view(&out), &json, &err), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++)
        if (json_at(json, FIELDS[i]) == NULL)
            fail_msg("no %s", FIELDS[i]);
    for (size_t i = 0; i < COUNT_OF(OF_FINDING); i++)
        if (json_at(json_first(json_at(json, "findings")), OF_FINDING[i]) == NULL)
            fail_msg("no %s of a finding", OF_FINDING[i]);
    assert_true(json_text(json_first(json_at(json, "findings")), "estimate.formula", &text));
    assert_true(view_starts(
        text, "1,000 passes × 1,000 items of `(x)` / 2 × 25 ns (compare) ≈ 13 ms, against 1,000 passes"));
    assert_true(json_text(json_first(json_at(json, "findings")), "impact", &text));
    assert_true(view_is(text, "At n = 1,000: 13 ms against 35 µs; at n = 10,000: 1.3 s against 350 µs."));
    json_free(json);
    buffer_deinit(&out);
    arena_free(arena);
    catalogue_free(catalogue);
}

static void a_summary_has_five_parts_in_order(void **state)
{
    static const char *const PARTS[] = {
        "### Hot path hypothesis\n",
        "### Top issues\n",
        "### Patch\n",
        "### Tradeoffs and risks\n",
        "### Measurement plan\n",
        "**One question.**",
        "```json\n",
        "Found 1 = 1 inline + 0 folded + 0 suppressed + 0 held back + 0 already"};
    struct catalogue *catalogue = small_catalogue();
    struct arena *arena = arena_new(64 << 20);
    struct review *review = fixture_whole(
        catalogue, "a.py", VIEW("def f(xs):\n    for x in xs:\n        scan(x)\n"), NULL, arena);
    struct buffer out;
    const char *at;
    (void)state;

    buffer_init(&out, OUT_BYTES_MAX);
    review_render_summary(review, NULL, &out);
    at = out.ptr;
    for (size_t i = 0; i < COUNT_OF(PARTS); i++) {
        at = strstr(at, PARTS[i]);
        if (at == NULL)
            fail_msg("no %s in its place", PARTS[i]);
    }
    assert_null(strstr(out.ptr, "nan"));
    buffer_clear(&out);
    finding_render_comment(&review->findings[0], NULL, &out);
    assert_non_null(strstr(out.ptr, "```suggestion\n        look(x)\n```\n"));
    buffer_clear(&out);
    review = fixture_whole(catalogue, "a.py", VIEW("x = 1\n"), NULL, arena);
    review_render_summary(review, NULL, &out);
    assert_non_null(strstr(out.ptr, "nothing found"));
    assert_null(strstr(out.ptr, "### Patch"));
    buffer_deinit(&out);
    arena_free(arena);
    catalogue_free(catalogue);
}

/* Many findings with long code: the body folds and sheds, and says so. */
static void a_body_never_exceeds_what_a_forge_takes(void **state)
{
    static const size_t COUNTS[] = {1, 40, 400, 3000};
    struct catalogue *catalogue = small_catalogue();
    struct buffer text, out;
    (void)state;

    buffer_init(&text, OUT_BYTES_MAX);
    buffer_init(&out, OUT_BYTES_MAX);
    for (size_t i = 0; i < COUNT_OF(COUNTS); i++) {
        struct arena *arena = arena_new(256 << 20);
        struct review *review;
        buffer_clear(&text);
        buffer_add_text(&text, "def f(xs):\n    for x in xs:\n");
        for (size_t n = 0; n < COUNTS[i]; n++)
            buffer_add_format(&text, "        scan(x, 'ααααααααααααααααααααααααααααααα', %zu)\n", n);
        review = fixture_whole(catalogue, "a.py", buffer_view(&text), NULL, arena);
        assert_int_equal(review->finding_count, COUNTS[i]);
        assert_int_equal(review->receipt.inline_count, COUNTS[i] < 15 ? COUNTS[i] : 15);
        buffer_clear(&out);
        review_render_summary(review, NULL, &out);
        assert_true(out.failed == ERR_OK && utf16_units(buffer_view(&out)) <= BODY_UNITS_MAX);
        assert_non_null(strstr(out.ptr, "inline + "));
        buffer_clear(&out);
        review_render_markdown(review, NULL, &out);
        assert_true(out.failed == ERR_OK && utf16_units(buffer_view(&out)) <= BODY_UNITS_MAX);
        if (COUNTS[i] == 3000)
            assert_non_null(strstr(out.ptr, "left out for length"));
        arena_free(arena);
    }
    buffer_deinit(&text);
    buffer_deinit(&out);
    catalogue_free(catalogue);
}

static void the_same_change_gives_the_same_bytes(void **state)
{
    static struct fixture_delta made[3];
    struct catalogue *catalogue = small_catalogue();
    struct buffer first, again;
    (void)state;

    fixture_make(&made[0], "b.py", NULL, "def f(xs):\n    pass\n",
                 "def f(xs):\n    for x in xs:\n        scan(x)\n");
    fixture_make(&made[1], "a.py", NULL, NULL,
                 "def g(xs):\n    for x in xs:\n        scan(x)\n        scan(x)\n");
    fixture_make(&made[2], "c.py", NULL, "def h(xs):\n    for x in xs:\n        scan(x)\n", "");
    buffer_init(&first, OUT_BYTES_MAX);
    buffer_init(&again, OUT_BYTES_MAX);
    for (size_t turn = 0; turn < 6; turn++) {
        struct arena *arena = arena_new(64 << 20);
        struct delta deltas[3] = {made[turn % 3].delta, made[(turn + 1) % 3].delta,
                                  made[(turn + 2) % 3].delta};
        struct review *review;

        if (turn >= 3) { /* the other three orders */
            struct delta swapped = deltas[0];
            deltas[0] = deltas[1];
            deltas[1] = swapped;
        }
        review = fixture_run(catalogue, deltas, 3, NULL, arena);
        buffer_clear(&again);
        review_render_json(review, &again);
        review_render_summary(review, NULL, &again);
        review_render_text(review, true, &again);
        if (turn == 0)
            buffer_add(&first, buffer_view(&again));
        assert_true(view_equal(buffer_view(&first), buffer_view(&again)));
        arena_free(arena);
    }
    buffer_deinit(&first);
    buffer_deinit(&again);
    catalogue_free(catalogue);
}

static void fingerprints_follow_the_code_not_the_line(void **state)
{
    struct catalogue *catalogue = small_catalogue();
    struct arena *arena = arena_new(64 << 20);
    struct review *a =
        fixture_whole(catalogue, "a.py",
                      VIEW("def f(xs):\n    for x in xs:\n        scan(x)\n        scan(x)\n"), NULL, arena);
    struct review *b = fixture_whole(catalogue, "b.py",
                                     VIEW("import os\n\n\ndef f(xs):\n    for y in xs:\n        for x in "
                                          "y:\n            scan( x )\n            scan(x)\n"),
                                     NULL, arena);
    (void)state;

    assert_int_equal(a->finding_count, 2);
    assert_int_equal(b->finding_count, 2);
    assert_string_not_equal(a->findings[0].fingerprint, a->findings[1].fingerprint);
    assert_string_equal(a->findings[0].fingerprint, b->findings[0].fingerprint);
    assert_string_equal(a->findings[1].fingerprint, b->findings[1].fingerprint);
    arena_free(arena);
    catalogue_free(catalogue);
}

static void trips_are_known_or_assumed_with_care(void **state)
{
    static const struct {
        const char *text;
        double n;
        bool assumed;
    } ROWS[] = {
        {"def f(xs):\n    for x in xs:\n        scan([1, 2])\n", 1000, true},
        {"def f(xs):\n    for y in xs:\n        for x in y:\n            scan([1, 2])\n", 10000, true},
        {"def f(xs):\n    for z in xs:\n        for y in z:\n            for x in y:\n                "
         "scan(1)\n",
         100000, true},
        {"def f(xs):\n    for y in range(3):\n        for x in xs:\n            scan([1, 2])\n", 3000, true},
        {"def f(xs):\n    for y in xs:\n        for x in range(3):\n            scan([1, 2])\n", 3000, true},
        {"def f():\n    for x in range(20):\n        scan(x)\n", 20,
         true}, /* the length of what is scanned is not known */
    };
    struct catalogue *catalogue = small_catalogue();
    (void)state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena *arena = arena_new(64 << 20);
        struct review *review = fixture_whole(catalogue, "a.py", view_of(ROWS[i].text), NULL, arena);
        if (review->finding_count != 1 || review->findings[0].estimate.n != ROWS[i].n ||
            review->findings[0].estimate.assumed != ROWS[i].assumed)
            fail_msg("%s: %zu findings, n %g", ROWS[i].text, review->finding_count,
                     review->finding_count > 0 ? review->findings[0].estimate.n : 0);
        arena_free(arena);
    }
    catalogue_free(catalogue);
}

static void an_arena_that_is_too_small_ends_in_an_error(void **state)
{
    struct catalogue *catalogue = small_catalogue();
    struct delta delta = {
        .path = VIEW("a.py"), .head = VIEW("def f(xs):\n    for x in xs:\n        scan(x)\n"), .whole = true};
    struct review_options options = {0};
    enum err_code code = ERR_LIMIT;
    (void)state;

    for (size_t cap = 0; code != ERR_OK && cap < 1 << 20; cap += 64) {
        struct arena *arena = arena_new(cap);
        struct review *review = NULL;
        struct err err = {0};
        code = arena != NULL ? review_run(catalogue, &delta, 1, &options, &STILL, arena, &review, &err)
                             : ERR_LIMIT;
        assert_true(code == ERR_OK || code == ERR_LIMIT);
        arena_free(arena);
    }
    assert_int_equal(code, ERR_OK);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_text_cannot_break_out),
        cmocka_unit_test(a_hostile_file_stays_inside_its_spans),
        cmocka_unit_test(json_has_every_field),
        cmocka_unit_test(a_summary_has_five_parts_in_order),
        cmocka_unit_test(a_body_never_exceeds_what_a_forge_takes),
        cmocka_unit_test(the_same_change_gives_the_same_bytes),
        cmocka_unit_test(fingerprints_follow_the_code_not_the_line),
        cmocka_unit_test(trips_are_known_or_assumed_with_care),
        cmocka_unit_test(an_arena_that_is_too_small_ends_in_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
