/* Leases, retries, pauses and outcomes, also from two processes at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"
#include <sys/wait.h>

static const struct store_outcome DONE = {.state = STORE_DONE, .reason = {"posted", 6}, .now_ms = 5000};

static void the_job_that_waited_longest_goes_first(void **state)
{
    struct fixture *fixture = *state;

    accept_record(fixture, record_of("d1", 1, "h", 3000));
    accept_record(fixture, record_of("d2", 2, "h", 1000));
    accept_record(fixture, record_of("d3", 3, "h", 2000));
    assert_int_equal(try_lease(fixture, 999), ERR_NOT_FOUND);
    assert_int_equal(lease(fixture, "w", 3000).number, 2);
    assert_int_equal(lease(fixture, "w", 3000).number, 3);
    assert_int_equal(lease(fixture, "w", 3000).number, 1);
    assert_int_equal(try_lease(fixture, 3000), ERR_NOT_FOUND);
}

static void an_expired_lease_is_taken_over_and_its_holder_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct store_job first, second;

    accept_simple(fixture, "d1", 7, "h1");
    first = lease(fixture, "w1", 1000); /* until 2000 */
    assert_int_equal(try_lease(fixture, 1999), ERR_NOT_FOUND);
    assert_int_equal(store_renew(fixture->store, &first, 2500, NULL), ERR_OK);
    assert_int_equal(try_lease(fixture, 2499), ERR_NOT_FOUND);
    second = lease(fixture, "w2", 2500);
    assert_int_equal(second.id, first.id);
    assert_int_equal(second.attempt, 2);
    assert_int_equal(store_renew(fixture->store, &first, 9000, NULL), ERR_CONFLICT);
    assert_int_equal(store_finish_job(fixture->store, &first, &DONE, NULL, NULL), ERR_CONFLICT);
    assert_int_equal(store_retry_job(fixture->store, &first, 1, true, VIEW("x"), NULL), ERR_CONFLICT);
    assert_int_equal(store_fail_job(fixture->store, &first, 1, VIEW("x"), NULL), ERR_CONFLICT);
    assert_int_equal(delivery_of(fixture, "d1").state, STORE_RUNNING);
    assert_int_equal(store_finish_job(fixture->store, &second, &DONE, NULL, NULL), ERR_OK);
    assert_int_equal(delivery_of(fixture, "d1").state, STORE_DONE);
    assert_int_equal(store_finish_job(fixture->store, &second, &DONE, NULL, NULL), ERR_CONFLICT);
}

static void a_job_whose_workers_keep_dying_fails_with_that_reason(void **state)
{
    struct fixture *fixture = *state;
    struct store_delivery delivery;

    store_close(fixture->store);
    fixture->options.attempts_max = 3;
    fixture_open(fixture);
    accept_simple(fixture, "d1", 7, "h1");
    for (int64_t attempt = 1; attempt <= 3; attempt++)
        assert_int_equal(lease(fixture, "w1", 1000 * attempt).attempt, attempt);
    assert_int_equal(try_lease(fixture, 9000), ERR_NOT_FOUND);
    delivery = delivery_of(fixture, "d1");
    assert_int_equal(delivery.state, STORE_FAILED);
    assert_int_equal(delivery.attempts, 3);
    assert_true(view_is(delivery.reason, "its worker died or hung at each attempt"));
}

static void a_retried_job_waits_until_its_time_and_shows_its_reason(void **state)
{
    struct fixture *fixture = *state;
    struct store_job job;
    int64_t due = 0;

    accept_simple(fixture, "d1", 7, "h1");
    job = lease(fixture, "w1", 1000);
    assert_int_equal(store_retry_job(fixture->store, &job, 60000, true, VIEW("no connection"), NULL), ERR_OK);
    assert_int_equal(delivery_of(fixture, "d1").state, STORE_WAITING);
    assert_true(view_is(delivery_of(fixture, "d1").reason, "no connection"));
    assert_int_equal(store_next_due(fixture->store, &due, NULL), ERR_OK);
    assert_int_equal(due, 60000);
    assert_int_equal(try_lease(fixture, 59999), ERR_NOT_FOUND);
    job = lease(fixture, "w1", 60000);
    assert_int_equal(job.attempt, 2);
    assert_int_equal(store_retry_job(fixture->store, &job, 70000, false, VIEW("asked to wait"), NULL),
                     ERR_OK);
    job = lease(fixture, "w1", 70000);
    assert_int_equal(job.attempt, 2); /* given back */
    assert_int_equal(store_fail_job(fixture->store, &job, 71000, VIEW("token revoked"), NULL), ERR_OK);
    assert_int_equal(delivery_of(fixture, "d1").state, STORE_FAILED);
    assert_true(view_is(delivery_of(fixture, "d1").reason, "token revoked"));
    assert_int_equal(store_next_due(fixture->store, &due, NULL), ERR_OK);
    assert_true(due == INT64_MAX);
}

