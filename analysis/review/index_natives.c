/* What the Rust files of the change and around it offer to Python, and which loops of the Python files there
 * call that. Python files are read only where there is such a module, and their text names it. */
#include "review_internal.h"
#include "syntax/python_kinds.h"

enum { NATIVE_FILES_MAX = 500, NATIVE_BYTES_MAX = 8 << 20 };

/* A file of the change, or around it. */
typedef enum err_code file_reader(struct run *run, struct view path, struct view text, enum language language,
                                  struct err *err);

static enum err_code parse(struct run *run, struct view path, struct view text, enum language language,
                           struct arena **arena, struct tree **tree, struct err *err)
{
    *tree = NULL;
    *arena = arena_new(FILE_ARENA_BYTES);
    if (*arena == NULL)
        return err_set(err, ERR_MEMORY, "no memory for %.*s", VIEW_ARG(path));
    if (tree_parse(language, text, &run->limits, run->clock, *arena, tree, NULL) != ERR_OK)
        *tree = NULL; /* what it offers is not known */
    return ERR_OK;
}

static enum err_code read_rust(struct run *run, struct view path, struct view text, enum language language,
                               struct err *err)
{
    struct arena *scratch;
    struct tree *tree;
    enum err_code code;

    if (language != LANGUAGE_RUST || !natives_may_stand_in(text))
        return ERR_OK;
    if (run->natives == NULL && (run->natives = natives_new(run->arena)) == NULL)
        return arena_full(run->arena, err);
    code = parse(run, path, text, language, &scratch, &tree, err);
    if (code == ERR_OK && tree != NULL)
        code = natives_add(run->natives, tree, err);
    arena_free(scratch);
    return code;
}

/* The calls of @p tree that stand in a loop of more than a few passes, with what it varies. */
static enum err_code add_calls(struct run *run, struct facts *facts, struct view path, struct err *err)
{
    enum err_code code = ERR_OK;

    for (uint32_t node = 0; node < facts->tree->count && code == ERR_OK; node++) {
        const struct loop *loop =
            facts->tree->nodes[node].kind == PYTHON_sym_call ? facts_loop(facts, node) : NULL;
        const struct native *native;

        if (loop == NULL || (loop->trips >= 0 && loop->trips <= PASSES_SILENT))
            continue;
        native = natives_find(run->natives, facts_path(facts, node + 1));
        if (native != NULL && facts_uses_loop_target(facts, node, loop))
            code = natives_add_call(run->natives, native, path, facts->tree->nodes[loop->node].line, err);
    }
    return code;
}

static enum err_code read_python(struct run *run, struct view path, struct view text, enum language language,
                                 struct err *err)
{
    struct arena *scratch;
    struct tree *tree;
    struct facts *facts = NULL;
    enum err_code code;

    if (language != LANGUAGE_PYTHON || heat_path_is_cold(path) || !natives_named_in(run->natives, text))
        return ERR_OK;
    code = parse(run, path, text, language, &scratch, &tree, err);
    if (code == ERR_OK && tree != NULL && facts_build(tree, scratch, &facts, NULL) == ERR_OK)
        code = add_calls(run, facts, path, err);
    arena_free(scratch);
    return code;
}

static enum err_code read_each(struct run *run, file_reader *read, struct err *err)
{
    size_t files = 0, bytes = 0;
    enum language language;
    enum err_code code = ERR_OK;

    for (size_t i = 0; i < run->options->model_count && code == ERR_OK; i++) {
        const struct file_text *file = &run->options->models[i];
        if (file->text.ptr != NULL && language_of_path(file->path, &language))
            code = read(run, file->path, file->text, language, err);
    }
    for (size_t i = 0; i < run->file_count && code == ERR_OK; i++) {
        const struct file *file = &run->files[i];

        bytes += file->head.text.len;
        if (!file->analysed || bytes > NATIVE_BYTES_MAX || files++ > NATIVE_FILES_MAX)
            continue;
        code = read(run, file->delta->path, file->head.text, file->language, err);
    }
    return code;
}

enum err_code run_index_natives(struct run *run, struct err *err)
{
    uint64_t start = run->clock->now_ns(run->clock->ctx);
    enum err_code code = read_each(run, read_rust, err);

    if (code == ERR_OK && run->natives != NULL) {
        natives_close(run->natives);
        code = read_each(run, read_python, err);
    }
    run->parse_ns += run->clock->now_ns(run->clock->ctx) - start;
    return code;
}
