/** @file arena.h  Memory that lives as long as one job and is freed whole; one number bounds it. */
#pragma once
#include "base/err.h"

struct arena; /* opaque: blocks, and how much of the cap is used */

/** An arena that hands out at most @p cap_bytes in all (blocks are taken as needed). NULL when memory
 *  is short. Owner: the caller, until arena_free(), which takes NULL too. Not for two threads at once. */
struct arena *arena_new(size_t cap_bytes);
void arena_free(struct arena *arena);
/** Forget all allocations and keep the first block for reuse. */
void arena_reset(struct arena *arena);
size_t arena_used_bytes(const struct arena *arena);

/** @p size zeroed bytes aligned for any type, or NULL at the cap or when memory is short. */
void *arena_alloc(struct arena *arena, size_t size);
/** Zeroed array; NULL also where count * size overflows. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size);
/** Typed forms: ARENA_NEW(arena, struct x), ARENA_ARRAY(arena, struct x, count). */
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

/** Make room for one more item in a growing array: doubles @p *cap (from 8), copies, and updates
 *  @p *items. Errors: ERR_LIMIT at the arena's cap; the array is then unchanged. */
NODISCARD enum err_code arena_grow(struct arena *arena, void **items, size_t count, size_t *cap,
                                   size_t item_size, struct err *err);
/** Deep copy of @p text, followed by a NUL that is not counted. Errors: ERR_LIMIT. */
NODISCARD enum err_code arena_copy(struct arena *arena, struct view text, struct view *out, struct err *err);
/** A formatted string in the arena; the empty view at the cap. */
struct view arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/** The error to return where an arena gave NULL. */
enum err_code arena_full(const struct arena *arena, struct err *err);
