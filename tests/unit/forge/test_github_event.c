#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge_fixture.h"

static const char PAYLOAD[] =
    "{\"action\":\"%s\",\"number\":7,\"changes\":%s,\"repository\":{\"full_name\":\"octo/hello\"},"
    "\"sender\":{\"login\":\"%s\",\"type\":\"User\"},\"pull_request\":{\"number\":7,\"title\":\"Faster "
    "\\u0040x\","
    "\"draft\":%s,\"merged\":%s,\"body\":null,\"head\":{\"sha\":\"" HEAD_SHA
    "\",\"ref\":\"topic\",\"repo\":null},"
    "\"base\":{\"sha\":\"" BASE_SHA "\",\"ref\":\"main\"}}}";

static enum err_code parse(struct fake *fake, const char *event, struct view body, struct forge_event *out)
{
    struct fake_headers headers = {
        {{VIEW("x-github-event"), view_of(event)},
         {VIEW("X-GitHub-Delivery"), VIEW("72d3162e-cc78-11e3-81ab-4c9367dc0958")}}};
    struct forge_request request = {fake_header, &headers, body};

    return fake->forge.ops->parse(&fake->forge, &request, fake->arena, out, &fake->err);
}

static void each_action_has_its_meaning(void **state)
{
    static const struct {
        const char *event, *action, *changes, *sender, *draft, *merged;
        enum forge_event_kind kind;
        const char *reason;
    } ROWS[] = {
        {"pull_request", "opened", "null", "u", "false", "false", FORGE_REVIEW, ""},
        {"pull_request", "opened", "null", "u", "true", "false", FORGE_REVIEW, ""},
        {"pull_request", "synchronize", "null", "u", "false", "false", FORGE_REVIEW, ""},
        {"pull_request", "reopened", "null", "u", "false", "false", FORGE_REVIEW, ""},
        {"pull_request", "ready_for_review", "null", "u", "false", "false", FORGE_REVIEW, ""},
        {"pull_request", "edited", "{\"base\":{\"ref\":{\"from\":\"old\"}}}", "u", "false", "false",
         FORGE_REVIEW, ""},
        {"pull_request", "edited", "{\"title\":{\"from\":\"old\"}}", "u", "false", "false", FORGE_IGNORED,
         "edited, its base did not change"},
        {"pull_request", "converted_to_draft", "null", "u", "true", "false", FORGE_CLOSED, "became a draft"},
        {"pull_request", "closed", "null", "u", "false", "false", FORGE_CLOSED, "closed"},
        {"pull_request", "closed", "null", "u", "false", "true", FORGE_CLOSED, "merged"},
        {"pull_request", "labeled", "null", "u", "false", "false", FORGE_IGNORED,
         "an action that changes no code"},
        {"pull_request", "opened", "null", "perf-bot", "false", "false", FORGE_IGNORED,
         "sent by our own account"},
        {"ping", "opened", "null", "u", "false", "false", FORGE_IGNORED, "an event that asks for no review"},
        {"pull_request_review", "opened", "null", "u", "false", "false", FORGE_IGNORED,
         "an event that asks for no review"},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct view body;
        struct forge_event event;
        char text[2048];

        snprintf(text, sizeof(text), PAYLOAD, ROWS[i].action, ROWS[i].changes, ROWS[i].sender, ROWS[i].draft,
                 ROWS[i].merged);
        body = fake_copy(fake, view_of(text));
        print_message("  %s.%s\n", ROWS[i].event, ROWS[i].action);
        assert_int_equal(parse(fake, ROWS[i].event, body, &event), ERR_OK);
        assert_int_equal(event.kind, ROWS[i].kind);
        assert_view(event.reason, ROWS[i].reason);
        assert_view(event.repository, "octo/hello");
        assert_view(event.delivery_id, "72d3162e-cc78-11e3-81ab-4c9367dc0958");
        if (ROWS[i].kind == FORGE_IGNORED)
            continue;
        assert_int_equal(event.number, 7);
        assert_view(event.head_sha, HEAD_SHA);
        assert_view(event.base_sha, BASE_SHA);
        assert_view(event.base_ref, "main");
        assert_view(event.head_ref, "topic");
        assert_view(event.title, "Faster @x");
        assert_int_equal(event.draft, strcmp(ROWS[i].draft, "true") == 0);
        assert_int_equal(event.base_changed, strstr(ROWS[i].changes, "base") != NULL);
    }
}

