/* Role and heat of a place: what its owner declared, else what its path, function and loops let one infer. */
#include "base/pattern.h"
#include "review_internal.h"
#include <assert.h>

static const char *const HEAT_NAMES[] = {"cold", "warm", "hot"};
static const char *const EVIDENCE_NAMES[] = {"none", "inferred", "declared", "measured"};
static const char *const ROLE_NAMES[] = {"test", "init", "application", "library"};
static_assert(COUNT_OF(HEAT_NAMES) == HEAT_COUNT, "a name for each");
static_assert(COUNT_OF(EVIDENCE_NAMES) == EVIDENCE_COUNT, "a name for each");
static_assert(COUNT_OF(ROLE_NAMES) == ROLE_COUNT, "a name for each");

const char *heat_name(enum heat heat)
{
    return HEAT_NAMES[heat];
}

const char *heat_evidence_name(enum heat_evidence evidence)
{
    return EVIDENCE_NAMES[evidence];
}

const char *role_name(enum role role)
{
    return ROLE_NAMES[role];
}

struct mark {
    const struct heat_mark *source;
    struct pattern *glob;
};

struct heat_table {
    struct mark *marks;
    size_t count;
    const struct far_calls *far;
};

enum err_code heat_table_new(const struct review_options *options, struct arena *arena,
                             struct heat_table **out, struct err *err)
{
    struct heat_table *table = ARENA_NEW(arena, struct heat_table);

    if (table != NULL)
        table->marks = ARENA_ARRAY(arena, struct mark, options->mark_count + 1);
    if (table == NULL || table->marks == NULL)
        return arena_full(arena, err);
    for (size_t i = 0; i < options->mark_count; i++) {
        struct mark *mark = &table->marks[table->count];
        if (pattern_new_glob(options->marks[i].glob, &mark->glob, err) != ERR_OK) {
            heat_table_free(table);
            return err_wrap(err, "glob %.*s", VIEW_ARG(options->marks[i].glob));
        }
        mark->source = &options->marks[i];
        table->count++;
    }
    *out = table;
    return ERR_OK;
}

void heat_table_free(struct heat_table *table)
{
    for (size_t i = 0; table != NULL && i < table->count; i++)
        pattern_free(table->marks[i].glob);
}

/* What a folder or file name says. `name` is a whole segment; with a `*` at an end it stands for any text. */
static const struct path_row {
    const char *name;
    bool is_dir;
    enum role role;
    const char *why;
} PATHS[] = {
    {"tests", true, ROLE_TEST, "test code"},
    {"test", true, ROLE_TEST, "test code"},
    {"testing", true, ROLE_TEST, "test code"},
    {"test_*", false, ROLE_TEST, "test code"},
    {"*_test.py", false, ROLE_TEST, "test code"},
    {"*_test.rs", false, ROLE_TEST, "test code"},
    {"tests.py", false, ROLE_TEST, "test code"},
    {"tests.rs", false, ROLE_TEST, "test code"},
    {"conftest.py", false, ROLE_TEST, "test code"},
    {"benches", true, ROLE_TEST, "a benchmark's harness"},
    {"benchmarks", true, ROLE_TEST, "a benchmark's harness"},
    {"examples", true, ROLE_INIT, "an example"},
    {"docs", true, ROLE_INIT, "documentation"},
    {"migrations", true, ROLE_INIT, "a migration, which runs once"},
    {"management", true, ROLE_INIT, "a command that is run by hand"},
    {"scripts", true, ROLE_INIT, "a script"},
    {"setup.py", false, ROLE_INIT, "a build script"},
    {"build.rs", false, ROLE_INIT, "a build script"},
    {"noxfile.py", false, ROLE_INIT, "a build script"},
    {"xtask", true, ROLE_INIT, "a developers' script"},
    {"fuzz_targets", true, ROLE_TEST, "a fuzz target"},
};

