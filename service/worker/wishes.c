/* Wishes as the analysis takes them. */
#include "worker/wishes.h"
#include "base/pattern.h"

enum err_code wishes_read_mark(struct view text, bool hot, struct heat_mark *out, struct err *err)
{
    struct heat_mark mark = {.glob = text, .hot = hot};
    struct pattern *pattern = NULL;
    enum err_code code;

    for (size_t i = text.len; i > 0; i--)
        if (text.ptr[i - 1] == ':') {
            mark.glob = view_slice(text, 0, i - 1);
            mark.symbol = view_slice(text, i, text.len);
            break;
        }
    if (mark.glob.len == 0 || (mark.glob.len < text.len && mark.symbol.len == 0))
        return err_set(err, ERR_INVALID, "expected PATH or PATH:FUNCTION, e.g. src/**/*.py:resolve");
    code = pattern_new_glob(mark.glob, &pattern, err);
    pattern_free(pattern);
    if (code == ERR_OK)
        *out = mark;
    return code;
}

enum goal wishes_goal(struct view name)
{
    for (int goal = GOAL_NONE + 1; goal < GOAL_COUNT; goal++)
        if (view_is_nocase(name, goal_name((enum goal)goal)))
            return (enum goal)goal;
    return GOAL_NONE;
}

enum err_code wishes_recall(struct store *store, struct job_target *target, struct arena *arena,
                            struct err *err)
{
    const struct store_wish *items;
    struct analysis_ignore *ignores;
    struct heat_mark *marks;
    size_t count;
    enum err_code code = store_list_wishes(store, target->forge->name, target->repository, target->number,
                                           arena, &items, &count, err);

    if (code != ERR_OK)
        return code;
    ignores = ARENA_ARRAY(arena, struct analysis_ignore, count + 1);
    marks = ARENA_ARRAY(arena, struct heat_mark, count + 1);
    if (!ignores || !marks)
        return arena_full(arena, err);
    for (size_t i = 0; i < count; i++) {
        const struct store_wish *wish = &items[i];

        if (wish->kind == STORE_WISH_IGNORE) {
            ignores[target->wishes.ignore_count++] =
                (struct analysis_ignore){.key = wish->key, .who = wish->who, .reason = wish->value};
        } else if (wish->kind == STORE_WISH_HEAT) {
            /* What an older program took for a glob and this one does not must not stop the review. */
            if (wishes_read_mark(wish->key, view_is(wish->value, "hot"), &marks[target->wishes.mark_count],
                                 NULL) == ERR_OK)
                target->wishes.mark_count++;
        } else if (wish->kind == STORE_WISH_GOAL) {
            target->wishes.goal =
                wishes_goal(view_slice(wish->value, 0, view_find_byte(wish->value, ' ', 0)));
        } else if (wish->kind == STORE_WISH_PAUSE) {
            target->paused = true;
            target->paused_by = wish->who;
        }
    }
    target->wishes.ignores = ignores;
    target->wishes.marks = marks;
    return ERR_OK;
}
