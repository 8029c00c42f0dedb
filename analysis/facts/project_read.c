/* From the files of a repository to its projects: each folder's declarations gathered, the versions and names
 * in them made comparable, and what holds for a folder handed down to those below it. */
#include "facts/project_internal.h"
#include <stdlib.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void lower_to(uint16_t *lowest, uint16_t version)
{
    if (*lowest == 0 || version < *lowest)
        *lowest = version;
}

void declared_add_version(struct declared *declared, enum said said, struct view version)
{
    uint8_t major, minor;
    struct view rest;

    if (project_version(version, &major, &minor, &rest) && major > 0)
        lower_to(&declared->lowest[said], (uint16_t)(major << 8 | minor));
}

/* One comparison at the front of *range, e.g. ">= 3.8": the lowest version that it allows; 0: any. */
static uint16_t take_bound(struct view *range)
{
    static const char *const LOWER[] = {">=", "~=", "===", "==", "^", "~", ">", "="};
    struct view text = *range, rest;
    uint8_t major, minor;
    bool lower = text.len > 0 && is_digit(text.ptr[0]); /* without a sign: that version */
    size_t end = 0;

    for (size_t i = 0; i < COUNT_OF(LOWER) && !lower; i++)
        if (view_starts(text, LOWER[i])) {
            text = view_trim(view_slice(text, view_of(LOWER[i]).len, text.len));
            lower = true;
        }
    while (end < text.len && text.ptr[end] != ',' && text.ptr[end] != ' ')
        end++;
    if (!lower && text.len > 0 && (text.ptr[0] == '<' || text.ptr[0] == '!'))
        while (end < text.len && text.ptr[end] != ',' && !is_digit(text.ptr[end - 1]))
            end++; /* "< 4" */
    while (end < text.len && text.ptr[end] != ',' && text.ptr[end] != ' ')
        end++;
    *range = view_slice(text, end, text.len);
    return lower && project_version(view_slice(text, 0, end), &major, &minor, &rest)
               ? (uint16_t)(major << 8 | minor)
               : 0;
}

uint16_t declared_lowest(struct view range)
{
    struct view alternative;
    uint16_t lowest = 0;

    while (view_split(&range, '|', &alternative)) {
        uint16_t bound = 0;

        alternative = view_trim(alternative);
        if (alternative.len == 0)
            continue; /* between the two bars of "||" */
        while (alternative.len > 0) {
            uint16_t one;
            if (alternative.ptr[0] == ',' || alternative.ptr[0] == ' ') {
                alternative = view_slice(alternative, 1, alternative.len);
                continue;
            }
            one = take_bound(&alternative);
            bound = one > bound ? one : bound;
        }
        if (bound == 0)
            return 0; /* it allows any */
        lower_to(&lowest, bound);
    }
    return lowest;
}

void declared_add_range(struct declared *declared, struct view range)
{
    uint16_t lowest = declared_lowest(range);

    if (lowest >> 8 != 0)
        lower_to(&declared->lowest[SAID_REQUIRED], lowest);
}

void declared_add_classifier(struct declared *declared, struct view classifier)
{
    static const struct view PREFIX = {"Programming Language :: Python :: ", 34};

    if (!view_starts(classifier, PREFIX.ptr))
        return;
    classifier = view_trim(view_slice(classifier, PREFIX.len, classifier.len));
    /* "3" and "3 :: Only" do not say which. */
    if (classifier.len > 2 && classifier.ptr[1] == '.')
        declared_add_version(declared, SAID_LISTED, classifier);
}

/* The name at the front of a requirement; the empty view where what follows it does not belong there. */
static struct view requirement_name(struct view text)
{
    size_t end = 0;
    struct view rest;

    text = view_trim(text);
    while (end < text.len && (is_letter(text.ptr[end]) || is_digit(text.ptr[end]) ||
                              (end > 0 && view_find_byte(VIEW("-_."), text.ptr[end], 0) != SIZE_MAX)))
        end++;
    rest = view_trim(view_slice(text, end, text.len));
    while (end > 0 && !is_letter(text.ptr[end - 1]) && !is_digit(text.ptr[end - 1]))
        end--;
    if (rest.len > 0 && view_find_byte(VIEW("[<>=!~;@(#,\\"), rest.ptr[0], 0) == SIZE_MAX)
        return VIEW("");
    return view_slice(text, 0, end);
}

/* Lower case, and a run of - _ . is one - (PEP 503). */
enum err_code declared_normalise(struct view name, struct arena *arena, struct view *out, struct err *err)
{
    char *text = arena_alloc(arena, name.len + 1);
    size_t len = 0;

    if (text == NULL)
        return arena_full(arena, err);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (is_letter(c) || is_digit(c))
            text[len++] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        else if (len > 0 && text[len - 1] != '-')
            text[len++] = '-';
    }
    *out = (struct view){text, len};
    return ERR_OK;
}

static enum err_code add_name(struct declared *declared, struct view name, struct err *err)
{
    struct project *project = &declared->project;

    if (project_depends(project, name) || project->dependency_count == PROJECT_DEPENDENCIES_MAX)
        return ERR_OK;
    if (arena_grow(declared->arena, (void **)&declared->names, project->dependency_count, &declared->name_cap,
                   sizeof(*declared->names), err) != ERR_OK)
        return ERR_LIMIT;
    project->dependencies = declared->names;
    declared->names[project->dependency_count++] = name;
    return ERR_OK;
}

enum err_code declared_add_requirement(struct declared *declared, struct view requirement, struct err *err)
{
    struct view name = requirement_name(requirement);
    enum err_code code;

