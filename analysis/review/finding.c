/* One new site becomes a finding: suppressed, held back, or written out with its evidence, estimate and
 * patch. */
#include "base/hash.h"
#include "cost.h"
#include "escape.h"
#include "review_internal.h"
#include <string.h>

enum { RELATED_MAX = 8, COLUMN_BYTES_MAX = 1 << 14 };

/* `seen = []`, line 3: the engine puts the code into a span of its own. */
static void add_origin(struct buffer *out, struct view text)
{
    size_t open = view_find_byte(text, '`', 0), close = SIZE_MAX;
    for (size_t i = open; i < text.len; i++)
        close = text.ptr[i] == '`' ? i : close;
    if (open == SIZE_MAX || close == open) {
        escape_text(out, text);
        return;
    }
    if (open > 0)
        buffer_add(out, view_slice(text, 0, open));
    escape_code_span(out, view_slice(text, open + 1, close));
    buffer_add(out, view_slice(text, close + 1, text.len));
}

/* What a choice gives is the rule's own text, with marks of its own. */
static bool is_choice(struct view piece)
{
    return view_find(piece, VIEW(" ? "), 0) != SIZE_MAX;
}

static void add_piece(struct buffer *out, struct view piece, struct view text, bool *in_span)
{
    if (is_choice(piece)) {
        buffer_add(out, text);
        for (size_t i = 0; i < text.len; i++)
            *in_span = *in_span != (text.ptr[i] == '`');
    } else if (*in_span)
        escape_inside_span(out, text);
    else if (view_ends(piece, ".origin}") || view_ends(piece, ".caller}"))
        add_origin(out, text);
    else if (view_is(piece, "{function}") && !view_is(text, "the module"))
        escape_code_span(out, text);
    else
        escape_text(out, text);
}

enum err_code template_render(struct view text, const struct match *match, const struct source *source,
                              double n, struct arena *arena, struct view *out, struct err *err)
{
    struct buffer rendered, piece;
    const struct render render = {.path = source->path, .n = n};
    bool in_span = false;
    enum err_code code;

    *out = VIEW("");
    buffer_init(&rendered, TEXT_BYTES_MAX);
    buffer_init(&piece, TEXT_BYTES_MAX);
    for (size_t at = 0; at < text.len;) {
        size_t close = text.ptr[at] == '{' ? view_find_byte(text, '}', at) : SIZE_MAX;
        bool brace = text.ptr[at] == '{' && at + 1 < text.len && text.ptr[at + 1] == '{';
        struct view slot = view_slice(text, at, close == SIZE_MAX ? at : close + 1);

        if (close == SIZE_MAX || brace) {
            in_span = in_span != (text.ptr[at] == '`');
            buffer_add_byte(&rendered, text.ptr[at]);
            at += brace ? 2 : 1;
            continue;
        }
        buffer_clear(&piece);
        (void)match_render(match, slot, source->facts, &render, &piece);
        add_piece(&rendered, slot, buffer_view(&piece), &in_span);
        at = close + 1;
    }
    code = buffer_check(&rendered, "a rule's text", err);
    if (code == ERR_OK)
        code = arena_copy(arena, view_trim(buffer_view(&rendered)), out, err);
    buffer_deinit(&rendered);
    buffer_deinit(&piece);
    return code;
}

static void relate(struct place *places, size_t *count, struct view path, uint32_t line, const char *what)
{
    for (size_t i = 0; i < *count; i++)
        if (places[i].line == line && view_is(places[i].what, what))
            return;
    if (*count < RELATED_MAX && line > 0)
        places[(*count)++] = (struct place){path, line, view_of(what)};
}

static enum err_code add_related(struct run *run, const struct source *head, const struct match *match,
                                 struct finding *finding, struct err *err)
{
    struct place *places = ARENA_ARRAY(run->arena, struct place, RELATED_MAX);
    const struct loop *loop = facts_loop(head->facts, match->nodes[0]);

    if (places == NULL)
        return arena_full(run->arena, err);
    if (finding->made_hotter)
        relate(places, &finding->related_count, finding->path, finding->line, "there before");
    for (; loop != NULL; loop = loop->parent != FACT_NONE ? &head->facts->loops[loop->parent] : NULL)
        relate(places, &finding->related_count, finding->path,
               head->tree->nodes[facts_loop_shown(head->facts, loop)->node].line, "loop");
    for (size_t i = 1; i < match->rule->capture_count; i++) {
        const struct def *def =
            match->nodes[i] != NODE_NONE ? facts_only_def(head->facts, match->nodes[i]) : NULL;
        if (def != NULL && def->kind != DEF_IMPORT && def->kind != DEF_LOOP &&
            head->tree->nodes[def->node].line != finding->line)
            relate(places, &finding->related_count, finding->path, head->tree->nodes[def->node].line,
                   "definition");
    }
    finding->related = places;
    return ERR_OK;
}

