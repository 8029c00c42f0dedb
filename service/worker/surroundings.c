/* Which files around a change the analysis gets to see. */
#include "worker/surroundings.h"
#include <stdlib.h>
#include <string.h>

enum { PACKAGES_MAX = 20 /* folders with Python code that are looked into beside a crate */ };
enum { DEPTH_MAX = 32, IMPORTS_MAX = 64 /* of one file */, TRIED_MAX = 1000, TRY_ABOVE_MAX = 6 };

struct folder {
    struct view path;
    const struct mirror_entry *entries;
    size_t count;
};

struct texts {
    struct file_text *items;
    size_t count, bytes;
};

struct gather {
    const struct surroundings_source *source;
    const struct delta *deltas;
    size_t delta_count;
    struct arena *arena;
    struct folder *folders;
    size_t folder_count;
    struct texts declared, models;
    struct view *tried; /* paths of models that were asked for */
    size_t tried_count;
    struct err *err;
};

/* The folder that holds @p path; false where there is none above it. */
static bool folder_above(struct view path, struct view *out)
{
    size_t slash = path.len;

    if (path.ptr == NULL || path.len == 0 || view_is(path, "..") || view_ends(path, "/.."))
        return false;
    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    if (slash == 1)
        return false; /* "/a": what is above is not ours to look into */
    *out = view_slice(path, 0, slash > 0 ? slash - 1 : 0);
    return true;
}

static struct view join(const struct gather *gather, struct view folder, struct view name)
{
    return arena_format(gather->arena, "%.*s%s%.*s", VIEW_ARG(folder), folder.len > 0 ? "/" : "",
                        VIEW_ARG(name));
}

static void add_folder(struct gather *gather, struct view path)
{
    for (size_t i = 0; i < gather->folder_count; i++)
        if (view_equal(gather->folders[i].path, path))
            return;
    if (gather->folder_count < SURROUNDINGS_FOLDERS_MAX)
        gather->folders[gather->folder_count++] = (struct folder){.path = path};
}

static void find_folders(struct gather *gather)
{
    struct view last = {0};

    for (size_t i = 0; i < gather->delta_count; i++) {
        struct view folder;
        int depth = 0;

        if (!folder_above(gather->deltas[i].path, &folder) || (last.ptr && view_equal(last, folder)))
            continue;
        last = folder.ptr ? folder : VIEW("");
        do
            add_folder(gather, folder);
        while (depth++ < DEPTH_MAX && folder_above(folder, &folder));
    }
}

static int compare(const void *a, const void *b)
{
    const struct folder *x = a, *y = b;

    if (x->path.len != y->path.len)
        return x->path.len < y->path.len ? -1 : 1;
    return view_compare(x->path, y->path);
}

/* Whether it is no more than one file that cannot be had. */
static bool can_do_without(enum err_code code)
{
    return code == ERR_OK || code == ERR_NOT_FOUND || code == ERR_LIMIT || code == ERR_INVALID;
}

static enum err_code list(struct gather *gather, struct folder *folder)
{
    struct err why = {0};
    enum err_code code = gather->source->list(gather->source->ctx, folder->path, gather->arena,
                                              &folder->entries, &folder->count, &why);

    return can_do_without(code) ? ERR_OK : (*gather->err = why, code);
}

static enum err_code add_text(struct gather *gather, struct texts *texts, struct view path, size_t file_bytes,
                              size_t all_bytes)
{
    struct view text = {0};
    struct err why = {0};
    enum err_code code;

    if (path.len == 0)
        return arena_full(gather->arena, gather->err);
    if (texts->count == SURROUNDINGS_FILES_MAX || texts->bytes >= all_bytes)
        return ERR_OK;
    if (file_bytes > all_bytes - texts->bytes)
        file_bytes = all_bytes - texts->bytes;
    code = gather->source->read(gather->source->ctx, path, file_bytes, gather->arena, &text, &why);
    if (code != ERR_OK)
        return can_do_without(code) ? ERR_OK : (*gather->err = why, code);
    texts->items[texts->count++] = (struct file_text){path, text};
    texts->bytes += text.len;
    return ERR_OK;
}

