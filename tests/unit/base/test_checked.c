#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/checked.h"

static void sums_and_products_stop_at_the_largest_size(void **state)
{
    size_t out = 42;

    (void)state;
    assert_true(checked_add(SIZE_MAX - 1, 1, &out));
    assert_int_equal(out, SIZE_MAX);
    out = 42;
    assert_false(checked_add(SIZE_MAX, 1, &out));
    assert_int_equal(out, 42);
    assert_true(checked_mul(SIZE_MAX / 2, 2, &out));
    assert_int_equal(out, SIZE_MAX - 1);
    assert_true(checked_mul(SIZE_MAX, 0, &out));
    assert_int_equal(out, 0);
    out = 42;
    assert_false(checked_mul(SIZE_MAX / 2 + 1, 2, &out));
    assert_int_equal(out, 42);
}

static void a_u32_holds_up_to_its_maximum(void **state)
{
    uint32_t out = 42;

    (void)state;
    assert_true(checked_u32(UINT32_MAX, &out));
    assert_int_equal(out, UINT32_MAX);
    out = 42;
    assert_false(checked_u32((uint64_t)UINT32_MAX + 1, &out));
    assert_int_equal(out, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_products_stop_at_the_largest_size),
        cmocka_unit_test(a_u32_holds_up_to_its_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
