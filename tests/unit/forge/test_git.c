#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "forge/forge.h"
#include "git/note.h"
#include "unit/git/repo_fixture.h"

struct header {
    const char *name;
    struct view value;
};

static struct view find_header(const void *ctx, const char *name)
{
    for (const struct header *header = ctx; header->name; header++)
        if (view_is_nocase(view_of(header->name), name))
            return header->value;
    return (struct view){0};
}

/* Bare repository team/app.git with main and, one commit ahead, topic. */
static struct forge make_forge(struct fixture *fixture)
{
    fixture_sh(
        fixture, ".",
        "git init -q -b main w; cd w; echo 1 >a; git add a; git commit -q -m 1; git checkout -q -b topic;"
        "echo 2 >a; git commit -q -a -m 2; git checkout -q main; git commit -q --allow-empty -m 3; cd ..;"
        "mkdir team; git clone -q --bare w team/app.git");
    return (struct forge){.ops = forge_ops_of(VIEW("git")),
                          .name = VIEW("git"),
                          .url = view_of(fixture->dir),
                          .secrets = {VIEW("s3cret")},
                          .secret_count = 1};
}

static enum err_code parse(struct fixture *fixture, const struct forge *forge, const char *ref,
                           const char *after, struct forge_event *out)
{
    const struct header headers[] = {{"X-Perf-Review-Delivery", VIEW("d1")}, {0}};
    struct forge_request request = {
        find_header, headers,
        arena_format(fixture->arena,
                     "{\"repository\":\"team/app\",\"ref\":\"%s\",\"before\":\"x\",\"after\":\"%s\"}", ref,
                     after)};

    return forge->ops->parse(forge, &request, fixture->arena, out, &fixture->err);
}

static void a_pushed_branch_is_reviewed_against_the_default_branch(void **state)
{
    static const struct {
        const char *ref, *after;
        enum forge_event_kind kind;
        const char *reason;
    } ROWS[] = {
        {"refs/heads/topic", "1111111111111111111111111111111111111111", FORGE_REVIEW, ""},
        {"refs/heads/main", "1111111111111111111111111111111111111111", FORGE_IGNORED,
         "a push to the default branch"},
        {"refs/tags/v1", "1111111111111111111111111111111111111111", FORGE_IGNORED, "not a branch"},
        {"refs/heads/topic", "0000000000000000000000000000000000000000", FORGE_IGNORED,
         "the branch was deleted"},
    };
    struct fixture *fixture = *state;
    struct forge forge = make_forge(fixture);
    struct forge_event event;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        assert_ok(fixture, parse(fixture, &forge, ROWS[i].ref, ROWS[i].after, &event));
        assert_int_equal(event.kind, ROWS[i].kind);
        assert_view(event.reason, ROWS[i].reason);
        assert_view(event.repository, "team/app");
    }
    assert_ok(fixture, parse(fixture, &forge, "refs/heads/topic", ROWS[0].after, &event));
    assert_view(event.head_ref, "topic");
    assert_view(event.base_ref, "main");
    assert_true(view_equal(event.base_sha, fixture_rev(fixture, "w", "main")));
    assert_view(event.head_sha, ROWS[0].after);
    assert_int_equal(event.number, forge_branch_number(VIEW("topic")));
    assert_view(event.delivery_id, "d1");
}

static void a_malformed_delivery_is_refused(void **state)
{
    static const char *const ROWS[] = {
        "",
        "[]",
        "{\"repository\":\"../x\",\"ref\":\"refs/heads/"
        "a\",\"after\":\"1111111111111111111111111111111111111111\"}",
        "{\"repository\":\"/etc\",\"ref\":\"refs/heads/"
        "a\",\"after\":\"1111111111111111111111111111111111111111\"}",
        "{\"repository\":\"team/"
        "app\",\"ref\":\"topic\",\"after\":\"1111111111111111111111111111111111111111\"}",
        "{\"repository\":\"team/app\",\"ref\":\"refs/heads/a..b\","
        "\"after\":\"1111111111111111111111111111111111111111\"}",
        "{\"repository\":\"team/app\",\"ref\":\"refs/heads/a\",\"after\":\"HEAD\"}",
    };
    struct fixture *fixture = *state;
    struct forge forge = make_forge(fixture);

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct header headers[] = {{"X-Perf-Review-Delivery", VIEW("d1")}, {0}};
        struct forge_request request = {find_header, headers, view_of(ROWS[i])};
        struct forge_event event;

        if (forge.ops->parse(&forge, &request, fixture->arena, &event, &fixture->err) != ERR_INVALID)
            fail_msg("%s", ROWS[i]);
    }
}

