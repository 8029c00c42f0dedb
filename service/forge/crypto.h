/** @file crypto.h  HMAC-SHA-256 and comparing without a clock to read; the only user of OpenSSL here. */
#pragma once
#include "base/err.h"

enum { CRYPTO_HMAC_HEX_SIZE = 65 }; /* 64 lowercase hex digits and a NUL */

NODISCARD
enum err_code crypto_hmac_sha256(struct view key, struct view message, char out[CRYPTO_HMAC_HEX_SIZE],
                                 struct err *err);
/** Equal bytes; the time taken tells only the lengths. */
bool crypto_equal(struct view a, struct view b);
