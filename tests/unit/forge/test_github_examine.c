/* What `doctor` finds out at GitHub with a token; with an App: tests/e2e. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge_fixture.h"

#define NOW "Tue, 14 Nov 2023 22:13:20 GMT" /* fake->now_ms */

static void answer_at(struct fake *fake, int status, const char *body, struct view date, struct view scopes)
{
    struct fake_reply *reply = &fake->replies[fake->reply_count];

    fake_answer(fake, status, body);
    reply->headers[0] = (struct http_header){VIEW("X-GitHub-Request-Id"), VIEW("1")};
    reply->headers[1] = (struct http_header){VIEW("Date"), date};
    if (scopes.len > 0)
        reply->headers[2] = (struct http_header){VIEW("X-OAuth-Scopes"), scopes};
}

static struct forge_exam examine(struct fake *fake, struct view repository)
{
    struct forge_exam exam;

    assert_int_equal(fake->forge.ops->examine(&fake->forge, repository, fake->arena, &exam, &fake->err),
                     ERR_OK);
    assert_int_equal(fake->call_count, fake->reply_count);
    for (size_t i = 0; i < exam.count; i++)
        assert_true(fake->forge.token.len == 0 ||
                    view_find(exam.items[i].words, fake->forge.token, 0) == SIZE_MAX);
    return exam;
}

static enum forge_health health_of(const struct forge_exam *exam, const char *what)
{
    for (size_t i = 0; i < exam->count; i++)
        if (strcmp(exam->items[i].what, what) == 0)
            return exam->items[i].health;
    fail_msg("no line \"%s\"", what);
    return FORGE_BAD;
}

/* A fine-grained token tells no scopes: what it may is seen by trying. */
static void a_token_is_tried_without_writing_anything(void **state)
{
    static const struct {
        int review, status;
        enum forge_health reviews, statuses;
    } ROWS[] = {
        {422, 422, FORGE_GOOD, FORGE_GOOD},
        {403, 404, FORGE_BAD, FORGE_BAD},
        {502, 200, FORGE_UNTRIED, FORGE_UNTRIED},
    };
    struct fake *fake = *state;

    fake->forge.token = VIEW("github_pat_0123456789abcdef");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct forge_exam exam;

        fake_reset(fake);
        answer_at(fake, 200, "{\"login\":\"bot\"}", VIEW(NOW), VIEW(""));
        fake_answer(fake, 200, "[{\"number\":7}]");
        fake_answer(fake, ROWS[i].review, "{\"message\":\"m\"}");
        fake_answer(fake, ROWS[i].status, "{\"message\":\"m\"}");
        exam = examine(fake, VIEW("o/r"));
        assert_int_equal(health_of(&exam, "token"), FORGE_GOOD);
        assert_int_equal(health_of(&exam, "permission pull_requests"), ROWS[i].reviews);
        assert_int_equal(health_of(&exam, "permission statuses"), ROWS[i].statuses);
        assert_true(view_is(exam.repository, "o/r"));
        /* GitHub refuses an empty comment, and a commit that is none. */
        assert_true(view_is(fake->calls[2].body, "{\"event\":\"COMMENT\",\"body\":\"\"}"));
        assert_true(view_ends(fake->calls[3].url, "/statuses/0000000000000000000000000000000000000000"));
    }
}

static void scopes_of_a_classic_token_are_read(void **state)
{
    static const struct {
        const char *scopes;
        enum forge_health health;
    } ROWS[] = {
        {"repo", FORGE_GOOD},
        {"read:org, public_repo", FORGE_GOOD},
        {"repo:status, read:user", FORGE_BAD},
        {"", FORGE_BAD},
    };
    struct fake *fake = *state;

    fake->forge.token = VIEW("ghp_0123456789abcdef");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct forge_exam exam;

        fake_reset(fake);
        answer_at(fake, 200, "{\"login\":\"bot\"}", VIEW(NOW), view_of(ROWS[i].scopes));
        exam = examine(fake, VIEW(""));
        assert_int_equal(health_of(&exam, "scope repo"), ROWS[i].health);
        assert_int_equal(health_of(&exam, "permissions"), FORGE_BAD);
    }
}

