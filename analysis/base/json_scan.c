/* The grammar of JSON, held before cJSON sees a text. The scan bounds depth and the number of values before
 * memory is spent, is as strict as RFC 8259 where cJSON is lax (control bytes, leading zeros, what is white
 * space), and knows the byte of a mistake.
 *
 * It can also leave out what nobody will ask for: of a webhook's 24 KB a review needs some hundred bytes. The
 * text that is kept is a document of its own: members on the way to a path, each name and value as it was. */
#include "base/utf8.h"
#include "base_internal.h"
#include <assert.h>
#include <endian.h>
#include <string.h>

enum { STEPS_MAX = 8 }; /* of one path */

/* One of the paths that are wanted, cut at its dots. */
struct path {
    struct view steps[STEPS_MAX];
    size_t count;
};

struct container { /* an open one */
    char closer;
    bool any;       /* a member of it was kept */
    uint32_t paths; /* an object on the way: those of the paths that lead through it */
};

struct scan {
    const char *text;
    size_t len, at;
    size_t values;
    size_t depth;
    uint64_t bytes_or; /* of the string at hand: its bytes or-ed together, to see whether any is not ASCII */
    struct container open[JSON_DEPTH_MAX];
    const struct path *paths;
    uint32_t next;      /* the value at hand: the paths that lead to it or through it */
    bool whole;         /* it is kept as it is */
    size_t whole_at;    /* the value that is being kept began here, */
    size_t whole_depth; /* inside so many containers; SIZE_MAX: none is being kept */
    struct json_kept *kept;
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

#define HIGHS UINT64_C(0x8080808080808080)

/* Eight bytes at a time up to the first that is a quote, a backslash or a control byte. The sums carry only
 * upwards from a byte that does match, so that the lowest mark is always right. */
static void skip_plain(struct scan *scan)
{
    static const uint64_t ONES = 0x0101010101010101;

    while (scan->len - scan->at >= sizeof(uint64_t)) {
        uint64_t word, quote, backslash, marks;

        memcpy(&word, scan->text + scan->at, sizeof(word));
        word = le64toh(word);
        scan->bytes_or |= word;
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

/* The string that began at @p start and has just ended: almost always ASCII, which needs no second look. */
static bool end_string(struct scan *scan, size_t start)
{
    size_t bad = SIZE_MAX;

    if ((scan->bytes_or & HIGHS) != 0)
        bad = utf8_find_bad((struct view){scan->text + start, scan->at - start});
    scan->at = bad != SIZE_MAX ? start + bad : scan->at + 1;
    return bad == SIZE_MAX || fail(scan, ERR_INVALID, "a byte that is no UTF-8");
}

static bool skip_string(struct scan *scan)
{
    size_t start = scan->at + 1;

    if (peek(scan) != '"')
        return fail(scan, ERR_INVALID, "expected a string");
    scan->at++;
    scan->bytes_or = 0;
    while (scan->at < scan->len) {
        unsigned char c;

        skip_plain(scan);
        if (scan->at == scan->len)
            break;
        c = (unsigned char)scan->text[scan->at];
        scan->bytes_or |= c;
        if (c == '"')
            return end_string(scan, start);
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

/* Which of the paths that lead through the innermost object go on with this member. */
static void match_name(struct scan *scan, struct view name)
{
    size_t step = scan->depth - 1; /* what is on the way lies one inside the other, from the root on */
    uint32_t left = scan->open[step].paths;

    scan->next = 0;
    scan->whole = false;
    for (; left; left &= left - 1) {
        size_t i = (size_t)__builtin_ctz(left);
        const struct path *path = &scan->paths[i];

        if (!view_equal(path->steps[step], name))
            continue;
        scan->next |= UINT32_C(1) << i;
        scan->whole = scan->whole || path->count == step + 1;
    }
    /* What an escaped name means is cJSON's to say: it is kept. */
    if (view_find_byte(name, '\\', 0) != SIZE_MAX)
        scan->whole = true;
    if (scan->whole)
        scan->next = 0;
}

static void keep_name(struct scan *scan, struct view name)
{
    struct container *object = &scan->open[scan->depth - 1];

    if (object->any)
        buffer_add_byte(&scan->kept->buffer, ',');
    object->any = true;
    buffer_add(&scan->kept->buffer, name);
    buffer_add_byte(&scan->kept->buffer, ':');
}

static bool skip_name(struct scan *scan)
{
    struct view name;
    size_t start;

    skip_space(scan);
    start = scan->at;
    if (!skip_string(scan))
        return false;
    name = (struct view){scan->text + start, scan->at - start};
    skip_space(scan);
    if (peek(scan) != ':')
        return fail(scan, ERR_INVALID, "expected ':'");
    scan->at++;
    if (!scan->open[scan->depth - 1].paths)
        return true;
    match_name(scan, view_slice(name, 1, name.len - 1));
    if (scan->next || scan->whole)
        keep_name(scan, name);
    return true;
}

/* A value ends here that lies in `depth` containers. */
static void end_value(struct scan *scan)
{
    if (scan->whole_depth != scan->depth)
        return;
    buffer_add(&scan->kept->buffer, (struct view){scan->text + scan->whole_at, scan->at - scan->whole_at});
    scan->whole_depth = SIZE_MAX;
}

/* After a value: close what ends here. True where a further value follows or, at depth 0, the end. */
static bool skip_closers(struct scan *scan)
{
    for (;;) {
        const struct container *inner;

        end_value(scan);
        skip_space(scan);
        if (scan->depth == 0)
            return true;
        inner = &scan->open[scan->depth - 1];
        if (peek(scan) == ',') {
            scan->at++;
            return inner->closer == ']' || skip_name(scan);
        }
        if (peek(scan) != inner->closer)
            return fail(scan, ERR_INVALID,
                        inner->closer == ']' ? "expected ',' or ']'" : "expected ',' or '}'");
        scan->at++;
        scan->depth--;
        if (inner->paths)
            buffer_add_byte(&scan->kept->buffer, '}');
    }
}

/* A value begins here: count it, and see what of it is kept. */
static bool begin_value(struct scan *scan, char first)
{
    if (++scan->values > JSON_VALUES_MAX)
        return fail(scan, ERR_LIMIT, "too many values");
    if (scan->next || scan->whole || scan->whole_depth != SIZE_MAX)
        scan->kept->values++;
    /* A path leads through objects only: whatever else stands in its way is kept, for all to see. */
    if (scan->whole || (scan->next && first != '{')) {
        scan->whole_at = scan->at;
        scan->whole_depth = scan->depth;
        scan->next = 0;
    }
    scan->whole = false;
    return true;
}

static bool open_container(struct scan *scan, char first)
{
    if (scan->depth == JSON_DEPTH_MAX)
        return fail(scan, ERR_LIMIT, "nested too deep");
    if (scan->next)
        buffer_add_byte(&scan->kept->buffer, '{');
    scan->open[scan->depth++] = (struct container){.closer = first == '{' ? '}' : ']', .paths = scan->next};
    scan->next = 0;
    scan->at++;
    return true;
}

static bool scan_document(struct scan *scan)
{
    do {
        char c;

        skip_space(scan);
        c = peek(scan);
        if (!begin_value(scan, c))
            return false;
        if (c != '{' && c != '[') {
            if (!skip_scalar(scan) || !skip_closers(scan))
                return false;
            continue;
        }
        if (!open_container(scan, c))
            return false;
        skip_space(scan);
        if (peek(scan) == scan->open[scan->depth - 1].closer) {
            if (!skip_closers(scan))
                return false;
        } else if (c == '{' && !skip_name(scan)) {
            return false;
        }
    } while (scan->depth > 0);
    if (scan->at < scan->len)
        return fail(scan, ERR_INVALID, "text after the end of the value");
    return true;
}

static void cut_path(const char *text, struct path *out)
{
    struct view rest = view_of(text);

    assert(rest.len > 0);
    for (out->count = 0; rest.ptr; out->count++) {
        assert(out->count < STEPS_MAX);
        view_split(&rest, '.', &out->steps[out->count]);
    }
}

enum err_code json_scan(struct view text, const char *const *paths, size_t count, struct json_kept *kept,
                        struct err *err)
{
    struct path cut[JSON_PATHS_MAX];
    struct scan scan = {
        .text = text.ptr, .len = text.len, .paths = cut, .whole_depth = SIZE_MAX, .kept = kept};

    assert(count <= JSON_PATHS_MAX);
    buffer_init(&kept->buffer, text.len);
    if (text.len > JSON_TEXT_MAX)
        return err_set(err, ERR_LIMIT, "JSON: %zu bytes, limit %d", text.len, JSON_TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        cut_path(paths[i], &cut[i]);
        scan.next |= UINT32_C(1) << i;
    }
    if (!scan_document(&scan))
        return err_set(err, scan.code, "JSON: byte %zu: %s", scan.at, scan.problem);
    kept->text = count > 0 ? buffer_view(&kept->buffer) : text;
    if (count == 0)
        kept->values = scan.values;
    /* What is kept is never longer than the text it comes from. */
    return buffer_check(&kept->buffer, "JSON", err);
}
