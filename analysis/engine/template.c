/* Reads templates and renders them for one match. */
#include "base/utf8.h"
#include "engine_internal.h"

enum { CUT_CHARS = 60 };

static const struct {
    const char *name;
    bool (*write)(const struct tree *tree, uint32_t node, struct buffer *out);
} FILTERS[] = {
    {"char", char_write},
    {"inside", inside_write},
    {"items", items_write},
    {"keywords", keywords_write},
    {"lazy_format", lazy_format_write},
    {"operand", operand_write},
    {"pairs", pairs_write},
    {"text", text_write},
    {"whole", NULL}, /* the text as it is */
    {"words", words_write},
};

/* What the engine gives besides captures; a capture's own come last. */
static const struct {
    const char *name, *property; /* a name of NULL: any capture */
} KNOWN[] = {
    {"loop", ""},
    {"loop", "line"},
    {"loop", "target"},
    {"loop", "iterated"},
    {"function", ""},
    {"function", "line"},
    {"file", ""},
    {"n", ""},
    {NULL, ""},
    {NULL, "line"},
    {NULL, "type"},
    {NULL, "origin"},
    {NULL, "many"},
    {NULL, "caller"},
    {NULL, "bytes"},
    {NULL, "bytes-reordered"},
    {NULL, "bytes-others"},
};

bool template_knows(struct view name, struct view property, bool capture)
{
    for (size_t i = 0; i < COUNT_OF(KNOWN); i++)
        if (view_is(property, KNOWN[i].property) &&
            (capture ? KNOWN[i].name == NULL : KNOWN[i].name != NULL && view_is(name, KNOWN[i].name)))
            return true;
    return false;
}

bool template_filter(struct view filter)
{
    for (size_t i = 0; i < COUNT_OF(FILTERS); i++)
        if (view_is(filter, FILTERS[i].name))
            return true;
    return false;
}

/* Cut the part behind the last @p mark off @p text. */
static struct view cut_after(struct view *text, char mark)
{
    size_t at = view_find_byte(*text, mark, 0);
    struct view after = {0};
    if (at != SIZE_MAX) {
        after = view_slice(*text, at + 1, text->len);
        text->len = at;
    }
    return after;
}

/* `pyo3>=0.26 ? from then on : before : where that is not known`; without the last the second stands for it.
 */
static bool read_choice(struct view text, struct template_part *out)
{
    size_t mark = view_find(text, VIEW(" ? "), 0), first, second;

    if (mark == SIZE_MAX)
        return false;
    out->choice = true;
    out->name = view_slice(text, 0, mark);
    text = view_slice(text, mark + 3, text.len);
    first = view_find(text, VIEW(" : "), 0);
    out->known[0] = view_slice(text, 0, first);
    if (first == SIZE_MAX)
        return true;
    text = view_slice(text, first + 3, text.len);
    second = view_find(text, VIEW(" : "), 0);
    out->known[1] = view_slice(text, 0, second);
    out->unknown = second != SIZE_MAX ? view_slice(text, second + 3, text.len) : out->known[1];
    return true;
}

bool template_next(struct view text, size_t *at, struct template_part *out)
{
    size_t start = *at, brace = start, end;

    *out = (struct template_part){0};
    if (start >= text.len)
        return false;
    while ((brace = view_find_byte(text, '{', brace)) != SIZE_MAX && brace + 1 < text.len &&
           text.ptr[brace + 1] == '{')
        brace += 2;
    out->before = view_slice(text, start, brace == SIZE_MAX ? text.len : brace);
    *at = text.len;
    if (brace == SIZE_MAX)
        return true;
    out->found = true;
    out->offset = brace;
    end = view_find_byte(text, '}', brace);
    out->closed = end != SIZE_MAX;
    if (!out->closed)
        return true;
    *at = end + 1;
    out->name = view_slice(text, brace + 1, end);
    if (read_choice(out->name, out))
        return true;
    out->filter = cut_after(&out->name, '|');
    out->property = cut_after(&out->name, '.');
    return true;
}

