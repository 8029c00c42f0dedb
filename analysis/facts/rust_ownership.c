/* Who owns what a local variable holds: which use moves it away, which is the last on its way, and which
 * other variables may borrow from it. Where a macro or a method hides what happens, nothing is claimed. */
#include "facts/rust_internal.h"

enum {
    USES_ASKED_MAX = 200, /* uses of one variable that are looked at */
    LENDINGS_MAX = 40,    /* variables that borrow from each other: x lends to y, y to z ... */
};

static const uint16_t LOOPS[] = {RUST_sym_for_expression, RUST_sym_while_expression, RUST_sym_loop_expression,
                                 KIND_NONE};
/* Macros that end the function. */
static const char *const ENDING_MACROS[] = {"panic", "unreachable", "todo", "unimplemented", "bail", "abort"};

static const struct binding *local_binding(const struct facts *facts, uint32_t name)
{
    const struct binding *binding = facts_binding(facts, name);
    enum scope_kind kind;
    uint16_t around;

    if (facts->tree->language != LANGUAGE_RUST || binding == NULL || binding->first_def == FACT_NONE ||
        binding->use_count > USES_ASKED_MAX)
        return NULL;
    around = rust_kind(facts, rust_parent(facts, facts->defs[binding->first_def].node));
    if (around == RUST_sym_static_item || around == RUST_sym_const_item ||
        facts->defs[binding->first_def].kind == DEF_IMPORT)
        return NULL;
    kind = facts->scopes[binding->scope].kind;
    return kind == SCOPE_BLOCK || kind == SCOPE_FUNCTION ? binding : NULL;
}

static uint32_t home_of(const struct facts *facts, const struct binding *binding)
{
    return facts_context(facts, facts->defs[binding->first_def].node)->function;
}

/* A use in a closure or async block that takes its captures by value moves them there. */
static bool moved_by_capture(const struct facts *facts, const struct binding *binding, uint32_t use)
{
    uint32_t home = home_of(facts, binding), at = facts_context(facts, use)->function;

    for (; at != home && at != FACT_NONE; at = facts->functions[at].parent)
        if (rust_has_child(facts, facts->functions[at].node, RUST_anon_sym_move))
            return true;
    return false;
}

bool facts_borrowed_only(struct facts *facts, uint32_t node)
{
    const struct binding *binding = local_binding(facts, node);

    if (binding == NULL || binding->def_count != 1)
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        enum fate fate = rust_fate(facts, facts->uses[u].node).fate;
        if ((fate != FATE_READ && fate != FATE_SHARED) ||
            moved_by_capture(facts, binding, facts->uses[u].node))
            return false;
    }
    return true;
}

bool facts_never_moved(struct facts *facts, uint32_t name)
{
    const struct binding *binding = local_binding(facts, name);

    if (binding == NULL)
        return false;
    for (uint32_t d = facts->defs[binding->first_def].next; d != FACT_NONE; d = facts->defs[d].next)
        if (facts->defs[d].kind != DEF_AUGMENT)
            return false; /* another value takes its place */
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        enum fate fate = rust_fate(facts, facts->uses[u].node).fate;
        if ((fate != FATE_READ && fate != FATE_SHARED && fate != FATE_CHANGED) ||
            moved_by_capture(facts, binding, facts->uses[u].node))
            return false;
    }
    return true;
}

bool facts_live_at(struct facts *facts, uint32_t name, uint32_t node)
{
    const struct binding *binding = local_binding(facts, name);
    uint32_t let = binding != NULL ? node_ancestor(facts->tree, facts->defs[binding->first_def].node,
                                                   RUST_sym_let_declaration)
                                   : NODE_NONE;
    uint32_t block = rust_parent(facts, let);

    if (rust_kind(facts, block) != RUST_sym_block || !node_within(facts->tree, node, block) ||
        node < facts->tree->nodes[let].next || !rust_defined_once_before(facts, binding, node))
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t use = facts->uses[u].node;
        struct use_fate fate = rust_fate(facts, use);
        bool away = fate.fate == FATE_CONSUMED || fate.fate == FATE_DROPPED || fate.fate == FATE_UNKNOWN;
        /* `*guard` copies what it guards; the guard itself stays. */
        bool part = fate.part || (fate.inside && facts_type(facts, use)->kind == TYPE_GUARD);
        if (use < facts->tree->nodes[node].next && ((away && !part) || moved_by_capture(facts, binding, use)))
            return false;
    }
    return true;
}

