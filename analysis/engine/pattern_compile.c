/* Compiles the subset of tree-sitter's query syntax that analysis/rules/README.md describes into an array
 * of steps. Every mistake is told at its own line and column. What a pattern must hold to be matched safely
 * (its size, its root, a @site in every match) is checked here, so that the matcher need not. */
#include "engine_internal.h"
#include <string.h>

struct parser {
    struct reader reader;
    struct program_list *out;
    struct step steps[PATTERN_STEPS_MAX];
    uint16_t step_count;
    size_t predicate_at[PATTERN_PREDICATES_MAX]; /* they are read when all captures are known */
    uint16_t predicate_count;
    uint16_t captures;
    int depth;
};

static enum err_code parse_item(struct parser *parser, uint16_t *out);

static enum err_code add_step(struct parser *parser, struct step step, uint16_t *out)
{
    if (parser->step_count == PATTERN_STEPS_MAX)
        return READER_ERROR(&parser->reader, parser->reader.at, "a pattern has at most %d nodes",
                            PATTERN_STEPS_MAX);
    step.child = step.next = STEP_NONE;
    *out = parser->step_count;
    parser->steps[parser->step_count++] = step;
    return ERR_OK;
}

static enum err_code find_kind(struct parser *parser, struct view name, size_t offset, bool named,
                               uint16_t *kind)
{
    struct reader *reader = &parser->reader;
    enum language language = reader->compile->language;

    *kind = language_kind(language, name, named);
    if (*kind == KIND_ERROR)
        return READER_ERROR(reader, offset, "ERROR nodes cannot be matched: they are skipped as a whole");
    if (*kind == KIND_NONE && named)
        return READER_ERROR(reader, offset, "%s has no node kind '%.*s'", language_name(language),
                            VIEW_ARG(name));
    if (*kind == KIND_NONE)
        return READER_ERROR(reader, offset, "%s has no anonymous node '%.*s'", language_name(language),
                            VIEW_ARG(name));
    return ERR_OK;
}

static enum err_code find_field(struct parser *parser, struct view name, size_t offset, uint8_t *field)
{
    *field = language_field(parser->reader.compile->language, name);
    if (*field == FIELD_NONE)
        return READER_ERROR(&parser->reader, offset, "%s has no field '%.*s'",
                            language_name(parser->reader.compile->language), VIEW_ARG(name));
    return ERR_OK;
}

static enum err_code parse_capture(struct parser *parser, struct step *step)
{
    struct reader *reader = &parser->reader;
    const struct compile *compile = reader->compile;
    size_t offset = reader->at++;
    struct view name = reader_word(reader);
    uint8_t capture = capture_find(compile->captures, *compile->capture_count, name);

    if (name.len == 0)
        return READER_ERROR(reader, offset, "a name must follow @");
    if (view_is(name, "loop") || view_is(name, "function"))
        return READER_ERROR(reader, offset, "@%.*s would hide what templates and patches mean by it",
                            VIEW_ARG(name));
    if (capture == CAPTURE_NONE) {
        if (*compile->capture_count == CAPTURES_MAX)
            return READER_ERROR(reader, offset, "a rule has at most %d captures", CAPTURES_MAX);
        capture = (uint8_t)(*compile->capture_count)++;
        if (arena_copy(compile->arena, name, &compile->captures[capture], reader->err) != ERR_OK)
            return ERR_LIMIT;
    }
    if (step->capture_count == STEP_CAPTURES_MAX)
        return READER_ERROR(reader, offset, "one node has at most %d captures", STEP_CAPTURES_MAX);
    step->captures[step->capture_count++] = capture;
    parser->captures |= (uint16_t)(1u << capture);
    return ERR_OK;
}

/* What may follow a node: a quantity and captures, in any order. */
static enum err_code parse_suffixes(struct parser *parser, uint16_t index)
{
    struct reader *reader = &parser->reader;
    for (;;) {
        struct step *step = &parser->steps[index];
        char c = reader_peek(reader);
        if (c == '@') {
            if (parse_capture(parser, step) != ERR_OK)
                return reader->err->code;
        } else if (c == '?' || c == '*' || c == '+') {
            if (step->quantity != ONE)
                return READER_ERROR(reader, reader->at, "this node has two quantities");
            step->quantity = c == '?' ? OPTIONAL : c == '*' ? ANY_NUMBER : ONE_OR_MORE;
            reader->at++;
        } else {
            return ERR_OK;
        }
    }
}

