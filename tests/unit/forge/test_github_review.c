#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "forge_fixture.h"

#define MARK "<!-- perf-review:v1 head=" HEAD_SHA " job=j1 -->"
#define OURS                                                                                                 \
    "{\"id\":80,\"html_url\":\"https://x/"                                                                   \
    "80\",\"user\":{\"login\":\"perf-bot\",\"type\":\"User\"},\"body\":\"sum " MARK "\"}"
#define OLDER                                                                                                \
    "{\"id\":79,\"user\":{\"login\":\"perf-bot\",\"type\":\"User\"},\"body\":\"<!-- perf-review:v1 "         \
    "head=" BASE_SHA " job=j0 -->\"}"
#define FORGED "{\"id\":81,\"user\":{\"login\":\"author\",\"type\":\"User\"},\"body\":\"" MARK "\"}"
#define BOT                                                                                                  \
    "{\"id\":82,\"html_url\":\"h\",\"user\":{\"login\":\"app[bot]\",\"type\":\"Bot\"},\"body\":\"" MARK "\"" \
    "}"
#define GHOST "{\"id\":83,\"user\":null,\"body\":null}"

static enum err_code find(struct fake *fake, struct forge_posted *out)
{
    return fake->forge.ops->review_find(&fake->forge, VIEW("o/r"), 7, VIEW(HEAD_SHA), fake->arena, out,
                                        &fake->err);
}

static void only_our_own_review_of_this_head_is_found(void **state)
{
    static const struct {
        const char *name, *login, *body;
        const char *id; /* NULL: not found */
    } ROWS[] = {
        {"none", "perf-bot", "[]", NULL},
        {"ours", "perf-bot", "[" OLDER "," GHOST "," OURS "]", "80"},
        {"of an older head", "perf-bot", "[" OLDER "]", NULL},
        {"by somebody else", "perf-bot", "[" FORGED "," BOT "]", NULL},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct forge_posted posted = {0};

        print_message("  %s\n", ROWS[i].name);
        fake_reset(fake);
        fake->forge.login = view_of(ROWS[i].login);
        fake_answer(fake, 200, ROWS[i].body);
        assert_int_equal(find(fake, &posted), ERR_OK);
        assert_int_equal(posted.found, ROWS[i].id != NULL);
        if (ROWS[i].id) {
            assert_view(posted.id, ROWS[i].id);
            assert_view(posted.job, "j1");
            assert_view(posted.html_url, "https://x/80");
        }
    }
}

static void without_a_known_login_the_token_is_asked(void **state)
{
    struct fake *fake = *state;
    struct forge_posted posted = {0};

    fake->forge.login = (struct view){0};
    fake_answer(fake, 200, "{\"login\":\"perf-bot\"}");
    fake_answer(fake, 200, "[" FORGED "," OURS "]");
    assert_int_equal(find(fake, &posted), ERR_OK);
    assert_view(posted.id, "80");
    assert_view(fake->calls[0].url, "https://api.forge.example/user");
    fake_reset(fake);
    fake_answer(fake, 403, "{\"message\":\"Resource not accessible by integration\"}");
    fake_answer(fake, 200, "[" FORGED "," BOT "]");
    assert_int_equal(find(fake, &posted), ERR_OK);
    assert_view(posted.id, "82");
    fake_reset(fake);
    fake_answer(fake, 500, "");
    assert_int_equal(find(fake, &posted), ERR_UNAVAILABLE);
}

static void pages_are_followed_below_the_api_only(void **state)
{
    struct fake *fake = *state;
    struct forge_posted posted = {0};

    fake_answer(fake, 200, "[" OLDER "]");
    fake->replies[0].headers[0] =
        (struct http_header){VIEW("Link"), VIEW("<https://api.forge.example/r?page=1>; rel=\"prev\", "
                                                "<https://api.forge.example/r?page=2>; rel=\"next\"")};
    fake_answer(fake, 200, "[" OURS "]");
    assert_int_equal(find(fake, &posted), ERR_OK);
    assert_true(posted.found);
    assert_view(fake->calls[1].url, "https://api.forge.example/r?page=2");
    fake_reset(fake);
    fake_answer(fake, 200, "[" OLDER "]");
    fake->replies[0].headers[0] =
        (struct http_header){VIEW("Link"), VIEW("<https://api.forge.example.evil/r?page=2>; rel=\"next\"")};
    assert_int_equal(find(fake, &posted), ERR_INTERNAL);
    fake_reset(fake);
    fake_answer(fake, 200, "{}");
    assert_int_equal(find(fake, &posted), ERR_INTERNAL);
}

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

    fake_answer(fake, 200, OURS);
    assert_int_equal(
        fake->forge.ops->review_post(&fake->forge, VIEW("o/r"), 7, &review, fake->arena, &posted, &fake->err),
        ERR_OK);
    assert_true(posted.found);
    assert_view(posted.id, "80");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(only_our_own_review_of_this_head_is_found),
        FAKE_TEST(without_a_known_login_the_token_is_asked),
        FAKE_TEST(pages_are_followed_below_the_api_only),
        FAKE_TEST(a_review_is_sent_whole_with_its_marker),
        FAKE_TEST(a_path_that_json_cannot_say_is_refused_before_it_is_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
