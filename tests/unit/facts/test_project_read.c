/* From the files of a repository to what it declares. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "facts/project.h"
#include <string.h>

static uint64_t no_time(void *ctx)
{
    (void)ctx;
    return 0;
}

static const struct clock CLOCK = {no_time, NULL};

enum { FILES_MAX = 4 };

static const struct row {
    struct {
        const char *path, *text;
    } files[FILES_MAX];
    const char *projects; /* "folder: 3.9 name name;" each */
} ROWS[] = {
    {{{"pyproject.toml", "[project]\nrequires-python = \">=3.9, <4\"\ndependencies = [\"Django>=4\", "
                         "'ruamel.yaml[jinja2] ; python_version > \"3\"']\n[project.optional-dependencies]\n"
                         "fast = ['orjson']\n"}},
     ": 3.9 django ruamel-yaml orjson;"},
    {{{"pyproject.toml", "[tool.poetry.dependencies]\npython = \"^3.10\"\nhttpx = \"*\"\n"
                         "SQLAlchemy = {version = \"^2\", extras = [\"asyncio\"]}\n"
                         "[tool.poetry.group.dev.dependencies]\nruff = '*'\n"}},
     ": 3.10 httpx sqlalchemy;"},
    {{{"pyproject.toml", "[tool.poetry.dependencies]\npython = {version = \"~3.11\"}\n"}}, ": 3.11;"},
    {{{"pyproject.toml", "[project]\nclassifiers = ['Programming Language :: Python :: 3',\n"
                         "'Programming Language :: Python :: 3.12',\n"
                         "'Programming Language :: Python :: 3.8',\n"
                         "'Programming Language :: Python :: Implementation :: CPython']\n"}},
     ": 3.8;"},
    {{{"pyproject.toml", "[build-system]\nrequires = ['setuptools']\n"}}, ": 0.0;"},
    /* A file that cannot be read to its end says nothing at all. */
    {{{"pyproject.toml", "[project]\nrequires-python = '>=3.12'\n<<<<<<< ours\n"}}, ": 0.0;"},
    {{{"setup.cfg", "[metadata]\nclassifier =\n    Programming Language :: Python :: 3.9\n"
                    "    Programming Language :: Python :: 3.10\n"}},
     ": 3.9;"},
    {{{"setup.cfg",
       "[metadata]\nname = x\npython-requires = >=3.8\n[options]\ninstall_requires =\n  # why\n  "
       "requests>=2\n  Flask_Login==1\n  \n[options.extras_require]\nfast: orjson\n[tool:x]\n"
       "install_requires = no\n"}},
     ": 3.8 requests flask-login orjson;"},
    {{{"setup.cfg", "[options]\npython_requires = >= 3.7 , != 3.8.*\ninstall_requires = file: r.txt\n"}},
     ": 3.7;"},
    {{{"setup.py", "from setuptools import setup\nsetup(name='x', python_requires='>=3.6',\n"
                   "  install_requires=['a', 'b>1', f'c{d}', e], extras_require={'f': ['g']})\n"
                   "other(python_requires='>=3.12')\n"}},
     ": 3.6 a b g;"},
    {{{"setup.py",
       "import setuptools\nsetuptools.setup(python_requires=VERSION, install_requires=read())\n"}},
     ": 0.0;"},
    {{{".python-version", "3.11.4\npypy3.9\n3.12\n"}}, ": 3.11;"},
    {{{".python-version", "3.12\n"}, {"setup.cfg", "[options]\npython_requires = >=3.8\n"}}, ": 3.8;"},
    {{{"setup.py", "setup(python_requires='>=3.9')\n"}, {"setup.cfg", "[options]\npython_requires=>=3.8\n"}},
     ": 3.8;"},
    {{{"requirements.txt", "# all\n-r base.txt\n--hash=x\nDjango==4.2 # lts\n  celery[redis]>=5 ; x\n"
                           "git+https://example.org/a.git#egg=b\n./local\nzope.interface\nx @ file:y\n"
                           "pip==1 \\\n  --hash=sha256:00\n"}},
     ": 0.0 django celery zope-interface x pip;"},
    {{{"requirements-dev.txt", "pytest\n"}, {"requirements-prod.txt", "gunicorn\n"}}, ": 0.0 gunicorn;"},
    {{{"setup.cfg.orig", "x\n"}, {"a/b.txt", "y\n"}}, ""},
    /* What holds above holds below, unless said otherwise there. */
    {{{"a/b/requirements.txt", "two\n"},
      {"pyproject.toml", "[project]\nrequires-python='>=3.8'\ndependencies=['one']\n"},
      {"a/b/c/setup.cfg", "[options]\npython_requires=>=3.10\ninstall_requires=one\n"},
      {"ab/setup.py", "setup()\n"}},
     ": 3.8 one;ab: 3.8 one;a/b: 3.8 two one;a/b/c: 3.10 one two;"},
    /* Cargo.toml */
    {{{"Cargo.toml",
       "[package]\nname = \"x\"\nedition = \"2021\"\nrust-version = \"1.70\"\n[lib]\n"
       "crate-type = [\"cdylib\", \"rlib\"]\n[dependencies]\nserde_json = \"1\"\n"
       "pyo3 = { version = \"0.22.3\", features = [\"abi3-py38\"] }\nlocal = {path = \"../l\"}\n"
       "[target.'cfg(unix)'.dependencies]\nlibc = '>=0.2, <1'\n[dependencies.re]\n"
       "version = '^1.10'\npackage = 'regex'\n[dev-dependencies]\ncriterion = '0.5'\n"
       "[build-dependencies]\ncc = '1'\n[features]\nx = ['pyo3?/generate-import-lib', 'y']\n"}},
     ": 0.0 rust 1.70 edition 2021 types a serde-json 1.0 pyo3 0.22 pyo3/abi3-py38 pyo3/generate-import-lib "
     "local libc 0.2 regex 1.10;"},
    {{{"Cargo.toml", "[package]\nname = 'x'\n[lib]\nproc-macro = true\n[[bin]]\nname = 'y'\n"}},
     ": 0.0 edition 2015 types 14;"},
    {{{"Cargo.toml", "[workspace]\nmembers = ['a']\n[workspace.package]\nedition = '2024'\n"
                     "rust-version = '1.90'\n[workspace.dependencies]\nthree = {version = '0.26', "
                     "package = 'pyo3', features = ['f']}\nother = '2'\n"},
      {"a/Cargo.toml", "[package]\nedition.workspace = true\nrust-version = {workspace = true}\n"
                       "[dependencies]\nthree = { workspace = true, features = ['abi3'] }\n"
                       "none.workspace = true\n"},
      {"a/py/pyproject.toml", "[project]\nname = 'x'\n"},
      {"b/Cargo.toml", "[package]\nedition = '2024'\n"}},
     ": 0.0;a: 0.0 rust 1.90 edition 2024 pyo3 0.26 pyo3/abi3 pyo3/f none;b: 0.0 rust 1.85 edition 2024;"
     "a/py: 0.0 rust 1.90 edition 2024 pyo3 0.26 pyo3/abi3 pyo3/f none;"},
    {{{"rust-toolchain.toml", "[toolchain]\nchannel = '1.83.0'\n"},
      {"a/Cargo.toml", "[package]\nedition = '2021'\n[dependencies]\nx = '*'\n"},
      {"b/rust-toolchain.toml", "[toolchain]\nchannel = 'stable'\n"},
      {"b/Cargo.toml", "[package]\nedition = '2021'\n"}},
     ": 0.0;a: 0.0 rust 1.83 edition 2021 x;b: 0.0 rust 1.83 edition 2021;"},
    {{{"Cargo.toml", "[package]\nedition = '2021'\n[dependencies]\nx = '1'\n<<<\n"}}, ": 0.0;"},
};