static bool segment_is(struct view segment, const char *name)
{
    struct view want = view_of(name);
    if (want.ptr[0] == '*')
        return segment.len > want.len - 1 && view_ends(segment, name + 1);
    if (want.ptr[want.len - 1] != '*')
        return view_equal(segment, want);
    want.len--;
    return segment.len > want.len && view_equal(view_slice(segment, 0, want.len), want);
}

static const struct path_row *path_row_of(struct view path)
{
    struct view rest = path, part;
    while (view_split(&rest, '/', &part))
        for (const struct path_row *row = PATHS; row < PATHS + COUNT_OF(PATHS); row++)
            if (row->is_dir == (rest.ptr != NULL) && segment_is(part, row->name))
                return row;
    return NULL;
}

void heat_table_far(struct heat_table *table, const struct far_calls *calls)
{
    table->far = calls;
}

bool heat_path_is_cold(struct view path)
{
    return path_row_of(path) != NULL;
}

static const struct mark *mark_of(const struct heat_table *table, struct view path, struct view function)
{
    struct view last = function;
    size_t dot;

    while ((dot = view_find_byte(last, '.', 0)) != SIZE_MAX)
        last = view_slice(last, dot + 1, last.len);
    /* The last one that fits counts: a later row narrows an earlier one. */
    for (size_t i = table->count; i > 0; i--) {
        const struct mark *mark = &table->marks[i - 1];
        struct view symbol = mark->source->symbol;
        if ((symbol.len == 0 || view_equal(symbol, function) || view_equal(symbol, last)) &&
            pattern_matches(mark->glob, path))
            return mark;
    }
    return NULL;
}

static const struct note *note_of(const struct note_list *notes, const struct source *source,
                                  const struct function *function)
{
    for (size_t i = 0; function != NULL && i < notes->count; i++) {
        const struct note *note = &notes->items[i];
        if (note->kind != NOTE_IGNORE && (note->target == source->tree->nodes[function->outer].line ||
                                          note->target == source->tree->nodes[function->node].line))
            return note;
    }
    return NULL;
}

static const struct call *called_from_loop(struct facts *facts, const struct function *function)
{
    return function != NULL ? facts_looped_call(facts, (uint32_t)(function - facts->functions)) : NULL;
}

static struct place_heat place(enum heat heat, enum heat_evidence evidence, enum role role, const char *why)
{
    return (struct place_heat){.heat = heat, .evidence = evidence, .role = role, .why = view_of(why)};
}

/* Below `if __name__ == "__main__":`. */
static bool is_main_block(const struct source *source, uint32_t node)
{
    const struct tree *tree = source->tree;

    if (source->language != LANGUAGE_PYTHON)
        return false;
    for (uint32_t at = node; at != NODE_NONE; at = tree->nodes[at].parent)
        if (tree->nodes[at].parent == 0 && view_starts(node_text(tree, at), "if __name__ "))
            return true;
    return false;
}

/* The flags of the function, where a closure within it does not say when it runs: a handler that is written
 * where the routes are, what a LazyLock runs once. */
static uint32_t flags_at(const struct source *source, const struct function *function, uint32_t node)
{
    static const uint32_t WHEN = FUNCTION_HANDLER | FUNCTION_INIT;
    const struct facts *facts = source->facts;
    uint32_t flags = function != NULL ? function->flags : 0;

    for (const struct function *at = facts_function(facts, node); at != NULL && at->name == NODE_NONE;
         at = at->parent != FACT_NONE ? &facts->functions[at->parent] : NULL)
        if ((at->flags & WHEN) != 0)
            return (flags & ~WHEN) | (at->flags & WHEN);
    return flags;
}

