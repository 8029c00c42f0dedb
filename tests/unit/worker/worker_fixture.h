/** @file worker_fixture.h  A world for one job: real repositories, a real store, a forge that keeps its state
 *  here and fails as it is told. */
#pragma once
#include "git/mirror.h"
#include "worker/clocks.h"
#include "worker/outcome.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FAKE_REVIEWS_MAX = 8, FAKE_THREADS_MAX = 32, TEXT_SIZE = 256 };

#define SLOW                                                                                                 \
    "def unique(items):\n    seen = []\n    for item in items:\n        if item in seen:\n"                  \
    "            continue\n        seen.append(item)\n    return seen\n"

struct fake_review {
    char head[MIRROR_ID_SIZE], job[64];
    char *body;
    bool is_note;
    size_t comments;
    uint32_t line;
};

struct fake_thread {
    char fingerprint[17], path[64], fixed_in[MIRROR_ID_SIZE];
    bool declined, answered;
};

struct fake {
    struct forge forge; /* first: the operations get a pointer to it */
    struct fixture *fixture;
    bool draft, closed;
    char head[MIRROR_ID_SIZE], base[MIRROR_ID_SIZE];
    char head_after[MIRROR_ID_SIZE]; /* from the second look on; empty: the same */
    int looks, posts, updates, checks_begun;
    enum err_code pull_fails, post_fails, update_fails, check_end_fails; /* ERR_OK: does not */
    enum forge_check_state check_state;
    enum forge_check_end check_end;
    struct fake_thread threads[FAKE_THREADS_MAX];
    size_t thread_count;
    bool post_works_though, always_fails;
    bool refuse_comments;
    int64_t retry_after_ms;
    struct fake_review reviews[FAKE_REVIEWS_MAX];
    int review_count;
};

struct fixture {
    char dir[64];
    struct arena *arena;
    struct settings settings;
    struct settings_forge settings_forge;
    struct log log;
    struct catalogue *catalogue;
    struct store *store;
    struct fake fake;
    int64_t now_ms;
    struct err err;
};

static inline struct fake *fake_of(const struct forge *forge)
{
    return (struct fake *)(uintptr_t)forge;
}

static inline enum err_code fake_pull_get(const struct forge *forge, struct view repository, int64_t number,
                                          const struct forge_pull *known, struct arena *arena,
                                          struct forge_pull *out, struct err *err)
{
    struct fake *fake = fake_of(forge);
    bool moved = fake->looks++ > 0 && fake->head_after[0];

    (void)repository;
    (void)known;
    (void)arena;
    if (fake->pull_fails != ERR_OK) {
        err_set(err, fake->pull_fails, "the forge answers as it was told");
        err->retry_after_ms = fake->retry_after_ms;
        return fake->pull_fails;
    }
    *out = (struct forge_pull){.number = number,
                               .head_sha = view_of(moved ? fake->head_after : fake->head),
                               .base_sha = view_of(fake->base),
                               .base_ref = VIEW("main"),
                               .head_ref = VIEW("topic"),
                               .title = VIEW("A change"),
                               .draft = fake->draft,
                               .open = !fake->closed};
    return ERR_OK;
}

static inline enum err_code fake_merge_base(const struct forge *forge, struct view repository,
                                            struct view base, struct view head, struct arena *arena,
                                            struct view *out, struct err *err)
{
    (void)repository;
    (void)head;
    (void)base;
    return arena_copy(arena, view_of(fake_of(forge)->base), out, err);
}

static inline enum err_code fake_standing(const struct forge *forge, struct view repository, int64_t number,
                                          struct view head, struct arena *arena, struct forge_standing *out,
                                          struct err *err)
{
    const struct fake *fake = fake_of(forge);
    struct forge_thread *threads = ARENA_ARRAY(arena, struct forge_thread, FAKE_THREADS_MAX);

    (void)repository;
    (void)number;
    (void)head;
    (void)err;
    *out = (struct forge_standing){.threads = threads, .thread_count = fake->thread_count};
    for (size_t i = 0; i < fake->thread_count; i++) {
        const struct fake_thread *from = &fake->threads[i];

        threads[i] = (struct forge_thread){.id = arena_format(arena, "%zu", i),
                                           .fingerprint = view_of(from->fingerprint),
                                           .path = view_of(from->path),
                                           .fixed_in = view_of(from->fixed_in),
                                           .declined = from->declined,
                                           .declined_by = view_of(from->declined ? "robin" : ""),
                                           .answered = from->answered};
    }
    for (int i = 0; i < fake->review_count; i++)
        if (!fake->reviews[i].is_note)
            out->summary = (struct forge_posted){.found = true,
                                                 .id = VIEW("17"),
                                                 .head = view_of(fake->reviews[i].head),
                                                 .job = view_of(fake->reviews[i].job),
                                                 .body = view_of(fake->reviews[i].body)};
    return ERR_OK;
}