static void add_fingerprint(const struct source *head, const struct match *match, const struct site *site,
                            struct buffer *text, struct finding *finding)
{
    uint64_t hash = hash_add(HASH_SEED, match->rule->id);
    char occurrence[16];

    code_normalise(head->tree, match->nodes[0], text);
    hash = hash_add(hash_add(hash, VIEW("\n")), finding->function);
    hash = hash_add(hash_add(hash, VIEW("\n")), buffer_view(text));
    for (size_t i = 0; i < 4; i++)
        occurrence[i] = (char)(site->occurrence >> (8 * i) & 0xff);
    hash_hex(hash_finish(hash_add(hash, (struct view){occurrence, 4})), finding->fingerprint);
}

/* Rules write the evidence as a clause; in a review it is a sentence of its own. */
static struct view as_sentence(struct view text, struct arena *arena)
{
    bool closed = text.len == 0 || strchr(".!?:", text.ptr[text.len - 1]) != NULL;
    char first = text.len > 0 ? text.ptr[0] : '\0';

    if (first >= 'a' && first <= 'z')
        first = (char)(first - 'a' + 'A');
    return text.len == 0 ? text
                         : arena_format(arena, "%c%.*s%s", first, VIEW_ARG(view_slice(text, 1, text.len)),
                                        closed ? "" : ".");
}

static enum err_code add_texts(struct run *run, const struct source *head, const struct match *match,
                               struct finding *finding, struct err *err)
{
    const struct variant *variant = match->variant;
    const struct {
        struct view text;
        struct view *out;
    } TEXTS[] = {{variant->evidence, &finding->evidence},
                 {variant->fix, &finding->fix},
                 {variant->impact, &finding->impact},
                 {match->rule->tradeoffs, &finding->tradeoffs},
                 {match->rule->measure, &finding->measure}};

    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        if (template_render(TEXTS[i].text, match, head, finding->estimate.n, run->arena, TEXTS[i].out, err) !=
            ERR_OK)
            return err->code;
    finding->evidence = as_sentence(finding->evidence, run->arena);
    return ERR_OK;
}

/* What the rule says of the impact, and the curve where growth is the point. */
static enum err_code add_impact(struct run *run, const struct source *head, const struct match *match,
                                struct finding *finding, struct err *err)
{
    struct buffer text;
    enum err_code code = estimate_make(match, head->facts, run->latency, run->arena, &finding->estimate, err);

    if (code != ERR_OK || (code = add_texts(run, head, match, finding, err)) != ERR_OK ||
        match->rule->lever != LEVER_ALGORITHM || !finding->estimate.known)
        return code;
    buffer_init(&text, TEXT_BYTES_MAX);
    buffer_add(&text, finding->impact);
    if (text.len > 0)
        buffer_add_byte(&text, ' ');
    code = estimate_curve(match, head->facts, run->latency, &text, err);
    if (code == ERR_OK)
        code = arena_copy(run->arena, view_trim(buffer_view(&text)), &finding->impact, err);
    buffer_deinit(&text);
    return code;
}

static enum err_code make(struct run *run, struct file *file, const struct site *site,
                          struct finding *finding, struct err *err)
{
    const struct source *head = &file->head;
    const struct match *match = &head->matches.items[site->match];
    const struct function *function = facts_named_function(head->facts, match->nodes[0]);
    bool was_cold = site->hotter;

    if (!was_cold && site_was_cold(run, file, site, &was_cold, err) != ERR_OK)
        return err->code;
    finding->made_hotter = was_cold;
    finding->anchor = site->anchor_site;
    if (finding->anchor == 0 || (was_cold && site->anchor_cause != 0))
        finding->anchor = site->anchor_cause;
    if (function != NULL) {
        struct view name = facts_function_name(head->facts, function);
        if (arena_copy(run->arena, name, &finding->function, err) != ERR_OK)
            return err->code;
        finding->function_line = head->tree->nodes[function->node].line;
    }
    add_fingerprint(head, match, site, &run->text, finding);
    if (add_impact(run, head, match, finding, err) != ERR_OK ||
        add_related(run, head, match, finding, err) != ERR_OK)
        return err->code;
    if (site->through)
        return ERR_OK; /* a patch would stand far from what the change touches */
    return finding_patch(run, file, site, finding->estimate.n, finding, err);
}

