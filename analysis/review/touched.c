/* What the change touches, and whether a finding rests on it: a line of the site, of a loop around it, of a
 * definition that its names get their value from, or a line that went away from its function. */
#include "review_internal.h"
#include <stdlib.h>

enum { DEFS_MAX = 8 /* definitions of one name that are looked at */ };

static int compare_ranges(const void *a, const void *b)
{
    const struct line_range *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

static int compare_lines(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

enum err_code file_touched(struct run *run, struct file *file, struct err *err)
{
    const struct delta *delta = file->delta;
    size_t count = delta->hunk_count;

    file->touched = ARENA_ARRAY(run->arena, struct line_range, count + 1);
    file->removed = ARENA_ARRAY(run->arena, uint32_t, count + 1);
    if (file->touched == NULL || file->removed == NULL)
        return arena_full(run->arena, err);
    if (delta->whole) {
        file->touched[file->touched_count++] = (struct line_range){1, UINT32_MAX};
        return ERR_OK;
    }
    for (size_t i = 0; i < count; i++) {
        const struct hunk *hunk = &delta->hunks[i];
        uint32_t last = hunk->head_start + hunk->head_lines - 1;

        if (hunk->head_lines > 0 && last >= hunk->head_start)
            file->touched[file->touched_count++] = (struct line_range){hunk->head_start, last};
        if (hunk->base_lines > 0)
            file->removed[file->removed_count++] = hunk->head_start;
    }
    qsort(file->touched, file->touched_count, sizeof(*file->touched), compare_ranges);
    qsort(file->removed, file->removed_count, sizeof(*file->removed), compare_lines);
    return ERR_OK;
}

bool lines_touched(const struct file *file, uint32_t first, uint32_t last, uint32_t *line)
{
    size_t low = 0, high = file->touched_count;

    while (low < high) { /* the first range that ends at or after `first` */
        size_t middle = low + (high - low) / 2;
        if (file->touched[middle].last < first)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == file->touched_count || file->touched[low].first > last)
        return false;
    if (line != NULL)
        *line = file->touched[low].first > first ? file->touched[low].first : first;
    return true;
}

static void cause(const struct file *file, struct site *site, uint32_t first, uint32_t last)
{
    uint32_t line;
    if (site->anchor_cause == 0 && lines_touched(file, first, last, &line))
        site->anchor_cause = line;
}

static uint32_t line_of(const struct source *source, uint32_t node)
{
    return source->tree->nodes[node].line;
}

/* The keyword's line up to the body: what is iterated, or the condition. The outermost touched one is named:
 * around a new loop the inner ones are only indented anew. */
static void touch_loops(const struct file *file, struct site *site, uint32_t node)
{
    const struct source *head = &file->head;
    const struct loop *loop = facts_loop(head->facts, node);
    uint32_t line;

    while (loop != NULL) {
        uint32_t first = line_of(head, loop->node), last = first;
        if (loop->iterated != NODE_NONE && node_end_line(head->tree, loop->iterated) > last)
            last = node_end_line(head->tree, loop->iterated);
        /* A closure's loop is its method's name and its first line, not the chain before it. */
        if (loop->kind == LOOP_CLOSURE && loop->body != NODE_NONE)
            first = last = line_of(head, loop->body);
        if (lines_touched(file, first, last, &line))
            site->anchor_cause = line;
        loop = loop->parent != FACT_NONE ? &head->facts->loops[loop->parent] : NULL;
    }
}

/* Where a name gets its value and its type: the line of the name up to where the value starts. */
static void touch_definitions(const struct file *file, struct site *site, uint32_t node)
{
    const struct facts *facts = file->head.facts;
    uint32_t root = facts_root_name(facts, node), next;
    const struct binding *binding = root != NODE_NONE ? facts_binding(facts, root) : NULL;

    next = binding != NULL ? binding->first_def : FACT_NONE;
    for (int i = 0; next != FACT_NONE && i < DEFS_MAX; i++, next = facts->defs[next].next) {
        const struct def *def = &facts->defs[next];
        uint32_t first = line_of(&file->head, def->node), last = first;

        if (def->kind == DEF_AUGMENT || def->kind == DEF_OTHER)
            continue;
        if (def->value != NODE_NONE && line_of(&file->head, def->value) > last)
            last = line_of(&file->head, def->value);
        cause(file, site, first, last);
    }
}

bool variant_asks(const struct variant *variant, struct view predicate)
{
    for (size_t i = 0; i < WHERES_MAX; i++)
        if (view_find(variant->wheres[i], predicate, 0) != SIZE_MAX)
            return true;
    return view_find(variant->pattern, predicate, 0) != SIZE_MAX;
}

static void touch_function(const struct file *file, struct site *site, const struct match *match)
{
    const struct function *function = facts_function(file->head.facts, match->nodes[0]);
    bool asked_async = variant_asks(match->variant, VIEW("async?"));
    bool asked_flags = variant_asks(match->variant, VIEW("function-flag?")) ||
                       variant_asks(match->variant, VIEW("decorated?"));
    uint32_t last;

    if (function == NULL || !(asked_async || asked_flags))
        return;
    last = line_of(&file->head, function->name != NODE_NONE ? function->name : function->node);
    cause(file, site, line_of(&file->head, asked_flags ? function->outer : function->node), last);
}

/* Whether a head line stands in a function or class. */
static bool is_in_definition(const struct source *head, uint32_t line)
{
    for (size_t i = 0; i < head->facts->scope_count; i++) {
        const struct scope *scope = &head->facts->scopes[i];
        if ((scope->kind == SCOPE_FUNCTION || scope->kind == SCOPE_CLASS) &&
            line_of(head, scope->node) <= line && line < node_end_line(head->tree, scope->node))
            return true;
    }
    return false;
}

/* Lines that went away from the function or class that the site belongs to, decorators included; for a
 * statement of the module from the module's own lines, the nearest ones. */
static uint32_t removed_near(const struct file *file, uint32_t node)
{
    uint32_t home = facts_definition(file->head.facts, node), line = line_of(&file->head, node);
    uint32_t first = 1, last = UINT32_MAX, nearest = 0;

    if (home != NODE_NONE) {
        first = line_of(&file->head, home);
        last = node_end_line(file->head.tree, home);
    }
    for (size_t i = 0; i < file->removed_count; i++) {
        uint32_t at = file->removed[i] > first ? file->removed[i] : first;
        if (file->removed[i] + 1 < first || file->removed[i] > last)
            continue;
        if (home != NODE_NONE)
            return at;
        if (!is_in_definition(&file->head, file->removed[i]) &&
            (nearest == 0 ||
             (at > line ? at - line : line - at) < (nearest > line ? nearest - line : line - nearest)))
            nearest = at;
    }
    return nearest;
}

void site_touch(struct file *file, struct site *site)
{
    const struct match *match = &file->head.matches.items[site->match];
    uint32_t node = match->nodes[0], first = line_of(&file->head, node), line, near_line;

    if (lines_touched(file, first, node_end_line(file->head.tree, node), &line)) {
        site->touch = TOUCH_SITE;
        site->anchor_site = line;
        site->first_line_touched = lines_touched(file, first, first, NULL);
    }
    touch_loops(file, site, node);
    for (size_t i = 0; i < match->rule->capture_count; i++)
        if (match->nodes[i] != NODE_NONE)
            touch_definitions(file, site, match->nodes[i]);
    touch_function(file, site, match);
    if (site->touch == TOUCH_NONE && site->anchor_cause != 0)
        site->touch = TOUCH_CAUSE;
    if (site->touch != TOUCH_NONE || (near_line = removed_near(file, node)) == 0)
        return;
    site->touch = TOUCH_NEAR;
    site->anchor_cause = near_line;
}
