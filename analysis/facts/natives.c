/* Functions of extension modules, told by their attributes. What registers them where is not followed: a
 * function may stand in any of the modules found. */
#include "facts/natives.h"
#include "syntax/rust_kinds.h"
#include <string.h>

enum { LIGHT_NODES_MAX = 250 };

struct natives {
    struct arena *arena;
    struct native *items;
    struct view *modules;
    struct native_call *calls;
    size_t count, cap, module_count, module_cap, call_count, call_cap;
};

struct natives *natives_new(struct arena *arena)
{
    struct natives *natives = ARENA_NEW(arena, struct natives);
    if (natives != NULL)
        natives->arena = arena;
    return natives;
}

bool natives_may_stand_in(struct view text)
{
    return view_find(text, VIEW("pyfunction"), 0) != SIZE_MAX ||
           view_find(text, VIEW("pymodule"), 0) != SIZE_MAX;
}

/* The last word of an attribute's path: "pyfunction" of #[pyo3::pyfunction(name = "x")]. */
static struct view attribute_word(struct view text)
{
    size_t start = 2, end;

    for (end = start; end < text.len && strchr("(] =", text.ptr[end]) == NULL; end++)
        if (text.ptr[end] == ':')
            start = end + 1;
    return view_slice(text, start, end);
}

/* The name that an attribute gives: name = "x". */
static struct view given_name(struct view text)
{
    size_t at = view_find(text, VIEW("name = \""), 0), end;

    if (at == SIZE_MAX || text.ptr[at - 1] == '_')
        return VIEW("");
    end = view_find_byte(text, '"', at + 8);
    return end == SIZE_MAX ? VIEW("") : view_slice(text, at + 8, end);
}

static bool is_collection(struct view type)
{
    static const char *const WORDS[] = {"Vec<",     "[",         "PyList",     "PySequence", "PyIterator",
                                        "PyAny",    "PyDict",    "Array",      "HashMap",    "PyTuple",
                                        "PySet",    "BTreeMap",  "PyIterable", "PyBuffer",   "HashSet",
                                        "PyObject", "DataFrame", "Series"};

    if (view_find(type, VIEW("u8]"), 0) != SIZE_MAX || view_find(type, VIEW("Vec<u8>"), 0) != SIZE_MAX)
        return false; /* bytes are one item */
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (view_find(type, view_of(WORDS[i]), 0) != SIZE_MAX)
            return true;
    return false;
}

static bool takes_many(const struct tree *tree, uint32_t function)
{
    uint32_t parameters = node_field(tree, function, RUST_field_parameters);

    for (uint32_t p = parameters != NODE_NONE ? node_first_named(tree, parameters) : NODE_NONE;
         p != NODE_NONE; p = node_sibling_named(tree, p)) {
        uint32_t type = node_field(tree, p, RUST_field_type);
        if (type != NODE_NONE && is_collection(node_text(tree, type)))
            return true;
    }
    return false;
}

static bool is_light(const struct tree *tree, uint32_t function)
{
    if (tree->nodes[function].next - function > LIGHT_NODES_MAX)
        return false;
    for (uint32_t at = function; at < tree->nodes[function].next; at++)
        switch (tree->nodes[at].kind) {
        case RUST_sym_for_expression:
        case RUST_sym_while_expression:
        case RUST_sym_loop_expression:
        case RUST_sym_closure_expression: /* of an adapter, or of work without the GIL */
        case RUST_sym_await_expression:
            return false;
        default:
            break;
        }
    return true;
}

static enum err_code add_module(struct natives *natives, struct view name, struct err *err)
{
    for (size_t i = 0; i < natives->module_count; i++)
        if (view_equal(natives->modules[i], name))
            return ERR_OK;
    if (name.len == 0 || natives->module_count == NATIVES_MAX)
        return ERR_OK;
    if (arena_grow(natives->arena, (void **)&natives->modules, natives->module_count, &natives->module_cap,
                   sizeof(*natives->modules), err) != ERR_OK)
        return ERR_LIMIT;
    natives->modules[natives->module_count++] = name;
    return ERR_OK;
}

