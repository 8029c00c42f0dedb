/* What is true of a Python class: its bases, what its instances hold, who looks into them, where it is made.
 * Told from its own file; what another module may add to it is not known. */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"
#include <string.h>

enum { BASES_DEPTH_MAX = 4, BASES_MAX = 8, ASKED_MAX = 1000 };

static uint16_t kind_of(const struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? facts->tree->nodes[node].kind : KIND_NONE;
}

/* Well-known bases by the end of their path. What is in no row, and not of this file, is unknown. */
static const struct base_row {
    const char *ending;
    uint64_t flags;
} BASES[] = {
    {"object", CLASS_SLOTTED_BASES},
    {"Generic", CLASS_SLOTTED_BASES},
    {"Enum", CLASS_ENUM},
    {"IntEnum", CLASS_ENUM},
    {"StrEnum", CLASS_ENUM},
    {"Flag", CLASS_ENUM},
    {"IntFlag", CLASS_ENUM},
    {"TextChoices", CLASS_ENUM},
    {"IntegerChoices", CLASS_ENUM},
    {"Protocol", CLASS_PROTOCOL},
    {"ABC", CLASS_ABSTRACT | CLASS_SLOTTED_BASES},
    {"NamedTuple", CLASS_TUPLE},
    {"TypedDict", CLASS_TUPLE},
    {"Exception", CLASS_EXCEPTION},
    {"BaseException", CLASS_EXCEPTION},
    {"Error", CLASS_EXCEPTION},
    {"Warning", CLASS_EXCEPTION},
    {"BaseModel", CLASS_MODEL},
    {"Model", CLASS_MODEL},
    {"Document", CLASS_MODEL},
    {"DeclarativeBase", CLASS_MODEL},
    {"str", CLASS_SLOTTED_BASES | CLASS_VALUE_BASE},
    {"tuple", CLASS_SLOTTED_BASES | CLASS_VALUE_BASE},
    {"int", CLASS_SLOTTED_BASES | CLASS_VALUE_BASE},
    {"float", CLASS_SLOTTED_BASES | CLASS_VALUE_BASE},
    {"bytes", CLASS_SLOTTED_BASES | CLASS_VALUE_BASE},
    {"frozenset", CLASS_SLOTTED_BASES | CLASS_VALUE_BASE},
};

static uint64_t well_known(struct view path)
{
    for (size_t i = 0; i < COUNT_OF(BASES); i++) {
        struct view ending = view_of(BASES[i].ending), before;
        if (!view_ends(path, BASES[i].ending))
            continue;
        before = view_slice(path, 0, path.len - ending.len);
        /* ValueError, MyWarning: exceptions are told by how their names end. */
        if (before.len == 0 || view_ends(before, ".") || view_is(ending, "Error") ||
            view_is(ending, "Warning") || view_is(ending, "Exception"))
            return BASES[i].flags;
    }
    return 0;
}

static uint64_t flags_of_bases(struct facts *facts, uint32_t class_node, int depth);
static bool is_slotted(struct facts *facts, uint32_t class_node);

/* What one base gives its class; CLASS_UNKNOWN_BASE where it is neither of this file nor well known. */
static uint64_t flags_of_base(struct facts *facts, uint32_t base, uint32_t of, int depth)
{
    uint64_t flags;
    uint32_t own;

    if (kind_of(facts, base) == PYTHON_sym_subscript) /* Generic[T], tuple[int, ...] */
        base = node_field(facts->tree, base, PYTHON_field_value);
    if (kind_of(facts, base) == PYTHON_sym_call) {
        struct view path = facts_path(facts, node_field(facts->tree, base, PYTHON_field_function));
        return view_is(path, "collections.namedtuple") ? CLASS_SLOTTED_BASES | CLASS_VALUE_BASE
                                                       : CLASS_UNKNOWN_BASE;
    }
    if (kind_of(facts, base) != PYTHON_sym_identifier && kind_of(facts, base) != PYTHON_sym_attribute)
        return CLASS_UNKNOWN_BASE;
    own = python_class_of(facts, base);
    if (own == NODE_NONE) {
        flags = well_known(facts_path(facts, base));
        return flags != 0 ? flags : CLASS_UNKNOWN_BASE;
    }
    if (own == of || depth >= BASES_DEPTH_MAX)
        return CLASS_UNKNOWN_BASE;
    flags = flags_of_bases(facts, own, depth + 1);
    if (!is_slotted(facts, own))
        flags &= ~(uint64_t)CLASS_SLOTTED_BASES;
    return (flags & ~(uint64_t)CLASS_NO_BASES) | CLASS_OWN_BASE;
}

