/* Start and end of libgit2, and its errors in our words. */
#include "git/git_internal.h"

#include <string.h>

static const int CONFIG_LEVELS[] = {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
                                    GIT_CONFIG_LEVEL_PROGRAMDATA};

/* libgit2 knows these settings per process only, so they are made once, before anything is opened. */
static int set_process_options(enum mirror_trust trust)
{
    int result = git_libgit2_opts(GIT_OPT_SET_USER_AGENT, "perf-review/" PERF_REVIEW_VERSION);

#if MIRROR_LIBGIT2_AT_LEAST(1, 7)
    if (result >= 0)
        result = git_libgit2_opts(GIT_OPT_SET_SERVER_CONNECT_TIMEOUT, (int)MIRROR_SERVER_WAIT_MS);
    if (result >= 0)
        result = git_libgit2_opts(GIT_OPT_SET_SERVER_TIMEOUT, (int)MIRROR_SERVER_WAIT_MS);
#endif
    if (trust == MIRROR_TRUST_USER)
        return result;
    /* The owner check guards a person who walks into a foreign folder whose configuration runs programs.
     * A service opens only paths that its own configuration names; libgit2 runs no hook and no program. */
    if (result >= 0)
        result = git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    for (size_t i = 0; result >= 0 && i < COUNT_OF(CONFIG_LEVELS); i++)
        result = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, CONFIG_LEVELS[i], "");
    return result;
}

enum err_code mirror_module_start(enum mirror_trust trust, struct err *err)
{
    int result = git_libgit2_init();

    if (result < 0)
        return mirror_failed(err, result, "start", VIEW("libgit2"));
    result = set_process_options(trust);
    if (result < 0) {
        enum err_code code = mirror_failed(err, result, "set the options of", VIEW("libgit2"));

        git_libgit2_shutdown();
        return code;
    }
    return ERR_OK;
}

void mirror_module_stop(void)
{
    git_libgit2_shutdown();
}

/* libgit2 tells an HTTP status in words alone: "unexpected http status code: 404". */
static int http_status_in(const char *message)
{
    static const char MARK[] = "status code: ";
    const char *at = message ? strstr(message, MARK) : NULL;
    int status = 0;

    if (!at)
        return 0;
    at += sizeof(MARK) - 1;
    for (int digit = 0; digit < 3 && at[digit] >= '0' && at[digit] <= '9'; digit++)
        status = status * 10 + (at[digit] - '0');
    return status;
}

enum err_code mirror_code(int result)
{
    static const struct {
        int result;
        enum err_code code;
    } CODES[] = {
        {GIT_ENOTFOUND, ERR_NOT_FOUND},
        {GIT_EUNBORNBRANCH, ERR_NOT_FOUND},
        {GIT_EPEEL, ERR_NOT_FOUND},
        {GIT_EINVALIDSPEC, ERR_INVALID},
        {GIT_EAMBIGUOUS, ERR_INVALID},
        {GIT_EINVALID, ERR_INVALID},
        {GIT_EBAREREPO, ERR_INVALID},
        {GIT_EAUTH, ERR_DENIED},
        {GIT_EOWNER, ERR_DENIED},
        {GIT_ECERTIFICATE, ERR_UNAVAILABLE},
        {GIT_ELOCKED, ERR_CONFLICT},
        {GIT_EMODIFIED, ERR_CONFLICT},
        {GIT_EEXISTS, ERR_CONFLICT},
#if MIRROR_LIBGIT2_AT_LEAST(1, 7)
        {GIT_TIMEOUT, ERR_TIMEOUT},
#endif
    };
    const git_error *last = git_error_last();
    int status = last && last->klass == GIT_ERROR_HTTP ? http_status_in(last->message) : 0;

    if (status == 401 || status == 403)
        return ERR_DENIED;
    if (status == 404 || status == 410)
        return ERR_NOT_FOUND;
    for (size_t i = 0; i < COUNT_OF(CODES); i++)
        if (CODES[i].result == result)
            return CODES[i].code;
    if (last && last->klass == GIT_ERROR_NOMEMORY)
        return ERR_MEMORY;
    /* What is left is a network or a disk that fails now. */
    return ERR_UNAVAILABLE;
}

enum err_code mirror_failed(struct err *err, int result, const char *what, struct view subject)
{
    enum err_code code = mirror_code(result);
    const git_error *last = git_error_last();

    return err_set(err, code, "%s %.*s: %s", what, VIEW_ARG(subject),
                   last && last->message ? last->message : "no reason given");
}

enum err_code mirror_id_parse(struct view hex, git_oid *out, struct err *err)
{
    if (hex.len != MIRROR_ID_SIZE - 1 || git_oid_fromstrn(out, hex.ptr, hex.len) != 0)
        return err_set(err, ERR_INVALID, "\"%.*s\" is not an object id of 40 hex digits", VIEW_ARG(hex));
    return ERR_OK;
}

void mirror_id_format(const git_oid *id, char out[MIRROR_ID_SIZE])
{
    git_oid_tostr(out, MIRROR_ID_SIZE, id);
}

enum err_code mirror_c_string(struct view text, struct arena *arena, const char **out, struct err *err)
{
    struct view copy;
    enum err_code code;

    if (view_find_byte(text, '\0', 0) != SIZE_MAX)
        return err_set(err, ERR_INVALID, "a name with a NUL byte in it");
    code = arena_copy(arena, text, &copy, err);
    if (code == ERR_OK)
        *out = copy.ptr;
    return code;
}
