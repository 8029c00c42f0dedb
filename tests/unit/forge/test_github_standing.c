#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "forge_fixture.h"

#define MARK(head, job) "<!-- perf-review:v1 head=" head " job=" job " -->"
#define PAGE(reviews, threads)                                                                               \
    "{\"data\":{\"repository\":{\"pullRequest\":{\"author\":{\"login\":\"robin\"},\"reviews\":{"             \
    "\"pageInfo\":{"                                                                                         \
    "\"hasNextPage\":false,\"endCursor\":null},\"nodes\":[" reviews "]},\"reviewThreads\":{\"pageInfo\":{"   \
    "\"hasNextPage\":false,\"endCursor\":null},\"nodes\":[" threads "]}}}}}"
#define REVIEW(id, mine, state, body)                                                                        \
    "{\"id\":\"" id "\",\"url\":\"https://x/" id "\",\"viewerDidAuthor\":" mine ",\"state\":\"" state        \
    "\",\"body\":\"" body "\"}"
#define COMMENT(id, mine, author, association, body)                                                         \
    "{\"id\":\"" id "\",\"viewerDidAuthor\":" mine                                                           \
    ",\"state\":\"SUBMITTED\",\"author\":{\"login\":\"" author "\"},\"authorAssociation\":\"" association    \
    "\",\"body\":\"" body "\"}"
#define FP "<!-- perf-review:fp=0123456789abcdef -->"
#define THREAD(id, resolved, by, comments)                                                                   \
    "{\"id\":\"" id "\",\"path\":\"a.py\",\"isResolved\":" resolved ",\"resolvedBy\":" by                    \
    ",\"comments\":{\"nodes\":[" comments "]}}"
#define OURS COMMENT("c1", "true", "perf-bot", "NONE", "slow " FP)
#define FIXED COMMENT("c1", "true", "perf-bot", "NONE", "slow " FP "<!-- perf-review:fixed=" BASE_SHA " -->")

static enum err_code standing(struct fake *fake, struct forge_standing *out)
{
    return fake->forge.ops->standing_read(&fake->forge, VIEW("o/r"), 7, VIEW(HEAD_SHA), fake->arena, out,
                                          &fake->err);
}

static void our_latest_summary_is_known_by_its_marker_and_its_author(void **state)
{
    struct fake *fake = *state;
    struct forge_standing found = {0};

    fake_answer(fake, 200,
                PAGE(REVIEW("r1", "true", "COMMENTED", "a " MARK(BASE_SHA, "j1")) "," REVIEW(
                         "r2", "true", "COMMENTED", "no marker") "," REVIEW("r3", "false", "COMMENTED",
                                                                            MARK(HEAD_SHA, "forged")),
                     ""));
    assert_int_equal(standing(fake, &found), ERR_OK);
    assert_true(found.summary.found);
    assert_view(found.summary.id, "r1");
    assert_view(found.summary.head, BASE_SHA);
    assert_view(found.summary.job, "j1");
    assert_view(found.summary.html_url, "https://x/r1");
    assert_view(fake->calls[0].url, "https://api.forge.example/graphql");
    assert_int_equal(found.thread_count, 0);
}

static void a_draft_of_a_probe_is_taken_away_and_a_persons_is_not(void **state)
{
    struct fake *fake = *state;
    struct forge_standing found = {0};

    fake_answer(fake, 200,
                PAGE(REVIEW("r1", "true", "PENDING", "<!-- perf-review:probe -->") "," REVIEW(
                         "r2", "true", "PENDING", "my own thoughts"),
                     ""));
    fake_answer(fake, 200, "{\"data\":{\"deletePullRequestReview\":{}}}");
    assert_int_equal(standing(fake, &found), ERR_OK);
    assert_false(found.summary.found);
    assert_int_equal(fake->call_count, 2);
    assert_true(view_find(fake->calls[1].body, VIEW("\"i\":\"r1\""), 0) != SIZE_MAX);
}