static uint64_t flags_of_bases(struct facts *facts, uint32_t class_node, int depth)
{
    const struct tree *tree = facts->tree;
    uint32_t bases = node_field(tree, class_node, PYTHON_field_superclasses), count = 0;
    uint64_t flags = CLASS_SLOTTED_BASES | CLASS_NO_BASES;

    for (uint32_t base = bases != NODE_NONE ? node_first_named(tree, bases) : NODE_NONE; base != NODE_NONE;
         base = node_sibling_named(tree, base), count++) {
        uint64_t one = kind_of(facts, base) == PYTHON_sym_keyword_argument
                           ? CLASS_METACLASS
                           : flags_of_base(facts, base, class_node, depth);
        if ((one & CLASS_SLOTTED_BASES) == 0)
            flags &= ~(uint64_t)CLASS_SLOTTED_BASES;
        if (!view_is(node_text(tree, base), "object"))
            flags &= ~(uint64_t)CLASS_NO_BASES;
        flags |= one & ~(uint64_t)CLASS_SLOTTED_BASES;
        if (count >= BASES_MAX)
            return CLASS_UNKNOWN_BASE;
    }
    return flags;
}

/* @dataclass and @attrs.define give their classes slots by an argument, or unless one says no. */
static uint64_t flags_of_decorator(struct facts *facts, uint32_t decorator)
{
    const struct tree *tree = facts->tree;
    uint32_t named = node_first_named(tree, decorator);
    struct view text = node_text(tree, decorator), path;
    bool slots = view_find(text, VIEW("slots=True"), 0) != SIZE_MAX;

    if (kind_of(facts, named) == PYTHON_sym_call)
        named = node_field(tree, named, PYTHON_field_function);
    path = facts_path(facts, named);
    if (view_is(path, "dataclasses.dataclass"))
        return CLASS_DATACLASS | (slots ? CLASS_SLOTTED : 0);
    if (view_is(path, "attr.s") || view_is(path, "attr.attrs") || view_is(path, "attr.dataclass"))
        return CLASS_ATTRS | (slots ? CLASS_SLOTTED : 0);
    if (view_starts(path, "attr.") || view_starts(path, "attrs."))
        return CLASS_ATTRS | (view_find(text, VIEW("slots=False"), 0) == SIZE_MAX ? CLASS_SLOTTED : 0);
    return view_is(path, "functools.total_ordering") || view_is(path, "typing.final") ? 0 : CLASS_DECORATED;
}

static uint64_t flags_of_decorators(struct facts *facts, uint32_t class_node)
{
    const struct tree *tree = facts->tree;
    uint32_t outer = tree->nodes[class_node].parent;
    uint64_t flags = 0;

    if (kind_of(facts, outer) != PYTHON_sym_decorated_definition)
        return 0;
    for (uint32_t c = node_first_named(tree, outer); c != NODE_NONE; c = node_sibling_named(tree, c))
        if (kind_of(facts, c) == PYTHON_sym_decorator)
            flags |= flags_of_decorator(facts, c);
    return flags;
}

