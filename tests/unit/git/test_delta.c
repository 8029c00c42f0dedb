#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "git/delta.h"
#include "repo_fixture.h"

static struct mirror *open_repository(struct fixture *fixture, const char *below)
{
    struct mirror *mirror = NULL;

    assert_ok(fixture, mirror_open(fixture_path(fixture, below), &mirror, &fixture->err));
    return mirror;
}

static struct mirror_diff diff_revisions(struct fixture *fixture, struct mirror *mirror, const char *base,
                                         const char *head, const struct mirror_diff_limits *limits)
{
    struct mirror_diff diff;
    struct view from = fixture_rev(fixture, ".", base), to = fixture_rev(fixture, ".", head);

    assert_ok(fixture, mirror_diff_commits(mirror, from, to, limits, fixture->arena, &diff, &fixture->err));
    return diff;
}

static const struct mirror_delta *delta_of(const struct mirror_diff *diff, const char *new_path)
{
    for (size_t i = 0; i < diff->count; i++)
        if (view_is(diff->deltas[i].new_path, new_path))
            return &diff->deltas[i];
    fail_msg("no delta for %s", new_path);
    return NULL;
}

static const char KINDS[] =
    "git init -q -b main .; seq 1 40 >old.py; echo x >gone.py; printf 'a\\0b' >bin.dat; printf "
    "'a\\r\\nb\\r\\n' >crlf.py;"
    "printf 'no newline' >end.py; printf 'caf\\351\\n' >latin.py; ln -s old.py link; echo t >was_file; echo "
    "same >same.py;"
    "git init -q -b main sub; git -C sub commit -q --allow-empty -m s; git update-index --add --cacheinfo"
    " 160000,$(git -C sub rev-parse HEAD),sub; git add -A .; git commit -q -m base; git tag base;"
    "git mv old.py new.py; echo 41 >>new.py; git rm -q gone.py; printf 'a\\0c' >bin.dat;"
    "printf 'a\\r\\nB\\r\\n' >crlf.py; printf 'no newline\\n' >end.py; printf 'th\\351\\n' >latin.py;"
    "ln -sfn new.py link; rm was_file; ln -s x was_file; git -C sub commit -q --allow-empty -m t;"
    "printf 'new\\n' >\"$(printf 'caf\\351.py')\"; : >empty.py; git add -A .; git commit -q -m head; git tag "
    "head";