static enum err_code note_predicate(struct parser *parser)
{
    struct reader *reader = &parser->reader;
    if (parser->predicate_count == PATTERN_PREDICATES_MAX)
        return READER_ERROR(reader, reader->at, "a pattern has at most %d predicates",
                            PATTERN_PREDICATES_MAX);
    parser->predicate_at[parser->predicate_count++] = reader->at;
    return predicate_skip(reader);
}

static enum err_code parse_absent(struct parser *parser, struct step *step)
{
    struct reader *reader = &parser->reader;
    struct view name;
    size_t offset;

    reader->at++;
    reader_peek(reader);
    offset = reader->at;
    name = reader_word(reader);
    if (name.len == 0)
        return READER_ERROR(reader, offset, "a field's name must follow !");
    if (step->absent_count == STEP_ABSENT_MAX)
        return READER_ERROR(reader, offset, "one node has at most %d absent fields", STEP_ABSENT_MAX);
    return find_field(parser, name, offset, &step->absent[step->absent_count++]);
}

/* The children of a node, to its closing parenthesis. */
static enum err_code parse_children(struct parser *parser, uint16_t parent, size_t start)
{
    struct reader *reader = &parser->reader;
    uint16_t last = STEP_NONE, child;
    size_t anchor = SIZE_MAX;
    char c;

    while ((c = reader_peek(reader)) != ')') {
        if (c == 0)
            return READER_ERROR(reader, start, "this parenthesis is not closed");
        if (c == '!') {
            if (parse_absent(parser, &parser->steps[parent]) != ERR_OK)
                return reader->err->code;
        } else if (c == '.') {
            if (anchor != SIZE_MAX)
                return READER_ERROR(reader, reader->at, "two anchors follow each other");
            anchor = reader->at++;
        } else if (predicate_starts(reader)) {
            if (note_predicate(parser) != ERR_OK)
                return reader->err->code;
        } else {
            if (parse_item(parser, &child) != ERR_OK)
                return reader->err->code;
            parser->steps[child].anchored = anchor != SIZE_MAX;
            anchor = SIZE_MAX;
            if (last == STEP_NONE)
                parser->steps[parent].child = child;
            else
                parser->steps[last].next = child;
            last = child;
        }
    }
    if (anchor != SIZE_MAX && last == STEP_NONE)
        return READER_ERROR(reader, anchor, "an anchor needs a child before or after it");
    parser->steps[parent].closed = anchor != SIZE_MAX;
    reader->at++;
    return ERR_OK;
}

static enum err_code parse_node(struct parser *parser, uint16_t *out)
{
    struct reader *reader = &parser->reader;
    size_t start = reader->at++, offset;
    char c = reader_peek(reader);
    struct step step = {.named = true};
    struct view name;

    offset = reader->at;
    if (c == '(' || c == '[' || c == '"')
        return READER_ERROR(reader, offset,
                            "a group of siblings is not understood here: name the node's kind");
    name = reader_word(reader);
    if (name.len == 0)
        return READER_ERROR(reader, offset, "a node kind or _ must follow (");
    if (!view_is(name, "_") && find_kind(parser, name, offset, true, &step.kind) != ERR_OK)
        return ERR_INVALID;
    if (reader_peek(reader) == '/')
        return READER_ERROR(reader, reader->at, "groups of kinds are not understood: name the kind itself");
    if (add_step(parser, step, out) != ERR_OK)
        return ERR_INVALID;
    return parse_children(parser, *out, start);
}

static enum err_code parse_list(struct parser *parser, uint16_t *out)
{
    struct reader *reader = &parser->reader;
    size_t start = reader->at++;
    uint16_t last = STEP_NONE, child;
    char c;

    if (add_step(parser, (struct step){.list = true}, out) != ERR_OK)
        return ERR_INVALID;
    while ((c = reader_peek(reader)) != ']') {
        if (c == 0)
            return READER_ERROR(reader, start, "this bracket is not closed");
        if (c == '.' || predicate_starts(reader))
            return READER_ERROR(reader, reader->at, "only nodes may stand in a list");
        if (parse_item(parser, &child) != ERR_OK)
            return reader->err->code;
        if (parser->steps[child].quantity != ONE)
            return READER_ERROR(reader, reader->at - 1,
                                "give the quantity to the list, not to what is in it");
        if (last == STEP_NONE)
            parser->steps[*out].child = child;
        else
            parser->steps[last].next = child;
        last = child;
    }
    if (last == STEP_NONE)
        return READER_ERROR(reader, start, "this list is empty");
    reader->at++;
    return ERR_OK;
}