static void what_is_malformed_is_named(void **state)
{
    static const struct {
        const char *body, *says;
    } ROWS[] = {
        {"{", "byte 1"},
        {"[]", "no JSON object"},
        {"payload=%7B%7D", "application/json"},
        {"{\"action\":\"opened\"}", "pull_request.head.sha"},
        {"{\"action\":\"opened\",\"pull_request\":{\"head\":{\"sha\":\"" HEAD_SHA
         "\"},\"base\":{\"sha\":\"x\"}}}",
         "pull_request.base.sha"},
        {"{\"action\":\"opened\",\"pull_request\":{\"head\":{\"sha\":\"" HEAD_SHA
         "\"},\"base\":{\"sha\":\"" BASE_SHA "\",\"ref\":\"main\"}}}",
         "repository.full_name"},
        {"{\"action\":\"opened\",\"repository\":{\"full_name\":\"a/"
         "b\"},\"pull_request\":{\"head\":{\"sha\":\"" HEAD_SHA "\"},\"base\":{\"sha\":\"" BASE_SHA
         "\",\"ref\":\"main\"}}}",
         "number"},
        {"{\"action\":\"opened\",\"number\":1,\"repository\":{\"full_name\":\"a/"
         "b\"},\"pull_request\":{\"head\":{\"sha\":"
         "\"" HEAD_SHA "\"},\"base\":{\"sha\":\"" BASE_SHA "\",\"ref\":\"a..b\"}}}",
         "pull_request.base.ref"},
        {"{\"repository\":{\"full_name\":\"../../etc\"}}", "repository.full_name"},
        {"{\"repository\":{\"full_name\":\"a/b\\u0001\"}}", "repository.full_name"},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct forge_event event = {.number = 99};

        assert_int_equal(parse(fake, "pull_request", view_of(ROWS[i].body), &event), ERR_INVALID);
        if (!strstr(fake->err.message, ROWS[i].says))
            fail_msg("%s: says %s", ROWS[i].body, fake->err.message);
        assert_int_equal(event.number, 99);
    }
}

static void headers_are_needed_and_checked(void **state)
{
    struct fake *fake = *state;
    struct fake_headers headers = {{{VIEW("X-GitHub-Delivery"), VIEW("a b")}}};
    struct forge_request request = {fake_header, &headers, VIEW("{}")};
    struct forge_event event;

    assert_int_equal(fake->forge.ops->parse(&fake->forge, &request, fake->arena, &event, &fake->err),
                     ERR_INVALID);
    headers.items[0].value = VIEW("abc");
    assert_int_equal(fake->forge.ops->parse(&fake->forge, &request, fake->arena, &event, &fake->err),
                     ERR_INVALID);
    assert_non_null(strstr(fake->err.message, "X-GitHub-Event"));
    headers.items[1] = (struct http_header){VIEW("X-GitHub-Event"), VIEW("ping")};
    assert_int_equal(fake->forge.ops->parse(&fake->forge, &request, fake->arena, &event, &fake->err), ERR_OK);
    assert_int_equal(event.kind, FORGE_IGNORED);
}

static void the_signature_decides(void **state)
{
#define GOOD "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    static const struct {
        const char *name, *given, *first, *second;
        enum err_code code;
    } ROWS[] = {
        {"right", "sha256=" GOOD, "It's a Secret to Everybody", NULL, ERR_OK},
        {"right under the second", "sha256=" GOOD, "other", "It's a Secret to Everybody", ERR_OK},
        {"right under the first", "sha256=" GOOD, "It's a Secret to Everybody", "other", ERR_OK},
        {"missing", "", "It's a Secret to Everybody", NULL, ERR_DENIED},
        {"no prefix", GOOD, "It's a Secret to Everybody", NULL, ERR_DENIED},
        {"old hash", "sha1=" GOOD, "It's a Secret to Everybody", NULL, ERR_DENIED},
        {"short", "sha256=7571", "It's a Secret to Everybody", NULL, ERR_DENIED},
        {"long", "sha256=" GOOD "0", "It's a Secret to Everybody", NULL, ERR_DENIED},
        {"last digit", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18",
         "It's a Secret to Everybody", NULL, ERR_DENIED},
        {"other secret", "sha256=" GOOD, "other", "another", ERR_DENIED},
        {"no secret", "sha256=" GOOD, NULL, NULL, ERR_DENIED},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct fake_headers headers = {{{VIEW("X-Hub-Signature-256"), view_of(ROWS[i].given)}}};
        struct forge_request request = {fake_header, &headers, VIEW("Hello, World!")};

        fake->forge.secrets[0] = view_of(ROWS[i].first);
        fake->forge.secrets[1] = view_of(ROWS[i].second);
        fake->forge.secret_count = (ROWS[i].first != NULL) + (ROWS[i].second != NULL);
        if (fake->forge.ops->verify(&fake->forge, &request, &fake->err) != ROWS[i].code)
            fail_msg("%s: %s", ROWS[i].name, fake->err.message);
        assert_null(strstr(fake->err.message, "757107ea"));
    }
}

