/* The hypothesis: which function of the change most likely dominates, and why that is believed; and the one
 * question whose answer would change the advice most. Both say what they rest on. */
#include "cost.h"
#include "escape.h"
#include "review_internal.h"
#include <stdlib.h>

enum {
    FLAT_FINDINGS_MIN = 6, /* from this many on, a profile without a peak is worth a word */
    REASON_BYTES_MAX = 16 << 10,
};
#define FLAT_SHARE 0.4 /* of the sum, for the largest finding */
#define FLAT_NS 1e6    /* and it is small in itself */

struct group { /* the findings of one function */
    const struct finding *first;
    size_t count, known;
    double before, after;
};

static double saved(const struct finding *finding)
{
    return finding->estimate.known ? finding->estimate.before_ns - finding->estimate.after_ns : 0;
}

static int compare_functions(const void *left, const void *right)
{
    const struct finding *a = *(const struct finding *const *)left,
                         *b = *(const struct finding *const *)right;
    int order = view_compare(a->path, b->path);
    if (order == 0)
        order = view_compare(a->function, b->function);
    return order != 0 ? order : a < b ? -1 : a > b;
}

static bool same_function(const struct finding *a, const struct finding *b)
{
    return view_equal(a->path, b->path) && view_equal(a->function, b->function);
}

static void add_finding(struct group *group, const struct finding *finding)
{
    group->count++;
    group->known += finding->estimate.known;
    group->before += finding->estimate.known ? finding->estimate.before_ns : 0;
    group->after += finding->estimate.known ? finding->estimate.after_ns : 0;
}

/* What a function may give back, weighed by how sure it is that it runs often. */
static double weight(const struct group *group)
{
    static const double BY_HEAT[] = {[HEAT_COLD] = 0.1, [HEAT_WARM] = 1, [HEAT_HOT] = 3};
    return (group->before - group->after) * BY_HEAT[group->first->heat];
}

/* Whether @p group, seen from its finding @p first, outweighs the best so far; then the hotter one does, then
 * the one whose finding ranks higher. */
static bool outweighs(const struct group *group, const struct group *best)
{
    const double one = weight(group), other = best->first != NULL ? weight(best) : 0;

    if (best->first == NULL || one != other)
        return best->first == NULL || one > other;
    return group->first->heat != best->first->heat ? group->first->heat > best->first->heat
                                                   : group->first < best->first;
}

/* The function with the largest weight. Findings are put side by side by function first: a change may hold
 * thousands of both. */
static enum err_code hottest(const struct run *run, const struct review *review, struct group *best,
                             struct err *err)
{
    size_t count = review->finding_count;
    const struct finding **order = ARENA_ARRAY(run->arena, const struct finding *, count + 1);

    if (order == NULL)
        return arena_full(run->arena, err);
    for (size_t i = 0; i < count; i++)
        order[i] = &review->findings[i];
    if (count > 1)
        qsort(order, count, sizeof(*order), compare_functions);
    for (size_t i = 0, end; i < count; i = end) {
        struct group group = {0};
        for (end = i; end < count && same_function(order[end], order[i]); end++)
            add_finding(&group, order[end]);
        for (size_t at = i; at < end; at++) {
            group.first = order[at];
            if (outweighs(&group, best))
                *best = group;
        }
    }
    return ERR_OK;
}

static bool is_flat(const struct review *review)
{
    double sum = 0, largest = 0;
    for (size_t i = 0; i < review->finding_count; i++) {
        double one = saved(&review->findings[i]);
        sum += one;
        largest = one > largest ? one : largest;
    }
    return review->finding_count >= FLAT_FINDINGS_MIN && largest <= FLAT_SHARE * sum && largest < FLAT_NS;
}

static void add_place(struct buffer *out, const struct finding *finding)
{
    if (finding->function.len > 0)
        escape_code_span(out, finding->function);
    else
        buffer_add_text(out, "Module level code");
    buffer_add_text(out, " in ");
    escape_code_span(out, finding->path);
}

static void add_sum(struct buffer *out, const struct group *group)
{
    bool one = group->count == 1;

    if (group->known == 0) {
        buffer_add_format(out, " Its %s no figure to add up.", one ? "finding gives" : "findings give");
        return;
    }
    if (one)
        buffer_add_text(out, " Its finding costs about ");
    else if (group->known == group->count)
        buffer_add_format(out, " Its %zu findings together cost about ", group->count);
    else
        buffer_add_format(out, " %zu of its %zu findings can be put into figures: about ", group->known,
                          group->count);
    add_duration(out, group->before);
    buffer_add_text(out, " a call at the sizes assumed below; about ");
    add_duration(out, group->after);
    buffer_add_text(out, " would remain.");
}

static void add_flat(const struct review *review, struct buffer *out)
{
    double largest = 0;
    for (size_t i = 0; i < review->finding_count; i++)
        largest = saved(&review->findings[i]) > largest ? saved(&review->findings[i]) : largest;
    buffer_add_format(out, " No single finding dominates: %zu of them, none worth more than ",
                      review->finding_count);
    add_duration(out, largest);
    buffer_add_text(
        out, ". The profile is probably flat, so look at loops nearer the top of the call stack and at "
             "allocations before any one line.");
}

