/* One side of a delta: parsed, its facts gathered, its rules matched, its code made comparable. */
#include "base/hash.h"
#include "review_internal.h"
#include <stdlib.h>
#include <string.h>

static uint64_t now(const struct run *run)
{
    return run->clock->now_ns(run->clock->ctx);
}

enum err_code source_load(struct run *run, struct source *source, struct err *err)
{
    struct match_options options = {.opt_in = run->options->pedantic};
    const struct facts_around around = {
        .project = project_of(run->options->projects, run->options->project_count, source->path),
        .models = run->models,
        .natives = run->natives};
    enum err_code code;
    uint64_t start, parsed, gathered;

    if (source->arena != NULL)
        return ERR_OK;
    source->arena = arena_new(FILE_ARENA_BYTES);
    if (source->arena == NULL)
        return err_set(err, ERR_MEMORY, "no memory for %.*s", VIEW_ARG(source->path));
    start = now(run);
    code = tree_parse(source->language, source->text, &run->limits, run->clock, source->arena, &source->tree,
                      err);
    parsed = now(run);
    if (code == ERR_OK)
        code = facts_build_around(source->tree, &around, source->arena, &source->facts, err);
    gathered = now(run);
    if (code == ERR_OK)
        code = catalogue_match(run->catalogue, source->facts, &options, source->arena, &source->matches, err);
    run->parse_ns += parsed - start;
    run->facts_ns += gathered - parsed;
    run->rules_ns += now(run) - gathered;
    if (code != ERR_OK)
        source_free(source);
    return code;
}

void source_free(struct source *source)
{
    arena_free(source->arena);
    source->arena = NULL;
    source->tree = NULL;
    source->facts = NULL;
    source->matches = (struct match_list){0};
}

/* A string's quotes, with its prefix letters: `'`, `rb'''`. */
static bool is_quote(struct view token)
{
    size_t letters = 0;
    while (letters < token.len && strchr("rRbBfFuUtT", token.ptr[letters]) != NULL)
        letters++;
    for (size_t i = letters; i < token.len; i++)
        if (token.ptr[i] != '\'')
            return false;
    return letters < token.len && token.len - letters <= 3;
}

static void add_token(struct buffer *out, struct view token)
{
    struct view so_far = buffer_view(out);

    token = view_trim(token);
    if (token.len == 0)
        return;
    /* What formatters add and take away must not make old code look new. */
    if (token.len == 1 && strchr(")]}", token.ptr[0]) != NULL && view_ends(so_far, " ,")) {
        out->len -= 2;
        out->ptr[out->len] = '\0';
    }
    if (out->len > 0)
        buffer_add_byte(out, ' ');
    if (!is_quote(token)) {
        buffer_add(out, token);
        return;
    }
    for (size_t i = 0; i < token.len; i++)
        buffer_add_byte(out, token.ptr[i] == '\'' ? '"' : token.ptr[i]);
}

/* Text between two leaves (a string's content around its escapes) is a token too. */
void code_normalise(const struct tree *tree, uint32_t node, struct buffer *out)
{
    uint32_t at = node, end = tree->nodes[node].next, byte = tree->nodes[node].start;

    buffer_clear(out);
    while (at < end) {
        const struct node *n = &tree->nodes[at];
        bool extra = (n->flags & NODE_EXTRA) != 0 && at != node;

        if (!extra && n->next > at + 1) {
            at++;
            continue;
        }
        if (n->start > byte)
            add_token(out, view_slice(tree->text, byte, n->start));
        if (!extra)
            add_token(out, view_slice(tree->text, n->start, n->end));
        byte = n->end > byte ? n->end : byte;
        at = n->next;
    }
    add_token(out, view_slice(tree->text, byte, tree->nodes[node].end));
}

uint64_t function_hash(const struct facts *facts, uint32_t node)
{
    const struct function *function = facts_named_function(facts, node);
    return function == NULL ? 0 : hash_finish(hash_add(HASH_SEED, facts_function_name(facts, function)));
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    return hash_finish(hash_add(hash_add(HASH_SEED, (struct view){(char *)&a, sizeof(a)}),
                                (struct view){(char *)&b, sizeof(b)}));
}

static void fill_site(struct run *run, const struct source *source, const struct match *match,
                      struct site *site)
{
    uint32_t node = match->nodes[0], line = source->tree->nodes[node].line;
    const struct loop *loop = facts_loop(source->facts, node);

    site->rule = match->rule;
    site->depth = loop == NULL ? 0 : loop->depth < LOOP_DEPTH_CLASS_MAX ? loop->depth : LOOP_DEPTH_CLASS_MAX;
    site->function = function_hash(source->facts, node);
    code_normalise(source->tree, node, &run->text);
    site->code = hash_finish(hash_add(hash_add(HASH_SEED, match->rule->id), buffer_view(&run->text)));
    if (node_end_line(source->tree, node) > line)
        site->header = mix(mix(site->function, match->rule->index),
                           hash_add(HASH_SEED, view_trim(tree_line_text(source->tree, line))));
}

struct numbered {
    uint64_t key;
    size_t index;
};

static int compare_numbered(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Count equal sites of one file, in the order of the text. */
static enum err_code number_sites(struct source *source, struct site *sites, size_t count, struct err *err)
{
    struct numbered *order = ARENA_ARRAY(source->arena, struct numbered, count);

    if (order == NULL && count > 0)
        return arena_full(source->arena, err);
    for (size_t i = 0; i < count; i++)
        order[i] = (struct numbered){mix(sites[i].code, sites[i].function), i};
    if (count > 1)
        qsort(order, count, sizeof(*order), compare_numbered);
    for (size_t i = 1; i < count; i++)
        if (order[i].key == order[i - 1].key)
            sites[order[i].index].occurrence = sites[order[i - 1].index].occurrence + 1;
    return ERR_OK;
}

bool rule_is_off(const struct review_options *options, const struct rule *rule)
{
    for (size_t i = 0; i < options->rules_off_count; i++)
        if (view_equal(options->rules_off[i], rule->id))
            return true;
    return false;
}

enum err_code source_sites(struct run *run, struct source *source, uint32_t file, struct site_list *out,
                           struct err *err)
{
    size_t first = out->count;

    for (size_t i = 0; i < source->matches.count; i++) {
        const struct match *match = &source->matches.items[i];
        void *items = out->items;

        if (rule_is_off(run->options, match->rule))
            continue;
        if (arena_grow(run->arena, &items, out->count, &out->cap, sizeof(*out->items), err) != ERR_OK)
            return err->code;
        out->items = items;
        out->items[out->count] = (struct site){.file = file, .match = (uint32_t)i};
        fill_site(run, source, match, &out->items[out->count++]);
    }
    return out->count > first ? number_sites(source, out->items + first, out->count - first, err) : ERR_OK;
}
