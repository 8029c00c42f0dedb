/* Matches one program at one node: backtracking over the flat node array, children in order, with the
 * skipping of tree-sitter's queries (a child pattern may pass over any node; an anchored one over
 * anonymous nodes and extras only). The steps at one node are bounded; recursion is bounded by the size
 * of the pattern. Wildcards never match an extra: a comment is no operand. */
#include "engine_internal.h"

/* What must still match after the node at hand: the rest of its siblings, then of its parent's ... */
struct rest {
    const struct rest *up;
    uint32_t at, end; /* the siblings that are left: [at, end) in the node array */
    uint16_t step;    /* the next child pattern; STEP_NONE: the children are matched */
    bool closed;      /* then nothing named may be left */
    bool strict;      /* the node before was matched by `_`: an anchor then skips nothing */
    bool repeat;      /* more of the step that matched the node before may stand here */
    bool stop;        /* matching one node alone: all is done */
};

struct finder {
    struct look *look;
    const struct tree *tree;
    const struct program *program;
    program_found *found;
    void *ctx;
    uint32_t steps;
    uint32_t completed; /* whole matches, before their last predicates were asked */
    bool alone;         /* matching a repetition: captures and predicates stay out of it */
    bool exhausted;
};

static bool match_step(struct finder *finder, uint16_t index, uint32_t node, const struct rest *rest);
static bool match_rest(struct finder *finder, const struct rest *rest);

static bool is_plain_named(const struct node *node)
{
    return (node->flags & (NODE_NAMED | NODE_EXTRA)) == NODE_NAMED;
}

static bool complete(struct finder *finder)
{
    const struct program *program = finder->program;

    finder->completed++;
    for (uint16_t i = program->early_count; i < program->predicate_count; i++)
        if (!predicate_holds(finder->look, &program->predicates[i]))
            return false;
    return finder->found(finder->ctx, finder->look);
}

static bool named_left(const struct finder *finder, const struct rest *rest)
{
    const struct node *nodes = finder->tree->nodes;
    for (uint32_t child = rest->at; child < rest->end; child = nodes[child].next)
        if (is_plain_named(&nodes[child]))
            return true;
    return false;
}

/* Whether a node matches a step by itself. */
static bool match_alone(struct finder *finder, uint16_t index, uint32_t node)
{
    static const struct rest stop = {.stop = true};
    bool was = finder->alone, matched;

    finder->alone = true;
    matched = match_step(finder, index, node, &stop);
    finder->alone = was;
    return matched;
}

static uint32_t skip_extras(const struct finder *finder, uint32_t at, uint32_t end)
{
    const struct node *nodes = finder->tree->nodes;
    while (at < end && (nodes[at].flags & NODE_EXTRA) != 0)
        at = nodes[at].next;
    return at;
}

/* The longest run of neighbours that match, then shorter ones. */
static bool match_repeat(struct finder *finder, const struct rest *rest)
{
    const struct node *nodes = finder->tree->nodes;
    const struct step *step = &finder->program->steps[rest->step];
    struct rest after = {.up = rest->up, .end = rest->end, .step = step->next, .closed = rest->closed};
    uint32_t length = 0, at = skip_extras(finder, rest->at, rest->end);

    while (at < rest->end && match_alone(finder, rest->step, at)) {
        length++;
        at = skip_extras(finder, nodes[at].next, rest->end);
    }
    for (uint32_t taken = length + 1; taken-- > 0 && !finder->exhausted;) {
        after.at = rest->at;
        for (uint32_t i = 0; i < taken; i++, finder->steps++)
            after.at = nodes[skip_extras(finder, after.at, rest->end)].next;
        if (match_rest(finder, &after))
            return true;
    }
    return false;
}

