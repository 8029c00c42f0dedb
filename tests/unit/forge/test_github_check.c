#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "forge_fixture.h"

enum { MANY = 120 };

static enum err_code put(struct fake *fake, const struct forge_check *check, struct view *id)
{
    return fake->forge.ops->check_put(&fake->forge, VIEW("o/r"), check, fake->arena, id, &fake->err);
}

static struct forge_check running(void)
{
    return (struct forge_check){
        .number = 7, .head_sha = VIEW(HEAD_SHA), .job = VIEW("j1"), .state = FORGE_CHECK_RUNNING};
}

static struct forge_check done(const struct forge_annotation *annotations, size_t count)
{
    struct forge_check check = running();

    check.id = VIEW("9:CR_9");
    check.state = FORGE_CHECK_DONE;
    check.end = FORGE_CHECK_NEUTRAL;
    check.title = VIEW("title");
    check.summary = VIEW("summary");
    check.annotations = annotations;
    check.annotation_count = count;
    return check;
}

static size_t sent_annotations(const struct http_call *call, bool *ends)
{
    struct json *root = NULL;
    struct view text;
    size_t count = 0;

    assert_int_equal(json_parse(call->body, &root, NULL), ERR_OK);
    for (const struct json *item = json_first(json_at(root, "output.annotations")); item;
         item = json_next(item))
        count++;
    *ends = json_text(root, "conclusion", &text);
    json_free(root);
    return count;
}

static void a_run_is_begun_with_an_id_that_leads_back_to_the_pull_request(void **state)
{
    struct fake *fake = *state;
    const struct forge_check check = running();
    struct view id;

    fake_answer(fake, 201, "{\"id\":9,\"node_id\":\"CR_9\"}");
    assert_int_equal(put(fake, &check, &id), ERR_OK);
    assert_view(id, "9:CR_9");
    assert_view(fake->calls[0].url, "https://api.forge.example/repos/o/r/check-runs");
    assert_view(fake->calls[0].body, "{\"name\":\"perf-review\",\"head_sha\":\"" HEAD_SHA
                                     "\",\"external_id\":\"7:j1\",\"status\":\"in_progress\"}");
}

static void a_beginning_whose_outcome_is_unknown_is_looked_for(void **state)
{
    static const char LIST[] =
        "{\"check_runs\":[{\"id\":8,\"external_id\":\"7:j0\"},{\"id\":9,\"external_id\":\"7:j1\"}]}";
    struct fake *fake = *state;
    struct forge_check check = running();
    struct view id;

    fake_answer(fake, 502, "");
    fake_answer(fake, 200, LIST);
    assert_int_equal(put(fake, &check, &id), ERR_OK);
    assert_view(id, "9:");
    fake_reset(fake);
    fake_answer(fake, 502, "");
    fake_answer(fake, 200, "{\"check_runs\":[]}");
    assert_int_equal(put(fake, &check, &id), ERR_TIMEOUT);
    fake_reset(fake);
    check.maybe_begun = true; /* the next attempt */
    fake_answer(fake, 200, LIST);
    fake_answer(fake, 200, "{\"id\":9}");
    assert_int_equal(put(fake, &check, &id), ERR_OK);
    assert_view(fake->calls[1].method, "PATCH");
    assert_view(fake->calls[1].url, "https://api.forge.example/repos/o/r/check-runs/9");
}

static void annotations_go_in_fifties_and_the_last_request_ends_the_run(void **state)
{
    struct fake *fake = *state;
    struct forge_annotation annotations[MANY];
    struct forge_check check;
    struct view id;
    bool ends;

    for (size_t i = 0; i < MANY; i++)
        annotations[i] = (struct forge_annotation){.path = VIEW("a.py"), .line = 1, .end_line = 2};
    check = done(annotations, MANY);
    for (int i = 0; i < 3; i++)
        fake_answer(fake, 200, "{\"id\":9}");
    assert_int_equal(put(fake, &check, &id), ERR_OK);
    assert_int_equal(sent_annotations(&fake->calls[0], &ends), 50);
    assert_false(ends);
    assert_int_equal(sent_annotations(&fake->calls[2], &ends), 20);
    assert_true(ends);
    fake_reset(fake);
    fake_answer(fake, 200, "{\"id\":9}");
    fake_answer(fake, 502, ""); /* it was carried out */
    fake_answer(fake, 200, "{\"status\":\"in_progress\",\"output\":{\"annotations_count\":100}}");
    fake_answer(fake, 200, "{\"id\":9}");
    assert_int_equal(put(fake, &check, &id), ERR_OK);
    assert_int_equal(sent_annotations(&fake->calls[3], &ends), 20);
    assert_true(ends);
    fake_reset(fake);
    fake_answer(fake, 200, "{\"id\":9}");
    fake_answer(fake, 200, "{\"id\":9}");
    fake_answer(fake, 502, ""); /* the end was carried out */
    fake_answer(fake, 200, "{\"status\":\"completed\",\"output\":{\"annotations_count\":120}}");
    assert_int_equal(put(fake, &check, &id), ERR_OK);
}

static void a_token_that_may_not_write_checks_tells_one_status(void **state)
{
    struct fake *fake = *state;
    struct forge_check check = running();
    struct view id;

    fake->forge.token = VIEW("ghp_0123456789abcdef0123");
    assert_int_equal(put(fake, &check, &id), ERR_OK);
    assert_int_equal(fake->call_count, 0); /* a person's token: not even asked */
    fake->forge.token = VIEW("ghs_0123456789abcdef0123");
    fake_answer(fake, 403, "{\"message\":\"Resource not accessible by integration\"}");
    assert_int_equal(put(fake, &check, &id), ERR_OK);
    assert_view(id, "status");
    fake_reset(fake);
    check = done(NULL, 0);
    check.id = id;
    check.title = arena_format(fake->arena, "%0150d", 1);
    fake_answer(fake, 201, "{}");
    assert_int_equal(put(fake, &check, &id), ERR_OK);
    assert_view(fake->calls[0].url, "https://api.forge.example/repos/o/r/statuses/" HEAD_SHA);
    assert_true(view_find(fake->calls[0].body, VIEW("\"state\":\"success\",\"context\":\"perf-review\""),
                          0) != SIZE_MAX);
    assert_true(fake->calls[0].body.len < 220);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(a_run_is_begun_with_an_id_that_leads_back_to_the_pull_request),
        FAKE_TEST(a_beginning_whose_outcome_is_unknown_is_looked_for),
        FAKE_TEST(annotations_go_in_fifties_and_the_last_request_ends_the_run),
        FAKE_TEST(a_token_that_may_not_write_checks_tells_one_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