static enum err_code parse_anonymous(struct parser *parser, uint16_t *out)
{
    struct step step = {0};
    struct view text;
    size_t offset = parser->reader.at;

    if (reader_string(&parser->reader, &text) != ERR_OK ||
        find_kind(parser, text, offset, false, &step.kind) != ERR_OK)
        return parser->reader.err->code;
    return add_step(parser, step, out);
}

/* `_` alone, or a field's name and the node in it. */
static enum err_code parse_word(struct parser *parser, uint16_t *out)
{
    struct reader *reader = &parser->reader;
    size_t offset = reader->at;
    struct view name = reader_word(reader);
    uint8_t field;

    if (view_is(name, "_"))
        return add_step(parser, (struct step){0}, out);
    if (reader_peek(reader) != ':')
        return READER_ERROR(reader, offset, "write (%.*s) for a node or %.*s: for a field", VIEW_ARG(name),
                            VIEW_ARG(name));
    reader->at++;
    if (find_field(parser, name, offset, &field) != ERR_OK || parse_item(parser, out) != ERR_OK)
        return reader->err->code;
    if (parser->steps[*out].field != FIELD_NONE)
        return READER_ERROR(reader, offset, "this node has two fields");
    parser->steps[*out].field = field;
    return ERR_OK;
}

static enum err_code parse_item(struct parser *parser, uint16_t *out)
{
    struct reader *reader = &parser->reader;
    char c = reader_peek(reader);
    enum err_code code;

    if (parser->depth == PATTERN_DEPTH_MAX)
        return READER_ERROR(reader, reader->at, "nested deeper than %d levels", PATTERN_DEPTH_MAX);
    parser->depth++;
    if (c == '(')
        code = parse_node(parser, out);
    else if (c == '[')
        code = parse_list(parser, out);
    else if (c == '"')
        code = parse_anonymous(parser, out);
    else if (reader_is_word(c))
        code = parse_word(parser, out);
    else if (c == 0)
        code = READER_ERROR(reader, reader->at, "the pattern ends where a node must stand");
    else
        code = READER_ERROR(reader, reader->at, "a node must stand here, not '%c'",
                            c >= ' ' && c < 127 ? c : '?');
    parser->depth--;
    return code == ERR_OK ? parse_suffixes(parser, *out) : code;
}

/* A root in parentheses of its own, with predicates after it: ((kind) @site (#eq? @site "x")). */
static bool group_starts(const struct reader *reader)
{
    struct reader ahead = *reader;
    char c;
    if (reader_peek(&ahead) != '(')
        return false;
    ahead.at++;
    c = reader_peek(&ahead);
    return c == '(' || c == '[';
}

static enum err_code parse_root(struct parser *parser)
{
    struct reader *reader = &parser->reader;
    size_t start = reader->at;
    uint16_t root;
    char c;

    if (!group_starts(reader))
        return parse_item(parser, &root);
    reader->at++;
    if (parse_item(parser, &root) != ERR_OK)
        return reader->err->code;
    while ((c = reader_peek(reader)) != ')') {
        if (c == 0)
            return READER_ERROR(reader, start, "this parenthesis is not closed");
        if (!predicate_starts(reader))
            return READER_ERROR(reader, reader->at, "only predicates may follow the root node");
        if (note_predicate(parser) != ERR_OK)
            return reader->err->code;
    }
    reader->at++;
    return ERR_OK;
}

/* The captures that every match of a step binds. */
static uint16_t always_bound(const struct parser *parser, uint16_t index)
{
    const struct step *step = &parser->steps[index];
    uint16_t own = 0, below = step->list ? UINT16_MAX : 0;

    for (size_t i = 0; i < step->capture_count; i++)
        own |= (uint16_t)(1u << step->captures[i]);
    for (uint16_t c = step->child; c != STEP_NONE; c = parser->steps[c].next)
        below = step->list ? below & always_bound(parser, c) : below | always_bound(parser, c);
    if (step->quantity == OPTIONAL || step->quantity == ANY_NUMBER)
        return 0;
    return own | below;
}

static enum err_code check_root(struct parser *parser, size_t start)
{
    struct reader *reader = &parser->reader;
    const struct step *root = &parser->steps[0];
    uint16_t first = root->list ? root->child : 0;

