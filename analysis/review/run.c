/* One change, start to end: classify, load the heads, find what is touched, subtract what the bases had,
 * write the findings, rank them, reason about the whole. The deltas are taken in the order of their paths, so
 * that the order in which a caller lists them changes nothing. */
#include "cost.h"
#include "review_internal.h"
#include <assert.h>
#include <stdlib.h>

enum { SCRATCH_BYTES_MAX = CODE_BYTES_MAX };

enum err_code skipped_add(struct run *run, struct skipped **items, size_t *count, size_t *cap,
                          struct view path, struct view why, struct err *err)
{
    void *grown = *items;
    if (arena_grow(run->arena, &grown, *count, cap, sizeof(**items), err) != ERR_OK)
        return err->code;
    *items = grown;
    (*items)[(*count)++] = (struct skipped){path, why};
    return ERR_OK;
}

static enum err_code skip_file(struct run *run, struct view path, struct view why, struct err *err)
{
    struct view copy;
    if (arena_copy(run->arena, why, &copy, err) != ERR_OK)
        return err->code;
    return skipped_add(run, &run->skipped, &run->skipped_count, &run->skipped_cap, path, copy, err);
}

static int compare_files(const void *a, const void *b)
{
    const struct delta *x = ((const struct file *)a)->delta, *y = ((const struct file *)b)->delta;
    int order = view_compare(x->path, y->path);
    return order != 0 ? order : view_compare(x->base_path, y->base_path);
}

static enum err_code open_files(struct run *run, const struct delta *deltas, size_t count, struct err *err)
{
    run->files = ARENA_ARRAY(run->arena, struct file, count + 1);
    if (run->files == NULL)
        return arena_full(run->arena, err);
    for (size_t i = 0; i < count; i++)
        run->files[i].delta = &deltas[i];
    if (count > 1)
        qsort(run->files, count, sizeof(*run->files), compare_files);
    run->file_count = count;
    for (size_t i = 0; i < count; i++) {
        struct file *file = &run->files[i];
        const struct delta *delta = file->delta;
        struct view why;

        file->analysed = delta_classify(delta, &run->limits, &file->language, &why);
        if (why.len > 0 && skip_file(run, delta->path, why, err) != ERR_OK)
            return err->code;
        file->head = (struct source){.path = delta->path, .text = delta->head, .language = file->language};
        file->base = (struct source){.path = delta->base_path.len > 0 ? delta->base_path : delta->path,
                                     .text = delta->whole ? (struct view){0} : delta->base,
                                     .language = file->language};
    }
    return ERR_OK;
}

static void count_receipt(struct run *run, const struct file *file)
{
    const struct delta *delta = file->delta;
    const struct tree *tree = file->head.tree;

    run->receipt.files++;
    run->receipt.hunks += (uint32_t)delta->hunk_count;
    for (size_t i = 0; i < delta->hunk_count && !delta->whole; i++)
        run->receipt.touched_lines += delta->hunks[i].head_lines;
    if (delta->whole)
        run->receipt.touched_lines += tree->line_count - (tree->text.len > 0 && view_ends(tree->text, "\n"));
    for (size_t i = 0; i < file->head.facts->function_count; i++) {
        const struct function *function = &file->head.facts->functions[i];
        run->receipt.functions +=
            function->name != NODE_NONE && lines_touched(file, tree->nodes[function->outer].line,
                                                         node_end_line(tree, function->outer), NULL);
    }
}

/* What the receipt says of one file besides its findings. */
static enum err_code note_file(struct run *run, const struct file *file, struct err *err)
{
    const struct tree *tree = file->head.tree;
    struct note_list notes;

    count_receipt(run, file);
    if (notes_collect(tree, file->head.arena, &notes, err) != ERR_OK ||
        notes_check(run, file, &notes, err) != ERR_OK)
        return err->code;
    if (tree->error_count == 0)
        return ERR_OK;
    run->receipt.files_with_errors++;
    return skipped_add(run, &run->partial, &run->partial_count, &run->partial_cap, file->delta->path,
                       arena_format(run->arena, "syntax error from line %u on", tree->first_error_line), err);
}