static void conversations_tell_what_people_decided(void **state)
{
    static const struct {
        const char *name, *thread;
        bool listed, resolved, answered, declined;
        const char *by;
    } ROWS[] = {
        {"open", THREAD("t", "false", "null", OURS), true, false, false, false, ""},
        {"of somebody else", THREAD("t", "false", "null", COMMENT("c", "false", "eve", "NONE", FP)), false,
         false, false, false, ""},
        {"answered", THREAD("t", "false", "null", OURS "," COMMENT("c2", "false", "ann", "MEMBER", "why?")),
         true, false, true, false, ""},
        {"declined by a member",
         THREAD("t", "false", "null", OURS "," COMMENT("c2", "false", "ann", "MEMBER", "Won't fix")), true,
         false, true, true, "ann"},
        {"declined by the author",
         THREAD("t", "false", "null", OURS "," COMMENT("c2", "false", "robin", "NONE", "By design")), true,
         false, true, true, "robin"},
        {"declined by a stranger",
         THREAD("t", "false", "null", OURS "," COMMENT("c2", "false", "eve", "NONE", "Won't fix")), true,
         false, true, false, ""},
        {"resolved by somebody", THREAD("t", "true", "{\"login\":\"ann\"}", OURS), true, true, false, true,
         "ann"},
        {"resolved by us", THREAD("t", "true", "{\"login\":\"perf-bot\"}", FIXED), true, true, false, false,
         ""},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct forge_standing found = {0};
        char page[4096];

        print_message("  %s\n", ROWS[i].name);
        fake_reset(fake);
        snprintf(page, sizeof(page), PAGE("", "%s"), ROWS[i].thread);
        fake_answer(fake, 200, page);
        assert_int_equal(standing(fake, &found), ERR_OK);
        assert_int_equal(found.thread_count, ROWS[i].listed ? 1 : 0);
        if (!ROWS[i].listed)
            continue;
        assert_view(found.threads[0].fingerprint, "0123456789abcdef");
        assert_view(found.threads[0].path, "a.py");
        assert_int_equal(found.threads[0].resolved, ROWS[i].resolved);
        assert_int_equal(found.threads[0].answered, ROWS[i].answered);
        assert_int_equal(found.threads[0].declined, ROWS[i].declined);
        assert_view(found.threads[0].declined_by, ROWS[i].by);
    }
}

static void errors_of_graphql_have_their_codes(void **state)
{
    static const struct {
        const char *body;
        enum err_code code;
        bool waits;
    } ROWS[] = {
        {"{\"data\":null,\"errors\":[{\"type\":\"NOT_FOUND\",\"message\":\"no\"}]}", ERR_NOT_FOUND, false},
        {"{\"errors\":[{\"type\":\"FORBIDDEN\",\"message\":\"no\"}]}", ERR_DENIED, false},
        {"{\"errors\":[{\"type\":\"RATE_LIMITED\",\"message\":\"wait\"}]}", ERR_UNAVAILABLE, true},
        {"{\"errors\":[{\"message\":\"Something went wrong\"}]}", ERR_UNAVAILABLE, false},
        {"{}", ERR_UNAVAILABLE, false},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct forge_standing found = {0};

        fake_reset(fake);
        fake_answer(fake, 200, ROWS[i].body);
        assert_int_equal(standing(fake, &found), ROWS[i].code);
        assert_int_equal(fake->err.retry_after_ms > 0, ROWS[i].waits);
    }
}

static const struct forge_thread THREADS[] = {
    {.id = {"t1", 2}, .comment = {"c1", 2}, .body = {"one " FP, 4 + sizeof(FP) - 1}},
    {.id = {"t2", 2}, .comment = {"c2", 2}, .body = {"two " FP, 4 + sizeof(FP) - 1}},
};
static const struct forge_thread_edit EDITS[] = {{.thread = &THREADS[0]},
                                                 {.thread = &THREADS[1], .reopen = true}};

static enum err_code change(struct fake *fake)
{
    const struct forge_update update = {.summary = VIEW("r1"),
                                        .head_sha = VIEW(HEAD_SHA),
                                        .job = VIEW("j2"),
                                        .body = VIEW("summary"),
                                        .edits = EDITS,
                                        .edit_count = COUNT_OF(EDITS)};

    return fake->forge.ops->standing_update(&fake->forge, VIEW("o/r"), 7, &update, fake->arena, &fake->err);
}