void folded_write(struct view text, struct buffer *out)
{
    size_t chars = 0, cut_at = 0, start = out->len;
    bool space = false;

    text = view_trim(text);
    for (size_t i = 0, len; i < text.len; i += len) {
        char c = text.ptr[i];
        len = utf8_len(text, i) > 0 ? utf8_len(text, i) : 1;
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            space = true;
            continue;
        }
        if (chars + space + 1 > CUT_CHARS) {
            if (out->failed == ERR_OK && cut_at > 0)
                out->len = start + cut_at;
            buffer_add_text(out, "…");
            return;
        }
        if (space)
            buffer_add_byte(out, ' ');
        chars += (size_t)space + 1;
        space = false;
        buffer_add(out, view_slice(text, i, i + len));
        if (chars < CUT_CHARS)
            cut_at = out->len - start;
    }
}

struct renderer {
    const struct match *match;
    struct facts *facts;
    const struct render *render;
    struct buffer *out;
    bool said; /* everything so far */
};

static void write_unknown(struct renderer *renderer)
{
    renderer->said = false;
    buffer_add_text(renderer->out, "?");
}

static void write_text(struct renderer *renderer, struct view text)
{
    if (renderer->render->code)
        buffer_add(renderer->out, text);
    else
        folded_write(text, renderer->out);
}

static void write_node(struct renderer *renderer, uint32_t node)
{
    if (node == NODE_NONE)
        write_unknown(renderer);
    else
        write_text(renderer, node_text(renderer->facts->tree, node));
}

static void write_line(struct renderer *renderer, uint32_t node)
{
    if (node == NODE_NONE)
        write_unknown(renderer);
    else
        buffer_add_format(renderer->out, "%u", renderer->facts->tree->nodes[node].line);
}

static void write_type(const struct type *type, struct buffer *out)
{
    bool named = type->kind == TYPE_INSTANCE || type->kind == TYPE_CLASS;
    if (named && type->path.len > 0)
        buffer_add(out, type->path);
    else
        buffer_add_text(out, type_kind_name(type->kind));
    if (type->item != NULL && type->item->kind != TYPE_UNKNOWN) {
        buffer_add_text(out, " of ");
        buffer_add_text(out, type_kind_name(type->item->kind));
    }
    if (type->value != NULL && type->value->kind != TYPE_UNKNOWN) {
        buffer_add_text(out, " to ");
        buffer_add_text(out, type_kind_name(type->value->kind));
    }
}

static void write_filtered(struct renderer *renderer, uint32_t node, struct view filter)
{
    for (size_t i = 0; i < COUNT_OF(FILTERS); i++) {
        if (!view_is(filter, FILTERS[i].name))
            continue;
        if (FILTERS[i].write == NULL)
            buffer_add(renderer->out, node_text(renderer->facts->tree, node));
        else if (!FILTERS[i].write(renderer->facts->tree, node, renderer->out))
            write_unknown(renderer);
    }
}

/* The function for many items that the one that is called has beside it. */
static void write_many(struct renderer *renderer, uint32_t node)
{
    const struct native *native = natives_find(renderer->facts->natives, facts_path(renderer->facts, node));

    if (native == NULL || native->for_many == NULL)
        write_unknown(renderer);
    else
        write_text(renderer, native->for_many->name);
}

/* The loop of Python code that calls the function of that name. */
static void write_caller(struct renderer *renderer, uint32_t node)
{
    const struct native_call *call =
        natives_call(renderer->facts->natives, node_text(renderer->facts->tree, node));

    if (call == NULL)
        write_unknown(renderer);
    else
        buffer_add_format(renderer->out, "line %u of `%.*s`", call->line, VIEW_ARG(call->path));
}

