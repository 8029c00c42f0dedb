/* Patches: the rule's templates become byte edits, those become whole lines, and the result must prove
 * itself: it parses, the finding is gone, none is new. What cannot be proven is not offered. */
#include "escape.h"
#include "review_internal.h"
#include <stdlib.h>
#include <string.h>

struct byte_edit {
    uint32_t start, end;
    struct view text;
};

enum { PATCH_EDITS_MAX = 32 }; /* places that one patch changes */

struct patch {
    struct byte_edit edits[PATCH_EDITS_MAX];
    size_t count;
};

static struct view line_indent(const struct tree *tree, uint32_t line)
{
    struct view text = tree_line_text(tree, line);
    size_t at = 0;
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
        at++;
    return view_slice(text, 0, at);
}

/* The line ending in use at a line; of the line before at the end of the file. */
static struct view line_ending(const struct tree *tree, uint32_t line)
{
    uint32_t next = line < tree->line_count ? tree->line_starts[line] : 0;
    if (next == 0 && line > 1)
        next = tree->line_starts[line - 1];
    return next >= 2 && tree->text.ptr[next - 2] == '\r' ? VIEW("\r\n") : VIEW("\n");
}

static void add_with_ending(struct buffer *out, struct view text, struct view ending)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n' && (i == 0 || text.ptr[i - 1] != '\r'))
            buffer_add(out, ending);
        else
            buffer_add_byte(out, text.ptr[i]);
    }
}

/* Lines after the first get the indentation of the line that the edit stands on. */
static bool render_lines(const struct rule_edit *edit, const struct match *match, const struct source *head,
                         double n, uint32_t line, struct buffer *out)
{
    struct view rest = edit->with, part, indent = line_indent(head->tree, line);
    struct view ending = line_ending(head->tree, line);
    const struct render render = {.path = head->path, .n = n, .code = true};
    struct buffer piece;
    bool first = true, said = true;

    while (view_ends(rest, "\n"))
        rest.len--;
    buffer_init(&piece, PATCH_BYTES_MAX);
    while (view_split(&rest, '\n', &part)) {
        if (!first)
            buffer_add(out, ending);
        if (!first || edit->action == EDIT_INSERT_BEFORE)
            buffer_add(out, indent);
        first = false;
        buffer_clear(&piece);
        said = said && match_render(match, part, head->facts, &render, &piece) && piece.failed == ERR_OK;
        add_with_ending(out, buffer_view(&piece), ending);
    }
    if (edit->action == EDIT_INSERT_BEFORE)
        buffer_add(out, ending);
    buffer_deinit(&piece);
    return said && out->failed == ERR_OK;
}

/* Whether a comment stands in the nodes from @p first on, to the end of the subtree of @p last. */
static bool holds_comment(const struct tree *tree, uint32_t first, uint32_t last)
{
    for (uint32_t at = first; at < tree->nodes[last].next; at++)
        if (tree->nodes[at].flags & NODE_EXTRA)
            return true;
    return false;
}

/* Above a function is above its decorators. */
static uint32_t outermost(const struct facts *facts, uint32_t node)
{
    for (size_t i = 0; i < facts->function_count; i++)
        if (facts->functions[i].node == node)
            return facts->functions[i].outer;
    return node;
}

static bool make_edit(const struct rule_edit *edit, const struct match *match, const struct source *head,
                      double n, uint32_t node, struct arena *arena, struct byte_edit *out)
{
    uint32_t last = node;
    const struct tree *tree = head->tree;
    struct buffer text;
    struct err ignored;
    bool made;

    if (edit->through.len > 0)
        last = match_node(match, head->facts, edit->through);
    if (last == NODE_NONE || last < node ||
        (edit->action != EDIT_INSERT_BEFORE && holds_comment(tree, node, last)))
        return false;
    if (edit->action == EDIT_INSERT_BEFORE)
        node = outermost(head->facts, node);
    *out = (struct byte_edit){.start = tree->nodes[node].start, .end = tree->nodes[last].end};
    if (edit->action == EDIT_INSERT_BEFORE)
        out->start = out->end = tree->line_starts[tree->nodes[node].line - 1];
    buffer_init(&text, PATCH_BYTES_MAX);
    made = render_lines(edit, match, head, n, tree->nodes[node].line, &text) &&
           arena_copy(arena, buffer_view(&text), &out->text, &ignored) == ERR_OK;
    buffer_deinit(&text);
    return made;
}

static bool add_edit(const struct rule_edit *edit, const struct match *match, const struct source *head,
                     double n, uint32_t node, struct arena *arena, struct patch *patch)
{
    return patch->count < PATCH_EDITS_MAX &&
           make_edit(edit, match, head, n, node, arena, &patch->edits[patch->count++]);
}

