#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "git/note.h"
#include "repo_fixture.h"

static void a_note_is_read_back_replaced_and_shown_by_git(void **state)
{
    struct fixture *fixture = *state;
    struct mirror *mirror = NULL;
    struct view head, text;
    char id[MIRROR_ID_SIZE];

    fixture_sh(fixture, ".",
               "git init -q -b main .; git commit -q --allow-empty -m 1; git clone -q --bare . b.git");
    head = fixture_rev(fixture, ".", "HEAD");
    assert_ok(fixture, mirror_open(fixture_path(fixture, "b.git"), &mirror, &fixture->err));
    assert_int_equal(mirror_note_read(mirror, head, fixture->arena, &text, &fixture->err), ERR_NOT_FOUND);
    assert_ok(fixture, mirror_note_write(mirror, head, VIEW("first\n"), id, &fixture->err));
    assert_ok(fixture, mirror_note_write(mirror, head, VIEW("se\0cond\n"), id, &fixture->err));
    assert_ok(fixture, mirror_note_read(mirror, head, fixture->arena, &text, &fixture->err));
    assert_view(text, "se cond\n");
    assert_view(fixture_sh(fixture, "b.git", "git notes --ref=perf-review show HEAD"), "se cond\n");
    assert_true(view_equal(
        view_of(id), view_slice(fixture_sh(fixture, "b.git", "git notes --ref=perf-review list"), 0, 40)));
    assert_int_equal(mirror_note_write(mirror, VIEW("main"), VIEW("x"), id, &fixture->err), ERR_INVALID);
    mirror_free(mirror);
}

static void writers_at_once_lose_no_note(void **state)
{
    enum { WRITERS = 4 };
    struct fixture *fixture = *state;
    pid_t children[WRITERS];
    int done = 0;

    fixture_sh(
        fixture, ".",
        "git init -q -b main .; for i in 0 1 2 3; do git commit -q --allow-empty -m $i; git tag t$i; done");
    for (int i = 0; i < WRITERS; i++) {
        struct view name = arena_format(fixture->arena, "t%d", i);
        struct view commit = fixture_rev(fixture, ".", name.ptr);

        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            char id[MIRROR_ID_SIZE];
            struct mirror *mirror = NULL;
            enum err_code code = mirror_open(view_of(fixture->dir), &mirror, NULL);

            for (int round = 0; code == ERR_OK && round < 5; round++)
                code = mirror_note_write(mirror, commit, VIEW("x"), id, NULL);
            mirror_free(mirror);
            _exit(code == ERR_OK ? 0 : code == ERR_CONFLICT ? 1 : 2);
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
        done += WEXITSTATUS(status) == 0;
    }
    /* A writer may be told of a conflict, but one that was told "done" must find its note. */
    assert_true(done >= 1);
    print_message("  %d of %d without a conflict\n", done, (int)WRITERS);
    assert_true(strtol(fixture_sh(fixture, ".", "git notes --ref=perf-review list | wc -l").ptr, NULL, 10) >=
                done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(a_note_is_read_back_replaced_and_shown_by_git),
        FIXTURE_TEST(writers_at_once_lose_no_note),
    };

    return cmocka_run_group_tests(tests, fixture_group_setup, fixture_group_teardown);
}
