/* A patch is offered only when it proves itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "review_fixture.h"

enum { RULE_TEXT_MAX = 2048 };

/* A rule on calls of old(x) with these edits. */
static const char *rule_with(const char *edits)
{
    static char text[RULE_TEXT_MAX];
    snprintf(text, sizeof(text),
             "id: py-old\ntitle: An old call\nchecklist: \"-\"\nlever: algorithm\nseverity: high\n"
             "match: |\n  ((call function: (identifier) @name arguments: (argument_list (_) @given)) @site\n"
             "    (#eq? @name \"old\"))\n"
             "evidence: \"old\"\nfix: New.\ntradeoffs: None.\nmeasure: Time it.\n"
             "patch:\n  safe: true\n%s"
             "examples:\n  - bad: |\n      old(x)  # expect\n  - good: new(x)\n",
             edits);
    return text;
}

#define REPLACE_SITE(with) "  edits:\n    - replace: site\n      with: " with "\n"

static const struct row {
    const char *name, *edits, *head;
    const char *after; /* of the first edit's lines; NULL: no patch may be offered */
    uint32_t start_line, end_line;
} ROWS[] = {
    {"a plain replacement", REPLACE_SITE("\"new({given|whole})\""), "def f():\n    y = old(x)  # keep me\n",
     "    y = new(x)  # keep me\n", 2, 2},
    {"tabs are kept", REPLACE_SITE("\"new({given|whole})\""), "def f():\n\ty = old(x)\n", "\ty = new(x)\n", 2,
     2},
    {"carriage returns are kept", REPLACE_SITE("\"new({given|whole})\""),
     "def f():\r\n    y = old(x)\r\n    z()\r\n", "    y = new(x)\r\n", 2, 2},
    {"no newline at the end", REPLACE_SITE("\"new({given|whole})\""), "def f():\n    y = old(x)",
     "    y = new(x)", 2, 2},
    {"a line above, in the same indentation",
     "  edits:\n    - insert-before: site\n      with: \"z = 1\"\n    - replace: name\n      with: new\n",
     "def f():\n    y = old(x)\n", "    z = 1\n    y = new(x)\n", 2, 2},
    {"a line above with the file's line ending",
     "  edits:\n    - insert-before: site\n      with: \"z = 1\"\n    - replace: name\n      with: new\n",
     "def f():\r\n\ty = old(x)\r\n", "\tz = 1\r\n\ty = new(x)\r\n", 2, 2},
    {"over several lines", REPLACE_SITE("\"new({given|whole})\""),
     "def f():\n    y = old(\n        x\n    )\n", "    y = new(x)\n", 2, 4},
    {"all that are alike, in the call",
     "  edits:\n    - replace: name\n      with: new\n"
     "    - replace-each: \"{given}\"\n      all-in: site\n      with: \"y\"\n",
     "def f(x):\n    z = x, old(x, g(x))\n", "    z = x, new(y, g(y))\n", 2, 2},
    {"it breaks the parse", REPLACE_SITE("\"new(({given|whole})\""), "def f():\n    y = old(x)\n", NULL, 0,
     0},
    {"the finding is not gone", REPLACE_SITE("\"old({given|whole})\""), "def f():\n    y = old(x)\n", NULL, 0,
     0},
    {"the finding comes back in other words", REPLACE_SITE("\"new(old({given|whole}))\""),
     "def f():\n    y = old(x)\n", NULL, 0, 0},
    {"another rule's finding comes", REPLACE_SITE("\"slow()\""), "def f():\n    y = old(x)\n", NULL, 0, 0},
    {"a comment would be lost", REPLACE_SITE("\"new({given|whole})\""),
     "def f():\n    y = old(  # why\n        x)\n", NULL, 0, 0},
    {"its condition does not hold", "  when: (#bound? \"asyncio\")\n" REPLACE_SITE("\"new({given|whole})\""),
     "def f():\n    y = old(x)\n", NULL, 0, 0},
    {"its condition holds", "  when: (#bound? \"asyncio\")\n" REPLACE_SITE("\"new({given|whole})\""),
     "import asyncio\n\n\ndef f():\n    y = old(x)\n", "    y = new(x)\n", 5, 5},
    {"through a later node", "  edits:\n    - replace: name\n      through: given\n      with: \"(new\"\n",
     "def f():\n    y = old(\n        x)\n", "    y = (new)\n", 2, 3},
    {"a comment before the later node",
     "  edits:\n    - replace: name\n      through: given\n      with: \"(new\"\n",
     "def f():\n    y = old(  # why\n        x)\n", NULL, 0, 0},
    {"an old error elsewhere is no hindrance", REPLACE_SITE("\"new({given|whole})\""),
     "def f():\n    y = old(x)\n\n\ndef (:\n", "    y = new(x)\n", 2, 2},
};

