/* Tokens that were minted for one repository each, kept while they last: one a worker and repository and
 * hour. */
#include "base/buffer.h"
#include "forge/forge_internal.h"

#include <stdlib.h>
#include <string.h>

enum { GRANTS_MAX = 64, TOKEN_BYTES_MAX = 16 << 10 };

struct grant {
    char repository[FORGE_REPOSITORY_MAX + 1];
    struct buffer token;
    int64_t until_ms;
    uint64_t used; /* a later use has a higher number */
};

struct forge_grants {
    struct grant items[GRANTS_MAX];
    uint64_t uses;
};

static void wipe(struct grant *grant)
{
    if (grant->token.ptr)
        explicit_bzero(grant->token.ptr, grant->token.room);
    buffer_clear(&grant->token);
    grant->repository[0] = '\0';
    grant->until_ms = 0;
}

/* That of @p repository, or else the one that was not used for longest. */
static struct grant *find(struct forge_grants *grants, struct view repository, bool *is_its)
{
    struct grant *oldest = &grants->items[0];

    for (size_t i = 0; i < GRANTS_MAX; i++) {
        struct grant *grant = &grants->items[i];

        *is_its = grant->repository[0] != '\0' && view_is(repository, grant->repository);
        if (*is_its)
            return grant;
        if (grant->used < oldest->used)
            oldest = grant;
    }
    return oldest;
}

struct view grants_find(const struct forge *forge, struct view repository, int64_t now_ms)
{
    struct grant *grant;
    bool is_its;

    if (!forge->grants)
        return (struct view){0};
    grant = find(forge->grants, repository, &is_its);
    if (!is_its || grant->until_ms <= now_ms)
        return (struct view){0};
    grant->used = ++forge->grants->uses;
    return buffer_view(&grant->token);
}

enum err_code grants_keep(struct forge *forge, struct view repository, struct view token, int64_t until_ms,
                          struct view *kept, struct err *err)
{
    struct grant *grant;
    enum err_code code;
    bool is_its;

    if (repository.len > FORGE_REPOSITORY_MAX)
        return err_set(err, ERR_INVALID, "the name of the repository is too long");
    if (!forge->grants) {
        forge->grants = calloc(1, sizeof(*forge->grants));
        if (!forge->grants)
            return err_set(err, ERR_MEMORY, "no memory for tokens");
        for (size_t i = 0; i < GRANTS_MAX; i++)
            buffer_init(&forge->grants->items[i].token, TOKEN_BYTES_MAX);
    }
    grant = find(forge->grants, repository, &is_its);
    wipe(grant);
    buffer_add(&grant->token, token);
    code = buffer_check(&grant->token, "a token", err);
    if (code != ERR_OK)
        return code;
    memcpy(grant->repository, repository.ptr, repository.len);
    grant->repository[repository.len] = '\0';
    grant->until_ms = until_ms;
    grant->used = ++forge->grants->uses;
    *kept = buffer_view(&grant->token);
    return ERR_OK;
}

void forge_leave(struct forge *forge)
{
    if (!forge->grants)
        return;
    for (size_t i = 0; i < GRANTS_MAX; i++) {
        wipe(&forge->grants->items[i]);
        buffer_deinit(&forge->grants->items[i].token);
    }
    free(forge->grants);
    forge->grants = NULL;
    if (forge->app_id.len > 0)
        forge->token = (struct view){0};
}
