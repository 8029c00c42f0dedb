#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "git/mirror.h"
#include "repo_fixture.h"

static void a_blob_is_read_whole_below_its_cap_only(void **state)
{
    static const struct {
        size_t cap;
        enum err_code code;
    } ROWS[] = {{6, ERR_OK}, {5, ERR_OK}, {4, ERR_LIMIT}, {0, ERR_LIMIT}};
    struct fixture *fixture = *state;
    struct mirror *mirror = NULL;
    struct view id, text;

    fixture_sh(
        fixture, ".",
        "git init -q -b main .; printf 'a\\0b\\r\\n' >f; mkdir d; cp f d/g; git add .; git commit -q -m 1");
    assert_ok(fixture, mirror_open(view_of(fixture->dir), &mirror, &fixture->err));
    id = fixture_rev(fixture, ".", "HEAD:f");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        enum err_code code = mirror_read_blob(mirror, id, ROWS[i].cap, fixture->arena, &text, &fixture->err);

        assert_int_equal(code, ROWS[i].code);
        code = mirror_read_path(mirror, fixture_rev(fixture, ".", "HEAD"), VIEW("d/g"), ROWS[i].cap,
                                fixture->arena, &text, &fixture->err);
        assert_int_equal(code, ROWS[i].code);
        code = mirror_read_work_file(mirror, VIEW("d/g"), ROWS[i].cap, fixture->arena, &text, &fixture->err);
        assert_int_equal(code, ROWS[i].code);
    }
    assert_ok(fixture, mirror_read_blob(mirror, id, 5, fixture->arena, &text, &fixture->err));
    assert_true(view_equal(text, VIEW("a\0b\r\n")));
    mirror_free(mirror);
}

static void what_is_no_file_is_refused(void **state)
{
    static const struct {
        const char *path;
        enum err_code in_commit, on_disk;
    } ROWS[] = {
        {"nope", ERR_NOT_FOUND, ERR_NOT_FOUND},     {"d", ERR_NOT_FOUND, ERR_INVALID},
        {"d/nope/x", ERR_NOT_FOUND, ERR_NOT_FOUND}, {"link", ERR_OK, ERR_INVALID},
        {"pipe", ERR_NOT_FOUND, ERR_INVALID},
    };
    static const char *const OUTSIDE[] = {"/etc/passwd", "../x", "d/../f", "./f", "", "d//g"};
    struct fixture *fixture = *state;
    struct mirror *mirror = NULL;
    struct view text, head;

    fixture_sh(fixture, ".",
               "git init -q -b main .; mkdir d; echo 1 >d/f; ln -s d/f link; git add .; git commit -q -m 1; "
               "mkfifo pipe");
    assert_ok(fixture, mirror_open(view_of(fixture->dir), &mirror, &fixture->err));
    head = fixture_rev(fixture, ".", "HEAD");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct view path = view_of(ROWS[i].path);

        print_message("  %s\n", ROWS[i].path);
        assert_int_equal(mirror_read_path(mirror, head, path, 100, fixture->arena, &text, &fixture->err),
                         ROWS[i].in_commit);
        assert_int_equal(mirror_read_work_file(mirror, path, 100, fixture->arena, &text, &fixture->err),
                         ROWS[i].on_disk);
    }
    for (size_t i = 0; i < COUNT_OF(OUTSIDE); i++)
        assert_int_equal(
            mirror_read_work_file(mirror, view_of(OUTSIDE[i]), 100, fixture->arena, &text, &fixture->err),
            ERR_INVALID);
    assert_int_equal(mirror_read_blob(mirror, VIEW("12"), 100, fixture->arena, &text, &fixture->err),
                     ERR_INVALID);
    assert_int_equal(mirror_read_blob(mirror, VIEW("0123456789012345678901234567890123456789"), 100,
                                      fixture->arena, &text, &fixture->err),
                     ERR_NOT_FOUND);
    mirror_free(mirror);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(a_blob_is_read_whole_below_its_cap_only),
        FIXTURE_TEST(what_is_no_file_is_refused),
    };

    return cmocka_run_group_tests(tests, fixture_group_setup, fixture_group_teardown);
}
