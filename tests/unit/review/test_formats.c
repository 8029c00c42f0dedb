/* What other programs read: each format is whole, and text of the change stays inside of its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "review_fixture.h"

enum { OUT_BYTES_MAX = 64 << 20, ARENA_BYTES = 64 << 20 };

/* Two findings of py-scan, one of py-slow; the first stands after characters of two and four bytes. */
static const char TWO_RULES[] = "def f(xs):\n    for x in xs:\n        'é𝄞'; scan(x)\n        scan(x)\n"
                                "def g():\n    slow()\n";

struct stage {
    struct catalogue *catalogue;
    struct arena *arena;
    struct buffer out;
    struct json *json;
};

static int set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof(*stage));

    assert_non_null(stage);
    stage->catalogue = small_catalogue();
    stage->arena = arena_new(ARENA_BYTES);
    buffer_init(&stage->out, OUT_BYTES_MAX);
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;

    json_free(stage->json);
    buffer_deinit(&stage->out);
    arena_free(stage->arena);
    catalogue_free(stage->catalogue);
    free(stage);
    return 0;
}

static struct review *review_of(struct stage *stage, const char *path, const char *text)
{
    return fixture_whole(stage->catalogue, path, view_of(text), NULL, stage->arena);
}

static const struct json *read_back(struct stage *stage)
{
    struct err err = {0};

    assert_int_equal(stage->out.failed, ERR_OK);
    assert_int_equal(utf8_find_bad(buffer_view(&stage->out)), SIZE_MAX);
    json_free(stage->json);
    stage->json = NULL;
    if (json_parse(buffer_view(&stage->out), &stage->json, &err) != ERR_OK)
        fail_msg("%s: %s", err.message, stage->out.ptr);
    return stage->json;
}

static const struct json *item(const struct json *list, size_t index)
{
    const struct json *at = json_first(list);

    while (at != NULL && index-- > 0)
        at = json_next(at);
    return at;
}

static const struct json *sarif_run(struct stage *stage, const struct review *review, const char *rule_url)
{
    struct review_title title = {.rule_url = view_of(rule_url)};

    buffer_clear(&stage->out);
    review_render_sarif(review, &title, &stage->out);
    return json_first(json_at(read_back(stage), "runs"));
}

#define assert_text(json, path, wanted)                                                                      \
    do {                                                                                                     \
        struct view text_ = {0};                                                                             \
        if (!json_text(json, path, &text_) || !view_is(text_, wanted))                                       \
            fail_msg("%s: \"%.*s\", wanted \"%s\"", path, VIEW_ARG(text_), wanted);                          \
    } while (0)
#define assert_number(json, path, wanted)                                                                    \
    do {                                                                                                     \
        int64_t number_ = -1;                                                                                \
        if (!json_int(json, path, &number_) || number_ != (wanted))                                          \
            fail_msg("%s: %lld, wanted %lld", path, (long long)number_, (long long)(wanted));                \
    } while (0)

