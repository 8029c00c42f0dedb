/* Findings that are known already: commented, declined, or refused by the forge. A fingerprint knows neither
 * file nor line, so the same code in two files has it twice: the file decides first, then, for a renamed one,
 * each that is left over takes another of the same fingerprint. */
#include "worker/analysis_internal.h"

static bool matches(const struct analysis_known *known, const struct finding *finding, bool same_path)
{
    return view_is(known->fingerprint, finding->fingerprint) &&
           (same_path ? view_equal(known->path, finding->path) : known->state != ANALYSIS_REFUSED);
}

static void match(struct analysis_work *work, bool same_path)
{
    const struct analysis_input *input = work->input;

    for (size_t i = 0; i < work->review.finding_count; i++)
        for (size_t j = 0; work->known[i] == SIZE_MAX && j < input->known_count; j++)
            if (!work->present[j] && matches(&input->known[j], &work->findings[i], same_path)) {
                work->present[j] = true;
                work->known[i] = j;
            }
}

static void count_out(struct analysis_work *work, const struct finding *finding)
{
    struct receipt *receipt = &work->review.receipt;

    *(finding->is_inline ? &receipt->inline_count : &receipt->folded) -= 1;
}

/* Whatever its rank, its comment stands. */
static void count_inline(struct analysis_work *work, struct finding *finding)
{
    if (finding->is_inline)
        return;
    finding->is_inline = true;
    work->review.receipt.folded--;
    work->review.receipt.inline_count++;
}

static bool is_inline_in(const struct review *plain, const struct finding *finding)
{
    for (size_t i = 0; i < plain->finding_count; i++)
        if (plain->findings[i].is_inline && view_equal(plain->findings[i].path, finding->path) &&
            view_is(view_of(plain->findings[i].fingerprint), finding->fingerprint))
            return true;
    return false;
}

void analysis_widen(struct analysis_work *work, const struct review *plain)
{
    struct receipt *receipt = &work->review.receipt;

    for (size_t i = 0; i < work->review.finding_count; i++) {
        struct finding *finding = &work->findings[i];
        bool wanted = is_inline_in(plain, finding);

        if (wanted == finding->is_inline)
            continue;
        finding->is_inline = wanted;
        receipt->inline_count += wanted ? 1 : -1;
        receipt->folded += wanted ? -1 : 1;
    }
}

static const struct analysis_ignore *find_ignore(const struct analysis_work *work,
                                                 const struct finding *finding)
{
    const struct analysis_wishes *wishes = work->input->wishes;

    for (size_t i = 0; wishes && i < wishes->ignore_count; i++)
        if (view_equal(wishes->ignores[i].key, finding->rule->id) ||
            view_is(wishes->ignores[i].key, finding->fingerprint))
            return &wishes->ignores[i];
    return NULL;
}

static enum err_code decline(struct analysis_work *work, const struct finding *finding, struct view who,
                             struct view reason, struct skipped *out, struct err *err)
{
    *out = (struct skipped){
        .path = arena_format(work->arena, "%.*s:%u", VIEW_ARG(finding->path), finding->line),
        .why = arena_format(work->arena, "%.*s%s%.*s%s%.*s", VIEW_ARG(finding->rule->id),
                            who.len ? ", by " : "", VIEW_ARG(who), reason.len ? ": " : "", VIEW_ARG(reason))};
    return out->path.len == 0 || out->why.len == 0 ? arena_full(work->arena, err) : ERR_OK;
}

enum err_code analysis_apply_known(struct analysis_work *work, struct err *err)
{
    size_t count = work->review.finding_count, kept = 0;
    struct skipped *declined = ARENA_ARRAY(work->arena, struct skipped, count + 1);
    enum err_code code = ERR_OK;

    work->known = ARENA_ARRAY(work->arena, size_t, count + 1);
    work->present = ARENA_ARRAY(work->arena, bool, work->input->known_count + 1);
    if (!declined || !work->known || !work->present)
        return arena_full(work->arena, err);
    for (size_t i = 0; i < count; i++)
        work->known[i] = SIZE_MAX;
    for (size_t i = 0; i < work->input->known_count; i++)
        work->present[i] = false;
    match(work, true);
    match(work, false);
    for (size_t i = 0; code == ERR_OK && i < count; i++) {
        struct finding *finding = &work->findings[i];
        size_t known = work->known[i];
        const struct analysis_known *what = known == SIZE_MAX ? NULL : &work->input->known[known];

        const struct analysis_ignore *ignore = find_ignore(work, finding);

        if (ignore || (what && what->state == ANALYSIS_DECLINED)) {
            count_out(work, finding);
            code = decline(work, finding, ignore ? ignore->who : what->who,
                           ignore ? ignore->reason : (struct view){0},
                           &declined[work->review.declined_count++], err);
            continue;
        }
        if (what && what->state == ANALYSIS_COMMENTED)
            count_inline(work, finding);
        work->findings[kept] = *finding;
        work->known[kept++] = known;
    }
    work->review.finding_count = kept;
    work->review.declined = declined;
    return code;
}