/* A touched site needs its tree again when its finding is written; up to a limit it is kept until then. */
static void keep_or_free(struct run *run, struct file *file, bool wanted)
{
    size_t bytes = file->head.arena != NULL ? arena_used_bytes(file->head.arena) : 0;
    if (wanted && run->kept_bytes + bytes <= KEPT_BYTES_MAX)
        run->kept_bytes += bytes;
    else
        source_free(&file->head);
}

static enum err_code write_file(struct run *run, struct file *file, struct err *err)
{
    struct note_list notes;
    enum err_code code = source_load(run, &file->head, err);

    if (code == ERR_OK)
        code = notes_collect(file->head.tree, file->head.arena, &notes, err);
    if (code == ERR_OK && run->latency == NULL)
        code = latency_new(run->options->latency, run->arena, &run->latency, err);
    for (size_t i = 0; i < file->site_count && code == ERR_OK; i++) {
        struct site *site = &run->heads.items[file->first_site + i];
        if (site->fate != FATE_NEW)
            continue;
        if (match_yields(run, &file->head, &notes, &file->head.matches.items[site->match]))
            site->fate = FATE_UNTOUCHED; /* the other finding says it */
        else
            code = finding_add(run, file, site, &notes, err);
    }
    source_free(&file->head);
    source_free(&file->base);
    return code;
}

static enum err_code read_head(struct run *run, struct file *file, struct err *err)
{
    bool wanted = false;
    enum err_code code;
    struct err why = {0};

    if (!file->analysed || file->delta->head.ptr == NULL)
        return ERR_OK; /* deleted: only its base counts */
    code = file_touched(run, file, err);
    if (code != ERR_OK)
        return code;
    code = source_load(run, &file->head, &why);
    if (code == ERR_LIMIT) {
        file->analysed = false;
        return skip_file(run, file->delta->path, view_of(why.message), err);
    }
    if (code != ERR_OK)
        return *err = why, code;
    file->first_site = run->heads.count;
    code = source_sites(run, &file->head, (uint32_t)(file - run->files), &run->heads, err);
    file->site_count = run->heads.count - file->first_site;
    for (size_t i = 0; i < file->site_count && code == ERR_OK; i++) {
        struct site *site = &run->heads.items[file->first_site + i];
        site_touch(file, site);
        wanted = wanted || site->touch != TOUCH_NONE;
        /* Nothing can be subtracted from a file that counts as a whole: it is written at once. */
        site->fate = file->delta->whole ? FATE_NEW : FATE_UNTOUCHED;
    }
    if (code == ERR_OK)
        code = far_calls_add(run, file, err);
    if (code == ERR_OK)
        code = note_file(run, file, err);
    if (code == ERR_OK && file->delta->whole)
        return write_file(run, file, err);
    if (code == ERR_OK)
        code = file_through_calls(run, file, err);
    keep_or_free(run, file, wanted && code == ERR_OK);
    return code;
}

static bool has_candidates(const struct run *run)
{
    for (size_t i = 0; i < run->heads.count; i++)
        if (run->heads.items[i].touch != TOUCH_NONE && !run->files[run->heads.items[i].file].delta->whole)
            return true;
    return false;
}

/* The base of every file that has a site or lost lines: what moved from anywhere must be found. */
static enum err_code read_bases(struct run *run, struct err *err)
{
    for (size_t i = 0; i < run->file_count; i++) {
        struct file *file = &run->files[i];
        struct err why = {0};
        enum err_code code;

        if (!file->analysed || file->base.text.ptr == NULL ||
            (file->site_count == 0 && file->removed_count == 0 && file->delta->head.ptr != NULL))
            continue;
        code = source_load(run, &file->base, &why);
        if (code == ERR_LIMIT)
            continue; /* the head was small enough; without a base its findings count as new */
        if (code != ERR_OK)
            return *err = why, code;
        code = source_sites(run, &file->base, (uint32_t)i, &run->bases, err);
        source_free(&file->base);
        if (code != ERR_OK)
            return code;
    }
    return ERR_OK;
}

static bool is_to_be_written(const struct run *run, const struct file *file)
{
    for (size_t i = 0; i < file->site_count && !file->delta->whole; i++)
        if (run->heads.items[file->first_site + i].fate == FATE_NEW)
            return true;
    return false;
}

