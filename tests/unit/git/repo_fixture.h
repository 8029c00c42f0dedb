/** @file repo_fixture.h  A temporary folder with real repositories made by the git command line. */
#pragma once
#include "base/buffer.h"
#include "git/mirror.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIXTURE_ARENA_BYTES = 32 << 20 };

struct fixture {
    char dir[64];
    struct arena *arena;
    struct err err;
};

static inline int fixture_remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* Runs @p script by sh in @p dir below the fixture, away from the machine's own git configuration; what it
 * prints becomes the result, in the arena. The script must succeed. */
static inline struct view fixture_sh(struct fixture *fixture, const char *dir, const char *script)
{
    struct view where = arena_format(fixture->arena, "%s/%s", fixture->dir, dir);
    struct buffer out;
    struct view result;
    char part[4096];
    int pipes[2], status;
    ssize_t got;
    pid_t child;

    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setenv("HOME", fixture->dir, 1);
        setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
        setenv("GIT_AUTHOR_NAME", "a", 1);
        setenv("GIT_AUTHOR_EMAIL", "a@example.org", 1);
        setenv("GIT_COMMITTER_NAME", "a", 1);
        setenv("GIT_COMMITTER_EMAIL", "a@example.org", 1);
        setenv("LC_ALL", "C", 1);
        if (chdir(where.ptr) == 0 && dup2(pipes[1], 1) == 1)
            execl("/bin/sh", "sh", "-ec", script, (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    buffer_init(&out, 16 << 20);
    while ((got = read(pipes[0], part, sizeof(part))) > 0)
        buffer_add(&out, (struct view){part, (size_t)got});
    close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (status != 0)
        fail_msg("script failed: %s", script);
    assert_int_equal(arena_copy(fixture->arena, buffer_view(&out), &result, NULL), ERR_OK);
    buffer_deinit(&out);
    return result;
}

static inline struct view fixture_rev(struct fixture *fixture, const char *dir, const char *revision)
{
    struct view command = arena_format(fixture->arena, "git rev-parse '%s'", revision);

    return view_trim(fixture_sh(fixture, dir, command.ptr));
}

static inline struct view fixture_path(struct fixture *fixture, const char *below)
{
    return arena_format(fixture->arena, "%s/%s", fixture->dir, below);
}

static inline int fixture_setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    snprintf(fixture->dir, sizeof(fixture->dir), "/tmp/perf-review-test-XXXXXX");
    if (!mkdtemp(fixture->dir))
        return -1;
    fixture->arena = arena_new(FIXTURE_ARENA_BYTES);
    *state = fixture;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;

    nftw(fixture->dir, fixture_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static inline int fixture_group_setup(void **state)
{
    (void)state;
    return mirror_module_start(MIRROR_TRUST_CONFIGURED, NULL) == ERR_OK ? 0 : -1;
}

static inline int fixture_group_teardown(void **state)
{
    (void)state;
    mirror_module_stop();
    return 0;
}

#define FIXTURE_TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

#define assert_ok(fixture, call)                                                                             \
    do {                                                                                                     \
        if ((call) != ERR_OK)                                                                                \
            fail_msg("%s: %s", #call, (fixture)->err.message);                                               \
    } while (0)

#define assert_view(actual, expected)                                                                        \
    do {                                                                                                     \
        struct view got_ = (actual);                                                                         \
        if (!view_is(got_, (expected)))                                                                      \
            fail_msg("\"%.*s\" is not \"%s\"", VIEW_ARG(got_), (expected));                                  \
    } while (0)