static enum err_code suppress(struct run *run, const struct finding *finding, const struct note *note,
                              struct err *err)
{
    struct view what = arena_format(run->arena, "%.*s:%u %.*s", VIEW_ARG(finding->path), finding->line,
                                    VIEW_ARG(finding->rule->id));
    run->receipt.suppressed++;
    return skipped_add(run, &run->suppressed, &run->suppressed_count, &run->suppressed_cap, what,
                       note->reason.len > 0 ? note->reason : VIEW("no reason given"), err);
}

/* Whether a rule about loops has enough passes to speak of, where all loops around the site have a constant
 * trip count; a few more are still only worth a low severity. */
static bool enough_passes(const struct run *run, const struct source *head, const struct match *match,
                          enum severity *severity)
{
    const struct facts *facts = head->facts;
    const struct loop *loop = facts_loop(facts, match->nodes[0]);
    double trips = 1;

    if (loop == NULL ||
        !(variant_asks(match->variant, VIEW("loop?")) || variant_asks(match->variant, VIEW("loop-kind?")) ||
          variant_asks(match->variant, VIEW("loop-depth?"))))
        return true;
    for (; loop != NULL; loop = loop->parent != FACT_NONE ? &facts->loops[loop->parent] : NULL) {
        if (loop->trips < 0)
            return true;
        trips *= (double)loop->trips;
    }
    if (trips <= PASSES_LOW)
        *severity = SEVERITY_LOW;
    return trips > PASSES_SILENT || run->options->pedantic;
}

/* Columns as editors and SARIF count them. A line without end is not walked again for each of its findings.
 */
static void add_columns(const struct tree *tree, uint32_t node, struct finding *finding)
{
    uint32_t first = tree->line_starts[finding->line - 1], last = tree->line_starts[finding->end_line - 1];
    uint32_t start = tree->nodes[node].start, end = tree->nodes[node].end;

    while (end > last && (tree->text.ptr[end - 1] == '\n' || tree->text.ptr[end - 1] == '\r'))
        end--;
    if (start - first <= COLUMN_BYTES_MAX)
        finding->column_utf16 = (uint32_t)utf16_units(view_slice(tree->text, first, start)) + 1;
    if (end > last && end - last <= COLUMN_BYTES_MAX)
        finding->end_column_utf16 = (uint32_t)utf16_units(view_slice(tree->text, last, end)) + 1;
}

static enum severity severity_of(const struct review_options *options, const struct match *match)
{
    for (size_t i = 0; i < options->severity_count; i++)
        if (view_equal(options->severities[i].rule, match->rule->id))
            return options->severities[i].severity;
    return match->variant->severity;
}

enum err_code finding_add(struct run *run, struct file *file, const struct site *site,
                          const struct note_list *notes, struct err *err)
{
    const struct source *head = &file->head;
    const struct match *match = &head->matches.items[site->match];
    const struct note *note = notes_suppress(notes, head->tree, match->nodes[0], match->rule);
    uint32_t node = match->nodes[0];
    struct place_heat where;
    void *items = run->findings;
    struct finding finding = {
        .rule = match->rule,
        .path = file->delta->path,
        .line = head->tree->nodes[node].line,
        .end_line = node_end_line(head->tree, node),
        .column = node_column(head->tree, node) + 1,
        .severity = severity_of(run->options, match),
        .confidence = match->variant->confidence,
    };

    if (note != NULL)
        return suppress(run, &finding, note, err);
    add_columns(head->tree, node, &finding);
    where = heat_of(run->heat, head, notes, node);
    if (!heat_allows(run->options, match->variant, match->rule, &where, site->depth > 0, &finding.severity) ||
        !enough_passes(run, head, match, &finding.severity) ||
        (!run->options->pedantic && peer_declined(head->tree, node, match->rule)) ||
        finding.severity < run->options->min_severity) {
        run->receipt.held_back++;
        return ERR_OK;
    }
    finding.heat = where.heat;
    finding.heat_evidence = where.evidence;
    finding.heat_why = heat_words(&where, head, run->arena);
    finding.role = where.role;
    if (make(run, file, site, &finding, err) != ERR_OK)
        return err->code;
    if (arena_grow(run->arena, &items, run->finding_count, &run->finding_cap, sizeof(finding), err) != ERR_OK)
        return err->code;
    run->findings = items;
    run->findings[run->finding_count++] = finding;
    return ERR_OK;
}