    if (root->field != FIELD_NONE || root->quantity != ONE)
        return READER_ERROR(reader, start, "a pattern's root has no field and no quantity");
    for (uint16_t s = first; s != STEP_NONE; s = parser->steps[s].next)
        if (parser->steps[s].kind == KIND_NONE || !parser->steps[s].named ||
            parser->steps[s].field != FIELD_NONE)
            return READER_ERROR(reader, start, "a pattern's root must be a named kind or a list of them");
    if ((always_bound(parser, 0) & 1u) == 0)
        return READER_ERROR(reader, start, "every match of a pattern must capture @site");
    return ERR_OK;
}

/* For each capture the step that binds it first where that is the same one in every match, so that a
 * predicate on it can be told there; STEP_NONE for others. */
static void find_binding_steps(const struct parser *parser, uint16_t index, uint16_t *bound_at)
{
    const struct step *step = &parser->steps[index];

    if (step->quantity == OPTIONAL || step->quantity == ANY_NUMBER)
        return;
    for (size_t i = 0; i < step->capture_count; i++)
        if (bound_at[step->captures[i]] == STEP_NONE)
            bound_at[step->captures[i]] = index;
    if (step->list)
        return;
    for (uint16_t c = step->child; c != STEP_NONE; c = parser->steps[c].next)
        find_binding_steps(parser, c, bound_at);
}

/* Where a predicate is told: at a step, or, STEP_NONE, after the whole pattern. */
static uint16_t check_step(const struct predicate *predicate, const uint16_t *bound_at)
{
    uint16_t a = predicate->a < CAPTURES_MAX ? bound_at[predicate->a] : STEP_NONE;
    uint16_t b = predicate->b < CAPTURES_MAX    ? bound_at[predicate->b]
                 : predicate->b == CAPTURE_NONE ? a
                                                : STEP_NONE;
    if (predicate->row->cost > 1 || a == STEP_NONE || b == STEP_NONE)
        return STEP_NONE;
    return a > b ? a : b;
}

/* Put the predicates in the order in which they are told. */
static void order_predicates(struct parser *parser, struct program *program, struct step *steps,
                             const struct predicate *found, struct predicate *out)
{
    uint16_t bound_at[CAPTURES_MAX], count = 0;

    for (size_t i = 0; i < CAPTURES_MAX; i++)
        bound_at[i] = STEP_NONE;
    if (parser->step_count > 0)
        find_binding_steps(parser, 0, bound_at);
    for (uint16_t s = 0; s < parser->step_count; s++) {
        steps[s].check = count;
        for (int cost = 0; cost <= 1; cost++)
            for (uint16_t i = 0; i < parser->predicate_count; i++)
                if (found[i].row->cost == cost && check_step(&found[i], bound_at) == s)
                    out[count++] = found[i];
        steps[s].check_count = (uint16_t)(count - steps[s].check);
    }
    program->early_count = count;
    for (int cost = 0; cost <= 2; cost++)
        for (uint16_t i = 0; i < parser->predicate_count; i++)
            if (found[i].row->cost == cost && check_step(&found[i], bound_at) == STEP_NONE)
                out[count++] = found[i];
}

/* Predicates on the root that only some surroundings can make true. */
static uint8_t needed_surroundings(const struct program *program)
{
    uint8_t needs = 0;

    for (uint16_t i = 0; program->step_count > 0 && i < program->steps[0].check_count; i++) {
        const struct predicate *predicate = &program->predicates[program->steps[0].check + i];
        bool (*holds)(struct look *, const struct predicate *, uint32_t, uint32_t) = predicate->row->holds;
        if (predicate->negated)
            continue;
        if (holds == holds_in_loop || holds == holds_loop_kind || holds == holds_loop_depth ||
            holds == holds_loop_may_end_early)
            needs |= IN_LOOP;
        else if (holds == holds_async)
            needs |= IN_ASYNC;
    }
    return needs;
}

static enum err_code read_predicate(const struct parser *parser, struct reader *reader, struct predicate *out)
{
    size_t start = reader->at;

    if (predicate_compile(reader, out) != ERR_OK)
        return reader->err->code;
    if ((out->a < CAPTURES_MAX && (parser->captures >> out->a & 1) == 0) ||
        (out->b < CAPTURES_MAX && (parser->captures >> out->b & 1) == 0) ||
        (out->c < CAPTURES_MAX && (parser->captures >> out->c & 1) == 0))
        return READER_ERROR(reader, start, "a pattern does not bind a capture that this predicate names");
    return ERR_OK;
}

