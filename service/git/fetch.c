/* Fetching single commits into a store. Guarded per store by a lock file inside it (flock: it falls with the
 * process, so a worker that is ended at its deadline leaves nothing behind). */
#include "git/fetch.h"
#include "base/hash.h"
#include "git/git_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    SPEC_MAX = 1024,
    URL_MAX = 4096,
    ARENA_BYTES = 64 * 1024,
};

struct session {
    struct mirror *mirror;
    const struct mirror_remote *remote;
    const char *url, *user, *password; /* user and password: NULL for anonymous */
    bool password_was_sent;
    struct arena *arena;
    git_remote *git;
};

static enum err_code store_lock(struct mirror *mirror, int *fd, struct err *err)
{
    char path[URL_MAX];

    if (snprintf(path, sizeof(path), "%sperf-review.lock", git_repository_path(mirror->git)) >=
        (int)sizeof(path))
        return err_set(err, ERR_INVALID, "the path of a store is too long");
    *fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (*fd < 0)
        return err_set(err, ERR_UNAVAILABLE, "open %s: %s", path, strerror(errno));
    while (flock(*fd, LOCK_EX) != 0)
        if (errno != EINTR) {
            close(*fd);
            return err_set(err, ERR_UNAVAILABLE, "lock %s: %s", path, strerror(errno));
        }
    return ERR_OK;
}

/* Called when the server says 401. A second call means that the token was refused. */
static int give_credentials(git_credential **out, const char *url, const char *user_in_url, unsigned allowed,
                            void *payload)
{
    struct session *session = payload;

    (void)url;
    (void)user_in_url;
    if (!session->password || session->password_was_sent || !(allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT))
        return GIT_EAUTH;
    session->password_was_sent = true;
    return git_credential_userpass_plaintext_new(out, session->user, session->password);
}

static bool url_is_usable(struct view url)
{
    size_t host = view_starts(url, "https://") ? 8 : view_starts(url, "http://") ? 7 : 0;
    size_t path;

    if (view_find_byte(url, '\0', 0) != SIZE_MAX)
        return false;
    if (host == 0)
        return view_starts(url, "file:///") || view_starts(url, "/");
    path = view_find_byte(url, '/', host);
    return view_find_byte(view_slice(url, host, path), '@', 0) == SIZE_MAX;
}

static enum err_code session_open(struct session *session, struct err *err)
{
    const struct mirror_remote *remote = session->remote;
    git_remote_create_options options;
    enum err_code code;
    int result;

    if (!url_is_usable(remote->url))
        return err_set(err, ERR_INVALID,
                       "a repository's address must be http(s) without user info, or a path");
    code = mirror_c_string(remote->url, session->arena, &session->url, err);
    if (code == ERR_OK && remote->password.len > 0) {
        code = mirror_c_string(remote->password, session->arena, &session->password, err);
        if (code == ERR_OK)
            code = mirror_c_string(remote->user.len > 0 ? remote->user : VIEW("git"), session->arena,
                                   &session->user, err);
    }
    if (code != ERR_OK)
        return code;
    /* libgit2 says "unsupported URL protocol" of a path that is not there. */
    if (!view_starts(remote->url, "http") &&
        access(session->url + (view_starts(remote->url, "file://") ? 7 : 0), F_OK) != 0)
        return err_set(err, ERR_NOT_FOUND, "fetch %s: no repository is there", session->url);
    git_remote_create_options_init(&options, GIT_REMOTE_CREATE_OPTIONS_VERSION);
    options.repository = session->mirror ? session->mirror->git : NULL;
    /* No url.*.insteadOf: the address is the configuration's. (Looking for it also leaks 20 kB for each
     * entry of the git configuration in libgit2 1.5.) */
    options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
    result = git_remote_create_with_opts(&session->git, session->url, &options);
    return result == 0 ? ERR_OK : mirror_failed(err, result, "use address", remote->url);
}

/* Few slots, so that refs never pile up; base branches and heads apart, so that a base, which is the best
 * thing to tell the server we have, is not pushed out by a head. */
static struct view private_ref(const struct mirror_want *want, bool by_id, struct arena *arena)
{
    struct view key = by_id ? want->id : want->ref;
    uint64_t slot = hash_finish(hash_add(HASH_SEED, key)) % MIRROR_REF_SLOTS;
    bool is_base = !by_id && view_starts(want->ref, "refs/heads/");

    return arena_format(arena, "refs/perf-review/%s/%u", is_base ? "base" : "head", (unsigned)slot);
}