static void sarif_names_rule_place_and_fingerprint(void **state)
{
    struct stage *stage = *state;
    struct review *review = review_of(stage, "a b.py", TWO_RULES);
    const struct json *run = sarif_run(stage, review, "https://example.org/rules/"), *result, *rule;
    const struct json *place;

    assert_text(run, "columnKind", "utf16CodeUnits");
    assert_text(run, "tool.driver.name", "perf-review");
    rule = item(json_at(run, "tool.driver.rules"), 0);
    assert_text(rule, "id", "py-scan");
    assert_text(rule, "name", "PyScan");
    assert_text(rule, "shortDescription.text", "A scan in a loop");
    assert_text(rule, "fullDescription.text", "A scan in a loop. Look it up.");
    assert_text(rule, "helpUri", "https://example.org/rules/py-scan");
    assert_text(rule, "defaultConfiguration.level", "error");
    assert_text(rule, "properties.lever", "algorithm");
    assert_text(rule, "properties.checklist", "P1");
    assert_non_null(json_at(rule, "help.markdown"));
    assert_text(item(json_at(run, "tool.driver.rules"), 1), "id", "py-slow");
    assert_null(item(json_at(run, "tool.driver.rules"), 2));
    for (size_t i = 0; i < review->finding_count; i++) {
        const struct finding *finding = &review->findings[i];
        bool scan = view_is(finding->rule->id, "py-scan");

        result = item(json_at(run, "results"), i);
        place = json_at(json_first(json_at(result, "locations")), "physicalLocation");
        assert_text(result, "ruleId", scan ? "py-scan" : "py-slow");
        assert_number(result, "ruleIndex", scan ? 0 : 1);
        assert_text(result, "level", scan ? "error" : "warning");
        assert_text(place, "artifactLocation.uri", "a%20b.py");
        assert_text(place, "artifactLocation.uriBaseId", "SRCROOT");
        assert_number(place, "region.startLine", finding->line);
        assert_number(place, "region.endLine", finding->end_line);
        /* 8 blanks and 'é𝄞'; : two bytes are one unit, four are two. */
        assert_number(place, "region.startColumn", finding->line == 3 ? 16 : finding->line == 4 ? 9 : 5);
        assert_number(place, "region.endColumn", finding->line == 3 ? 23 : finding->line == 4 ? 16 : 11);
        assert_text(json_at(result, "partialFingerprints"), "perfReview/v1", finding->fingerprint);
    }
    assert_null(item(json_at(run, "results"), review->finding_count));
    assert_null(json_at(item(json_at(sarif_run(stage, review, NULL), "tool.driver.rules"), 0), "helpUri"));
}

static void sarif_of_a_clean_change_is_a_whole_document(void **state)
{
    struct stage *stage = *state;
    const struct json *run = sarif_run(stage, review_of(stage, "a.py", "x = 1\n"), NULL);
    bool done = false;

    assert_true(json_is_array(json_at(run, "results")) && json_first(json_at(run, "results")) == NULL);
    assert_true(json_is_array(json_at(run, "tool.driver.rules")));
    assert_true(json_bool(json_first(json_at(run, "invocations")), "executionSuccessful", &done) && done);
}

/* What is replaced is told in lines and columns; applied to the text it must give what the patch says. */
static void sarif_fixes_are_whole_lines(void **state)
{
    static const struct {
        const char *name, *text, *inserted;
        int64_t first, last, end_column;
    } ROWS[] = {
        {"a line", "def f(xs):\n    for x in xs:\n        scan(x)\n", "        look(x)", 3, 3, -1},
        {"the last, not ended", "def f(xs):\n    for x in xs:\n        scan(x)", "        look(x)", 3, 3, -1},
        {"carriage returns", "def f(xs):\r\n    for x in xs:\r\n        scan(x)\r\n", "        look(x)", 3, 3,
         -1},
    };
    struct stage *stage = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct json *run = sarif_run(stage, review_of(stage, "a.py", ROWS[i].text), NULL);
        const struct json *fix = json_first(json_at(json_first(json_at(run, "results")), "fixes"));
        const struct json *change = json_first(json_at(fix, "artifactChanges"));
        const struct json *edit = json_first(json_at(change, "replacements"));
        int64_t end_column = -1;

        print_message("%s\n", ROWS[i].name);
        assert_text(change, "artifactLocation.uri", "a.py");
        assert_number(edit, "deletedRegion.startLine", ROWS[i].first);
        assert_number(edit, "deletedRegion.startColumn", 1);
        assert_number(edit, "deletedRegion.endLine", ROWS[i].last);
        (void)json_int(edit, "deletedRegion.endColumn", &end_column);
        assert_int_equal(end_column, ROWS[i].end_column);
        assert_text(edit, "insertedContent.text", ROWS[i].inserted);
    }
}

static void a_patch_that_deletes_lines_takes_their_line_ending(void **state)
{
    struct stage *stage = *state;
    struct review *review = review_of(stage, "a.py", "def f(xs):\n    for x in xs:\n        scan(x)\n");
    struct finding finding = review->findings[0];
    struct text_edit edit = {
        .start_line = 3, .end_line = 3, .text = VIEW(""), .before = VIEW("        scan(x)\n")};
    struct review changed = *review;
    const struct json *run, *region;

    finding.edits = &edit;
    changed.findings = &finding;
    run = sarif_run(stage, &changed, NULL);
    region = json_at(json_first(json_at(
                         json_first(json_at(json_first(json_at(json_first(json_at(run, "results")), "fixes")),
                                            "artifactChanges")),
                         "replacements")),
                     "deletedRegion");
    assert_number(region, "endLine", 4);
    assert_number(region, "endColumn", 1);
    finding.patch_safe = false; /* one that asks for agreement is not offered */
    assert_null(json_at(json_first(json_at(sarif_run(stage, &changed, NULL), "results")), "fixes"));
}