static uint32_t member(const struct facts *facts, uint32_t class_node, struct view name)
{
    uint32_t scope = python_class_scope(facts, class_node), interned = facts_name_find(facts, name);
    return scope != FACT_NONE && interned != FACT_NONE ? facts_lookup(facts, scope, interned) : FACT_NONE;
}

static bool is_slotted(struct facts *facts, uint32_t class_node)
{
    return member(facts, class_node, VIEW("__slots__")) != FACT_NONE ||
           (flags_of_decorators(facts, class_node) & CLASS_SLOTTED) != 0;
}

/* Names that look into instances, or let others: slots would change what they find. */
static bool is_dynamic(const struct facts *facts, uint32_t class_node)
{
    static const char *const NAMES[] = {"__dict__",    "__weakref__",    "vars",
                                        "setattr",     "__getstate__",   "__setstate__",
                                        "__reduce__",  "__reduce_ex__",  "__getattr__",
                                        "__setattr__", "__delattr__",    "cached_property",
                                        "weakref",     "object_setattr", "__init_subclass__",
                                        "__new__",     "__class__",      "__set_name__",
                                        NULL};
    const struct tree *tree = facts->tree;

    for (uint32_t at = class_node; at < tree->nodes[class_node].next; at++)
        if (tree->nodes[at].kind == PYTHON_sym_identifier &&
            strchr("_vscwo", tree->text.ptr[tree->nodes[at].start]) != NULL &&
            python_named(node_text(tree, at), NAMES))
            return true;
    return false;
}

/* The attributes that the file sets on other objects than self: gathered once. */
static const uint32_t *set_outside(struct facts *facts, size_t *count)
{
    const struct tree *tree = facts->tree;
    void *nodes = NULL;
    size_t cap = 0;
    struct err ignored = {0};

    for (uint32_t at = 0; facts->set_outside == NULL && at < tree->count; at++) {
        uint32_t object;
        struct view text;
        if (tree->nodes[at].kind != PYTHON_sym_attribute || !python_is_assigned(facts, at))
            continue;
        object = node_field(tree, at, PYTHON_field_object);
        text = object != NODE_NONE ? node_text(tree, object) : VIEW("");
        if (view_is(text, "self") || view_is(text, "cls"))
            continue;
        if (facts->set_outside_count == ASKED_MAX ||
            arena_grow(facts->arena, &nodes, facts->set_outside_count, &cap, sizeof(at), &ignored) != ERR_OK)
            break;
        ((uint32_t *)nodes)[facts->set_outside_count++] = at;
    }
    if (facts->set_outside == NULL)
        facts->set_outside = nodes;
    *count = facts->set_outside_count;
    return facts->set_outside;
}

/* Whether the function around @p node, or the module, uses the class: its objects may be of it. */
static bool meets_class(const struct facts *facts, uint32_t node, uint32_t class_node)
{
    const struct function *function = facts_named_function(facts, node);
    uint32_t name = node_field(facts->tree, class_node, PYTHON_field_name), asked = 0;
    const struct binding *binding = name != NODE_NONE ? facts_binding(facts, name) : NULL;

    for (uint32_t u = binding != NULL ? binding->first_use : FACT_NONE; u != FACT_NONE && asked < ASKED_MAX;
         u = facts->uses[u].next, asked++)
        if (facts_named_function(facts, facts->uses[u].node) == function)
            return true;
    return false;
}

/* x.name = ..., where the class's own instances have no such attribute, and x may be one. */
static bool is_set_from_outside(struct facts *facts, uint32_t class_node, uint32_t attributes)
{
    const struct tree *tree = facts->tree;
    size_t count;
    const uint32_t *nodes = set_outside(facts, &count);

    for (size_t i = 0; i < count; i++) {
        uint32_t name =
            facts_name_find(facts, node_text(tree, node_field(tree, nodes[i], PYTHON_field_attribute)));
        uint32_t binding = name != FACT_NONE ? facts_lookup(facts, attributes, name) : FACT_NONE;
        if ((binding == FACT_NONE || facts->bindings[binding].def_count == 0) &&
            meets_class(facts, nodes[i], class_node))
            return true;
    }
    return count == ASKED_MAX;
}

