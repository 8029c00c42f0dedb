/* What a change makes hotter through a call: a function of the file that a touched loop now calls, or that is
 * called anew in a loop, holds an old line that is expensive there. One call deep; only what each run of the
 * function does, and what follows the loop; only rules on algorithms and work that are sure. */
#include "cost.h"
#include "review_internal.h"

static uint32_t line_of(const struct source *source, uint32_t node)
{
    return source->tree->nodes[node].line;
}

/* The touched line that has the call run in a loop: the loop's head, else the call's own; 0. */
static uint32_t touched_line(const struct file *file, const struct call *call)
{
    const struct source *head = &file->head;
    const struct loop *loop = facts_loop(head->facts, call->node);
    uint32_t line = 0;

    if (loop == NULL || call->per_item)
        return 0;
    if (lines_touched(file, line_of(head, loop->node), line_of(head, loop->node), &line) ||
        lines_touched(file, line_of(head, call->node), line_of(head, call->node), &line))
        return line;
    return 0;
}

/* Whether the base called a function of that name in a loop already, or did not have it. */
static enum err_code base_knows(struct run *run, struct file *file, const struct function *function,
                                bool *out, struct err *err)
{
    struct view name = facts_function_name(file->head.facts, function);
    struct facts *base;
    enum err_code code;

    *out = true;
    code = source_load(run, &file->base, err);
    if (code != ERR_OK)
        return code == ERR_LIMIT ? ERR_OK : code;
    base = file->base.facts;
    for (uint32_t i = 0; i < base->function_count; i++) {
        if (!view_equal(facts_function_name(base, &base->functions[i]), name))
            continue;
        *out = facts_looped_call(base, i) != NULL;
        return ERR_OK;
    }
    return ERR_OK;
}

/* Whether the head has this match without the loop of the caller. */
static bool is_there_anyway(const struct source *head, const struct match *match)
{
    for (size_t i = 0; i < head->matches.count; i++)
        if (head->matches.items[i].rule == match->rule && head->matches.items[i].nodes[0] == match->nodes[0])
            return true;
    return false;
}

static bool counts(const struct file *file, const struct function *function, const struct match *match)
{
    const struct source *head = &file->head;
    uint32_t node = match->nodes[0];

    return facts_named_function(head->facts, node) == function && facts_runs_always(head->facts, node) &&
           (match->rule->lever == LEVER_ALGORITHM || match->rule->lever == LEVER_WORK) &&
           match->variant->tier == TIER_DEFAULT && match->variant->confidence == CONFIDENCE_HIGH &&
           !lines_touched(file, line_of(head, node), node_end_line(head->tree, node), NULL) &&
           !is_there_anyway(head, match);
}

/* The findings of one list of matches, which stands in for the head's own meanwhile. */
static enum err_code add_findings(struct run *run, struct file *file, const struct match_list *list,
                                  uint32_t anchor, const struct note_list *notes, struct err *err)
{
    struct match_list own = file->head.matches;
    enum err_code code = ERR_OK;

    file->head.matches = *list;
    for (size_t i = 0; i < list->count && code == ERR_OK; i++) {
        struct site site = {.file = (uint32_t)(file - run->files),
                            .match = (uint32_t)i,
                            .rule = list->items[i].rule,
                            .function = function_hash(file->head.facts, list->items[i].nodes[0]),
                            .depth = 1,
                            .touch = TOUCH_CAUSE,
                            .anchor_cause = anchor,
                            .fate = FATE_NEW,
                            .hotter = true,
                            .through = true};
        run->receipt.found++;
        code = finding_add(run, file, &site, notes, err);
    }
    file->head.matches = own;
    return code;
}

/* What stands in the function of @p call and is expensive once the loop around the call drives it. */
static enum err_code follow_call(struct run *run, struct file *file, const struct call *call, uint32_t anchor,
                                 const struct note_list *notes, uint32_t *followed, struct err *err)
{
    struct source *head = &file->head;
    const struct function *function = &head->facts->functions[call->callee];
    uint32_t lines[2] = {line_of(head, function->node), node_end_line(head->tree, function->node)};
    struct match_options options = {.lines = lines, .line_pair_count = 1};
    struct match_list all = {0}, list = {0};
    bool known;
    enum err_code code;

    if (!facts_assume_loop(head->facts, call))
        return ERR_OK;
    (*followed)++;
    code = catalogue_match(run->catalogue, head->facts, &options, head->arena, &all, err);
    if (code == ERR_OK)
        list.items = ARENA_ARRAY(head->arena, struct match, all.count + 1);
    if (code == ERR_OK && list.items == NULL)
        code = arena_full(head->arena, err);
    for (size_t i = 0; i < all.count && code == ERR_OK; i++)
        if (counts(file, function, &all.items[i]) && !rule_is_off(run->options, all.items[i].rule))
            list.items[list.count++] = all.items[i];
    if (code == ERR_OK && list.count > 0)
        code = base_knows(run, file, function, &known, err);
    if (code == ERR_OK && list.count > 0 && !known)
        code = add_findings(run, file, &list, anchor, notes, err);
    facts_release_loop(head->facts);
    return code;
}

enum err_code file_through_calls(struct run *run, struct file *file, struct err *err)
{
    struct facts *facts = file->head.facts;
    struct note_list notes;
    uint32_t followed = 0;
    enum err_code code;

    if (file->base.text.ptr == NULL) /* nothing in a new file is old */
        return ERR_OK;
    code = notes_collect(file->head.tree, file->head.arena, &notes, err);
    if (code == ERR_OK && run->latency == NULL)
        code = latency_new(run->options->latency, run->arena, &run->latency, err);
    for (uint32_t i = 0; i < facts->function_count && followed < THROUGH_CALLS_MAX && code == ERR_OK; i++)
        for (const struct call *call = facts_next_call(facts, i, NULL); call != NULL && code == ERR_OK;
             call = facts_next_call(facts, i, call)) {
            uint32_t anchor = touched_line(file, call);
            if (anchor == 0)
                continue;
            code = follow_call(run, file, call, anchor, &notes, &followed, err);
            break; /* one loop that calls it is enough */
        }
    source_free(&file->base);
    return code;
}