/* Each named node within one that has the text of a template; nodes within such a node are part of it. */
static bool add_edits_of_each(const struct rule_edit *edit, const struct match *match,
                              const struct source *head, double n, uint32_t within, struct arena *arena,
                              struct patch *patch)
{
    const struct render render = {.path = head->path, .n = n, .code = true};
    const struct node *nodes = head->tree->nodes;
    struct buffer like;
    bool made;

    buffer_init(&like, PATCH_BYTES_MAX);
    made = match_render(match, edit->like, head->facts, &render, &like) && like.failed == ERR_OK;
    for (uint32_t at = within; made && at < nodes[within].next;) {
        bool alike =
            (nodes[at].flags & NODE_NAMED) != 0 && view_equal(node_text(head->tree, at), buffer_view(&like));
        made = !alike || add_edit(edit, match, head, n, at, arena, patch);
        at = alike ? nodes[at].next : at + 1;
    }
    buffer_deinit(&like);
    return made;
}

static bool make_edits(const struct rule_edit *edit, const struct match *match, const struct source *head,
                       double n, struct arena *arena, struct patch *patch)
{
    uint32_t node = match_node(match, head->facts, edit->at);

    if (node == NODE_NONE)
        return false;
    return edit->action == EDIT_REPLACE_EACH ? add_edits_of_each(edit, match, head, n, node, arena, patch)
                                             : add_edit(edit, match, head, n, node, arena, patch);
}

static int compare_edits(const void *a, const void *b)
{
    const struct byte_edit *x = a, *y = b;
    return x->start != y->start ? (x->start < y->start ? -1 : 1) : x->end < y->end ? -1 : x->end > y->end;
}

static bool make_patch(const struct match *match, const struct source *head, double n, struct arena *arena,
                       struct patch *patch)
{
    const struct rule_patch *rule = &match->variant->patch;

    for (size_t i = 0; i < rule->edit_count; i++)
        if (!make_edits(&rule->edits[i], match, head, n, arena, patch))
            return false;
    if (patch->count == 0)
        return false;
    qsort(patch->edits, patch->count, sizeof(*patch->edits), compare_edits);
    for (size_t i = 1; i < patch->count; i++)
        if (patch->edits[i].start < patch->edits[i - 1].end)
            return false; /* they overlap */
    return true;
}

static struct view whole_lines(const struct tree *tree, uint32_t first, uint32_t last)
{
    return view_slice(tree->text, tree->line_starts[first - 1],
                      last < tree->line_count ? tree->line_starts[last] : tree->text.len);
}

/* Byte edits that stand on neighbouring lines become one edit of those lines. */
static bool make_line_edits(const struct patch *patch, const struct tree *tree, struct arena *arena,
                            struct text_edit *out, size_t *count)
{
    struct err ignored;

    for (size_t i = 0; i < patch->count;) {
        uint32_t first = tree_line_of(tree, patch->edits[i].start), last = first, byte;
        struct text_edit *edit = &out[(*count)++];
        struct buffer text;
        size_t end = i;
        bool made;

        for (; end < patch->count && tree_line_of(tree, patch->edits[end].start) <= last + 1; end++) {
            const struct byte_edit *e = &patch->edits[end];
            uint32_t e_last = tree_line_of(tree, e->end > e->start ? e->end - 1 : e->end);
            last = e_last > last ? e_last : last;
        }
        buffer_init(&text, 4 * PATCH_BYTES_MAX);
        for (byte = tree->line_starts[first - 1]; i < end; byte = patch->edits[i].end, i++) {
            buffer_add(&text, view_slice(tree->text, byte, patch->edits[i].start));
            buffer_add(&text, patch->edits[i].text);
        }
        edit->start_line = first;
        edit->end_line = last;
        edit->before = whole_lines(tree, first, last);
        buffer_add(&text, view_slice(tree->text, byte,
                                     (size_t)(edit->before.ptr - tree->text.ptr) + edit->before.len));
        made =
            text.failed == ERR_OK && arena_copy(arena, buffer_view(&text), &edit->text, &ignored) == ERR_OK;
        buffer_deinit(&text);
        if (!made)
            return false;
    }
    return true;
}