static inline char *fake_marked(struct view body)
{
    char *text = NULL;

    assert_true(asprintf(&text, "%.*s\n\n<!-- perf-review:v1 -->", VIEW_ARG(body)) > 0);
    return text;
}

static inline void fake_keep(struct fake *fake, const struct forge_review *review)
{
    struct fake_review *kept = &fake->reviews[fake->review_count++];

    assert_true(fake->review_count < FAKE_REVIEWS_MAX);
    snprintf(kept->head, sizeof(kept->head), "%.*s", VIEW_ARG(review->head_sha));
    snprintf(kept->job, sizeof(kept->job), "%.*s", VIEW_ARG(review->job));
    kept->body = fake_marked(review->body);
    kept->is_note = review->is_note;
    kept->comments = review->comment_count;
    kept->line = review->comment_count ? review->comments[0].line : 0;
    for (size_t i = 0; i < review->comment_count; i++) {
        struct fake_thread *thread = &fake->threads[fake->thread_count++];

        assert_true(fake->thread_count < FAKE_THREADS_MAX);
        snprintf(thread->fingerprint, sizeof(thread->fingerprint), "%.*s",
                 VIEW_ARG(forge_fingerprint_find(review->comments[i].body)));
        snprintf(thread->path, sizeof(thread->path), "%.*s", VIEW_ARG(review->comments[i].path));
    }
}

static inline enum err_code fake_post(const struct forge *forge, struct view repository, int64_t number,
                                      const struct forge_review *review, struct arena *arena,
                                      struct forge_posted *out, struct err *err)
{
    struct fake *fake = fake_of(forge);
    enum err_code fails = fake->post_fails;

    (void)repository;
    (void)number;
    (void)arena;
    fake->posts++;
    if (!fake->always_fails)
        fake->post_fails = ERR_OK;
    if (fake->refuse_comments && review->comment_count > 0)
        return err_set(err, ERR_INVALID, "422: a line outside of the diff");
    if (fails == ERR_OK || fake->post_works_though)
        fake_keep(fake, review);
    if (fails != ERR_OK)
        return err_set(err, fails, "the forge answers as it was told");
    *out = (struct forge_posted){.found = true, .id = VIEW("17"), .job = review->job};
    return ERR_OK;
}

static inline enum err_code fake_update(const struct forge *forge, struct view repository, int64_t number,
                                        const struct forge_update *update, struct arena *arena,
                                        struct err *err)
{
    struct fake *fake = fake_of(forge);
    enum err_code fails = fake->update_fails;

    (void)repository;
    (void)number;
    (void)arena;
    fake->updates++;
    fake->update_fails = ERR_OK;
    if (fails != ERR_OK && !fake->post_works_though)
        return err_set(err, fails, "the forge answers as it was told");
    for (size_t i = 0; i < update->edit_count; i++) {
        uint64_t at = 0;

        assert_true(view_to_u64(update->edits[i].thread->id, &at));
        snprintf(fake->threads[at].fixed_in, MIRROR_ID_SIZE, "%.*s",
                 VIEW_ARG(update->edits[i].reopen ? (struct view){0} : update->head_sha));
    }
    for (int i = 0; update->summary.len > 0 && i < fake->review_count; i++) {
        struct fake_review *kept = &fake->reviews[i];

        if (kept->is_note)
            continue;
        free(kept->body);
        kept->body = fake_marked(update->body);
        snprintf(kept->head, sizeof(kept->head), "%.*s", VIEW_ARG(update->head_sha));
        snprintf(kept->job, sizeof(kept->job), "%.*s", VIEW_ARG(update->job));
    }
    return fails == ERR_OK ? ERR_OK : err_set(err, fails, "the forge answers as it was told");
}

