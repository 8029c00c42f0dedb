/* The index: flat entries (class, attribute), sorted once, searched by halving. A base class is an entry
 * without an attribute name. */
#include "facts/models.h"
#include "syntax/python_kinds.h"
#include <stdlib.h>
#include <string.h>

enum { BASES_DEPTH_MAX = 8, BASES_TRIED_MAX = 64 };

enum entry_kind { ENTRY_FIELD, ENTRY_BASE, ENTRY_CLASS };

struct entry {
    struct view class_name, name;
    struct model_field field;
    enum entry_kind kind;
    bool loads; /* of ENTRY_CLASS */
};

struct models {
    struct arena *arena;
    struct entry *entries;
    size_t count, cap;
};

struct models *models_new(struct arena *arena)
{
    struct models *models = ARENA_NEW(arena, struct models);
    if (models != NULL)
        models->arena = arena;
    return models;
}

const struct models *models_none(void)
{
    static const struct models NONE = {0};
    return &NONE;
}

bool models_may_stand_in(struct view text)
{
    static const char *const WORDS[] = {
        "ForeignKey", "OneToOneField", "ManyToManyField", "relationship(",   "mapped_column", "= Column(",
        "= models.",  "(models.",      ".as_manager(",    ".from_queryset(", "(Manager):",    "(QuerySet):"};

    if (view_find(text, VIEW("class "), 0) == SIZE_MAX)
        return false;
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (view_find(text, view_of(WORDS[i]), 0) != SIZE_MAX)
            return true;
    return false;
}

static enum err_code add(struct models *models, const struct entry *entry, struct err *err)
{
    if (models->count == MODEL_FIELDS_MAX || entry->class_name.len == 0)
        return ERR_OK;
    if (arena_grow(models->arena, (void **)&models->entries, models->count, &models->cap,
                   sizeof(*models->entries), err) != ERR_OK)
        return ERR_LIMIT;
    models->entries[models->count++] = *entry;
    return ERR_OK;
}

static struct view last_segment(struct view path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '.')
        at--;
    return view_slice(path, at, path.len);
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static struct view string_text(const struct tree *tree, uint32_t node)
{
    uint32_t content;

    if (node == NODE_NONE || tree->nodes[node].kind != PYTHON_sym_string)
        return VIEW("");
    content = node_child_named(tree, node, 1);
    return content != NODE_NONE && tree->nodes[content].kind == PYTHON_sym_string_content
               ? node_text(tree, content)
               : VIEW("");
}

/* The value of keyword argument @p name; NODE_NONE. */
static uint32_t keyword(const struct tree *tree, uint32_t arguments, const char *name)
{
    for (uint32_t child = node_first_named(tree, arguments); child != NODE_NONE;
         child = node_sibling_named(tree, child)) {
        uint32_t key = tree->nodes[child].kind == PYTHON_sym_keyword_argument
                           ? node_field(tree, child, PYTHON_field_name)
                           : NODE_NONE;
        if (key != NODE_NONE && view_is(node_text(tree, key), name))
            return node_field(tree, child, PYTHON_field_value);
    }
    return NODE_NONE;
}

/* The class that the first argument names: Order, shop.Order, "shop.Order", "self", a setting. */
static struct view target_of(const struct tree *tree, uint32_t arguments, const char *name, struct view own)
{
    uint32_t given = node_first_named(tree, arguments);
    struct view text;

    if (given != NODE_NONE && tree->nodes[given].kind == PYTHON_sym_keyword_argument)
        given = keyword(tree, arguments, name);
    if (given == NODE_NONE)
        return VIEW("");
    switch (tree->nodes[given].kind) {
    case PYTHON_sym_string:
        text = last_segment(string_text(tree, given));
        return view_is(text, "self") ? own : text;
    case PYTHON_sym_identifier:
    case PYTHON_sym_attribute:
        text = last_segment(node_text(tree, given));
        return view_is(text, "AUTH_USER_MODEL") ? VIEW("User") : text;
    case PYTHON_sym_call:
        return view_starts(node_text(tree, given), "get_user_model") ? VIEW("User") : VIEW("");
    default:
        return VIEW("");
    }
}

/* Mapped["Optional[Order]"], Mapped[List["Order"]]: the last name that starts with a capital. */
static struct view annotated_target(struct view text)
{
    struct view found = VIEW("");

