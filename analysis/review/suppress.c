/* Comments that speak to us: `perf-review: ignore[rule, ...] reason`, `perf-review: hot`, `perf-review:
 * cold`. Only comment nodes are looked at: the same words in a string mean nothing. */
#include "review_internal.h"
#include <ctype.h>

static bool is_comment(const struct tree *tree, const uint16_t kinds[3], uint32_t node)
{
    uint16_t kind = tree->nodes[node].kind;
    return kind != KIND_NONE && (kind == kinds[0] || kind == kinds[1] || kind == kinds[2]);
}

static bool stands_alone(const struct tree *tree, uint32_t node)
{
    uint32_t start = tree->line_starts[tree->nodes[node].line - 1];
    return view_trim(view_slice(tree->text, start, tree->nodes[node].start)).len == 0;
}

static struct view skip_marks(struct view text)
{
    text = view_trim(text);
    while (text.len > 0 &&
           (text.ptr[0] == '#' || text.ptr[0] == '/' || text.ptr[0] == '*' || text.ptr[0] == '!'))
        text = view_slice(text, 1, text.len);
    if (view_ends(text, "*/"))
        text.len -= 2;
    return view_trim(text);
}

/* The words after "perf-review:". False for anything that we do not know. */
static bool parse_note(struct view text, struct note *note)
{
    size_t open, close;

    text = skip_marks(text);
    if (!view_starts(text, "perf-review:"))
        return false;
    text = view_trim(view_slice(text, sizeof("perf-review:") - 1, text.len));
    if (view_is(text, "hot") || view_starts(text, "hot ")) {
        note->kind = NOTE_HOT;
        return true;
    }
    if (view_is(text, "cold") || view_starts(text, "cold ")) {
        note->kind = NOTE_COLD;
        return true;
    }
    open = view_find_byte(text, '[', 0);
    close = view_find_byte(text, ']', 0);
    if (!view_starts(text, "ignore") || open == SIZE_MAX || close == SIZE_MAX || close < open ||
        view_trim(view_slice(text, sizeof("ignore") - 1, open)).len > 0)
        return false;
    note->kind = NOTE_IGNORE;
    note->ids = view_slice(text, open + 1, close);
    note->reason = view_trim(view_slice(text, close + 1, text.len));
    return true;
}

/* A comment on a line of its own speaks of the next line that holds code. */
static uint32_t target_line(const struct tree *tree, const uint16_t kinds[3], uint32_t node)
{
    uint32_t line = tree->nodes[node].line;

    if (!stands_alone(tree, node))
        return line;
    line = node_end_line(tree, node) + 1;
    for (uint32_t at = tree->nodes[node].next; at < tree->count && tree->nodes[at].line == line; at++)
        if (is_comment(tree, kinds, at) && stands_alone(tree, at))
            line = node_end_line(tree, at) + 1;
        else
            break;
    return line;
}

enum err_code notes_collect(const struct tree *tree, struct arena *arena, struct note_list *out,
                            struct err *err)
{
    const uint16_t kinds[3] = {language_kind(tree->language, VIEW("comment"), true),
                               language_kind(tree->language, VIEW("line_comment"), true),
                               language_kind(tree->language, VIEW("block_comment"), true)};
    struct note note;

    *out = (struct note_list){0};
    if (view_find(tree->text, VIEW("perf-review:"), 0) == SIZE_MAX)
        return ERR_OK;
    for (uint32_t node = 0; node < tree->count; node++) {
        void *items = out->items;

        note = (struct note){.line = tree->nodes[node].line};
        if (!is_comment(tree, kinds, node) || !parse_note(node_text(tree, node), &note))
            continue;
        note.target = target_line(tree, kinds, node);
        if (arena_grow(arena, &items, out->count, &out->cap, sizeof(note), err) != ERR_OK)
            return err->code;
        out->items = items;
        out->items[out->count++] = note;
    }
    return ERR_OK;
}

static bool names_rule(struct view ids, const struct rule *rule)
{
    struct view part;
    while (view_split(&ids, ',', &part))
        if (view_equal(view_trim(part), rule->id))
            return true;
    return false;
}

/* The line where the statement around a node starts: the outermost ancestor below a block. */
static uint32_t statement_line(const struct tree *tree, uint32_t node)
{
    uint16_t block = language_kind(tree->language, VIEW("block"), true);
    while (tree->nodes[node].parent != NODE_NONE && tree->nodes[node].parent != 0 &&
           tree->nodes[tree->nodes[node].parent].kind != block)
        node = tree->nodes[node].parent;
    return tree->nodes[node].line;
}

const struct note *notes_suppress(const struct note_list *notes, const struct tree *tree, uint32_t node,
                                  const struct rule *rule)
{
    uint32_t line = tree->nodes[node].line;

    for (size_t i = 0; i < notes->count; i++) {
        const struct note *note = &notes->items[i];
        if (note->kind == NOTE_IGNORE && names_rule(note->ids, rule) &&
            (note->target == line || note->target == statement_line(tree, node)))
            return note;
    }
    return NULL;
}

enum err_code notes_check(struct run *run, const struct file *file, const struct note_list *notes,
                          struct err *err)
{
    for (size_t i = 0; i < notes->count; i++) {
        const struct note *note = &notes->items[i];
        struct view ids = note->ids, part;

        if (note->kind != NOTE_IGNORE || !lines_touched(file, note->line, note->line, NULL))
            continue;
        while (view_split(&ids, ',', &part)) {
            struct view id = view_trim(part);
            if (catalogue_find(run->catalogue, id) != NULL)
                continue;
            id = arena_format(run->arena, "%.*s:%u %.*s", VIEW_ARG(file->delta->path), note->line,
                              VIEW_ARG(id));
            if (skipped_add(run, &run->suppressed, &run->suppressed_count, &run->suppressed_cap, id,
                            VIEW("no rule has this id"), err) != ERR_OK)
                return err->code;
        }
    }
    return ERR_OK;
}
