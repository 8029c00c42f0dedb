/* What outlives a single review, and limits that hold up more than one repository. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#define FORGE VIEW("github")
#define REPOSITORY VIEW("octo/hello")

static size_t declines(struct fixture *fixture, const struct store_decline **items)
{
    size_t count = 0;

    assert_int_equal(
        store_list_declines(fixture->store, FORGE, REPOSITORY, 7, fixture->arena, items, &count, NULL),
        ERR_OK);
    return count;
}

static void a_decline_is_remembered_once_until_it_is_dropped(void **state)
{
    static const struct store_decline ONE = {{"0123456789abcdef", 16}, {"a.py", 4}, {"ann", 3}},
                                      OTHER = {{"fedcba9876543210", 16}, {"a.py", 4}, {NULL, 0}};
    struct fixture *fixture = *state;
    const struct store_decline *items;

    assert_int_equal(declines(fixture, &items), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(store_put_decline(fixture->store, FORGE, REPOSITORY, 7, &ONE, 1000 + i, NULL),
                         ERR_OK);
    assert_int_equal(store_put_decline(fixture->store, FORGE, REPOSITORY, 7, &OTHER, 2000, NULL), ERR_OK);
    assert_int_equal(store_put_decline(fixture->store, FORGE, REPOSITORY, 8, &OTHER, 2000, NULL), ERR_OK);
    store_close(fixture->store);
    fixture_open(fixture);
    assert_int_equal(declines(fixture, &items), 2);
    assert_true(view_equal(items[0].fingerprint, ONE.fingerprint) && view_is(items[0].who, "ann"));
    assert_int_equal(store_drop_decline(fixture->store, FORGE, REPOSITORY, 7, ONE.fingerprint, NULL), ERR_OK);
    assert_int_equal(store_drop_decline(fixture->store, FORGE, REPOSITORY, 7, ONE.fingerprint, NULL),
                     ERR_NOT_FOUND);
    assert_int_equal(declines(fixture, &items), 1);
}

static struct store_check check_of(int64_t number, const char *job)
{
    return (struct store_check){.forge = FORGE,
                                .repository = REPOSITORY,
                                .number = number,
                                .head_sha = VIEW("1111111111111111111111111111111111111111"),
                                .job = view_of(job)};
}

static enum err_code claim(struct fixture *fixture, int64_t now_ms, struct store_check *out)
{
    return store_claim_stale_check(fixture->store, now_ms, 9000, fixture->arena, out, NULL);
}

static void a_check_is_stale_once_nobody_works_on_its_pull_request(void **state)
{
    struct fixture *fixture = *state;
    struct store_check check = check_of(7, "1-a"), stale;
    const struct store_check *items;
    struct store_job job;
    size_t count;

    accept_record(fixture, record_of("d1", 7, "h", 1000));
    assert_int_equal(store_put_check(fixture->store, &check, NULL), ERR_OK);
    check.check_id = VIEW("99");
    assert_int_equal(store_put_check(fixture->store, &check, NULL), ERR_OK);
    assert_int_equal(
        store_list_checks(fixture->store, FORGE, REPOSITORY, 7, fixture->arena, &items, &count, NULL),
        ERR_OK);
    assert_int_equal(count, 1);
    assert_true(view_is(items[0].check_id, "99"));
    assert_int_equal(claim(fixture, 2000, &stale), ERR_NOT_FOUND);
    job = lease(fixture, "w", 2000);
    assert_int_equal(store_fail_job(fixture->store, &job, 3000, VIEW("broken"), NULL), ERR_OK);
    assert_int_equal(store_pause(fixture->store, FORGE, VIEW("octo/"), 4000, NULL), ERR_OK);
    assert_int_equal(claim(fixture, 3000, &stale), ERR_NOT_FOUND);
    assert_int_equal(claim(fixture, 5000, &stale), ERR_OK);
    assert_true(view_is(stale.check_id, "99") && view_is(stale.job, "1-a"));
    assert_int_equal(claim(fixture, 8999, &stale), ERR_NOT_FOUND);
    assert_int_equal(claim(fixture, 9000, &stale), ERR_OK);
    assert_int_equal(store_drop_check(fixture->store, stale.id, NULL), ERR_OK);
    assert_int_equal(claim(fixture, 99999, &stale), ERR_NOT_FOUND);
}

static void a_pause_of_an_owner_holds_up_its_repositories_alone(void **state)
{
    struct fixture *fixture = *state;
    struct store_record other = record_of("d2", 2, "h", 1000);
    int64_t until = 0;

    other.repository = VIEW("octopus/hello");
    accept_record(fixture, record_of("d1", 1, "h", 1000));
    accept_record(fixture, other);
    assert_int_equal(store_pause(fixture->store, FORGE, VIEW("octo/"), 9000, NULL), ERR_OK);
    assert_int_equal(lease(fixture, "w", 2000).number, 2);
    assert_int_equal(store_paused_until(fixture->store, FORGE, REPOSITORY, 2000, &until, NULL), ERR_OK);
    assert_int_equal(until, 9000);
    assert_int_equal(lease(fixture, "w", 9000).number, 1);
}

static void finish(struct fixture *fixture, const char *head, int64_t now_ms)
{
    struct store_review review = {.head_sha = view_of(head), .markdown = VIEW("m"), .posted_ms = now_ms};
    const struct store_outcome done = {.state = STORE_DONE, .review = &review, .now_ms = now_ms};
    struct store_job job = lease(fixture, "w", now_ms);

    assert_int_equal(store_finish_job(fixture->store, &job, &done, NULL, NULL), ERR_OK);
}

static enum store_fate fate_of(struct fixture *fixture, const struct store_record *record)
{
    enum store_fate fate;

    assert_int_equal(store_accept(fixture->store, record, &fate, NULL), ERR_OK);
    return fate;
}

static void a_head_that_is_asked_for_again_is_reviewed_again(void **state)
{
    struct fixture *fixture = *state;
    struct store_record again = record_of("d2", 7, "h", 4000);

    accept_record(fixture, record_of("d1", 7, "h", 1000));
    finish(fixture, "h", 3000);
    assert_int_equal(fate_of(fixture, &again), STORE_FATE_ANSWERED);
    again.delivery_id = VIEW("d3");
    again.again = true;
    assert_int_equal(fate_of(fixture, &again), STORE_FATE_QUEUED);
    assert_true(lease(fixture, "w", 5000).replay);
}

static void an_older_heads_review_answers_nothing_once_a_newer_one_stands(void **state)
{
    struct fixture *fixture = *state;
    const struct store_record back = record_of("d9", 7, "h1", 9000);

    accept_record(fixture, record_of("d1", 7, "h1", 1000));
    finish(fixture, "h1", 3000);
    accept_record(fixture, record_of("d2", 7, "h2", 4000));
    finish(fixture, "h2", 5000);
    assert_int_equal(fate_of(fixture, &back), STORE_FATE_QUEUED);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        ROW(a_decline_is_remembered_once_until_it_is_dropped),
        ROW(a_check_is_stale_once_nobody_works_on_its_pull_request),
        ROW(a_pause_of_an_owner_holds_up_its_repositories_alone),
        ROW(a_head_that_is_asked_for_again_is_reviewed_again),
        ROW(an_older_heads_review_answers_nothing_once_a_newer_one_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
