/** @file review_fixture.h  Small rules, a clock that stands still, and deltas whose hunks come from a line
 * diff. */
#pragma once
#include "base/json.h"
#include "perfreview/review.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A scan in a loop (algorithm, safe patch), a slow call that a decorator guards (work), a list where a set
 * would do, a log call (work, only where hot), and a Rust one. */
static const char RULES_SCAN[] =
    "id: py-scan\n"
    "title: A scan in a loop\n"
    "checklist: P1\n"
    "lever: algorithm\n"
    "severity: high\n"
    "match: |\n"
    "  ((call function: (identifier) @name arguments: (_) @given) @site\n"
    "    (#eq? @name \"scan\")\n"
    "    (#in-loop? @site))\n"
    "evidence: \"`{site}` scans in the loop at line {loop.line} of {function}\"\n"
    "cost:\n"
    "  before: loop.n * given.n / 2 * compare\n"
    "  after: loop.n * dict_lookup\n"
    "fix: Look it up.\n"
    "tradeoffs: Keys must be hashable.\n"
    "measure: \"Time {function} with 1,000 items.\"\n"
    "patch:\n"
    "  safe: true\n"
    "  edits:\n"
    "    - replace: name\n"
    "      with: look\n"
    "examples:\n"
    "  - bad: |\n"
    "      for x in xs:\n"
    "          scan(x)  # expect\n"
    "    after: |\n"
    "      for x in xs:\n"
    "          look(x)\n"
    "  - good: scan(x)\n";
static const char RULES_SLOW[] = "id: py-slow\n"
                                 "title: A slow call without its cache\n"
                                 "checklist: P10\n"
                                 "lever: work\n"
                                 "severity: medium\n"
                                 "match: |\n"
                                 "  ((call function: (identifier) @name) @site\n"
                                 "    (#eq? @name \"slow\")\n"
                                 "    (#in-function? @site)\n"
                                 "    (#not-decorated? @site \"cached\"))\n"
                                 "evidence: \"`{site}` is slow\"\n"
                                 "fix: Cache it.\n"
                                 "tradeoffs: Memory.\n"
                                 "measure: \"Time {function}.\"\n"
                                 "examples:\n"
                                 "  - bad: |\n"
                                 "      def f():\n"
                                 "          slow()  # expect\n"
                                 "  - good: fast()\n";
static const char RULES_HELD[] = "id: py-held\n"
                                 "title: A list where a set would do\n"
                                 "checklist: P1\n"
                                 "lever: algorithm\n"
                                 "severity: high\n"
                                 "match: |\n"
                                 "  ((comparison_operator (_) @needle \"in\" (identifier) @hay) @site\n"
                                 "    (#in-loop? @site)\n"
                                 "    (#type? @hay list)\n"
                                 "    (#lives-outside-loop? @hay))\n"
                                 "evidence: \"`{hay}` is a list ({hay.origin})\"\n"
                                 "cost:\n"
                                 "  before: loop.n * hay.n / 2 * compare\n"
                                 "  after: hay.n * set_insert + loop.n * set_lookup\n"
                                 "fix: Use a set.\n"
                                 "tradeoffs: Items must be hashable.\n"
                                 "measure: \"Time {function}.\"\n"
                                 "examples:\n"
                                 "  - bad: |\n"
                                 "      seen = []\n"
                                 "      for x in xs:\n"
                                 "          x in seen  # expect\n"
                                 "  - good: x in seen\n";
static const char RULES_LOG[] = "id: py-log\n"
                                "title: A log call\n"
                                "checklist: P7\n"
                                "lever: work\n"
                                "severity: low\n"
                                "tier: hot\n"
                                "match: |\n"
                                "  ((call function: (identifier) @name) @site (#eq? @name \"log\"))\n"
                                "evidence: \"`{site}` formats\"\n"
                                "fix: Drop it.\n"
                                "tradeoffs: Fewer logs.\n"
                                "measure: \"Time {function}.\"\n"
                                "examples:\n"
                                "  - bad: |\n"
                                "      log(x)  # expect\n"
                                "  - good: fast()\n";

/* A pause that matters on an event loop only; a class that a guard makes small. */
static const char RULES_PAUSE[] = "id: py-pause\n"
                                  "title: A pause on the event loop\n"
                                  "checklist: P9\n"
                                  "lever: work\n"
                                  "severity: high\n"
                                  "match: |\n"
                                  "  ((call function: (identifier) @name) @site\n"
                                  "    (#eq? @name \"pause\")\n"
                                  "    (#async? @site))\n"
                                  "evidence: \"`{site}` stops the event loop\"\n"
                                  "fix: Await it.\n"
                                  "tradeoffs: None.\n"
                                  "measure: \"Time {function}.\"\n"
                                  "examples:\n"
                                  "  - bad: |\n"
                                  "      async def f():\n"
                                  "          pause()  # expect\n"
                                  "  - good: pause()\n";