static void a_paused_repository_does_not_hold_up_another_also_after_a_restart(void **state)
{
    struct fixture *fixture = *state;
    struct store_record other = record_of("d2", 7, "h1", 1500);
    int64_t until = 0, due = 0;

    other.repository = VIEW("octo/other");
    accept_simple(fixture, "d1", 7, "h1");
    accept_record(fixture, other);
    assert_int_equal(store_pause(fixture->store, VIEW("github"), VIEW("octo/hello"), 9000, NULL), ERR_OK);
    assert_int_equal(store_pause(fixture->store, VIEW("github"), VIEW("octo/hello"), 8000, NULL), ERR_OK);
    store_close(fixture->store);
    fixture_open(fixture);
    assert_int_equal(
        store_paused_until(fixture->store, VIEW("github"), VIEW("octo/hello"), 2000, &until, NULL), ERR_OK);
    assert_int_equal(until, 9000);
    assert_true(view_is(lease(fixture, "w", 2000).repository, "octo/other"));
    assert_int_equal(try_lease(fixture, 2000), ERR_NOT_FOUND);
    assert_int_equal(store_next_due(fixture->store, &due, NULL), ERR_OK);
    assert_int_equal(due, 3000); /* the lease of the other one */
    assert_int_equal(store_pause(fixture->store, VIEW("github"), (struct view){0}, 20000, NULL), ERR_OK);
    assert_int_equal(try_lease(fixture, 9000), ERR_NOT_FOUND); /* the whole forge */
    assert_true(view_is(lease(fixture, "w", 20000).repository, "octo/hello"));
}

static void a_review_is_kept_and_replaced_under_one_number(void **state)
{
    struct fixture *fixture = *state;
    struct store_review review = {.head_sha = VIEW("h1"),
                                  .merge_base = VIEW("m0"),
                                  .posted_ms = 5000,
                                  .forge_review_id = VIEW("77"),
                                  .markdown = VIEW("# one"),
                                  .json = VIEW("{}")};
    struct store_outcome outcome = DONE;
    struct store_review found = {0};
    int64_t first = 0, second = 0;
    struct store_job job;

    outcome.review = &review;
    accept_simple(fixture, "d1", 7, "h1");
    job = lease(fixture, "w", 1000);
    assert_int_equal(store_finish_job(fixture->store, &job, &outcome, &first, NULL), ERR_OK);
    assert_int_equal(store_find_review(fixture->store, first, fixture->arena, &found, NULL), ERR_OK);
    assert_true(view_is(found.markdown, "# one") && view_is(found.repository, "octo/hello"));
    assert_int_equal(found.number, 7);
    assert_int_equal(store_replay(fixture->store, delivery_of(fixture, "d1").id, 6000, NULL), ERR_OK);
    assert_int_equal(store_replay(fixture->store, delivery_of(fixture, "d1").id, 6000, NULL), ERR_CONFLICT);
    job = lease(fixture, "w", 6000);
    assert_true(job.replay);
    review.markdown = VIEW("# two");
    assert_int_equal(store_finish_job(fixture->store, &job, &outcome, &second, NULL), ERR_OK);
    assert_int_equal(second, first);
    assert_int_equal(store_find_review_of(fixture->store, VIEW("github"), VIEW("octo/hello"), 7, VIEW("h1"),
                                          fixture->arena, &found, NULL),
                     ERR_OK);
    assert_true(view_is(found.markdown, "# two"));
    assert_int_equal(counts_of(fixture).reviews, 1);
    assert_int_equal(store_find_review(fixture->store, 99, fixture->arena, &found, NULL), ERR_NOT_FOUND);
}

