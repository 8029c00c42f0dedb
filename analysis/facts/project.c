/* What a repository declares, as rules ask for it. */
#include "facts/project.h"

enum { VERSION_PART_MAX = 99 };

const struct project PROJECT_UNKNOWN = {0};

/* A path that leaves the root, e.g. "/a" or "../a", lies below the folders that it names alone. */
static bool holds(struct view folder, struct view path)
{
    if (folder.len == 0)
        return !view_starts(path, "/") && !view_starts(path, "..");
    return (path.len > folder.len && path.ptr[folder.len] == '/' &&
            view_equal(view_slice(path, 0, folder.len), folder));
}

const struct project *project_of(const struct project *projects, size_t count, struct view path)
{
    const struct project *nearest = &PROJECT_UNKNOWN;

    for (size_t i = 0; i < count; i++)
        if (holds(projects[i].folder, path) &&
            (nearest == &PROJECT_UNKNOWN || projects[i].folder.len > nearest->folder.len))
            nearest = &projects[i];
    return nearest;
}

bool project_has_python(const struct project *project, unsigned major, unsigned minor)
{
    return project->python_major > major ||
           (project->python_major == major && project->python_minor >= minor && major > 0);
}

bool project_depends(const struct project *project, struct view name)
{
    for (size_t i = 0; i < project->dependency_count; i++)
        if (view_equal(project->dependencies[i], name))
            return true;
    return false;
}

/* A number of at most VERSION_PART_MAX at the front of *text. */
static bool take_number(struct view *text, uint8_t *out)
{
    size_t digits = 0;
    uint64_t number;

    while (digits < text->len && text->ptr[digits] >= '0' && text->ptr[digits] <= '9')
        digits++;
    if (!view_to_u64(view_slice(*text, 0, digits), &number) || number > VERSION_PART_MAX)
        return false;
    *out = (uint8_t)number;
    *text = view_slice(*text, digits, text->len);
    return true;
}

bool project_version(struct view text, uint8_t *major, uint8_t *minor, struct view *rest)
{
    uint8_t first, second = 0;
    struct view after;

    text = view_trim(text);
    if (!take_number(&text, &first) || first == 0)
        return false;
    after = view_starts(text, ".") ? view_slice(text, 1, text.len) : VIEW("");
    if (take_number(&after, &second))
        text = after;
    *major = first;
    *minor = second;
    *rest = text;
    return true;
}