static void describe_rust(const struct project *project, struct buffer *out)
{
    if (project->rust_major > 0)
        buffer_add_format(out, " rust %u.%u", project->rust_major, project->rust_minor);
    if (project->edition > 0)
        buffer_add_format(out, " edition %u", project->edition);
    if (project->crate_types > 0)
        buffer_add_format(out, " types %x", project->crate_types);
    for (size_t i = 0; i < project->crate_count; i++) {
        const struct crate *crate = &project->crates[i];
        buffer_add_format(out, " %.*s", VIEW_ARG(crate->name));
        if (crate->major > 0 || crate->minor > 0)
            buffer_add_format(out, " %u.%u", crate->major, crate->minor);
    }
}

static void describe(const struct project *projects, size_t count, struct buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        buffer_add_format(out, "%.*s: %u.%u", VIEW_ARG(projects[i].folder), projects[i].python_major,
                          projects[i].python_minor);
        for (size_t j = 0; j < projects[i].dependency_count; j++)
            buffer_add_format(out, " %.*s", VIEW_ARG(projects[i].dependencies[j]));
        describe_rust(&projects[i], out);
        buffer_add_byte(out, ';');
    }
}

static enum err_code read_row(const struct row *row, size_t cap, struct buffer *out)
{
    struct arena *arena = arena_new(cap);
    struct file_text files[FILES_MAX];
    struct project *projects = NULL;
    size_t count = 0, found = 0;
    struct err err = {0};
    enum err_code code;

