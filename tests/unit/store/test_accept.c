/* What an accepted delivery does to jobs and to earlier deliveries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

static void finish(struct fixture *fixture, const struct store_job *job, const char *head, int64_t *review_id)
{
    const struct store_review review = {.head_sha = view_of(head),
                                        .merge_base = VIEW("m0"),
                                        .posted_ms = 2000,
                                        .forge_review_id = VIEW("77"),
                                        .markdown = VIEW("text"),
                                        .json = VIEW("{}")};
    const struct store_outcome outcome = {
        .state = STORE_DONE, .reason = VIEW("posted"), .review = &review, .now_ms = 2000};
    struct err err = {0};

    if (store_finish_job(fixture->store, job, &outcome, review_id, &err) != ERR_OK)
        fail_msg("%s", err.message);
}

static void a_delivery_waits_with_all_that_its_job_needs(void **state)
{
    struct fixture *fixture = *state;
    struct store_delivery delivery;
    struct store_job job;

    assert_int_equal(accept_simple(fixture, "d1", 7, "h1"), STORE_FATE_QUEUED);
    delivery = delivery_of(fixture, "d1");
    assert_int_equal(delivery.state, STORE_WAITING);
    assert_true(view_is(delivery.record.title, "A title"));
    job = lease(fixture, "w1", 1000);
    assert_true(view_is(job.forge, "github") && view_is(job.repository, "octo/hello"));
    assert_true(view_is(job.head_sha, "h1") && view_is(job.base_ref, "main") &&
                view_is(job.head_ref, "topic"));
    assert_int_equal(job.number, 7);
    assert_int_equal(job.attempt, 1);
    assert_int_equal(job.received_ms, 1000);
    assert_int_equal(delivery_of(fixture, "d1").state, STORE_RUNNING);
}

static void a_delivery_that_comes_twice_does_nothing_twice(void **state)
{
    struct fixture *fixture = *state;
    struct store_record other = record_of("d1", 7, "h1", 1000);

    accept_simple(fixture, "d1", 7, "h1");
    assert_int_equal(accept_simple(fixture, "d1", 7, "h1"), STORE_FATE_DUPLICATE);
    assert_int_equal(accept_simple(fixture, "d1", 9, "h9"), STORE_FATE_DUPLICATE);
    assert_int_equal(counts_of(fixture).jobs_waiting, 1);
    other.forge = VIEW("gitea"); /* ids are unique per forge only */
    assert_int_equal(accept_record(fixture, other), STORE_FATE_QUEUED);
    assert_int_equal(counts_of(fixture).jobs_waiting, 2);
}

static void deliveries_for_one_head_share_a_job_and_its_outcome(void **state)
{
    struct fixture *fixture = *state;
    struct store_job job;
    int64_t review = 0;

    accept_simple(fixture, "d1", 7, "h1");
    job = lease(fixture, "w1", 1000);
    accept_simple(fixture, "d2", 7, "h1"); /* joins the running job */
    assert_int_equal(try_lease(fixture, 1500), ERR_NOT_FOUND);
    finish(fixture, &job, "h1", &review);
    for (int i = 0; i < 2; i++) {
        struct store_delivery delivery = delivery_of(fixture, i ? "d2" : "d1");

        assert_int_equal(delivery.state, STORE_DONE);
        assert_true(view_is(delivery.reason, "posted"));
        assert_int_equal(delivery.review_id, review);
        assert_int_equal(delivery.finished_ms, 2000);
    }
}

static void a_newer_head_supersedes_waiting_and_running_work(void **state)
{
    struct fixture *fixture = *state;
    struct store_job job;

    accept_simple(fixture, "d1", 7, "h1");
    accept_simple(fixture, "d2", 7, "h2");
    assert_int_equal(delivery_of(fixture, "d1").state, STORE_SUPERSEDED);
    assert_true(view_is(delivery_of(fixture, "d1").reason, "a newer push"));
    job = lease(fixture, "w1", 1000);
    assert_true(view_is(job.head_sha, "h2"));
    accept_simple(fixture, "d3", 7, "h3");
    assert_int_equal(delivery_of(fixture, "d2").state, STORE_SUPERSEDED);
    assert_int_equal(store_renew(fixture->store, &job, 9000, NULL), ERR_SUPERSEDED);
    assert_int_equal(store_fail_job(fixture->store, &job, 9000, VIEW("x"), NULL), ERR_SUPERSEDED);
    assert_int_equal(delivery_of(fixture, "d2").state, STORE_SUPERSEDED);
    assert_true(view_is(lease(fixture, "w2", 1000).head_sha, "h3"));
    assert_int_equal(counts_of(fixture).jobs_waiting, 0);
}

static void a_head_that_has_its_review_is_answered_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct store_record rebased = record_of("d4", 7, "h1", 1500);
    struct store_job job;
    int64_t review = 0;
    char reason[64];

    accept_simple(fixture, "d1", 7, "h1");
    job = lease(fixture, "w1", 1000);
    finish(fixture, &job, "h1", &review);
    assert_int_equal(accept_simple(fixture, "d2", 7, "h1"), STORE_FATE_ANSWERED);
    snprintf(reason, sizeof(reason), "already reviewed as %lld", (long long)review);
    assert_int_equal(delivery_of(fixture, "d2").state, STORE_DONE);
    assert_true(view_is(delivery_of(fixture, "d2").reason, reason));
    assert_int_equal(accept_simple(fixture, "d3", 8, "h1"), STORE_FATE_QUEUED); /* another pull request */
    rebased.base_changed = true;
    rebased.base_sha = VIEW("b1");
    assert_int_equal(accept_record(fixture, rebased), STORE_FATE_QUEUED);
    job = lease(fixture, "w1", 1000);
    assert_int_equal(job.number, 8);
    job = lease(fixture, "w1", 1500);
    assert_true(job.base_changed && view_is(job.base_sha, "b1"));
}