static inline enum err_code fake_check(const struct forge *forge, struct view repository,
                                       const struct forge_check *check, struct arena *arena, struct view *id,
                                       struct err *err)
{
    struct fake *fake = fake_of(forge);
    enum err_code fails = check->state == FORGE_CHECK_DONE ? fake->check_end_fails : ERR_OK;

    (void)repository;
    (void)arena;
    if (fails != ERR_OK) {
        fake->check_end_fails = ERR_OK;
        return err_set(err, fails, "the forge answers as it was told");
    }
    if (check->id.len == 0 && !check->maybe_begun)
        fake->checks_begun++;
    fake->check_state = check->state;
    fake->check_end = check->end;
    *id = VIEW("c1");
    return ERR_OK;
}

static inline struct view fake_head_ref(int64_t number, struct view head_branch, struct arena *arena)
{
    (void)number;
    return forge_branch_ref(head_branch, arena);
}

static const struct forge_ops FAKE_OPS = {.kind = "fake",
                                          .pull_get = fake_pull_get,
                                          .merge_base = fake_merge_base,
                                          .standing_read = fake_standing,
                                          .review_post = fake_post,
                                          .standing_update = fake_update,
                                          .check_put = fake_check,
                                          .head_ref = fake_head_ref};

static inline int fixture_remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* Runs @p script in the folder of the fixture; what it prints comes back, trimmed. */
static inline void fixture_sh(struct fixture *fixture, const char *script, char out[TEXT_SIZE])
{
    char command[4096];
    size_t got;
    FILE *pipe;

    snprintf(command, sizeof(command),
             "cd %s && export HOME=%s GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org "
             "GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org && set -e\n%s",
             fixture->dir, fixture->dir, script);
    pipe = popen(command, "re");
    assert_non_null(pipe);
    got = fread(out, 1, TEXT_SIZE - 1, pipe);
    out[got] = '\0';
    assert_int_equal(pclose(pipe), 0);
    out[strcspn(out, "\n")] = '\0';
}

/* A commit on branch topic whose a.py is @p text; gives its id. */
static inline void fixture_commit(struct fixture *fixture, const char *text, char id[MIRROR_ID_SIZE])
{
    char path[TEXT_SIZE], out[TEXT_SIZE];
    FILE *file;

    snprintf(path, sizeof(path), "%s/work/a.py", fixture->dir);
    file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    fixture_sh(
        fixture,
        "cd work && git add -A && git commit -q -m change && git push -q origin HEAD:topic 2>/dev/null\n"
        "git rev-parse HEAD",
        out);
    snprintf(id, MIRROR_ID_SIZE, "%.40s", out);
}

static inline int64_t fixture_now(const void *clock)
{
    return ((const struct fixture *)clock)->now_ms;
}

static inline void fixture_settings(struct fixture *fixture)
{
    struct fake *fake = &fixture->fake;

    assert_int_equal(settings_default(fixture->dir, fixture->arena, &fixture->settings, &fixture->err),
                     ERR_OK);
    fixture->settings_forge = (struct settings_forge){.name = VIEW("forge"), .kind = VIEW("github")};
    fixture->settings.forges = &fixture->settings_forge;
    fixture->settings.forge_count = 1;
    fixture->settings.limits.attempts = 3;
    fixture->log = (struct log){.fd = -1, .level = SETTINGS_LOG_ERROR};
    *fake = (struct fake){.forge = {.ops = &FAKE_OPS, .name = VIEW("forge")}, .fixture = fixture};
    fake->forge.url = arena_format(fixture->arena, "%s", fixture->dir);
}

