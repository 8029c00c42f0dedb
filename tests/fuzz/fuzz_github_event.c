/* Deliveries of GitHub from hostile bytes: a byte picks the event, the rest is the body. What must hold: no
 * crash, nothing half-filled on an error, and every name and id of an accepted event is safe to use. */
#include "forge/forge.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 1 << 20 };

static struct view header(const void *ctx, const char *name)
{
    const struct view *event = ctx;

    if (view_is(VIEW("X-GitHub-Event"), name))
        return *event;
    return view_is(VIEW("X-GitHub-Delivery"), name) ? VIEW("d-1") : (struct view){0};
}

static void check_event(const struct forge_event *event)
{
    assert(event->repository.len == 0 || forge_repository_is_valid(event->repository));
    assert(event->head_sha.len == 0 || forge_sha_is_valid(event->head_sha));
    assert(event->base_sha.len == 0 || forge_sha_is_valid(event->base_sha));
    assert(event->base_ref.len == 0 || forge_branch_is_valid(event->base_ref));
    assert(event->head_ref.len == 0 || forge_branch_is_valid(event->head_ref));
    if (event->kind == FORGE_IGNORED) {
        assert(event->reason.len > 0);
        return;
    }
    if (event->kind == FORGE_COMMENT) {
        assert(event->number > 0 && event->repository.len > 0 && event->comment.len > 0);
        return;
    }
    assert(event->number > 0 && event->repository.len > 0 && event->head_sha.len > 0 &&
           event->base_ref.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view event = size > 0 && data[0] % 8 == 0   ? VIEW("ping")
                        : size > 0 && data[0] % 8 == 1 ? VIEW("issue_comment")
                        : size > 0 && data[0] % 8 == 2 ? VIEW("pull_request_review_comment")
                                                       : VIEW("pull_request");
    struct forge_request request = {header, &event, {(const char *)data + (size > 0), size - (size > 0)}};
    struct forge forge = {
        .ops = forge_ops_of(VIEW("github")), .name = VIEW("github"), .login = VIEW("perf-bot")};
    struct forge_event out = {.number = -1};
    struct err err = {0};
    struct arena *arena = arena_new(ARENA_BYTES);

    if (!arena)
        return 0;
    if (forge.ops->parse(&forge, &request, arena, &out, &err) == ERR_OK)
        check_event(&out);
    else
        assert(out.number == -1 && err.code != ERR_OK && err.message[0] != '\0');
    arena_free(arena);
    return 0;
}
