/* What a sweep finds becomes a job once, and one process at a time goes through the lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#define FORGE VIEW("github")
enum { HOUR_MS = 3600 * 1000 };

static enum store_swept find(struct fixture *fixture, const char *id, const char *head, int64_t now_ms)
{
    const struct store_record record = record_of(id, 7, head, now_ms);
    enum store_swept swept = STORE_SWEPT_PENDING;
    struct err err = {0};

    if (store_accept_swept(fixture->store, &record, &swept, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return swept;
}

static void finish(struct fixture *fixture, enum store_state state, const char *head, int64_t now_ms)
{
    const struct store_review review = {
        .head_sha = view_of(head), .posted_ms = now_ms, .markdown = VIEW("m")};
    struct store_job job = lease(fixture, "w", now_ms);
    const struct store_outcome outcome = {.state = state, .review = head ? &review : NULL, .now_ms = now_ms};

    assert_int_equal(store_finish_job(fixture->store, &job, &outcome, NULL, NULL), ERR_OK);
}

static void a_head_that_nobody_told_of_gets_one_job(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(find(fixture, "s1", "h1", 1000), STORE_SWEPT_QUEUED);
    assert_int_equal(find(fixture, "s1", "h1", 1001), STORE_SWEPT_PENDING);
    /* Its job reads the present head itself: another one is not needed, and takes no work away. */
    assert_int_equal(find(fixture, "s2", "h2", 1002), STORE_SWEPT_PENDING);
    assert_int_equal(counts_of(fixture).jobs_waiting, 1);
    finish(fixture, STORE_DONE, "h1", 2000);
    assert_int_equal(find(fixture, "s1", "h1", 3000), STORE_SWEPT_SETTLED);
    assert_int_equal(find(fixture, "s3", "h1", 3000), STORE_SWEPT_SETTLED);
    assert_int_equal(find(fixture, "s2", "h2", 3000), STORE_SWEPT_QUEUED);
}

static void a_webhook_of_the_same_head_joins_the_job(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(find(fixture, "s1", "h1", 1000), STORE_SWEPT_QUEUED);
    assert_int_equal(accept_simple(fixture, "d1", 7, "h1"), STORE_FATE_QUEUED);
    assert_int_equal(counts_of(fixture).jobs_waiting, 1);
    finish(fixture, STORE_DONE, "h1", 2000);
    assert_int_equal(counts_of(fixture).deliveries[STORE_DONE], 2);
    assert_int_equal(accept_simple(fixture, "d2", 7, "h1"), STORE_FATE_ANSWERED);
}

static void what_ended_without_a_review_is_met_again_only_after_a_change(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(find(fixture, "s1@t1", "h1", 1000), STORE_SWEPT_QUEUED);
    finish(fixture, STORE_SKIPPED, NULL, 2000);
    assert_int_equal(find(fixture, "s1@t1", "h1", 3000), STORE_SWEPT_SETTLED);
    assert_int_equal(find(fixture, "s1@t2", "h1", 4000), STORE_SWEPT_QUEUED);
}

static void a_failed_head_is_tried_again_ever_later_and_then_given_up(void **state)
{
    struct fixture *fixture = *state;
    int64_t now_ms = 1000;

    for (int64_t failures = 1; failures <= 4; failures++) {
        struct store_job job;

        assert_int_equal(find(fixture, "s1", "h1", now_ms), STORE_SWEPT_QUEUED);
        job = lease(fixture, "w", now_ms);
        assert_int_equal(store_fail_job(fixture->store, &job, now_ms, VIEW("broken"), NULL), ERR_OK);
        if (failures == 4)
            break;
        now_ms += (int64_t)HOUR_MS << (failures - 1);
        assert_int_equal(find(fixture, "s1", "h1", now_ms - 1), STORE_SWEPT_PENDING);
    }
    assert_int_equal(find(fixture, "s1", "h1", now_ms + INT64_C(1000) * HOUR_MS), STORE_SWEPT_SETTLED);
    assert_int_equal(counts_of(fixture).deliveries[STORE_FAILED], 4);
}

static void a_full_queue_takes_nothing_that_was_swept(void **state)
{
    struct fixture *fixture = *state;
    const struct store_record record = record_of("s1", 9, "h1", 1000);
    enum store_swept swept;

    store_close(fixture->store);
    fixture->options.queue_max = 1;
    fixture_open(fixture);
    accept_simple(fixture, "d1", 7, "h1");
    assert_int_equal(store_accept_swept(fixture->store, &record, &swept, NULL), ERR_UNAVAILABLE);
    assert_int_equal(counts_of(fixture).jobs_waiting, 1);
}

static enum err_code claim(struct fixture *fixture, const char *owner, int64_t now_ms,
                           struct store_sweep *out)
{
    return store_claim_sweep(fixture->store, FORGE, view_of(owner), now_ms, now_ms + 100, out, NULL);
}