static bool match_rest(struct finder *finder, const struct rest *rest)
{
    const struct node *nodes = finder->tree->nodes;
    const struct step *step;
    struct rest after;
    uint32_t completed = finder->completed;
    bool repeats;

    if (rest == NULL)
        return complete(finder);
    if (rest->stop)
        return true;
    if (rest->repeat)
        return match_repeat(finder, rest);
    if (rest->step == STEP_NONE)
        return (!rest->closed || !named_left(finder, rest)) && match_rest(finder, rest->up);
    step = &finder->program->steps[rest->step];
    repeats = step->quantity == ONE_OR_MORE || step->quantity == ANY_NUMBER;
    after = (struct rest){.up = rest->up,
                          .end = rest->end,
                          .closed = rest->closed,
                          .repeat = repeats,
                          .step = repeats ? rest->step : step->next,
                          .strict = step->kind == KIND_NONE && !step->named && !step->list};
    for (uint32_t child = rest->at; child < rest->end; child = nodes[child].next) {
        after.at = nodes[child].next;
        if (match_step(finder, rest->step, child, &after))
            return true;
        if (finder->exhausted)
            return false;
        if (step->anchored && (nodes[child].flags & NODE_EXTRA) == 0 &&
            (rest->strict || (nodes[child].flags & NODE_NAMED) != 0))
            break;
    }
    /* Absent only where present gave nothing: so a predicate sees the node whenever there is one. */
    if ((step->quantity != OPTIONAL && step->quantity != ANY_NUMBER) || finder->completed != completed)
        return false;
    after = *rest;
    after.step = step->next;
    return match_rest(finder, &after);
}

/* Bind the step's captures; a name that is bound already must mean equal text. @p bound: those to undo. */
static bool bind(struct finder *finder, const struct step *step, uint32_t node, uint16_t *bound)
{
    struct look *look = finder->look;
    for (size_t i = 0; i < step->capture_count; i++) {
        uint8_t capture = step->captures[i];
        if (look->nodes[capture] == NODE_NONE) {
            look->nodes[capture] = node;
            *bound |= (uint16_t)(1u << capture);
        } else if (look->nodes[capture] != node && !view_equal(node_text(finder->tree, look->nodes[capture]),
                                                               node_text(finder->tree, node))) {
            return false;
        }
    }
    for (uint16_t i = step->check; i < step->check + step->check_count; i++)
        if (!predicate_holds(look, &finder->program->predicates[i]))
            return false;
    return true;
}

static void unbind(struct finder *finder, uint16_t bound)
{
    for (size_t i = 0; bound != 0; i++, bound >>= 1)
        if (bound & 1)
            finder->look->nodes[i] = NODE_NONE;
}

static bool fits(const struct tree *tree, const struct step *step, uint32_t index)
{
    const struct node *node = &tree->nodes[index];

    if (step->list)
        return true;
    if (step->kind != KIND_NONE ? node->kind != step->kind
                                : node->kind == KIND_ERROR || (node->flags & NODE_EXTRA) != 0 ||
                                      (step->named && (node->flags & NODE_NAMED) == 0))
        return false;
    for (size_t i = 0; i < step->absent_count; i++)
        if (node_field(tree, index, step->absent[i]) != NODE_NONE)
            return false;
    return true;
}

/* The alternatives of a list, or the children of a node, and then the rest. */
static bool match_below(struct finder *finder, const struct step *step, uint32_t node,
                        const struct rest *rest)
{
    const struct step *steps = finder->program->steps;
    struct rest children = {.up = rest,
                            .at = node + 1,
                            .end = finder->tree->nodes[node].next,
                            .step = step->child,
                            .closed = step->closed};

    if (!step->list)
        return step->child == STEP_NONE ? match_rest(finder, rest) : match_rest(finder, &children);
    for (uint16_t option = step->child; option != STEP_NONE; option = steps[option].next)
        if (match_step(finder, option, node, rest))
            return true;
    return false;
}

static bool match_step(struct finder *finder, uint16_t index, uint32_t node, const struct rest *rest)
{
    const struct step *step = &finder->program->steps[index];
    uint16_t bound = 0;
    bool ended;

    if (++finder->steps > MATCH_STEPS_MAX) {
        finder->exhausted = true;
        return false;
    }
    if (step->field != FIELD_NONE && finder->tree->nodes[node].field != step->field)
        return false;
    if (!fits(finder->tree, step, node))
        return false;
    if (finder->alone || (step->capture_count == 0 && step->check_count == 0))
        return match_below(finder, step, node, rest);
    ended = bind(finder, step, node, &bound) && match_below(finder, step, node, rest);
    unbind(finder, bound);
    return ended;
}

bool program_match(struct look *look, const struct program *program, uint32_t root, program_found *found,
                   void *ctx)
{
    struct finder finder = {.look = look, .tree = look->tree, .program = program, .found = found, .ctx = ctx};

    match_step(&finder, 0, root, NULL);
    return !finder.exhausted;
}