/* How a statement passes on what runs after it: not at all, or to the end of the innermost loop. */
enum exit { EXIT_NONE, EXIT_LOOP, EXIT_FUNCTION };

static enum exit exit_of(const struct facts *facts, uint32_t node)
{
    struct view name;

    if (rust_kind(facts, node) == RUST_sym_expression_statement)
        node = rust_child(facts, node, 0);
    switch (rust_kind(facts, node)) {
    case RUST_sym_return_expression:
        return EXIT_FUNCTION;
    case RUST_sym_break_expression:
        return rust_has_child(facts, node, RUST_sym_label) ? EXIT_NONE : EXIT_LOOP;
    case RUST_sym_macro_invocation:
        name = rust_text(facts, rust_field(facts, node, RUST_field_macro));
        return rust_word_in(name, ENDING_MACROS, COUNT_OF(ENDING_MACROS)) ? EXIT_FUNCTION : EXIT_NONE;
    default:
        return EXIT_NONE;
    }
}

/* The surest exit among @p node and what stands around and behind it, up to @p top, which is left out. A
 * break out of a loop below @p top ends nothing there. */
static enum exit exit_behind(const struct facts *facts, uint32_t node, uint32_t top)
{
    enum exit found = EXIT_NONE, exit;

    for (uint32_t at = node; at != top && at != NODE_NONE; at = rust_parent(facts, at)) {
        if (kind_in(rust_kind(facts, at), LOOPS) && found == EXIT_LOOP)
            found = EXIT_NONE;
        exit = exit_of(facts, at);
        found = exit > found ? exit : found;
        if (rust_kind(facts, rust_parent(facts, at)) != RUST_sym_block)
            continue;
        for (uint32_t s = at; s != NODE_NONE; s = node_sibling_named(facts->tree, s)) {
            exit = exit_of(facts, s);
            found = exit > found ? exit : found;
        }
    }
    return found;
}

/* The smallest node around both. */
static uint32_t around_both(const struct facts *facts, uint32_t a, uint32_t b)
{
    uint32_t at = a;
    while (at != NODE_NONE && !node_within(facts->tree, b, at))
        at = rust_parent(facts, at);
    return at;
}

static uint32_t child_around(const struct facts *facts, uint32_t node, uint32_t parent)
{
    while (rust_parent(facts, node) != parent)
        node = rust_parent(facts, node);
    return node;
}

/* Whether only one of the two is run: branches of an if, arms of a match. */
static bool excludes(const struct facts *facts, uint32_t a, uint32_t b, uint32_t around)
{
    uint32_t first = child_around(facts, a, around), second = child_around(facts, b, around);

    switch (rust_kind(facts, around)) {
    case RUST_sym_if_expression:
        return facts->tree->nodes[first].field == RUST_field_consequence &&
               facts->tree->nodes[second].field == RUST_field_alternative;
    case RUST_sym_match_block: /* what a guard reads is read before the other arms */
        return !node_within(facts->tree, a, rust_field(facts, first, RUST_field_pattern));
    default:
        return false;
    }
}

/* Whether @p b, which stands after @p a in the same function, may run after it without another pass. */
static bool may_follow(const struct facts *facts, uint32_t a, uint32_t b)
{
    uint32_t around = around_both(facts, a, b), loop;
    enum exit exit;

    if (excludes(facts, a, b, around))
        return false;
    exit = exit_behind(facts, a, child_around(facts, a, around));
    if (exit == EXIT_NONE && rust_kind(facts, around) != RUST_sym_block)
        exit = exit_of(facts, child_around(facts, a, around));
    if (exit != EXIT_LOOP)
        return exit == EXIT_NONE;
    /* A break leaves what stands behind in the same loop. */
    for (loop = a; loop != around && !kind_in(rust_kind(facts, loop), LOOPS);)
        loop = rust_parent(facts, loop);
    return loop != around;
}