static void each_kind_of_change_is_told_apart(void **state)
{
    static const struct {
        const char *path;
        enum mirror_status status;
        bool binary, submodule, symlink;
        const char *why;
        size_t hunks;
        struct mirror_hunk first;
    } ROWS[] = {
        {"bin.dat", MIRROR_MODIFIED, true, false, false, "binary", 0, {0, 0, 0, 0}},
        {"caf\351.py", MIRROR_ADDED, false, false, false, NULL, 1, {0, 0, 1, 1}},
        {"crlf.py", MIRROR_MODIFIED, false, false, false, NULL, 1, {2, 1, 2, 1}},
        {"empty.py", MIRROR_ADDED, false, false, false, NULL, 0, {0, 0, 0, 0}},
        {"end.py", MIRROR_MODIFIED, false, false, false, NULL, 1, {1, 1, 1, 1}},
        {"gone.py", MIRROR_DELETED, false, false, false, NULL, 1, {1, 1, 0, 0}},
        {"latin.py", MIRROR_MODIFIED, false, false, false, NULL, 1, {1, 1, 1, 1}},
        {"link", MIRROR_MODIFIED, false, false, true, NULL, 1, {1, 1, 1, 1}},
        {"new.py", MIRROR_RENAMED, false, false, false, NULL, 1, {40, 0, 41, 1}},
        {"sub", MIRROR_MODIFIED, false, true, false, "submodule", 0, {0, 0, 0, 0}},
        {"was_file", MIRROR_TYPE_CHANGED, false, false, true, "another type of file", 0, {0, 0, 0, 0}},
    };
    struct fixture *fixture = *state;
    struct mirror_diff diff;
    struct mirror *mirror;

    fixture_sh(fixture, ".", KINDS);
    mirror = open_repository(fixture, "");
    diff = diff_revisions(fixture, mirror, "base", "head", NULL);
    assert_int_equal(diff.total_files, diff.count);
    assert_int_equal(diff.without_hunks, 0);
    assert_true(diff.renames_searched);
    for (size_t i = 0; i < COUNT_OF(ROWS) && i < diff.count; i++) {
        const struct mirror_delta *delta = &diff.deltas[i];

        print_message("  %s\n", ROWS[i].path);
        assert_view(delta->new_path, ROWS[i].path);
        assert_int_equal(delta->status, ROWS[i].status);
        assert_int_equal(delta->is_binary, ROWS[i].binary);
        assert_int_equal(delta->is_submodule, ROWS[i].submodule);
        assert_int_equal(delta->is_symlink, ROWS[i].symlink);
        assert_true(ROWS[i].why ? delta->why_no_hunks && !strcmp(delta->why_no_hunks, ROWS[i].why)
                                : delta->why_no_hunks == NULL);
        assert_int_equal(delta->hunk_count, ROWS[i].hunks);
        if (ROWS[i].hunks)
            assert_memory_equal(delta->hunks, &ROWS[i].first, sizeof(ROWS[i].first));
        assert_false(delta->is_on_disk);
    }
    assert_int_equal(diff.count, COUNT_OF(ROWS));
    assert_view(delta_of(&diff, "new.py")->old_path, "old.py");
    assert_int_equal(delta_of(&diff, "new.py")->shown[0].head_start, 38);
    assert_int_equal(delta_of(&diff, "new.py")->shown[0].head_lines, 4);
    assert_int_equal(delta_of(&diff, "gone.py")->new_id.len, 0);
    assert_int_equal(delta_of(&diff, "empty.py")->old_id.len, 0);
    assert_int_equal(delta_of(&diff, "end.py")->old_size, 10);
    mirror_free(mirror);
}

/* A small own generator: the same change on every machine. */
static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Lines from a small alphabet, indented, so that equal lines and ambiguous hunks are many. */
static void write_side(FILE *file, uint32_t shape, uint32_t *edits, bool head)
{
    uint32_t lines = next_random(&shape) % 60, rate = 2 + next_random(&shape) % 20;

    for (uint32_t i = 0; i < lines; i++) {
        uint32_t word = next_random(&shape) % 7;
        uint32_t edit = head ? next_random(edits) % rate : 9;

        if (edit == 0)
            continue;
        if (edit == 1)
            fprintf(file, "%*snew %u\n", (int)(word % 3) * 4, "", next_random(edits) % 3);
        fprintf(file, "%*sline %u\n", (int)(word % 3) * 4, "", word);
    }
    if (next_random(head ? edits : &shape) % 4 == 0)
        fputs("no newline", file);
}

/* Reads the next "@@ -a,b +c,d @@" of git's output for one file; false at the end of it. */
static bool next_header(struct view *rest, struct mirror_hunk *out)
{
    struct view line;

    while (view_split(rest, '\n', &line)) {
        unsigned values[4] = {0, 1, 0, 1};
        char text[128], *at = text;

        if (!view_starts(line, "@@ -"))
            continue;
        snprintf(text, sizeof(text), "%.*s", VIEW_ARG(line));
        for (int i = 0; i < 4; i += 2) {
            at = strpbrk(at, "-+") + 1;
            values[i] = (unsigned)strtoul(at, &at, 10);
            if (*at == ',')
                values[i + 1] = (unsigned)strtoul(at + 1, &at, 10);
        }
        *out = (struct mirror_hunk){values[0], values[1], values[2], values[3]};
        return true;
    }
    return false;
}