static void a_branch_is_read_as_a_pull_request(void **state)
{
    struct fixture *fixture = *state;
    struct forge forge = make_forge(fixture);
    int64_t number = forge_branch_number(VIEW("topic"));
    struct forge_pull pull;
    struct view base;

    assert_ok(fixture, forge.ops->pull_get(&forge, VIEW("team/app"), number, NULL, fixture->arena, &pull,
                                           &fixture->err));
    assert_view(pull.head_ref, "topic");
    assert_view(pull.base_ref, "main");
    assert_true(pull.open && !pull.draft);
    assert_true(view_equal(pull.head_sha, fixture_rev(fixture, "w", "topic")));
    assert_true(view_equal(pull.base_sha, fixture_rev(fixture, "w", "main")));
    assert_ok(fixture, forge.ops->merge_base(&forge, VIEW("team/app"), pull.base_sha, pull.head_sha,
                                             fixture->arena, &base, &fixture->err));
    assert_true(view_equal(base, fixture_rev(fixture, "w", "main~1")));
    assert_int_equal(
        forge.ops->pull_get(&forge, VIEW("team/app"), number + 1, NULL, fixture->arena, &pull, &fixture->err),
        ERR_NOT_FOUND);
    assert_int_equal(
        forge.ops->pull_get(&forge, VIEW("team/none"), number, NULL, fixture->arena, &pull, &fixture->err),
        ERR_NOT_FOUND);
    forge.url = arena_format(fixture->arena, "file://%s", fixture->dir);
    assert_ok(fixture, forge.ops->pull_get(&forge, VIEW("team/app"), number, NULL, fixture->arena, &pull,
                                           &fixture->err));
}

static void a_review_is_a_note_that_is_found_again(void **state)
{
    static const struct forge_comment COMMENTS[] = {
        {.path = {"a.py", 4}, .line = 3, .start_line = 2, .body = {"slow\n", 5}},
        {.path = {"b.py", 4}, .line = 9, .side = FORGE_SIDE_BASE, .body = {"gone", 4}},
    };
    struct fixture *fixture = *state;
    struct forge forge = make_forge(fixture);
    struct view head = fixture_rev(fixture, "w", "topic"), expected;
    struct forge_review review = {.head_sha = head,
                                  .job = VIEW("j1"),
                                  .body = VIEW("summary\n"),
                                  .comments = COMMENTS,
                                  .comment_count = COUNT_OF(COMMENTS)};
    struct forge_posted posted = {0};
    struct forge_standing standing = {0};

    assert_ok(fixture, forge.ops->standing_read(&forge, VIEW("team/app"), 1, head, fixture->arena, &standing,
                                                &fixture->err));
    assert_false(standing.summary.found);
    assert_ok(fixture, forge.ops->review_post(&forge, VIEW("team/app"), 1, &review, fixture->arena, &posted,
                                              &fixture->err));
    assert_true(posted.found);
    expected = arena_format(fixture->arena,
                            "summary\n\na.py:2-3: slow\n\nb.py:9: (base) gone\n\n"
                            "<!-- perf-review:v1 head=%.*s job=j1 -->\n",
                            VIEW_ARG(head));
    assert_view(fixture_sh(fixture, "team/app.git", "git notes --ref=perf-review show topic"), expected.ptr);
    assert_ok(fixture, forge.ops->standing_read(&forge, VIEW("team/app"), 1, head, fixture->arena, &standing,
                                                &fixture->err));
    assert_true(standing.summary.found);
    assert_view(standing.summary.job, "j1");
    assert_ok(fixture,
              forge.ops->standing_read(&forge, VIEW("team/app"), 1, fixture_rev(fixture, "w", "main"),
                                       fixture->arena, &standing, &fixture->err));
    assert_false(standing.summary.found);
}

