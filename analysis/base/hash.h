/** @file hash.h  A 64-bit hash for fingerprints and tables: stable across machines and releases.
 *  Not for secrets. Source: FNV-1a 64 with the finalizer of MurmurHash3. */
#pragma once
#include "base/view.h"

enum { HASH_HEX_SIZE = 17 };
#define HASH_SEED UINT64_C(0xcbf29ce484222325)

/** Mix @p text into @p state; start with HASH_SEED. */
uint64_t hash_add(uint64_t state, struct view text);
uint64_t hash_finish(uint64_t state);
/** 16 lowercase hex digits and a NUL. */
void hash_hex(uint64_t hash, char out[HASH_HEX_SIZE]);