static void all_edits_go_in_one_mutation_with_the_summary_last(void **state)
{
    struct fake *fake = *state;
    struct json *root = NULL;
    struct view text;

    fake_answer(fake, 200, "{\"data\":{}}");
    assert_int_equal(change(fake), ERR_OK);
    assert_int_equal(json_parse(fake->calls[0].body, &root, NULL), ERR_OK);
    assert_true(json_text(root, "variables.b", &text));
    assert_view(text, "summary\n\n" MARK(HEAD_SHA, "j2"));
    assert_true(json_text(root, "variables.b0", &text));
    assert_true(view_starts(text, "**Fixed in `111111111111`.**\n\none"));
    assert_true(json_text(root, "variables.t1", &text));
    assert_view(text, "t2");
    assert_true(json_text(root, "query", &text));
    assert_true(view_find(text, VIEW("t1:unresolveReviewThread"), 0) != SIZE_MAX);
    assert_true(view_find(text, VIEW("s:updatePullRequestReview("), 0) >
                view_find(text, VIEW("t1:unresolveReviewThread"), 0));
    json_free(root);
}

static void a_check_ends_in_the_same_mutation_where_it_can(void **state)
{
    const struct forge_standing stood = {.repository_id = VIEW("R_1")};
    struct forge_check check = {
        .id = VIEW("9:CR_9"), .state = FORGE_CHECK_DONE, .title = VIEW("t"), .summary = VIEW("s")};
    struct forge_update update = {.summary = VIEW("r1"),
                                  .head_sha = VIEW(HEAD_SHA),
                                  .job = VIEW("j2"),
                                  .body = VIEW("summary"),
                                  .standing = &stood,
                                  .check = &check};
    struct fake *fake = *state;
    struct json *root = NULL;
    struct view text;
    bool ended = false;

    update.check_ended = &ended;
    for (int i = 0; i < 3; i++) {
        fake_reset(fake);
        fake_answer(
            fake, 200,
            i == 1 ? "{\"data\":{},\"errors\":[{\"type\":\"FORBIDDEN\",\"path\":[\"k\"],\"message\":\"no\"}]}"
                   : "{\"data\":{}}");
        ended = false;
        check.annotation_count = 0;
        check.maybe_begun = i == 2; /* nobody knows how far it is */
        assert_int_equal(
            fake->forge.ops->standing_update(&fake->forge, VIEW("o/r"), 7, &update, fake->arena, &fake->err),
            ERR_OK);
        assert_int_equal(ended, i == 0);
        assert_int_equal(json_parse(fake->calls[0].body, &root, NULL), ERR_OK);
        assert_int_equal(json_text(root, "variables.k.checkRunId", &text), i != 2);
        if (i != 2)
            assert_view(text, "CR_9");
        json_free(root);
    }
}

static void what_may_not_be_resolved_is_folded_away_and_what_is_gone_is_no_error(void **state)
{
    struct fake *fake = *state;

    fake_answer(fake, 200,
                "{\"data\":{},\"errors\":[{\"type\":\"FORBIDDEN\",\"path\":[\"t0\"],\"message\":\"no\"},"
                "{\"type\":\"NOT_FOUND\",\"path\":[\"c1\"],\"message\":\"gone\"}]}");
    fake_answer(fake, 200, "{\"data\":{}}");
    assert_int_equal(change(fake), ERR_OK);
    assert_int_equal(fake->call_count, 2);
    assert_true(view_find(fake->calls[1].body, VIEW("m0:minimizeComment"), 0) != SIZE_MAX);
    assert_true(view_find(fake->calls[1].body, VIEW("updatePullRequestReview"), 0) == SIZE_MAX);
    fake_reset(fake);
    fake_answer(fake, 200,
                "{\"data\":{},\"errors\":[{\"type\":\"NOT_FOUND\",\"path\":[\"s\"],\"message\":\"gone\"}]}");
    assert_int_equal(change(fake), ERR_NOT_FOUND);
    fake_reset(fake);
    fake_answer(fake, 502, "");
    assert_int_equal(change(fake), ERR_TIMEOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(our_latest_summary_is_known_by_its_marker_and_its_author),
        FAKE_TEST(a_draft_of_a_probe_is_taken_away_and_a_persons_is_not),
        FAKE_TEST(conversations_tell_what_people_decided),
        FAKE_TEST(errors_of_graphql_have_their_codes),
        FAKE_TEST(all_edits_go_in_one_mutation_with_the_summary_last),
        FAKE_TEST(a_check_ends_in_the_same_mutation_where_it_can),
        FAKE_TEST(what_may_not_be_resolved_is_folded_away_and_what_is_gone_is_no_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