static void write_capture(struct renderer *renderer, uint32_t node, const struct template_part *part)
{
    if (node == NODE_NONE)
        write_unknown(renderer);
    else if (part->filter.len > 0)
        write_filtered(renderer, node, part->filter);
    else if (view_is(part->property, "line"))
        write_line(renderer, node);
    else if (view_is(part->property, "type"))
        write_type(facts_type(renderer->facts, node), renderer->out);
    else if (view_is(part->property, "many"))
        write_many(renderer, node);
    else if (view_is(part->property, "caller"))
        write_caller(renderer, node);
    else if (view_is(part->property, "origin"))
        origin_write(renderer->facts, node, renderer->out);
    else if (view_starts(part->property, "bytes")) {
        if (!layout_write(renderer->facts, node, part->property, renderer->out))
            write_unknown(renderer);
    } else
        write_node(renderer, node);
}

static void write_loop(struct renderer *renderer, struct view property)
{
    const struct tree *tree = renderer->facts->tree;
    const struct loop *loop = facts_loop(renderer->facts, renderer->match->nodes[0]);

    if (loop != NULL)
        loop = facts_loop_shown(renderer->facts, loop);
    if (loop == NULL)
        write_unknown(renderer);
    else if (view_is(property, "line"))
        write_line(renderer, loop->node);
    else if (view_is(property, "target"))
        write_node(renderer, loop->target);
    else if (view_is(property, "iterated"))
        write_node(renderer, loop->iterated);
    else
        write_text(renderer, view_trim(tree_line_text(tree, tree->nodes[loop->node].line)));
}

static void write_function(struct renderer *renderer, struct view property)
{
    const struct function *function = facts_named_function(renderer->facts, renderer->match->nodes[0]);

    if (view_is(property, "line"))
        write_line(renderer, function != NULL ? function->node : NODE_NONE);
    else if (function != NULL)
        buffer_add(renderer->out, facts_function_name(renderer->facts, function));
    else if (renderer->render->code)
        write_unknown(renderer);
    else
        buffer_add_text(renderer->out, "the module");
}

static void write_choice(struct renderer *renderer, const struct template_part *part)
{
    const struct project *project = renderer->facts->project;
    struct crate_asked asked, contrary;

    if (!crate_asked_read(part->name, &asked))
        return;
    contrary = asked;
    contrary.at_least = asked.below;
    contrary.below = asked.at_least;
    if (project_has_crate(project, &asked))
        buffer_add(renderer->out, part->known[0]);
    else if (project_has_crate(project, &contrary))
        buffer_add(renderer->out, part->known[1]);
    else
        buffer_add(renderer->out, part->unknown);
}

static void write_part(struct renderer *renderer, const struct template_part *part)
{
    const struct rule *rule = renderer->match->rule;
    uint8_t capture = capture_find(rule->captures, rule->capture_count, part->name);

    if (part->choice)
        write_choice(renderer, part);
    else if (capture != CAPTURE_NONE)
        write_capture(renderer, renderer->match->nodes[capture], part);
    else if (view_is(part->name, "loop"))
        write_loop(renderer, part->property);
    else if (view_is(part->name, "function"))
        write_function(renderer, part->property);
    else if (view_is(part->name, "file"))
        buffer_add(renderer->out, renderer->render->path);
    else if (view_is(part->name, "n"))
        buffer_add_format(renderer->out, "%.0f", renderer->render->n);
    else
        write_unknown(renderer);
}

static void write_plain(struct view text, struct buffer *out)
{
    for (size_t i = 0; i < text.len; i++) {
        buffer_add_byte(out, text.ptr[i]);
        i += text.ptr[i] == '{'; /* the second one of a pair */
    }
}

bool match_render(const struct match *match, struct view text, struct facts *facts,
                  const struct render *render, struct buffer *out)
{
    struct renderer renderer = {match, facts, render, out, true};
    struct template_part part;
    size_t at = 0;

    while (template_next(text, &at, &part)) {
        write_plain(part.before, out);
        if (part.found)
            write_part(&renderer, &part);
    }
    return renderer.said;
}
