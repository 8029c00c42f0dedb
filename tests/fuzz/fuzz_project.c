/* Any bytes as the files of a project: the first byte says which file, the second how small the arena is.
 * Reading ends, keeps its bounds, and gives names that are normalised. */
#include "facts/project.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CAP = 64 << 20, SMALL_CAP_STEP = 256 };

static uint64_t no_time(void *ctx)
{
    (void)ctx;
    return 0;
}

static void check(const struct project *project)
{
    assert(project->dependency_count <= PROJECT_DEPENDENCIES_MAX);
    assert(project->crate_count <= PROJECT_DEPENDENCIES_MAX);
    for (size_t i = 0; i < project->crate_count; i++) {
        struct crate_asked asked = {.name = project->crates[i].name};
        assert(project_has_crate(project, &asked) || view_is(asked.name, "rust"));
    }
    for (size_t i = 0; i < project->dependency_count; i++) {
        struct view name = project->dependencies[i];
        assert(name.len > 0 && name.ptr[0] != '-' && name.ptr[name.len - 1] != '-');
        for (size_t c = 0; c < name.len; c++)
            assert((name.ptr[c] >= 'a' && name.ptr[c] <= 'z') || (name.ptr[c] >= '0' && name.ptr[c] <= '9') ||
                   name.ptr[c] == '-');
        assert(project_depends(project, name));
    }
}

static enum err_code read_within(const struct file_text *file, size_t cap)
{
    static const struct clock CLOCK = {no_time, NULL};
    struct arena *arena = arena_new(cap);
    struct project *projects = NULL;
    size_t count = 0;
    struct err err = {0};
    enum err_code code =
        project_read(file, 1, &SYNTAX_LIMITS_DEFAULT, &CLOCK, arena, &projects, &count, &err);

    assert(code == ERR_OK || code == ERR_LIMIT);
    assert(code != ERR_OK || count == 1);
    for (size_t i = 0; code == ERR_OK && i < count; i++)
        check(&projects[i]);
    arena_free(arena);
    return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct view NAMES[] = {
        {"pyproject.toml", 14},     {"setup.cfg", 9},         {"setup.py", 8},
        {".python-version", 15},    {"requirements.txt", 16}, {"Cargo.toml", 10},
        {"rust-toolchain.toml", 19}};
    struct file_text file;

    if (size < 2)
        return 0;
    file = (struct file_text){NAMES[data[0] % COUNT_OF(NAMES)], {(const char *)data + 2, size - 2}};
    assert(read_within(&file, CAP) == ERR_OK);
    (void)(read_within(&file, (size_t)data[1] * SMALL_CAP_STEP) == ERR_OK);
    return 0;
}