static void sarif_addresses_hold_any_path(void **state)
{
    static const struct {
        const char *path, *uri, *base;
    } ROWS[] = {
        {"src/a.py", "src/a.py", "SRCROOT"},
        {"a:b.py", "a%3Ab.py", "SRCROOT"},
        {"100%#?.py", "100%25%23%3F.py", "SRCROOT"},
        {"é\xff\n\".py", "%C3%A9%FF%0A%22.py", "SRCROOT"},
        {"../up.py", "../up.py", "SRCROOT"},
        {"[id]\\x.py", "%5Bid%5D%5Cx.py", "SRCROOT"},
        {"/srv/code/a b.py", "file:///srv/code/a%20b.py", NULL},
    };
    struct stage *stage = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct json *run = sarif_run(stage, review_of(stage, ROWS[i].path, TWO_RULES), NULL), *place;

        place = json_at(json_first(json_at(json_first(json_at(run, "results")), "locations")),
                        "physicalLocation");
        assert_text(place, "artifactLocation.uri", ROWS[i].uri);
        if (ROWS[i].base != NULL)
            assert_text(place, "artifactLocation.uriBaseId", ROWS[i].base);
        else
            assert_null(json_at(place, "artifactLocation.uriBaseId"));
    }
}

/* Standard, 3.11.5 and 3.11.6: what looks like a link or a placeholder is none. */
static void sarif_messages_open_no_link_and_no_placeholder(void **state)
{
    struct stage *stage = *state;
    struct review *review = review_of(stage, "a.py", TWO_RULES);
    struct finding finding = review->findings[0];
    struct review changed = *review;
    struct view text;

    finding.evidence = VIEW("`[here](http://evil.example)` {0} {{1} {x} a[0](y) \x1b[31m");
    changed.findings = &finding;
    changed.finding_count = 1;
    assert_true(
        json_text(json_first(json_at(sarif_run(stage, &changed, NULL), "results")), "message.text", &text));
    if (!view_starts(text, "`[here\\](http://evil.example)` {{0} {{1} {x} a[0\\](y) \xef\xbf\xbd[31m"))
        fail_msg("%.*s", VIEW_ARG(text));
}

static void skipped_and_suppressed_are_told_in_sarif(void **state)
{
    struct stage *stage = *state;
    struct delta deltas[] = {
        {.path = VIEW("big.py"), .base_path = VIEW("big.py"), .skip = VIEW("binary"), .whole = true},
        {.path = VIEW("quiet.py"),
         .base_path = VIEW("quiet.py"),
         .head =
             VIEW("def f(xs):\n    for x in xs:\n        scan(x)  # perf-review: ignore[py-scan] small\n"),
         .whole = true},
        {.path = VIEW("torn.py"),
         .base_path = VIEW("torn.py"),
         .head = VIEW("def f(xs):\n    for x in xs:\n        scan(x)\n\n\ndef (:\n"),
         .whole = true},
    };
    struct review *review = fixture_run(stage->catalogue, deltas, COUNT_OF(deltas), NULL, stage->arena);
    const struct json *notes, *note;

    notes = json_at(json_first(json_at(sarif_run(stage, review, NULL), "invocations")),
                    "toolExecutionNotifications");
    note = item(notes, 0);
    assert_text(note, "descriptor.id", "skipped-file");
    assert_text(note, "message.text", "big.py: binary");
    assert_text(json_first(json_at(note, "locations")), "physicalLocation.artifactLocation.uri", "big.py");
    assert_text(item(notes, 1), "descriptor.id", "partly-read-file");
    assert_text(item(notes, 1), "level", "warning");
    assert_text(item(notes, 2), "descriptor.id", "suppressed-finding");
    assert_text(item(notes, 2), "message.text", "quiet.py:3 py-scan: small");
}

