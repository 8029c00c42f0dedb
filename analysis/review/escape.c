/* Text that others wrote, made harmless. In CommonMark a code span or a fence is the only place where a forge
 * looks for no mention, reference or tag; so foreign text never stands outside of one, but for plain words.
 */
#include "escape.h"
#include "base/utf8.h"
#include <ctype.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* Characters that turn the direction of text or hide in it: what a reader sees must be what the file holds.
 */
static bool is_deceptive(struct view text, size_t at, size_t len)
{
    const unsigned char *p = (const unsigned char *)text.ptr + at;
    if (len == 2)
        return p[0] == 0xC2 && p[1] < 0xA0; /* C1 controls */
    if (len != 3)
        return false;
    return (p[0] == 0xE2 && p[1] == 0x80 &&
            ((p[2] >= 0x8B && p[2] <= 0x8F) || (p[2] >= 0xA8 && p[2] <= 0xAE))) ||
           (p[0] == 0xE2 && p[1] == 0x81 && p[2] >= 0xA0 && p[2] <= 0xAF) ||
           (p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF);
}

/* `<!--` opens a comment, and our own markers are comments. */
static bool opens_comment(struct view text, size_t at)
{
    return at + 4 <= text.len && memcmp(text.ptr + at, "<!--", 4) == 0;
}

/* One character: its bytes, or what stands for it. Returns how far to go. */
static size_t add_character(struct buffer *out, struct view text, size_t at)
{
    size_t len = utf8_len(text, at);

    if (len == 0 || is_deceptive(text, at, len) ||
        (len == 1 && (unsigned char)text.ptr[at] < 0x20 && text.ptr[at] != '\n' && text.ptr[at] != '\t') ||
        text.ptr[at] == 0x7f)
        buffer_add_text(out, REPLACEMENT);
    else if (opens_comment(text, at))
        buffer_add_text(out, "< ");
    else
        buffer_add(out, view_slice(text, at, at + len));
    return len > 0 ? len : 1;
}

static void add_folded(struct buffer *out, struct view text, bool backticks)
{
    size_t start = out->len;
    bool space = false;

    text = view_trim(text);
    for (size_t at = 0; at < text.len;) {
        if (isspace((unsigned char)text.ptr[at])) {
            space = true;
            at++;
            continue;
        }
        if (out->len - start > ESCAPE_SPAN_MAX) {
            buffer_add_text(out, "…");
            return;
        }
        if (space)
            buffer_add_byte(out, ' ');
        space = false;
        if (text.ptr[at] == '`' && !backticks) {
            buffer_add_byte(out, '\'');
            at++;
        } else
            at += add_character(out, text, at);
    }
}

size_t escape_longest_run(struct view text)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void add_run(struct buffer *out, size_t count)
{
    while (count-- > 0)
        buffer_add_byte(out, '`');
}

void escape_code_span(struct buffer *out, struct view text)
{
    struct buffer folded;
    struct view inner;
    size_t ticks;

    buffer_init(&folded, 8 * ESCAPE_SPAN_MAX);
    add_folded(&folded, text, true);
    inner = buffer_view(&folded);
    ticks = escape_longest_run(inner) + 1;
    if (inner.len == 0)
        inner = VIEW(" ");
    add_run(out, ticks);
    if (ticks > 1)
        buffer_add_byte(out, ' ');
    buffer_add(out, inner);
    if (ticks > 1)
        buffer_add_byte(out, ' ');
    add_run(out, ticks);
    buffer_deinit(&folded);
}

void escape_inside_span(struct buffer *out, struct view text)
{
    add_folded(out, text, false);
}

void escape_text(struct buffer *out, struct view text)
{
    bool plain = view_find(text, VIEW("www."), 0) == SIZE_MAX;
    for (size_t i = 0; plain && i < text.len; i++)
        plain = isalnum((unsigned char)text.ptr[i]) || strchr(" ,;.()", text.ptr[i]) != NULL;
    if (plain && text.len > 0 && text.len <= ESCAPE_SPAN_MAX && !isspace((unsigned char)text.ptr[0]))
        buffer_add(out, text);
    else
        escape_code_span(out, text);
}

void escape_add_fence(struct buffer *out, size_t longest_run, const char *info)
{
    add_run(out, longest_run < 3 ? 3 : longest_run + 1);
    buffer_add_text(out, info);
    buffer_add_byte(out, '\n');
}

void escape_block_text(struct buffer *out, struct view text)
{
    for (size_t at = 0; at < text.len;) {
        if (text.ptr[at] == '\r') /* a line ending's half: the block has its own */
            at++;
        else
            at += add_character(out, text, at);
    }
}

void escape_fence(struct buffer *out, const char *info, struct view text)
{
    size_t run = escape_longest_run(text);
    escape_add_fence(out, run, info);
    escape_block_text(out, text);
    if (text.len > 0 && text.ptr[text.len - 1] != '\n')
        buffer_add_byte(out, '\n');
    escape_add_fence(out, run, "");
}

bool escape_is_clean(struct view text)
{
    for (size_t at = 0; at < text.len;) {
        size_t len = utf8_len(text, at);
        char byte = text.ptr[at];
        if (len == 0 || is_deceptive(text, at, len) || byte == 0x7f ||
            (len == 1 && (unsigned char)byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r') ||
            opens_comment(text, at))
            return false;
        at += len;
    }
    return true;
}

void escape_terminal(struct buffer *out, struct view text)
{
    for (size_t at = 0; at < text.len;) {
        size_t len = utf8_len(text, at);
        unsigned char byte = (unsigned char)text.ptr[at];
        if (len == 0 || is_deceptive(text, at, len) || byte == 0x7f ||
            (byte < 0x20 && byte != '\n' && byte != '\t'))
            buffer_add_text(out, REPLACEMENT);
        else
            buffer_add(out, view_slice(text, at, at + len));
        at += len > 0 ? len : 1;
    }
}

size_t utf16_units(struct view text)
{
    size_t units = 0;
    for (size_t at = 0; at < text.len;) {
        size_t len = utf8_len(text, at);
        units += len == 4 ? 2 : 1;
        at += len > 0 ? len : 1;
    }
    return units;
}