static enum err_code make_spec(const struct mirror_want *want, bool by_id, struct arena *arena, char **out,
                               struct err *err)
{
    struct view local = private_ref(want, by_id, arena);
    struct view source = by_id ? want->id : want->ref;
    size_t room = source.len + local.len + sizeof("+:");
    char *spec = arena_alloc(arena, room);

    if (local.len == 0 || !spec)
        return arena_full(arena, err);
    (void)snprintf(spec, room, "+%.*s:%.*s", VIEW_ARG(source), VIEW_ARG(local));
    *out = spec;
    return ERR_OK;
}

static enum err_code fetch_specs(struct session *session, char **specs, size_t count, struct err *err)
{
    git_strarray list = {.strings = specs, .count = count};
    git_fetch_options options;
    int result;

    git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    options.callbacks.credentials = give_credentials;
    options.callbacks.payload = session;
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    options.prune = GIT_FETCH_NO_PRUNE;
    options.update_fetchhead = 0;
    /* None to another host, as libgit2 has it; within the host they are followed all the same. */
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    options.proxy_opts.type = GIT_PROXY_AUTO;
    session->password_was_sent = false;
    git_error_clear();
    result = git_remote_fetch(session->git, &list, &options, "perf-review");
    if (result == GIT_EAUTH) /* by give_credentials(), which leaves libgit2 without words */
        return err_set(err, ERR_DENIED, "fetch %s: %s", session->url,
                       session->password ? "the server refuses the token"
                                         : "the server wants a token, and none is configured");
    return result == 0 ? ERR_OK : mirror_failed(err, result, "fetch", session->remote->url);
}

static enum err_code fetch_refs(struct session *session, const struct mirror_want *wants, size_t count,
                                struct err *err)
{
    char *specs[MIRROR_WANTS_MAX];
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        enum err_code code;

        if (wants[i].ref.len == 0)
            continue;
        code = make_spec(&wants[i], false, session->arena, &specs[used++], err);
        if (code != ERR_OK)
            return code;
    }
    return used > 0 ? fetch_specs(session, specs, used, err) : ERR_OK;
}

/* What the server said that @p ref points to in this session. Our private ref may be another want's. */
static bool advertised(struct session *session, struct view ref, char out[MIRROR_ID_SIZE])
{
    const git_remote_head **heads;
    size_t count;

    if (git_remote_ls(&heads, &count, session->git) != 0)
        return false;
    for (size_t i = 0; i < count; i++)
        if (view_is(ref, heads[i]->name)) {
            mirror_id_format(&heads[i]->oid, out);
            return true;
        }
    return false;
}

static void copy_id(struct view id, char out[MIRROR_ID_SIZE])
{
    memcpy(out, id.ptr, MIRROR_ID_SIZE - 1); /* check_wants() saw 40 digits */
    out[MIRROR_ID_SIZE - 1] = '\0';
}

static enum err_code settle_ref(struct session *session, const struct mirror_want *want,
                                char out[MIRROR_ID_SIZE], struct err *err)
{
    if (advertised(session, want->ref, out) && mirror_has_commit(session->mirror, view_of(out)))
        return ERR_OK;
    return err_set(err, ERR_NOT_FOUND, "%.*s %.*s is not there yet at %s", VIEW_ARG(want->what),
                   VIEW_ARG(want->ref), session->url);
}

static enum err_code settle_id(struct session *session, const struct mirror_want *want,
                               char out[MIRROR_ID_SIZE], struct err *err)
{
    struct err refused = {0};
    enum err_code code = ERR_OK;
    char *spec;

    if (!mirror_has_commit(session->mirror, want->id)) {
        code = make_spec(want, true, session->arena, &spec, err);
        if (code != ERR_OK)
            return code;
        code = fetch_specs(session, &spec, 1, &refused);
    }
    if (code == ERR_DENIED || code == ERR_TIMEOUT)
        return err_set(err, code, "%s", refused.message);
    /* The server was there a moment ago: what it refuses now is the id. */
    if (code != ERR_OK)
        return err_set(err, ERR_NOT_FOUND, "%.*s %.*s is not there yet: %s", VIEW_ARG(want->what),
                       VIEW_ARG(want->id), refused.message);
    if (!mirror_has_commit(session->mirror, want->id))
        return err_set(err, ERR_NOT_FOUND, "%.*s %.*s is not there yet at %s", VIEW_ARG(want->what),
                       VIEW_ARG(want->id), session->url);
    copy_id(want->id, out);
    return ERR_OK;
}

static enum err_code check_ref(const struct mirror_want *want, struct err *err)
{
    char name[SPEC_MAX];
    int valid = 0;

