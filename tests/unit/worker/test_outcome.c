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
    stands->body = strdup("as it was posted");
    assert_true(fixture_work(fixture));
    assert_ended(fixture, "d1", STORE_DONE, "posted");
    /* Somebody deleted its comment since: that one alone is posted again. */
    assert_int_equal(fixture->fake.review_count, 2);
    assert_true(fixture->fake.reviews[1].is_note);
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
    assert_ended(fixture, "d2", STORE_DONE, "0 found");
    assert_int_equal(fixture->fake.posts, 1);
    assert_non_null(strstr(fixture->fake.reviews[0].body, "nothing found"));
}

/* The base branch gets a configuration of one line. */
static void configure_base(struct fixture *fixture, const char *line)
{
    char command[TEXT_SIZE], out[TEXT_SIZE];

    snprintf(command, sizeof(command),
             "cd work && echo '%s' > .perf-review.yml && git add -A && git commit -q -m c && "
             "git push -q origin HEAD:main 2>/dev/null && git rev-parse HEAD",
             line);
    fixture_sh(fixture, command, out);
    snprintf(fixture->fake.base, MIRROR_ID_SIZE, "%.40s", out);
}

static void a_mistake_in_the_base_configuration_is_told_in_the_receipt(void **state)
{
    struct fixture *fixture = *state;

    configure_base(fixture, "rulez: 1");
    fixture_commit(fixture, SLOW, fixture->fake.head);
    fixture_deliver(fixture, "d1");
    fixture_work(fixture);
    assert_int_equal(fixture->fake.reviews[0].comments, 1);
    assert_non_null(strstr(fixture->fake.reviews[0].body, ".perf-review.yml:1:1"));
}

static void deliver_text(struct fixture *fixture, const char *text, const char *id)
{
    fixture_later(fixture);
    fixture_commit(fixture, text, fixture->fake.head);
    fixture_deliver(fixture, id);
    assert_true(fixture_work(fixture));
}

static const char SECOND[] = "\n\ndef again(items):\n    kept = []\n    for item in items:\n"
                             "        if item in kept:\n            continue\n        kept.append(item)\n";

static void a_push_edits_the_summary_and_comments_on_what_is_new_alone(void **state)
{
    struct fixture *fixture = slow_change(state);
    char text[1024];

    fixture_work(fixture);
    snprintf(text, sizeof(text), "LIMIT = 3\n" SLOW "%s", SECOND);
    deliver_text(fixture, text, "d2");
    assert_ended(fixture, "d2", STORE_DONE, "posted");
    assert_int_equal(fixture->fake.review_count, 2);
    assert_string_equal(fixture->fake.reviews[0].head, fixture->fake.head);
    assert_non_null(strstr(fixture->fake.reviews[0].body, "2 findings"));
    assert_true(fixture->fake.reviews[1].is_note);
    assert_int_equal(fixture->fake.reviews[1].comments, 1);
    /* Lines moved, nothing is new: the summary alone is edited. */
    snprintf(text, sizeof(text), "LIMIT = 3\nMORE = 4\n" SLOW "%s", SECOND);
    deliver_text(fixture, text, "d3");
    assert_int_equal(fixture->fake.posts, 2);
    assert_int_equal(fixture->fake.updates, 2);
}

static void what_is_gone_is_called_fixed_and_opened_again_when_it_is_back(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture_work(fixture);
    deliver_text(fixture, "X = 2\n", "d2");
    assert_ended(fixture, "d2", STORE_DONE, "");
    assert_string_equal(fixture->fake.threads[0].fixed_in, fixture->fake.head);
    assert_non_null(strstr(fixture->fake.reviews[0].body, "nothing found"));
    deliver_text(fixture, SLOW, "d3");
    assert_string_equal(fixture->fake.threads[0].fixed_in, "");
    assert_int_equal(fixture->fake.thread_count, 1);
    assert_int_equal(fixture->fake.posts, 1);
}

static void a_conversation_with_people_in_it_is_left_alone(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture_work(fixture);
    fixture->fake.threads[0].answered = true;
    deliver_text(fixture, "X = 2\n", "d2");
    assert_string_equal(fixture->fake.threads[0].fixed_in, "");
}

static void what_was_declined_is_listed_once_and_stays_so_without_its_conversation(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture_work(fixture);
    fixture->fake.threads[0].declined = true;
    deliver_text(fixture, "LIMIT = 3\n" SLOW, "d2");
    assert_non_null(strstr(fixture->fake.reviews[0].body, "nothing found"));
    assert_non_null(strstr(fixture->fake.reviews[0].body, "by robin"));
    fixture->fake.thread_count = 0; /* as if somebody had deleted it */
    deliver_text(fixture, "LIMIT = 4\n" SLOW, "d3");
    assert_non_null(strstr(fixture->fake.reviews[0].body, "by robin"));
    assert_int_equal(fixture->fake.thread_count, 0);
    assert_int_equal(fixture->fake.posts, 1);
}

static void a_file_that_is_not_read_ends_no_conversation(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture_work(fixture);
    fixture->settings.limits.file_bytes = 16;
    deliver_text(fixture, "LIMIT = 3\nANOTHER = 5\n", "d2");
    assert_string_equal(fixture->fake.threads[0].fixed_in, "");
}

static void an_edit_whose_outcome_is_unknown_is_looked_up(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture_work(fixture);
    fixture->fake.update_fails = ERR_TIMEOUT;
    fixture->fake.post_works_though = true;
    deliver_text(fixture, "LIMIT = 3\n" SLOW, "d2");
    assert_ended(fixture, "d2", STORE_DONE, "posted");
    fixture->fake.update_fails = ERR_TIMEOUT;
    fixture->fake.post_works_though = false;
    deliver_text(fixture, "LIMIT = 4\n" SLOW, "d3");
    assert_int_equal(fixture_delivery(fixture, "d3").state, STORE_WAITING);
    fixture_later(fixture);
    assert_true(fixture_work(fixture));
    assert_ended(fixture, "d3", STORE_DONE, "posted");
    assert_int_equal(fixture->fake.posts, 1);
}

