/* Blocks that double from FIRST_BLOCK to LARGEST_BLOCK bytes, bumped from front to end. What is handed
 * out is bounded by the cap; all of it is zeroed, because blocks come from calloc and a reset clears
 * what was used. Under the address sanitizer all bytes that were not handed out are poisoned. */
#include "base/arena.h"
#include "base/checked.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif
#ifdef HAVE_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
#endif

enum { FIRST_BLOCK = 16 * 1024, LARGEST_BLOCK = 1024 * 1024, GROW_FROM = 8 };

struct block {
    struct block *next; /* in the arena's list */
    size_t size, used;  /* of data */
    max_align_t data[];
};

struct arena {
    struct block *current; /* allocations are bumped here; NULL before the first */
    struct block *first;   /* kept by a reset; not in the list */
    struct block *others;  /* all the rest, in no order that matters */
    size_t cap, used;
    size_t next_size;   /* of the next block */
    bool out_of_memory; /* the last failure was malloc's, not the cap's */
};

static struct block *block_new(size_t size)
{
    size_t bytes;
    struct block *block;

    if (!checked_add(size, sizeof(struct block), &bytes))
        return NULL;
    block = calloc(1, bytes);
    if (block == NULL)
        return NULL;
    block->size = size;
    ASAN_POISON_MEMORY_REGION(block->data, size);
    return block;
}

static void block_free(struct block *block)
{
    if (block == NULL)
        return;
    ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
    free(block);
}

static void free_others(struct arena *arena)
{
    for (struct block *block = arena->others, *next; block != NULL; block = next) {
        next = block->next;
        block_free(block);
    }
    arena->others = NULL;
}

struct arena *arena_new(size_t cap_bytes)
{
    struct arena *arena = calloc(1, sizeof(*arena));

    if (arena == NULL)
        return NULL;
    arena->cap = cap_bytes;
    arena->next_size = FIRST_BLOCK;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    free_others(arena);
    block_free(arena->first);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    struct block *first = arena->first;

    free_others(arena);
    arena->current = first;
    arena->used = 0;
    arena->out_of_memory = false;
    if (first == NULL)
        return;
    arena->next_size = 2 * FIRST_BLOCK;
    ASAN_UNPOISON_MEMORY_REGION(first->data, first->size);
    memset(first->data, 0, first->used);
    ASAN_POISON_MEMORY_REGION(first->data, first->size);
    first->used = 0;
}

size_t arena_used_bytes(const struct arena *arena)
{
    return arena->used;
}

/* A new block with room for @p size bytes, which the cap is known to allow. A request that would waste
 * much of the current block gets a block of its own; the current one goes on serving the small ones. */
static struct block *make_room(struct arena *arena, size_t size)
{
    bool alone = arena->current != NULL && size > arena->next_size / 4;
    size_t block_size = alone || size > arena->next_size ? size : arena->next_size;
    size_t left = arena->cap - arena->used;
    struct block *block = block_new(block_size < left ? block_size : left);

    if (block == NULL) {
        arena->out_of_memory = true;
        return NULL;
    }
    if (arena->first == NULL) {
        arena->first = block;
    } else {
        block->next = arena->others;
        arena->others = block;
    }
    if (!alone) {
        arena->current = block;
        if (arena->next_size < LARGEST_BLOCK)
            arena->next_size *= 2;
    }
    return block;
}

static void *take(struct arena *arena, size_t size, size_t align)
{
    struct block *block = arena->current;
    size_t padding = block ? -block->used & (align - 1) : 0;
    size_t left = arena->cap - arena->used;
    char *at;

    if (block == NULL || padding > block->size - block->used || size > block->size - block->used - padding) {
        if (size > left)
            return NULL;
        padding = 0;
        block = make_room(arena, size);
        if (block == NULL)
            return NULL;
    } else if (padding > left || size > left - padding) {
        return NULL;
    }
    at = (char *)block->data + block->used + padding;
    block->used += padding + size;
    arena->used += padding + size;
    ASAN_UNPOISON_MEMORY_REGION(at, size);
    return at;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return take(arena, size > 0 ? size : 1, _Alignof(max_align_t));
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;

    return checked_mul(count, size, &bytes) ? arena_alloc(arena, bytes) : NULL;
}

/* Make the newest allocation longer where it lies, when it ends where its block is filled to. */
static bool extend(struct arena *arena, const char *items, size_t old_bytes, size_t new_bytes)
{
    struct block *block = arena->current;
    size_t more = new_bytes - old_bytes;

    if (block == NULL || items + old_bytes != (char *)block->data + block->used ||
        more > block->size - block->used || more > arena->cap - arena->used)
        return false;
    ASAN_UNPOISON_MEMORY_REGION(items + old_bytes, more);
    block->used += more;
    arena->used += more;
    return true;
}

enum err_code arena_grow(struct arena *arena, void **items, size_t count, size_t *cap, size_t item_size,
                         struct err *err)
{
    size_t new_cap = GROW_FROM, bytes;
    void *copy;

    if (count < *cap)
        return ERR_OK;
    if (*cap > 0 && !checked_mul(*cap, 2, &new_cap))
        return arena_full(arena, err);
    if (!checked_mul(new_cap, item_size, &bytes))
        return arena_full(arena, err);
    if (*cap == 0 || !extend(arena, *items, *cap * item_size, bytes)) {
        copy = arena_alloc(arena, bytes);
        if (copy == NULL)
            return arena_full(arena, err);
        if (count > 0)
            memcpy(copy, *items, count * item_size);
        *items = copy;
    }
    *cap = new_cap;
    return ERR_OK;
}

enum err_code arena_copy(struct arena *arena, struct view text, struct view *out, struct err *err)
{
    size_t bytes;
    char *copy;

    if (!checked_add(text.len, 1, &bytes) || (copy = take(arena, bytes, 1)) == NULL)
        return arena_full(arena, err);
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    *out = (struct view){copy, text.len};
    return ERR_OK;
}

struct view arena_format(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    char *text = NULL;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    if (len >= 0)
        text = take(arena, (size_t)len + 1, 1);
    if (text != NULL)
        (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return text ? (struct view){text, (size_t)len} : (struct view){"", 0};
}

enum err_code arena_full(const struct arena *arena, struct err *err)
{
    if (arena->out_of_memory)
        return err_set(err, ERR_MEMORY, "no memory left");
    return err_set(err, ERR_LIMIT, "the limit of %zu bytes of working memory is reached", arena->cap);
}
