/* Where the authors told another tool to be quiet about something, its rule here is quiet as well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "review_fixture.h"

#define SUM "fn sum(xs: &Vec<u32>) -> u32 {\n    xs.iter().sum()\n}\n"
#define CALL "pub fn all(xs: &[u32]) -> u32 {\n    sum(&xs.to_vec())\n}\n"
#define READ(note)                                                                                           \
    "def f(path):\n    n = 0\n    with open(path) as file:\n        for line in file.readlines():" note      \
    "\n            n += len(line)\n    return n\n"

static const struct {
    const char *name, *path, *text;
    size_t reported;
} ROWS[] = {
    {"nothing said", "a.rs", SUM CALL, 1},
    {"on the item", "a.rs", "#[allow(clippy::ptr_arg)]\n" SUM CALL, 0},
    {"among other attributes", "a.rs",
     "#[inline]\n#[allow(dead_code, clippy::ptr_arg)] // why\n#[must_use]\n" SUM CALL, 0},
    {"expected", "a.rs", "#[expect(clippy::ptr_arg, reason = \"a table\")]\n" SUM CALL, 0},
    {"for the module around it", "a.rs", "#[allow(clippy::ptr_arg)]\nmod tables {\n" SUM CALL "}\n", 0},
    {"for the whole file", "a.rs", "#![allow(clippy::ptr_arg)]\n" SUM CALL, 0},
    {"the whole group", "a.rs", "#![allow(clippy::perf)]\n" SUM CALL, 0},
    {"another lint", "a.rs", "#[allow(clippy::ptr_arg_mut)]\n" SUM CALL, 1},
    {"another item", "a.rs", "#[allow(clippy::ptr_arg)]\nconst N: u32 = 1;\n" SUM CALL, 1},
    {"denied", "a.rs", "#[deny(clippy::ptr_arg)]\n" SUM CALL, 1},
    {"nothing said", "a.py", READ(""), 1},
    {"its code", "a.py", READ("  # noqa: E501, FURB129"), 0},
    {"its code, apart by a blank", "a.py", READ("  # noqa: E501 FURB129"), 0},
    {"its code and a reason", "a.py", READ("  # noqa: FURB129 - small files"), 0},
    {"its family", "a.py", READ("  # noqa: FURB"), 0},
    {"all", "a.py", READ("  # noqa"), 0},
    {"another code", "a.py", READ("  # noqa: E501"), 1},
    {"in a text", "a.py", READ("\n            print('# noqa')"), 1},
};

static void what_was_declined_elsewhere_is_held_back(void **state)
{
    size_t count, failed = 0;
    const struct rule_source *sources = rule_sources_embedded(&count);
    struct catalogue *catalogue = NULL;
    (void)state;

    assert_int_equal(catalogue_new(sources, count, &catalogue, NULL), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena *arena = arena_new(64 << 20);
        struct review_options options = {0};
        struct review *review =
            fixture_whole(catalogue, ROWS[i].path, view_of(ROWS[i].text), &options, arena);
        bool good =
            review->finding_count == ROWS[i].reported && review->receipt.held_back == 1 - ROWS[i].reported;

        options.pedantic = true;
        good =
            good &&
            fixture_whole(catalogue, ROWS[i].path, view_of(ROWS[i].text), &options, arena)->finding_count >=
                1;
        if (!good)
            print_error("%s: %s: %zu reported\n", ROWS[i].path, ROWS[i].name, review->finding_count);
        failed += !good;
        arena_free(arena);
    }
    catalogue_free(catalogue);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_declined_elsewhere_is_held_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
