/** @file hostile_fixture.h  What the tests of hostile files share: shapes of any length, what it costs to
 *  analyse and review them, and every prefix of the rules' own examples. */
#pragma once
#include "engine/match.h"
#include "facts/facts.h"
#include "review_fixture.h"
#include <time.h>

enum {
    ARENA_BYTES = 256 << 20,
    STEPS = 16,        /* times larger */
    SLACK = 5,         /* times more than linear that is not told from noise */
    NOISE_US = 100000, /* less than this is not compared */
    PREFIX_BYTES = 6000,
    PREFIX_EXAMPLES = 3, /* of each rule, at most */
    WHOLE_EVERY = 211,   /* prefixes that are reviewed with patches and all */
};

static struct catalogue *rules;

/* head, count times unit, middle, count times close, tail; `$` in a unit is its number. */
struct shape {
    const char *name, *head, *unit, *middle, *close, *tail;
    uint32_t count;
};

static inline uint64_t cpu_us(void)
{
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static inline void add_times(struct buffer *out, const char *unit, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (const char *at = unit; *at != '\0'; at++)
            if (*at == '$')
                buffer_add_format(out, "%u", i);
            else
                buffer_add_byte(out, *at);
}

static inline void write_shape(const struct shape *shape, uint32_t count, struct buffer *out)
{
    buffer_init(out, 4 << 20);
    buffer_add_text(out, shape->head);
    add_times(out, shape->unit, count);
    buffer_add_text(out, shape->middle);
    add_times(out, shape->close, count);
    buffer_add_text(out, shape->tail);
    assert_int_equal(out->failed, ERR_OK);
}

/* What stands below the review, which would pass over a line that is too long: parse, facts, rules. */
static inline size_t analyse(enum language language, struct view text)
{
    static const struct match_options options = {.opt_in = true};
    struct arena *arena = arena_new(ARENA_BYTES);
    struct tree *tree = NULL;
    struct facts *facts = NULL;
    struct match_list list = {0};
    struct err err = {0};
    size_t bytes;
    enum err_code code = tree_parse(language, text, &SYNTAX_LIMITS_DEFAULT, &STILL, arena, &tree, &err);

    if (code == ERR_OK)
        code = facts_build(tree, arena, &facts, &err);
    if (code == ERR_OK)
        code = catalogue_match(rules, facts, &options, arena, &list, &err);
    assert_true(code == ERR_OK || code == ERR_LIMIT);
    bytes = arena_used_bytes(arena);
    arena_free(arena);
    return bytes;
}

/* The whole of it, patches and renderings too. */
static inline void review(enum language language, struct view text)
{
    struct review_options options = {.pedantic = true};
    struct view path = language == LANGUAGE_PYTHON ? VIEW("a.py") : VIEW("a.rs");
    struct delta delta = {.path = path, .base_path = path, .head = text, .whole = true};
    struct arena *arena = arena_new(ARENA_BYTES);
    struct review *out = NULL;
    struct buffer json;
    struct err err = {0};
    enum err_code code = review_run(rules, &delta, 1, &options, &STILL, arena, &out, &err);

    assert_true(code == ERR_OK || code == ERR_LIMIT);
    buffer_init(&json, 64 << 20);
    if (code == ERR_OK)
        review_render_json(out, &json);
    buffer_deinit(&json);
    arena_free(arena);
}

static inline uint64_t cost(enum language language, const struct shape *shape, uint32_t count, size_t *bytes)
{
    struct buffer text;
    uint64_t start;

    write_shape(shape, count, &text);
    start = cpu_us();
    *bytes = analyse(language, buffer_view(&text));
    review(language, buffer_view(&text));
    start = cpu_us() - start;
    buffer_deinit(&text);
    return start;
}

/* How many shapes cost more than linear. */
static inline size_t count_faster_than_linear(enum language language, const struct shape *shapes,
                                              size_t count)
{
    size_t wrong = 0;

    for (const struct shape *shape = shapes; shape < shapes + count; shape++) {
        size_t small_bytes, bytes;
        uint64_t small = cost(language, shape, shape->count / STEPS, &small_bytes),
                 us = cost(language, shape, shape->count, &bytes);
        bool slow = us > NOISE_US && us > small * STEPS * SLACK, large = bytes > small_bytes * STEPS * 2;
        if (!slow && !large)
            continue;
        wrong++;
        print_error("%s: %lu us and %zu bytes, a sixteenth of it %lu us and %zu bytes\n", shape->name,
                    (unsigned long)us, bytes, (unsigned long)small, small_bytes);
    }
    return wrong;
}

static inline void analyse_shapes(enum language language, const struct shape *shapes, size_t count)
{
    for (const struct shape *shape = shapes; shape < shapes + count; shape++) {
        struct buffer text;
        write_shape(shape, shape->count, &text);
        (void)analyse(language, buffer_view(&text));
        review(language, buffer_view(&text));
        buffer_deinit(&text);
    }
}

/* The rules' own examples, so that every prefix ends within something that a rule looks at. */
static inline void analyse_prefixes(enum language language, bool pyo3)
{
    size_t count;
    const struct rule *const *all = catalogue_rules(rules, &count);
    struct buffer text;

    buffer_init(&text, 1 << 20);
    for (size_t e = 0; e < PREFIX_EXAMPLES; e++)
        for (size_t i = 0; i < count && text.len < PREFIX_BYTES; i++)
            if (all[i]->language == language && all[i]->pyo3 == pyo3 && e < all[i]->example_count)
                buffer_add(&text, all[i]->examples[e].text);
    assert_true(text.len >= PREFIX_BYTES);
    for (size_t len = 0; len <= PREFIX_BYTES; len++) {
        /* A copy that ends where the prefix does: a byte read past it is seen by the sanitizer. */
        char *copy = malloc(len + 1);
        assert_non_null(copy);
        memcpy(copy, text.ptr, len);
        (void)analyse(language, (struct view){copy, len});
        if (len % WHOLE_EVERY == 0)
            review(language, (struct view){copy, len});
        free(copy);
    }
    buffer_deinit(&text);
}

static inline int compile_rules(void **state)
{
    size_t count;
    const struct rule_source *sources = rule_sources_embedded(&count);
    (void)state;
    return catalogue_new(sources, count, &rules, NULL) == ERR_OK ? 0 : -1;
}

static inline int free_rules(void **state)
{
    (void)state;
    catalogue_free(rules);
    return 0;
}
