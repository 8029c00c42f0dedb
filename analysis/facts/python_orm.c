/* Types of what Django's and SQLAlchemy's object-relational mappers give, and of database cursors: managers,
 * query sets, statements, results, rows. Sources: Django's QuerySet API reference, SQLAlchemy's ORM querying
 * guide, PEP 249. Chains keep the class of their rows as the item type. */
#include "facts/python_orm.h"
#include "syntax/python_kinds.h"

static const struct orm_class {
    enum orm orm;
    const char *path;
} CLASSES[] = {
    {ORM_MANAGER, "django.db.models.Manager"},
    {ORM_MANAGER, "django.db.models.manager.Manager"},
    {ORM_MANAGER, "django.db.models.manager.BaseManager"},
    {ORM_QUERYSET, "django.db.models.QuerySet"},
    {ORM_QUERYSET, "django.db.models.query.QuerySet"},
    {ORM_QUERY, "sqlalchemy.orm.Query"},
    {ORM_QUERY, "sqlalchemy.orm.query.Query"},
    {ORM_SELECT, "sqlalchemy.Select"},
    {ORM_SELECT, "sqlalchemy.sql.Select"},
    {ORM_SELECT, "sqlalchemy.sql.expression.Select"},
    {ORM_RESULT, "sqlalchemy.Result"},
    {ORM_RESULT, "sqlalchemy.engine.Result"},
    {ORM_SCALARS, "sqlalchemy.ScalarResult"},
    {ORM_SCALARS, "sqlalchemy.engine.ScalarResult"},
    {ORM_SESSION, "sqlalchemy.orm.Session"},
    {ORM_SESSION, "sqlalchemy.orm.session.Session"},
    {ORM_SESSION, "sqlalchemy.orm.scoped_session"},
    {ORM_SESSION, "sqlalchemy.ext.asyncio.AsyncSession"},
    {ORM_SESSION, "sqlmodel.Session"},
    {ORM_SESSION, "sqlmodel.ext.asyncio.session.AsyncSession"},
    {ORM_CURSOR, "dbapi.Cursor"},
};

/* What a method gives. */
enum gives { GIVES_ROWS /* as lazy as its receiver */, GIVES_ROW, GIVES_LIST, GIVES_OTHER };

