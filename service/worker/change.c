/* From git's deltas to the analysis's. */
#include "worker/change.h"

static struct hunk hunk_of(const struct mirror_hunk *from)
{
    return (struct hunk){.base_start = from->base_start,
                         .base_lines = from->base_lines,
                         .head_start = from->head_start,
                         .head_lines = from->head_lines};
}

static struct view why_skipped(const struct mirror_delta *delta, size_t file_bytes, struct arena *arena)
{
    size_t larger = delta->new_size > delta->old_size ? delta->new_size : delta->old_size;

    if (delta->is_submodule)
        return VIEW("submodule");
    if (delta->is_symlink)
        return VIEW("symlink");
    if (delta->is_binary)
        return VIEW("binary");
    if (larger > file_bytes)
        return arena_format(arena, "larger than %zu bytes", file_bytes);
    return view_of(delta->why_no_hunks);
}

static enum err_code read_side(struct mirror *mirror, struct view id, size_t max, struct arena *arena,
                               struct view *out, struct err *err)
{
    enum err_code code = mirror_read_blob(mirror, id, max, arena, out, err);

    if (code == ERR_OK && !out->ptr)
        *out = VIEW(""); /* an empty file is not an absent one */
    return code;
}

static enum err_code read_texts(struct mirror *mirror, const struct mirror_delta *from, size_t file_bytes,
                                struct arena *arena, struct delta *to, struct err *err)
{
    enum err_code code = ERR_OK;

    if (from->status != MIRROR_DELETED && from->is_on_disk) {
        code = mirror_read_work_file(mirror, from->new_path, file_bytes, arena, &to->head, err);
        if (code == ERR_OK && !to->head.ptr)
            to->head = VIEW("");
    } else if (from->status != MIRROR_DELETED) {
        code = read_side(mirror, from->new_id, file_bytes, arena, &to->head, err);
    }
    if (code == ERR_OK && from->status != MIRROR_ADDED)
        code = read_side(mirror, from->old_id, file_bytes, arena, &to->base, err);
    return code == ERR_OK ? ERR_OK : err_wrap(err, "read %.*s", VIEW_ARG(from->new_path));
}

static enum err_code fill(struct mirror *mirror, const struct mirror_delta *from, size_t file_bytes,
                          struct arena *arena, struct delta *to, struct err *err)
{
    struct hunk *hunks;

    *to = (struct delta){.path = from->new_path, .base_path = from->old_path};
    to->skip = why_skipped(from, file_bytes, arena);
    if (to->skip.len > 0)
        return ERR_OK;
    hunks = ARENA_ARRAY(arena, struct hunk, from->hunk_count + 1);
    if (!hunks)
        return arena_full(arena, err);
    for (size_t i = 0; i < from->hunk_count; i++)
        hunks[i] = hunk_of(&from->hunks[i]);
    to->hunks = hunks;
    to->hunk_count = from->hunk_count;
    return read_texts(mirror, from, file_bytes, arena, to, err);
}

enum err_code change_load(struct mirror *mirror, const struct mirror_diff *diff, size_t file_bytes,
                          struct arena *arena, struct change *out, struct err *err)
{
    struct change made = {.deltas = ARENA_ARRAY(arena, struct delta, diff->count + 1),
                          .sources = ARENA_ARRAY(arena, const struct mirror_delta *, diff->count + 1)};
    enum err_code code = ERR_OK;
    enum language language;

    if (!made.deltas || !made.sources)
        return arena_full(arena, err);
    for (size_t i = 0; code == ERR_OK && i < diff->count; i++) {
        const struct mirror_delta *delta = &diff->deltas[i];

        if (!language_of_path(delta->new_path, &language))
            continue;
        made.sources[made.count] = delta;
        code = fill(mirror, delta, file_bytes, arena, &made.deltas[made.count++], err);
    }
    if (code == ERR_OK && diff->total_files > diff->count) {
        made.cut = arena_format(arena, "%zu of %zu changed files: too many", diff->total_files - diff->count,
                                diff->total_files);
        if (!made.cut.len)
            code = arena_full(arena, err);
    }
    if (code == ERR_OK)
        *out = made;
    return code;
}

bool change_is_commentable(const struct mirror_delta *delta, uint32_t first, uint32_t last)
{
    for (size_t i = 0; first > 0 && first <= last && i < delta->shown_count; i++) {
        const struct mirror_hunk *shown = &delta->shown[i];

        if (first >= shown->head_start && last < (uint64_t)shown->head_start + shown->head_lines)
            return true;
    }
    return false;
}