static enum err_code add_declared(struct gather *gather, const struct folder *folder)
{
    enum err_code code = ERR_OK;

    for (size_t i = 0; code == ERR_OK && i < folder->count; i++)
        if (!folder->entries[i].is_folder && project_file_is_read(folder->entries[i].name))
            code = add_text(gather, &gather->declared, join(gather, folder->path, folder->entries[i].name),
                            PROJECT_FILE_BYTES, SURROUNDINGS_DECLARED_BYTES);
    return code;
}

/* Whether @p path is asked for the first time, and is no part of the change. */
static bool is_wanted(struct gather *gather, struct view path)
{
    for (size_t i = 0; i < gather->tried_count; i++)
        if (view_equal(gather->tried[i], path))
            return false;
    if (gather->tried_count == TRIED_MAX || path.len == 0)
        return false;
    gather->tried[gather->tried_count++] = path;
    for (size_t i = 0; i < gather->delta_count; i++)
        if (view_equal(gather->deltas[i].path, path))
            return false;
    return true;
}

static enum err_code add_model(struct gather *gather, struct view path)
{
    return is_wanted(gather, path) ? add_text(gather, &gather->models, path, SURROUNDINGS_MODEL_FILE_BYTES,
                                              SURROUNDINGS_MODEL_BYTES)
                                   : ERR_OK;
}

/* @p path names a module: path.py, or the files of the package path/. */
static enum err_code add_module(struct gather *gather, struct view path)
{
    struct folder package = {.path = path};
    enum err_code code = add_model(gather, arena_format(gather->arena, "%.*s.py", VIEW_ARG(path)));

    if (code == ERR_OK && is_wanted(gather, path))
        code = list(gather, &package);
    for (size_t i = 0; code == ERR_OK && i < package.count; i++)
        if (!package.entries[i].is_folder && view_ends(package.entries[i].name, ".py"))
            code = add_model(gather, join(gather, path, package.entries[i].name));
    return code;
}

/* The module of an import with the dots made slashes: "shop.models" is shop/models. */
static struct view module_path(const struct gather *gather, struct view folder, struct view module)
{
    struct view path = join(gather, folder, module);
    char *text = (char *)(uintptr_t)path.ptr;

    for (size_t i = path.len - (path.len < module.len ? path.len : module.len); i < path.len; i++)
        if (text[i] == '.')
            text[i] = '/';
    return path;
}

/* An absolute name may start at any folder above the file that is on Python's path. */
static enum err_code add_import(struct gather *gather, struct view folder, struct view module)
{
    enum err_code code = ERR_OK;
    size_t dots = 0;

    while (dots < module.len && module.ptr[dots] == '.')
        dots++;
    module = view_slice(module, dots, module.len);
    if (module.len == 0)
        return ERR_OK;
    for (size_t up = 1; up < dots; up++)
        if (!folder_above(folder, &folder))
            return ERR_OK;
    if (dots > 0)
        return add_module(gather, module_path(gather, folder, module));
    for (int above = 0; code == ERR_OK && above < TRY_ABOVE_MAX; above++) {
        code = add_module(gather, module_path(gather, folder, module));
        if (!folder_above(folder, &folder))
            break;
    }
    return code;
}

/* "from a.models import B" and "from a import models" name a.models. */
static bool imported_models(const struct gather *gather, struct view line, struct view *module)
{
    struct view text = view_trim(line), names;
    size_t at;

    if (!view_starts(text, "from "))
        return false;
    at = view_find(text, VIEW(" import "), 0);
    if (at == SIZE_MAX)
        return false;
    *module = view_trim(view_slice(text, 5, at));
    names = view_trim(view_slice(text, at + 8, text.len));
    if (module->len == 0 || view_find_byte(*module, ' ', 0) != SIZE_MAX)
        return false;
    if (view_starts(names, "models") && (names.len == 6 || strchr(" ,", names.ptr[6]))) {
        *module = arena_format(gather->arena, "%.*s%smodels", VIEW_ARG(*module),
                               view_ends(*module, ".") ? "" : ".");
        return true;
    }
    return view_find(*module, VIEW("models"), 0) != SIZE_MAX;
}

