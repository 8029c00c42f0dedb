/* Lists of open pull requests, as a token reads them. The App's own lists are told in tests/e2e. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge_fixture.h"

#define PULL(number, ref)                                                                                    \
    "{\"number\":" number ",\"state\":\"open\",\"draft\":false,\"updated_at\":\"2026-01-02T03:04:05Z\","     \
    "\"title\":\"T\",\"head\":{\"sha\":\"" HEAD_SHA "\",\"ref\":\"topic\"},\"base\":{\"sha\":\"" BASE_SHA    \
    "\",\"ref\":\"" ref "\"}}"
#define FIRST "https://api.forge.example/repos/o/r/pulls?state=open&sort=updated&direction=desc&per_page=100"

static enum err_code sweep(struct fake *fake, const char *place, const char *version, const char *page,
                           struct forge_found *out)
{
    int64_t calls = 0;
    enum err_code code = fake->forge.ops->sweep(&fake->forge, view_of(place), view_of(version), view_of(page),
                                                fake->arena, &calls, out, &fake->err);

    assert_int_equal(calls, (int64_t)fake->call_count);
    return code;
}

static void open_pull_requests_are_read_page_by_page(void **state)
{
    struct fake *fake = *state;
    struct forge_found found;

    fake_answer(fake, 200, "[" PULL("7", "main") "," PULL("8", "main") "]");
    fake->replies[0].headers[0] = (struct http_header){VIEW("ETag"), VIEW("\"e1\"")};
    fake->replies[0].headers[1] = (struct http_header){
        VIEW("Link"), VIEW("<https://api.forge.example/repositories/1/pulls?page=2>; rel=\"next\"")};
    assert_int_equal(sweep(fake, "o/r", "", "", &found), ERR_OK);
    assert_true(view_is(fake->calls[0].url, FIRST));
    assert_true(found.pull_count == 2 && found.pulls[1].number == 8 && found.pulls[0].open);
    assert_true(view_is(found.repository, "o/r") && view_is(found.version, "\"e1\""));
    assert_true(view_is(found.pulls[0].head_sha, HEAD_SHA) &&
                view_is(found.pulls[0].changed, "2026-01-02T03:04:05Z"));
    fake_reset(fake);
    fake_answer(fake, 200, "[]");
    assert_int_equal(
        sweep(fake, "o/r", "\"e0\"", "https://api.forge.example/repositories/1/pulls?page=2", &found),
        ERR_OK);
    assert_true(view_is(fake->calls[0].url, "https://api.forge.example/repositories/1/pulls?page=2"));
    assert_int_equal(fake_sent_header(&fake->calls[0], "If-None-Match").len, 0);
    assert_true(found.pull_count == 0 && found.next.len == 0 && found.version.len == 0);
}

static void an_unchanged_list_is_told_as_such(void **state)
{
    struct fake *fake = *state;
    struct forge_found found;

    fake_answer(fake, 304, "");
    assert_int_equal(sweep(fake, "o/r", "\"e1\"", "", &found), ERR_OK);
    assert_true(view_is(fake_sent_header(&fake->calls[0], "If-None-Match"), "\"e1\""));
    assert_true(found.unchanged && found.pull_count == 0);
}

static void one_that_cannot_be_read_does_not_hide_the_others(void **state)
{
    struct fake *fake = *state;
    struct forge_found found;

    fake_answer(
        fake, 200,
        "[{\"number\":5}, 7, " PULL("0", "main") ", " PULL("6", "bad..ref") ", " PULL("9", "main") "]");
    assert_int_equal(sweep(fake, "o/r", "", "", &found), ERR_OK);
    assert_int_equal(found.pull_count, 1);
    assert_int_equal(found.pulls[0].number, 9);
}

static void a_token_knows_no_list_of_its_own_and_a_bad_name_is_not_asked(void **state)
{
    struct fake *fake = *state;
    struct forge_found found;

    assert_int_equal(sweep(fake, "", "", "", &found), ERR_OK);
    assert_true(found.place_count == 0 && found.pull_count == 0);
    assert_int_equal(sweep(fake, "o/r?x", "", "", &found), ERR_INVALID);
}

static void refusals_and_limits_are_told_apart(void **state)
{
    static const struct {
        int status;
        struct http_header header;
        enum err_code code;
    } ROWS[] = {
        {404, {{NULL, 0}, {NULL, 0}}, ERR_NOT_FOUND},
        {403, {{NULL, 0}, {NULL, 0}}, ERR_DENIED},
        {502, {{NULL, 0}, {NULL, 0}}, ERR_UNAVAILABLE},
        {403, {{"Retry-After", 11}, {"7", 1}}, ERR_UNAVAILABLE},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct forge_found found;

        fake_reset(fake);
        fake_answer(fake, ROWS[i].status, "{\"message\":\"no\"}");
        fake->replies[0].headers[0] = ROWS[i].header;
        assert_int_equal(sweep(fake, "o/r", "", "", &found), ROWS[i].code);
        assert_int_equal(fake->err.retry_after_ms, ROWS[i].header.name.len ? 7000 : 0);
    }
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)
    const struct CMUnitTest tests[] = {
        ROW(open_pull_requests_are_read_page_by_page),
        ROW(an_unchanged_list_is_told_as_such),
        ROW(one_that_cannot_be_read_does_not_hide_the_others),
        ROW(a_token_knows_no_list_of_its_own_and_a_bad_name_is_not_asked),
        ROW(refusals_and_limits_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
