/* From a node to the programs that may start there, so that the cost of the walk hardly grows with the
 * number of rules. Kinds without entries cost one look. Many patterns share a kind (nearly all calls do)
 * and differ in one word, e.g. a method's name: where a pattern asks for such a word at a place that
 * fields alone lead to (a probe), it is found by a hash of the node's text there, once for all patterns
 * with the same probe. A hash that hits by chance costs a match that fails. Where a pattern asks for the path
 * of what a call calls, the word is the path's last part, which is looked up under whatever name. */
#include "engine_internal.h"
#include "syntax/python_kinds.h"
#include <string.h>

/* Fields that a node has at most once: only along these is the node that a pattern means certain. */
static const char *const SINGLE_FIELDS[] = {"function", "attribute", "object", "field", "macro", "path"};
static const char *const RUST_SINGLE_FIELDS[] = {"name", "value"};

uint32_t word_hash(uint32_t seed, struct view text)
{
    uint64_t head = 0, tail = 0, hash;
    size_t part = text.len < 8 ? text.len : 8;
    if (part > 0) {
        memcpy(&head, text.ptr, part);
        memcpy(&tail, text.ptr + text.len - part, part);
    }
    hash = (head ^ (tail * UINT64_C(0x9e3779b97f4a7c15)) ^ text.len) + seed;
    hash = (hash ^ (hash >> 29)) * UINT64_C(0xbf58476d1ce4e5b9);
    return (uint32_t)(hash >> 32) | 1; /* never 0 */
}

static bool is_single(enum language language, uint8_t field)
{
    for (size_t i = 0; i < COUNT_OF(SINGLE_FIELDS); i++)
        if (field == language_field(language, view_of(SINGLE_FIELDS[i])))
            return true;
    for (size_t i = 0; language == LANGUAGE_RUST && i < COUNT_OF(RUST_SINGLE_FIELDS); i++)
        if (field == language_field(language, view_of(RUST_SINGLE_FIELDS[i])))
            return true;
    return false;
}

const struct predicate *step_words(const struct program *program, const struct step *step)
{
    for (uint16_t i = step->check; i < step->check + step->check_count; i++) {
        const struct predicate *predicate = &program->predicates[i];
        bool own = false;
        for (size_t c = 0; c < step->capture_count; c++)
            own |= step->captures[c] == predicate->a;
        if (own && !predicate->negated && predicate->b == CAPTURE_NONE && predicate->text_count > 0 &&
            predicate->row->cost == 0)
            return predicate;
    }
    return NULL;
}

static bool leads_on(enum language language, const struct step *step)
{
    return !step->list && step->quantity == ONE && step->kind != KIND_NONE && step->field != FIELD_NONE &&
           is_single(language, step->field);
}

/* The first probe that @p program offers below @p parent, at most PROBE_STEPS down. */
static const struct predicate *find_probe(enum language language, const struct program *program,
                                          uint16_t parent, size_t depth, struct probe *probe)
{
    const struct step *steps = program->steps;

    for (uint16_t s = steps[parent].child; s != STEP_NONE; s = steps[s].next) {
        const struct predicate *words;
        if (!leads_on(language, &steps[s]))
            continue;
        probe->kinds[depth] = steps[s].kind;
        probe->fields[depth] = steps[s].field;
        words = step_words(program, &steps[s]);
        if (words == NULL && depth + 1 < PROBE_STEPS)
            words = find_probe(language, program, s, depth + 1, probe);
        if (words != NULL)
            return words;
        probe->kinds[depth] = KIND_NONE;
        probe->fields[depth] = FIELD_NONE;
    }
    return NULL;
}

struct view path_tail(struct view path)
{
    size_t start = path.len;
    while (start > 0 && path.ptr[start - 1] != '.' && path.ptr[start - 1] != ':')
        start--;
    path = view_slice(path, start, path.len);
    return view_find_byte(path, '*', 0) == SIZE_MAX ? path : VIEW("");
}

static bool has_last_parts(const struct predicate *predicate)
{
    for (size_t i = 0; i < predicate->text_count; i++)
        if (path_tail(predicate->texts[i]).len == 0)
            return false;
    return !predicate->negated && predicate->row->holds == holds_path;
}

const struct predicate *step_tails(const struct program *program, const struct step *step)
{
    for (size_t c = 0; c < step->capture_count; c++)
        for (uint16_t i = 0; i < program->predicate_count; i++)
            if (program->predicates[i].a == step->captures[c] && has_last_parts(&program->predicates[i]))
                return &program->predicates[i];
    return NULL;
}

/* The predicate that asks for the path of what a call of Python calls. */
static const struct predicate *find_tail(enum language language, const struct program *program,
                                         struct probe *probe)
{
    const struct step *steps = program->steps;
    uint8_t callee = language_field(language, VIEW("function"));

