#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"

static uint64_t fnv(struct view text)
{
    return hash_add(HASH_SEED, text);
}

/* Source: the test suite that accompanies the FNV draft (FNV-1a, 64 bits). */
static void the_sum_is_fnv_1a(void **state)
{
    (void)state;
    assert_true(fnv(VIEW("")) == UINT64_C(0xcbf29ce484222325));
    assert_true(fnv(VIEW("a")) == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(fnv(VIEW("foobar")) == UINT64_C(0x85944171f73967e8));
}

static void the_finalizer_is_murmurs(void **state)
{
    (void)state;
    assert_true(hash_finish(0) == 0);
    assert_true(hash_finish(1) == UINT64_C(0xb456bcfc34c2cb2c));
}

static void how_the_text_was_cut_does_not_matter(void **state)
{
    uint64_t pieces = HASH_SEED;

    (void)state;
    pieces = hash_add(pieces, VIEW("foo"));
    pieces = hash_add(pieces, (struct view){NULL, 0});
    pieces = hash_add(pieces, VIEW("bar"));
    assert_true(pieces == fnv(VIEW("foobar")));
    assert_true(fnv(VIEW("a\0")) != fnv(VIEW("a")));
    assert_true(fnv(VIEW("\xff")) == (HASH_SEED ^ 0xff) * UINT64_C(0x100000001b3));
}

static void hex_has_sixteen_digits(void **state)
{
    char out[HASH_HEX_SIZE];

    (void)state;
    hash_hex(UINT64_C(0x0123456789abcdef), out);
    assert_string_equal(out, "0123456789abcdef");
    hash_hex(0, out);
    assert_string_equal(out, "0000000000000000");
    hash_hex(UINT64_MAX, out);
    assert_string_equal(out, "ffffffffffffffff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sum_is_fnv_1a),
        cmocka_unit_test(the_finalizer_is_murmurs),
        cmocka_unit_test(how_the_text_was_cut_does_not_matter),
        cmocka_unit_test(hex_has_sixteen_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