static void expect_hunks(struct fixture *fixture, const char *context, const char *path,
                         const struct mirror_hunk *hunks, size_t count)
{
    struct view command =
        arena_format(fixture->arena, "git diff --no-renames -U%s base head -- %s", context, path);
    struct view rest = fixture_sh(fixture, ".", command.ptr);
    struct mirror_hunk expected;

    for (size_t i = 0; i < count; i++) {
        if (!next_header(&rest, &expected))
            fail_msg("%s -U%s: git shows %zu hunks, we %zu", path, context, i, count);
        if (memcmp(&expected, &hunks[i], sizeof(expected)) != 0)
            fail_msg("%s -U%s hunk %zu: git -%u,%u +%u,%u, we -%u,%u +%u,%u", path, context, i,
                     expected.base_start, expected.base_lines, expected.head_start, expected.head_lines,
                     hunks[i].base_start, hunks[i].base_lines, hunks[i].head_start, hunks[i].head_lines);
    }
    if (next_header(&rest, &expected))
        fail_msg("%s -U%s: git shows more than %zu hunks", path, context, count);
}

static void hunks_are_those_of_git_diff(void **state)
{
    enum { FILES = 120 };
    struct fixture *fixture = *state;
    struct mirror_diff diff;
    struct mirror *mirror;
    size_t hunks = 0;

    fixture_sh(fixture, ".", "git init -q -b main .");
    for (int head = 0; head < 2; head++) {
        for (uint32_t i = 0; i < FILES; i++) {
            struct view name = arena_format(fixture->arena, "%s/f%03u", fixture->dir, i);
            uint32_t edits = i + 1000;
            FILE *file = fopen(name.ptr, "w");

            assert_non_null(file);
            write_side(file, i, &edits, head);
            fclose(file);
        }
        fixture_sh(fixture, ".",
                   head ? "git commit -q -a -m head; git tag head"
                        : "git add .; git commit -q -m base; git tag base");
    }
    mirror = open_repository(fixture, "");
    diff = diff_revisions(fixture, mirror, "base", "head", NULL);
    assert_true(diff.count > FILES / 2);
    for (size_t i = 0; i < diff.count; i++) {
        const struct mirror_delta *delta = &diff.deltas[i];

        expect_hunks(fixture, "0", delta->new_path.ptr, delta->hunks, delta->hunk_count);
        expect_hunks(fixture, "3", delta->new_path.ptr, delta->shown, delta->shown_count);
        hunks += delta->hunk_count;
    }
    print_message("  %zu files, %zu hunks\n", diff.count, hunks);
    mirror_free(mirror);
}

static void limits_are_reported_below_at_and_above(void **state)
{
    static const struct {
        const char *name;
        struct mirror_diff_limits limits;
        size_t count, total, without_hunks;
    } ROWS[] = {
        {"none reached", {.files = 3, .lines = 30, .bytes = 1000, .file_bytes = 100}, 3, 3, 0},
        {"files", {.files = 2}, 2, 3, 0},
        {"lines at", {.lines = 30}, 3, 3, 0},
        {"lines above", {.lines = 29}, 3, 3, 1},
        {"lines one file", {.lines = 10}, 3, 3, 2},
        {"bytes at", {.bytes = 3 * 21}, 3, 3, 0},
        {"bytes above", {.bytes = 3 * 21 - 1}, 3, 3, 1},
        {"file bytes at", {.file_bytes = 21}, 3, 3, 0},
        {"file bytes above", {.file_bytes = 20}, 3, 3, 3},
    };
    struct fixture *fixture = *state;
    struct mirror *mirror;

    fixture_sh(fixture, ".",
               "git init -q -b main .; git commit -q --allow-empty -m b; git tag base;"
               "for f in a b c; do seq 1 10 >$f; done; git add .; git commit -q -m h; git tag head");
    mirror = open_repository(fixture, "");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct mirror_diff diff = diff_revisions(fixture, mirror, "base", "head", &ROWS[i].limits);

        print_message("  %s\n", ROWS[i].name);
        assert_int_equal(diff.count, ROWS[i].count);
        assert_int_equal(diff.total_files, ROWS[i].total);
        assert_int_equal(diff.without_hunks, ROWS[i].without_hunks);
        for (size_t f = 0; f < diff.count; f++)
            assert_int_equal(diff.deltas[f].hunk_count, diff.deltas[f].why_no_hunks ? 0 : 1);
    }
    mirror_free(mirror);
}