/* Reads a line as the runner does: it begins with "::" behind white space of any kind, or holds "##[". */
static bool is_command(struct view line)
{
    size_t at = 0;

    while (at < line.len && ((unsigned char)line.ptr[at] <= ' ' || (unsigned char)line.ptr[at] >= 0x7f))
        at++;
    return view_starts(view_slice(line, at, line.len), "::") || view_find(line, VIEW("##["), 0) != SIZE_MAX;
}

static size_t count_commands(struct stage *stage, const struct review *review, const char *wanted)
{
    struct view rest, line;
    size_t commands = 0, found = 0;

    buffer_clear(&stage->out);
    review_render_github(review, &stage->out);
    assert_int_equal(stage->out.failed, ERR_OK);
    rest = buffer_view(&stage->out);
    assert_int_equal(view_find_byte(rest, '\r', 0), SIZE_MAX);
    assert_int_equal(utf8_find_bad(rest), SIZE_MAX);
    while (view_split(&rest, '\n', &line)) {
        commands += is_command(line);
        found += view_starts(line, wanted);
    }
    assert_int_equal(found, 1);
    return commands;
}

static void github_annotates_each_finding(void **state)
{
    struct stage *stage = *state;
    struct review *review = review_of(stage, "a,b:c%.py", TWO_RULES);

    assert_int_equal(review->finding_count, 3);
    assert_int_equal(
        count_commands(stage, review,
                       "::error file=a%2Cb%3Ac%25.py,line=3,endLine=3,col=16,endColumn=23,"
                       "title=A scan in a loop (py-scan)::`scan(x)` scans in the loop at line 2 of "
                       "`f`.%0AEstimate: "),
        5); /* the group's two and the three */
    (void)count_commands(stage, review, "::warning file=a%2Cb%3Ac%25.py,line=6,");
    (void)count_commands(stage, review, "::group::perf-review: 3 findings, 2 high, 1 medium");
    (void)count_commands(stage, review, "::endgroup::");
    assert_int_equal(
        count_commands(stage, review_of(stage, "a.py", "x = 1\n"), "::group::perf-review: Nothing found"), 2);
}

/* In each of them a line of the code, a path or a reason tries to be a command, or to end a document. */
static void hostile_text_stays_in_its_place(void **state)
{
    static const char *const PATHS[] = {"a\n::error file=x::y.py", "::stop-commands::x.py",
                                        "a\r##[error]b.py",        "\xe2\x80\x83::warning::z.py",
                                        "\"}]}\x1b[0m\xff\x01.py", "a%0A::error::b.py"};
    static const char *const CODES[] = {
        "def f(xs):\n    for x in xs:\n        scan('\\n::error::x', "
        "\"\"\"\n::error::y\n##[error]z\n\"\"\")\n",
        "def f(xs):\n    for x in xs:\n        scan('\"}],\"a\":[{', '\xff\xfe')\n",
        "def f(xs):\n    for x in xs:\n        scan(x)  # perf-review: ignore[py-scan] ::error::r ##[x]\n"
        "    for x in xs:\n        scan(1,\n::2)\n        scan(x)\n",
    };
    struct stage *stage = *state;
    struct view text;

    for (size_t i = 0; i < COUNT_OF(PATHS) * COUNT_OF(CODES); i++) {
        const char *path = PATHS[i / COUNT_OF(CODES)];
        struct review *review = review_of(stage, path, CODES[i % COUNT_OF(CODES)]);

        assert_true(review->finding_count > 0);
        if (count_commands(stage, review, "::group::") != 2 + review->finding_count)
            fail_msg("%zu: %s", i, stage->out.ptr);
        assert_non_null(sarif_run(stage, review, NULL));
        buffer_clear(&stage->out);
        review_render_gitlab(review, &stage->out);
        assert_true(json_text(json_first(read_back(stage)), "description", &text));
        assert_int_equal(view_find_byte(text, '\n', 0), SIZE_MAX);
        assert_null(item(stage->json, review->finding_count));
    }
}

