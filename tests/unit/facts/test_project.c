/* What a repository declares, as rules ask for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts/project.h"

static const struct {
    const char *text;
    bool valid;
    unsigned major, minor;
    const char *rest;
} VERSIONS[] = {
    {"3.10", true, 3, 10, ""},
    {" 3.9 ", true, 3, 9, ""},
    {"3", true, 3, 0, ""},
    {"3.8.1", true, 3, 8, ".1"},
    {"3.*", true, 3, 0, ".*"},
    {"3.10.*", true, 3, 10, ".*"},
    {"", false, 0, 0, ""},
    {"x3.1", false, 0, 0, ""},
    {"0.9", true, 0, 9, ""},
    {"3.256", true, 3, 0, ".256"},
    {"256.1", false, 0, 0, ""},
    {"1.255", true, 1, 255, ""},
    {"99999999999999999999.1", false, 0, 0, ""},
};

static void a_version_is_two_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(VERSIONS); i++) {
        uint8_t major = 0, minor = 0;
        struct view rest = VIEW("");
        bool valid = project_version(view_of(VERSIONS[i].text), &major, &minor, &rest);

        if (valid != VERSIONS[i].valid || major != VERSIONS[i].major || minor != VERSIONS[i].minor ||
            !view_is(rest, VERSIONS[i].rest))
            fail_msg("'%s': %d %u.%u '%.*s'", VERSIONS[i].text, valid, major, minor, VIEW_ARG(rest));
    }
}

static void a_python_that_is_not_known_satisfies_nothing(void **state)
{
    const struct project three_ten = {.python_major = 3, .python_minor = 10};
    (void)state;
    assert_false(project_has_python(&PROJECT_UNKNOWN, 3, 0));
    assert_true(project_has_python(&three_ten, 3, 10));
    assert_true(project_has_python(&three_ten, 3, 9));
    assert_true(project_has_python(&three_ten, 2, 99));
    assert_false(project_has_python(&three_ten, 3, 11));
    assert_false(project_has_python(&three_ten, 4, 0));
}

static void the_nearest_project_above_a_file_counts(void **state)
{
    const struct project projects[] = {
        {.folder = VIEW("a/b")}, {.folder = VIEW("")}, {.folder = VIEW("a")}, {.folder = VIEW("a/bc")}};
    (void)state;
    assert_ptr_equal(project_of(projects, 4, VIEW("a/b/c.py")), &projects[0]);
    assert_ptr_equal(project_of(projects, 4, VIEW("a/b.py")), &projects[2]);
    assert_ptr_equal(project_of(projects, 4, VIEW("a/bcd/x.py")), &projects[2]);
    assert_ptr_equal(project_of(projects, 4, VIEW("ab/c.py")), &projects[1]);
    assert_ptr_equal(project_of(projects, 1, VIEW("c.py")), &PROJECT_UNKNOWN);
    assert_ptr_equal(project_of(NULL, 0, VIEW("c.py")), &PROJECT_UNKNOWN);
}

static void a_dependency_is_found_by_its_whole_name(void **state)
{
    const struct view names[] = {VIEW("django"), VIEW("ruamel-yaml")};
    const struct project project = {.dependencies = names, .dependency_count = 2};
    (void)state;
    assert_true(project_depends(&project, VIEW("ruamel-yaml")));
    assert_false(project_depends(&project, VIEW("ruamel")));
    assert_false(project_depends(&PROJECT_UNKNOWN, VIEW("django")));
}

static const struct {
    const char *asked;
    bool valid, holds;
} ASKED[] = {
    {"pyo3", true, true},           {"pyo3>=0.23", true, true},  {"pyo3>=0.24", true, false},
    {"pyo3<0.24", true, true},      {"pyo3<0.23", true, false},  {"pyo3/abi3*", true, true},
    {"pyo3/abi3", true, false},     {"pyo", true, false},        {"py*", true, true},
    {"any>=0.1", true, false},      {"any<99", true, false},     {"any", true, true},
    {"rust>=1.80", true, true},     {"rust>=1.81", true, false}, {"rust<1.81", true, true},
    {"pyo3>0.1", false, false},     {"pyo3<=0.1", false, false}, {"pyo3>=", false, false},
    {"pyo3>=0.23.1", false, false}, {"", false, false},          {">=1", false, false},
};

static void a_crate_is_asked_for_by_name_version_and_feature(void **state)
{
    const struct crate crates[] = {
        {VIEW("pyo3"), 0, 23}, {VIEW("pyo3/abi3-py38"), 0, 0}, {VIEW("any"), 0, 0}};
    const struct project project = {
        .crates = crates, .crate_count = COUNT_OF(crates), .rust_major = 1, .rust_minor = 80};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ASKED); i++) {
        struct crate_asked asked;
        bool valid = crate_asked_read(view_of(ASKED[i].asked), &asked);

        if (valid != ASKED[i].valid || (valid && project_has_crate(&project, &asked) != ASKED[i].holds))
            fail_msg("'%s': %d", ASKED[i].asked, valid);
        assert_false(valid && project_has_crate(&PROJECT_UNKNOWN, &asked));
    }
    assert_true(project_has_rust(&project, 1, 80));
    assert_false(project_has_rust(&project, 1, 81));
    assert_false(project_has_rust(&PROJECT_UNKNOWN, 1, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_is_two_numbers),
        cmocka_unit_test(a_python_that_is_not_known_satisfies_nothing),
        cmocka_unit_test(the_nearest_project_above_a_file_counts),
        cmocka_unit_test(a_dependency_is_found_by_its_whole_name),
        cmocka_unit_test(a_crate_is_asked_for_by_name_version_and_feature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