static const struct orm_method {
    enum orm orm;
    const char *name;
    enum gives gives;
    enum orm as;         /* GIVES_ROWS: of that class */
    enum type_kind kind; /* GIVES_OTHER: its type; GIVES_ROWS: of its rows where they are not the model's */
} METHODS[] = {
#define DJANGO(name)                                                                                         \
    {                                                                                                        \
        ORM_QUERYSET, name, GIVES_ROWS, ORM_QUERYSET, TYPE_UNKNOWN                                           \
    }
    DJANGO("all"),
    DJANGO("filter"),
    DJANGO("exclude"),
    DJANGO("order_by"),
    DJANGO("distinct"),
    DJANGO("annotate"),
    DJANGO("alias"),
    DJANGO("select_related"),
    DJANGO("reverse"),
    DJANGO("using"),
    DJANGO("prefetch_related"),
    DJANGO("only"),
    DJANGO("defer"),
    DJANGO("none"),
    DJANGO("union"),
    DJANGO("intersection"),
    DJANGO("difference"),
    DJANGO("extra"),
    DJANGO("select_for_update"),
    DJANGO("complex_filter"),
    DJANGO("get_queryset"),
    DJANGO("raw"),
#undef DJANGO
    {ORM_QUERYSET, "values", GIVES_ROWS, ORM_QUERYSET, TYPE_DICT},
    {ORM_QUERYSET, "values_list", GIVES_ROWS, ORM_QUERYSET, TYPE_TUPLE},
    {ORM_QUERYSET, "iterator", GIVES_ROWS, ORM_QUERYSET, TYPE_UNKNOWN},
    {ORM_QUERYSET, "aiterator", GIVES_ROWS, ORM_QUERYSET, TYPE_UNKNOWN},
    {ORM_QUERYSET, "get", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERYSET, "first", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERYSET, "last", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERYSET, "earliest", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERYSET, "latest", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERYSET, "create", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERYSET, "bulk_create", GIVES_LIST, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERYSET, "count", GIVES_OTHER, ORM_NONE, TYPE_INT},
    {ORM_QUERYSET, "exists", GIVES_OTHER, ORM_NONE, TYPE_BOOL},
    {ORM_QUERYSET, "aggregate", GIVES_OTHER, ORM_NONE, TYPE_DICT},
    {ORM_QUERYSET, "in_bulk", GIVES_OTHER, ORM_NONE, TYPE_DICT},
#define QUERY(name)                                                                                          \
    {                                                                                                        \
        ORM_QUERY, name, GIVES_ROWS, ORM_QUERY, TYPE_UNKNOWN                                                 \
    }
    QUERY("filter"),
    QUERY("filter_by"),
    QUERY("order_by"),
    QUERY("options"),
    QUERY("join"),
    QUERY("outerjoin"),
    QUERY("limit"),
    QUERY("offset"),
    QUERY("distinct"),
    QUERY("where"),
    QUERY("with_for_update"),
    QUERY("populate_existing"),
    QUERY("group_by"),
    QUERY("having"),
    QUERY("execution_options"),
    QUERY("yield_per"),
    QUERY("with_lockmode"),
    QUERY("slice"),
    QUERY("reset_joinpoint"),
    QUERY("select_from"),
#undef QUERY
    {ORM_QUERY, "all", GIVES_LIST, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERY, "first", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERY, "one", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERY, "one_or_none", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERY, "get", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERY, "get_or_404", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERY, "first_or_404", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_QUERY, "count", GIVES_OTHER, ORM_NONE, TYPE_INT},
#define SELECT(name)                                                                                         \
    {                                                                                                        \
        ORM_SELECT, name, GIVES_ROWS, ORM_SELECT, TYPE_UNKNOWN                                               \
    }
    SELECT("where"),
    SELECT("filter"),
    SELECT("filter_by"),
    SELECT("order_by"),
    SELECT("limit"),
    SELECT("offset"),
    SELECT("join"),
    SELECT("outerjoin"),
    SELECT("options"),
    SELECT("distinct"),
    SELECT("group_by"),
    SELECT("having"),
    SELECT("with_for_update"),
    SELECT("execution_options"),
    SELECT("select_from"),
#undef SELECT
    {ORM_RESULT, "scalars", GIVES_ROWS, ORM_SCALARS, TYPE_UNKNOWN},
    {ORM_RESULT, "unique", GIVES_ROWS, ORM_RESULT, TYPE_UNKNOWN},
    {ORM_RESULT, "scalar", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_RESULT, "scalar_one", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_RESULT, "scalar_one_or_none", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_SCALARS, "unique", GIVES_ROWS, ORM_SCALARS, TYPE_UNKNOWN},
    {ORM_SCALARS, "all", GIVES_LIST, ORM_NONE, TYPE_UNKNOWN},
    {ORM_SCALARS, "fetchall", GIVES_LIST, ORM_NONE, TYPE_UNKNOWN},
    {ORM_SCALARS, "first", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_SCALARS, "one", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
    {ORM_SCALARS, "one_or_none", GIVES_ROW, ORM_NONE, TYPE_UNKNOWN},
};

enum orm python_orm_of(const struct type *type)
{
    if (type->kind != TYPE_INSTANCE)
        return ORM_NONE;
    for (size_t i = 0; i < COUNT_OF(CLASSES); i++)
        if (view_is(type->path, CLASSES[i].path))
            return CLASSES[i].orm;
    return ORM_NONE;
}

static const struct type *orm_type(struct facts *facts, enum orm orm, const struct type *item)
{
    size_t i = 0;
    while (CLASSES[i].orm != orm)
        i++;
    return python_type_new(facts, TYPE_INSTANCE, view_of(CLASSES[i].path), item);
}

struct view python_last_name(struct view path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '.')
        at--;
    return view_slice(path, at, path.len);
}

