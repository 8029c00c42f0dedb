#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge/forge_internal.h"
#include "forge_fixture.h"

static void only_safe_names_are_valid(void **state)
{
    static const struct {
        const char *text;
        bool repository, branch;
    } ROWS[] = {
        {"octo/hello-world", true, true},
        {"octo/a.b_c", true, true},
        {"group/sub/x", true, true},
        {"name", true, true},
        {"", false, false},
        {"/x", false, false},
        {"x/", false, false},
        {"a/../b", false, false},
        {"a//b", false, false},
        {"a/.b", false, false},
        {"a/b.git", false, true},
        {"a/b.lock", true, false},
        {"a b", false, false},
        {"a\nb", false, false},
        {"a\x7f", false, false},
        {"caf\303\251", false, true},
        {"a:b", false, false},
        {"a@{1}", false, false},
        {"@", false, false},
        {"-x", true, false},
        {"feature/#12", false, true},
        {"a.", true, false},
        {"a^b", false, false},
        {"a*b", false, false},
        {"a\\b", false, false},
        {"it's \"x\"", false, false},
        {"a\"b", false, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct view text = view_of(ROWS[i].text);

        if (forge_repository_is_valid(text) != ROWS[i].repository ||
            forge_branch_is_valid(text) != ROWS[i].branch)
            fail_msg("\"%s\"", ROWS[i].text);
    }
    assert_true(forge_sha_is_valid(VIEW(HEAD_SHA)));
    assert_true(forge_sha_is_valid(VIEW("1111111111111111111111111111111111111111111111111111111111111111")));
    assert_false(forge_sha_is_valid(VIEW("111111111111111111111111111111111111111")));
    assert_false(forge_sha_is_valid(VIEW("111111111111111111111111111111111111111A")));
}

static void the_marker_is_found_again(void **state)
{
    struct fake *fake = *state;
    struct view marker = forge_summary_marker(VIEW(HEAD_SHA), VIEW("job-7"), fake->arena);
    struct view body =
        arena_format(fake->arena, "<!-- perf-review:v1 head=x --> text\n\n%.*s\n", VIEW_ARG(marker));
    struct view job, head;

    assert_view(marker, "<!-- perf-review:v1 head=" HEAD_SHA " job=job-7 -->");
    assert_true(forge_marker_read(body, &head, &job));
    assert_view(head, HEAD_SHA);
    assert_view(job, "job-7");
    assert_false(forge_marker_read(view_slice(body, 0, body.len - 4), &head, &job));
    assert_false(forge_marker_read((struct view){0}, &head, &job));
    assert_view(forge_comment_marker(VIEW("0123456789abcdef"), fake->arena),
                "<!-- perf-review:fp=0123456789abcdef -->");
}

static void addresses_come_from_the_configuration(void **state)
{
    struct fake *fake = *state;

    assert_view(forge_clone_url(&fake->forge, VIEW("o/r"), fake->arena), "https://forge.example/o/r.git");
    assert_view(fake->forge.ops->head_ref(7, VIEW("x"), fake->arena), "refs/pull/7/head");
    assert_view(forge_ops_of(VIEW("git"))->head_ref(7, VIEW("x"), fake->arena), "refs/heads/x");
    assert_view(forge_branch_ref(VIEW("main"), fake->arena), "refs/heads/main");
    assert_null(forge_ops_of(VIEW("svn")));
}

static void numbers_of_branches_are_stable(void **state)
{
    (void)state;
    assert_int_equal(forge_branch_number(VIEW("topic")), forge_branch_number(VIEW("topic")));
    assert_true(forge_branch_number(VIEW("topic")) != forge_branch_number(VIEW("topic2")));
    assert_true(forge_branch_number(VIEW("topic")) > 0 && forge_branch_number(VIEW("topic")) <= INT32_MAX);
}

static void a_review_is_measured_before_it_is_sent(void **state)
{
    enum { MAX = FORGE_BODY_MAX_UNITS - FORGE_POST_RESERVE_UNITS };
    struct fake *fake = *state;
    struct forge_comment comments[FORGE_COMMENTS_MAX + 1];
    struct forge_review review = {.head_sha = VIEW(HEAD_SHA), .job = VIEW("j"), .comments = comments};
    char *text = arena_alloc(fake->arena, MAX + 1);

    memset(text, 'x', MAX + 1);
    for (size_t i = 0; i < COUNT_OF(comments); i++)
        comments[i] = (struct forge_comment){.path = VIEW("a"), .line = 5, .body = VIEW("b")};
    review.body = (struct view){text, MAX};
    review.comment_count = FORGE_COMMENTS_MAX;
    assert_int_equal(forge_review_check(&review, &fake->err), ERR_OK);
    review.body.len++;
    assert_int_equal(forge_review_check(&review, &fake->err), ERR_LIMIT);
    review.body.len = 1;
    review.comment_count++;
    assert_int_equal(forge_review_check(&review, &fake->err), ERR_LIMIT);
    review.comment_count = 1;
    comments[0].start_line = 5;
    assert_int_equal(forge_review_check(&review, &fake->err), ERR_INVALID);
    comments[0].start_line = 4;
    assert_int_equal(forge_review_check(&review, &fake->err), ERR_OK);
    review.job = VIEW("a b");
    assert_int_equal(forge_review_check(&review, &fake->err), ERR_INVALID);
    assert_int_equal(forge_units(VIEW("a\303\251\360\237\230\200\377")), 5);
}

static void a_comment_says_that_it_is_fixed_and_takes_it_back(void **state)
{
    static const char BODY[] = "**Slow** text\n\n<!-- perf-review:fp=0123456789abcdef -->";
    struct fake *fake = *state;
    struct view fixed = forge_body_fixed(VIEW(BODY), VIEW(HEAD_SHA), fake->arena);

    assert_true(view_starts(fixed, "**Fixed in `111111111111`.**\n\n**Slow** text"));
    assert_view(forge_fixed_find(fixed), HEAD_SHA);
    assert_view(forge_fingerprint_find(fixed), "0123456789abcdef");
    assert_view(forge_body_reopened(fixed, fake->arena), BODY);
    fixed = forge_body_fixed(fixed, VIEW(BASE_SHA), fake->arena); /* not twice */
    assert_view(forge_fixed_find(fixed), BASE_SHA);
    assert_view(forge_body_reopened(fixed, fake->arena), BODY);
    assert_view(forge_fixed_find(VIEW(BODY)), "");
    assert_view(forge_fingerprint_find(VIEW("<!-- perf-review:fp=0123 --> and no more")), "");
}

static void a_plain_no_is_told_from_other_answers(void **state)
{
    static const struct {
        const char *text;
        bool declines;
    } ROWS[] = {
        {"Won't fix", true},
        {"won\xe2\x80\x99t fix: the list is short", true},
        {"> wontfix", true},
        {"This is intentional.", true},
        {"It's by design", true},
        {"False positive!", true},
        {"declined", true},
        {"Is this intentional?", false},
        {"This is not intentional, thanks", false},
        {"Intentionally blank", false},
        {"Fixed", false},
        {"", false},
        {"I will not fix this today", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        print_message("  %s\n", ROWS[i].text);
        assert_int_equal(forge_text_declines(view_of(ROWS[i].text)), ROWS[i].declines);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(only_safe_names_are_valid),
        FAKE_TEST(the_marker_is_found_again),
        FAKE_TEST(a_comment_says_that_it_is_fixed_and_takes_it_back),
        FAKE_TEST(a_plain_no_is_told_from_other_answers),
        FAKE_TEST(addresses_come_from_the_configuration),
        FAKE_TEST(numbers_of_branches_are_stable),
        FAKE_TEST(a_review_is_measured_before_it_is_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