    for (size_t i = 0; i < text.len; i++) {
        size_t end = i;
        while (end < text.len && is_name_byte(text.ptr[end]))
            end++;
        if (end > i && text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' && !view_is(view_slice(text, i, end), "None"))
            found = view_slice(text, i, end);
        i = end > i ? end : i;
    }
    return found;
}

/* How the other end of a Django relation is read, under its related name or the default one. */
static enum err_code add_reverse(struct models *models, const struct tree *tree, uint32_t arguments,
                                 const struct entry *field, bool single, struct err *err)
{
    uint32_t given = keyword(tree, arguments, "related_name");
    struct view name = string_text(tree, given);
    char *lower;

    if (given == NODE_NONE && single) {
        if ((lower = arena_alloc(models->arena, field->class_name.len + 1)) == NULL)
            return arena_full(models->arena, err);
        for (size_t i = 0; i < field->class_name.len; i++)
            lower[i] = (char)(field->class_name.ptr[i] >= 'A' && field->class_name.ptr[i] <= 'Z'
                                  ? field->class_name.ptr[i] + ('a' - 'A')
                                  : field->class_name.ptr[i]);
        name = (struct view){lower, field->class_name.len};
    }
    if (name.len == 0 || view_find_byte(name, '%', 0) != SIZE_MAX || view_ends(name, "+"))
        return ERR_OK;
    return add(models,
               &(struct entry){.class_name = field->field.target,
                               .name = name,
                               .field = {single ? MODEL_BACK : MODEL_SET, field->class_name}},
               err);
}

/* relationship(..., lazy=...): when its rows are fetched. */
static enum model_field_kind relationship_kind(const struct tree *tree, uint32_t arguments)
{
    static const char *const EAGER[] = {"joined", "selectin", "subquery", "immediate"};
    uint32_t lazy = keyword(tree, arguments, "lazy");
    struct view text = string_text(tree, lazy);

    if (lazy == NODE_NONE || view_is(text, "select") || tree->nodes[lazy].kind == PYTHON_sym_true)
        return MODEL_LAZY;
    if (tree->nodes[lazy].kind == PYTHON_sym_false)
        return MODEL_EAGER;
    for (size_t i = 0; i < COUNT_OF(EAGER); i++)
        if (view_is(text, EAGER[i]))
            return MODEL_EAGER;
    return MODEL_NONE; /* dynamic, raise, noload: reading it loads nothing, or is no mistake to miss */
}

static enum err_code add_relationship(struct models *models, const struct tree *tree, uint32_t assignment,
                                      uint32_t arguments, struct entry *entry, struct err *err)
{
    uint32_t annotation = node_field(tree, assignment, PYTHON_field_type);
    struct view back = string_text(tree, keyword(tree, arguments, "backref"));
    enum err_code code;

    entry->field.kind = relationship_kind(tree, arguments);
    entry->field.target = target_of(tree, arguments, "argument", entry->class_name);
    if (entry->field.target.len == 0 && annotation != NODE_NONE)
        entry->field.target = annotated_target(node_text(tree, annotation));
    code = add(models, entry, err);
    if (code == ERR_OK && back.len > 0)
        code = add(models,
                   &(struct entry){.class_name = entry->field.target,
                                   .name = back,
                                   .field = {MODEL_LAZY, entry->class_name}},
                   err);
    return code;
}

/* How a call that a class attribute is assigned describes it, by the last part of the function's name. */
static const struct {
    const char *name;
    enum model_field_kind kind;
} CALLS[] = {
    {"ForeignKey", MODEL_ONE},      {"OneToOneField", MODEL_ONE},     {"GenericForeignKey", MODEL_GENERIC},
    {"ParentalKey", MODEL_ONE},     {"ManyToManyField", MODEL_SET},   {"GenericRelation", MODEL_SET},
    {"relationship", MODEL_LAZY},   {"relation", MODEL_LAZY},         {"Column", MODEL_VALUE},
    {"mapped_column", MODEL_VALUE}, {"column_property", MODEL_VALUE},
};

static enum model_field_kind call_kind(struct view name)
{
    for (size_t i = 0; i < COUNT_OF(CALLS); i++)
        if (view_is(name, CALLS[i].name))
            return CALLS[i].kind;
    return view_ends(name, "Field") && name.len > 5 ? MODEL_VALUE : MODEL_NONE;
}

/* The class that makes a manager: Manager() or Manager.from_queryset(Orders)() or Orders.as_manager(). */
static struct view manager_class(const struct tree *tree, uint32_t call)
{
    struct view text = node_text(tree, call);
    size_t at = view_find(text, VIEW("from_queryset("), 0);