static const char RULES_WIDE[] = "id: py-wide\n"
                                 "title: A class without its guard\n"
                                 "checklist: P3\n"
                                 "lever: algorithm\n"
                                 "severity: low\n"
                                 "match: |\n"
                                 "  ((class_definition name: (_) @site body: (_) @body)\n"
                                 "    (#not-has-text? @body \"guard\"))\n"
                                 "evidence: \"`{site}` is wide\"\n"
                                 "fix: Guard it.\n"
                                 "tradeoffs: None.\n"
                                 "measure: \"Weigh it.\"\n"
                                 "examples:\n"
                                 "  - bad: |\n"
                                 "      class A:  # expect\n"
                                 "          pass\n"
                                 "  - good: pause()\n";

static uint64_t still(void *ctx)
{
    (void)ctx;
    return 0;
}
static const struct clock STILL = {still, NULL};

static struct catalogue *fixture_catalogue(const char *const *texts, size_t count)
{
    struct rule_source sources[8];
    static char names[8][64];
    struct catalogue *catalogue = NULL;
    struct err err = {0};

    for (size_t i = 0; i < count; i++) { /* a text starts with "id: " */
        snprintf(names[i], sizeof(names[i]), "%.*s.yaml", (int)strcspn(texts[i] + 4, "\n"), texts[i] + 4);
        sources[i] = (struct rule_source){view_of(names[i]), view_of(texts[i])};
    }
    if (catalogue_new(sources, count, &catalogue, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return catalogue;
}

__attribute__((unused)) static struct catalogue *small_catalogue(void)
{
    static const char *const TEXTS[] = {RULES_SCAN, RULES_SLOW,  RULES_HELD,
                                        RULES_LOG,  RULES_PAUSE, RULES_WIDE};
    return fixture_catalogue(TEXTS, COUNT_OF(TEXTS));
}

enum { FIXTURE_LINES = 200, FIXTURE_HUNKS = 64 };

struct fixture_delta {
    struct delta delta;
    struct hunk hunks[FIXTURE_HUNKS];
};

static size_t split_lines(struct view text, struct view *lines)
{
    size_t count = 0;
    struct view rest = text, line;
    while (text.len > 0 && view_split(&rest, '\n', &line) && (rest.ptr != NULL || line.len > 0))
        lines[count++] = line;
    return count;
}

/* The longest common run of lines stays; all else is hunks. */
static void fixture_diff(struct fixture_delta *out)
{
    static uint16_t common[FIXTURE_LINES + 1][FIXTURE_LINES + 1];
    static struct view a[FIXTURE_LINES], b[FIXTURE_LINES];
    size_t n = split_lines(out->delta.base, a), m = split_lines(out->delta.head, b), i = 0, j = 0;

    memset(common, 0, sizeof(common));
    for (size_t x = n; x-- > 0;)
        for (size_t y = m; y-- > 0;)
            common[x][y] = view_equal(a[x], b[y])                ? (uint16_t)(common[x + 1][y + 1] + 1)
                           : common[x + 1][y] > common[x][y + 1] ? common[x + 1][y]
                                                                 : common[x][y + 1];
    while (i < n || j < m) {
        size_t i0 = i, j0 = j;
        if (i < n && j < m && view_equal(a[i], b[j])) {
            i++;
            j++;
            continue;
        }
        while ((i < n || j < m) && !(i < n && j < m && view_equal(a[i], b[j])))
            if (j == m || (i < n && common[i + 1][j] >= common[i][j + 1]))
                i++;
            else
                j++;
        out->hunks[out->delta.hunk_count++] =
            (struct hunk){(uint32_t)(i > i0 ? i0 + 1 : i0), (uint32_t)(i - i0),
                          (uint32_t)(j > j0 ? j0 + 1 : j0), (uint32_t)(j - j0)};
    }
}

__attribute__((unused)) static void fixture_make(struct fixture_delta *out, const char *path,
                                                 const char *base_path, const char *base, const char *head)
{
    *out = (struct fixture_delta){.delta = {.path = view_of(path),
                                            .base_path = view_of(base_path != NULL ? base_path : path),
                                            .head = view_of(head),
                                            .base = view_of(base)}};
    fixture_diff(out);
    out->delta.hunks = out->hunks;
}

static struct review *fixture_run(const struct catalogue *catalogue, const struct delta *deltas, size_t count,
                                  const struct review_options *options, struct arena *arena)
{
    static const struct review_options NONE = {0};
    struct review *review = NULL;
    struct err err = {0};

    if (review_run(catalogue, deltas, count, options != NULL ? options : &NONE, &STILL, arena, &review,
                   &err) != ERR_OK)
        fail_msg("%s", err.message);
    return review;
}

/* A whole file under review. */
__attribute__((unused)) static struct review *fixture_whole(const struct catalogue *catalogue,
                                                            const char *path, struct view text,
                                                            const struct review_options *options,
                                                            struct arena *arena)
{
    struct delta delta = {.path = view_of(path), .base_path = view_of(path), .head = text, .whole = true};
    return fixture_run(catalogue, &delta, 1, options, arena);
}
