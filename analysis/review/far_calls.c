/* Functions that a loop in another file of the change calls through an import: what lies behind it is as hot
 * as if the loop stood beside it. Files that are taken whole are written one by one and do not take part. */
#include "review_internal.h"
#include "syntax/python_kinds.h"

/* "from .report import send" gives ".report.send": the dots say where to look, the rest what for. */
static struct view without_dots(struct view path)
{
    while (path.len > 0 && path.ptr[0] == '.')
        path = view_slice(path, 1, path.len);
    return path;
}

/* A call in a loop of more than a few passes; NULL for other nodes. */
static const struct loop *looped_call(const struct source *source, uint32_t node)
{
    const struct loop *loop =
        source->tree->nodes[node].kind == PYTHON_sym_call ? facts_loop(source->facts, node) : NULL;
    return loop != NULL && (loop->trips < 0 || loop->trips > PASSES_SILENT) ? loop : NULL;
}

/* Whether @p module, dotted, names the file @p path: all of its parts stand at the end of the path. */
static bool names_file(struct view module, struct view path)
{
    if (!view_ends(path, ".py"))
        return false;
    path.len -= 3;
    if (view_ends(path, "/__init__"))
        path.len -= 9;
    if (path.len < module.len || (path.len > module.len && path.ptr[path.len - module.len - 1] != '/'))
        return false;
    for (size_t i = 0; i < module.len; i++) {
        char there = path.ptr[path.len - module.len + i];
        if ((there == '/' ? '.' : there) != module.ptr[i])
            return false;
    }
    return true;
}

/* Whether what stands before the last dot of @p path may be a file of the change. */
static bool leads_into_change(const struct run *run, struct view path)
{
    size_t len = path.len;

    while (len > 0 && path.ptr[len - 1] != '.')
        len--;
    path = view_slice(path, 0, len > 0 ? len - 1 : 0);
    for (size_t i = 0; path.len > 0 && i < run->file_count; i++)
        if (names_file(path, run->files[i].delta->path))
            return true;
    return false;
}

enum err_code far_calls_add(struct run *run, const struct file *file, struct err *err)
{
    const struct tree *tree = file->head.tree;
    struct far_calls *calls = &run->far_calls;

    if (file->language != LANGUAGE_PYTHON || file->delta->whole || run->file_count < 2 ||
        heat_path_is_cold(file->delta->path))
        return ERR_OK;
    for (uint32_t node = 0; node < tree->count && calls->count < FAR_CALLS_MAX; node++) {
        const struct loop *loop = looped_call(&file->head, node);
        struct far_call call = {.file = file->delta->path};
        void *items = calls->items;
        struct view path;

        if (loop == NULL)
            continue;
        path = without_dots(facts_path(file->head.facts, node + 1));
        if (!leads_into_change(run, path))
            continue;
        call.line = tree->nodes[loop->node].line;
        if (arena_copy(run->arena, path, &call.path, err) != ERR_OK ||
            arena_grow(run->arena, &items, calls->count, &calls->cap, sizeof(call), err) != ERR_OK)
            return err->code;
        calls->items = items;
        calls->items[calls->count++] = call;
    }
    return ERR_OK;
}

static struct view folder_of(struct view path)
{
    while (path.len > 0 && path.ptr[path.len - 1] != '/')
        path.len--;
    return path;
}

const struct far_call *far_call_of(const struct far_calls *calls, struct view path, struct view function)
{
    if (calls == NULL || view_find_byte(function, '.', 0) != SIZE_MAX)
        return NULL;
    for (size_t i = 0; i < calls->count; i++) {
        const struct far_call *call = &calls->items[i];
        struct view module = call->path;

        if (view_equal(call->file, path) || call->path.len < function.len + 2)
            continue;
        module.len -= function.len + 1;
        if (module.ptr[module.len] != '.' ||
            !view_equal(view_slice(call->path, module.len + 1, call->path.len), function) ||
            !names_file(module, path))
            continue;
        /* One word may be any library's: it must lie beside the caller. */
        if (view_find_byte(module, '.', 0) != SIZE_MAX || view_equal(folder_of(call->file), folder_of(path)))
            return call;
    }
    return NULL;
}