    if (at != SIZE_MAX)
        return last_segment(view_trim(view_slice(text, at + 14, view_find_byte(text, ')', at))));
    at = view_find(text, VIEW(".as_manager("), 0);
    if (at == SIZE_MAX)
        at = view_find_byte(text, '(', 0);
    return last_segment(view_slice(text, 0, at));
}

static enum err_code add_assignment(struct models *models, const struct tree *tree, struct view class_name,
                                    uint32_t assignment, struct err *err)
{
    uint32_t left = node_field(tree, assignment, PYTHON_field_left);
    uint32_t right = node_field(tree, assignment, PYTHON_field_right), function, arguments;
    struct entry entry = {.class_name = class_name};
    struct view name;
    enum err_code code;

    if (left == NODE_NONE || right == NODE_NONE || tree->nodes[left].kind != PYTHON_sym_identifier ||
        tree->nodes[right].kind != PYTHON_sym_call)
        return ERR_OK;
    function = node_field(tree, right, PYTHON_field_function);
    arguments = node_field(tree, right, PYTHON_field_arguments);
    if (function == NODE_NONE || arguments == NODE_NONE)
        return ERR_OK;
    entry.name = node_text(tree, left);
    name = last_segment(node_text(tree, function));
    entry.field.kind = call_kind(name);
    if (entry.field.kind == MODEL_NONE) {
        entry.field = (struct model_field){MODEL_MANAGER, manager_class(tree, right)};
        return view_is(entry.name, "objects") || view_ends(name, "Manager") || view_is(name, "as_manager") ||
                       view_find(node_text(tree, right), VIEW("from_queryset("), 0) != SIZE_MAX
                   ? add(models, &entry, err)
                   : ERR_OK;
    }
    if (entry.field.kind == MODEL_LAZY)
        return add_relationship(models, tree, assignment, arguments, &entry, err);
    if (entry.field.kind == MODEL_VALUE || entry.field.kind == MODEL_GENERIC)
        return add(models, &entry, err);
    entry.field.target = target_of(tree, arguments, "to", class_name);
    code = add(models, &entry, err);
    return code == ERR_OK ? add_reverse(models, tree, arguments, &entry, view_is(name, "OneToOneField"), err)
                          : code;
}

static enum err_code add_bases(struct models *models, const struct tree *tree, struct view class_name,
                               uint32_t class_node, struct err *err)
{
    uint32_t bases = node_field(tree, class_node, PYTHON_field_superclasses);
    enum err_code code = ERR_OK;

    for (uint32_t base = bases != NODE_NONE ? node_first_named(tree, bases) : NODE_NONE;
         base != NODE_NONE && code == ERR_OK; base = node_sibling_named(tree, base))
        if (tree->nodes[base].kind == PYTHON_sym_identifier || tree->nodes[base].kind == PYTHON_sym_attribute)
            code = add(models,
                       &(struct entry){.class_name = class_name,
                                       .kind = ENTRY_BASE,
                                       .field.target = last_segment(node_text(tree, base))},
                       err);
    return code;
}

/* Whether the body of a manager or query set changes the queries that everybody begins with. */
static bool loads_unasked(const struct tree *tree, uint32_t body)
{
    static const char *const BEGINNINGS[] = {"get_queryset", "get_query_set", "all", "filter", "__init__"};

    for (uint32_t i = body; i < tree->nodes[body].next; i++) {
        uint32_t name = tree->nodes[i].kind == PYTHON_sym_function_definition
                            ? node_field(tree, i, PYTHON_field_name)
                            : NODE_NONE;
        for (size_t n = 0; name != NODE_NONE && n < COUNT_OF(BEGINNINGS); n++)
            if (view_is(node_text(tree, name), BEGINNINGS[n]) &&
                view_find(node_text(tree, i), VIEW("_related"), 0) != SIZE_MAX)
                return true;
    }
    return false;
}

static enum err_code add_class(struct models *models, const struct tree *tree, uint32_t class_node,
                               struct err *err)
{
    uint32_t name = node_field(tree, class_node, PYTHON_field_name);
    uint32_t body = node_field(tree, class_node, PYTHON_field_body);
    struct entry own = {.kind = ENTRY_CLASS};
    enum err_code code;