static inline int fixture_setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct store_options options = {0};
    char out[TEXT_SIZE], path[TEXT_SIZE];
    const struct rule_source *sources;
    size_t count;

    snprintf(fixture->dir, sizeof(fixture->dir), "/tmp/perf-review-worker-XXXXXX");
    assert_non_null(mkdtemp(fixture->dir));
    fixture->arena = arena_new(256 << 20);
    fixture->now_ms = 1000000;
    fixture_settings(fixture);
    sources = rule_sources_embedded(&count);
    assert_int_equal(catalogue_new(sources, count, &fixture->catalogue, &fixture->err), ERR_OK);
    fixture_sh(
        fixture,
        "mkdir -p data octo && git init -q --bare -b main octo/hello.git && git clone -q octo/hello.git work "
        "2>/dev/null && cd work && git checkout -q -B main && printf 'X = 1\\n' > a.py && git add a.py && "
        "git commit -q -m base && git push -q origin main 2>/dev/null && git rev-parse HEAD",
        out);
    snprintf(fixture->fake.base, MIRROR_ID_SIZE, "%.40s", out);
    snprintf(path, sizeof(path), "%s/data/perf-review.db", fixture->dir);
    options.path = path;
    assert_int_equal(store_open(&options, &fixture->store, &fixture->err), ERR_OK);
    *state = fixture;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;

    store_close(fixture->store);
    catalogue_free(fixture->catalogue);
    for (int i = 0; i < fixture->fake.review_count; i++)
        free(fixture->fake.reviews[i].body);
    nftw(fixture->dir, fixture_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static inline int fixture_group_setup(void **state)
{
    (void)state;
    return mirror_module_start(MIRROR_TRUST_CONFIGURED, NULL) == ERR_OK ? 0 : -1;
}

static inline int fixture_group_teardown(void **state)
{
    (void)state;
    mirror_module_stop();
    return 0;
}

/* A delivery for pull request 7 with the forge's present head. */
static inline void fixture_deliver(struct fixture *fixture, const char *id)
{
    const struct store_record record = {.forge = VIEW("forge"),
                                        .delivery_id = view_of(id),
                                        .event = VIEW("pull_request"),
                                        .action = VIEW("opened"),
                                        .repository = VIEW("octo/hello"),
                                        .number = 7,
                                        .head_sha = view_of(fixture->fake.head),
                                        .base_ref = VIEW("main"),
                                        .received_ms = fixture->now_ms,
                                        .wanted = STORE_WAITING};
    enum store_fate fate;

    if (store_accept(fixture->store, &record, &fate, &fixture->err) != ERR_OK)
        fail_msg("%s", fixture->err.message);
}

/* Lease the job that is due and run it, or tidy up; ERR_NOT_FOUND where nothing was to be done. */
static inline enum err_code fixture_run(struct fixture *fixture, bool tidy)
{
    const struct job_world job = {.settings = &fixture->settings,
                                  .catalogue = fixture->catalogue,
                                  .log = &fixture->log,
                                  .clock = clocks_analysis(),
                                  .sandbox = {.wall_ms = 60000,
                                              .cpu_seconds = 60,
                                              .memory_bytes = 1 << 30,
                                              .output_bytes = ANALYSIS_RESULT_MAX_BYTES},
                                  .analysis_bytes = 64 << 20};
    const struct outcome_world world = {.job = &job,
                                        .store = fixture->store,
                                        .forges = &fixture->fake.forge,
                                        .now_ms = fixture_now,
                                        .clock = fixture};
    struct store_job leased;
    enum err_code code;

    if (tidy)
        return outcome_tidy(&world, fixture->arena, &fixture->err);
    code = store_lease_job(fixture->store, VIEW("tester"), fixture->now_ms, 60000, fixture->arena, &leased,
                           &fixture->err);
    if (code == ERR_OK && outcome_run(&world, &leased, fixture->arena, &fixture->err) != ERR_OK)
        fail_msg("%s", fixture->err.message);
    return code;
}

/* False where no job is due. */
static inline bool fixture_work(struct fixture *fixture)
{
    enum err_code code = fixture_run(fixture, false);

    if (code != ERR_OK && code != ERR_NOT_FOUND)
        fail_msg("%s", fixture->err.message);
    return code == ERR_OK;
}

static inline enum err_code fixture_tidy(struct fixture *fixture)
{
    return fixture_run(fixture, true);
}

static inline void fixture_later(struct fixture *fixture)
{
    fixture->now_ms += 10 * 60 * 1000;
}

static inline struct store_delivery fixture_delivery(struct fixture *fixture, const char *id)
{
    struct store_delivery delivery;

    if (store_find_delivery(fixture->store, view_of(id), fixture->arena, &delivery, &fixture->err) != ERR_OK)
        fail_msg("%s", fixture->err.message);
    return delivery;
}

static inline void assert_ended(struct fixture *fixture, const char *id, enum store_state state,
                                const char *says)
{
    struct store_delivery delivery = fixture_delivery(fixture, id);

    if (delivery.state != state || view_find(delivery.reason, view_of(says), 0) == SIZE_MAX)
        fail_msg("%s: %s: %.*s", id, store_state_name(delivery.state), VIEW_ARG(delivery.reason));
}

#define WORKER_TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
