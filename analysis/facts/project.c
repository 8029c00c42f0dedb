/* What a repository declares, as rules ask for it. */
#include "facts/project.h"

enum { VERSION_PART_MAX = 255 };

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

bool project_has_rust(const struct project *project, unsigned major, unsigned minor)
{
    return project->rust_major > major ||
           (project->rust_major == major && project->rust_minor >= minor && major > 0);
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
    if (!take_number(&text, &first))
        return false;
    after = view_starts(text, ".") ? view_slice(text, 1, text.len) : VIEW("");
    if (take_number(&after, &second))
        text = after;
    *major = first;
    *minor = second;
    *rest = text;
    return true;
}

bool crate_asked_read(struct view text, struct crate_asked *out)
{
    size_t end = 0;
    struct view version, rest;

    *out = (struct crate_asked){0};
    while (end < text.len && text.ptr[end] != '<' && text.ptr[end] != '>' && text.ptr[end] != '*')
        end++;
    out->name = view_slice(text, 0, end);
    version = view_slice(text, end, text.len);
    out->any_ending = view_is(version, "*");
    out->at_least = view_starts(version, ">=");
    out->below = view_starts(version, "<") && !view_starts(version, "<=");
    if (out->name.len == 0 || version.len == 0 || out->any_ending)
        return out->name.len > 0;
    version = view_slice(version, out->at_least ? 2 : 1, version.len);
    return (out->at_least || out->below) && project_version(version, &out->major, &out->minor, &rest) &&
           rest.len == 0;
}

static bool fits(const struct crate_asked *asked, uint8_t major, uint8_t minor)
{
    unsigned has = (unsigned)major << 8 | minor, wanted = (unsigned)asked->major << 8 | asked->minor;

    if (!asked->at_least && !asked->below)
        return true;
    return has != 0 && (has >= wanted) == asked->at_least;
}

bool project_has_crate(const struct project *project, const struct crate_asked *asked)
{
    if (view_is(asked->name, "rust"))
        return fits(asked, project->rust_major, project->rust_minor);
    for (size_t i = 0; i < project->crate_count; i++) {
        const struct crate *crate = &project->crates[i];
        bool named = asked->any_ending
                         ? crate->name.len >= asked->name.len &&
                               view_equal(view_slice(crate->name, 0, asked->name.len), asked->name)
                         : view_equal(crate->name, asked->name);
        if (named && fits(asked, crate->major, crate->minor))
            return true;
    }
    return false;
}
