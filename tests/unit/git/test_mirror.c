#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "git/mirror.h"
#include "repo_fixture.h"

static void a_store_is_made_once_and_opened_by_many_processes(void **state)
{
    enum { PROCESSES = 6 };
    struct fixture *fixture = *state;
    pid_t children[PROCESSES];

    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            struct mirror *mirror = NULL;
            enum err_code code = mirror_open_store(view_of(fixture->dir), VIEW("github"),
                                                   VIEW("octo/hello.world"), &mirror, NULL);

            mirror_free(mirror);
            _exit(code == ERR_OK ? 0 : 1);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_view(fixture_sh(fixture, "git/github/octo", "ls -A"), "hello.world.git\n");
    assert_view(fixture_sh(fixture, "git/github/octo/hello.world.git", "git rev-parse --is-bare-repository"),
                "true\n");
}

static void names_that_could_leave_the_store_are_refused(void **state)
{
    static const struct {
        const char *name;
        enum err_code code;
    } ROWS[] = {
        {"owner/name", ERR_OK},
        {"group/sub/name", ERR_OK},
        {"name", ERR_OK},
        {"", ERR_INVALID},
        {"/etc", ERR_INVALID},
        {"a/../b", ERR_INVALID},
        {"a/.hidden", ERR_INVALID},
        {"a//b", ERR_INVALID},
        {"a/", ERR_INVALID},
        {"a/b.git", ERR_INVALID},
        {"a/b c", ERR_INVALID},
        {"a/b\n", ERR_INVALID},
        {"a/caf\303\251", ERR_INVALID},
        {"a\\b", ERR_INVALID},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct mirror *mirror = NULL;
        enum err_code code = mirror_open_store(view_of(fixture->dir), VIEW("f"), view_of(ROWS[i].name),
                                               &mirror, &fixture->err);

        print_message("  \"%s\"\n", ROWS[i].name);
        assert_int_equal(code, ROWS[i].code);
        mirror_free(mirror);
    }
}

static void what_is_no_repository_is_said(void **state)
{
    struct fixture *fixture = *state;
    struct mirror *mirror = NULL;

    assert_int_equal(mirror_open(view_of(fixture->dir), &mirror, &fixture->err), ERR_NOT_FOUND);
    assert_non_null(strstr(fixture->err.message, fixture->dir));
    assert_int_equal(mirror_open_work_tree(view_of(fixture->dir), &mirror, &fixture->err), ERR_NOT_FOUND);
    fixture_sh(fixture, ".", "git init -q --bare b.git");
    assert_int_equal(mirror_open_work_tree(fixture_path(fixture, "b.git"), &mirror, &fixture->err),
                     ERR_INVALID);
    assert_null(mirror);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(a_store_is_made_once_and_opened_by_many_processes),
        FIXTURE_TEST(names_that_could_leave_the_store_are_refused),
        FIXTURE_TEST(what_is_no_repository_is_said),
    };

    return cmocka_run_group_tests(tests, fixture_group_setup, fixture_group_teardown);
}
