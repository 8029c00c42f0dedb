/* One job from its lease to its end, with a forge that fails in every way that must not cost a review or give
 * two. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker_fixture.h"

static struct fixture *slow_change(void **state)
{
    struct fixture *fixture = *state;

    fixture_commit(fixture, SLOW, fixture->fake.head);
    fixture_deliver(fixture, "d1");
    return fixture;
}

static struct store_review recorded(struct fixture *fixture, const char *id)
{
    struct store_review review;
    int64_t number = fixture_delivery(fixture, id).review_id;

    if (store_find_review(fixture->store, number, fixture->arena, &review, &fixture->err) != ERR_OK)
        fail_msg("%s", fixture->err.message);
    return review;
}

static void a_change_gets_one_review_with_its_comment_on_the_line(void **state)
{
    struct fixture *fixture = slow_change(state);
    struct store_review review;

    assert_true(fixture_work(fixture));
    assert_ended(fixture, "d1", STORE_DONE, "posted");
    assert_int_equal(fixture->fake.review_count, 1);
    assert_int_equal(fixture->fake.reviews[0].comments, 1);
    assert_int_equal(fixture->fake.reviews[0].line, 4);
    assert_string_equal(fixture->fake.reviews[0].head, fixture->fake.head);
    review = recorded(fixture, "d1");
    assert_true(view_is(review.merge_base, fixture->fake.base));
    assert_true(view_find(review.markdown, VIEW("a.py:4"), 0) != SIZE_MAX);
    assert_true(view_starts(review.json, "{\"version\":1"));
    assert_false(fixture_work(fixture));
}

static void a_second_delivery_of_the_same_head_posts_nothing(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture_work(fixture);
    fixture_deliver(fixture, "d2");
    fixture_work(fixture);
    assert_int_equal(fixture_delivery(fixture, "d2").state, STORE_DONE);
    assert_int_equal(fixture->fake.posts, 1);
}

static void a_replay_makes_the_review_again_and_posts_nothing(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture_work(fixture);
    fixture_later(fixture);
    assert_int_equal(
        store_replay(fixture->store, fixture_delivery(fixture, "d1").id, fixture->now_ms, &fixture->err),
        ERR_OK);
    assert_true(fixture_work(fixture));
    assert_ended(fixture, "d1", STORE_DONE, "already posted");
    assert_int_equal(fixture->fake.posts, 1);
    assert_int_equal(recorded(fixture, "d1").posted_ms, fixture->now_ms);
}

static void an_unknown_outcome_is_looked_up_and_the_review_that_stands_is_kept(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture->fake.post_fails = ERR_TIMEOUT;
    fixture->fake.post_works_though = true;
    assert_true(fixture_work(fixture));
    assert_ended(fixture, "d1", STORE_DONE, "posted");
    assert_int_equal(fixture->fake.posts, 1);
    assert_true(recorded(fixture, "d1").markdown.len > 0);
}

static void an_unknown_outcome_without_a_review_is_tried_again(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture->fake.post_fails = ERR_TIMEOUT;
    assert_true(fixture_work(fixture));
    assert_int_equal(fixture_delivery(fixture, "d1").state, STORE_WAITING);
    assert_false(fixture_work(fixture)); /* not before its time */
    fixture_later(fixture);
    assert_true(fixture_work(fixture));
    assert_ended(fixture, "d1", STORE_DONE, "posted");
    assert_int_equal(fixture->fake.review_count, 1);
}

static void a_review_that_was_posted_and_not_recorded_is_recorded(void **state)
{
    struct fixture *fixture = slow_change(state);
    struct fake_review *stands = &fixture->fake.reviews[fixture->fake.review_count++];

    snprintf(stands->head, sizeof(stands->head), "%s", fixture->fake.head);
    snprintf(stands->job, sizeof(stands->job), "died");
    assert_true(fixture_work(fixture));
    assert_ended(fixture, "d1", STORE_DONE, "already posted");
    assert_int_equal(fixture->fake.posts, 0);
    assert_true(recorded(fixture, "d1").markdown.len > 0);
}