/* Whether another pass of a loop around @p use alone, not around where @p binding is bound, may follow. */
static bool comes_again(const struct facts *facts, const struct binding *binding, uint32_t use)
{
    uint32_t bound = facts->defs[binding->first_def].node;

    for (uint32_t at = use, parent; (parent = rust_parent(facts, at)) != NODE_NONE; at = parent) {
        if (node_within(facts->tree, bound, parent))
            return false;
        if (!kind_in(rust_kind(facts, parent), LOOPS) ||
            (rust_kind(facts, parent) == RUST_sym_for_expression &&
             facts->tree->nodes[at].field == RUST_field_value))
            continue;
        if (exit_behind(facts, use, parent) == EXIT_NONE)
            return true;
    }
    return false;
}

/* place = value: the value runs first, though it stands behind. */
static bool is_written_after(const struct facts *facts, uint32_t other, uint32_t use)
{
    uint32_t around = around_both(facts, other, use);
    uint16_t kind = rust_kind(facts, around);
    return kind == RUST_sym_assignment_expression || kind == RUST_sym_compound_assignment_expr;
}

/* x.a and x.b are moved apart; x.a() is a use of the whole. */
static bool is_other_field(const struct facts *facts, uint32_t use, uint32_t place)
{
    uint32_t field = rust_parent(facts, use);

    return rust_kind(facts, place) == RUST_sym_field_expression &&
           rust_kind(facts, field) == RUST_sym_field_expression &&
           facts->tree->nodes[field].field != RUST_field_function &&
           !view_equal(rust_text(facts, rust_field(facts, field, RUST_field_field)),
                       rust_text(facts, rust_field(facts, place, RUST_field_field)));
}

bool facts_last_use(struct facts *facts, uint32_t place)
{
    uint32_t use = rust_kind(facts, place) == RUST_sym_field_expression
                       ? rust_field(facts, place, RUST_field_value)
                       : place;
    const struct binding *binding = local_binding(facts, use);

    if (binding == NULL || (facts->tree->nodes[use].flags & NODE_BINDS) != 0 ||
        facts_context(facts, use)->function != home_of(facts, binding) || comes_again(facts, binding, use))
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t other = facts->uses[u].node;
        if (other == use || is_other_field(facts, other, place))
            continue;
        if (other > use ? may_follow(facts, use, other) : is_written_after(facts, other, use))
            return false;
    }
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next)
        if (facts->defs[d].kind == DEF_AUGMENT && facts->defs[d].node > use &&
            may_follow(facts, use, facts->defs[d].node))
            return false;
    return true;
}

static bool has_drop(const struct facts *facts, struct view type)
{
    for (uint32_t i = 0; i < facts->tree->count; i++)
        if (facts->tree->nodes[i].kind == RUST_sym_impl_item &&
            view_ends(rust_text(facts, rust_field(facts, i, RUST_field_trait)), "Drop") &&
            view_find(rust_text(facts, rust_field(facts, i, RUST_field_type)), type, 0) != SIZE_MAX)
            return true;
    return false;
}

bool facts_movable_parts(struct facts *facts, uint32_t name)
{
    const struct type *type = facts_type(facts, name);
    uint32_t fields;

    if (local_binding(facts, name) == NULL || type->kind != TYPE_INSTANCE || type->reference)
        return false;
    fields = rust_field_scope(facts, facts_context(facts, name)->scope, type->path);
    return fields != FACT_NONE && !has_drop(facts, type->path);
}

/* Whether a value of @p type can hold a reference into another one; true where that is not known. */
static bool may_hold_borrow(struct facts *facts, const struct type *type, uint32_t scope)
{
    uint32_t fields;

    if (type->reference)
        return true;
    switch (type->kind) {
    case TYPE_INT:
    case TYPE_FLOAT:
    case TYPE_BOOL:
    case TYPE_CHAR:
    case TYPE_STRING:
    case TYPE_REGEX:
    case TYPE_FILE:
    case TYPE_NONE:
    case TYPE_RANGE:
        return false;
    case TYPE_HASHMAP:
    case TYPE_BTREEMAP:
        return type->item == NULL || type->value == NULL || may_hold_borrow(facts, type->item, scope) ||
               may_hold_borrow(facts, type->value, scope);
    case TYPE_VEC:
    case TYPE_VECDEQUE:
    case TYPE_ARRAY:
    case TYPE_HASHSET:
    case TYPE_BTREESET:
    case TYPE_OPTION:
    case TYPE_BOX:
    case TYPE_RC:
    case TYPE_ARC:
        return type->item == NULL || may_hold_borrow(facts, type->item, scope);
    case TYPE_INSTANCE:
        fields = rust_field_scope(facts, scope, type->path);
        return fields == FACT_NONE ||
               rust_field(facts, facts->scopes[fields].node, RUST_field_type_parameters) != NODE_NONE;
    default:
        return true;
    }
}