static void a_changed_base_restarts_running_work_and_updates_waiting_work(void **state)
{
    struct fixture *fixture = *state;
    struct store_record rebased = record_of("d2", 7, "h1", 1000);
    struct store_job first, second;

    rebased.base_changed = true;
    rebased.base_sha = VIEW("b1");
    accept_simple(fixture, "d1", 7, "h1");
    first = lease(fixture, "w1", 1000);
    assert_int_equal(accept_record(fixture, rebased), STORE_FATE_QUEUED);
    assert_int_equal(store_renew(fixture->store, &first, 9000, NULL), ERR_SUPERSEDED);
    rebased.delivery_id = VIEW("d3");
    rebased.base_sha = VIEW("b2");
    accept_record(fixture, rebased);
    second = lease(fixture, "w1", 1000);
    assert_true(second.id != first.id && view_is(second.base_sha, "b2"));
    assert_int_equal(delivery_of(fixture, "d2").state, STORE_RUNNING);
}

static void a_closed_pull_request_ends_its_work_and_a_note_does_not(void **state)
{
    struct fixture *fixture = *state;
    struct store_record record = record_of("d2", 7, "h1", 1000);

    accept_simple(fixture, "d1", 7, "h1");
    record.wanted = STORE_IGNORED;
    record.reason = VIEW("a label");
    assert_int_equal(accept_record(fixture, record), STORE_FATE_RECORDED);
    assert_int_equal(delivery_of(fixture, "d2").state, STORE_IGNORED);
    assert_int_equal(delivery_of(fixture, "d1").state, STORE_WAITING);
    record.delivery_id = VIEW("d3");
    record.wanted = STORE_SKIPPED;
    record.reason = VIEW("closed");
    accept_record(fixture, record);
    assert_int_equal(delivery_of(fixture, "d3").state, STORE_SKIPPED);
    assert_int_equal(delivery_of(fixture, "d1").state, STORE_SUPERSEDED);
    assert_true(view_is(delivery_of(fixture, "d1").reason, "closed"));
    assert_int_equal(try_lease(fixture, 5000), ERR_NOT_FOUND);
}

static void a_full_queue_refuses_and_stores_nothing_until_there_is_room(void **state)
{
    struct fixture *fixture = *state;
    struct store_record record = record_of("d4", 7, "h1", 1000);
    enum store_fate fate;
    struct err err = {0};
    struct store_job job;

    store_close(fixture->store);
    fixture->options.queue_max = 3;
    fixture_open(fixture);
    accept_simple(fixture, "d1", 7, "h1");
    accept_simple(fixture, "d2", 7, "h1");
    accept_simple(fixture, "d3", 8, "h1");
    assert_int_equal(store_accept(fixture->store, &record, &fate, &err), ERR_UNAVAILABLE);
    assert_true(err.retry_after_ms > 0);
    assert_non_null(strstr(err.message, "queue_max 3"));
    assert_int_equal(accept_simple(fixture, "d3", 8, "h1"), STORE_FATE_DUPLICATE); /* needs no room */
    assert_int_equal(counts_of(fixture).deliveries[STORE_WAITING], 3);
    job = lease(fixture, "w1", 1000);
    finish(fixture, &job, "h1", NULL);
    assert_int_equal(accept_simple(fixture, "d4", 7, "h2"), STORE_FATE_QUEUED);
}

static void a_record_without_its_key_or_with_too_much_text_is_refused(void **state)
{
    struct fixture *fixture = *state;
    static char long_text[STORE_TEXT_MAX + 2];
    struct store_record record;
    enum store_fate fate;

    memset(long_text, 'x', STORE_TEXT_MAX + 1);
    for (int row = 0; row < 5; row++) {
        record = record_of("d1", 7, "h1", 1000);
        if (row == 0)
            record.forge = (struct view){0};
        if (row == 1)
            record.delivery_id = (struct view){0};
        if (row == 2)
            record.repository = (struct view){0};
        if (row == 3)
            record.number = 0;
        if (row == 4)
            record.title = view_of(long_text);
        if (store_accept(fixture->store, &record, &fate, NULL) != ERR_INVALID)
            fail_msg("row %d was taken", row);
    }
    record = record_of("d1", 7, "h1", 1000);
    record.title = (struct view){long_text, STORE_TEXT_MAX};
    assert_int_equal(accept_record(fixture, record), STORE_FATE_QUEUED);
}

static void hostile_bytes_come_back_as_they_went_in(void **state)
{
    struct fixture *fixture = *state;
    struct store_record record = record_of("d1", 7, "h1", 1000);
    const struct view title = {"a\0b'; DROP TABLE jobs; --\xff\xfe\n", 28};

    record.title = title;
    accept_record(fixture, record);
    assert_true(view_equal(delivery_of(fixture, "d1").record.title, title));
    assert_true(view_equal(lease(fixture, "w", 1000).title, title));
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        ROW(a_delivery_waits_with_all_that_its_job_needs),
        ROW(a_delivery_that_comes_twice_does_nothing_twice),
        ROW(deliveries_for_one_head_share_a_job_and_its_outcome),
        ROW(a_newer_head_supersedes_waiting_and_running_work),
        ROW(a_head_that_has_its_review_is_answered_at_once),
        ROW(a_changed_base_restarts_running_work_and_updates_waiting_work),
        ROW(a_closed_pull_request_ends_its_work_and_a_note_does_not),
        ROW(a_full_queue_refuses_and_stores_nothing_until_there_is_room),
        ROW(a_record_without_its_key_or_with_too_much_text_is_refused),
        ROW(hostile_bytes_come_back_as_they_went_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
