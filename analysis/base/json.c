/* JSON in. An own scan of the grammar goes first: it bounds depth and the number of values before
 * memory is spent, is as strict as RFC 8259 where cJSON is lax (control bytes, leading zeros, what is
 * white space), and knows the byte of a mistake. What passes it can fail in cJSON for want of memory
 * only. A struct json is a cJSON item under another name: nothing is wrapped or copied.
 *
 * The scan knows how many values there are, so that a document is one piece of memory, seldom more:
 * cJSON's allocator bumps through it, and json_free() frees it whole. A malloc for each item and each text
 * and a walk to free them took a third of the time that a webhook's payload needs. */
#include "base/json.h"
#include <assert.h>
#include <cjson/cJSON.h>
#include <endian.h>
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

struct scan {
    const char *text;
    size_t len, at;
    size_t values;
    const char *problem; /* what is wrong at byte `at`; NULL while nothing is */
    enum err_code code;
};

static bool fail(struct scan *scan, enum err_code code, const char *problem)
{
    scan->code = code;
    scan->problem = problem;
    return false;
}

static char peek(const struct scan *scan)
{
    return scan->at < scan->len ? scan->text[scan->at] : '\0';
}

static void skip_space(struct scan *scan)
{
    char c = peek(scan);

    while (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        scan->at++;
        c = peek(scan);
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool skip_digits(struct scan *scan)
{
    if (!is_digit(peek(scan)))
        return fail(scan, ERR_INVALID, "a digit is missing");
    while (is_digit(peek(scan)))
        scan->at++;
    return true;
}

static bool skip_number(struct scan *scan)
{
    size_t start = scan->at;

    if (peek(scan) == '-')
        scan->at++;
    if (peek(scan) == '0')
        scan->at++;
    else if (!skip_digits(scan))
        return false;
    if (peek(scan) == '.') {
        scan->at++;
        if (!skip_digits(scan))
            return false;
    }
    if (peek(scan) == 'e' || peek(scan) == 'E') {
        scan->at++;
        if (peek(scan) == '+' || peek(scan) == '-')
            scan->at++;
        if (!skip_digits(scan))
            return false;
    }
    /* cJSON reads a number through a buffer of this size. */
    if (scan->at - start > JSON_NUMBER_MAX) {
        scan->at = start;
        return fail(scan, ERR_LIMIT, "a number is too long");
    }
    return true;
}

/* The value of four hex digits, or -1. */
static int hex4(const struct scan *scan, size_t at)
{
    int value = 0;

    if (at > scan->len || scan->len - at < 4)
        return -1;
    for (size_t i = at; i < at + 4; i++) {
        char c = scan->text[i];

        if (is_digit(c))
            value = value * 16 + (c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            value = value * 16 + ((c | 32) - 'a' + 10);
        else
            return -1;
    }
    return value;
}

/* An escape, its backslash included. A surrogate must have its partner: alone it is no character. */
static bool skip_escape(struct scan *scan)
{
    int unit;

    if (scan->len - scan->at < 2)
        return fail(scan, ERR_INVALID, "a string has no end");
    if (scan->text[scan->at + 1] != 'u') {
        if (view_find_byte(VIEW("\"\\/bfnrt"), scan->text[scan->at + 1], 0) == SIZE_MAX)
            return fail(scan, ERR_INVALID, "an unknown escape");
        scan->at += 2;
        return true;
    }
    unit = hex4(scan, scan->at + 2);
    if (unit < 0)
        return fail(scan, ERR_INVALID, "\\u wants four hex digits");
    if (unit >= 0xd800 && unit <= 0xdfff) {
        bool paired = scan->len - scan->at >= 12 && memcmp(scan->text + scan->at + 6, "\\u", 2) == 0;
        int low = paired ? hex4(scan, scan->at + 8) : -1;

        if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
            return fail(scan, ERR_INVALID, "half a surrogate pair");
        scan->at += 6;
    }
    scan->at += 6;
    return true;
}

/* Eight bytes at a time up to the first that is a quote, a backslash or a control byte. The sums carry only
 * upwards from a byte that does match, so that the lowest mark is always right. */
static void skip_plain(struct scan *scan)
{
    static const uint64_t ONES = 0x0101010101010101, HIGHS = 0x8080808080808080;

    while (scan->len - scan->at >= sizeof(uint64_t)) {
        uint64_t word, quote, backslash, marks;

        memcpy(&word, scan->text + scan->at, sizeof(word));
        word = le64toh(word);
        quote = word ^ (ONES * '"');
        backslash = word ^ (ONES * '\\');
        marks =
            (((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash) | ((word - ONES * 0x20) & ~word)) &
            HIGHS;
        if (marks) {
            scan->at += (size_t)__builtin_ctzll(marks) / 8;
            return;
        }
        scan->at += sizeof(word);
    }
}

static bool skip_string(struct scan *scan)
{
    if (peek(scan) != '"')
        return fail(scan, ERR_INVALID, "expected a string");
    scan->at++;
    while (scan->at < scan->len) {
        unsigned char c;

        skip_plain(scan);
        if (scan->at == scan->len)
            break;
        c = (unsigned char)scan->text[scan->at];
        if (c == '"') {
            scan->at++;
            return true;
        }
        if (c < 0x20)
            return fail(scan, ERR_INVALID, "a control byte in a string");
        if (c != '\\')
            scan->at++;
        else if (!skip_escape(scan))
            return false;
    }
    return fail(scan, ERR_INVALID, "a string has no end");
}

static bool skip_word(struct scan *scan)
{
    static const struct view WORDS[] = {{"true", 4}, {"false", 5}, {"null", 4}};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (scan->len - scan->at >= WORDS[i].len &&
            memcmp(scan->text + scan->at, WORDS[i].ptr, WORDS[i].len) == 0) {
            scan->at += WORDS[i].len;
            return true;
        }
    return fail(scan, ERR_INVALID, "expected a value");
}

static bool skip_scalar(struct scan *scan)
{
    char c = peek(scan);

    if (c == '"')
        return skip_string(scan);
    return c == '-' || is_digit(c) ? skip_number(scan) : skip_word(scan);
}

static bool skip_name(struct scan *scan)
{
    skip_space(scan);
    if (!skip_string(scan))
        return false;
    skip_space(scan);
    if (peek(scan) != ':')
        return fail(scan, ERR_INVALID, "expected ':'");
    scan->at++;
    return true;
}

/* After a value: close what ends here. True where a further value follows or, at depth 0, the end. */
static bool skip_closers(struct scan *scan, const char *closers, size_t *depth)
{
    for (;;) {
        skip_space(scan);
        if (*depth == 0)
            return true;
        if (peek(scan) == ',') {
            scan->at++;
            return closers[*depth - 1] == ']' || skip_name(scan);
        }
        if (peek(scan) != closers[*depth - 1])
            return fail(scan, ERR_INVALID,
                        closers[*depth - 1] == ']' ? "expected ',' or ']'" : "expected ',' or '}'");
        scan->at++;
        --*depth;
    }
}

static bool scan_document(struct scan *scan)
{
    char closers[JSON_DEPTH_MAX]; /* what ends each open container */
    size_t depth = 0;

    do {
        char c;

        skip_space(scan);
        c = peek(scan);
        if (++scan->values > JSON_VALUES_MAX)
            return fail(scan, ERR_LIMIT, "too many values");
        if (c != '{' && c != '[') {
            if (!skip_scalar(scan) || !skip_closers(scan, closers, &depth))
                return false;
            continue;
        }
        if (depth == JSON_DEPTH_MAX)
            return fail(scan, ERR_LIMIT, "nested too deep");
        closers[depth++] = c == '{' ? '}' : ']';
        scan->at++;
        skip_space(scan);
        if (peek(scan) == closers[depth - 1]) {
            if (!skip_closers(scan, closers, &depth))
                return false;
        } else if (c == '{' && !skip_name(scan)) {
            return false;
        }
    } while (depth > 0);
    if (scan->at < scan->len)
        return fail(scan, ERR_INVALID, "text after the end of the value");
    return true;
}

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
    struct scan scan = {.text = text.ptr, .len = text.len};
    cJSON *root;

    if (text.len > JSON_TEXT_MAX)
        return err_set(err, ERR_LIMIT, "JSON: %zu bytes, limit %d", text.len, JSON_TEXT_MAX);
    if (!scan_document(&scan))
        return err_set(err, scan.code, "JSON: byte %zu: %s", scan.at, scan.problem);
    root = build(text, scan.values);
    if (root == NULL)
        return err_set(err, ERR_MEMORY, "JSON: no memory left for %zu bytes", text.len);
    *out = (struct json *)root;
    return ERR_OK;
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