static void gitlab_gets_what_it_asks_for(void **state)
{
    static struct fixture_delta made[2];
    static const char SAME[] = "def f(xs):\n    for x in xs:\n        scan(x)\n";
    struct stage *stage = *state;
    struct view first = {0}, second = {0};
    struct delta deltas[2];
    struct review *review;
    const struct json *issues;

    fixture_make(&made[0], "a.py", NULL, NULL, SAME);
    fixture_make(&made[1], "b \"c\".py", NULL, NULL, SAME);
    for (size_t i = 0; i < 2; i++)
        deltas[i] = made[i].delta;
    review = fixture_run(stage->catalogue, deltas, 2, NULL, stage->arena);
    assert_int_equal(review->finding_count, 2);
    review_render_gitlab(review, &stage->out);
    issues = read_back(stage);
    assert_text(item(issues, 0), "check_name", "py-scan");
    assert_text(item(issues, 0), "severity", "critical");
    assert_text(item(issues, 0), "location.path", "a.py");
    assert_number(item(issues, 0), "location.lines.begin", 3);
    assert_text(item(issues, 0), "description",
                "A scan in a loop: `scan(x)` scans in the loop at line 2 of `f`.");
    assert_text(item(issues, 1), "location.path", "b \"c\".py");
    assert_true(json_text(item(issues, 0), "fingerprint", &first));
    assert_true(json_text(item(issues, 1), "fingerprint", &second));
    assert_true(first.len == 32 && second.len == 32 && !view_equal(first, second));
    buffer_clear(&stage->out);
    review_render_gitlab(review_of(stage, "a.py", "x = 1\n"), &stage->out);
    assert_string_equal(stage->out.ptr, "[]\n");
}

/* Names and lines without end: nothing is cut within a character, no time is lost on columns. */
static void very_long_texts_are_bounded(void **state)
{
    struct stage *stage = *state;
    struct buffer code, path;
    struct review *review;
    const struct json *run;
    struct view text;

    buffer_init(&code, OUT_BYTES_MAX);
    buffer_init(&path, OUT_BYTES_MAX);
    for (size_t i = 0; i < 4000; i++)
        buffer_add_text(&path, "é/");
    buffer_add_text(&path, "a.py");
    buffer_add_text(&code, "def f(xs):\n    for x in xs:\n        '");
    for (size_t i = 0; i < 20000; i++)
        buffer_add_text(&code, "é");
    buffer_add_text(&code, "'; scan(x)\n        scan('");
    for (size_t i = 0; i < 4000; i++)
        buffer_add_text(&code, "𝄞");
    buffer_add_text(&code, "')\n");
    for (size_t i = 0; i < 400; i++) /* so that it is not taken for a minified file */
        buffer_add_text(&code, "y = 1\n");
    review = review_of(stage, path.ptr, code.ptr);
    assert_int_equal(review->finding_count, 2);
    run = sarif_run(stage, review, NULL);
    for (const struct json *at = json_first(json_at(run, "results")); at; at = json_next(at)) {
        const struct json *region = json_at(json_first(json_at(at, "locations")), "physicalLocation.region");
        int64_t line = 0;

        assert_true(json_int(region, "startLine", &line));
        assert_true((json_at(region, "startColumn") == NULL) == (line == 3));
    }
    buffer_clear(&stage->out);
    review_render_gitlab(review, &stage->out);
    assert_true(json_text(json_first(read_back(stage)), "description", &text) && text.len <= 1000);
    assert_int_equal(count_commands(stage, review, "::endgroup::"), 4);
    buffer_deinit(&code);
    buffer_deinit(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sarif_names_rule_place_and_fingerprint, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sarif_of_a_clean_change_is_a_whole_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sarif_fixes_are_whole_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_patch_that_deletes_lines_takes_their_line_ending, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(sarif_addresses_hold_any_path, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sarif_messages_open_no_link_and_no_placeholder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(skipped_and_suppressed_are_told_in_sarif, set_up, tear_down),
        cmocka_unit_test_setup_teardown(github_annotates_each_finding, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hostile_text_stays_in_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gitlab_gets_what_it_asks_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(very_long_texts_are_bounded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
