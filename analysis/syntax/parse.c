/* Runs the parser under its budgets and hands the tree to flatten.c. */
#include "syntax_internal.h"
#include <string.h>

const struct syntax_limits SYNTAX_LIMITS_DEFAULT = {
    .bytes = 1u << 20, .nodes = 2000000, .depth = 1000, .parse_ms = 5000, .macros = 4};

enum { CLOCK_EVERY = 16 }; /* progress calls between two looks at the clock */

struct progress {
    const struct clock *clock;
    uint64_t deadline_ns;
    uint32_t calls;
    bool expired;
};

static const char *read_text(void *payload, uint32_t byte, TSPoint position, uint32_t *bytes_read)
{
    const struct view *text = payload;
    (void)position;
    *bytes_read = byte < text->len ? (uint32_t)(text->len - byte) : 0;
    return byte < text->len ? text->ptr + byte : "";
}

static bool watch_clock(TSParseState *state)
{
    struct progress *progress = state->payload;
    if (++progress->calls % CLOCK_EVERY == 0)
        progress->expired = progress->clock->now_ns(progress->clock->ctx) > progress->deadline_ns;
    return progress->expired;
}

static enum err_code check_size(struct view text, const struct syntax_limits *limits, struct err *err)
{
    if (text.len > limits->bytes || text.len > INT32_MAX)
        return err_set(err, ERR_LIMIT, "%zu bytes, limit %zu", text.len, limits->bytes);
    return ERR_OK;
}

/* A parser a file: it keeps stacks and pools whose size follows the largest file it ever saw. */
static enum err_code parse(enum language language, struct view text, TSParseOptions options, TSTree **out,
                           struct err *err)
{
    TSParser *parser = ts_parser_new();
    TSInput input = {.payload = &text, .read = read_text, .encoding = TSInputEncodingUTF8};
    *out = NULL;
    if (parser != NULL && ts_parser_set_language(parser, language_grammar(language)))
        *out = ts_parser_parse_with_options(parser, NULL, input, options);
    ts_parser_delete(parser);
    return *out != NULL ? ERR_OK : err_set(err, ERR_MEMORY, "the parser gave no tree");
}

static enum err_code find_lines(struct tree *tree, struct arena *arena, struct err *err)
{
    uint32_t *starts, count = 1;
    const char *at = tree->text.ptr, *end = at + tree->text.len;

    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL)
        count++, at++;
    starts = ARENA_ARRAY(arena, uint32_t, count);
    if (starts == NULL)
        return arena_full(arena, err);
    tree->line_starts = starts;
    tree->line_count = count;
    *starts++ = 0;
    for (at = tree->text.ptr; at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        *starts++ = (uint32_t)(at + 1 - tree->text.ptr);
    return ERR_OK;
}

enum err_code tree_parse(enum language language, struct view text, const struct syntax_limits *limits,
                         const struct clock *clock, struct arena *arena, struct tree **out, struct err *err)
{
    struct progress progress = {.clock = clock};
    TSParseOptions options = {.payload = &progress, .progress_callback = watch_clock};
    struct tree *tree = ARENA_NEW(arena, struct tree);
    struct macro_reader macros = {
        .tree = tree, .options = options, .depth = language == LANGUAGE_RUST ? limits->macros : 0};
    TSTree *parsed = NULL;
    enum err_code code;

    if (tree == NULL)
        return arena_full(arena, err);
    if (check_size(text, limits, err) != ERR_OK)
        return ERR_LIMIT;
    tree->language = language;
    tree->text = text.ptr != NULL ? text : VIEW("");
    progress.deadline_ns = clock->now_ns(clock->ctx) + (uint64_t)limits->parse_ms * 1000000;
    code = parse(language, tree->text, options, &parsed, err);
    if (code == ERR_OK)
        code = find_lines(tree, arena, err);
    if (code == ERR_OK)
        code = tree_flatten(tree, parsed, limits, &macros, arena, err);
    if (progress.expired)
        code = err_set(err, ERR_LIMIT, "parsing took over %u ms", limits->parse_ms);
    macro_reader_deinit(&macros);
    ts_tree_delete(parsed);
    if (code == ERR_OK)
        *out = tree;
    return code;
}

enum err_code tree_parse_bare(enum language language, struct view text, struct err *err)
{
    TSTree *parsed = NULL;
    enum err_code code =
        parse(language, text.ptr != NULL ? text : VIEW(""), (TSParseOptions){0}, &parsed, err);
    ts_tree_delete(parsed);
    return code;
}