/* A question of what is still lent when a node runs, and how many more variables it may look at. */
struct lending {
    struct facts *facts;
    uint32_t node;
    int left;
};

static bool needed_at(struct lending *lending, const struct binding *binding);

/* A guard, or what may be one, is needed up to the end of its block: it is dropped there. */
static bool may_act_on_drop(const struct type *type)
{
    return !type->reference && (type->kind == TYPE_GUARD || type->kind == TYPE_UNKNOWN ||
                                type->kind == TYPE_INSTANCE || type->kind == TYPE_BOX);
}

static bool in_scope_at(const struct facts *facts, uint32_t bound, uint32_t node)
{
    uint32_t let = node_ancestor(facts->tree, bound, RUST_sym_let_declaration);
    return let == NODE_NONE || node_within(facts->tree, node, rust_parent(facts, let));
}

/* Whether a name that @p pattern binds may still be needed then. */
static bool pattern_needed_at(struct lending *lending, uint32_t pattern)
{
    const struct facts *facts = lending->facts;

    if (pattern == NODE_NONE)
        return true;
    for (uint32_t i = pattern; i < facts->tree->nodes[pattern].next; i++) {
        uint32_t binding = facts->tree->nodes[i].binding;
        if ((facts->tree->nodes[i].flags & NODE_BINDS) == 0 || binding == 0)
            continue;
        if (needed_at(lending, &facts->bindings[binding - 1]) ||
            (in_scope_at(facts, i, lending->node) && may_act_on_drop(facts_type(lending->facts, i))))
            return true;
    }
    return false;
}

/* Whether what @p place hangs on, a variable other than the lender, is needed later: it may have been given
 * the borrow. */
static bool place_needed_at(struct lending *lending, uint32_t place, uint32_t lender)
{
    struct facts *facts = lending->facts;
    uint32_t root = facts_root_name(facts, place);
    const struct binding *binding = root != NODE_NONE ? facts_binding(facts, root) : NULL;

    if (root == lender)
        return false;
    if (binding == NULL)
        return root == NODE_NONE;
    return may_hold_borrow(facts, facts_type(facts, place), facts_context(facts, place)->scope) &&
           needed_at(lending, binding);
}

/* Whether the receiver or an argument beside @p at may keep the borrow. */
static bool call_keeps(struct lending *lending, uint32_t arguments, uint32_t at, uint32_t lender)
{
    const struct facts *facts = lending->facts;
    struct rust_call call;

    if (!rust_call_of(facts, rust_parent(facts, arguments), &call))
        return true;
    if (call.receiver != NODE_NONE && place_needed_at(lending, call.receiver, lender))
        return true;
    for (uint32_t a = rust_child(facts, arguments, 0); a != NODE_NONE; a = node_sibling_named(facts->tree, a))
        if (a != at && facts->tree->nodes[a].kind == RUST_sym_reference_expression &&
            rust_has_child(facts, a, RUST_sym_mutable_specifier) &&
            place_needed_at(lending, rust_field(facts, a, RUST_field_value), lender))
            return true;
    return false;
}

/* What a step up from @p at to its parent says of a borrow in it. */
enum step { STEP_ON, STEP_ENDS, STEP_HELD };

static enum step held_if(bool held)
{
    return held ? STEP_HELD : STEP_ENDS;
}

static enum step step_up(struct lending *lending, uint32_t at, uint32_t use)
{
    const struct facts *facts = lending->facts;
    uint32_t parent = rust_parent(facts, at);
    uint8_t field = facts->tree->nodes[at].field;

