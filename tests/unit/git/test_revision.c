#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "git/mirror.h"
#include "repo_fixture.h"

static struct mirror *open_at(struct fixture *fixture, const char *below)
{
    struct mirror *mirror = NULL;

    assert_ok(fixture, mirror_open(fixture_path(fixture, below), &mirror, &fixture->err));
    return mirror;
}

static void the_merge_base_is_that_of_git(void **state)
{
    static const struct {
        const char *name, *script;
    } ROWS[] = {
        {"straight", "c 1; git branch b; c 2; git branch h"},
        {"base moved on", "c 1; git branch h; c 2; c 3; git branch b; git checkout -q h; c 4"},
        {"base merged into head", "c 1; git branch h; c 2; git branch b; git checkout -q h; c 3; git merge "
                                  "-q -m m b; git checkout -q b; c 5"},
        {"criss-cross", "c 1; git branch h; git checkout -q -b b; c 2; git checkout -q h; c 3; git branch x; "
                        "git merge -q -m m b;"
                        "git checkout -q b; git merge -q -m n x"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct view name = arena_format(fixture->arena, "r%zu", i);
        struct view script =
            arena_format(fixture->arena,
                         "git init -q -b main %s; cd %s; c() { GIT_COMMITTER_DATE=\"170000000$1 +0000\" "
                         "git commit -q --allow-empty -m $1; }; %s",
                         name.ptr, name.ptr, ROWS[i].script);
        char base[MIRROR_ID_SIZE];
        struct mirror *mirror;
        struct view all;

        print_message("  %s\n", ROWS[i].name);
        fixture_sh(fixture, ".", script.ptr);
        mirror = open_at(fixture, name.ptr);
        assert_ok(fixture, mirror_merge_base(mirror, fixture_rev(fixture, name.ptr, "b"),
                                             fixture_rev(fixture, name.ptr, "h"), base, &fixture->err));
        all = fixture_sh(fixture, name.ptr, "git merge-base --all b h");
        assert_true(view_find(all, view_of(base), 0) != SIZE_MAX);
        mirror_free(mirror);
    }
}

static void unrelated_histories_have_no_merge_base(void **state)
{
    struct fixture *fixture = *state;
    char base[MIRROR_ID_SIZE];
    struct mirror *mirror;

    fixture_sh(fixture, ".",
               "git init -q -b main .; git commit -q --allow-empty -m 1; git checkout -q --orphan o;"
               "git commit -q --allow-empty -m 2");
    mirror = open_at(fixture, "");
    assert_int_equal(mirror_merge_base(mirror, fixture_rev(fixture, ".", "main"),
                                       fixture_rev(fixture, ".", "o"), base, &fixture->err),
                     ERR_NOT_FOUND);
    mirror_free(mirror);
}

static void revisions_resolve_to_commits(void **state)
{
    static const struct {
        const char *revision;
        enum err_code code;
    } ROWS[] = {
        {"HEAD", ERR_OK},        {"main~1", ERR_OK}, {"v1", ERR_OK},          {"refs/heads/main", ERR_OK},
        {"nope", ERR_NOT_FOUND}, {"", ERR_INVALID},  {"HEAD:a", ERR_INVALID}, {"a..b", ERR_INVALID},
    };
    struct fixture *fixture = *state;
    struct mirror *mirror;

    fixture_sh(fixture, ".",
               "git init -q -b main .; echo 1 >a; git add a; git commit -q -m 1; git tag -a -m t v1;"
               "git commit -q --allow-empty -m 2");
    mirror = open_at(fixture, "");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char id[MIRROR_ID_SIZE] = "";
        enum err_code code = mirror_resolve(mirror, view_of(ROWS[i].revision), id, &fixture->err);

        if (code != ROWS[i].code)
            fail_msg("%s: %s %s", ROWS[i].revision, err_name(code), fixture->err.message);
        if (code == ERR_OK) {
            struct view peeled = arena_format(fixture->arena, "%s^{commit}", ROWS[i].revision);

            assert_true(view_equal(view_of(id), fixture_rev(fixture, ".", peeled.ptr)));
        }
    }
    assert_true(mirror_has_commit(mirror, fixture_rev(fixture, ".", "HEAD")));
    assert_false(mirror_has_commit(mirror, fixture_rev(fixture, ".", "HEAD:a")));
    assert_false(mirror_has_commit(mirror, VIEW("12345")));
    mirror_free(mirror);
}

static void the_default_branch_is_what_origin_says_then_main_then_master(void **state)
{
    static const struct {
        const char *script, *expected;
    } ROWS[] = {
        {"git init -q -b trunk up; git -C up commit -q --allow-empty -m 1; git clone -q up r 2>/dev/null",
         "refs/remotes/origin/trunk"},
        {"git init -q -b main r; git -C r commit -q --allow-empty -m 1", "refs/heads/main"},
        {"git init -q -b master r; git -C r commit -q --allow-empty -m 1; git -C r checkout -q -b x",
         "refs/heads/master"},
        {"git init -q --bare -b dev r", "refs/heads/dev"},
        {"git init -q -b x r; git -C r commit -q --allow-empty -m 1", NULL},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct mirror *mirror;
        struct view branch = {0};
        enum err_code code;

        fixture_sh(fixture, ".", "rm -rf r up");
        fixture_sh(fixture, ".", ROWS[i].script);
        mirror = open_at(fixture, "r");
        code = mirror_default_branch(mirror, fixture->arena, &branch, &fixture->err);
        assert_int_equal(code, ROWS[i].expected ? ERR_OK : ERR_NOT_FOUND);
        if (ROWS[i].expected)
            assert_view(branch, ROWS[i].expected);
        mirror_free(mirror);
    }
}

static void refs_are_listed_by_name_with_their_commits(void **state)
{
    struct fixture *fixture = *state;
    const struct mirror_ref *refs;
    struct mirror *mirror;
    size_t count;

    fixture_sh(
        fixture, ".",
        "git init -q -b main .; echo 1 >a; git add a; git commit -q -m 1; git branch z; git branch b/c;"
        "git pack-refs --all; git branch y; git tag -a -m t v1; git tag blob HEAD:a");
    mirror = open_at(fixture, "");
    assert_ok(fixture, mirror_refs(mirror, "refs/heads/", fixture->arena, &refs, &count, &fixture->err));
    assert_int_equal(count, 4);
    assert_view(refs[0].name, "refs/heads/b/c");
    assert_view(refs[3].name, "refs/heads/z");
    assert_true(view_equal(refs[2].id, fixture_rev(fixture, ".", "HEAD")));
    assert_ok(fixture, mirror_refs(mirror, "refs/tags/", fixture->arena, &refs, &count, &fixture->err));
    assert_int_equal(count, 1);
    assert_true(view_equal(refs[0].id, fixture_rev(fixture, ".", "HEAD")));
    mirror_free(mirror);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(the_merge_base_is_that_of_git),
        FIXTURE_TEST(unrelated_histories_have_no_merge_base),
        FIXTURE_TEST(revisions_resolve_to_commits),
        FIXTURE_TEST(the_default_branch_is_what_origin_says_then_main_then_master),
        FIXTURE_TEST(refs_are_listed_by_name_with_their_commits),
    };

    return cmocka_run_group_tests(tests, fixture_group_setup, fixture_group_teardown);
}