/* CamelCase, no CONSTANT. */
static bool is_class_name(struct view name)
{
    if (name.len == 0 || name.ptr[0] < 'A' || name.ptr[0] > 'Z')
        return false;
    for (size_t i = 1; i < name.len; i++)
        if (name.ptr[i] >= 'a' && name.ptr[i] <= 'z')
            return true;
    return name.len == 1;
}

bool python_is_class(const struct facts *facts, uint32_t node)
{
    uint16_t kind = facts->tree->nodes[node].kind;
    return (kind == PYTHON_sym_identifier || kind == PYTHON_sym_attribute) &&
           is_class_name(python_last_name(node_text(facts->tree, node)));
}

static struct view member_name(const struct tree *tree, uint32_t node)
{
    uint32_t name = node_field(tree, node, PYTHON_field_attribute);
    return name != NODE_NONE ? node_text(tree, name) : VIEW("");
}

/* A row of the class that @p node names: Order, models.Order; NULL for anything else. */
static const struct type *row_of(struct facts *facts, uint32_t node)
{
    return node != NODE_NONE && python_is_class(facts, node)
               ? python_type_new(facts, TYPE_INSTANCE, python_last_name(node_text(facts->tree, node)), NULL)
               : NULL;
}

struct view python_model_of(const struct type *type)
{
    return type->kind == TYPE_INSTANCE && python_orm_of(type) == ORM_NONE ? python_last_name(type->path)
                                                                          : VIEW("");
}

static const struct type *field_type(struct facts *facts, const struct model_field *field, struct view name)
{
    const struct type *target =
        field->target.len > 0 ? python_type_new(facts, TYPE_INSTANCE, field->target, NULL) : NULL;

    switch (field->kind) {
    case MODEL_ONE:
    case MODEL_BACK:
        return target;
    case MODEL_SET:
        return orm_type(facts, ORM_MANAGER, target);
    case MODEL_LAZY:
    case MODEL_EAGER: /* rows, by the habit of naming them in the plural */
        return view_ends(name, "s") && !view_ends(name, "ss") && !view_ends(name, "us") && target != NULL
                   ? python_type_new(facts, TYPE_LIST, VIEW(""), target)
                   : target;
    default:
        return NULL;
    }
}

struct view python_owner(struct facts *facts, uint32_t object)
{
    const struct function *function;
    uint32_t name;

    if (!view_is(node_text(facts->tree, object), "self"))
        return python_model_of(facts_type(facts, object));
    function = facts_named_function(facts, object);
    name = function != NULL && function->class_node != NODE_NONE
               ? node_field(facts->tree, function->class_node, PYTHON_field_name)
               : NODE_NONE;
    return name != NODE_NONE ? node_text(facts->tree, name) : VIEW("");
}

static const struct orm_method *find_method(enum orm orm, struct view name)
{
    if (orm == ORM_MANAGER)
        orm = ORM_QUERYSET;
    for (size_t i = 0; i < COUNT_OF(METHODS); i++)
        if (METHODS[i].orm == orm && view_is(name, METHODS[i].name))
            return &METHODS[i];
    return NULL;
}

/* order.item_set.all(): the default name of a reverse relation, and what is done with it. */
static bool is_reverse_set(const struct tree *tree, uint32_t node, struct view name)
{
    /* No method of a set. */
    static const char *const ASKING[] = {
        "all",    "filter",      "exclude",          "count",    "exists",         "first",
        "last",   "get",         "order_by",         "values",   "select_related", "annotate",
        "latest", "values_list", "prefetch_related", "aggregate"};
    uint32_t parent = tree->nodes[node].parent;
    bool asking = false;

    for (size_t i = 0; parent != NODE_NONE && i < COUNT_OF(ASKING); i++)
        asking = asking || view_is(member_name(tree, parent), ASKING[i]);
    return name.len > 4 && view_ends(name, "_set") && parent != NODE_NONE && asking &&
           tree->nodes[parent].kind == PYTHON_sym_attribute;
}