    switch (rust_kind(facts, parent)) {
    case RUST_sym_let_declaration:
    case RUST_sym_let_condition:
    case RUST_sym_for_expression:
        return held_if(field != RUST_field_value ||
                       pattern_needed_at(lending, rust_field(facts, parent, RUST_field_pattern)));
    case RUST_sym_match_expression:
        return field != RUST_field_value || node_within(facts->tree, lending->node, at) ||
                       pattern_needed_at(lending, rust_field(facts, parent, RUST_field_body))
                   ? STEP_HELD
                   : STEP_ON;
    case RUST_sym_assignment_expression:
        return held_if(field == RUST_field_right &&
                       place_needed_at(lending, rust_field(facts, parent, RUST_field_left), use));
    case RUST_sym_arguments:
        return node_within(facts->tree, lending->node, parent) || call_keeps(lending, parent, at, use)
                   ? STEP_HELD
                   : STEP_ON;
    case RUST_sym_expression_statement:
        return held_if(node_within(facts->tree, lending->node, at));
    case RUST_sym_if_expression:
    case RUST_sym_while_expression: /* what a condition lends ends with it */
        return field == RUST_field_condition ? held_if(node_within(facts->tree, lending->node, at)) : STEP_ON;
    case RUST_sym_block: /* the value of the block */
    case RUST_sym_else_clause:
        return node_within(facts->tree, lending->node, at) ? STEP_HELD : STEP_ON;
    case RUST_sym_function_item:
    case KIND_NONE:
        return STEP_ENDS;
    default: /* an operand beside it */
        return node_within(facts->tree, lending->node, parent) ? STEP_HELD : STEP_ON;
    }
}

/* The closure or async block in function @p home that @p use stands in, else the use itself. */
static uint32_t outermost_capture(const struct facts *facts, uint32_t use, uint32_t home)
{
    uint32_t at = facts_context(facts, use)->function;

    if (at == home)
        return use;
    while (at != FACT_NONE && facts->functions[at].parent != home)
        at = facts->functions[at].parent;
    return at != FACT_NONE ? facts->functions[at].node : use;
}

/* Whether what @p use lends may still be held: climbs to the end of its statement. */
static bool lends_until(struct lending *lending, uint32_t use, uint32_t home)
{
    struct facts *facts = lending->facts;
    uint32_t scope = facts_context(facts, use)->scope, at = outermost_capture(facts, use, home);
    enum step step = STEP_ON;
    bool borrows;

    for (uint32_t first = at; step == STEP_ON; at = rust_parent(facts, at)) {
        if (rust_in_macro(facts, at, &borrows)) /* what a format reads it does not keep */
            return !borrows || node_within(facts->tree, lending->node, rust_parent(facts, at));
        if (at != first && facts->tree->nodes[at].field != RUST_field_function &&
            !may_hold_borrow(facts, facts_type(facts, at), scope))
            return false;
        step = step_up(lending, at, use);
    }
    return step == STEP_HELD;
}

/* Whether the variable itself, or one that borrows from it, may be used in the node or after it. */
static bool needed_at(struct lending *lending, const struct binding *binding)
{
    const struct facts *facts = lending->facts;
    uint32_t node = lending->node, home;

    if (lending->left-- <= 0 || binding->first_def == FACT_NONE || binding->use_count > USES_ASKED_MAX)
        return true;
    home = home_of(facts, binding);
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t use = facts->uses[u].node;
        if (use >= node ? node_within(facts->tree, use, node) || may_follow(facts, node, use)
                        : is_written_after(facts, use, node) || lends_until(lending, use, home))
            return true;
    }
    return false;
}

bool facts_borrowed_at(struct facts *facts, uint32_t name, uint32_t node)
{
    const struct binding *binding = local_binding(facts, name);
    struct lending lending = {.facts = facts, .node = node, .left = LENDINGS_MAX};

    if (binding == NULL)
        return true;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next)
        if (facts->uses[u].node < node && lends_until(&lending, facts->uses[u].node, home_of(facts, binding)))
            return true;
    return false;
}