static void one_process_has_the_round_until_its_lease_ends(void **state)
{
    struct fixture *fixture = *state;
    struct store_sweep first, second;

    assert_int_equal(claim(fixture, "a", 1000, &first), ERR_OK);
    assert_int_equal(first.began_ms, 1000);
    assert_int_equal(claim(fixture, "b", 1099, &second), ERR_NOT_FOUND);
    first.calls = 5;
    assert_int_equal(store_renew_sweep(fixture->store, &first, 1200, NULL), ERR_OK);
    assert_int_equal(claim(fixture, "b", 1199, &second), ERR_NOT_FOUND);
    /* The first one died: the round goes on where it stood. */
    assert_int_equal(claim(fixture, "b", 1200, &second), ERR_OK);
    assert_true(second.began_ms == 1000 && second.calls == 5);
    assert_int_equal(store_renew_sweep(fixture->store, &first, 9000, NULL), ERR_CONFLICT);
    assert_int_equal(store_end_sweep(fixture->store, &first, true, 9000, NULL), ERR_CONFLICT);
    assert_int_equal(store_end_sweep(fixture->store, &second, false, 1210, NULL), ERR_OK);
    assert_int_equal(claim(fixture, "a", 1210, &first), ERR_OK);
    assert_true(first.began_ms == 1000 && first.calls == 5);
    assert_int_equal(store_end_sweep(fixture->store, &first, true, 5000, NULL), ERR_OK);
    assert_int_equal(claim(fixture, "a", 4999, &first), ERR_NOT_FOUND);
    assert_int_equal(store_hasten_sweeps(fixture->store, NULL), ERR_OK);
    assert_int_equal(claim(fixture, "a", 4999, &first), ERR_OK);
    assert_true(first.began_ms == 4999 && first.calls == 0);
}

static void put(struct fixture *fixture, const char *name, const char *parent, int64_t listed_ms)
{
    const struct store_place place = {
        .name = view_of(name), .scope = VIEW("octo/"), .parent = view_of(parent)};

    assert_int_equal(store_put_place(fixture->store, FORGE, &place, listed_ms, NULL), ERR_OK);
}

static const char *next(struct fixture *fixture, int64_t began_ms)
{
    struct store_place place;

    return store_next_place(fixture->store, FORGE, began_ms, fixture->arena, &place, NULL) == ERR_OK
               ? place.name.ptr
               : "none";
}

static void lists_are_read_in_turn_and_forgotten_with_the_one_that_named_them(void **state)
{
    struct fixture *fixture = *state;
    struct store_place place;

    put(fixture, "", "configuration", 1000);
    put(fixture, "i1", "", 1000);
    put(fixture, "i1/a", "i1", 1000);
    assert_string_equal(next(fixture, 1000), "");
    assert_int_equal(store_read_place(fixture->store, FORGE, VIEW(""), VIEW("v1"), 1003, NULL), ERR_OK);
    assert_int_equal(store_read_place(fixture->store, FORGE, VIEW("i1"), VIEW("v2"), 1001, NULL), ERR_OK);
    assert_string_equal(next(fixture, 1000), "i1/a");
    assert_int_equal(store_read_place(fixture->store, FORGE, VIEW("i1/a"), VIEW("v3"), 1002, NULL), ERR_OK);
    assert_string_equal(next(fixture, 1000), "none");
    assert_string_equal(next(fixture, 2000), "i1");
    /* Listed once more: what is known of it stays. */
    put(fixture, "i1", "", 2000);
    assert_int_equal(store_next_place(fixture->store, FORGE, 2000, fixture->arena, &place, NULL), ERR_OK);
    assert_true(view_is(place.version, "v2") && view_is(place.scope, "octo/"));
    assert_int_equal(store_drop_places(fixture->store, FORGE, VIEW(""), 2000, NULL), ERR_OK);
    assert_string_equal(next(fixture, 2000), "i1");
    assert_int_equal(store_drop_places(fixture->store, FORGE, VIEW(""), 2001, NULL), ERR_OK);
    assert_string_equal(next(fixture, 2000), "");
    assert_int_equal(store_read_place(fixture->store, FORGE, VIEW(""), VIEW(""), 2001, NULL), ERR_OK);
    assert_string_equal(next(fixture, 2000), "none");
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        ROW(a_head_that_nobody_told_of_gets_one_job),
        ROW(a_webhook_of_the_same_head_joins_the_job),
        ROW(what_ended_without_a_review_is_met_again_only_after_a_change),
        ROW(a_failed_head_is_tried_again_ever_later_and_then_given_up),
        ROW(a_full_queue_takes_nothing_that_was_swept),
        ROW(one_process_has_the_round_until_its_lease_ends),
        ROW(lists_are_read_in_turn_and_forgotten_with_the_one_that_named_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
