/* The order in which a reader wants findings: the biggest lever first, then what is saved, weighed by how hot
 * the place is and how sure the rule. Total, so that the same input gives the same order. */
#include "review_internal.h"
#include <assert.h>
#include <stdlib.h>

static const double HEAT_WEIGHT[] = {[HEAT_COLD] = 0.1, [HEAT_WARM] = 1, [HEAT_HOT] = 10};
static const double CONFIDENCE_WEIGHT[] = {0.3, 0.6, 1};
static const double SEVERITY_NS[] = {1e2, 1e4, 1e6}; /* stands for the estimate where a rule has no formula */
static_assert(COUNT_OF(HEAT_WEIGHT) == HEAT_COUNT && COUNT_OF(CONFIDENCE_WEIGHT) == CONFIDENCE_COUNT &&
                  COUNT_OF(SEVERITY_NS) == SEVERITY_COUNT,
              "a row for each");

static double weight(const struct finding *finding)
{
    double saved = finding->estimate.known ? finding->estimate.before_ns - finding->estimate.after_ns
                                           : SEVERITY_NS[finding->severity];
    return saved * HEAT_WEIGHT[finding->heat] * CONFIDENCE_WEIGHT[finding->confidence];
}

/* Who wants memory gains most by what is laid out and allocated; what many do at once waits at locks and
 * boundaries before it waits for work. Without a goal the levers stand as they are. */
static int lever_rank(enum lever lever, enum goal goal)
{
    static const int MEMORY[] = {[LEVER_LAYOUT] = 0,   [LEVER_ALLOCATION] = 1, [LEVER_ALGORITHM] = 2,
                                 [LEVER_BOUNDARY] = 3, [LEVER_WORK] = 4,       [LEVER_CODEGEN] = 5},
                     THROUGHPUT[] = {[LEVER_ALGORITHM] = 0,  [LEVER_BOUNDARY] = 1, [LEVER_LAYOUT] = 2,
                                     [LEVER_ALLOCATION] = 3, [LEVER_WORK] = 4,     [LEVER_CODEGEN] = 5};
    static_assert(COUNT_OF(MEMORY) == LEVER_COUNT && COUNT_OF(THROUGHPUT) == LEVER_COUNT, "a rank for each");

    return goal == GOAL_MEMORY ? MEMORY[lever] : goal == GOAL_THROUGHPUT ? THROUGHPUT[lever] : (int)lever;
}

const char *goal_name(enum goal goal)
{
    static const char *const NAMES[] = {"", "latency", "throughput", "memory"};
    static_assert(COUNT_OF(NAMES) == GOAL_COUNT, "a name for each");

    return NAMES[goal];
}

int finding_compare(const struct finding *a, const struct finding *b, enum goal goal)
{
    int lever = lever_rank(a->rule->lever, goal) - lever_rank(b->rule->lever, goal);
    double x = weight(a), y = weight(b);
    int order;

    if (lever != 0)
        return lever;
    if (x != y)
        return x > y ? -1 : 1;
    if ((order = view_compare(a->path, b->path)) != 0)
        return order;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    if ((order = view_compare(a->rule->id, b->rule->id)) != 0)
        return order;
    return view_compare(view_of(a->fingerprint), view_of(b->fingerprint));
}

static int compare(const void *a, const void *b, void *goal)
{
    return finding_compare(a, b, *(const enum goal *)goal);
}

/* What costs little interrupts nobody, unless the code is hot or a profile or its owner speaks of it; the
 * summary lists it. Without any evidence of heat only what is serious and certain does. */
static bool may_interrupt(const struct finding *finding)
{
    if (finding->severity == SEVERITY_LOW && finding->heat != HEAT_HOT)
        return false;
    return finding->heat_evidence != EVIDENCE_NONE ||
           (finding->severity >= SEVERITY_MEDIUM && finding->confidence == CONFIDENCE_HIGH);
}

void findings_rank(struct finding *findings, size_t count, uint32_t max_comments, enum goal goal)
{
    uint32_t left = max_comments > 0 ? max_comments : MAX_COMMENTS_DEFAULT;

    if (count > 1)
        qsort_r(findings, count, sizeof(*findings), compare, &goal);
    for (size_t i = 0; i < count; i++) {
        findings[i].is_inline = left > 0 && may_interrupt(&findings[i]);
        left -= findings[i].is_inline;
    }
}
