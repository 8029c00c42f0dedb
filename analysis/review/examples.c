/* A rule's examples, run through the whole review: the lines that are expected are found, patches prove
 * themselves and give the text that the rule states. */
#include "engine/examples.h"
#include "base/arena.h"
#include "perfreview/review.h"
#include <stdlib.h>

enum { EXAMPLE_ARENA_BYTES = 64 << 20, EXAMPLE_TEXT_MAX = 1 << 20 };

struct example_run {
    const struct catalogue *catalogue;
    const struct clock *clock;
    struct arena *arena; /* the rule's; each example is small */
};

static struct view example_path(const struct rule *rule)
{
    return rule->language == LANGUAGE_PYTHON ? VIEW("example.py") : VIEW("example.rs");
}

/* All rules, also those that are held back elsewhere; and the code counts as hot: an example shows the code,
 * not where it runs. */
static enum err_code run_example(const struct example_run *run, const struct rule *rule,
                                 const struct example *example, struct view text, struct review **out,
                                 struct err *err)
{
    const struct heat_mark hot = {.glob = VIEW("example.*"), .hot = true};
    const struct file_text beside = {
        rule->language == LANGUAGE_PYTHON ? VIEW("beside.rs") : VIEW("beside.py"), example->beside};
    struct review_options options = {.models = &beside,
                                     .model_count = example->beside.len > 0 ? 1 : 0,
                                     .pedantic = true,
                                     .marks = &hot,
                                     .mark_count = 1,
                                     .projects = &example->project,
                                     .project_count = 1};
    struct delta delta = {
        .path = example_path(rule), .base_path = example_path(rule), .head = text, .whole = true};

    return review_run(run->catalogue, &delta, 1, &options, run->clock, run->arena, out, err);
}

static enum err_code analyse(void *ctx, const struct rule *rule, const struct example *example,
                             struct view text, uint32_t *lines, size_t *count, struct err *err)
{
    struct review *review;
    enum err_code code = run_example(ctx, rule, example, text, &review, err);

    *count = 0;
    for (size_t i = 0; code == ERR_OK && i < review->finding_count && *count < EXAMPLE_FINDINGS_MAX; i++)
        if (review->findings[i].rule == rule)
            lines[(*count)++] = review->findings[i].line;
    return code;
}

static int compare_edits(const void *a, const void *b)
{
    const struct text_edit *x = a, *y = b;
    return x->before.ptr < y->before.ptr ? -1 : x->before.ptr > y->before.ptr;
}

/* The text with the patches of all findings of @p rule applied; an edit that another one overlaps is left
 * out. */
static enum err_code apply_patches(const struct review *review, const struct rule *rule, struct view text,
                                   struct arena *arena, struct buffer *out, struct err *err)
{
    struct text_edit *edits;
    size_t count = 0, at = 0, byte = 0;

    for (size_t i = 0; i < review->finding_count; i++)
        count += review->findings[i].rule == rule ? review->findings[i].edit_count : 0;
    edits = ARENA_ARRAY(arena, struct text_edit, count + 1);
    if (edits == NULL)
        return arena_full(arena, err);
    for (size_t i = 0; i < review->finding_count; i++)
        for (size_t e = 0; review->findings[i].rule == rule && e < review->findings[i].edit_count; e++)
            edits[at++] = review->findings[i].edits[e];
    if (count > 1)
        qsort(edits, count, sizeof(*edits), compare_edits);
    for (size_t i = 0; i < count; i++) {
        size_t start = (size_t)(edits[i].before.ptr - text.ptr);
        if (start < byte)
            continue;
        buffer_add(out, view_slice(text, byte, start));
        buffer_add(out, edits[i].text);
        byte = start + edits[i].before.len;
    }
    buffer_add(out, view_slice(text, byte, text.len));
    return ERR_OK;
}

/* Whether the patches of a bad example give what the rule states. */
static enum err_code check_after(struct example_run *run, const struct rule *rule,
                                 const struct example *example, struct buffer *failures, struct err *err)
{
    struct view plain, after;
    struct review *review;
    struct buffer text;
    enum err_code code = example_plain(example->text, run->arena, &plain, err);

    if (code == ERR_OK)
        code = example_plain(example->after, run->arena, &after, err);
    if (code == ERR_OK)
        code = run_example(run, rule, example, plain, &review, err);
    if (code != ERR_OK)
        return code;
    buffer_init(&text, EXAMPLE_TEXT_MAX);
    code = apply_patches(review, rule, plain, run->arena, &text, err);
    if (code == ERR_OK && !view_equal(view_trim(buffer_view(&text)), view_trim(after))) {
        bool none = view_equal(buffer_view(&text), plain);
        buffer_add_format(failures, "%.*s:%u: %s\n", VIEW_ARG(rule->file), example->line,
                          none ? "no patch was made, or it did not prove itself"
                               : "the patch gives another text:");
        buffer_add(failures, none ? VIEW("") : buffer_view(&text));
        buffer_add_text(failures, none ? "" : "\n");
    }
    buffer_deinit(&text);
    return code;
}

enum err_code rule_check_examples(const struct catalogue *catalogue, const struct rule *rule,
                                  const struct clock *clock, struct buffer *failures, uint32_t *checked,
                                  struct err *err)
{
    struct example_run run = {
        .catalogue = catalogue, .clock = clock, .arena = arena_new(EXAMPLE_ARENA_BYTES)};
    size_t failed = 0;
    enum err_code code;

    if (run.arena == NULL)
        return err_set(err, ERR_MEMORY, "no memory for the examples of %.*s", VIEW_ARG(rule->id));
    code = examples_check(rule, analyse, &run, run.arena, failures, &failed, err);
    for (size_t i = 0; i < rule->example_count && code == ERR_OK; i++)
        if (rule->examples[i].bad && rule->examples[i].after.len > 0)
            code = check_after(&run, rule, &rule->examples[i], failures, err);
    if (code == ERR_OK)
        *checked = (uint32_t)rule->example_count;
    arena_free(run.arena);
    return code;
}