const struct type *python_orm_attribute(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t object = node_field(tree, node, PYTHON_field_object);
    struct view name = member_name(tree, node), owner;
    const struct type *row = row_of(facts, object);
    struct model_field field;

    if (object == NODE_NONE || name.len == 0)
        return NULL;
    if (row != NULL) { /* of the class itself: its managers */
        field = models_find(facts_models(facts), row->path, name);
        if (field.kind == MODEL_MANAGER || view_is(name, "objects") || view_is(name, "_default_manager"))
            return orm_type(facts, ORM_MANAGER, row);
        return view_is(name, "query") ? orm_type(facts, ORM_QUERY, row) : NULL;
    }
    owner = python_owner(facts, object);
    if (owner.len == 0 && view_is(name, "objects") && view_ends(node_text(tree, object), "model"))
        return orm_type(facts, ORM_MANAGER, NULL);
    field = owner.len > 0 ? models_find(facts_models(facts), owner, name) : (struct model_field){0};
    return field.kind == MODEL_NONE && is_reverse_set(tree, node, name) ? orm_type(facts, ORM_MANAGER, NULL)
                                                                        : field_type(facts, &field, name);
}

/* The rows that a view or manager class is about, by its `model = Order` or `queryset = ...`. */
static const struct type *class_rows(struct facts *facts, uint32_t node)
{
    const struct function *function = facts_named_function(facts, node);
    const struct tree *tree = facts->tree;
    uint32_t body = function != NULL && function->class_node != NODE_NONE
                        ? node_field(tree, function->class_node, PYTHON_field_body)
                        : NODE_NONE;

    for (uint32_t s = body != NODE_NONE ? node_first_named(tree, body) : NODE_NONE; s != NODE_NONE;
         s = node_sibling_named(tree, s)) {
        uint32_t assignment =
            tree->nodes[s].kind == PYTHON_sym_expression_statement ? node_first_named(tree, s) : NODE_NONE;
        uint32_t left, right;
        if (assignment == NODE_NONE || tree->nodes[assignment].kind != PYTHON_sym_assignment)
            continue;
        left = node_field(tree, assignment, PYTHON_field_left);
        right = node_field(tree, assignment, PYTHON_field_right);
        if (left == NODE_NONE || right == NODE_NONE)
            continue;
        if (view_is(node_text(tree, left), "model"))
            return row_of(facts, right);
        if (view_is(node_text(tree, left), "queryset"))
            return facts_type(facts, right)->item;
    }
    return NULL;
}

static const struct type *method_gives(struct facts *facts, const struct orm_method *method,
                                       const struct type *receiver)
{
    const struct type *item = receiver->item;

    switch (method->gives) {
    case GIVES_ROWS:
        if (method->kind != TYPE_UNKNOWN)
            item = python_type_new(facts, method->kind, VIEW(""), NULL);
        return orm_type(facts, method->as, item);
    case GIVES_ROW:
        return item;
    case GIVES_LIST:
        return python_type_new(facts, TYPE_LIST, VIEW(""), item);
    default:
        return python_type_new(facts, method->kind, VIEW(""), NULL);
    }
}

bool python_orm_keeps_rows(struct view name)
{
    for (size_t i = 0; i < COUNT_OF(METHODS); i++)
        if (METHODS[i].gives != GIVES_OTHER && view_is(name, METHODS[i].name))
            return true;
    return view_is(name, "execute") || view_is(name, "exec") || view_is(name, "query");
}

/* A session, as its type or its name says. */
bool python_is_session(struct facts *facts, uint32_t node)
{
    static const char *const NAMES[] = {"session", "Session", "db_session", "dbsession", "db"};
    enum orm orm = python_orm_of(facts_type(facts, node));
    struct view name = python_last_name(node_text(facts->tree, node));

    for (size_t i = 0; orm == ORM_NONE && i < COUNT_OF(NAMES); i++)
        if (view_is(name, NAMES[i]))
            return facts_type(facts, node)->kind == TYPE_UNKNOWN;
    return orm == ORM_SESSION;
}