    if (language != LANGUAGE_PYTHON || steps[0].kind != PYTHON_sym_call)
        return NULL;
    for (uint16_t s = steps[0].child; s != STEP_NONE; s = steps[s].next) {
        const struct predicate *tails = step_tails(program, &steps[s]);
        if (steps[s].field != callee || steps[s].quantity != ONE || tails == NULL)
            continue;
        *probe = (struct probe){.fields = {callee}, .tail = true, .needs = program->needs};
        return tails;
    }
    return NULL;
}

static bool same_probe(const struct probe *a, const struct probe *b)
{
    return memcmp(a->kinds, b->kinds, sizeof(a->kinds)) == 0 &&
           memcmp(a->fields, b->fields, sizeof(a->fields)) == 0 && a->tail == b->tail && a->needs == b->needs;
}

/* What an entry asks for at its root. */
struct demand {
    struct probe probe;
    const struct predicate *words; /* NULL: it must always be tried */
};

struct builder {
    struct index *index;
    enum language language;
    const struct entry *entries;
    size_t count;
    const struct demand *demands;
    struct arena *arena;
    struct err *err;
};

static bool starts_at(const struct program *program, uint16_t kind)
{
    const struct step *steps = program->steps;
    if (!steps[0].list)
        return steps[0].kind == kind;
    for (uint16_t s = steps[0].child; s != STEP_NONE; s = steps[s].next)
        if (steps[s].kind == kind)
            return true;
    return false;
}

static void add_slot(struct index *index, uint32_t hash, uint32_t entry)
{
    uint32_t at = hash & index->slot_mask;
    while (index->slots[at].entry != 0)
        at = (at + 1) & index->slot_mask;
    index->slots[at] = (struct slot){hash, entry + 1};
}

static struct view asked_word(const struct demand *demand, size_t i)
{
    struct view text = demand->words->texts[i];
    return demand->probe.tail ? path_tail(text) : text;
}

/* Each entry has one slot for one word: else it would be tried twice. */
static bool same_tail_before(const struct predicate *words, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (view_equal(path_tail(words->texts[j]), path_tail(words->texts[i])))
            return true;
    return false;
}

/* The number of the probe in its kind's run of probes, which is the last one. */
static enum err_code add_probe(struct builder *builder, struct kind_entries *kind,
                               const struct demand *demand, uint32_t entry)
{
    struct index *index = builder->index;
    uint32_t at = kind->probes;

    while (at < index->probe_count && !same_probe(&index->probes[at], &demand->probe))
        at++;
    if (at == index->probe_count) {
        if (arena_grow(builder->arena, (void **)&index->probes, index->probe_count, &index->probe_cap,
                       sizeof(*index->probes), builder->err) != ERR_OK)
            return builder->err->code;
        index->probes[index->probe_count++] = demand->probe;
        kind->probe_count++;
    }
    for (size_t i = 0; i < demand->words->text_count; i++)
        if (!demand->probe.tail || !same_tail_before(demand->words, i))
            add_slot(index, word_hash(at, asked_word(demand, i)), entry);
    return ERR_OK;
}

static enum err_code add_kind(struct builder *builder, uint16_t kind, uint32_t *always_count)
{
    struct index *index = builder->index;
    struct kind_entries *entries = &index->kinds[kind];

    *entries = (struct kind_entries){.always = *always_count, .probes = (uint32_t)index->probe_count};
    for (uint32_t i = 0; i < builder->count; i++) {
        const struct program *program = builder->entries[i].program;
        if (builder->entries[i].rule->language != builder->language || !starts_at(program, kind))
            continue;
        if (builder->demands[i].words == NULL)
            index->always[(*always_count)++] = i;
        else if (add_probe(builder, entries, &builder->demands[i], i) != ERR_OK)
            return builder->err->code;
    }
    entries->always_count = *always_count - entries->always;
    return ERR_OK;
}

/* How many places in always and slots are needed at most; and what each entry demands. */
static void measure(const struct builder *builder, struct demand *demands, size_t *always, size_t *words)
{
    *always = *words = 0;
    for (size_t i = 0; i < builder->count; i++) {
        const struct program *program = builder->entries[i].program;
        if (builder->entries[i].rule->language != builder->language)
            continue;
        if (!program->steps[0].list)
            demands[i].words = find_probe(builder->language, program, 0, 0, &demands[i].probe);
        if (!program->steps[0].list && demands[i].words == NULL)
            demands[i].words = find_tail(builder->language, program, &demands[i].probe);
        if (demands[i].words != NULL)
            *words += demands[i].words->text_count;
        else
            *always += program->steps[0].list ? program->step_count : 1;
    }
}