/* The hook with a stand-in for curl that keeps what it was given. */
static struct view push_through_hook(struct fixture *fixture, const char *secret, const char *curl_end)
{
    struct view script = arena_format(
        fixture->arena,
        "mkdir -p bin; printf '#!/bin/sh\\nprintf \"%%%%s\\\\n\" \"$@\" >>%s/args\\n"
        "for a; do case $a in @*) cp \"${a#@}\" %s/body;; esac; done\\n%s\\n' >bin/curl; chmod +x bin/curl;"
        "printf '%%s\\n' '%s' >secret; cp '%.*s../../../deploy/hooks/post-receive' "
        "team/app.git/hooks/post-receive;"
        "git -C team/app.git config perf-review.url http://127.0.0.1:1/webhooks/git;"
        "git -C team/app.git config perf-review.secretFile %s/secret;"
        "git -C team/app.git config perf-review.repository team/app;"
        "cd w; git checkout -q -B 'feature/\"x\"' topic; PATH=%s/bin:$PATH git push -q ../team/app.git "
        "'feature/\"x\"' v1 2>&1",
        fixture->dir, fixture->dir, curl_end, secret, (int)(strrchr(__FILE__, '/') + 1 - __FILE__), __FILE__,
        fixture->dir, fixture->dir);

    fixture_sh(fixture, "w", "git tag -f v1 topic");
    return fixture_sh(fixture, ".", script.ptr);
}

static void the_hook_signs_what_we_verify(void **state)
{
    static const char *const SECRETS[] = {
        "s3cret", "with space and %d \\n \"quote\"",
        "a secret that is longer than one block of SHA-256, which is sixty-four bytes long"};
    struct fixture *fixture = *state;
    struct forge forge = make_forge(fixture);

    for (size_t i = 0; i < COUNT_OF(SECRETS); i++) {
        struct header headers[3] = {{0}};
        struct forge_request request = {find_header, headers, {0}};
        struct view args, rest, line, said;
        struct forge_event event;

        fixture_sh(fixture, ".",
                   "rm -rf args body; git -C team/app.git branch -q -D 'feature/\"x\"' || :;"
                   "git -C team/app.git tag -d v1 || :");
        said = push_through_hook(fixture, SECRETS[i], "printf 202");
        assert_true(view_find(said, VIEW("perf-review: told of feature/\"x\""), 0) != SIZE_MAX);
        args = fixture_sh(fixture, ".", "cat args");
        request.body = fixture_sh(fixture, ".", "cat body");
        for (rest = args; view_split(&rest, '\n', &line);) {
            if (view_starts(line, "X-Perf-Review-Delivery: "))
                headers[0] = (struct header){"X-Perf-Review-Delivery", view_slice(line, 24, line.len)};
            if (view_starts(line, "X-Perf-Review-Signature-256: "))
                headers[1] = (struct header){"X-Perf-Review-Signature-256", view_slice(line, 29, line.len)};
        }
        assert_true(view_find(args, view_of(SECRETS[i]), 0) == SIZE_MAX);
        forge.secrets[0] = view_of(SECRETS[i]);
        assert_ok(fixture, forge.ops->verify(&forge, &request, &fixture->err));
        assert_ok(fixture, forge.ops->parse(&forge, &request, fixture->arena, &event, &fixture->err));
        assert_int_equal(event.kind, FORGE_REVIEW);
        assert_view(event.head_ref, "feature/\"x\"");
        assert_true(view_equal(event.head_sha, fixture_rev(fixture, "w", "topic")));
    }
}

static void the_hook_never_fails_a_push(void **state)
{
    static const struct {
        const char *curl_end, *says;
    } ROWS[] = {{"exit 28", "no answer from"}, {"printf 401", "answers 401"}};
    struct fixture *fixture = *state;
    struct view said;

    make_forge(fixture);
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        fixture_sh(
            fixture, ".",
            "git -C team/app.git branch -q -D 'feature/\"x\"' || :; git -C team/app.git tag -d v1 || :");
        said = push_through_hook(fixture, "s", ROWS[i].curl_end);
        assert_true(view_find(said, view_of(ROWS[i].says), 0) != SIZE_MAX);
        assert_true(view_equal(fixture_rev(fixture, "team/app.git", "feature/\"x\""),
                               fixture_rev(fixture, "w", "topic")));
    }
    fixture_sh(fixture, "team/app.git", "git config perf-review.secretFile /nowhere");
    said = fixture_sh(fixture, "w", "git push -q ../team/app.git topic:other 2>&1");
    assert_true(view_find(said, VIEW("cannot read /nowhere"), 0) != SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(a_pushed_branch_is_reviewed_against_the_default_branch),
        FIXTURE_TEST(a_malformed_delivery_is_refused),
        FIXTURE_TEST(a_branch_is_read_as_a_pull_request),
        FIXTURE_TEST(a_review_is_a_note_that_is_found_again),
        FIXTURE_TEST(the_hook_signs_what_we_verify),
        FIXTURE_TEST(the_hook_never_fails_a_push),
    };

    return cmocka_run_group_tests(tests, fixture_group_setup, fixture_group_teardown);
}