static bool is_in_initialiser(const struct facts *facts, uint32_t node)
{
    const struct function *function = facts_named_function(facts, node);
    struct view name = function != NULL ? node_text(facts->tree, function->name) : VIEW("");
    return view_is(name, "__init__") || view_is(name, "__post_init__") ||
           view_is(name, "__attrs_post_init__");
}

/* What its methods assign to self: first in __init__, or elsewhere; also a name of the class itself. */
static uint64_t flags_of_attributes(struct facts *facts, uint32_t class_node)
{
    uint32_t scope = python_class_scope(facts, class_node);
    uint64_t flags = 0;

    if (scope == FACT_NONE)
        return 0;
    for (size_t i = 0; i < facts->binding_count; i++) {
        const struct binding *binding = &facts->bindings[i];
        if (binding->scope != scope + 1 || binding->def_count == 0)
            continue;
        flags |= CLASS_ADDS_ATTRIBUTES;
        if (!is_in_initialiser(facts, facts->defs[binding->first_def].node))
            flags |= CLASS_LATE_ATTRIBUTES;
        if (facts_lookup(facts, scope, binding->name) != FACT_NONE)
            flags |= CLASS_CLASHES;
    }
    if ((flags & CLASS_ADDS_ATTRIBUTES) != 0 && is_set_from_outside(facts, class_node, scope + 1))
        flags |= CLASS_LATE_ATTRIBUTES;
    return flags;
}

static bool runs_in_loop(struct facts *facts, uint32_t node)
{
    const struct loop *loop = facts_loop(facts, node);
    const struct function *function = facts_named_function(facts, node);

    if (loop != NULL && (loop->trips < 0 || loop->trips > 8))
        return true;
    return function != NULL && facts_looped_call(facts, (uint32_t)(function - facts->functions)) != NULL;
}

/* An item of a comprehension, an argument of append and the like, a value under a key: it lives on. */
static bool is_collected(const struct facts *facts, uint32_t call)
{
    static const char *const ADDING[] = {"append", "add", "appendleft", "insert", "setdefault", "put", NULL};
    const struct tree *tree = facts->tree;
    uint32_t parent = tree->nodes[call].parent, function, name;

    if (kind_of(facts, parent) == PYTHON_sym_pair)
        parent = tree->nodes[parent].parent;
    switch (kind_of(facts, parent)) {
    case PYTHON_sym_list_comprehension:
    case PYTHON_sym_set_comprehension:
    case PYTHON_sym_dictionary_comprehension:
        return true;
    case PYTHON_sym_assignment:
        return kind_of(facts, node_field(tree, parent, PYTHON_field_left)) == PYTHON_sym_subscript &&
               tree->nodes[call].field == PYTHON_field_right;
    case PYTHON_sym_argument_list:
        function = node_field(tree, tree->nodes[parent].parent, PYTHON_field_function);
        name = kind_of(facts, function) == PYTHON_sym_attribute
                   ? node_field(tree, function, PYTHON_field_attribute)
                   : NODE_NONE;
        return name != NODE_NONE && python_named(node_text(tree, name), ADDING);
    default:
        return false;
    }
}

/* What the class's name means, where it means nothing else; NULL. */
static const struct binding *only_binding(const struct facts *facts, uint32_t class_node)
{
    uint32_t name = node_field(facts->tree, class_node, PYTHON_field_name);
    const struct binding *binding = name != NODE_NONE ? facts_binding(facts, name) : NULL;
    return binding != NULL && binding->def_count == 1 ? binding : NULL;
}

