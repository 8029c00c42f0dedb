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
    {"3.10", true, 3, 10, ""},     {" 3.9 ", true, 3, 9, ""},  {"3", true, 3, 0, ""},
    {"3.8.1", true, 3, 8, ".1"},   {"3.*", true, 3, 0, ".*"},  {"3.10.*", true, 3, 10, ".*"},
    {"", false, 0, 0, ""},         {"x3.1", false, 0, 0, ""},  {"0.9", false, 0, 0, ""},
    {"3.100", true, 3, 0, ".100"}, {"100.1", false, 0, 0, ""}, {"99999999999999999999.1", false, 0, 0, ""},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_is_two_numbers),
        cmocka_unit_test(a_python_that_is_not_known_satisfies_nothing),
        cmocka_unit_test(the_nearest_project_above_a_file_counts),
        cmocka_unit_test(a_dependency_is_found_by_its_whole_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
