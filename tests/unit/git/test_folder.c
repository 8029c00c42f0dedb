#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "git/mirror.h"
#include "repo_fixture.h"

static struct view listed(struct fixture *fixture, struct mirror *mirror, struct view commit,
                          const char *folder)
{
    const struct mirror_entry *entries = NULL;
    struct view text = VIEW("");
    size_t count = 0;
    enum err_code code =
        mirror_list_path(mirror, commit, view_of(folder), fixture->arena, &entries, &count, &fixture->err);

    if (code != ERR_OK)
        return view_of(err_name(code));
    for (size_t i = 0; i < count; i++)
        text = arena_format(fixture->arena, "%.*s%.*s%s ", VIEW_ARG(text), VIEW_ARG(entries[i].name),
                            entries[i].is_folder ? "/" : "");
    return text;
}

static void a_folder_of_a_commit_is_listed(void **state)
{
    static const struct {
        const char *folder, *entries;
    } ROWS[] = {
        {"", "d/ f run "},    {"d", "e/ g "},        {"d/e", "h "},         {"f", "not found"},
        {"d/x", "not found"}, {"link", "not found"}, {"../d", "not found"},
    };
    struct fixture *fixture = *state;
    struct mirror *mirror = NULL;
    struct view head;

    fixture_sh(fixture, ".",
               "git init -q -b main .; mkdir -p d/e; echo 1 >f; echo 1 >d/g; echo 1 >d/e/h; echo 1 >run; "
               "chmod +x run; ln -s d link; git add .; git commit -q -m 1");
    assert_ok(fixture, mirror_open(view_of(fixture->dir), &mirror, &fixture->err));
    head = fixture_rev(fixture, ".", "HEAD");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct view found = listed(fixture, mirror, head, ROWS[i].folder);
        if (!view_is(found, ROWS[i].entries))
            fail_msg("%s: %.*s", ROWS[i].folder, VIEW_ARG(found));
    }
    assert_true(view_is(listed(fixture, mirror, VIEW("12"), ""), "invalid"));
    assert_true(
        view_is(listed(fixture, mirror, VIEW("0123456789012345678901234567890123456789"), ""), "not found"));
    mirror_free(mirror);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(a_folder_of_a_commit_is_listed),
    };

    return cmocka_run_group_tests(tests, fixture_group_setup, fixture_group_teardown);
}