static bool row_holds(const struct row *row)
{
    const char *texts[2] = {rule_with(row->edits), RULES_SLOW};
    struct catalogue *catalogue = fixture_catalogue(texts, 2);
    struct arena *arena = arena_new(64 << 20);
    struct review *review = fixture_whole(catalogue, "a.py", view_of(row->head), NULL, arena);
    const struct finding *f = review->findings;
    bool good = review->finding_count == 1 && f->has_patch == (row->after != NULL);

    if (good && row->after != NULL)
        good = f->patch_verified && f->edit_count == 1 && view_is(f->edits[0].text, row->after) &&
               f->edits[0].start_line == row->start_line && f->edits[0].end_line == row->end_line &&
               f->suggestion == (strchr(row->after, '\r') == NULL);
    if (!good)
        print_error("%s: %zu findings, patch %d: %.*s\n", row->name, review->finding_count,
                    f != NULL && f->has_patch,
                    VIEW_ARG(f != NULL && f->edit_count > 0 ? f->edits[0].text : VIEW("")));
    arena_free(arena);
    catalogue_free(catalogue);
    return good;
}

static void a_patch_is_offered_only_when_it_proves_itself(void **state)
{
    size_t failed = 0;
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++)
        failed += !row_holds(row);
    assert_int_equal(failed, 0);
}

static void a_suggestion_stays_within_touched_lines(void **state)
{
    const char *texts[1] = {rule_with("  edits:\n    - insert-before: function\n      with: \"# x\"\n"
                                      "    - replace: name\n      with: new\n")};
    struct catalogue *catalogue = fixture_catalogue(texts, 1);
    struct arena *arena = arena_new(64 << 20);
    static struct fixture_delta made;
    struct review *review;
    (void)state;

    fixture_make(&made, "a.py", NULL, "def f():\n    pass\n", "def f():\n    old(x)\n");
    review = fixture_run(catalogue, &made.delta, 1, NULL, arena);
    assert_int_equal(review->finding_count, 1);
    assert_true(review->findings[0].has_patch && review->findings[0].patch_safe);
    assert_false(review->findings[0].suggestion);
    arena_free(arena);
    catalogue_free(catalogue);
}

static void the_examples_of_a_rule_are_run_with_their_patches(void **state)
{
    static const char BAD_AFTER[] =
        "id: py-old\ntitle: An old call\nchecklist: \"-\"\nlever: algorithm\n"
        "severity: high\nmatch: |\n  ((call function: (identifier) @name) @site\n"
        "    (#eq? @name \"old\"))\nevidence: \"old\"\nfix: New.\ntradeoffs: None.\n"
        "measure: Time it.\npatch:\n  safe: true\n  edits:\n    - replace: name\n"
        "      with: new\nexamples:\n  - bad: |\n      old(x)  # expect\n"
        "    after: |\n      newer(x)\n  - good: old(x)\n";
    const char *texts[2] = {BAD_AFTER, RULES_SCAN};
    struct catalogue *catalogue = fixture_catalogue(texts, 2);
    struct buffer failures;
    struct err err = {0};
    uint32_t checked = 0;
    (void)state;

    buffer_init(&failures, 4096);
    assert_int_equal(rule_check_examples(catalogue, catalogue_find(catalogue, VIEW("py-scan")), &STILL,
                                         &failures, &checked, &err),
                     ERR_OK);
    assert_int_equal(checked, 2);
    assert_int_equal(failures.len, 0);
    assert_int_equal(rule_check_examples(catalogue, catalogue_find(catalogue, VIEW("py-old")), &STILL,
                                         &failures, &checked, &err),
                     ERR_OK);
    assert_non_null(strstr(failures.ptr, "the patch gives another text:\nnew(x)"));
    assert_non_null(strstr(failures.ptr, "0 findings expected, 1 found"));
    buffer_deinit(&failures);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_patch_is_offered_only_when_it_proves_itself),
        cmocka_unit_test(a_suggestion_stays_within_touched_lines),
        cmocka_unit_test(the_examples_of_a_rule_are_run_with_their_patches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