/* What the function and the loops around a node let one infer. */
static struct place_heat infer(const struct source *source, const struct function *function, uint32_t node,
                               uint32_t flags, enum role role, const struct far_call *far)
{
    const struct loop *loop = facts_loop(source->facts, node);
    const struct call *looped = called_from_loop(source->facts, function);
    uint32_t depth = loop != NULL && loop->stands_for == 0 ? loop->depth : 0;
    const struct native_call *native =
        (flags & FUNCTION_EXPORTED) != 0
            ? natives_call(source->facts->natives, facts_function_name(source->facts, function))
            : NULL;
    struct place_heat where;

    if (facts_names_class(source->facts, node))
        return facts_class_flags(source->facts, node, CLASS_MADE_IN_LOOP) != 0
                   ? place(HEAT_HOT, EVIDENCE_INFERRED, role, "its instances are made in a loop of this file")
                   : place(HEAT_WARM, EVIDENCE_NONE, role, "nothing in the file says how often it is made");
    if (function == NULL && depth == 0)
        return place(HEAT_COLD, EVIDENCE_INFERRED, ROLE_INIT, "module level: it runs once, at import");
    if (function == NULL && is_main_block(source, node))
        return place(HEAT_COLD, EVIDENCE_INFERRED, ROLE_INIT, "it runs once, when the file is the program");
    if (depth >= 2)
        return place(HEAT_HOT, EVIDENCE_INFERRED, role, "it stands in nested loops");
    if ((flags & FUNCTION_HANDLER) != 0)
        return place(HEAT_HOT, EVIDENCE_INFERRED, role, "it runs for every request or task");
    if (depth > 0 && facts_in_async(source->facts, node))
        return place(HEAT_HOT, EVIDENCE_INFERRED, role, "it is a loop in an async task");
    if (depth > 0 && (flags & FUNCTION_EXPORTED) != 0)
        return place(HEAT_HOT, EVIDENCE_INFERRED, role,
                     "it is a loop in a function that another language calls");
    if (looped != NULL) {
        where = place(depth > 0 ? HEAT_HOT : HEAT_WARM, EVIDENCE_INFERRED, role, "");
        where.looped = looped;
        return where;
    }
    if (far != NULL) {
        where = place(depth > 0 ? HEAT_HOT : HEAT_WARM, EVIDENCE_INFERRED, role, "");
        where.far = far;
        return where;
    }
    if (native != NULL) {
        where = place(depth > 0 ? HEAT_HOT : HEAT_WARM, EVIDENCE_INFERRED, role, "");
        where.native = native;
        return where;
    }
    if (depth > 0)
        return place(HEAT_WARM, EVIDENCE_INFERRED, role, "it stands in a loop");
    return place(HEAT_WARM, EVIDENCE_NONE, role, "nothing in the file says how often it runs");
}

/* "called in the loop at line 12 of `load`" */
struct view heat_words(const struct place_heat *place, const struct source *source, struct arena *arena)
{
    struct facts *facts = source->facts;
    const struct call *call = place->looped;
    const struct loop *loop;
    const struct function *caller;
    struct view name;
    uint32_t line;

    if (place->far != NULL)
        return arena_format(arena, "%sits function is called in the loop at line %u of `%.*s`",
                            place->heat == HEAT_HOT ? "it stands in a loop, and " : "", place->far->line,
                            VIEW_ARG(place->far->file));
    if (place->native != NULL)
        return arena_format(arena, "%sits function is called in the loop at line %u of `%.*s`",
                            place->heat == HEAT_HOT ? "it stands in a loop, and " : "", place->native->line,
                            VIEW_ARG(place->native->path));
    if (call == NULL)
        return place->why;
    loop = facts_loop(facts, call->node);
    caller = facts_named_function(facts, call->node);
    name = caller != NULL ? facts_function_name(facts, caller) : VIEW("");
    line = source->tree->nodes[loop != NULL ? loop->node : call->node].line;
    return arena_format(arena, "%sits function is called %s line %u%s%.*s%s",
                        place->heat == HEAT_HOT ? "it stands in a loop, and " : "",
                        loop != NULL ? "in the loop at" : "for each item at", line,
                        name.len > 0 ? " of `" : "", VIEW_ARG(name), name.len > 0 ? "`" : "");
}

