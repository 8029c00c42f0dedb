/** @file store_fixture.h  What the store's tests share: a folder with a database in it, and records to put.
 */
#pragma once
#include "store/store.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    char folder[64], path[96];
    struct store_options options;
    struct store *store;
    struct arena *arena;
};

static inline void fixture_open(struct fixture *fixture)
{
    struct err err = {0};

    if (store_open(&fixture->options, &fixture->store, &err) != ERR_OK)
        fail_msg("%s", err.message);
}

static inline int fixture_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/perf-review-store-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof(fixture->path), "%s/perf-review.db", fixture->folder);
    fixture->options = (struct store_options){.path = fixture->path};
    fixture->arena = arena_new(16 << 20);
    fixture_open(fixture);
    *state = fixture;
    return 0;
}

static inline int fixture_down(void **state)
{
    struct fixture *fixture = *state;
    DIR *folder = opendir(fixture->folder);
    const struct dirent *entry;
    char path[512];

    store_close(fixture->store);
    arena_free(fixture->arena);
    while (folder && (entry = readdir(folder)) != NULL) {
        snprintf(path, sizeof(path), "%s/%s", fixture->folder, entry->d_name);
        unlink(path);
    }
    if (folder)
        closedir(folder);
    rmdir(fixture->folder);
    free(fixture);
    return 0;
}

/* A delivery that wants a review of head @p head of pull request @p number. */
static inline struct store_record record_of(const char *delivery, int64_t number, const char *head,
                                            int64_t now_ms)
{
    return (struct store_record){.forge = VIEW("github"),
                                 .delivery_id = view_of(delivery),
                                 .event = VIEW("pull_request"),
                                 .action = VIEW("synchronize"),
                                 .repository = VIEW("octo/hello"),
                                 .number = number,
                                 .head_sha = view_of(head),
                                 .head_ref = VIEW("topic"),
                                 .base_sha = VIEW("b0"),
                                 .base_ref = VIEW("main"),
                                 .title = VIEW("A title"),
                                 .sender = VIEW("octocat"),
                                 .received_ms = now_ms,
                                 .wanted = STORE_WAITING};
}

static inline enum store_fate accept_record(struct fixture *fixture, struct store_record record)
{
    enum store_fate fate = STORE_FATE_DUPLICATE;
    struct err err = {0};

    if (store_accept(fixture->store, &record, &fate, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return fate;
}

static inline enum store_fate accept_simple(struct fixture *fixture, const char *delivery, int64_t number,
                                            const char *head)
{
    return accept_record(fixture, record_of(delivery, number, head, 1000));
}

static inline struct store_delivery delivery_of(struct fixture *fixture, const char *id)
{
    struct store_delivery delivery = {0};
    struct err err = {0};

    if (store_find_delivery(fixture->store, view_of(id), fixture->arena, &delivery, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return delivery;
}

static inline struct store_job lease(struct fixture *fixture, const char *owner, int64_t now_ms)
{
    struct store_job job = {0};
    struct err err = {0};

    if (store_lease_job(fixture->store, view_of(owner), now_ms, 1000, fixture->arena, &job, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return job;
}

static inline enum err_code try_lease(struct fixture *fixture, int64_t now_ms)
{
    struct store_job job = {0};

    return store_lease_job(fixture->store, VIEW("other"), now_ms, 1000, fixture->arena, &job, NULL);
}

static inline struct store_counts counts_of(struct fixture *fixture)
{
    struct store_counts counts = {0};
    struct err err = {0};

    if (store_count(fixture->store, &counts, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return counts;
}
