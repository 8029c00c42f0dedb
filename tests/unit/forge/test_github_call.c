#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge_fixture.h"

static const char PULL[] =
    "{\"number\":7,\"state\":\"open\",\"draft\":true,\"locked\":true,\"title\":\"t\",\"html_url\":\"https://"
    "x/7\","
    "\"head\":{\"sha\":\"" HEAD_SHA "\",\"ref\":\"topic\",\"repo\":null},\"base\":{\"sha\":\"" BASE_SHA
    "\",\"ref\":\"main\"}}";

static void a_pull_request_is_read_with_the_headers_github_wants(void **state)
{
    struct fake *fake = *state;
    struct forge_pull pull;

    fake_answer(fake, 200, PULL);
    assert_int_equal(
        fake->forge.ops->pull_get(&fake->forge, VIEW("octo/hello"), 7, NULL, fake->arena, &pull, &fake->err),
        ERR_OK);
    assert_view(pull.head_sha, HEAD_SHA);
    assert_view(pull.base_sha, BASE_SHA);
    assert_view(pull.base_ref, "main");
    assert_view(pull.html_url, "https://x/7");
    assert_true(pull.open && pull.draft && pull.locked);
    assert_view(fake->calls[0].method, "GET");
    assert_view(fake->calls[0].url, "https://api.forge.example/repos/octo/hello/pulls/7");
    assert_view(fake_sent_header(&fake->calls[0], "accept"), "application/vnd.github+json");
    assert_view(fake_sent_header(&fake->calls[0], "x-github-api-version"), "2022-11-28");
    assert_true(view_starts(fake_sent_header(&fake->calls[0], "user-agent"), "perf-review/"));
    assert_view(fake_sent_header(&fake->calls[0], "authorization"), "Bearer ghs_0123456789abcdef0123");
    fake_reset(fake);
    fake->forge.token = (struct view){0};
    fake_answer(fake, 200, PULL);
    assert_int_equal(
        fake->forge.ops->pull_get(&fake->forge, VIEW("octo/hello"), 7, NULL, fake->arena, &pull, &fake->err),
        ERR_OK);
    assert_int_equal(fake_sent_header(&fake->calls[0], "authorization").len, 0);
}

static void names_are_checked_before_they_reach_an_address(void **state)
{
    struct fake *fake = *state;
    struct forge_pull pull;
    struct view sha;

    assert_int_equal(
        fake->forge.ops->pull_get(&fake->forge, VIEW("../../user"), 7, NULL, fake->arena, &pull, &fake->err),
        ERR_INVALID);
    assert_int_equal(fake->forge.ops->merge_base(&fake->forge, VIEW("o/r"), VIEW("main"), VIEW(HEAD_SHA),
                                                 fake->arena, &sha, &fake->err),
                     ERR_INVALID);
    assert_int_equal(fake->call_count, 0);
}

static void the_merge_base_is_what_the_forge_says(void **state)
{
    struct fake *fake = *state;
    struct view sha;

    fake_answer(fake, 200,
                "{\"status\":\"diverged\",\"merge_base_commit\":{\"sha\":\"" BASE_SHA "\"},\"files\":[]}");
    assert_int_equal(fake->forge.ops->merge_base(&fake->forge, VIEW("o/r"), VIEW(BASE_SHA), VIEW(HEAD_SHA),
                                                 fake->arena, &sha, &fake->err),
                     ERR_OK);
    assert_view(sha, BASE_SHA);
    assert_view(fake->calls[0].url,
                "https://api.forge.example/repos/o/r/compare/" BASE_SHA "..." HEAD_SHA "?per_page=1");
}

