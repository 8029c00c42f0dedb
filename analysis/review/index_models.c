/* The models that the change's files and the unchanged ones around it define. Only files whose text speaks of
 * models are parsed; what of them cannot be had is not known. */
#include "review_internal.h"

static enum err_code add_text(struct run *run, struct view path, struct view text, struct err *err)
{
    struct arena *scratch;
    struct tree *tree = NULL;
    enum language language;
    enum err_code code = ERR_OK;

    if (text.ptr == NULL || !language_of_path(path, &language) || language != LANGUAGE_PYTHON ||
        !models_may_stand_in(text))
        return ERR_OK;
    scratch = arena_new(FILE_ARENA_BYTES);
    if (scratch == NULL)
        return err_set(err, ERR_MEMORY, "no memory for %.*s", VIEW_ARG(path));
    if (run->models == NULL && (run->models = models_new(run->arena)) == NULL)
        code = arena_full(run->arena, err);
    if (code == ERR_OK &&
        tree_parse(language, text, &run->limits, run->clock, scratch, &tree, NULL) == ERR_OK)
        code = models_add(run->models, tree, err);
    arena_free(scratch);
    return code;
}

enum err_code run_index_models(struct run *run, struct err *err)
{
    uint64_t start = run->clock->now_ns(run->clock->ctx);
    size_t files = 0, bytes = 0;
    enum err_code code = ERR_OK;

    for (size_t i = 0; i < run->options->model_count && code == ERR_OK; i++)
        code = add_text(run, run->options->models[i].path, run->options->models[i].text, err);
    for (size_t i = 0; i < run->file_count && code == ERR_OK; i++) {
        const struct file *file = &run->files[i];

        if (!file->analysed || bytes > MODEL_BYTES_MAX || files > MODEL_FILES_MAX)
            continue;
        files += models_may_stand_in(file->head.text);
        bytes += models_may_stand_in(file->head.text) ? file->head.text.len : 0;
        code = add_text(run, file->delta->path, file->head.text, err);
    }
    if (run->models != NULL)
        models_close(run->models);
    run->parse_ns += run->clock->now_ns(run->clock->ctx) - start;
    return code;
}
