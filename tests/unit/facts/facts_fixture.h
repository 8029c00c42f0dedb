/** @file facts_fixture.h  A text with one node marked by << >>; the marks are taken out before it is parsed.
 *  Where the text itself needs <<, the rows use other operators. */
#pragma once
#include "facts/facts.h"
#include <stdio.h>
#include <string.h>

struct marked {
    struct arena *arena;
    struct facts *facts;
    uint32_t node; /* the outermost named node with exactly the marked text */
};

static uint64_t no_time(void *ctx)
{
    (void)ctx;
    return 0;
}

static inline void marked_open(struct marked *m, enum language language, const char *source)
{
    static const struct clock CLOCK = {no_time, NULL};
    const char *begin = strstr(source, "<<"), *end = begin != NULL ? strstr(begin, ">>") : NULL;
    size_t head, inner;
    struct tree *tree = NULL;
    struct err err = {0};
    struct view copy;
    char text[4096];
    uint16_t statement = language_kind(language, VIEW("expression_statement"), true);

    assert_non_null(begin);
    assert_non_null(end);
    head = (size_t)(begin - source);
    inner = (size_t)(end - begin) - 2;
    assert_true(strlen(source) < sizeof(text));
    snprintf(text, sizeof(text), "%.*s%.*s%s", (int)head, source, (int)inner, begin + 2, end + 2);
    m->arena = arena_new(1 << 22);
    assert_int_equal(arena_copy(m->arena, view_of(text), &copy, &err), ERR_OK);
    assert_int_equal(tree_parse(language, copy, &SYNTAX_LIMITS_DEFAULT, &CLOCK, m->arena, &tree, &err),
                     ERR_OK);
    assert_int_equal(facts_build(tree, m->arena, &m->facts, &err), ERR_OK);
    m->node = NODE_NONE;
    for (uint32_t i = 0; i < tree->count && m->node == NODE_NONE; i++)
        if (tree->nodes[i].start == head && tree->nodes[i].end == head + inner &&
            (tree->nodes[i].flags & NODE_NAMED) != 0 && tree->nodes[i].kind != statement)
            m->node = i;
    assert_int_not_equal(m->node, NODE_NONE);
}

/* One row: the type, and where the row gives one, its path. */
static inline void check_type(enum language language, const char *name, const char *source, const char *kind,
                              const char *path)
{
    struct marked m;
    const struct type *type;

    marked_open(&m, language, source);
    type = facts_type(m.facts, m.node);
    if (strcmp(type_kind_name(type->kind), kind) != 0 || (path[0] != '\0' && !view_is(type->path, path)))
        fail_msg("%s: %s %.*s", name, type_kind_name(type->kind), VIEW_ARG(type->path));
    arena_free(m.arena);
}

static inline void check_path(enum language language, const char *name, const char *source, const char *path)
{
    struct marked m;
    struct view found;

    marked_open(&m, language, source);
    found = facts_path(m.facts, m.node);
    if (!view_is(found, path))
        fail_msg("%s: %.*s", name, VIEW_ARG(found));
    arena_free(m.arena);
}
