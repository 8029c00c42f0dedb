/** @file engine_test.h  What the engine's tests share: a tree, a compiled pattern, a catalogue of one rule.
 */
#pragma once
#include "engine/engine_internal.h"
#include "engine/examples.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEST_ARENA_BYTES = 64 * 1024 * 1024 };

static inline uint64_t test_now(void *ctx)
{
    (void)ctx;
    return 0;
}

static inline struct tree *test_parse(enum language language, const char *text, struct arena *arena)
{
    static const struct clock clock = {test_now, NULL};
    struct tree *tree = NULL;
    struct err err = {0};
    if (tree_parse(language, view_of(text), &SYNTAX_LIMITS_DEFAULT, &clock, arena, &tree, &err) != ERR_OK) {
        fprintf(stderr, "parse: %s\n", err.message);
        abort();
    }
    return tree;
}

static inline struct facts *test_facts(enum language language, const char *text, struct arena *arena)
{
    struct tree *tree = test_parse(language, text, arena);
    struct facts *facts = NULL;
    struct err err = {0};
    if (facts_build(tree, arena, &facts, &err) != ERR_OK) {
        fprintf(stderr, "facts: %s\n", err.message);
        abort();
    }
    return facts;
}

/* A pattern text that is compiled by itself. */
struct test_pattern {
    struct arena *arena;
    struct view captures[CAPTURES_MAX];
    size_t capture_count;
    struct regex_list regexes;
    struct program_list programs;
    struct err err;
    enum err_code code;
};

static inline void test_pattern_init(struct test_pattern *out, enum language language, struct view text)
{
    struct place place = {VIEW("p"), 1, 1, true};
    struct compile compile;

    *out = (struct test_pattern){
        .arena = arena_new(TEST_ARENA_BYTES), .captures = {VIEW("site")}, .capture_count = 1};
    compile = (struct compile){.arena = out->arena,
                               .language = language,
                               .captures = out->captures,
                               .capture_count = &out->capture_count,
                               .regexes = &out->regexes};
    out->code = pattern_compile(&compile, text, &place, &out->programs, &out->err);
}

static inline void test_pattern_deinit(struct test_pattern *pattern)
{
    for (size_t i = 0; i < pattern->regexes.count; i++)
        pattern_free(pattern->regexes.items[i]);
    arena_free(pattern->arena);
}

/* A rule file with a given id and the YAML of its `match`, else of the plainest kind. */
static inline struct view test_rule(struct arena *arena, const char *id, const char *match,
                                    const char *evidence)
{
    bool rust = id[0] != 'p' || id[2] == 'o';
    return arena_format(arena,
                        "id: %s\ntitle: T\nchecklist: '-'\nlever: work\nseverity: low\nmatch:%s\n"
                        "evidence: '%s'\nfix: f\ntradeoffs: t\nmeasure: m\n"
                        "examples:\n  - bad: 'x %s expect'\n  - good: x\n",
                        id, match, evidence, rust ? "//" : "#");
}

struct test_source {
    const char *id, *match, *evidence;
};

static inline struct catalogue *test_catalogue(struct arena *arena, const struct test_source *sources,
                                               size_t count)
{
    struct rule_source files[16];
    struct catalogue *catalogue = NULL;
    struct err err = {0};
    for (size_t i = 0; i < count && i < COUNT_OF(files); i++) {
        files[i].name = arena_format(arena, "%s.yaml", sources[i].id);
        files[i].text = test_rule(arena, sources[i].id, sources[i].match,
                                  sources[i].evidence != NULL ? sources[i].evidence : "e");
    }
    if (catalogue_new(files, count, &catalogue, &err) != ERR_OK) {
        fprintf(stderr, "%s\n", err.message);
        abort();
    }
    return catalogue;
}
