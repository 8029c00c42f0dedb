#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include <string.h>

static void memory_is_zeroed_and_aligned_also_after_a_reset(void **state)
{
    struct arena *arena = arena_new(1 << 20);

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 600; size++) {
            unsigned char *bytes = arena_alloc(arena, size);

            assert_non_null(bytes);
            assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(bytes[i], 0);
            memset(bytes, 0xa5, size);
        }
        arena_reset(arena);
        assert_int_equal(arena_used_bytes(arena), 0);
    }
    arena_free(arena);
}

static void a_reset_keeps_the_first_block(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    void *first = arena_alloc(arena, 100);

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_non_null(arena_alloc(arena, 4000));
    arena_reset(arena);
    assert_ptr_equal(arena_alloc(arena, 100), first);
    arena_free(arena);
}

static void the_cap_bounds_what_is_handed_out(void **state)
{
    static const size_t CAPS[] = {0, 1, 16, 1000, 16384, 16385, 100000, 3000000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CAPS); i++) {
        struct arena *arena = arena_new(CAPS[i]);
        struct view out;
        struct err err = {0};

        /* Exactly the cap fits when it is asked for in one piece ... */
        if (CAPS[i] > 0)
            assert_non_null(arena_alloc(arena, CAPS[i]));
        assert_int_equal(arena_used_bytes(arena), CAPS[i]);
        /* ... and then nothing more. */
        assert_null(arena_alloc(arena, 1));
        assert_int_equal(arena_copy(arena, VIEW("x"), &out, &err), ERR_LIMIT);
        assert_non_null(strstr(err.message, "limit"));
        arena_reset(arena);
        assert_null(arena_alloc(arena, CAPS[i] + 1));
        assert_int_equal(arena_used_bytes(arena), 0);
        arena_free(arena);
    }
}

static void small_pieces_stop_at_the_cap_too(void **state)
{
    struct arena *arena = arena_new(100000);
    size_t pieces = 0;

    (void)state;
    while (arena_alloc(arena, 16) != NULL)
        pieces++;
    assert_int_equal(pieces, 100000 / 16);
    arena_free(arena);
}

static void large_requests_do_not_disturb_small_ones(void **state)
{
    struct arena *arena = arena_new(64 << 20);
    char *a = arena_alloc(arena, 16), *big = arena_alloc(arena, 4 << 20), *b = arena_alloc(arena, 16);

    (void)state;
    assert_non_null(big);
    assert_ptr_equal(b, a + 16);
    memset(big, 1, 4 << 20);
    arena_reset(arena);
    assert_ptr_equal(arena_alloc(arena, 16), a);
    arena_free(arena);
}

static void sizes_that_overflow_give_null(void **state)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct err err = {0};
    void *items = NULL;
    size_t cap = 0;

    (void)state;
    assert_null(arena_alloc_array(arena, SIZE_MAX / 2, 3));
    assert_int_equal(arena_grow(arena, &items, 0, &cap, SIZE_MAX / 4, &err), ERR_LIMIT);
    assert_null(items);
    assert_int_equal(cap, 0);
    cap = SIZE_MAX / 2 + 1;
    assert_int_equal(arena_grow(arena, &items, cap, &cap, 1, &err), ERR_LIMIT);
    assert_null(ARENA_ARRAY(arena, uint64_t, SIZE_MAX / 4));
    assert_non_null(ARENA_ARRAY(arena, uint64_t, 0));
    assert_non_null(ARENA_NEW(arena, struct err));
    arena_free(arena);
}

/* Two arrays grow in turn, so that some growths find room where they lie and some must move. */
static void growing_arrays_keep_their_items(void **state)
{
    struct arena *arena = arena_new(8 << 20);
    struct {
        uint32_t *items;
        size_t cap;
    } lists[2] = {{NULL, 0}, {NULL, 0}};
    struct err err;

    (void)state;
    for (uint32_t n = 0; n < 20000; n++)
        for (uint32_t l = 0; l < 2; l++) {
            if (l == 1 && n % 3 != 0)
                continue;
            assert_int_equal(arena_grow(arena, (void **)&lists[l].items, l ? n / 3 : n, &lists[l].cap,
                                        sizeof(uint32_t), &err),
                             ERR_OK);
            lists[l].items[l ? n / 3 : n] = n ^ l;
        }
    for (uint32_t n = 0; n < 20000; n++) {
        assert_int_equal(lists[0].items[n], n);
        if (n % 3 == 0)
            assert_int_equal(lists[1].items[n / 3], n ^ 1);
    }
    arena_free(arena);
}

static void growth_starts_at_eight_and_doubles(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    void *items = NULL;
    size_t cap = 0;
    struct err err;

    (void)state;
    assert_int_equal(arena_grow(arena, &items, 0, &cap, 4, &err), ERR_OK);
    assert_int_equal(cap, 8);
    assert_int_equal(arena_grow(arena, &items, 7, &cap, 4, &err), ERR_OK);
    assert_int_equal(cap, 8);
    assert_int_equal(arena_grow(arena, &items, 8, &cap, 4, &err), ERR_OK);
    assert_int_equal(cap, 16);
    arena_free(arena);
}

static void a_growth_beyond_the_cap_leaves_the_array(void **state)
{
    struct arena *arena = arena_new(8 * 8 + 4);
    void *items = NULL, *before;
    size_t cap = 0;
    struct err err = {0};

    (void)state;
    assert_int_equal(arena_grow(arena, &items, 0, &cap, 8, &err), ERR_OK);
    before = items;
    assert_int_equal(arena_grow(arena, &items, 8, &cap, 8, &err), ERR_LIMIT);
    assert_int_equal(err.code, ERR_LIMIT);
    assert_ptr_equal(items, before);
    assert_int_equal(cap, 8);
    arena_free(arena);
}

static void copies_end_in_a_nul(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    struct view out;
    struct err err;

    (void)state;
    assert_int_equal(arena_copy(arena, VIEW("a\0b"), &out, &err), ERR_OK);
    assert_int_equal(out.len, 3);
    assert_memory_equal(out.ptr, "a\0b\0", 4);
    assert_int_equal(arena_copy(arena, (struct view){NULL, 0}, &out, &err), ERR_OK);
    assert_string_equal(out.ptr, "");
    assert_int_equal(arena_copy(arena, (struct view){"x", SIZE_MAX}, &out, &err), ERR_LIMIT);
    arena_free(arena);
}

static void formatted_text_is_empty_at_the_cap(void **state)
{
    (void)state;
    for (size_t cap = 0; cap <= 8; cap++) { /* seven bytes and the NUL */
        struct arena *arena = arena_new(cap);
        struct view text = arena_format(arena, "%s-%d", "abc", 123);

        assert_true(view_is(text, cap < 8 ? "" : "abc-123"));
        assert_int_equal(text.ptr[text.len], 0);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned_also_after_a_reset),
        cmocka_unit_test(a_reset_keeps_the_first_block),
        cmocka_unit_test(the_cap_bounds_what_is_handed_out),
        cmocka_unit_test(small_pieces_stop_at_the_cap_too),
        cmocka_unit_test(large_requests_do_not_disturb_small_ones),
        cmocka_unit_test(sizes_that_overflow_give_null),
        cmocka_unit_test(growing_arrays_keep_their_items),
        cmocka_unit_test(growth_starts_at_eight_and_doubles),
        cmocka_unit_test(a_growth_beyond_the_cap_leaves_the_array),
        cmocka_unit_test(copies_end_in_a_nul),
        cmocka_unit_test(formatted_text_is_empty_at_the_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