static enum err_code add_function(struct natives *natives, const struct native *native, struct err *err)
{
    if (native->name.len == 0 || natives->count == NATIVES_MAX)
        return ERR_OK;
    if (arena_grow(natives->arena, (void **)&natives->items, natives->count, &natives->cap,
                   sizeof(*natives->items), err) != ERR_OK)
        return ERR_LIMIT;
    natives->items[natives->count++] = *native;
    return ERR_OK;
}

enum err_code natives_add(struct natives *natives, const struct tree *tree, struct err *err)
{
    enum err_code code = ERR_OK;

    for (uint32_t at = 0; at < tree->count && code == ERR_OK; at++) {
        struct view word, name = VIEW("");
        uint32_t item = at, named;

        if (tree->nodes[at].kind != RUST_sym_attribute_item)
            continue;
        word = attribute_word(node_text(tree, at));
        if (!view_is(word, "pyfunction") && !view_is(word, "pymodule"))
            continue;
        for (; item != NODE_NONE && tree->nodes[item].kind == RUST_sym_attribute_item;
             item = node_sibling_named(tree, item))
            if (name.len == 0)
                name = given_name(node_text(tree, item));
        named = item != NODE_NONE ? node_field(tree, item, RUST_field_name) : NODE_NONE;
        if (named == NODE_NONE)
            continue;
        if (name.len == 0)
            name = node_text(tree, named);
        if (view_is(word, "pymodule"))
            code = add_module(natives, name, err);
        else
            code = add_function(natives,
                                &(struct native){.name = name,
                                                 .takes_many = takes_many(tree, item),
                                                 .is_light = is_light(tree, item)},
                                err);
    }
    return code;
}

/* hash_many, hash_batch, batch_hash, hashes */
static bool seems_plural_of(struct view many, struct view one)
{
    size_t at = view_find(many, one, 0);
    return at != SIZE_MAX && many.len > one.len && (at == 0 || many.ptr[at - 1] == '_');
}

void natives_close(struct natives *natives)
{
    for (size_t i = 0; i < natives->count; i++)
        for (size_t j = 0; j < natives->count && !natives->items[i].takes_many; j++)
            if (natives->items[j].takes_many &&
                seems_plural_of(natives->items[j].name, natives->items[i].name))
                natives->items[i].for_many = &natives->items[j];
}

bool natives_named_in(const struct natives *natives, struct view text)
{
    for (size_t i = 0; natives->count > 0 && i < natives->module_count; i++)
        if (view_find(text, natives->modules[i], 0) != SIZE_MAX)
            return true;
    return false;
}

const struct native *natives_named(const struct natives *natives, struct view name)
{
    for (size_t i = 0; natives != NULL && i < natives->count; i++)
        if (view_equal(natives->items[i].name, name))
            return &natives->items[i];
    return NULL;
}

/* Cut the part behind the last dot off @p path. */
static struct view cut_last(struct view *path)
{
    size_t at = path->len;
    struct view last;

    while (at > 0 && path->ptr[at - 1] != '.')
        at--;
    last = view_slice(*path, at, path->len);
    path->len = at > 0 ? at - 1 : 0;
    return last;
}

const struct native *natives_find(const struct natives *natives, struct view path)
{
    struct view name, module;

    if (natives == NULL || path.len == 0)
        return NULL;
    name = cut_last(&path);
    module = cut_last(&path);
    for (size_t i = 0; i < natives->module_count; i++)
        if (view_equal(natives->modules[i], module))
            return natives_named(natives, name);
    return NULL;
}

enum err_code natives_add_call(struct natives *natives, const struct native *native, struct view path,
                               uint32_t line, struct err *err)
{
    if (natives->call_count == NATIVES_MAX)
        return ERR_OK;
    if (arena_grow(natives->arena, (void **)&natives->calls, natives->call_count, &natives->call_cap,
                   sizeof(*natives->calls), err) != ERR_OK)
        return ERR_LIMIT;
    natives->calls[natives->call_count++] = (struct native_call){native->name, path, line};
    return ERR_OK;
}

const struct native_call *natives_call(const struct natives *natives, struct view name)
{
    for (size_t i = 0; natives != NULL && i < natives->call_count; i++)
        if (view_equal(natives->calls[i].name, name))
            return &natives->calls[i];
    return NULL;
}