static void a_head_that_was_there_before_is_reviewed_again(void **state)
{
    struct fixture *fixture = slow_change(state);
    char first[MIRROR_ID_SIZE];

    fixture_work(fixture);
    snprintf(first, sizeof(first), "%s", fixture->fake.head);
    deliver_text(fixture, "X = 2\n", "d2");
    snprintf(fixture->fake.head, MIRROR_ID_SIZE, "%s", first);
    fixture_later(fixture);
    fixture_deliver(fixture, "d3");
    assert_true(fixture_work(fixture));
    assert_string_equal(fixture->fake.reviews[0].head, first);
    assert_string_equal(fixture->fake.threads[0].fixed_in, "");
}

static size_t open_checks(struct fixture *fixture)
{
    const struct store_check *items;
    size_t count = 0;

    if (store_list_checks(fixture->store, VIEW("forge"), VIEW("octo/hello"), 7, fixture->arena, &items,
                          &count, &fixture->err) != ERR_OK)
        fail_msg("%s", fixture->err.message);
    return count;
}

static void a_check_is_opened_and_closed_with_the_review(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture->fake.check_end_fails = ERR_TIMEOUT;
    fixture_work(fixture);
    assert_int_equal(fixture->fake.check_state, FORGE_CHECK_RUNNING);
    assert_int_equal(open_checks(fixture), 1);
    fixture_later(fixture);
    assert_true(fixture_work(fixture));
    assert_int_equal(fixture->fake.check_state, FORGE_CHECK_DONE);
    assert_int_equal(fixture->fake.check_end, FORGE_CHECK_PASSED);
    assert_int_equal(fixture->fake.checks_begun, 1);
    assert_int_equal(open_checks(fixture), 0);
    assert_int_equal(fixture->fake.posts, 1);
}

static void a_check_fails_only_where_the_repository_says_so(void **state)
{
    struct fixture *fixture = *state;

    configure_base(fixture, "fail_on: low");
    fixture_commit(fixture, SLOW, fixture->fake.head);
    fixture_deliver(fixture, "d1");
    fixture_work(fixture);
    assert_int_equal(fixture->fake.check_end, FORGE_CHECK_FAILED);
}

static void a_job_that_fails_for_good_leaves_a_neutral_check(void **state)
{
    struct fixture *fixture = slow_change(state);

    fixture->fake.post_fails = ERR_INVALID;
    fixture->fake.always_fails = true;
    fixture_work(fixture);
    assert_int_equal(fixture_delivery(fixture, "d1").state, STORE_FAILED);
    assert_int_equal(fixture->fake.check_state, FORGE_CHECK_DONE);
    assert_int_equal(fixture->fake.check_end, FORGE_CHECK_NEUTRAL);
    assert_int_equal(open_checks(fixture), 0);
}

static void a_check_that_nobody_will_close_is_closed_in_passing(void **state)
{
    struct fixture *fixture = *state;
    const struct store_check left = {.forge = VIEW("forge"),
                                     .repository = VIEW("octo/hello"),
                                     .number = 7,
                                     .head_sha = VIEW("1111111111111111111111111111111111111111"),
                                     .job = VIEW("dead"),
                                     .check_id = VIEW("c0")};

    fixture->fake.check_state = FORGE_CHECK_RUNNING;
    assert_int_equal(store_put_check(fixture->store, &left, &fixture->err), ERR_OK);
    assert_int_equal(fixture_tidy(fixture), ERR_OK);
    assert_int_equal(fixture->fake.check_state, FORGE_CHECK_DONE);
    assert_int_equal(fixture->fake.check_end, FORGE_CHECK_NEUTRAL);
    assert_int_equal(open_checks(fixture), 0);
    assert_int_equal(fixture_tidy(fixture), ERR_NOT_FOUND);
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
        WORKER_TEST(a_push_edits_the_summary_and_comments_on_what_is_new_alone),
        WORKER_TEST(what_is_gone_is_called_fixed_and_opened_again_when_it_is_back),
        WORKER_TEST(a_conversation_with_people_in_it_is_left_alone),
        WORKER_TEST(what_was_declined_is_listed_once_and_stays_so_without_its_conversation),
        WORKER_TEST(a_file_that_is_not_read_ends_no_conversation),
        WORKER_TEST(an_edit_whose_outcome_is_unknown_is_looked_up),
        WORKER_TEST(a_head_that_was_there_before_is_reviewed_again),
        WORKER_TEST(a_check_is_opened_and_closed_with_the_review),
        WORKER_TEST(a_check_fails_only_where_the_repository_says_so),
        WORKER_TEST(a_job_that_fails_for_good_leaves_a_neutral_check),
        WORKER_TEST(a_check_that_nobody_will_close_is_closed_in_passing),
        WORKER_TEST(a_refused_token_is_tried_again_and_then_tells_what_to_do),
        WORKER_TEST(a_forge_that_asks_to_wait_pauses_its_repository_and_costs_no_attempt),
        WORKER_TEST(a_fault_of_our_own_is_tried_twice),
        WORKER_TEST(a_job_that_a_newer_push_took_over_posts_nothing),
        cmocka_unit_test(waits_double_up_to_a_cap_and_jobs_come_back_apart),
    };

    return cmocka_run_group_tests(tests, fixture_group_setup, fixture_group_teardown);
}