/* It was posted before the newer push arrived: the page must be able to show it. */
static void a_posted_review_of_superseded_work_is_still_recorded(void **state)
{
    struct fixture *fixture = *state;
    const struct store_review review = {.head_sha = VIEW("h1"), .markdown = VIEW("text"), .json = VIEW("{}")};
    struct store_outcome outcome = DONE;
    struct store_review found = {0};
    struct store_job job;

    outcome.review = &review;
    accept_simple(fixture, "d1", 7, "h1");
    job = lease(fixture, "w", 1000);
    accept_simple(fixture, "d2", 7, "h2");
    assert_int_equal(store_finish_job(fixture->store, &job, &outcome, NULL, NULL), ERR_SUPERSEDED);
    assert_int_equal(delivery_of(fixture, "d1").state, STORE_SUPERSEDED);
    assert_int_equal(delivery_of(fixture, "d2").state, STORE_WAITING);
    assert_int_equal(store_find_review(fixture->store, 1, fixture->arena, &found, NULL), ERR_OK);
}

enum { PROCESSES = 3, JOBS = 200 };

/* With @p later, what it leased is given back at once, to be tried at that time: as a limit of the forge
 * wants it. */
static void lease_all(const char *path, int64_t later, int out)
{
    const struct store_options options = {.path = path};
    struct arena *arena = arena_new(1 << 20);
    struct store *store = NULL;
    struct store_job job;
    char owner[32];

    snprintf(owner, sizeof(owner), "w%d", (int)getpid());
    if (store_open(&options, &store, NULL) != ERR_OK)
        _exit(2);
    while (store_lease_job(store, view_of(owner), 1000, 60000, arena, &job, NULL) == ERR_OK) {
        if (write(out, &job.number, sizeof(job.number)) != sizeof(job.number))
            _exit(3);
        if (later && store_retry_job(store, &job, later, false, VIEW("asked to wait"), NULL) != ERR_OK)
            _exit(4);
        arena_reset(arena);
    }
    store_close(store);
    arena_free(arena);
    _exit(0);
}

/* Several processes lease until nothing is due; each job must have come to one of them, once. */
static void lease_from_processes(struct fixture *fixture, int64_t later)
{
    int seen[JOBS + 1] = {0}, ends[2], status;
    pid_t children[PROCESSES];
    int64_t number;

    for (int i = 1; i <= JOBS; i++) {
        char id[16];

        snprintf(id, sizeof(id), "d%d", i);
        accept_simple(fixture, id, i, "h");
    }
    store_close(fixture->store); /* a connection must not be carried across a fork */
    fixture->store = NULL;
    assert_int_equal(pipe(ends), 0);
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0)
            lease_all(fixture->path, later, ends[1]);
    }
    close(ends[1]);
    while (read(ends[0], &number, sizeof(number)) == sizeof(number))
        seen[number]++;
    close(ends[0]);
    for (int i = 0; i < PROCESSES; i++) {
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    for (int i = 1; i <= JOBS; i++)
        if (seen[i] != 1)
            fail_msg("job %d was leased %d times", i, seen[i]);
}

static void processes_that_lease_at_once_never_get_the_same_job(void **state)
{
    lease_from_processes(*state, 0);
}

/* Given back unspent, it looks as it did before it was leased, but for its time. */
static void what_is_given_back_for_later_is_not_leased_now_by_a_slower_process(void **state)
{
    lease_from_processes(*state, 60000);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        ROW(the_job_that_waited_longest_goes_first),
        ROW(an_expired_lease_is_taken_over_and_its_holder_changes_nothing),
        ROW(a_job_whose_workers_keep_dying_fails_with_that_reason),
        ROW(a_retried_job_waits_until_its_time_and_shows_its_reason),
        ROW(a_paused_repository_does_not_hold_up_another_also_after_a_restart),
        ROW(a_review_is_kept_and_replaced_under_one_number),
        ROW(a_posted_review_of_superseded_work_is_still_recorded),
        ROW(processes_that_lease_at_once_never_get_the_same_job),
        ROW(what_is_given_back_for_later_is_not_leased_now_by_a_slower_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