/* The pattern's own, then those that are added to every pattern. */
static enum err_code read_predicates(struct parser *parser, struct predicate *out)
{
    const struct compile *compile = parser->reader.compile;
    size_t end = parser->reader.at;

    for (uint16_t i = 0; i < parser->predicate_count; i++) {
        parser->reader.at = parser->predicate_at[i];
        if (read_predicate(parser, &parser->reader, &out[i]) != ERR_OK)
            return parser->reader.err->code;
    }
    parser->reader.at = end;
    for (size_t i = 0; i < WHERES_MAX && parser->step_count > 0; i++) {
        const struct where *where = &compile->wheres[i];
        struct reader reader = {
            .compile = compile, .place = &where->place, .text = where->text, .err = parser->reader.err};
        while (reader_peek(&reader) != 0) {
            if (!predicate_starts(&reader))
                return READER_ERROR(&reader, reader.at, "only predicates may stand here");
            if (parser->predicate_count == PATTERN_PREDICATES_MAX)
                return READER_ERROR(&reader, reader.at, "a pattern has at most %d predicates",
                                    PATTERN_PREDICATES_MAX);
            if (read_predicate(parser, &reader, &out[parser->predicate_count++]) != ERR_OK)
                return reader.err->code;
        }
    }
    return ERR_OK;
}

/* Move what was parsed into memory that the program keeps. */
static enum err_code finish(struct parser *parser, struct program **out)
{
    struct arena *arena = parser->reader.compile->arena;
    struct predicate found[PATTERN_PREDICATES_MAX] = {0}, *predicates;
    struct program *program = ARENA_NEW(arena, struct program);
    struct step *steps = ARENA_ARRAY(arena, struct step, parser->step_count);

    if (read_predicates(parser, found) != ERR_OK)
        return parser->reader.err->code;
    predicates = ARENA_ARRAY(arena, struct predicate, parser->predicate_count);
    if (program == NULL || steps == NULL || predicates == NULL)
        return arena_full(arena, parser->reader.err);
    memcpy(steps, parser->steps, parser->step_count * sizeof(*steps));
    *program = (struct program){.steps = steps,
                                .predicates = predicates,
                                .step_count = parser->step_count,
                                .predicate_count = parser->predicate_count,
                                .captures = parser->captures};
    order_predicates(parser, program, steps, found, predicates);
    program->needs = needed_surroundings(program);
    *out = program;
    return ERR_OK;
}

enum err_code pattern_compile(const struct compile *compile, struct view text, const struct place *place,
                              struct program_list *out, struct err *err)
{
    struct parser parser = {.reader = {.compile = compile, .place = place, .text = text, .err = err}};
    struct reader *reader = &parser.reader;
    struct program *program = NULL;

    if (reader_peek(reader) == 0)
        return READER_ERROR(reader, 0, "the pattern is empty");
    while (reader_peek(reader) != 0) {
        size_t start = reader->at;
        parser.step_count = parser.predicate_count = parser.captures = 0;
        if (parse_root(&parser) != ERR_OK || check_root(&parser, start) != ERR_OK ||
            finish(&parser, &program) != ERR_OK ||
            arena_grow(compile->arena, (void **)&out->items, out->count, &out->cap, sizeof(*out->items),
                       err) != ERR_OK)
            return err->code;
        out->items[out->count++] = program;
    }
    return ERR_OK;
}

enum err_code predicates_compile(const struct compile *compile, struct view text, const struct place *place,
                                 const struct program **out, struct err *err)
{
    struct parser parser = {.reader = {.compile = compile, .place = place, .text = text, .err = err},
                            .captures = UINT16_MAX};
    struct reader *reader = &parser.reader;
    struct program *program = NULL;

    while (reader_peek(reader) != 0) {
        if (!predicate_starts(reader))
            return READER_ERROR(reader, reader->at, "only predicates may stand here");
        if (note_predicate(&parser) != ERR_OK)
            return err->code;
    }
    if (parser.predicate_count == 0)
        return READER_ERROR(reader, 0, "there is no predicate here");
    if (finish(&parser, &program) != ERR_OK)
        return err->code;
    *out = program;
    return ERR_OK;
}