/* Models of the same folder and of the one above, and those that the file imports. */
static enum err_code add_models_of(struct gather *gather, const struct delta *delta)
{
    struct view rest = delta->head, line, module, folder, above;
    enum err_code code;
    int imports = 0;

    if (!folder_above(delta->path, &folder))
        return ERR_OK;
    code = add_module(gather, join(gather, folder, VIEW("models")));
    if (code == ERR_OK && folder_above(folder, &above))
        code = add_module(gather, join(gather, above, VIEW("models")));
    while (code == ERR_OK && imports < IMPORTS_MAX && view_split(&rest, '\n', &line))
        if (imported_models(gather, line, &module)) {
            imports++;
            code = add_import(gather, folder, module);
        }
    return code;
}

/* Code that asks for rows; other code has no use for models. */
static bool asks_for_rows(const struct delta *delta)
{
    static const char *const WORDS[] = {".objects", "query", "select(", "_set."};
    enum language language;

    if (!delta->head.ptr || !language_of_path(delta->path, &language) || language != LANGUAGE_PYTHON)
        return false;
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (view_find(delta->head, view_of(WORDS[i]), 0) != SIZE_MAX)
            return true;
    return false;
}

/* The files of a folder whose names end so. */
static enum err_code add_files(struct gather *gather, struct view path, const char *ending)
{
    struct folder folder = {.path = path};
    enum err_code code = is_wanted(gather, path) ? list(gather, &folder) : ERR_OK;

    for (size_t i = 0; code == ERR_OK && i < folder.count; i++)
        if (!folder.entries[i].is_folder && view_ends(folder.entries[i].name, ending))
            code = add_model(gather, join(gather, path, folder.entries[i].name));
    return code;
}

static bool has_entry(const struct folder *folder, const char *name, bool is_folder)
{
    for (size_t i = 0; i < folder->count; i++)
        if (folder->entries[i].is_folder == is_folder && view_is(folder->entries[i].name, name))
            return true;
    return false;
}

/* Where Python code changed: the extension module's sources, in src/ beside its manifest, or in the folders
 * that such crates commonly have. */
static enum err_code add_crates(struct gather *gather, const struct folder *folder)
{
    static const char *const PLACES[] = {"rust", "native", "src/rust"};
    enum err_code code = ERR_OK;

    if (has_entry(folder, "Cargo.toml", false))
        code = add_files(gather, join(gather, folder->path, VIEW("src")), ".rs");
    for (size_t i = 0; code == ERR_OK && i < COUNT_OF(PLACES); i++) {
        struct view place = view_of(PLACES[i]), first = view_slice(place, 0, view_find_byte(place, '/', 0));

        if (has_entry(folder, view_is(first, "src") ? "src" : PLACES[i], true))
            code = add_files(
                gather, join(gather, folder->path, arena_format(gather->arena, "%.*s/src", VIEW_ARG(place))),
                ".rs");
    }
    return code;
}

/* Where an extension module changed: the packages beside its manifest, or in python/. */
static enum err_code add_packages(struct gather *gather, const struct folder *folder)
{
    static const char *const OTHERS[] = {"src", "tests", "docs", "benches", "examples", "target"};
    struct folder python = *folder;
    enum err_code code = ERR_OK;
    int tried = 0;

    if (has_entry(folder, "python", true)) {
        python = (struct folder){.path = join(gather, folder->path, VIEW("python"))};
        code = list(gather, &python);
    }
    for (size_t i = 0; code == ERR_OK && i < python.count && tried < PACKAGES_MAX; i++) {
        struct view name = python.entries[i].name;
        bool other = !python.entries[i].is_folder || view_starts(name, ".");

        for (size_t o = 0; o < COUNT_OF(OTHERS); o++)
            other = other || view_is(name, OTHERS[o]);
        if (!other && tried++ < PACKAGES_MAX)
            code = add_files(gather, join(gather, python.path, name), ".py");
    }
    return code;
}