/* session.query(Order), session.execute(statement), session.scalars(statement) */
static const struct type *session_gives(struct facts *facts, uint32_t object, struct view name,
                                        uint32_t arguments)
{
    const struct tree *tree = facts->tree;
    uint32_t first = arguments != NODE_NONE ? node_first_named(tree, arguments) : NODE_NONE;
    const struct type *statement;

    if (first == NODE_NONE || !python_is_session(facts, object))
        return NULL;
    if (view_is(name, "query"))
        return orm_type(facts, ORM_QUERY,
                        node_named_count(tree, arguments) == 1 ? row_of(facts, first) : NULL);
    if (view_is(name, "get"))
        return row_of(facts, first);
    statement = facts_type(facts, first);
    if (python_orm_of(statement) != ORM_SELECT)
        return NULL;
    if (view_is(name, "execute"))
        return orm_type(facts, ORM_RESULT, statement->item);
    if (view_is(name, "scalars") || view_is(name, "exec"))
        return orm_type(facts, ORM_SCALARS, statement->item);
    return view_is(name, "scalar") ? statement->item : NULL;
}

static const struct type *method_call(struct facts *facts, uint32_t function, uint32_t arguments)
{
    const struct tree *tree = facts->tree;
    uint32_t object = node_field(tree, function, PYTHON_field_object);
    struct view name = member_name(tree, function), of;
    const struct orm_method *method;
    const struct type *receiver;

    if (object == NODE_NONE)
        return NULL;
    receiver = facts_type(facts, object);
    method = find_method(python_orm_of(receiver), name);
    if (method != NULL)
        return method_gives(facts, method, receiver);
    of = node_text(tree, object);
    if (view_is(name, "get_queryset") && (view_is(of, "self") || view_starts(of, "super(")))
        return orm_type(facts, ORM_QUERYSET, class_rows(facts, function));
    if (view_is(name, "cursor") && (receiver->kind == TYPE_UNKNOWN || receiver->kind == TYPE_INSTANCE))
        return orm_type(facts, ORM_CURSOR, NULL);
    return session_gives(facts, object, name, arguments);
}

const struct type *python_orm_call(struct facts *facts, uint32_t call, struct view path)
{
    static const char *const SELECTS[] = {"sqlalchemy.select", "sqlalchemy.future.select",
                                          "sqlalchemy.sql.select", "sqlalchemy.sql.expression.select",
                                          "sqlmodel.select"};
    const struct tree *tree = facts->tree;
    uint32_t function = node_field(tree, call, PYTHON_field_function);
    uint32_t arguments = node_field(tree, call, PYTHON_field_arguments);
    uint32_t first = arguments != NODE_NONE ? node_first_named(tree, arguments) : NODE_NONE;

    for (size_t i = 0; path.len > 0 && i < COUNT_OF(SELECTS); i++)
        if (view_is(path, SELECTS[i]))
            return orm_type(
                facts, ORM_SELECT,
                first != NODE_NONE && node_named_count(tree, arguments) == 1 ? row_of(facts, first) : NULL);
    if (view_is(path, "django.shortcuts.get_object_or_404"))
        return row_of(facts, first);
    return tree->nodes[function].kind == PYTHON_sym_attribute ? method_call(facts, function, arguments)
                                                              : NULL;
}

const struct models *facts_models(struct facts *facts)
{
    struct models *own;

    if (facts->models != NULL)
        return facts->models;
    own = models_new(facts->arena);
    if (own == NULL)
        return models_none();
    if (models_may_stand_in(facts->tree->text) && models_add(own, facts->tree, NULL) != ERR_OK)
        return models_none(); /* the arena is full: knowing nothing is always allowed */
    models_close(own);
    facts->models = own;
    return own;
}
