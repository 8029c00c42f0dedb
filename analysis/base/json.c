/* JSON in. A scan of the grammar goes first (json_scan.c). What passes it can fail in cJSON for want of
 * memory only. A struct json is a cJSON item under another name: nothing is wrapped or copied.
 *
 * The scan knows how many values there are, so that a document is one piece of memory, seldom more:
 * cJSON's allocator bumps through it, and json_free() frees it whole. A malloc for each item and each text
 * and a walk to free them took a third of the time that a webhook's payload needs. */
#include "base/json.h"
#include "base_internal.h"
#include <assert.h>
#include <cjson/cJSON.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define INTEGER_MAX 9007199254740992.0 /* 2^53: above it a double skips integers */

enum {
    ALIGN = _Alignof(cJSON),
    BLOCK_BYTES = 16 << 10, /* of a further block */
};

/* A piece of a document's memory: its bytes follow. The first begins with the root. */
struct block {
    struct block *next;
};
static_assert(sizeof(struct block) % ALIGN == 0, "what follows a block's head is aligned");

/* Where the document that this thread is parsing takes its memory. The one global here, because cJSON hands
 * its allocator no context; thread-local, because cJSON has one allocator for the whole process. */
static _Thread_local struct {
    struct block *last; /* NULL: no parse is running */
    char *at;
    size_t left;
} room;

/* A further block, or the first: NULL when memory is short. */
static bool add_block(size_t size)
{
    struct block *block;

    if (size > SIZE_MAX - sizeof(*block) || (block = malloc(sizeof(*block) + size)) == NULL)
        return false;
    block->next = NULL;
    if (room.last)
        room.last->next = block;
    room.last = block;
    room.at = (char *)(block + 1);
    room.left = size;
    return true;
}

/* cJSON's allocator. Outside json_parse(), for others in this process who use cJSON, it is malloc(). */
static void *take(size_t size)
{
    char *taken;

    if (room.last == NULL)
        return malloc(size);
    if (size > SIZE_MAX - ALIGN)
        return NULL;
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (size > room.left && !add_block(size > BLOCK_BYTES ? size : BLOCK_BYTES))
        return NULL;
    taken = room.at;
    room.at += size;
    room.left -= size;
    return taken;
}

static void give(void *memory)
{
    if (room.last == NULL)
        free(memory);
}

static void install_allocator(void)
{
    cJSON_Hooks hooks = {take, give};

    cJSON_InitHooks(&hooks);
}

static void free_blocks(struct block *block)
{
    while (block) {
        struct block *next = block->next;

        free(block);
        block = next;
    }
}

/* The first block is meant to hold the whole document: an item a value, and copies of names, strings and
 * numbers, which the text's own bytes and some rounding up pay for. NULL when memory is short. */
static cJSON *build(struct view text, size_t values)
{
    static pthread_once_t installed = PTHREAD_ONCE_INIT;
    struct block *first;
    cJSON *root;

    (void)pthread_once(&installed, install_allocator);
    if (!add_block(values * (sizeof(cJSON) + ALIGN) + text.len))
        return NULL;
    first = room.last;
    root = cJSON_ParseWithLengthOpts(text.ptr, text.len, NULL, 0);
    room.last = NULL;
    if (root == NULL)
        free_blocks(first);
    /* cJSON makes the root first: from it json_free() knows the block. */
    assert(root == NULL || root == (cJSON *)(first + 1));
    return root;
}

enum err_code json_parse(struct view text, struct json **out, struct err *err)
{
    return json_parse_only(text, NULL, 0, out, err);
}

enum err_code json_parse_only(struct view text, const char *const *paths, size_t count, struct json **out,
                              struct err *err)
{
    struct json_kept kept = {.text = text};
    cJSON *root = NULL;
    enum err_code code = json_scan(text, paths, count, &kept, err);

    if (code == ERR_OK)
        root = build(kept.text, kept.values);
    if (code == ERR_OK && root == NULL)
        code = err_set(err, ERR_MEMORY, "JSON: no memory left for %zu bytes", text.len);
    buffer_deinit(&kept.buffer);
    if (code == ERR_OK)
        *out = (struct json *)root;
    return code;
}

void json_free(struct json *root)
{
    if (root)
        free_blocks((struct block *)root - 1);
}

static const cJSON *item(const struct json *value)
{
    return (const cJSON *)value;
}

/* cJSON's own lookup wants a NUL after the name, and takes any child for a member. */
static const cJSON *member(const cJSON *object, const char *name, size_t len)
{
    if (!cJSON_IsObject(object))
        return NULL;
    for (const cJSON *child = object->child; child != NULL; child = child->next)
        if (strncmp(child->string, name, len) == 0 && child->string[len] == '\0')
            return child;
    return NULL;
}

const struct json *json_at(const struct json *value, const char *path)
{
    const cJSON *at = item(value);

    while (at != NULL && path != NULL && *path != '\0') {
        size_t len = strcspn(path, ".");

        at = member(at, path, len);
        path += len + (path[len] == '.');
    }
    return at == NULL || cJSON_IsNull(at) ? NULL : (const struct json *)at;
}

bool json_text(const struct json *value, const char *path, struct view *out)
{
    const cJSON *at = item(json_at(value, path));

    if (!cJSON_IsString(at))
        return false;
    *out = view_of(at->valuestring);
    return true;
}

bool json_int(const struct json *value, const char *path, int64_t *out)
{
    const cJSON *at = item(json_at(value, path));

    if (!cJSON_IsNumber(at) || !(fabs(at->valuedouble) <= INTEGER_MAX) ||
        at->valuedouble != floor(at->valuedouble))
        return false;
    *out = (int64_t)at->valuedouble;
    return true;
}

bool json_number(const struct json *value, const char *path, double *out)
{
    const cJSON *at = item(json_at(value, path));

    if (!cJSON_IsNumber(at) || !isfinite(at->valuedouble))
        return false;
    *out = at->valuedouble;
    return true;
}

bool json_bool(const struct json *value, const char *path, bool *out)
{
    const cJSON *at = item(json_at(value, path));

    if (!cJSON_IsBool(at))
        return false;
    *out = cJSON_IsTrue(at);
    return true;
}

bool json_is_object(const struct json *value)
{
    return cJSON_IsObject(item(value));
}

bool json_is_array(const struct json *value)
{
    return cJSON_IsArray(item(value));
}

const struct json *json_first(const struct json *value)
{
    return value ? (const struct json *)item(value)->child : NULL;
}

const struct json *json_next(const struct json *value)
{
    return value ? (const struct json *)item(value)->next : NULL;
}

struct view json_name(const struct json *value)
{
    return view_of(value ? item(value)->string : NULL);
}
