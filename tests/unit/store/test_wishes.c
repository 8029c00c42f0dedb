/* Commands in comments: jobs of their own, and what they leave behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#define FORGE VIEW("github")
#define REPOSITORY VIEW("octo/hello")

static struct store_record command_record(const char *id, int64_t number, const char *sender)
{
    return (struct store_record){.forge = FORGE,
                                 .delivery_id = view_of(id),
                                 .event = VIEW("issue_comment"),
                                 .action = VIEW("created"),
                                 .repository = REPOSITORY,
                                 .number = number,
                                 .sender = view_of(sender),
                                 .command = VIEW("/perf-review help"),
                                 .comment = VIEW("issue/1"),
                                 .received_ms = 1000,
                                 .wanted = STORE_WAITING};
}

static void accept(struct fixture *fixture, const struct store_record *record, enum store_fate wanted)
{
    enum store_fate fate;

    assert_int_equal(store_accept(fixture->store, record, &fate, NULL), ERR_OK);
    assert_int_equal(fate, wanted);
}

static enum err_code take(struct fixture *fixture, const char *owner, struct store_job *out)
{
    return store_lease_job(fixture->store, view_of(owner), 2000, 1000, fixture->arena, out, NULL);
}

static void commands_wait_for_each_other_and_not_for_a_review(void **state)
{
    struct fixture *fixture = *state;
    struct store_record review = command_record("r", 7, "ann"), first = command_record("a", 7, "ann"),
                        second = command_record("b", 7, "eve"), other = command_record("c", 8, "ann");
    const struct store_outcome done = {.state = STORE_DONE, .reason = VIEW("answered"), .now_ms = 2000};
    struct store_job job, answered;
    int64_t due_ms = 0;

    review.command = review.comment = (struct view){0};
    review.head_sha = VIEW("0123456789012345678901234567890123456789");
    accept(fixture, &first, STORE_FATE_QUEUED);
    accept(fixture, &first, STORE_FATE_DUPLICATE);
    accept(fixture, &second, STORE_FATE_QUEUED);
    accept(fixture, &review, STORE_FATE_QUEUED);
    accept(fixture, &other, STORE_FATE_QUEUED);
    assert_int_equal(take(fixture, "w1", &answered), ERR_OK);
    assert_true(view_is(answered.command, "/perf-review help") && view_is(answered.comment, "issue/1"));
    assert_int_equal(take(fixture, "w2", &job), ERR_OK);
    assert_true(job.command.len == 0 && job.number == 7);
    assert_int_equal(take(fixture, "w3", &job), ERR_OK);
    assert_int_equal(job.number, 8);
    assert_int_equal(take(fixture, "w4", &job), ERR_NOT_FOUND);
    /* What waits for another command wakes nobody before that one ends. */
    assert_int_equal(store_next_due(fixture->store, &due_ms, NULL), ERR_OK);
    assert_int_equal(due_ms, 3000);
    assert_int_equal(store_finish_job(fixture->store, &answered, &done, NULL, NULL), ERR_OK);
    assert_int_equal(take(fixture, "w1", &job), ERR_OK);
    assert_true(view_is(job.sender, "eve"));
}

static void a_review_that_is_asked_for_anew_takes_the_place_of_one_that_runs(void **state)
{
    struct fixture *fixture = *state;
    struct store_record record = command_record("r", 7, "ann");
    struct store_job job;

    record.command = record.comment = (struct view){0};
    record.head_sha = VIEW("0123456789012345678901234567890123456789");
    accept(fixture, &record, STORE_FATE_QUEUED);
    assert_int_equal(take(fixture, "w1", &job), ERR_OK);
    record.delivery_id = VIEW("again");
    record.again = record.anew = record.full = true;
    accept(fixture, &record, STORE_FATE_QUEUED);
    assert_int_equal(store_renew(fixture->store, &job, 9000, NULL), ERR_SUPERSEDED);
    assert_int_equal(take(fixture, "w1", &job), ERR_OK);
    assert_true(job.replay && job.full);
}

static void those_that_were_heard_and_all_of_the_sender_count(void **state)
{
    struct fixture *fixture = *state;
    const struct store_outcome refused = {.state = STORE_SKIPPED, .reason = VIEW("no"), .now_ms = 2000};
    struct store_record first = command_record("a", 7, "eve"), second = command_record("b", 7, "ann"),
                        third = command_record("c", 7, "eve");
    struct store_job job;
    int64_t count = -1;

    accept(fixture, &first, STORE_FATE_QUEUED);
    assert_int_equal(take(fixture, "w1", &job), ERR_OK);
    assert_int_equal(store_finish_job(fixture->store, &job, &refused, NULL, NULL), ERR_OK);
    accept(fixture, &second, STORE_FATE_QUEUED);
    accept(fixture, &third, STORE_FATE_QUEUED);
    assert_int_equal(take(fixture, "w1", &job), ERR_OK);
    assert_int_equal(store_count_commands(fixture->store, &job, 0, &count, NULL), ERR_OK);
    assert_int_equal(count, 0); /* eve's was refused, and is not held against ann */
    assert_int_equal(store_fail_job(fixture->store, &job, 2000, VIEW("x"), NULL), ERR_OK);
    assert_int_equal(take(fixture, "w1", &job), ERR_OK);
    assert_int_equal(store_count_commands(fixture->store, &job, 0, &count, NULL), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(store_count_commands(fixture->store, &job, 1000, &count, NULL), ERR_OK);
    assert_int_equal(count, 0);
}

static void a_wish_holds_until_another_takes_its_place(void **state)
{
    static const struct store_wish HOT = {STORE_WISH_HEAT, {"a.py", 4}, {"hot", 3}, {"ann", 3}},
                                   COLD = {STORE_WISH_HEAT, {"a.py", 4}, {"cold", 4}, {"eve", 3}},
                                   PAUSE = {STORE_WISH_PAUSE, {"", 0}, {"", 0}, {"ann", 3}};
    struct fixture *fixture = *state;
    const struct store_wish *wishes[] = {&PAUSE, &HOT, &COLD}, *items;
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(wishes); i++)
        assert_int_equal(store_put_wish(fixture->store, FORGE, REPOSITORY, 7, wishes[i], 1000, NULL), ERR_OK);
    store_close(fixture->store);
    fixture_open(fixture);
    assert_int_equal(
        store_list_wishes(fixture->store, FORGE, REPOSITORY, 7, fixture->arena, &items, &count, NULL),
        ERR_OK);
    assert_int_equal(count, 2);
    assert_true(items[0].kind == STORE_WISH_HEAT && view_is(items[0].value, "cold") &&
                view_is(items[0].who, "eve"));
    assert_int_equal(items[1].kind, STORE_WISH_PAUSE);
    assert_int_equal(store_drop_wish(fixture->store, FORGE, REPOSITORY, 7, STORE_WISH_PAUSE, VIEW(""), NULL),
                     ERR_OK);
    assert_int_equal(store_drop_wish(fixture->store, FORGE, REPOSITORY, 7, STORE_WISH_PAUSE, VIEW(""), NULL),
                     ERR_NOT_FOUND);
    assert_int_equal(
        store_list_wishes(fixture->store, FORGE, REPOSITORY, 8, fixture->arena, &items, &count, NULL),
        ERR_OK);
    assert_int_equal(count, 0);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        ROW(commands_wait_for_each_other_and_not_for_a_review),
        ROW(a_review_that_is_asked_for_anew_takes_the_place_of_one_that_runs),
        ROW(those_that_were_heard_and_all_of_the_sender_count),
        ROW(a_wish_holds_until_another_takes_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
