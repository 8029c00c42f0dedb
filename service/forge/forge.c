/* What all forges share: which there are, names that are safe to use, sizes as forges count them. */
#include "forge/forge.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "forge/forge_internal.h"

enum { BRANCH_MAX = 255 };

const struct forge_ops *forge_ops_of(struct view kind)
{
    static const struct forge_ops *const ALL[] = {&FORGE_GITHUB, &FORGE_GIT};

    for (size_t i = 0; i < COUNT_OF(ALL); i++)
        if (view_is(kind, ALL[i]->kind))
            return ALL[i];
    return NULL;
}

enum err_code forge_enter(struct forge *forge, struct view repository, bool anew, struct arena *arena,
                          struct err *err)
{
    if (forge->app_id.len == 0 || !forge->ops->enter)
        return ERR_OK;
    if (!forge_repository_is_valid(repository))
        return err_set(err, ERR_INVALID, "\"%.*s\" is no repository name", VIEW_ARG(repository));
    return forge->ops->enter(forge, repository, anew, arena, err);
}

struct view forge_clone_url(const struct forge *forge, struct view repository, struct arena *arena)
{
    return arena_format(arena, "%.*s/%.*s.git", VIEW_ARG(forge->url), VIEW_ARG(repository));
}

struct view forge_branch_ref(struct view branch, struct arena *arena)
{
    return arena_format(arena, "refs/heads/%.*s", VIEW_ARG(branch));
}

struct view forge_shared_settings_name(struct view repository, struct arena *arena)
{
    size_t slash = view_find_byte(repository, '/', 0);

    return slash == SIZE_MAX ? (struct view){0}
                             : arena_format(arena, "%.*s/.github/.perf-review.yml",
                                            VIEW_ARG(view_slice(repository, 0, slash)));
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

bool forge_repository_is_valid(struct view repository)
{
    struct view rest = repository, segment;

    if (repository.len == 0 || repository.len > FORGE_REPOSITORY_MAX ||
        repository.ptr[repository.len - 1] == '/')
        return false;
    while (view_split(&rest, '/', &segment)) {
        if (segment.len == 0 || segment.ptr[0] == '.' || view_ends(segment, ".git"))
            return false;
        for (size_t i = 0; i < segment.len; i++)
            if (!is_word(segment.ptr[i]))
                return false;
    }
    return true;
}

bool forge_sha_is_valid(struct view sha)
{
    if (sha.len != 40 && sha.len != 64)
        return false;
    for (size_t i = 0; i < sha.len; i++)
        if (!((sha.ptr[i] >= '0' && sha.ptr[i] <= '9') || (sha.ptr[i] >= 'a' && sha.ptr[i] <= 'f')))
            return false;
    return true;
}

/* git-check-ref-format(1), rules 1 to 10. */
bool forge_branch_is_valid(struct view branch)
{
    static const char *const NOWHERE[] = {"..", "@{", "//", "/.", ".lock/"};
    static const char BANNED[] = " ~^:?*[\\";
    struct view banned = view_of(BANNED);

    if (branch.len == 0 || branch.len > BRANCH_MAX || view_is(branch, "@") || branch.ptr[0] == '-' ||
        branch.ptr[0] == '/' || branch.ptr[0] == '.' || view_ends(branch, "/") || view_ends(branch, ".") ||
        view_ends(branch, ".lock"))
        return false;
    for (size_t i = 0; i < COUNT_OF(NOWHERE); i++)
        if (view_find(branch, view_of(NOWHERE[i]), 0) != SIZE_MAX)
            return false;
    for (size_t i = 0; i < branch.len; i++) {
        unsigned char c = (unsigned char)branch.ptr[i];

        if (c < 0x20 || c == 0x7f || view_find_byte(banned, branch.ptr[i], 0) != SIZE_MAX)
            return false;
    }
    return true;
}

bool forge_token_is_valid(struct view token, size_t max)
{
    if (token.len == 0 || token.len > max)
        return false;
    for (size_t i = 0; i < token.len; i++)
        if (!is_word(token.ptr[i]) && token.ptr[i] != ':')
            return false;
    return true;
}

enum err_code forge_delivery_id(const struct forge_request *request, const char *header, struct arena *arena,
                                struct view *out, struct err *err)
{
    struct view id = request->header(request->ctx, header);

    if (!forge_token_is_valid(id, FORGE_DELIVERY_MAX))
        return err_set(err, ERR_INVALID, "header %s is missing or no delivery id", header);
    return arena_copy(arena, id, out, err);
}

enum err_code forge_copy_short(struct view text, size_t max, struct arena *arena, struct view *out,
                               struct err *err)
{
    size_t end = text.len < max ? text.len : max;

    while (end < text.len && end > 0 && ((unsigned char)text.ptr[end] & 0xc0) == 0x80)
        end--;
    return arena_copy(arena, view_slice(text, 0, end), out, err);
}

size_t forge_units(struct view text)
{
    size_t units = 0;

    for (size_t at = 0; at < text.len;) {
        size_t len = utf8_len(text, at);

        units += len == 4 ? 2 : 1;
        at += len ? len : 1; /* a byte that is not UTF-8 is sent as U+FFFD */
    }
    return units;
}

enum err_code forge_review_check(const struct forge_review *review, struct err *err)
{
    if (!forge_sha_is_valid(review->head_sha) || !forge_token_is_valid(review->job, FORGE_JOB_MAX))
        return err_set(err, ERR_INVALID, "a review without a valid head or job id");
    if (review->comment_count > FORGE_COMMENTS_MAX)
        return err_set(err, ERR_LIMIT, "%zu comments in one review, limit %d", review->comment_count,
                       FORGE_COMMENTS_MAX);
    if (forge_units(review->body) > FORGE_BODY_MAX_UNITS - FORGE_POST_RESERVE_UNITS)
        return err_set(err, ERR_LIMIT, "a summary of %zu characters, limit %d", forge_units(review->body),
                       FORGE_BODY_MAX_UNITS - FORGE_POST_RESERVE_UNITS);
    for (size_t i = 0; i < review->comment_count; i++) {
        const struct forge_comment *comment = &review->comments[i];

        if (forge_units(comment->body) > FORGE_BODY_MAX_UNITS)
            return err_set(err, ERR_LIMIT, "a comment on %.*s of %zu characters, limit %d",
                           VIEW_ARG(comment->path), forge_units(comment->body), FORGE_BODY_MAX_UNITS);
        if (comment->line == 0 || comment->start_line >= comment->line)
            return err_set(err, ERR_INVALID, "a comment on %.*s from line %u to line %u",
                           VIEW_ARG(comment->path), comment->start_line, comment->line);
    }
    return ERR_OK;
}

int64_t forge_branch_number(struct view branch)
{
    int64_t number = (int64_t)(hash_finish(hash_add(HASH_SEED, branch)) & INT32_MAX);

    return number ? number : 1;
}
