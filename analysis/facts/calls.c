/* Which function of the file calls which, and which run once per item of a loop; what is told of classes.
 * Gathered on demand, in one walk over the nodes; what a call means is the language's to say. */
#include "facts/facts_internal.h"

enum {
    CALL_HOPS_MAX = 3,       /* from a call in a loop down to a function that runs because of it */
    CLASSES_ASKED_MAX = 200, /* classes of one file that are looked at: each costs a walk over the file */
    FEW_TRIPS = 8,           /* a loop of so few passes (a retry, a pair) heats nothing up */
};

uint32_t facts_function_index(const struct facts *facts, uint32_t name)
{
    size_t low = 0, high = facts->function_count;

    /* Functions lie in the order of the text, and a name follows its function's node before any other. */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (facts->functions[middle].node <= name)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && facts->functions[low - 1].name == name ? (uint32_t)(low - 1) : FACT_NONE;
}

static bool all_short(const struct facts *facts, const struct loop *loop)
{
    for (;; loop = &facts->loops[loop->parent]) {
        if (loop->trips < 0 || loop->trips > FEW_TRIPS)
            return false;
        if (loop->parent == FACT_NONE)
            return true;
    }
}

/* In a loop of its function, or in a lambda that is made for each item or in a loop. */
static bool runs_per_item(const struct facts *facts, uint32_t node)
{
    for (;;) {
        const struct loop *loop = facts_loop(facts, node);
        const struct function *function = facts_function(facts, node);

        if (loop != NULL && !all_short(facts, loop))
            return true;
        if (function == NULL || function->name != NODE_NONE)
            return false;
        if (facts_language_of(facts)->per_item != NULL &&
            facts_language_of(facts)->per_item(facts, function->node))
            return true;
        node = function->node;
    }
}

static uint32_t caller_of(const struct facts *facts, const struct call *call)
{
    const struct function *caller = facts_named_function(facts, call->node);
    return caller != NULL ? (uint32_t)(caller - facts->functions) : FACT_NONE;
}

/* Each round reaches the functions that are one more call away from a loop. */
static void follow_loops(const struct facts *facts, struct call_table *table)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct call *call = &table->items[i];
        if (table->looped[call->callee] == FACT_NONE && (call->per_item || runs_per_item(facts, call->node)))
            table->looped[call->callee] = i;
    }
    for (int hop = 1; hop < CALL_HOPS_MAX; hop++)
        for (uint32_t i = 0; i < table->count; i++) {
            uint32_t callee = table->items[i].callee, caller = caller_of(facts, &table->items[i]);
            if (table->looped[callee] != FACT_NONE || caller == FACT_NONE ||
                table->looped[caller] == FACT_NONE || table->hops[caller] != hop - 1)
                continue;
            table->looped[callee] = table->looped[caller];
            table->hops[callee] = (uint8_t)hop;
        }
}

static bool add_call(struct facts *facts, struct call_table *table, struct call call)
{
    void *items = table->items;
    struct err ignored = {0};

    if (arena_grow(facts->arena, &items, table->count, &table->cap, sizeof(call), &ignored) != ERR_OK)
        return false;
    table->items = items;
    call.next = FACT_NONE;
    if (table->last[call.callee] == FACT_NONE)
        table->first[call.callee] = (uint32_t)table->count;
    else
        table->items[table->last[call.callee]].next = (uint32_t)table->count;
    table->last[call.callee] = (uint32_t)table->count;
    table->items[table->count++] = call;
    return true;
}

static struct call_table *call_table_new(struct facts *facts)
{
    size_t count = facts->function_count;
    struct call_table *table = ARENA_NEW(facts->arena, struct call_table);

