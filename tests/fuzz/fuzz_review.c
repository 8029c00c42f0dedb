/* The whole analysis over hostile code: the first byte picks the language, the next two where the base text
 * ends; the rest is base and head. It must end, never fail but by a limit, count right (asserted inside),
 * render, and give the same bytes when it is done again. */
#include "perfreview/review.h"
#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t no_time(void *ctx)
{
    (void)ctx;
    return 0;
}

/* The rules are compiled once for the process: the fuzzer calls the function millions of times. */
static struct catalogue *rules(void)
{
    static struct catalogue *catalogue;
    size_t count;
    const struct rule_source *sources = rule_sources_embedded(&count);
    if (catalogue == NULL)
        assert(catalogue_new(sources, count, &catalogue, NULL) == ERR_OK);
    return catalogue;
}

static void run(const struct delta *delta, struct buffer *out)
{
    static const struct clock CLOCK = {no_time, NULL};
    struct review_options options = {
        .pedantic = true, .limits = {.bytes = 1 << 16, .nodes = 100000, .depth = 200, .parse_ms = 60000}};
    struct review_title title = {.head = VIEW("abc"), .base = VIEW("def")};
    struct arena *arena = arena_new(256 << 20);
    struct review *review = NULL;
    struct err err = {0};
    enum err_code code = review_run(rules(), delta, 1, &options, &CLOCK, arena, &review, &err);

    assert(code == ERR_OK || code == ERR_LIMIT);
    if (code == ERR_OK) {
        review_render_markdown(review, &title, out);
        review_render_json(review, out);
        for (size_t i = 0; i < review->finding_count; i++)
            finding_render_comment(&review->findings[i], &title, out);
    }
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view text = {(const char *)data + 3, size - 3};
    struct buffer first, second;
    struct hunk hunk;
    struct delta delta;
    size_t cut;

    if (size < 4)
        return 0;
    cut = (size_t)(data[1] << 8 | data[2]) % (text.len + 1);
    delta = (struct delta){.path = (data[0] & 1) != 0 ? VIEW("a.rs") : VIEW("a.py"),
                           .base = view_slice(text, 0, cut),
                           .head = view_slice(text, (data[0] & 2) != 0 ? cut : 0, text.len),
                           .hunks = &hunk,
                           .hunk_count = 1,
                           .whole = (data[0] & 4) != 0};
    delta.base_path = delta.path;
    hunk = (struct hunk){.base_start = 1, .base_lines = 1, .head_start = 1, .head_lines = 1 + data[0] / 8};
    buffer_init(&first, 8 << 20);
    buffer_init(&second, 8 << 20);
    run(&delta, &first);
    run(&delta, &second);
    assert(view_equal(buffer_view(&first), buffer_view(&second)));
    buffer_deinit(&first);
    buffer_deinit(&second);
    return 0;
}