    for (; count < FILES_MAX && row->files[count].path != NULL; count++)
        files[count] = (struct file_text){view_of(row->files[count].path), view_of(row->files[count].text)};
    code = project_read(files, count, &SYNTAX_LIMITS_DEFAULT, &CLOCK, arena, &projects, &found, &err);
    if (code == ERR_OK)
        describe(projects, found, out);
    arena_free(arena);
    return code;
}

static void the_files_of_a_project_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct buffer out;

        buffer_init(&out, 1 << 16);
        assert_int_equal(read_row(&ROWS[i], 1 << 22, &out), ERR_OK);
        if (!view_is(buffer_view(&out), ROWS[i].projects))
            fail_msg("%s %s\n-> %.*s", ROWS[i].files[0].path, ROWS[i].files[0].text,
                     VIEW_ARG(buffer_view(&out)));
        buffer_deinit(&out);
    }
}

static void reading_survives_every_arena_cap(void **state)
{
    enum err_code code = ERR_LIMIT;
    (void)state;
    for (size_t cap = 0; cap < 1 << 16; cap += 64) {
        struct buffer out;
        buffer_init(&out, 1 << 16);
        code = read_row(&ROWS[COUNT_OF(ROWS) - 1], cap, &out);
        assert_true(code == ERR_OK || code == ERR_LIMIT);
        buffer_deinit(&out);
    }
    assert_int_equal(code, ERR_OK);
}

static const struct {
    const char *range;
    unsigned major, minor;
} RANGES[] = {
    {">=3.8", 3, 8},
    {">3.7", 3, 7},
    {"~=3.9.2", 3, 9},
    {"==3.10.*", 3, 10},
    {"3.11", 3, 11},
    {"^3.8 || ^3.10", 3, 8},
    {"<4,>=3.9", 3, 9},
    {">=3.6,>=3.8", 3, 8},
    {">= 3.8 , < 4", 3, 8},
    {">=3.8 <4", 3, 8},
    {"< 4", 0, 0},
    {"!=3.0.*", 0, 0},
    {"*", 0, 0},
    {"", 0, 0},
    {">=3", 3, 0},
    {"^3.8 | *", 0, 0},
    {">=x", 0, 0},
    {">=2.7, !=3.0.*", 2, 7},
    {"<4 >=3.12", 3, 12},
};

static void a_range_has_a_lowest_version(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(RANGES); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct file_text file = {VIEW("setup.cfg"),
                                 arena_format(arena, "[options]\npython_requires = %s\n", RANGES[i].range)};
        struct project *projects = NULL;
        size_t count = 0;
        struct err err = {0};

        assert_int_equal(
            project_read(&file, 1, &SYNTAX_LIMITS_DEFAULT, &CLOCK, arena, &projects, &count, &err), ERR_OK);
        assert_int_equal(count, 1);
        if (projects[0].python_major != RANGES[i].major || projects[0].python_minor != RANGES[i].minor)
            fail_msg("%s: %u.%u", RANGES[i].range, projects[0].python_major, projects[0].python_minor);
        arena_free(arena);
    }
}

static void long_files_and_long_lists_are_bounded(void **state)
{
    struct arena *arena = arena_new(16 << 20);
    struct buffer text;
    struct file_text file = {.path = VIEW("requirements.txt")};
    struct project *projects = NULL;
    size_t count = 0;
    struct err err = {0};

    (void)state;
    buffer_init(&text, 1 << 20);
    for (int i = 0; i < PROJECT_DEPENDENCIES_MAX + 10; i++)
        buffer_add_format(&text, "name%d\n", i);
    file.text = buffer_view(&text);
    assert_int_equal(project_read(&file, 1, &SYNTAX_LIMITS_DEFAULT, &CLOCK, arena, &projects, &count, &err),
                     ERR_OK);
    assert_int_equal(projects[0].dependency_count, PROJECT_DEPENDENCIES_MAX);
    while (text.len <= PROJECT_FILE_BYTES)
        buffer_add_text(&text, "# and so on\n");
    file.text = buffer_view(&text);
    assert_int_equal(project_read(&file, 1, &SYNTAX_LIMITS_DEFAULT, &CLOCK, arena, &projects, &count, &err),
                     ERR_OK);
    assert_int_equal(projects[0].dependency_count, 0);
    buffer_deinit(&text);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_files_of_a_project_are_read),
        cmocka_unit_test(reading_survives_every_arena_cap),
        cmocka_unit_test(a_range_has_a_lowest_version),
        cmocka_unit_test(long_files_and_long_lists_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
