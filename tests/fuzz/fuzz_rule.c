/* Bytes as a rule file: it is refused with its place, or it can be matched and rendered. */
#include "engine/examples.h"
#include "engine/match.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char SOURCE[] = "s = []\n"
                             "def f(x):\n"
                             "    for i in x:\n"
                             "        slow(s, f'{i} {x:.2f}')\n"
                             "    slow()\n";

static uint64_t now(void *ctx)
{
    (void)ctx;
    return 0;
}

static void render(const struct match *match, struct facts *facts)
{
    const struct variant *variant = match->variant;
    const struct view texts[] = {variant->evidence, variant->fix, variant->impact, match->rule->measure};
    struct render how = {VIEW("a.py"), 10, false};
    struct buffer out;

    buffer_init(&out, 1 << 16);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        (void)match_render(match, texts[i], facts, &how, &out);
    how.code = true;
    for (size_t i = 0; i < variant->patch.edit_count; i++) {
        (void)match_node(match, facts, variant->patch.edits[i].at);
        (void)match_render(match, variant->patch.edits[i].with, facts, &how, &out);
    }
    (void)match_holds(match, variant->patch.when, facts);
    buffer_deinit(&out);
}

static void use(const struct catalogue *catalogue, struct arena *arena)
{
    static const struct clock clock = {now, NULL};
    static const struct match_options options = {.opt_in = true};
    struct tree *tree = NULL;
    struct facts *facts = NULL;
    struct match_list list = {0};

    if (tree_parse(LANGUAGE_PYTHON, VIEW(SOURCE), &SYNTAX_LIMITS_DEFAULT, &clock, arena, &tree, NULL) !=
            ERR_OK ||
        facts_build(tree, arena, &facts, NULL) != ERR_OK ||
        catalogue_match(catalogue, facts, &options, arena, &list, NULL) != ERR_OK)
        return;
    for (size_t i = 0; i < list.count; i++)
        render(&list.items[i], facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rule_source source = {VIEW("py-sample.yaml"), {(const char *)data, size}};
    struct catalogue *catalogue = NULL;
    struct err err = {0};
    enum err_code code = catalogue_new(&source, 1, &catalogue, &err);

    if (code == ERR_OK) {
        struct arena *arena = arena_new(32 << 20);
        use(catalogue, arena);
        arena_free(arena);
    } else {
        assert(code != ERR_INVALID || strncmp(err.message, "py-sample.yaml:", 15) == 0);
    }
    catalogue_free(catalogue);
    return 0;
}
