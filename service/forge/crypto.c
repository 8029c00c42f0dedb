/* OpenSSL behind two calls. */
#include "forge/crypto.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { SHA256_BYTES = 32 };

static_assert(CRYPTO_HMAC_HEX_SIZE == 2 * SHA256_BYTES + 1, "two digits a byte and a NUL");

enum err_code crypto_hmac_sha256(struct view key, struct view message, char out[CRYPTO_HMAC_HEX_SIZE],
                                 struct err *err)
{
    static const char DIGITS[] = "0123456789abcdef";
    unsigned char sum[SHA256_BYTES];
    unsigned len = sizeof(sum);

    if (key.len > INT32_MAX ||
        !HMAC(EVP_sha256(), key.len ? key.ptr : "", (int)key.len,
              (const unsigned char *)(message.len ? message.ptr : ""), message.len, sum, &len) ||
        len != sizeof(sum))
        return err_set(err, ERR_INTERNAL, "HMAC-SHA-256 failed");
    for (size_t i = 0; i < sizeof(sum); i++) {
        out[2 * i] = DIGITS[sum[i] >> 4];
        out[2 * i + 1] = DIGITS[sum[i] & 15];
    }
    out[CRYPTO_HMAC_HEX_SIZE - 1] = '\0';
    return ERR_OK;
}

bool crypto_equal(struct view a, struct view b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}
