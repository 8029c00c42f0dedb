/* Holds all rules of a program's life: read once, sorted by id, never changed after. */
#include "engine_internal.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SCRATCH_BYTES_MAX = 64 * 1024 * 1024 };

static const char *const LEVERS[] = {
    [LEVER_ALGORITHM] = "algorithm", [LEVER_LAYOUT] = "layout",     [LEVER_ALLOCATION] = "allocation",
    [LEVER_WORK] = "work",           [LEVER_BOUNDARY] = "boundary", [LEVER_CODEGEN] = "codegen",
};
static_assert(COUNT_OF(LEVERS) == LEVER_COUNT, "a name for each lever");
static const char *const SEVERITIES[] = {
    [SEVERITY_LOW] = "low", [SEVERITY_MEDIUM] = "medium", [SEVERITY_HIGH] = "high"};
static_assert(COUNT_OF(SEVERITIES) == SEVERITY_COUNT, "a name for each severity");
static const char *const CONFIDENCES[] = {
    [CONFIDENCE_LOW] = "low", [CONFIDENCE_MEDIUM] = "medium", [CONFIDENCE_HIGH] = "high"};
static_assert(COUNT_OF(CONFIDENCES) == CONFIDENCE_COUNT, "a name for each confidence");
static const char *const TIERS[] = {[TIER_DEFAULT] = "default", [TIER_HOT] = "hot", [TIER_OPT_IN] = "opt-in"};
static_assert(COUNT_OF(TIERS) == TIER_COUNT, "a name for each tier");

const char *lever_name(enum lever lever)
{
    return LEVERS[lever];
}

const char *severity_name(enum severity severity)
{
    return SEVERITIES[severity];
}

const char *confidence_name(enum confidence confidence)
{
    return CONFIDENCES[confidence];
}

const char *tier_name(enum tier tier)
{
    return TIERS[tier];
}

static int compare_rules(const void *left, const void *right)
{
    const struct rule *a = *(const struct rule *const *)left, *b = *(const struct rule *const *)right;
    int order = view_compare(a->id, b->id);
    return order != 0 ? order : view_compare(a->file, b->file);
}

/* Give each rule its place by id; the second file with the same id is refused. */
static enum err_code sort_rules(struct catalogue *catalogue, struct err *err)
{
    if (catalogue->rule_count > 0)
        qsort(catalogue->rules, catalogue->rule_count, sizeof(*catalogue->rules), compare_rules);
    for (size_t i = 0; i < catalogue->rule_count; i++) {
        struct rule *rule = (struct rule *)(uintptr_t)catalogue->rules[i];
        rule->index = (uint32_t)i;
        if (i > 0 && view_equal(rule->id, catalogue->rules[i - 1]->id))
            return err_set(err, ERR_INVALID, "%.*s:1:1: the id '%.*s' is that of %.*s too",
                           VIEW_ARG(rule->file), VIEW_ARG(rule->id), VIEW_ARG(catalogue->rules[i - 1]->file));
    }
    return ERR_OK;
}

static enum err_code load_all(struct catalogue *catalogue, const struct rule_source *sources, size_t count,
                              struct err *err)
{
    struct arena *scratch;
    enum err_code code = ERR_OK;

    if (count > RULES_MAX)
        return err_set(err, ERR_LIMIT, "%zu rule files, limit %d", count, RULES_MAX);
    scratch = arena_new(SCRATCH_BYTES_MAX);
    if (scratch == NULL)
        return err_set(err, ERR_MEMORY, "no memory left for the rules");
    code = words_load(&catalogue->words, catalogue->arena, scratch, &catalogue->regexes, err);
    arena_reset(scratch);
    for (size_t i = 0; i < count && code == ERR_OK; i++) {
        code = rule_load(catalogue, &sources[i], scratch, err);
        arena_reset(scratch);
    }
    arena_free(scratch);
    if (code == ERR_OK)
        code = sort_rules(catalogue, err);
    for (int language = 0; language < LANGUAGE_COUNT && code == ERR_OK; language++)
        code = index_build(&catalogue->indexes[language], (enum language)language, catalogue->entries,
                           catalogue->entry_count, catalogue->arena, err);
    return code;
}

enum err_code catalogue_new_capped(const struct rule_source *sources, size_t count, size_t cap_bytes,
                                   struct catalogue **out, struct err *err)
{
    struct catalogue *catalogue = calloc(1, sizeof(*catalogue));
    struct err own;
    enum err_code code;

    err = err != NULL ? err : &own;
    if (catalogue != NULL)
        catalogue->arena = arena_new(cap_bytes);
    if (catalogue == NULL || catalogue->arena == NULL)
        code = err_set(err, ERR_MEMORY, "no memory left for the rules");
    else
        code = load_all(catalogue, sources, count, err);
    if (code == ERR_OK)
        *out = catalogue;
    else
        catalogue_free(catalogue);
    return code;
}

enum err_code catalogue_new(const struct rule_source *sources, size_t count, struct catalogue **out,
                            struct err *err)
{
    return catalogue_new_capped(sources, count, CATALOGUE_BYTES_MAX, out, err);
}

void catalogue_free(struct catalogue *catalogue)
{
    if (catalogue == NULL)
        return;
    for (size_t i = 0; i < catalogue->regexes.count; i++)
        pattern_free(catalogue->regexes.items[i]);
    arena_free(catalogue->arena);
    free(catalogue);
}

const struct rule *const *catalogue_rules(const struct catalogue *catalogue, size_t *count)
{
    *count = catalogue->rule_count;
    return catalogue->rules;
}

const struct rule *catalogue_find(const struct catalogue *catalogue, struct view id)
{
    size_t low = 0, high = catalogue->rule_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = view_compare(catalogue->rules[middle]->id, id);
        if (order == 0)
            return catalogue->rules[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
