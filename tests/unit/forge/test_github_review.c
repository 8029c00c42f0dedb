#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "forge_fixture.h"

#define MARK "<!-- perf-review:v1 head=" HEAD_SHA " job=j1 -->"
#define POSTED "{\"id\":80,\"node_id\":\"PRR_80\",\"html_url\":\"https://x/80\"}"

static void a_review_is_sent_whole_with_its_marker(void **state)
{
    static const struct forge_comment COMMENTS[] = {
        {.path = {"a b.py", 6}, .line = 42, .start_line = 40, .body = {"one", 3}},
        {.path = {"c.py", 4}, .line = 1, .side = FORGE_SIDE_BASE, .body = {"t\"wo", 4}},
    };
    struct fake *fake = *state;
    const struct forge_review review = {.head_sha = VIEW(HEAD_SHA),
                                        .job = VIEW("j1"),
                                        .body = VIEW("summary\nof it"),
                                        .comments = COMMENTS,
                                        .comment_count = COUNT_OF(COMMENTS)};
    struct forge_posted posted;

    fake_answer(fake, 200, POSTED);
    assert_int_equal(
        fake->forge.ops->review_post(&fake->forge, VIEW("o/r"), 7, &review, fake->arena, &posted, &fake->err),
        ERR_OK);
    assert_true(posted.found);
    assert_view(posted.id, "PRR_80");
    assert_view(posted.html_url, "https://x/80");
    assert_view(fake->calls[0].method, "POST");
    assert_view(fake->calls[0].url, "https://api.forge.example/repos/o/r/pulls/7/reviews");
    assert_view(fake_sent_header(&fake->calls[0], "content-type"), "application/json");
    assert_view(fake->calls[0].body,
                "{\"commit_id\":\"" HEAD_SHA "\",\"event\":\"COMMENT\",\"body\":\"summary\\nof it\\n\\n" MARK
                "\",\"comments\":[{\"path\":\"a b.py\",\"line\":42,\"side\":\"RIGHT\",\"start_line\":40,"
                "\"start_side\":\"RIGHT\",\"body\":\"one\"},{\"path\":\"c.py\",\"line\":1,\"side\":\"LEFT\","
                "\"body\":\"t\\\"wo\"}]}");
}

static void a_path_that_json_cannot_say_is_refused_before_it_is_sent(void **state)
{
    static const struct forge_comment COMMENT = {.path = {"caf\351.py", 7}, .line = 1, .body = {"x", 1}};
    struct fake *fake = *state;
    const struct forge_review review = {
        .head_sha = VIEW(HEAD_SHA), .job = VIEW("j1"), .comments = &COMMENT, .comment_count = 1};
    struct forge_posted posted;

    assert_int_equal(
        fake->forge.ops->review_post(&fake->forge, VIEW("o/r"), 7, &review, fake->arena, &posted, &fake->err),
        ERR_INVALID);
    assert_int_equal(fake->call_count, 0);
}

static const struct forge_comment FOUR[] = {
    {.path = {"a.py", 4}, .line = 1, .body = {"1", 1}},
    {.path = {"a.py", 4}, .line = 2, .body = {"2", 1}},
    {.path = {"a.py", 4}, .line = 3, .body = {"3", 1}},
    {.path = {"a.py", 4}, .line = 4, .body = {"4", 1}},
};

static enum err_code sift(struct fake *fake, bool refused[4])
{
    const struct forge_review review = {.head_sha = VIEW(HEAD_SHA),
                                        .job = VIEW("j1"),
                                        .body = VIEW("s"),
                                        .comments = FOUR,
                                        .comment_count = COUNT_OF(FOUR)};

    return fake->forge.ops->review_sift(&fake->forge, VIEW("o/r"), 7, &review, fake->arena, refused,
                                        &fake->err);
}

static void refuse(struct fake *fake)
{
    fake_answer(fake, 422, "{\"message\":\"Unprocessable Entity\",\"errors\":[\"not part of the diff\"]}");
}

static void take(struct fake *fake)
{
    fake_answer(fake, 200, "{\"id\":5,\"state\":\"PENDING\"}");
    fake_answer(fake, 200, "{\"id\":5}");
}

static void the_refused_comment_is_found_with_drafts_that_are_taken_away(void **state)
{
    struct fake *fake = *state;
    bool refused[4];

    refuse(fake); /* all four */
    take(fake);   /* 1, 2: so it is 3 or 4 */
    refuse(fake); /* 3 */
    take(fake);   /* 4 */
    assert_int_equal(sift(fake, refused), ERR_OK);
    assert_false(refused[0] || refused[1] || refused[3]);
    assert_true(refused[2]);
    for (size_t i = 0; i < fake->call_count; i++) {
        if (view_is(fake->calls[i].method, "DELETE"))
            assert_view(fake->calls[i].url, "https://api.forge.example/repos/o/r/pulls/7/reviews/5");
        else /* never submitted */
            assert_true(view_find(fake->calls[i].body, VIEW("\"event\""), 0) == SIZE_MAX);
    }
    fake_reset(fake);
    take(fake); /* all four: then it was the body */
    assert_int_equal(sift(fake, refused), ERR_OK);
    assert_false(refused[0] || refused[1] || refused[2] || refused[3]);
    fake_reset(fake);
    refuse(fake);
    fake_answer(fake, 502, "");
    assert_int_equal(sift(fake, refused), ERR_TIMEOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(a_review_is_sent_whole_with_its_marker),
        FAKE_TEST(a_path_that_json_cannot_say_is_refused_before_it_is_sent),
        FAKE_TEST(the_refused_comment_is_found_with_drafts_that_are_taken_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