static void the_clock_may_be_half_a_minute_off(void **state)
{
    static const struct {
        const char *date;
        enum forge_health health;
    } ROWS[] = {
        {NOW, FORGE_GOOD},
        {"Tue, 14 Nov 2023 22:13:50 GMT", FORGE_GOOD},
        {"Tue, 14 Nov 2023 22:13:51 GMT", FORGE_BAD},
        {"Tue, 14 Nov 2023 22:12:50 GMT", FORGE_GOOD},
        {"Tue, 14 Nov 2023 22:12:49 GMT", FORGE_BAD},
        {"yesterday", FORGE_UNTRIED},
        {"", FORGE_UNTRIED},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct forge_exam exam;

        fake_reset(fake);
        answer_at(fake, 401, "{\"message\":\"Bad credentials\"}", view_of(ROWS[i].date), VIEW(""));
        exam = examine(fake, VIEW("o/r"));
        if (health_of(&exam, "clock") != ROWS[i].health)
            fail_msg("%s", ROWS[i].date);
        assert_int_equal(health_of(&exam, "token"), FORGE_BAD);
    }
}

static void what_is_no_api_of_github_is_told(void **state)
{
    struct fake *fake = *state;
    struct forge_exam exam;

    fake->replies[fake->reply_count++] = (struct fake_reply){.transport = ERR_UNAVAILABLE};
    exam = examine(fake, VIEW("o/r"));
    assert_true(exam.count == 1 && health_of(&exam, "API") == FORGE_BAD);
    fake_reset(fake);
    fake_answer(fake, 200, "<html>");
    exam = examine(fake, VIEW("o/r"));
    assert_true(exam.count == 1 && health_of(&exam, "API") == FORGE_BAD);
    fake_reset(fake);
    fake->forge.token = VIEW("");
    answer_at(fake, 200, "{}", VIEW(NOW), VIEW(""));
    exam = examine(fake, VIEW("o/r"));
    assert_int_equal(health_of(&exam, "API"), FORGE_GOOD);
    assert_int_equal(health_of(&exam, "token"), FORGE_BAD);
    assert_int_equal(fake->forge.ops->examine(&fake->forge, VIEW("o r"), fake->arena, &exam, &fake->err),
                     ERR_INVALID);
}

/* The delivery that doctor sends is one that the daemon takes, and that asks for nothing. */
static void a_ping_is_signed_and_asks_for_nothing(void **state)
{
    static const char *const KINDS[] = {"github", "git"};
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        struct fake_headers headers = {0};
        struct forge_request request = {.header = fake_header, .ctx = &headers};
        struct forge_event event = {0};
        struct forge_ping ping;

        fake->forge.ops = forge_ops_of(view_of(KINDS[i]));
        assert_int_equal(fake->forge.ops->ping(&fake->forge, fake->arena, &ping, &fake->err), ERR_OK);
        for (size_t j = 0; j < FORGE_PING_HEADERS && ping.headers[j].name; j++)
            headers.items[j] = (struct http_header){view_of(ping.headers[j].name), ping.headers[j].value};
        request.body = ping.body;
        assert_int_equal(fake->forge.ops->verify(&fake->forge, &request, &fake->err), ERR_OK);
        assert_int_equal(fake->forge.ops->parse(&fake->forge, &request, fake->arena, &event, &fake->err),
                         ERR_OK);
        assert_int_equal(event.kind, FORGE_IGNORED);
    }
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)
    const struct CMUnitTest tests[] = {
        ROW(a_token_is_tried_without_writing_anything), ROW(scopes_of_a_classic_token_are_read),
        ROW(the_clock_may_be_half_a_minute_off),        ROW(what_is_no_api_of_github_is_told),
        ROW(a_ping_is_signed_and_asks_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
