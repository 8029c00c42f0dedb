#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge_fixture.h"

#define ANSWER "<!-- perf-review:answer job=1-a -->"
#define PAGE(more, nodes)                                                                                    \
    "{\"data\":{\"repository\":{\"pullRequest\":{\"comments\":{\"pageInfo\":{\"hasNextPage\":" more          \
    ",\"endCursor\":\"e\"},\"nodes\":[" nodes "]}}}}}"
#define NODE(id, mine, body)                                                                                 \
    "{\"id\":\"" id "\",\"url\":\"u\",\"viewerDidAuthor\":" mine ",\"body\":\"" body "\"}"

static enum err_code may_write(struct fake *fake, struct view login, bool *out)
{
    return fake->forge.ops->may_write(&fake->forge, VIEW("o/r"), login, fake->arena, out, &fake->err);
}

static void who_may_write_says_the_forge_alone(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum err_code code;
        bool may;
    } ROWS[] = {
        {200, "{\"permission\":\"admin\",\"role_name\":\"admin\"}", ERR_OK, true},
        {200, "{\"permission\":\"write\",\"role_name\":\"maintain\"}", ERR_OK, true},
        {200, "{\"permission\":\"read\",\"role_name\":\"triage\"}", ERR_OK, false},
        {200, "{\"permission\":\"none\"}", ERR_OK, false},
        {200, "{}", ERR_OK, false},
        {404, "{\"message\":\"Not Found\"}", ERR_OK, false},
        {403, "{\"message\":\"no\"}", ERR_DENIED, false},
        {502, "", ERR_UNAVAILABLE, false},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        bool may = true;

        fake_reset(fake);
        fake_answer(fake, ROWS[i].status, ROWS[i].body);
        if (may_write(fake, VIEW("ann-x"), &may) != ROWS[i].code || may != ROWS[i].may)
            fail_msg("%d %s", ROWS[i].status, ROWS[i].body);
        assert_view(fake->calls[0].url, "https://api.forge.example/repos/o/r/collaborators/ann-x/permission");
    }
}

static void a_login_that_is_none_is_not_asked_for(void **state)
{
    static const char *const LOGINS[] = {"", "a/b", "../x", "a b", "a?b", "app[bot]", "a%2f"};
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(LOGINS); i++) {
        bool may = true;

        assert_int_equal(may_write(fake, view_of(LOGINS[i]), &may), ERR_OK);
        assert_false(may);
    }
    assert_int_equal(fake->call_count, 0);
}

static void a_comment_is_reacted_to_where_it_stands(void **state)
{
    static const struct {
        const char *comment, *url;
    } ROWS[] = {
        {"issue/9", "https://api.forge.example/repos/o/r/issues/comments/9/reactions"},
        {"review/9/8", "https://api.forge.example/repos/o/r/pulls/comments/9/reactions"},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        fake_reset(fake);
        fake_answer(fake, 201, "{}");
        assert_int_equal(fake->forge.ops->react(&fake->forge, VIEW("o/r"), view_of(ROWS[i].comment),
                                                FORGE_SEEN, fake->arena, &fake->err),
                         ERR_OK);
        assert_view(fake->calls[0].url, ROWS[i].url);
        assert_view(fake->calls[0].body, "{\"content\":\"eyes\"}");
    }
    fake_reset(fake);
    assert_int_equal(fake->forge.ops->react(&fake->forge, VIEW("o/r"), VIEW("issue/../9"), FORGE_SEEN,
                                            fake->arena, &fake->err),
                     ERR_INVALID);
}

static void the_answer_is_ours_by_author_and_marker(void **state)
{
    struct fake *fake = *state;
    struct forge_posted found = {0};

    fake_answer(fake, 200, PAGE("true", NODE("c1", "false", ANSWER) "," NODE("c2", "true", "no marker")));
    fake_answer(fake, 200,
                PAGE("false", NODE("c3", "true", "quoted <!-- perf-review:answer job=0-b --> " ANSWER)));
    assert_int_equal(
        fake->forge.ops->answer_read(&fake->forge, VIEW("o/r"), 7, fake->arena, &found, &fake->err), ERR_OK);
    assert_true(found.found);
    assert_view(found.id, "c3");
    assert_view(found.job, "1-a");
}

static void an_answer_that_was_deleted_is_posted(void **state)
{
    struct fake *fake = *state;
    const struct forge_posted standing = {.found = true, .id = VIEW("c1")};

    fake_answer(fake, 200, "{\"data\":{\"updateIssueComment\":null},\"errors\":[{\"type\":\"NOT_FOUND\"}]}");
    fake_answer(fake, 201, "{}");
    assert_int_equal(fake->forge.ops->answer_put(&fake->forge, VIEW("o/r"), 7, &standing, VIEW("hello"),
                                                 VIEW("1-a"), fake->arena, &fake->err),
                     ERR_OK);
    assert_view(fake->calls[1].url, "https://api.forge.example/repos/o/r/issues/7/comments");
    assert_view(fake->calls[1].body, "{\"body\":\"hello\\n\\n" ANSWER "\"}");
}

static void an_answer_whose_outcome_is_not_known_says_so(void **state)
{
    struct fake *fake = *state;
    const struct forge_posted none = {0}, standing = {.found = true, .id = VIEW("c1")};

    fake_answer(fake, 502, "");
    fake_answer(fake, 502, "");
    for (int i = 0; i < 2; i++)
        assert_int_equal(fake->forge.ops->answer_put(&fake->forge, VIEW("o/r"), 7, i ? &standing : &none,
                                                     VIEW("hello"), VIEW("1-a"), fake->arena, &fake->err),
                         ERR_TIMEOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(who_may_write_says_the_forge_alone),
        FAKE_TEST(a_login_that_is_none_is_not_asked_for),
        FAKE_TEST(a_comment_is_reacted_to_where_it_stands),
        FAKE_TEST(the_answer_is_ours_by_author_and_marker),
        FAKE_TEST(an_answer_that_was_deleted_is_posted),
        FAKE_TEST(an_answer_whose_outcome_is_not_known_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