bool facts_needed_from(struct facts *facts, uint32_t name, uint32_t node)
{
    const struct binding *binding = local_binding(facts, name);
    struct lending lending = {.facts = facts, .node = node, .left = LENDINGS_MAX};
    return binding == NULL || needed_at(&lending, binding);
}

/* Whether a use reaches what a pointer points to, so that a plain value in its place would do. */
static bool reaches_through(struct facts *facts, uint32_t use)
{
    const struct type *type = facts_type(facts, use);
    struct use_fate fate = rust_fate(facts, use);
    bool borrows;

    if (fate.part || fate.inside)
        return true;
    if (rust_in_macro(facts, use, &borrows))
        return borrows;
    if (rust_kind(facts, rust_parent(facts, fate.at)) != RUST_sym_field_expression)
        return type->kind == TYPE_BOX && (fate.fate == FATE_SHARED || fate.fate == FATE_READ);
    return fate.fate == FATE_READ || fate.fate == FATE_CHANGED;
}

static bool is_holder(enum type_kind kind)
{
    return kind == TYPE_BOX || kind == TYPE_RC || kind == TYPE_ARC || kind == TYPE_MUTEX ||
           kind == TYPE_RWLOCK || kind == TYPE_CELL;
}

bool facts_used_through(struct facts *facts, uint32_t name)
{
    const struct binding *binding = local_binding(facts, name);
    enum type_kind kind = facts_type(facts, name)->kind;

    if (binding == NULL || binding->def_count != 1 || binding->first_use == FACT_NONE || !is_holder(kind))
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t use = facts->uses[u].node;
        uint32_t callee = rust_parent(facts, use);
        if (!reaches_through(facts, use) || moved_by_capture(facts, binding, use))
            return false;
        if (kind != TYPE_BOX && rust_kind(facts, callee) == RUST_sym_field_expression &&
            view_is(rust_text(facts, rust_field(facts, callee, RUST_field_field)), "clone"))
            return false; /* another owner */
    }
    return true;
}

/* Whether the name is a variable that nobody else reaches while it is in use: a value of the function's own,
 * or a &mut. */
static bool is_own_or_lent(struct facts *facts, uint32_t name)
{
    const struct binding *binding = local_binding(facts, name);
    uint32_t parameter, type;

    if (binding == NULL || facts_context(facts, name)->function != home_of(facts, binding))
        return false;
    parameter = rust_parent(facts, facts->defs[binding->first_def].node);
    if (rust_kind(facts, parameter) == RUST_sym_self_parameter)
        return rust_has_child(facts, parameter, RUST_sym_mutable_specifier);
    type = facts->defs[binding->first_def].annotation;
    return facts->defs[binding->first_def].kind == DEF_PARAMETER &&
           (rust_kind(facts, type) == RUST_sym_reference_type
                ? rust_has_child(facts, type, RUST_sym_mutable_specifier)
                : rust_has_child(facts, parameter, RUST_sym_mutable_specifier) &&
                      facts_type(facts, name)->kind != TYPE_UNKNOWN);
}

bool facts_exclusive(struct facts *facts, uint32_t place)
{
    for (;; place = rust_field(facts, place, RUST_field_value)) {
        const struct type *type = place != NODE_NONE ? facts_type(facts, place) : &TYPE_IS_UNKNOWN;
        uint16_t kind = rust_kind(facts, place);
        if (kind == RUST_sym_identifier || kind == RUST_sym_self)
            return type->kind != TYPE_ARC && type->kind != TYPE_RC && is_own_or_lent(facts, place);
        if (kind != RUST_sym_field_expression || type->reference || type->kind == TYPE_UNKNOWN ||
            type->kind == TYPE_ARC || type->kind == TYPE_RC || type->kind == TYPE_GUARD)
            return false;
    }
}

bool facts_trait_method(const struct facts *facts, uint32_t node)
{
    const struct function *function = facts_named_function(facts, node);
    uint32_t around = function != NULL ? function->class_node : NODE_NONE;

    return facts->tree->language == LANGUAGE_RUST && around != NODE_NONE &&
           (rust_kind(facts, around) == RUST_sym_trait_item ||
            rust_field(facts, around, RUST_field_trait) != NODE_NONE);
}
