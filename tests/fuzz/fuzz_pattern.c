/* Bytes as the text of a pattern: it compiles or is refused with its place, and what compiles is matched on
 * a fixed tree within its limits. */
#include "engine/engine_internal.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char SOURCE[] = "import a.b as c\n"
                             "def f(x: list[int], *y, z=1):\n"
                             "    for i, j in enumerate(x):  # a comment\n"
                             "        while y: x.append(f'{i} {j!r}'); y = y[1:]\n"
                             "        if i in x and not j: return [k for k in x if k]\n"
                             "async def g(): await c.d(lambda: f(1, 2, *[3], a=4))\n";

static uint64_t now(void *ctx)
{
    (void)ctx;
    return 0;
}

static bool found(void *ctx, struct look *look)
{
    uint32_t *count = ctx;
    assert(look->nodes[0] != NODE_NONE);
    return ++*count % 3 == 0;
}

static void match(const struct program_list *programs, struct arena *arena)
{
    static const struct clock clock = {now, NULL};
    struct tree *tree = NULL;
    struct facts *facts = NULL;
    struct look look;
    uint32_t count = 0;

    if (tree_parse(LANGUAGE_PYTHON, VIEW(SOURCE), &SYNTAX_LIMITS_DEFAULT, &clock, arena, &tree, NULL) !=
            ERR_OK ||
        facts_build(tree, arena, &facts, NULL) != ERR_OK)
        return;
    look_init(&look, tree, facts);
    for (size_t p = 0; p < programs->count && p < 8; p++)
        for (uint32_t node = 0; node < tree->count; node++) {
            (void)program_match(&look, programs->items[p], node, found, &count);
            for (size_t c = 0; c < CAPTURES_MAX; c++)
                assert(look.nodes[c] == NODE_NONE);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(32 << 20);
    struct view captures[CAPTURES_MAX] = {VIEW("site")};
    size_t capture_count = 1;
    struct regex_list regexes = {0};
    struct program_list programs = {0};
    struct compile compile = {.arena = arena,
                              .language = LANGUAGE_PYTHON,
                              .captures = captures,
                              .capture_count = &capture_count,
                              .regexes = &regexes};
    struct place place = {VIEW("p"), 1, 1, true};
    struct view text = {(const char *)data, size};
    struct err err = {0};
    enum err_code code = pattern_compile(&compile, text, &place, &programs, &err);

    if (code == ERR_OK)
        match(&programs, arena);
    else
        assert(code != ERR_INVALID || strncmp(err.message, "p:", 2) == 0);
    for (size_t i = 0; i < regexes.count; i++)
        pattern_free(regexes.items[i]);
    arena_free(arena);
    return 0;
}