static void the_work_tree_is_compared_with_new_files_and_without_ignored_ones(void **state)
{
    struct fixture *fixture = *state;
    struct mirror_diff diff;
    struct mirror *mirror = NULL;
    struct view text;

    fixture_sh(
        fixture, ".",
        "git init -q -b main .; mkdir d; echo 1 >d/kept.py; echo 1 >staged.py; echo 1 >gone.py; seq 1 30 "
        ">moved.py;"
        "echo ignored.py >.gitignore; git add .; git commit -q -m base;"
        "echo 2 >staged.py; git add staged.py; rm gone.py; mkdir e; mv moved.py e/here.py; echo n >e/new.py;"
        "echo i >ignored.py; git init -q other; echo o >other/o.py");
    assert_ok(fixture, mirror_open_work_tree(fixture_path(fixture, "d"), &mirror, &fixture->err));
    assert_ok(fixture, mirror_diff_work_tree(mirror, fixture_rev(fixture, ".", "HEAD"), NULL, fixture->arena,
                                             &diff, &fixture->err));
    assert_int_equal(diff.count, 4);
    assert_view(diff.deltas[0].new_path, "e/here.py");
    assert_int_equal(diff.deltas[0].status, MIRROR_RENAMED);
    assert_view(diff.deltas[0].old_path, "moved.py");
    assert_int_equal(diff.deltas[0].hunk_count, 0);
    assert_view(diff.deltas[1].new_path, "e/new.py");
    assert_int_equal(diff.deltas[1].status, MIRROR_ADDED);
    assert_int_equal(diff.deltas[1].hunks[0].head_lines, 1);
    assert_true(diff.deltas[1].is_on_disk);
    assert_view(diff.deltas[2].new_path, "gone.py");
    assert_false(diff.deltas[2].is_on_disk);
    assert_view(diff.deltas[3].new_path, "staged.py");
    assert_ok(fixture, mirror_read_work_file(mirror, diff.deltas[3].new_path, 100, fixture->arena, &text,
                                             &fixture->err));
    assert_view(text, "2\n");
    mirror_free(mirror);
}

static void a_commit_that_is_not_here_is_named(void **state)
{
    struct fixture *fixture = *state;
    struct mirror *mirror;
    struct mirror_diff diff;

    fixture_sh(fixture, ".", "git init -q -b main .; git commit -q --allow-empty -m b");
    mirror = open_repository(fixture, "");
    assert_int_equal(mirror_diff_commits(mirror, VIEW("0123456789012345678901234567890123456789"),
                                         fixture_rev(fixture, ".", "HEAD"), NULL, fixture->arena, &diff,
                                         &fixture->err),
                     ERR_NOT_FOUND);
    assert_non_null(strstr(fixture->err.message, "0123456789012345678901234567890123456789"));
    assert_int_equal(
        mirror_diff_commits(mirror, VIEW("HEAD"), VIEW("HEAD"), NULL, fixture->arena, &diff, &fixture->err),
        ERR_INVALID);
    mirror_free(mirror);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(each_kind_of_change_is_told_apart),
        FIXTURE_TEST(hunks_are_those_of_git_diff),
        FIXTURE_TEST(limits_are_reported_below_at_and_above),
        FIXTURE_TEST(the_work_tree_is_compared_with_new_files_and_without_ignored_ones),
        FIXTURE_TEST(a_commit_that_is_not_here_is_named),
    };

    return cmocka_run_group_tests(tests, fixture_group_setup, fixture_group_teardown);
}