    if (name.len == 0)
        return ERR_OK;
    code = declared_normalise(name, declared->arena, &name, err);
    return code == ERR_OK ? add_name(declared, name, err) : code;
}

static struct view folder_of(struct view path, struct view *name)
{
    size_t slash = path.len;
    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    *name = view_slice(path, slash, path.len);
    return view_slice(path, 0, slash > 0 ? slash - 1 : 0);
}

/* requirements.txt, requirements-prod.txt; not requirements-dev.txt. */
static bool is_requirements(struct view name)
{
    static const char *const OTHERS[] = {"dev", "test", "doc", "lint", "ci", "bench"};

    if (!view_starts(name, "requirements") || !view_ends(name, ".txt"))
        return false;
    for (size_t i = 0; i < COUNT_OF(OTHERS); i++)
        if (view_find(name, view_of(OTHERS[i]), 0) != SIZE_MAX)
            return false;
    return true;
}

static project_reader *reader_of(struct view name)
{
    static const struct {
        const char *name;
        project_reader *read;
    } READERS[] = {
        {"pyproject.toml", pyproject_read}, {"setup.cfg", setup_cfg_read},
        {"setup.py", setup_py_read},        {".python-version", python_version_read},
        {"Cargo.toml", cargo_read},         {"rust-toolchain.toml", rust_toolchain_read},
    };

    for (size_t i = 0; i < COUNT_OF(READERS); i++)
        if (view_is(name, READERS[i].name))
            return READERS[i].read;
    return is_requirements(name) ? requirements_read : NULL;
}

bool project_file_is_read(struct view name)
{
    return reader_of(name) != NULL;
}

/* What one file says is taken whole or, where it cannot be read to its end, not at all. */
static enum err_code read_file(struct declared *declared, project_reader *read, struct view text,
                               const struct syntax_limits *limits, const struct clock *clock, struct err *err)
{
    struct declared one = {.arena = declared->arena};
    struct err why = {0};
    enum err_code code = ERR_OK;

    if (text.len > PROJECT_FILE_BYTES || read(&one, text, limits, clock, &why) != ERR_OK)
        return ERR_OK;
    if (one.cargo != NULL)
        declared->cargo = one.cargo;
    if (one.toolchain != 0)
        declared->toolchain = one.toolchain;
    for (size_t i = 0; i < COUNT_OF(one.lowest); i++)
        if (one.lowest[i] != 0)
            lower_to(&declared->lowest[i], one.lowest[i]);
    for (size_t i = 0; i < one.project.dependency_count && code == ERR_OK; i++)
        code = add_name(declared, one.names[i], err);
    return code;
}

static int compare_folders(const void *a, const void *b)
{
    const struct declared *x = a, *y = b;
    if (x->project.folder.len != y->project.folder.len)
        return x->project.folder.len < y->project.folder.len ? -1 : 1;
    return view_compare(x->project.folder, y->project.folder);
}

static enum err_code gather(const struct file_text *files, size_t count, const struct syntax_limits *limits,
                            const struct clock *clock, struct declared *all, size_t *out_count,
                            struct arena *arena, struct err *err)
{
    enum err_code code = ERR_OK;
    size_t folders = 0;

    for (size_t i = 0; i < count && code == ERR_OK; i++) {
        struct view name, folder = folder_of(files[i].path, &name);
        project_reader *read = reader_of(name);
        size_t at = 0;

        if (read == NULL)
            continue;
        while (at < folders && !view_equal(all[at].project.folder, folder))
            at++;
        if (at == folders)
            all[folders++] = (struct declared){.project = {.folder = folder}, .arena = arena};
        code = read_file(&all[at], read, files[i].text, limits, clock, err);
    }
    *out_count = folders;
    return code;
}

/* @p projects holds what @p all does, up to @p at: those above, handed down already. */
static enum err_code inherit(struct declared *all, const struct project *projects, size_t at, struct err *err)
{
    struct declared *declared = &all[at];
    const struct project *above = project_of(projects, at, declared->project.folder);
    uint16_t lowest = 0;
    enum err_code code = ERR_OK;

    for (size_t i = 0; i < COUNT_OF(declared->lowest) && lowest == 0; i++)
        lowest = declared->lowest[i];
    if (lowest == 0)
        lowest = (uint16_t)(above->python_major << 8 | above->python_minor);
    declared->project.python_major = (uint8_t)(lowest >> 8);
    declared->project.python_minor = (uint8_t)(lowest & 0xFF);
    for (size_t i = 0; i < above->dependency_count && code == ERR_OK; i++)
        code = add_name(declared, above->dependencies[i], err);
    if (code == ERR_OK)
        code = cargo_resolve(declared, above != &PROJECT_UNKNOWN ? &all[above - projects] : NULL, err);
    return code;
}

enum err_code project_read(const struct file_text *files, size_t count, const struct syntax_limits *limits,
                           const struct clock *clock, struct arena *arena, struct project **out,
                           size_t *out_count, struct err *err)
{
    struct declared *all = ARENA_ARRAY(arena, struct declared, count + 1);
    struct project *projects = ARENA_ARRAY(arena, struct project, count + 1);
    size_t folders = 0;
    enum err_code code;

    if (all == NULL || projects == NULL)
        return arena_full(arena, err);
    code = gather(files, count, limits, clock, all, &folders, arena, err);
    if (code == ERR_OK && folders > 1)
        qsort(all, folders, sizeof(*all), compare_folders);
    for (size_t i = 0; i < folders && code == ERR_OK; i++) {
        code = inherit(all, projects, i, err);
        projects[i] = all[i].project;
    }
    if (code != ERR_OK)
        return code;
    *out = projects;
    *out_count = folders;
    return ERR_OK;
}