static void add_nothing(const struct review *review, struct buffer *out)
{
    const struct receipt *r = &review->receipt;

    if (r->files == 0) {
        buffer_add_text(out, "The change holds no Python or Rust file that could be read.");
        return;
    }
    buffer_add_format(out, "%u touched line%s in %u function%s of %u file%s were read. ", r->touched_lines,
                      r->touched_lines == 1 ? "" : "s", r->functions, r->functions == 1 ? "" : "s", r->files,
                      r->files == 1 ? "" : "s");
    buffer_add_text(out,
                    "Nothing in them stood out: no rule found work that the change adds or makes hotter.");
    if (r->held_back > 0)
        buffer_add_format(out, " %u match%s held back because the code is cold or the rule unsure.",
                          r->held_back, r->held_back == 1 ? " was" : "es were");
    buffer_add_text(out, " This is a reading of the code, not a measurement.");
}

static const char *role_words(enum role role)
{
    static const char *const WORDS[] = {[ROLE_TEST] = "test code",
                                        [ROLE_INIT] = "code that runs once",
                                        [ROLE_APPLICATION] = "application code",
                                        [ROLE_LIBRARY] = "library code"};
    return WORDS[role];
}

static void add_hypothesis(const struct review *review, const struct group *group, struct buffer *out)
{
    const struct finding *first = group->first;

    add_place(out, first);
    buffer_add_format(out, " is where time most likely goes. Heat: %s, %s%s (%.*s; %s).",
                      heat_name(first->heat),
                      first->heat_evidence == EVIDENCE_NONE ? "a guess without evidence" : "",
                      first->heat_evidence == EVIDENCE_NONE ? "" : heat_evidence_name(first->heat_evidence),
                      VIEW_ARG(first->heat_why), role_words(first->role));
    add_sum(out, group);
    if (is_flat(review))
        add_flat(review, out);
}

static uint32_t loop_line(const struct finding *finding)
{
    for (size_t i = 0; i < finding->related_count; i++)
        if (view_is(finding->related[i].what, "loop"))
            return finding->related[i].line;
    return 0;
}

/* Goal, where, evidence or constraints: the first of them that is open and would turn the advice. */
static void add_question(const struct finding *finding, enum goal goal, struct buffer *out)
{
    uint32_t line = loop_line(finding);

    if (finding->heat == HEAT_COLD) {
        buffer_add_format(out, "Goal: does the %s of ", goal == GOAL_NONE ? "run time" : goal_name(goal));
        add_place(out, finding);
        buffer_add_text(out, " matter to you? If not, nothing here needs to change.");
    } else if (finding->heat_evidence == EVIDENCE_NONE) {
        buffer_add_text(out, "Evidence: how often does ");
        add_place(out, finding);
        buffer_add_text(out,
                        " run? A profile would settle it, or a `hot:` or `cold:` row in `.perf-review.yml`.");
    } else if (finding->estimate.known && finding->estimate.assumed) {
        buffer_add_text(out, "Where: ");
        if (line > 0)
            buffer_add_format(out, "how many passes does the loop at line %u of ", line);
        else
            buffer_add_text(out, "how many items does ");
        escape_code_span(out, finding->path);
        buffer_add_format(out, " %s in production? The figures assume ", line > 0 ? "make" : "handle");
        add_count(out, ASSUMED_N);
        buffer_add_text(out, finding->rule->lever == LEVER_ALGORITHM
                                 ? "; at a few dozen this code can stay as it is."
                                 : "; what is saved grows with it.");
    } else if (finding->has_patch && !finding->patch_safe) {
        buffer_add_text(out, "Constraints: does any caller rely on what the patch changes? ");
        buffer_add(out, finding->tradeoffs);
    } else if (goal == GOAL_NONE) {
        buffer_add_text(out, "Goal: is ");
        add_place(out, finding);
        buffer_add_text(out, " bound by latency, throughput or memory? The order above assumes latency.");
    } else {
        buffer_add_text(out, "Evidence: what does the measurement above show for ");
        add_place(out, finding);
        buffer_add_byte(out, '?');
    }
    if (goal != GOAL_NONE)
        buffer_add_format(out, " The order above is by the goal that was named: %s.", goal_name(goal));
}

enum err_code review_reason(const struct run *run, struct review *review, struct err *err)
{
    struct hypothesis *hypothesis = &review->hypothesis;
    struct group group = {0};
    struct buffer text;
    enum err_code code = hottest(run, review, &group, err);

    if (code != ERR_OK)
        return code;
    buffer_init(&text, REASON_BYTES_MAX);
    hypothesis->heat = HEAT_COLD;
    hypothesis->role = ROLE_APPLICATION;
    if (group.first == NULL)
        add_nothing(review, &text);
    else {
        hypothesis->function = group.first->function;
        hypothesis->path = group.first->path;
        hypothesis->line = group.first->function_line > 0 ? group.first->function_line : group.first->line;
        hypothesis->heat = group.first->heat;
        hypothesis->evidence = group.first->heat_evidence;
        hypothesis->role = group.first->role;
        add_hypothesis(review, &group, &text);
    }
    code = buffer_check(&text, "hypothesis", err);
    if (code == ERR_OK)
        code = arena_copy(run->arena, buffer_view(&text), &hypothesis->text, err);
    buffer_clear(&text);
    if (code == ERR_OK && group.first != NULL) {
        add_question(group.first, run->options->goal, &text);
        code = buffer_check(&text, "question", err);
        if (code == ERR_OK)
            code = arena_copy(run->arena, buffer_view(&text), &review->question, err);
    }
    buffer_deinit(&text);
    return code;
}
