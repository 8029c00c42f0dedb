/* The walk: one linear pass over a file's nodes, the index at each, and the list of what holds. */
#include "engine_internal.h"
#include "syntax/rust_kinds.h"
#include <stdlib.h>
#include <string.h>

/* Whether the file holds the names that an entry asks for. */
enum chance { CHANCE_UNKNOWN, CHANCE_SOME, CHANCE_NONE };

struct walk {
    const struct catalogue *catalogue;
    const struct match_options *options;
    struct look look;
    struct arena *arena;
    struct match_list *list;
    struct err *err;
    size_t matches_max;
    bool pyo3; /* the file uses it */
    struct vocabulary vocabulary;
    uint8_t *chances; /* by entry: enum chance */
    /* while one program is matched: */
    const struct entry *entry;
    uint32_t root;
    uint8_t missing; /* enum surroundings: those that the root does not stand in */
    size_t first;    /* the first match of this program at this root */
    bool failed;
};

static bool is_known(const struct walk *walk, uint32_t site)
{
    for (size_t i = walk->first; i < walk->list->count; i++)
        if (walk->list->items[i].nodes[0] == site)
            return true;
    return false;
}

/* A program may find several sites below one root; where the site is the root, one match is enough. */
static bool record(void *ctx, struct look *look)
{
    struct walk *walk = ctx;
    struct match_list *list = walk->list;
    uint32_t site = look->nodes[0];
    struct match *match;

    if (is_known(walk, site))
        return false;
    if (list->count == walk->matches_max) {
        err_set(walk->err, ERR_LIMIT, "more than %zu places where a rule holds", walk->matches_max);
        walk->failed = true;
        return true;
    }
    if (arena_grow(walk->arena, (void **)&list->items, list->count, &list->cap, sizeof(*list->items),
                   walk->err) != ERR_OK) {
        walk->failed = true;
        return true;
    }
    match = &list->items[list->count++];
    match->rule = walk->entry->rule;
    match->variant = walk->entry->variant;
    memcpy(match->nodes, look->nodes, sizeof(match->nodes));
    return site == walk->root;
}

static bool has_chance(struct walk *walk, uint32_t number)
{
    uint8_t *chance = &walk->chances[number];

    if (*chance == CHANCE_UNKNOWN)
        *chance = vocabulary_has(&walk->vocabulary, walk->look.tree->language,
                                 walk->catalogue->entries[number].program)
                      ? CHANCE_SOME
                      : CHANCE_NONE;
    return *chance == CHANCE_SOME;
}

static enum err_code try_entry(void *ctx, uint32_t number)
{
    struct walk *walk = ctx;
    const struct entry *entry = &walk->catalogue->entries[number];

    if ((entry->program->needs & walk->missing) != 0 || (entry->rule->pyo3 && !walk->pyo3) ||
        (entry->variant->tier == TIER_OPT_IN && !walk->options->opt_in) || !has_chance(walk, number))
        return ERR_OK;
    walk->entry = entry;
    walk->first = walk->list->count;
    program_match(&walk->look, entry->program, walk->root, record, walk);
    return walk->failed ? walk->err->code : ERR_OK;
}

/* Whether lines [first, last] hold a touched one. */
static bool touched(const struct match_options *options, uint32_t first, uint32_t last)
{
    size_t low = 0, high = options->line_pair_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (options->lines[2 * middle + 1] < first)
            low = middle + 1;
        else
            high = middle;
    }
    return low < options->line_pair_count && options->lines[2 * low] <= last;
}

/* Past an outermost function that starts at @p node and holds no touched line; else @p node itself. */
static uint32_t skip_untouched(const struct walk *walk, uint32_t node, size_t *next_function)
{
    const struct facts *facts = walk->look.facts;
    const struct tree *tree = walk->look.tree;

    while (*next_function < facts->function_count) {
        const struct function *function = &facts->functions[*next_function];
        if (function->outer > node)
            break;
        (*next_function)++;
        if (function->outer == node && function->parent == FACT_NONE &&
            !touched(walk->options, tree->nodes[function->outer].line, node_end_line(tree, function->node)))
            return tree->nodes[function->node].next;
    }
    return node;
}

static uint8_t missing_surroundings(const struct facts *facts, uint32_t node)
{
    const struct context *context = facts_context(facts, node);
    uint8_t missing = 0;

    if (context->loop == FACT_NONE)
        missing |= IN_LOOP;
    if (context->function == FACT_NONE || (facts->functions[context->function].flags & FUNCTION_ASYNC) == 0)
        missing |= IN_ASYNC;
    return missing;
}

static enum err_code walk_nodes(struct walk *walk)
{
    const struct tree *tree = walk->look.tree;
    const struct index *index = &walk->catalogue->indexes[tree->language];
    size_t next_function = 0;
    enum err_code code = ERR_OK;

    for (uint32_t i = 0; i < tree->count && code == ERR_OK; i++) {
        if (walk->options->lines != NULL) {
            uint32_t past = skip_untouched(walk, i, &next_function);
            if (past != i) {
                i = past - 1;
                continue;
            }
        }
        if (!index_has(index, tree->nodes[i].kind) || (tree->nodes[i].flags & NODE_IN_ERROR) != 0)
            continue;
        walk->root = i;
        walk->missing = missing_surroundings(walk->look.facts, i);
        code = index_visit(index, &walk->look, i, walk->missing, try_entry, walk);
    }
    return code;
}