static enum err_code read_files(struct run *run, struct err *err)
{
    enum err_code code = ERR_OK;

    for (size_t i = 0; i < run->file_count && code == ERR_OK; i++) {
        code = read_head(run, &run->files[i], err);
        if (run->options->progress != NULL)
            run->options->progress(run->options->progress_ctx, i + 1, run->file_count);
    }
    if (code != ERR_OK || !has_candidates(run))
        return code;
    code = read_bases(run, err);
    if (code == ERR_OK)
        code = sites_subtract(run, err);
    for (size_t i = 0; i < run->file_count && code == ERR_OK; i++)
        if (is_to_be_written(run, &run->files[i]))
            code = write_file(run, &run->files[i], err);
    return code;
}

static void count_rules(struct run *run)
{
    size_t count;
    const struct rule *const *rules = catalogue_rules(run->catalogue, &count);

    for (size_t i = 0; i < count; i++) {
        bool off = false;
        for (size_t id = 0; id < run->options->rules_off_count; id++)
            off = off || view_equal(run->options->rules_off[id], rules[i]->id);
        run->receipt.rules += !off;
    }
}

static enum err_code close_review(struct run *run, struct review *review, struct err *err)
{
    struct receipt *receipt = &run->receipt;

    findings_rank(run->findings, run->finding_count, run->options->max_comments, run->options->goal);
    for (size_t i = 0; i < run->finding_count; i++)
        *(run->findings[i].is_inline ? &receipt->inline_count : &receipt->folded) += 1;
    for (size_t i = 0; i < run->heads.count; i++)
        receipt->found += run->heads.items[i].fate != FATE_UNTOUCHED;
    assert(receipt->found == receipt->inline_count + receipt->folded + receipt->suppressed +
                                 receipt->held_back + receipt->already_there);
    count_rules(run);
    receipt->parse_ms = (double)run->parse_ns / 1e6;
    receipt->facts_ms = (double)run->facts_ns / 1e6;
    receipt->rules_ms = (double)run->rules_ns / 1e6;
    *review = (struct review){.findings = run->findings,
                              .finding_count = run->finding_count,
                              .skipped = run->skipped,
                              .skipped_count = run->skipped_count,
                              .suppressed = run->suppressed,
                              .suppressed_count = run->suppressed_count,
                              .partial = run->partial,
                              .partial_count = run->partial_count,
                              .receipt = *receipt};
    return review_reason(run, review, err);
}

enum err_code review_run(const struct catalogue *catalogue, const struct delta *deltas, size_t delta_count,
                         const struct review_options *options, const struct clock *clock, struct arena *arena,
                         struct review **out, struct err *err)
{
    struct run run = {.catalogue = catalogue,
                      .options = options,
                      .clock = clock,
                      .arena = arena,
                      .limits = options->limits.bytes > 0 ? options->limits : SYNTAX_LIMITS_DEFAULT};
    struct review *review = ARENA_NEW(arena, struct review);
    enum err_code code = review != NULL ? ERR_OK : arena_full(arena, err);

    buffer_init(&run.text, SCRATCH_BYTES_MAX);
    if (code == ERR_OK)
        code = heat_table_new(options, arena, &run.heat, err);
    if (code == ERR_OK && options->latency.len > 0)
        code = latency_new(options->latency, arena, &run.latency, err);
    if (code == ERR_OK)
        code = open_files(&run, deltas, delta_count, err);
    if (code == ERR_OK)
        code = run_index_models(&run, err);
    if (code == ERR_OK)
        code = run_index_natives(&run, err);
    if (code == ERR_OK)
        heat_table_far(run.heat, &run.far_calls);
    if (code == ERR_OK)
        code = read_files(&run, err);
    if (code == ERR_OK)
        code = close_review(&run, review, err);
    for (size_t i = 0; i < run.file_count; i++) {
        source_free(&run.files[i].head);
        source_free(&run.files[i].base);
    }
    heat_table_free(run.heat);
    buffer_deinit(&run.text);
    if (code == ERR_OK)
        *out = review;
    return code;
}