static bool builds_extension(const struct gather *gather)
{
    for (size_t i = 0; i < gather->declared.count; i++) {
        struct view text = gather->declared.items[i].text;
        if (view_ends(gather->declared.items[i].path, "Cargo.toml")
                ? view_find(text, VIEW("pyo3"), 0) != SIZE_MAX
                : view_find(text, VIEW("maturin"), 0) != SIZE_MAX ||
                      view_find(text, VIEW("setuptools-rust"), 0) != SIZE_MAX ||
                      view_find(text, VIEW("setuptools_rust"), 0) != SIZE_MAX)
            return true;
    }
    return false;
}

/* The other language's side of extension modules that the repository builds. */
static enum err_code add_other_sides(struct gather *gather)
{
    bool python = false, rust = false;
    enum err_code code = ERR_OK;

    if (!builds_extension(gather))
        return ERR_OK;
    for (size_t i = 0; i < gather->delta_count; i++) {
        enum language language;
        const struct delta *delta = &gather->deltas[i];

        if (!language_of_path(delta->path, &language) || !delta->head.ptr)
            continue;
        python =
            python || (language == LANGUAGE_PYTHON && view_find(delta->head, VIEW("import "), 0) != SIZE_MAX);
        rust =
            rust || (language == LANGUAGE_RUST && view_find(delta->head, VIEW("pyfunction"), 0) != SIZE_MAX);
    }
    for (size_t i = 0; code == ERR_OK && i < gather->folder_count; i++) {
        if (python)
            code = add_crates(gather, &gather->folders[i]);
        if (code == ERR_OK && rust && has_entry(&gather->folders[i], "Cargo.toml", false))
            code = add_packages(gather, &gather->folders[i]);
    }
    return code;
}

enum err_code surroundings_load(const struct surroundings_source *source, const struct delta *deltas,
                                size_t count, struct arena *arena, struct surroundings *out, struct err *err)
{
    struct err own = {0};
    struct gather gather = {
        .source = source,
        .deltas = deltas,
        .delta_count = count,
        .arena = arena,
        .folders = ARENA_ARRAY(arena, struct folder, SURROUNDINGS_FOLDERS_MAX),
        .declared.items = ARENA_ARRAY(arena, struct file_text, SURROUNDINGS_FILES_MAX),
        .models.items = ARENA_ARRAY(arena, struct file_text, SURROUNDINGS_FILES_MAX),
        .tried = ARENA_ARRAY(arena, struct view, TRIED_MAX),
        .err = err ? err : &own,
    };
    enum err_code code = ERR_OK;

    if (!gather.folders || !gather.declared.items || !gather.models.items || !gather.tried)
        return arena_full(arena, err);
    find_folders(&gather);
    if (gather.folder_count > 1)
        qsort(gather.folders, gather.folder_count, sizeof(*gather.folders), compare);
    for (size_t i = 0; code == ERR_OK && i < gather.folder_count; i++) {
        code = list(&gather, &gather.folders[i]);
        if (code == ERR_OK)
            code = add_declared(&gather, &gather.folders[i]);
    }
    for (size_t i = 0; code == ERR_OK && i < count; i++)
        if (asks_for_rows(&deltas[i]))
            code = add_models_of(&gather, &deltas[i]);
    if (code == ERR_OK)
        code = add_other_sides(&gather);
    if (code == ERR_OK)
        *out = (struct surroundings){.declared = gather.declared.items,
                                     .models = gather.models.items,
                                     .declared_count = gather.declared.count,
                                     .model_count = gather.models.count};
    return code;
}

static enum err_code list_commit(void *ctx, struct view folder, struct arena *arena,
                                 const struct mirror_entry **out, size_t *count, struct err *err)
{
    const struct surroundings_commit *commit = ctx;

    return mirror_list_path(commit->mirror, commit->commit, folder, arena, out, count, err);
}

static enum err_code read_commit(void *ctx, struct view path, size_t max_bytes, struct arena *arena,
                                 struct view *out, struct err *err)
{
    const struct surroundings_commit *commit = ctx;

    return mirror_read_path(commit->mirror, commit->commit, path, max_bytes, arena, out, err);
}

struct surroundings_source surroundings_of_commit(struct surroundings_commit *commit)
{
    return (struct surroundings_source){list_commit, read_commit, commit};
}