    if (table == NULL)
        return NULL;
    table->first = ARENA_ARRAY(facts->arena, uint32_t, count + 1);
    table->last = ARENA_ARRAY(facts->arena, uint32_t, count + 1);
    table->looped = ARENA_ARRAY(facts->arena, uint32_t, count + 1);
    table->hops = ARENA_ARRAY(facts->arena, uint8_t, count + 1);
    if (table->first == NULL || table->last == NULL || table->looped == NULL || table->hops == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        table->first[i] = table->last[i] = table->looped[i] = FACT_NONE;
    return table;
}

/* NULL where the arena is full: knowing of no call is always allowed. */
static const struct call_table *calls(struct facts *facts)
{
    const struct facts_language *language = facts_language_of(facts);
    struct call_table *table;

    if (facts->calls != NULL)
        return facts->calls;
    table = call_table_new(facts);
    for (uint32_t node = 0; table != NULL && node < facts->tree->count; node++) {
        struct call call = {.node = node, .callee = FACT_NONE};
        if (language->call_of(facts, node, &call) && call.callee != FACT_NONE &&
            !add_call(facts, table, call))
            return NULL;
    }
    if (table != NULL)
        follow_loops(facts, table);
    facts->calls = table;
    return table;
}

uint32_t facts_callee(struct facts *facts, uint32_t node)
{
    struct call call = {.node = node, .callee = FACT_NONE};
    return node != NODE_NONE && facts_language_of(facts)->call_of(facts, node, &call) ? call.callee
                                                                                      : FACT_NONE;
}

const struct call *facts_next_call(struct facts *facts, uint32_t function, const struct call *after)
{
    const struct call_table *table = calls(facts);
    uint32_t index;

    if (table == NULL)
        return NULL;
    index = after != NULL ? after->next : table->first[function];
    return index != FACT_NONE ? &table->items[index] : NULL;
}

const struct call *facts_looped_call(struct facts *facts, uint32_t function)
{
    const struct call_table *table = calls(facts);

    if (table == NULL || table->looped[function] == FACT_NONE)
        return NULL;
    return &table->items[table->looped[function]];
}

bool facts_result_only_iterated(struct facts *facts, uint32_t function)
{
    const struct facts_language *language = facts_language_of(facts);
    const struct call *call = language->walks != NULL ? facts_next_call(facts, function, NULL) : NULL;
    bool called = call != NULL;

    for (; call != NULL; call = facts_next_call(facts, function, call))
        if (call->per_item || !language->walks(facts, call->node))
            return false;
    return called;
}

bool facts_assume_loop(struct facts *facts, const struct call *call)
{
    const struct facts_language *language = facts_language_of(facts);
    const struct loop *around = facts_loop(facts, call->node);
    const struct function *function = &facts->functions[call->callee];
    struct loop loop = {.kind = LOOP_FOR, .node = function->node, .body = function->body};
    struct err ignored = {0};
    uint32_t index;

    if (around == NULL || all_short(facts, around) || language->varied_parameter == NULL)
        return false;
    loop.target = language->varied_parameter(facts, call, around);
    loop.iterated = NODE_NONE;
    loop.parent = FACT_NONE;
    loop.depth = 1;
    loop.function = call->callee;
    loop.trips = around->trips;
    loop.stands_for = (uint32_t)(around - facts->loops) + 1;
    if (loop.target == NODE_NONE || facts_add_loop(facts, &loop, &index, &ignored) != ERR_OK)
        return false;
    for (size_t i = 0; i < facts->context_count; i++)
        if (facts->contexts[i].function == call->callee && facts->contexts[i].loop == FACT_NONE)
            facts->contexts[i].loop = index;
    return true;
}

void facts_release_loop(struct facts *facts)
{
    uint32_t index = (uint32_t)--facts->loop_count;

    for (size_t i = 0; i < facts->context_count; i++)
        if (facts->contexts[i].loop == index)
            facts->contexts[i].loop = FACT_NONE;
}

const struct loop *facts_loop_shown(const struct facts *facts, const struct loop *loop)
{
    return loop->stands_for != 0 ? &facts->loops[loop->stands_for - 1] : loop;
}

bool facts_runs_always(const struct facts *facts, uint32_t node)
{
    const struct facts_language *language = facts_language_of(facts);
    return language->runs_always != NULL && language->runs_always(facts, node);
}

bool facts_runs_each_pass(const struct facts *facts, uint32_t node)
{
    const struct facts_language *language = facts_language_of(facts);
    return language->runs_each_pass != NULL && language->runs_each_pass(facts, node);
}

uint32_t facts_times_in_pass(struct facts *facts, uint32_t node)
{
    const struct facts_language *language = facts_language_of(facts);
    return language->times_in_pass != NULL ? language->times_in_pass(facts, node) : 0;
}

uint32_t facts_recursion(struct facts *facts, uint32_t function)
{
    const struct facts_language *language = facts_language_of(facts);
    return language->recursion != NULL ? language->recursion(facts, function) : 0;
}

bool facts_pure_function(struct facts *facts, uint32_t function)
{
    const struct facts_language *language = facts_language_of(facts);
    return language->pure_function != NULL && language->pure_function(facts, function);
}

/* The scope that the body of the definition @p node opens, where that is a class's; FACT_NONE. */
static uint32_t opened_class(const struct facts *facts, uint32_t node)
{
    for (uint32_t c = node_first(facts->tree, node); c != NODE_NONE; c = node_sibling(facts->tree, c)) {
        uint32_t scope = facts_context(facts, c)->scope;
        if (facts->scopes[scope].node == node && facts->scopes[scope].kind == SCOPE_CLASS)
            return scope;
    }
    return FACT_NONE;
}

bool facts_names_class(const struct facts *facts, uint32_t node)
{
    return facts->tree->language == LANGUAGE_PYTHON && (facts->tree->nodes[node].flags & NODE_BINDS) != 0 &&
           opened_class(facts, facts->tree->nodes[node].parent) != FACT_NONE;
}

/* The scope of the class that @p node defines or names, else of the one around it; FACT_NONE. */
static uint32_t class_scope(const struct facts *facts, uint32_t node)
{
    uint32_t scope = opened_class(facts, node);

    if (scope == FACT_NONE && facts_names_class(facts, node))
        scope = opened_class(facts, facts->tree->nodes[node].parent);
    if (scope != FACT_NONE)
        return scope;
    scope = facts_context(facts, node)->scope;
    while (scope != FACT_NONE && facts->scopes[scope].kind != SCOPE_CLASS)
        scope = facts->scopes[scope].parent;
    return scope;
}

uint64_t facts_class_flags(struct facts *facts, uint32_t node, uint64_t wanted)
{
    const struct facts_language *language = facts_language_of(facts);
    uint32_t scope = language->tell_class != NULL ? class_scope(facts, node) : FACT_NONE;
    struct class_told *told;

    if (scope == FACT_NONE)
        return 0;
    if (facts->classes == NULL)
        facts->classes = ARENA_ARRAY(facts->arena, struct class_told, facts->scope_count);
    if (facts->classes == NULL)
        return 0;
    told = &facts->classes[scope];
    if ((wanted & ~told->known) != 0 && (told->known != 0 || facts->classes_asked++ < CLASSES_ASKED_MAX))
        language->tell_class(facts, facts->scopes[scope].node, wanted & ~told->known, told);
    return told->flags & wanted;
}