static void a_head_that_moved_gets_no_verdict_and_the_new_head_does(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture_commit(fixture, "LIMIT = 1\n" SLOW, fixture->fake.head_after);
    assert_true(fixture_work(fixture));
    assert_int_equal(fixture->fake.posts, 0);
    assert_ended(fixture, "d1", STORE_WAITING, "the head moved");
    fixture_later(fixture);
    assert_true(fixture_work(fixture));
    assert_int_equal(fixture->fake.review_count, 1);
    assert_string_equal(fixture->fake.reviews[0].head, fixture->fake.head_after);
    assert_int_equal(fixture->fake.reviews[0].line, 5);
}

static void drafts_and_closed_pull_requests_are_skipped(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture->fake.draft = true;
    fixture_work(fixture);
    assert_ended(fixture, "d1", STORE_SKIPPED, "draft");
    fixture->fake.closed = true;
    fixture_deliver(fixture, "d2");
    fixture_work(fixture);
    assert_ended(fixture, "d2", STORE_SKIPPED, "closed");
    assert_int_equal(fixture->fake.posts, 0);
}

static void refused_comments_go_into_the_summary(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture->fake.refuse_comments = true;
    assert_true(fixture_work(fixture));
    assert_ended(fixture, "d1", STORE_DONE, "posted");
    assert_int_equal(fixture->fake.review_count, 1);
    assert_int_equal(fixture->fake.reviews[0].comments, 0);
    assert_non_null(strstr(fixture->fake.reviews[0].body, "a.py:4"));
}

static void a_change_with_nothing_to_say_is_recorded_and_not_posted(void **state)
{
    struct fixture *fixture = *state;

    fixture_commit(fixture, "X = 2\n", fixture->fake.head);
    fixture_deliver(fixture, "d1");
    assert_true(fixture_work(fixture));
    assert_ended(fixture, "d1", STORE_DONE, "nothing to say: 1 files");
    assert_int_equal(fixture->fake.posts, 0);
    assert_true(recorded(fixture, "d1").markdown.len > 0);
}

static void the_base_revision_switches_rules_off_and_the_head_does_not(void **state)
{
    struct fixture *fixture = *state;
    char out[TEXT_SIZE];

    fixture_sh(fixture,
               "cd work && printf 'hot: [\"**/*.py:unique\", \"a.*\"]\\nrules: {py-membership-in-list: "
               "off}\\n' > .perf-review.yml",
               out);
    fixture_commit(fixture, SLOW, fixture->fake.head);
    fixture_deliver(fixture, "d1");
    fixture_work(fixture);
    assert_int_equal(fixture->fake.reviews[0].comments, 1);
    /* The same on top of it: now it stands in the base. */
    snprintf(fixture->fake.base, MIRROR_ID_SIZE, "%s", fixture->fake.head);
    fixture_commit(fixture,
                   SLOW "\n\n"
                        "def again(items):\n    seen = []\n    for item in items:\n"
                        "        if item in seen:\n            seen.append(item)\n",
                   fixture->fake.head);
    fixture_deliver(fixture, "d2");
    fixture_work(fixture);
    assert_ended(fixture, "d2", STORE_DONE, "nothing to say");
}

static void a_mistake_in_the_base_configuration_is_told_in_the_receipt(void **state)
{
    struct fixture *fixture = *state;
    char out[TEXT_SIZE];

    fixture_sh(fixture,
               "cd work && printf 'rulez: 1\\n' > .perf-review.yml && git add -A && git commit -q -m c && "
               "git push -q origin HEAD:main 2>/dev/null && git rev-parse HEAD",
               out);
    snprintf(fixture->fake.base, MIRROR_ID_SIZE, "%.40s", out);
    fixture_commit(fixture, SLOW, fixture->fake.head);
    fixture_deliver(fixture, "d1");
    fixture_work(fixture);
    assert_int_equal(fixture->fake.reviews[0].comments, 1);
    assert_non_null(strstr(fixture->fake.reviews[0].body, ".perf-review.yml:1:1"));
}

static void a_refused_token_is_tried_again_and_then_tells_what_to_do(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture->fake.pull_fails = ERR_DENIED;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fixture_delivery(fixture, "d1").state, STORE_WAITING);
        assert_true(fixture_work(fixture));
        fixture_later(fixture);
    }
    assert_ended(fixture, "d1", STORE_FAILED, "deliveries replay");
    assert_ended(fixture, "d1", STORE_FAILED, "review octo/hello#7");
}