static void apply(const struct tree *tree, const struct text_edit *edits, size_t count, struct buffer *out)
{
    size_t byte = 0;
    for (size_t i = 0; i < count; i++) {
        size_t start = (size_t)(edits[i].before.ptr - tree->text.ptr);
        buffer_add(out, view_slice(tree->text, byte, start));
        buffer_add(out, edits[i].text);
        byte = start + edits[i].before.len;
    }
    buffer_add(out, view_slice(tree->text, byte, tree->text.len));
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The keys of all matches, sorted; of `except` none. */
static uint64_t *sorted_keys(const struct site *sites, size_t count, const struct site *except, size_t *kept,
                             struct arena *arena)
{
    uint64_t *keys = ARENA_ARRAY(arena, uint64_t, count + 1);

    *kept = 0;
    for (size_t i = 0; keys != NULL && i < count; i++)
        if (except == NULL || sites[i].match != except->match)
            keys[(*kept)++] = sites[i].code + sites[i].depth;
    if (keys != NULL)
        qsort(keys, *kept, sizeof(*keys), compare_hashes);
    return keys;
}

/* Whether every match after the patch was there before, the patched one being gone. */
static bool only_loses(struct run *run, const struct file *file, const struct site *site,
                       struct source *patched, struct arena *arena)
{
    struct site_list after = {0};
    struct err ignored;
    size_t before_count, after_count, at = 0;
    uint64_t *before, *keys;

    if (source_sites(run, patched, site->file, &after, &ignored) != ERR_OK)
        return false;
    before = sorted_keys(run->heads.items + file->first_site, file->site_count, site, &before_count, arena);
    keys = sorted_keys(after.items, after.count, NULL, &after_count, arena);
    if (before == NULL || keys == NULL)
        return false;
    for (size_t i = 0; i < after_count; i++, at++) {
        while (at < before_count && before[at] < keys[i])
            at++;
        if (at == before_count || before[at] != keys[i])
            return false;
    }
    return true;
}

static bool verify(struct run *run, const struct file *file, const struct site *site,
                   const struct text_edit *edits, size_t count)
{
    const struct source *head = &file->head;
    struct source patched = {.path = head->path, .language = head->language};
    struct arena *own = run->arena;
    struct buffer text;
    struct err ignored;
    bool good;

    buffer_init(&text, run->limits.bytes);
    apply(head->tree, edits, count, &text);
    patched.text = buffer_view(&text);
    good = text.failed == ERR_OK && source_load(run, &patched, &ignored) == ERR_OK;
    if (good) {
        run->arena = patched.arena; /* what is only compared dies with it */
        good = patched.tree->error_count <= head->tree->error_count &&
               only_loses(run, file, site, &patched, patched.arena);
        run->arena = own;
    }
    source_free(&patched);
    buffer_deinit(&text);
    return good;
}

static bool all_touched(const struct file *file, const struct text_edit *edit)
{
    for (uint32_t line = edit->start_line; line <= edit->end_line; line++)
        if (!lines_touched(file, line, line, NULL))
            return false;
    return true;
}

enum err_code finding_patch(struct run *run, struct file *file, const struct site *site, double n,
                            struct finding *finding, struct err *err)
{
    const struct match *match = &file->head.matches.items[site->match];
    const struct rule_patch *rule = &match->variant->patch;
    struct text_edit *edits;
    struct patch patch = {0};
    size_t count = 0, bytes = 0;

    if (!rule->present || file->patch_checks >= PATCH_CHECKS_MAX ||
        (file->patch_checks + 1) * file->head.text.len > PATCH_CHECK_BYTES_MAX ||
        !match_holds(match, rule->when, file->head.facts))
        return ERR_OK;
    edits = ARENA_ARRAY(run->arena, struct text_edit, PATCH_EDITS_MAX);
    if (edits == NULL)
        return arena_full(run->arena, err);
    if (!make_patch(match, &file->head, n, run->arena, &patch) ||
        !make_line_edits(&patch, file->head.tree, run->arena, edits, &count))
        return ERR_OK;
    for (size_t i = 0; i < count; i++)
        bytes += edits[i].before.len + edits[i].text.len;
    if (bytes > PATCH_BYTES_MAX)
        return ERR_OK; /* too long to be read in a comment */
    file->patch_checks++;
    if (!verify(run, file, site, edits, count))
        return ERR_OK;
    finding->has_patch = finding->patch_verified = true;
    finding->patch_safe = rule->safe;
    finding->edits = edits;
    finding->edit_count = count;
    /* What a forge does to carriage returns in a suggestion is its own affair: then the patch is only shown.
     */
    finding->suggestion = rule->safe && count == 1 && all_touched(file, &edits[0]) &&
                          escape_is_clean(edits[0].text) &&
                          view_find_byte(edits[0].text, '\r', 0) == SIZE_MAX;
    return ERR_OK;
}