enum err_code index_build(struct index *index, enum language language, const struct entry *entries,
                          size_t count, struct arena *arena, struct err *err)
{
    struct demand *demands = ARENA_ARRAY(arena, struct demand, count);
    struct builder builder = {index, language, entries, count, demands, arena, err};
    size_t always, words, slots = 16;
    uint32_t always_count = 0;

    if (demands == NULL)
        return arena_full(arena, err);
    measure(&builder, demands, &always, &words);
    while (slots < 2 * words)
        slots *= 2;
    *index = (struct index){.kind_count = language_kind_count(language), .slot_mask = (uint32_t)slots - 1};
    index->kinds = ARENA_ARRAY(arena, struct kind_entries, index->kind_count);
    index->always = ARENA_ARRAY(arena, uint32_t, always);
    index->slots = ARENA_ARRAY(arena, struct slot, slots);
    if (index->kinds == NULL || index->always == NULL || index->slots == NULL)
        return arena_full(arena, err);
    for (uint16_t kind = 0; kind < index->kind_count; kind++)
        if (add_kind(&builder, kind, &always_count) != ERR_OK)
            return err->code;
    return ERR_OK;
}

/* The node that a probe leads to; NODE_NONE where there is none of its kind. */
static uint32_t follow(const struct tree *tree, const struct probe *probe, uint32_t node)
{
    for (size_t i = 0; i < COUNT_OF(probe->kinds) && probe->kinds[i] != KIND_NONE; i++) {
        node = node_field(tree, node, probe->fields[i]);
        if (node == NODE_NONE || tree->nodes[node].kind != probe->kinds[i])
            return NODE_NONE;
    }
    return node;
}

/* The last part of a name's path: of an import what it imports, of the file's own functions and classes and
 * of builtins the name itself. */
static struct view name_tail(struct look *look, uint32_t name)
{
    const struct binding *binding = facts_binding(look->facts, name);
    const struct def *def =
        binding != NULL && binding->def_count == 1 ? &look->facts->defs[binding->first_def] : NULL;

    if (binding == NULL || (def != NULL && (def->kind == DEF_FUNCTION || def->kind == DEF_CLASS)))
        return node_text(look->tree, name);
    return path_tail(def != NULL && def->kind == DEF_IMPORT ? def->path : look_path(look, name));
}

/* The same of what is called: an attribute's path ends in its name. (One that holds an object has the path of
 * the object's class; calling the object is not calling that.) */
static struct view called_tail(struct look *look, uint32_t callee)
{
    uint16_t kind = look->tree->nodes[callee].kind;

    if (kind == PYTHON_sym_identifier)
        return name_tail(look, callee);
    if (kind != PYTHON_sym_attribute)
        return path_tail(look_path(look, callee));
    callee = node_field(look->tree, callee, PYTHON_field_attribute);
    return callee != NODE_NONE ? node_text(look->tree, callee) : VIEW("");
}

static bool probe_text(const struct probe *probe, struct look *look, uint32_t node, struct view *out)
{
    uint32_t at =
        probe->tail ? node_field(look->tree, node, probe->fields[0]) : follow(look->tree, probe, node);

    if (at == NODE_NONE)
        return false;
    *out = probe->tail ? called_tail(look, at) : node_text(look->tree, at);
    return true;
}

static enum err_code visit_probe(const struct index *index, struct look *look, uint32_t probe, uint32_t node,
                                 index_try *try, void *ctx)
{
    enum err_code code = ERR_OK;
    struct view text;
    uint32_t hash;

    if (!probe_text(&index->probes[probe], look, node, &text))
        return ERR_OK;
    hash = word_hash(probe, text);
    for (uint32_t slot = hash & index->slot_mask; index->slots[slot].entry != 0 && code == ERR_OK;
         slot = (slot + 1) & index->slot_mask)
        if (index->slots[slot].hash == hash)
            code = try(ctx, index->slots[slot].entry - 1);
    return code;
}

enum err_code index_visit(const struct index *index, struct look *look, uint32_t node, uint8_t missing,
                          index_try *try, void *ctx)
{
    uint16_t kind = look->tree->nodes[node].kind;
    const struct kind_entries *entries;
    enum err_code code = ERR_OK;

    if (kind >= index->kind_count) /* an ERROR */
        return ERR_OK;
    entries = &index->kinds[kind];
    for (uint32_t i = 0; i < entries->always_count && code == ERR_OK; i++)
        code = try(ctx, index->always[entries->always + i]);
    for (uint32_t i = 0; i < entries->probe_count && code == ERR_OK; i++)
        if ((index->probes[entries->probes + i].needs & missing) == 0)
            code = visit_probe(index, look, entries->probes + i, node, try, ctx);
    return code;
}
