/* Well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF, no half character. */
#include "base/utf8.h"

static size_t length_by_first(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t utf8_len(struct view text, size_t at)
{
    const unsigned char *byte = (const unsigned char *)text.ptr;
    unsigned char low = 0x80, high = 0xbf;
    size_t len;

    if (at >= text.len)
        return 0;
    byte += at;
    len = length_by_first(byte[0]);
    if (len < 2)
        return len;
    if (text.len - at < len)
        return 0;
    if (byte[0] == 0xe0)
        low = 0xa0;
    else if (byte[0] == 0xed)
        high = 0x9f;
    else if (byte[0] == 0xf0)
        low = 0x90;
    else if (byte[0] == 0xf4)
        high = 0x8f;
    if (byte[1] < low || byte[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

size_t utf8_find_bad(struct view text)
{
    size_t len;

    for (size_t at = 0; at < text.len; at += len) {
        len = utf8_len(text, at);
        if (len == 0)
            return at;
    }
    return SIZE_MAX;
}