/* By site, then rule, then the variant that stands first in its file. */
static int compare(const void *left, const void *right)
{
    const struct match *a = left, *b = right;
    if (a->nodes[0] != b->nodes[0])
        return a->nodes[0] < b->nodes[0] ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule->index < b->rule->index ? -1 : 1;
    if (a->variant != b->variant)
        return a->variant < b->variant ? -1 : 1;
    for (size_t i = 1; i < CAPTURES_MAX; i++)
        if (a->nodes[i] != b->nodes[i])
            return a->nodes[i] < b->nodes[i] ? -1 : 1;
    return 0;
}

static void keep_first_variants(struct match_list *list)
{
    size_t kept = 0;

    if (list->count == 0)
        return;
    qsort(list->items, list->count, sizeof(*list->items), compare);
    for (size_t i = 1; i < list->count; i++)
        if (list->items[i].rule != list->items[kept].rule ||
            list->items[i].nodes[0] != list->items[kept].nodes[0])
            list->items[++kept] = list->items[i];
    list->count = kept + 1;
}

/* Whether two matches of a rule speak of one variable in one loop. */
static bool same_subject(const struct facts *facts, const struct match *a, const struct match *b)
{
    uint32_t left = a->nodes[a->rule->subject], right = b->nodes[b->rule->subject];
    const struct binding *binding;

    if (left == NODE_NONE || right == NODE_NONE ||
        facts_loop(facts, a->nodes[0]) != facts_loop(facts, b->nodes[0]))
        return false;
    binding = facts_binding(facts, left);
    if (binding != NULL || facts_binding(facts, right) != NULL)
        return binding == facts_binding(facts, right);
    return view_equal(node_text(facts->tree, left), node_text(facts->tree, right));
}

enum { SUBJECT_LOOK_MAX = 256 }; /* matches before one that are looked at: a loop may hold thousands */

/* Of the matches of a rule on one subject in one loop the first stays. */
static void keep_first_of_subject(struct match_list *list, const struct facts *facts)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct match *match = &list->items[i];
        const struct loop *loop = facts_loop(facts, match->nodes[0]);
        size_t looked = 0;
        bool told = false;
        if (match->rule->subject < CAPTURES_MAX && loop != NULL)
            for (size_t j = kept;
                 j-- > 0 && !told && looked++ < SUBJECT_LOOK_MAX && list->items[j].nodes[0] >= loop->node;)
                told = list->items[j].rule == match->rule && same_subject(facts, &list->items[j], match);
        if (!told)
            list->items[kept++] = *match;
    }
    list->count = kept;
}

/* Of the matches of a rule that stand in each other the outermost stays: a chain of operators is one place.
 */
static enum err_code keep_outermost(struct match_list *list, const struct walk *walk)
{
    const struct node *nodes = walk->look.tree->nodes;
    uint32_t *ends = ARENA_ARRAY(walk->arena, uint32_t, walk->catalogue->rule_count);
    size_t kept = 0;

    if (ends == NULL)
        return arena_full(walk->arena, walk->err);
    for (size_t i = 0; i < list->count; i++) {
        const struct match *match = &list->items[i];
        uint32_t *end = &ends[match->rule->index];
        if (match->rule->outermost && match->nodes[0] < *end)
            continue;
        *end = nodes[match->nodes[0]].next;
        list->items[kept++] = *match;
    }
    list->count = kept;
    return ERR_OK;
}

/* Whether a Rust file names the crate in its code, be it in a use or in a path. */
static bool uses_pyo3(const struct tree *tree)
{
    if (tree->language != LANGUAGE_RUST || view_find(tree->text, VIEW("pyo3"), 0) == SIZE_MAX)
        return false;
    for (uint32_t i = 0; i < tree->count; i++)
        if (tree->nodes[i].kind == RUST_sym_identifier && view_is(node_text(tree, i), "pyo3"))
            return true;
    return false;
}

enum err_code catalogue_match(const struct catalogue *catalogue, struct facts *facts,
                              const struct match_options *options, struct arena *arena,
                              struct match_list *out, struct err *err)
{
    struct err own;
    struct match_list list = {0};
    struct walk walk = {.catalogue = catalogue,
                        .options = options,
                        .arena = arena,
                        .list = &list,
                        .err = err != NULL ? err : &own};
    enum err_code code;

    walk.matches_max = options->matches_max > 0 ? options->matches_max : MATCHES_MAX_DEFAULT;
    look_init(&walk.look, facts->tree, facts);
    walk.pyo3 = uses_pyo3(facts->tree);
    walk.chances = ARENA_ARRAY(arena, uint8_t, catalogue->entry_count + 1);
    if (walk.chances == NULL)
        return arena_full(arena, walk.err);
    vocabulary_read(&walk.vocabulary, facts->tree);
    code = walk_nodes(&walk);
    if (code != ERR_OK)
        return code;
    keep_first_variants(&list);
    keep_first_of_subject(&list, facts);
    code = keep_outermost(&list, &walk);
    if (code != ERR_OK)
        return code;
    *out = list;
    return ERR_OK;
}

uint32_t match_node(const struct match *match, struct facts *facts, struct view name)
{
    const struct loop *loop = facts_loop(facts, match->nodes[0]);
    const struct function *function = facts_named_function(facts, match->nodes[0]);
    uint8_t capture = capture_find(match->rule->captures, match->rule->capture_count, name);

    if (capture != CAPTURE_NONE)
        return match->nodes[capture];
    if (view_is(name, "loop"))
        return loop != NULL ? loop->node : NODE_NONE;
    if (view_is(name, "function"))
        return function != NULL ? function->node : NODE_NONE;
    return NODE_NONE;
}

bool match_holds(const struct match *match, const struct program *when, struct facts *facts)
{
    struct look look;

    if (when == NULL)
        return true;
    look_init(&look, facts->tree, facts);
    memcpy(look.nodes, match->nodes, sizeof(look.nodes));
    return program_holds(&look, when);
}
