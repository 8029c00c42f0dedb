/* FNV-1a, byte by byte, so that the result depends on neither endianness nor how the text was cut.
 * Its low bits mix poorly, hence MurmurHash3's 64-bit finalizer before a value is used. */
#include "base/hash.h"

#define FNV_PRIME UINT64_C(0x100000001b3)

uint64_t hash_add(uint64_t state, struct view text)
{
    for (size_t i = 0; i < text.len; i++)
        state = (state ^ (unsigned char)text.ptr[i]) * FNV_PRIME;
    return state;
}

uint64_t hash_finish(uint64_t state)
{
    state ^= state >> 33;
    state *= UINT64_C(0xff51afd7ed558ccd);
    state ^= state >> 33;
    state *= UINT64_C(0xc4ceb9fe1a85ec53);
    state ^= state >> 33;
    return state;
}

void hash_hex(uint64_t hash, char out[HASH_HEX_SIZE])
{
    for (int i = 0; i < HASH_HEX_SIZE - 1; i++)
        out[i] = "0123456789abcdef"[(hash >> (60 - 4 * i)) & 15];
    out[HASH_HEX_SIZE - 1] = '\0';
}