    if (want->ref.len >= sizeof(name) || view_find_byte(want->ref, '\0', 0) != SIZE_MAX)
        return err_set(err, ERR_INVALID, "%.*s: no usable ref name", VIEW_ARG(want->what));
    memcpy(name, want->ref.ptr, want->ref.len);
    name[want->ref.len] = '\0';
    if (!view_starts(want->ref, "refs/") || git_reference_name_is_valid(&valid, name) != 0 || !valid)
        return err_set(err, ERR_INVALID, "%.*s: \"%s\" is no ref name", VIEW_ARG(want->what), name);
    return ERR_OK;
}

static enum err_code check_wants(const struct mirror_want *wants, size_t count, struct err *err)
{
    git_oid oid;

    if (count == 0 || count > MIRROR_WANTS_MAX)
        return err_set(err, ERR_INVALID, "fetch of %zu commits, limit %d", count, MIRROR_WANTS_MAX);
    for (const struct mirror_want *want = wants; want < wants + count; want++) {
        if (want->ref.len == 0 && want->id.len == 0)
            return err_set(err, ERR_INVALID, "%.*s: neither a ref nor an id to fetch", VIEW_ARG(want->what));
        if (want->id.len > 0 && mirror_id_parse(want->id, &oid, err) != ERR_OK)
            return err_wrap(err, "%.*s", VIEW_ARG(want->what));
        if (want->ref.len > 0 && check_ref(want, err) != ERR_OK)
            return ERR_INVALID;
    }
    return ERR_OK;
}

static bool all_here(struct mirror *mirror, const struct mirror_want *wants, size_t count,
                     char (*ids)[MIRROR_ID_SIZE])
{
    for (size_t i = 0; i < count; i++)
        if (wants[i].id.len == 0 || !mirror_has_commit(mirror, wants[i].id))
            return false;
    for (size_t i = 0; i < count; i++)
        copy_id(wants[i].id, ids[i]);
    return true;
}

enum err_code mirror_fetch(struct mirror *mirror, const struct mirror_remote *remote,
                           const struct mirror_want *wants, size_t count, char (*ids)[MIRROR_ID_SIZE],
                           struct err *err)
{
    struct session session = {.mirror = mirror, .remote = remote};
    int lock = -1;
    enum err_code code = check_wants(wants, count, err);

    if (code != ERR_OK)
        return code;
    if (!mirror->is_store)
        return err_set(err, ERR_INVALID, "only a store of ours is fetched into");
    if (all_here(mirror, wants, count, ids))
        return ERR_OK;
    session.arena = arena_new(ARENA_BYTES);
    if (!session.arena)
        return err_set(err, ERR_MEMORY, "fetch %.*s", VIEW_ARG(remote->url));
    code = store_lock(mirror, &lock, err);
    if (code != ERR_OK)
        goto done;
    /* Whoever held the lock may have brought what we want. */
    if (all_here(mirror, wants, count, ids))
        goto done;
    code = session_open(&session, err);
    if (code == ERR_OK)
        code = fetch_refs(&session, wants, count, err);
    /* What the server advertised is read first: asking for an id connects anew. */
    for (size_t i = 0; code == ERR_OK && i < count; i++)
        if (wants[i].id.len == 0)
            code = settle_ref(&session, &wants[i], ids[i], err);
    for (size_t i = 0; code == ERR_OK && i < count; i++)
        if (wants[i].id.len > 0)
            code = settle_id(&session, &wants[i], ids[i], err);
done:
    git_remote_free(session.git);
    if (lock >= 0)
        close(lock);
    arena_free(session.arena);
    return code;
}

enum err_code mirror_count_refs_of(const struct mirror_remote *remote, size_t *count, struct err *err)
{
    struct session session = {.remote = remote, .arena = arena_new(ARENA_BYTES)};
    git_remote_connect_options options;
    const git_remote_head **heads;
    enum err_code code = session.arena ? session_open(&session, err) : err_set(err, ERR_MEMORY, "no memory");
    int result = 0;

    if (code != ERR_OK)
        goto done;
    git_remote_connect_options_init(&options, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
    options.callbacks.credentials = give_credentials;
    options.callbacks.payload = &session;
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    options.proxy_opts.type = GIT_PROXY_AUTO;
    git_error_clear();
    result = git_remote_connect_ext(session.git, GIT_DIRECTION_FETCH, &options);
    if (result == 0)
        result = git_remote_ls(&heads, count, session.git);
    if (result == GIT_EAUTH)
        code = err_set(err, ERR_DENIED, "list the refs of %s: %s", session.url,
                       session.password ? "the server refuses the token"
                                        : "the server wants a token, and none is configured");
    else if (result != 0)
        code = mirror_failed(err, result, "list the refs of", remote->url);
done:
    git_remote_free(session.git);
    arena_free(session.arena);
    return code;
}
