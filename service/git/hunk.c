/* The hunks of one file, twice: as changes alone, and with the context that forges show around them. libgit2
 * counts with context; the changes are the runs of '-' and '+' lines between context lines. */
#include "git/hunk_internal.h"

struct run { /* a change that is being read; base and head: the line that comes next on each side */
    uint32_t base, head;
    struct mirror_hunk hunk;
    bool open;
};

static void run_close(struct run *run, struct mirror_hunk *hunks, size_t *count)
{
    if (!run->open)
        return;
    /* `git diff -U0` names the line before a side that has no lines. */
    if (run->hunk.base_lines == 0)
        run->hunk.base_start--;
    if (run->hunk.head_lines == 0)
        run->hunk.head_start--;
    hunks[(*count)++] = run->hunk;
    run->open = false;
}

static void run_line(struct run *run, char origin, struct mirror_hunk *hunks, size_t *count)
{
    switch (origin) {
    case GIT_DIFF_LINE_ADDITION:
    case GIT_DIFF_LINE_DELETION:
        if (!run->open)
            run->hunk = (struct mirror_hunk){.base_start = run->base, .head_start = run->head};
        run->open = true;
        if (origin == GIT_DIFF_LINE_ADDITION) {
            run->hunk.head_lines++;
            run->head++;
        } else {
            run->hunk.base_lines++;
            run->base++;
        }
        break;
    case GIT_DIFF_LINE_CONTEXT:
        run_close(run, hunks, count);
        run->base++;
        run->head++;
        break;
    default:
        break; /* the notes on a missing newline at the end */
    }
}

/* Each change has at least one line, and no two touch, so their number is at most the changed lines. */
static size_t hunks_at_most(const struct mirror_delta *delta)
{
    return (size_t)delta->added_lines + delta->deleted_lines;
}

static enum err_code read_hunk(git_patch *patch, size_t index, struct mirror_hunk *shown,
                               struct mirror_hunk *hunks, size_t *count, struct err *err)
{
    const git_diff_hunk *hunk;
    const git_diff_line *line;
    struct run run = {0};
    size_t lines;
    int result = git_patch_get_hunk(&hunk, &lines, patch, index);

    if (result != 0)
        return mirror_failed(err, result, "read a hunk of", VIEW("a patch"));
    *shown = (struct mirror_hunk){.base_start = (uint32_t)hunk->old_start,
                                  .base_lines = (uint32_t)hunk->old_lines,
                                  .head_start = (uint32_t)hunk->new_start,
                                  .head_lines = (uint32_t)hunk->new_lines};
    run.base = shown->base_start + (shown->base_lines == 0);
    run.head = shown->head_start + (shown->head_lines == 0);
    for (size_t i = 0; i < lines; i++) {
        result = git_patch_get_line_in_hunk(&line, patch, index, i);
        if (result != 0)
            return mirror_failed(err, result, "read a line of", VIEW("a patch"));
        run_line(&run, line->origin, hunks, count);
    }
    run_close(&run, hunks, count);
    return ERR_OK;
}

enum err_code delta_read_hunks(git_patch *patch, struct arena *arena, struct mirror_delta *delta,
                               struct err *err)
{
    size_t shown_count = git_patch_num_hunks(patch), count = 0;
    struct mirror_hunk *shown, *hunks;

    if (shown_count == 0)
        return ERR_OK;
    shown = ARENA_ARRAY(arena, struct mirror_hunk, shown_count);
    hunks = ARENA_ARRAY(arena, struct mirror_hunk, hunks_at_most(delta));
    if (!shown || !hunks)
        return arena_full(arena, err);
    for (size_t i = 0; i < shown_count; i++) {
        enum err_code code = read_hunk(patch, i, &shown[i], hunks, &count, err);

        if (code != ERR_OK)
            return code;
    }
    delta->shown = shown;
    delta->shown_count = shown_count;
    delta->hunks = hunks;
    delta->hunk_count = count;
    return ERR_OK;
}
