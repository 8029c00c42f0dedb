/* The order of findings: the lever first, by the goal that was named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "review/review_internal.h"

static void the_goal_decides_which_lever_comes_first(void **state)
{
    static const struct {
        enum goal goal;
        enum lever first, second;
    } ROWS[] = {
        {GOAL_NONE, LEVER_ALGORITHM, LEVER_LAYOUT},       {GOAL_LATENCY, LEVER_ALGORITHM, LEVER_LAYOUT},
        {GOAL_LATENCY, LEVER_WORK, LEVER_BOUNDARY},       {GOAL_MEMORY, LEVER_LAYOUT, LEVER_ALGORITHM},
        {GOAL_MEMORY, LEVER_ALLOCATION, LEVER_ALGORITHM}, {GOAL_THROUGHPUT, LEVER_ALGORITHM, LEVER_BOUNDARY},
        {GOAL_THROUGHPUT, LEVER_BOUNDARY, LEVER_LAYOUT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct rule first = {.lever = ROWS[i].first}, second = {.lever = ROWS[i].second};
        /* What is saved counts only within a lever. */
        struct finding a = {.rule = &first, .severity = SEVERITY_LOW},
                       b = {.rule = &second, .severity = SEVERITY_HIGH};

        if (finding_compare(&a, &b, ROWS[i].goal) >= 0 || finding_compare(&b, &a, ROWS[i].goal) <= 0)
            fail_msg("%s: %s before %s", goal_name(ROWS[i].goal), lever_name(ROWS[i].first),
                     lever_name(ROWS[i].second));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_goal_decides_which_lever_comes_first)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
