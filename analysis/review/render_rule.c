/* A rule as `explain` and its page show it: first what it is about and what to do, then code in which it is
 * found and code in which it is not, last how it is found. */
#include "engine/examples.h"
#include "escape.h"
#include "render_internal.h"

enum { EXAMPLE_ARENA_BYTES = 1 << 20 };

#define BOLD "\x1b[1m"
#define PLAIN "\x1b[0m"

static void add_heading(struct buffer *out, bool color, const char *text)
{
    buffer_add_format(out, "\n%s%s%s\n", color ? BOLD : "", text, color ? PLAIN : "");
}

static void add_lines(struct buffer *out, struct view text)
{
    struct view rest = view_trim(text), line;

    /* Only the end is trimmed: the first line keeps its indentation. */
    rest.len += (size_t)(rest.ptr - text.ptr);
    rest.ptr = text.ptr;
    while (view_split(&rest, '\n', &line)) {
        if (line.len > 0)
            buffer_add_text(out, "    ");
        escape_terminal(out, line);
        buffer_add_byte(out, '\n');
    }
}

void render_template(struct buffer *out, struct view text)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t end = text.ptr[i] == '{' ? view_find_byte(text, '}', i) : SIZE_MAX;
        if (text.ptr[i] == '{' && i + 1 < text.len && text.ptr[i + 1] == '{') {
            buffer_add_byte(out, '{');
            i++;
        } else if (end != SIZE_MAX) {
            buffer_add_format(out, "‹%.*s›", VIEW_ARG(view_slice(text, i + 1, end)));
            i = end;
        } else {
            buffer_add_byte(out, text.ptr[i]);
        }
    }
}

static void add_template(struct buffer *out, struct view text)
{
    struct buffer plain;

    buffer_init(&plain, 1 << 16);
    render_template(&plain, text);
    add_lines(out, buffer_view(&plain));
    buffer_deinit(&plain);
}

static void add_section(struct buffer *out, bool color, const char *heading, struct view text)
{
    if (text.len == 0)
        return;
    add_heading(out, color, heading);
    add_template(out, text);
}

static void add_head(const struct rule *rule, bool color, struct buffer *out)
{
    const struct variant *first = &rule->variants[0];

    buffer_add_format(out, "%s%.*s%s: %.*s\n\n", color ? BOLD : "", VIEW_ARG(rule->id), color ? PLAIN : "",
                      VIEW_ARG(rule->title));
    buffer_add_format(out, "    severity %s, confidence %s, lever %s, %s%s", severity_name(first->severity),
                      confidence_name(first->confidence), lever_name(rule->lever),
                      language_name(rule->language), rule->pyo3 ? " with pyo3" : "");
    if (!view_is(rule->checklist, "-"))
        buffer_add_format(out, ", checklist row %.*s", VIEW_ARG(rule->checklist));
    if (first->tier != TIER_DEFAULT)
        buffer_add_format(out, "\n    %s",
                          first->tier == TIER_HOT ? "reported only where the code is known to be hot"
                                                  : "reported only on request (--pedantic)");
    for (size_t i = 0; i < rule->peer_count; i++)
        buffer_add_format(out, "%s%.*s", i == 0 ? "\n    others call it " : ", ", VIEW_ARG(rule->peers[i]));
    buffer_add_byte(out, '\n');
}

static void add_example(const struct example *example, bool color, struct buffer *out)
{
    struct arena *arena = arena_new(EXAMPLE_ARENA_BYTES);
    struct view text = example->text;

    if (arena != NULL && example_plain(example->text, arena, &text, NULL) != ERR_OK)
        text = example->text;
    add_heading(out, color, example->bad ? "Found in" : "Not found in");
    add_lines(out, text);
    if (example->after.len > 0) {
        add_heading(out, color, "With its patch");
        add_lines(out, example->after);
    }
    if (example->why.len > 0) {
        buffer_add_text(out, "  (");
        escape_terminal(out, example->why);
        buffer_add_text(out, ")\n");
    }
    arena_free(arena);
}

static void add_variant(const struct rule *rule, size_t index, bool color, struct buffer *out)
{
    const struct variant *variant = &rule->variants[index];

    add_heading(out, color, index == 0 ? "How it is found" : "Or");
    if (index > 0)
        buffer_add_format(out, "    severity %s, confidence %s, %s\n", severity_name(variant->severity),
                          confidence_name(variant->confidence), tier_name(variant->tier));
    if (index > 0)
        add_template(out, variant->evidence);
    if (variant->cost_before.len > 0)
        buffer_add_format(out, "    cost %.*s\n    then %.*s\n", VIEW_ARG(variant->cost_before),
                          VIEW_ARG(variant->cost_after));
    add_lines(out, variant->pattern);
    for (size_t i = 0; i < WHERES_MAX; i++)
        if (variant->wheres[i].len > 0)
            add_lines(out, variant->wheres[i]);
}

void rule_render_text(const struct rule *rule, bool color, struct buffer *out)
{
    const struct variant *first = &rule->variants[0];

    add_head(rule, color, out);
    add_section(out, color, "What it says", first->evidence);
    add_section(out, color, "What to do", first->fix);
    add_section(out, color, "What is gained", first->impact);
    add_section(out, color, "What to agree to", rule->tradeoffs);
    add_section(out, color, "How to measure it", rule->measure);
    for (size_t i = 0; i < rule->example_count; i++)
        add_example(&rule->examples[i], color, out);
    for (size_t i = 0; i < rule->variant_count; i++)
        add_variant(rule, i, color, out);
}

static void add_paragraph(struct buffer *out, const char *name, struct view text)
{
    if (text.len == 0)
        return;
    buffer_add_format(out, "**%s:** ", name);
    render_template(out, view_trim(text));
    buffer_add_text(out, "\n\n");
}

static void add_fenced(struct buffer *out, const char *name, const struct rule *rule, struct view text)
{
    buffer_add_format(out, "%s:\n\n", name);
    escape_fence(out, language_name(rule->language), text);
    buffer_add_byte(out, '\n');
}

static void add_first_example(struct buffer *out, const struct rule *rule, bool bad)
{
    struct arena *arena = arena_new(EXAMPLE_ARENA_BYTES);
    const struct example *example = NULL;
    struct view text;

    for (size_t i = rule->example_count; i-- > 0;)
        if (rule->examples[i].bad == bad)
            example = &rule->examples[i];
    if (example != NULL && arena != NULL) {
        if (example_plain(example->text, arena, &text, NULL) != ERR_OK)
            text = example->text;
        add_fenced(out, bad ? "Found in" : "Not found in", rule, text);
        if (example->after.len > 0)
            add_fenced(out, "With its patch", rule, example->after);
    }
    arena_free(arena);
}

void rule_render_markdown(const struct rule *rule, struct buffer *out)
{
    const struct variant *first = &rule->variants[0];

    buffer_add_format(out, "# %.*s\n\n", VIEW_ARG(rule->title));
    add_paragraph(out, "What it says", first->evidence);
    add_paragraph(out, "What to do", first->fix);
    add_paragraph(out, "What is gained", first->impact);
    add_paragraph(out, "What to agree to", rule->tradeoffs);
    add_paragraph(out, "How to measure it", rule->measure);
    add_first_example(out, rule, true);
    add_first_example(out, rule, false);
}