static enum role role_of(const struct source *source, const struct function *function)
{
    if (function != NULL && function->flags & FUNCTION_EXPORTED)
        return ROLE_LIBRARY;
    if (function != NULL && source->language == LANGUAGE_RUST && function->flags & FUNCTION_PUBLIC)
        return ROLE_LIBRARY;
    return ROLE_APPLICATION;
}

struct place_heat heat_of(const struct heat_table *table, const struct source *source,
                          const struct note_list *notes, uint32_t node)
{
    uint32_t own = facts_function_index(source->facts, node);
    const struct function *function =
        own != FACT_NONE ? &source->facts->functions[own] : facts_named_function(source->facts, node);
    const struct path_row *row = path_row_of(source->path);
    struct view name = function != NULL ? facts_function_name(source->facts, function) : VIEW("");
    const struct note *note = note_of(notes, source, function);
    const struct mark *mark = mark_of(table, source->path, name);
    enum role role = row != NULL ? row->role : role_of(source, function);
    uint32_t flags = flags_at(source, function, node);

    if (note != NULL)
        return note->kind == NOTE_HOT
                   ? place(HEAT_HOT, EVIDENCE_DECLARED, role, "a comment declares it hot")
                   : place(HEAT_COLD, EVIDENCE_DECLARED, role, "a comment declares it cold");
    if (mark != NULL)
        return mark->source->hot
                   ? place(HEAT_HOT, EVIDENCE_DECLARED, role, "the configuration declares it hot")
                   : place(HEAT_COLD, EVIDENCE_DECLARED, role, "the configuration declares it cold");
    if (row != NULL)
        return place(HEAT_COLD, EVIDENCE_INFERRED, role, row->why);
    if ((flags & FUNCTION_TEST) != 0)
        return place(HEAT_COLD, EVIDENCE_INFERRED, ROLE_TEST, "test code");
    if ((flags & FUNCTION_BENCH) != 0)
        return place(HEAT_COLD, EVIDENCE_INFERRED, ROLE_TEST, "a benchmark's harness");
    if ((source->facts->project->crate_types >> CRATE_PROC_MACRO & 1) != 0)
        return place(HEAT_COLD, EVIDENCE_INFERRED, ROLE_INIT, "a procedural macro: it runs in the compiler");
    if ((flags & FUNCTION_INIT) != 0 && facts_loop(source->facts, node) == NULL)
        return place(HEAT_COLD, EVIDENCE_INFERRED, ROLE_INIT, "it runs once, at start");
    /* What is said at a function's name is said of its body. */
    if (own != FACT_NONE && function != NULL && function->body != NODE_NONE)
        node = function->body;
    return infer(source, function, node, flags, role, far_call_of(table->far, source->path, name));
}

bool heat_allows(const struct review_options *options, const struct variant *variant, const struct rule *rule,
                 const struct place_heat *where, bool in_loop, enum severity *severity)
{
    if (where->role == ROLE_TEST && where->evidence != EVIDENCE_DECLARED) {
        if (rule->lever != LEVER_ALGORITHM)
            return false;
        /* Test time is all that it costs: worth a low word where the growth is certain. */
        if (variant->severity < SEVERITY_HIGH && !options->pedantic)
            return false;
        *severity = SEVERITY_LOW;
    }
    if (where->heat == HEAT_COLD && rule->lever != LEVER_ALGORITHM && !rule->keep_when_cold)
        return false;
    if (where->heat == HEAT_COLD && rule->lever == LEVER_ALGORITHM && *severity > SEVERITY_LOW)
        *severity = (enum severity)(*severity - 1); /* it grows, but nobody waits for it */
    if (options->pedantic)
        return true;
    if (variant->confidence == CONFIDENCE_LOW)
        return false;
    return variant->tier != TIER_HOT || where->heat == HEAT_HOT ||
           (where->heat == HEAT_WARM &&
            (in_loop || where->looped != NULL || where->far != NULL || where->native != NULL));
}