    if (name == NODE_NONE || body == NODE_NONE)
        return ERR_OK;
    own.class_name = node_text(tree, name);
    own.loads = loads_unasked(tree, body);
    code = add(models, &own, err);
    if (code == ERR_OK)
        code = add_bases(models, tree, own.class_name, class_node, err);
    for (uint32_t statement = node_first_named(tree, body); statement != NODE_NONE && code == ERR_OK;
         statement = node_sibling_named(tree, statement)) {
        uint32_t inner = tree->nodes[statement].kind == PYTHON_sym_expression_statement
                             ? node_first_named(tree, statement)
                             : NODE_NONE;
        if (inner != NODE_NONE && tree->nodes[inner].kind == PYTHON_sym_assignment)
            code = add_assignment(models, tree, own.class_name, inner, err);
    }
    return code;
}

enum err_code models_add(struct models *models, const struct tree *tree, struct err *err)
{
    enum err_code code = ERR_OK;

    for (uint32_t i = 0; tree->language == LANGUAGE_PYTHON && i < tree->count && code == ERR_OK; i++)
        if (tree->nodes[i].kind == PYTHON_sym_class_definition && (tree->nodes[i].flags & NODE_IN_ERROR) == 0)
            code = add_class(models, tree, i, err);
    return code;
}

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = view_compare(x->class_name, y->class_name);
    if (order == 0)
        order = (int)x->kind - (int)y->kind;
    if (order == 0)
        order = view_compare(x->name, y->name);
    if (order == 0)
        order = (int)x->field.kind - (int)y->field.kind;
    return order != 0 ? order : view_compare(x->field.target, y->field.target);
}

void models_close(struct models *models)
{
    if (models->count > 1)
        qsort(models->entries, models->count, sizeof(*models->entries), compare);
}

bool models_is_empty(const struct models *models)
{
    return models->count == 0;
}

/* The first entry of that class, kind and name or after it. */
static size_t find(const struct models *models, struct view class_name, enum entry_kind kind,
                   struct view name)
{
    const struct entry wanted = {.class_name = class_name, .name = name, .kind = kind};
    size_t low = 0, high = models->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&models->entries[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_of(const struct models *models, size_t at, struct view class_name, enum entry_kind kind)
{
    return at < models->count && models->entries[at].kind == kind &&
           view_equal(models->entries[at].class_name, class_name);
}

static struct model_field find_field(const struct models *models, struct view class_name, struct view name,
                                     int depth, int *tried)
{
    size_t at = find(models, class_name, ENTRY_FIELD, name);
    struct model_field field = {0};

    if (is_of(models, at, class_name, ENTRY_FIELD) && view_equal(models->entries[at].name, name)) {
        field = models->entries[at].field;
        for (; is_of(models, at, class_name, ENTRY_FIELD) && view_equal(models->entries[at].name, name); at++)
            if (models->entries[at].field.kind != field.kind)
                return (struct model_field){0};
            else if (!view_equal(models->entries[at].field.target, field.target))
                field.target = VIEW("");
        return field;
    }
    at = find(models, class_name, ENTRY_BASE, VIEW(""));
    for (; depth < BASES_DEPTH_MAX && is_of(models, at, class_name, ENTRY_BASE) && field.kind == MODEL_NONE &&
           ++*tried < BASES_TRIED_MAX;
         at++)
        field = find_field(models, models->entries[at].field.target, name, depth + 1, tried);
    return field;
}

struct model_field models_find(const struct models *models, struct view class_name, struct view name)
{
    int tried = 0;
    return find_field(models, class_name, name, 0, &tried);
}

bool models_has_fields(const struct models *models, struct view class_name)
{
    return is_of(models, find(models, class_name, ENTRY_FIELD, VIEW("")), class_name, ENTRY_FIELD);
}

static bool loads_related(const struct models *models, struct view class_name, int depth, int *tried)
{
    size_t at = find(models, class_name, ENTRY_CLASS, VIEW(""));

    if (view_is(class_name, "Manager") || view_is(class_name, "QuerySet") ||
        view_is(class_name, "BaseManager"))
        return false;
    if (!is_of(models, at, class_name, ENTRY_CLASS) || depth > BASES_DEPTH_MAX || ++*tried > BASES_TRIED_MAX)
        return true;
    for (; is_of(models, at, class_name, ENTRY_CLASS); at++)
        if (models->entries[at].loads)
            return true;
    for (at = find(models, class_name, ENTRY_BASE, VIEW("")); is_of(models, at, class_name, ENTRY_BASE); at++)
        if (loads_related(models, models->entries[at].field.target, depth + 1, tried))
            return true;
    return false;
}

bool models_loads_related(const struct models *models, struct view class_name)
{
    int tried = 0;
    return loads_related(models, class_name, 0, &tried);
}