/* Where its name is called, or a base of another class. */
static uint64_t flags_of_uses(struct facts *facts, uint32_t class_node)
{
    const struct tree *tree = facts->tree;
    const struct binding *binding = only_binding(facts, class_node);
    uint64_t flags = 0;
    uint32_t asked = 0;

    if (binding == NULL)
        return 0;
    for (uint32_t u = binding->first_use; u != FACT_NONE && asked < ASKED_MAX;
         u = facts->uses[u].next, asked++) {
        uint32_t use = facts->uses[u].node, parent = tree->nodes[use].parent;
        bool called = kind_of(facts, parent) == PYTHON_sym_call && parent + 1 == use;
        if (kind_of(facts, parent) == PYTHON_sym_argument_list &&
            kind_of(facts, tree->nodes[parent].parent) == PYTHON_sym_class_definition)
            flags |= CLASS_SUBCLASSED;
        else if (python_per_item(facts, use) || (called && runs_in_loop(facts, use)))
            flags |= CLASS_MADE_IN_LOOP | CLASS_MADE_IN_FUNCTION;
        else if (called && facts_named_function(facts, use) != NULL)
            flags |= CLASS_MADE_IN_FUNCTION;
        if (called && facts_named_function(facts, use) != NULL && facts_loop(facts, use) != NULL &&
            runs_in_loop(facts, use) && is_collected(facts, parent))
            flags |= CLASS_COLLECTED;
    }
    return flags;
}

static uint64_t flags_of_declaration(struct facts *facts, uint32_t class_node)
{
    uint64_t flags = flags_of_bases(facts, class_node, 0) | flags_of_decorators(facts, class_node);

    if (member(facts, class_node, VIEW("__slots__")) != FACT_NONE)
        flags |= CLASS_SLOTTED;
    if (member(facts, class_node, VIEW("__init__")) != FACT_NONE)
        flags |= CLASS_HAS_INIT;
    if (member(facts, class_node, VIEW("__eq__")) != FACT_NONE ||
        member(facts, class_node, VIEW("__hash__")) != FACT_NONE)
        flags |= CLASS_COMPARES;
    return flags;
}

static uint64_t flags_of_text(struct facts *facts, uint32_t class_node)
{
    bool known =
        python_class_scope(facts, class_node) != FACT_NONE && only_binding(facts, class_node) != NULL;
    return !known || is_dynamic(facts, class_node) ? CLASS_DYNAMIC : 0;
}

/* What is found out together, cheap things first. */
static const struct stage {
    uint64_t tells;
    uint64_t (*flags)(struct facts *facts, uint32_t class_node);
} STAGES[] = {
    {CLASS_SLOTTED | CLASS_SLOTTED_BASES | CLASS_NO_BASES | CLASS_OWN_BASE | CLASS_UNKNOWN_BASE |
         CLASS_VALUE_BASE | CLASS_ENUM | CLASS_PROTOCOL | CLASS_ABSTRACT | CLASS_TUPLE | CLASS_EXCEPTION |
         CLASS_MODEL | CLASS_METACLASS | CLASS_DATACLASS | CLASS_ATTRS | CLASS_DECORATED | CLASS_HAS_INIT |
         CLASS_COMPARES,
     flags_of_declaration},
    {CLASS_DYNAMIC, flags_of_text},
    {CLASS_ADDS_ATTRIBUTES | CLASS_LATE_ATTRIBUTES | CLASS_CLASHES, flags_of_attributes},
    {CLASS_MADE_IN_LOOP | CLASS_COLLECTED | CLASS_MADE_IN_FUNCTION | CLASS_SUBCLASSED, flags_of_uses},
};

void python_tell_class(struct facts *facts, uint32_t class_node, uint64_t wanted, struct class_told *told)
{
    for (size_t i = 0; i < COUNT_OF(STAGES); i++)
        if ((wanted & STAGES[i].tells) != 0) {
            told->flags |= STAGES[i].flags(facts, class_node);
            told->known |= STAGES[i].tells;
        }
}
