/** @file crypto.h  HMAC-SHA-256, RS256 and comparing without a clock to read; the only user of OpenSSL
 *  here. */
#pragma once
#include "base/buffer.h"

enum { CRYPTO_HMAC_HEX_SIZE = 65 }; /* 64 lowercase hex digits and a NUL */

NODISCARD
enum err_code crypto_hmac_sha256(struct view key, struct view message, char out[CRYPTO_HMAC_HEX_SIZE],
                                 struct err *err);
/** Equal bytes; the time taken tells only the lengths. */
bool crypto_equal(struct view a, struct view b);
/** A JSON Web Token (RFC 7519) of these claims, a JSON object, signed with RS256 by the RSA key in @p pem
 *  (PKCS#1 or PKCS#8, not encrypted). Errors: ERR_INVALID where @p pem is no such key. */
NODISCARD
enum err_code crypto_jwt_rs256(struct view pem, struct view claims, struct buffer *out, struct err *err);