static void each_answer_has_its_code(void **state)
{
    const struct {
        const char *name;
        struct fake_reply reply;
        enum err_code read, post; /* the same answer to a GET and to the POST of a review */
        int64_t pause_ms;
        const char *says;
    } ROWS[] = {
        {"token",
         {.status = 401, .body = "{\"message\":\"Bad credentials\"}"},
         ERR_DENIED,
         ERR_DENIED,
         0,
         "Bad credentials"},
        {"permission",
         {.status = 403, .body = "{\"message\":\"Resource not accessible by integration\"}"},
         ERR_DENIED,
         ERR_DENIED,
         0,
         "Resource not accessible"},
        {"retry-after",
         {.status = 403, .body = "{}", .headers = {{VIEW("Retry-After"), VIEW("30")}}},
         ERR_UNAVAILABLE,
         ERR_UNAVAILABLE,
         30000,
         "403"},
        {"primary limit",
         {.status = 403,
          .body = "{\"message\":\"API rate limit exceeded\"}",
          .headers = {{VIEW("x-ratelimit-remaining"), VIEW("0")},
                      {VIEW("x-ratelimit-reset"), VIEW("1700000090")}}},
         ERR_UNAVAILABLE,
         ERR_UNAVAILABLE,
         90000,
         "rate limit"},
        {"limit that is over",
         {.status = 429,
          .body = "{}",
          .headers = {{VIEW("x-ratelimit-remaining"), VIEW("0")},
                      {VIEW("x-ratelimit-reset"), VIEW("1600000000")}}},
         ERR_UNAVAILABLE,
         ERR_UNAVAILABLE,
         1000,
         "429"},
        {"absurd wait",
         {.status = 429, .body = "{}", .headers = {{VIEW("retry-after"), VIEW("99999999999999")}}},
         ERR_UNAVAILABLE,
         ERR_UNAVAILABLE,
         24 * 3600 * 1000,
         "429"},
        {"secondary limit",
         {.status = 403, .body = "{\"message\":\"You have exceeded a secondary rate limit\"}"},
         ERR_UNAVAILABLE,
         ERR_UNAVAILABLE,
         60000,
         "secondary"},
        {"429 alone", {.status = 429, .body = ""}, ERR_UNAVAILABLE, ERR_UNAVAILABLE, 60000, "429"},
        {"gone",
         {.status = 404, .body = "{\"message\":\"Not Found\"}"},
         ERR_NOT_FOUND,
         ERR_NOT_FOUND,
         0,
         "Not Found"},
        {"strings",
         {.status = 422,
          .body = "{\"message\":\"Unprocessable Entity\",\"errors\":[\"line must be part of the "
                  "diff\",\"two\"]}"},
         ERR_INVALID,
         ERR_INVALID,
         0,
         "line must be part of the diff; two"},
        {"objects",
         {.status = 422,
          .body =
              "{\"message\":\"Validation "
              "Failed\",\"errors\":[{\"resource\":\"R\",\"field\":\"data\",\"code\":"
              "\"unprocessable\",\"message\":\"Body is too long\"},{\"field\":\"f\",\"code\":\"missing\"}]}"},
         ERR_INVALID,
         ERR_INVALID,
         0,
         "Body is too long; f: missing"},
        {"no quota left, but refused",
         {.status = 422, .body = "{}", .headers = {{VIEW("x-ratelimit-remaining"), VIEW("0")}}},
         ERR_INVALID,
         ERR_INVALID,
         0,
         "422"},
        {"too quickly",
         {.status = 422,
          .body = "{\"message\":\"Validation Failed\",\"errors\":[\"was submitted too quickly\"]}"},
         ERR_UNAVAILABLE,
         ERR_UNAVAILABLE,
         60000,
         "too quickly"},
        {"server error", {.status = 502, .body = "<html>"}, ERR_UNAVAILABLE, ERR_TIMEOUT, 0, "502"},
        {"server busy",
         {.status = 503, .body = "", .headers = {{VIEW("Retry-After"), VIEW("7")}}},
         ERR_UNAVAILABLE,
         ERR_TIMEOUT,
         7000,
         "503"},
        {"no JSON",
         {.status = 200, .body = "<html>welcome</html>"},
         ERR_UNAVAILABLE,
         ERR_TIMEOUT,
         0,
         "no JSON"},
        {"redirect left over", {.status = 304, .body = ""}, ERR_INTERNAL, ERR_INTERNAL, 0, "304"},
        {"cut off", {.transport = ERR_UNAVAILABLE}, ERR_UNAVAILABLE, ERR_TIMEOUT, 0, "wire"},
        {"silent", {.transport = ERR_TIMEOUT}, ERR_TIMEOUT, ERR_TIMEOUT, 0, "wire"},
        {"answer too large", {.transport = ERR_LIMIT}, ERR_LIMIT, ERR_TIMEOUT, 0, "wire"},
        {"bad address", {.transport = ERR_INVALID}, ERR_INVALID, ERR_INVALID, 0, "wire"},
        {"token in the answer",
         {.status = 400, .body = "{\"message\":\"odd header: ghs_0123456789abcdef0123\"}"},
         ERR_INVALID,
         ERR_INVALID,
         0,
         "[redacted]"},
    };
    struct fake *fake = *state;
    const struct forge_review review = {.head_sha = VIEW(HEAD_SHA), .job = VIEW("j"), .body = VIEW("b")};

    for (size_t i = 0; i < 2 * COUNT_OF(ROWS); i++) {
        size_t row = i / 2;
        bool posts = i % 2;
        struct forge_pull pull = {.number = 99};
        struct forge_posted posted = {.job = VIEW("kept")};
        enum err_code code, expected = posts ? ROWS[row].post : ROWS[row].read;

        fake_reset(fake);
        fake->replies[fake->reply_count++] = ROWS[row].reply;
        code = posts ? fake->forge.ops->review_post(&fake->forge, VIEW("o/r"), 7, &review, fake->arena,
                                                    &posted, &fake->err)
                     : fake->forge.ops->pull_get(&fake->forge, VIEW("o/r"), 7, NULL, fake->arena, &pull,
                                                 &fake->err);
        if (code != expected || fake->err.code != expected || !strstr(fake->err.message, ROWS[row].says) ||
            fake->err.retry_after_ms != ROWS[row].pause_ms ||
            !strstr(fake->err.message, "pull request 7 of o/r"))
            fail_msg("%s: %s, %lld ms: %s", ROWS[row].name, err_name(code),
                     (long long)fake->err.retry_after_ms, fake->err.message);
        assert_null(strstr(fake->err.message, "ghs_"));
        assert_int_equal(pull.number, 99);
        assert_view(posted.job, "kept");
    }
}

static void an_answer_without_what_we_need_is_said(void **state)
{
    static const char *const ROWS[] = {"{}", "{\"head\":{\"sha\":\"zzz\"}}",
                                       "{\"head\":{\"sha\":\"" HEAD_SHA "\"},\"base\":{\"sha\":\"" BASE_SHA
                                       "\",\"ref\":\"--upload-pack=x\"}}"};
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct forge_pull pull;

        fake_reset(fake);
        fake_answer(fake, 200, ROWS[i]);
        assert_int_equal(
            fake->forge.ops->pull_get(&fake->forge, VIEW("o/r"), 7, NULL, fake->arena, &pull, &fake->err),
            ERR_INTERNAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(a_pull_request_is_read_with_the_headers_github_wants),
        FAKE_TEST(names_are_checked_before_they_reach_an_address),
        FAKE_TEST(the_merge_base_is_what_the_forge_says),
        FAKE_TEST(each_answer_has_its_code),
        FAKE_TEST(an_answer_without_what_we_need_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
