/* Lists, look-ups, replay, counts, forgetting, and opening what is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

static size_t list(struct fixture *fixture, const struct store_filter *filter,
                   const struct store_delivery **items)
{
    struct err err = {0};
    size_t count = 0;

    if (store_list_deliveries(fixture->store, filter, fixture->arena, items, &count, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return count;
}

static void deliveries_are_listed_newest_first_by_what_became_of_them(void **state)
{
    struct fixture *fixture = *state;
    struct store_filter filter = {.any_state = true};
    const struct store_delivery *items = NULL;
    struct store_job job;

    for (int i = 1; i <= 5; i++) {
        char id[8];

        snprintf(id, sizeof(id), "d%d", i);
        accept_simple(fixture, id, i, "h");
    }
    job = lease(fixture, "w", 1000);
    assert_int_equal(store_fail_job(fixture->store, &job, 2000, VIEW("gone"), NULL), ERR_OK);
    lease(fixture, "w", 1000);
    assert_int_equal(list(fixture, &filter, &items), 5);
    assert_true(view_is(items[0].record.delivery_id, "d5") && view_is(items[4].record.delivery_id, "d1"));
    filter.limit = 2;
    filter.before_id = items[1].id;
    assert_int_equal(list(fixture, &filter, &items), 2);
    assert_true(view_is(items[0].record.delivery_id, "d3"));
    filter = (struct store_filter){.state = STORE_FAILED};
    assert_int_equal(list(fixture, &filter, &items), 1);
    assert_true(view_is(items[0].reason, "gone"));
    filter.state = STORE_RUNNING;
    assert_int_equal(list(fixture, &filter, &items), 1);
    assert_true(view_is(items[0].record.delivery_id, "d2"));
    filter.state = STORE_WAITING;
    assert_int_equal(list(fixture, &filter, &items), 3);
    filter = (struct store_filter){.any_state = true, .repository = VIEW("octo/none")};
    assert_int_equal(list(fixture, &filter, &items), 0);
}

static void counts_follow_the_jobs(void **state)
{
    struct fixture *fixture = *state;
    struct store_counts counts;

    accept_record(fixture, record_of("d1", 1, "h", 500));
    accept_record(fixture, record_of("d2", 2, "h", 700));
    accept_record(fixture, record_of("d3", 2, "h", 900));
    counts = counts_of(fixture);
    assert_int_equal(counts.deliveries[STORE_WAITING], 3);
    assert_int_equal(counts.jobs_waiting, 2);
    assert_int_equal(counts.oldest_waiting_ms, 500);
    lease(fixture, "w", 1000);
    counts = counts_of(fixture);
    assert_int_equal(counts.deliveries[STORE_WAITING], 2);
    assert_int_equal(counts.deliveries[STORE_RUNNING], 1);
    assert_int_equal(counts.jobs_running, 1);
    assert_int_equal(counts.oldest_waiting_ms, 700);
}

static void a_delivery_is_found_by_our_number_and_by_the_forges_id(void **state)
{
    struct fixture *fixture = *state;
    struct store_delivery delivery;
    char number[24];

    accept_simple(fixture, "0b989ba4-242f-11e5-81e1", 7, "h1");
    snprintf(number, sizeof(number), "%lld", (long long)delivery_of(fixture, "0b989ba4-242f-11e5-81e1").id);
    assert_true(view_is(delivery_of(fixture, number).record.delivery_id, "0b989ba4-242f-11e5-81e1"));
    assert_int_equal(store_find_delivery(fixture->store, VIEW("999"), fixture->arena, &delivery, NULL),
                     ERR_NOT_FOUND);
    assert_int_equal(
        store_find_delivery(fixture->store, VIEW("' OR 1=1 --"), fixture->arena, &delivery, NULL),
        ERR_NOT_FOUND);
}

static void a_failed_delivery_is_replayed_and_joins_what_is_live(void **state)
{
    struct fixture *fixture = *state;
    struct store_job job;

    accept_simple(fixture, "d1", 7, "h1");
    job = lease(fixture, "w", 1000);
    assert_int_equal(store_fail_job(fixture->store, &job, 2000, VIEW("gone"), NULL), ERR_OK);
    accept_simple(fixture, "d2", 7, "h2");
    assert_int_equal(store_replay(fixture->store, delivery_of(fixture, "d1").id, 3000, NULL), ERR_OK);
    assert_int_equal(counts_of(fixture).jobs_waiting, 1);
    assert_int_equal(delivery_of(fixture, "d1").state, STORE_WAITING);
    job = lease(fixture, "w", 3000);
    assert_true(job.replay && view_is(job.head_sha, "h2"));
    assert_int_equal(store_fail_job(fixture->store, &job, 4000, VIEW("again"), NULL), ERR_OK);
    assert_int_equal(delivery_of(fixture, "d1").state, STORE_FAILED);
    assert_int_equal(store_replay(fixture->store, delivery_of(fixture, "d1").id, 5000, NULL), ERR_OK);
    assert_int_equal(try_lease(fixture, 4999), ERR_NOT_FOUND);
    job = lease(fixture, "w", 5000);
    assert_true(job.replay && job.attempt == 1 && view_is(job.head_sha, "h1"));
    assert_int_equal(store_replay(fixture->store, 999, 5000, NULL), ERR_NOT_FOUND);
}

static void what_asked_for_no_review_of_a_pull_request_is_not_replayed(void **state)
{
    struct fixture *fixture = *state;
    struct store_record record = record_of("d1", 0, "", 1000);

    record.wanted = STORE_IGNORED;
    record.repository = (struct view){0};
    accept_record(fixture, record);
    assert_int_equal(store_replay(fixture->store, delivery_of(fixture, "d1").id, 2000, NULL), ERR_INVALID);
    assert_int_equal(delivery_of(fixture, "d1").state, STORE_IGNORED);
}

static void finished_deliveries_are_forgotten_and_waiting_ones_are_not(void **state)
{
    struct fixture *fixture = *state;
    struct store_delivery delivery;
    int64_t deleted = 0;
    struct store_job job;

    accept_record(fixture, record_of("d1", 1, "h", 1000));
    accept_record(fixture, record_of("d2", 2, "h", 1000));
    job = lease(fixture, "w", 1000);
    assert_int_equal(store_fail_job(fixture->store, &job, 2000, VIEW("gone"), NULL), ERR_OK);
    assert_int_equal(store_purge(fixture->store, 2000, 100, &deleted, NULL), ERR_OK);
    assert_int_equal(deleted, 0);
    assert_int_equal(store_purge(fixture->store, 2001, 100, &deleted, NULL), ERR_OK);
    assert_int_equal(deleted, 1);
    assert_int_equal(store_find_delivery(fixture->store, VIEW("d1"), fixture->arena, &delivery, NULL),
                     ERR_NOT_FOUND);
    assert_int_equal(delivery_of(fixture, "d2").state, STORE_WAITING);
}

static void states_have_names_that_read_back(void **state)
{
    enum store_state parsed;

    (void)state;
    for (int i = 0; i < STORE_STATE_COUNT; i++) {
        assert_true(store_state_parse(view_of(store_state_name((enum store_state)i)), &parsed));
        assert_int_equal(parsed, i);
    }
    assert_false(store_state_parse(VIEW("finished"), &parsed));
}

static void a_path_that_cannot_be_opened_or_is_no_database_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct store_options options = {.path = "/nonexistent/folder/x.db"};
    struct store *store = NULL;
    char path[128];
    FILE *file;

    assert_int_equal(store_probe(fixture->store, NULL), ERR_OK);
    assert_int_equal(store_open(&options, &store, NULL), ERR_UNAVAILABLE);
    snprintf(path, sizeof(path), "%s/other.db", fixture->folder);
    file = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("this is no database ", file);
    fclose(file);
    options.path = path;
    assert_int_equal(store_open(&options, &store, NULL), ERR_INVALID);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        ROW(deliveries_are_listed_newest_first_by_what_became_of_them),
        ROW(counts_follow_the_jobs),
        ROW(a_delivery_is_found_by_our_number_and_by_the_forges_id),
        ROW(a_failed_delivery_is_replayed_and_joins_what_is_live),
        ROW(what_asked_for_no_review_of_a_pull_request_is_not_replayed),
        ROW(finished_deliveries_are_forgotten_and_waiting_ones_are_not),
        ROW(states_have_names_that_read_back),
        ROW(a_path_that_cannot_be_opened_or_is_no_database_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