static void a_forge_that_asks_to_wait_pauses_its_repository_and_costs_no_attempt(void **state)
{
    struct fixture *fixture = slow_change(state);
    int64_t until = 0;

    fixture->fake.pull_fails = ERR_UNAVAILABLE;
    fixture->fake.retry_after_ms = 5000;
    for (int i = 0; i < 5; i++) { /* more often than there are attempts */
        assert_true(fixture_work(fixture));
        assert_int_equal(store_paused_until(fixture->store, VIEW("forge"), VIEW("octo/hello"),
                                            fixture->now_ms, &until, &fixture->err),
                         ERR_OK);
        assert_int_equal(until, fixture->now_ms + 5000);
        assert_false(fixture_work(fixture));
        fixture_later(fixture);
    }
    fixture->fake.pull_fails = ERR_OK;
    assert_true(fixture_work(fixture));
    assert_ended(fixture, "d1", STORE_DONE, "posted");
}

static void a_fault_of_our_own_is_tried_twice(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture->fake.pull_fails = ERR_INTERNAL;
    assert_true(fixture_work(fixture));
    fixture_later(fixture);
    assert_true(fixture_work(fixture));
    assert_ended(fixture, "d1", STORE_FAILED, "as it was told");
}

static void a_job_that_a_newer_push_took_over_posts_nothing(void **state)
{
    struct fixture *fixture = slow_change(state);
    struct store_job job;
    struct err err = {0};

    assert_int_equal(
        store_lease_job(fixture->store, VIEW("tester"), fixture->now_ms, 1000, fixture->arena, &job, &err),
        ERR_OK);
    fixture_commit(fixture, "LIMIT = 1\n" SLOW, fixture->fake.head);
    fixture_deliver(fixture, "d2");
    assert_int_equal(store_renew(fixture->store, &job, fixture->now_ms + 1000, &err), ERR_SUPERSEDED);
    assert_true(fixture_work(fixture));
    assert_ended(fixture, "d1", STORE_SUPERSEDED, "newer push");
    assert_ended(fixture, "d2", STORE_DONE, "posted");
    assert_int_equal(fixture->fake.posts, 1);
}

static void waits_double_up_to_a_cap_and_jobs_come_back_apart(void **state)
{
    int64_t before = 0;
    bool apart = false;

    (void)state;
    for (int64_t attempt = 1; attempt < 12; attempt++) {
        int64_t wait = outcome_backoff_ms(10000, 1, attempt);

        assert_true(wait >= before * 3 / 4 && wait <= OUTCOME_BACKOFF_MAX_MS);
        assert_int_equal(wait, outcome_backoff_ms(10000, 1, attempt));
        apart = apart || wait != outcome_backoff_ms(10000, 2, attempt);
        before = wait;
    }
    assert_true(before >= OUTCOME_BACKOFF_MAX_MS * 3 / 4);
    assert_true(apart);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKER_TEST(a_change_gets_one_review_with_its_comment_on_the_line),
        WORKER_TEST(a_second_delivery_of_the_same_head_posts_nothing),
        WORKER_TEST(a_replay_makes_the_review_again_and_posts_nothing),
        WORKER_TEST(an_unknown_outcome_is_looked_up_and_the_review_that_stands_is_kept),
        WORKER_TEST(an_unknown_outcome_without_a_review_is_tried_again),
        WORKER_TEST(a_review_that_was_posted_and_not_recorded_is_recorded),
        WORKER_TEST(a_head_that_moved_gets_no_verdict_and_the_new_head_does),
        WORKER_TEST(drafts_and_closed_pull_requests_are_skipped),
        WORKER_TEST(refused_comments_go_into_the_summary),
        WORKER_TEST(a_change_with_nothing_to_say_is_recorded_and_not_posted),
        WORKER_TEST(the_base_revision_switches_rules_off_and_the_head_does_not),
        WORKER_TEST(a_mistake_in_the_base_configuration_is_told_in_the_receipt),
        WORKER_TEST(a_refused_token_is_tried_again_and_then_tells_what_to_do),
        WORKER_TEST(a_forge_that_asks_to_wait_pauses_its_repository_and_costs_no_attempt),
        WORKER_TEST(a_fault_of_our_own_is_tried_twice),
        WORKER_TEST(a_job_that_a_newer_push_took_over_posts_nothing),
        cmocka_unit_test(waits_double_up_to_a_cap_and_jobs_come_back_apart),
    };

    return cmocka_run_group_tests(tests, fixture_group_setup, fixture_group_teardown);
}