static void an_empty_secret_accepts_nothing(void **state)
{
    struct fake *fake = *state;
    struct fake_headers headers = {0};
    struct forge_request request = {fake_header, &headers, VIEW("Hello, World!")};
    char sum[CRYPTO_HMAC_HEX_SIZE];

    assert_int_equal(crypto_hmac_sha256((struct view){0}, request.body, sum, NULL), ERR_OK);
    headers.items[0] =
        (struct http_header){VIEW("X-Hub-Signature-256"), arena_format(fake->arena, "sha256=%s", sum)};
    fake->forge.secrets[0] = (struct view){0};
    assert_int_equal(fake->forge.ops->verify(&fake->forge, &request, &fake->err), ERR_DENIED);
}

static void a_check_that_is_asked_for_again_leads_to_its_pull_request(void **state)
{
#define OURS "\"name\":\"perf-review\",\"pull_requests\":"
    static const struct {
        const char *event, *action, *check, *button;
        int64_t number; /* 0: ignored */
    } ROWS[] = {
        {"check_run", "rerequested", OURS "[{\"number\":7}]", "", 7},
        {"check_run", "rerequested", OURS "[],\"external_id\":\"8:1-a\"", "", 8},
        {"check_run", "rerequested", OURS "[],\"external_id\":\"x:1\"", "", 0},
        {"check_run", "rerequested", "\"name\":\"lint\",\"pull_requests\":[{\"number\":7}]", "", 0},
        {"check_run", "requested_action", OURS "[{\"number\":7}]", "run", 7},
        {"check_run", "requested_action", OURS "[{\"number\":7}]", "no", 0},
        {"check_run", "created", OURS "[{\"number\":7}]", "", 0},
        {"check_suite", "rerequested", "\"pull_requests\":[{\"number\":9}]", "", 9},
        {"check_suite", "rerequested", "\"pull_requests\":[]", "", 0},
        {"check_suite", "requested", "\"pull_requests\":[{\"number\":9}]", "", 0},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct forge_event event = {0};
        char text[1024];

        print_message("  %s %s %s\n", ROWS[i].event, ROWS[i].action, ROWS[i].check);
        snprintf(
            text, sizeof(text),
            "{\"action\":\"%s\",\"repository\":{\"full_name\":\"octo/hello\"},\"sender\":{\"login\":\"u\"},"
            "\"%s\":{\"head_sha\":\"" HEAD_SHA "\",%s},\"requested_action\":{\"identifier\":\"%s\"}}",
            ROWS[i].action, ROWS[i].event, ROWS[i].check, ROWS[i].button);
        assert_int_equal(parse(fake, ROWS[i].event, view_of(text), &event), ERR_OK);
        assert_int_equal(event.kind, ROWS[i].number ? FORGE_REVIEW : FORGE_IGNORED);
        if (!ROWS[i].number)
            continue;
        assert_int_equal(event.number, ROWS[i].number);
        assert_true(event.again);
        assert_view(event.head_sha, HEAD_SHA);
        assert_view(event.repository, "octo/hello");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(each_action_has_its_meaning),
        FAKE_TEST(what_is_malformed_is_named),
        FAKE_TEST(headers_are_needed_and_checked),
        FAKE_TEST(the_signature_decides),
        FAKE_TEST(an_empty_secret_accepts_nothing),
        FAKE_TEST(a_check_that_is_asked_for_again_leads_to_its_pull_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
