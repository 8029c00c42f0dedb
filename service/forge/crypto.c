/* OpenSSL behind three calls. */
#include "forge/crypto.h"

#include <assert.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stdlib.h>

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

/* Base64 with '-' and '_' and without padding (RFC 7515, section 2). */
static void add_base64url(struct view bytes, struct buffer *out)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    for (size_t at = 0; at < bytes.len; at += 3) {
        size_t left = bytes.len - at < 3 ? bytes.len - at : 3;
        uint32_t group = 0;

        for (size_t i = 0; i < 3; i++)
            group = group << 8 | (i < left ? (unsigned char)bytes.ptr[at + i] : 0);
        for (size_t i = 0; i <= left; i++)
            buffer_add_byte(out, DIGITS[group >> (18 - 6 * i) & 63]);
    }
}

static EVP_PKEY *read_key(struct view pem)
{
    BIO *bio = pem.len > 0 && pem.len < INT32_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
    /* With a passphrase given, the empty one, OpenSSL does not ask a terminal for it. */
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)(uintptr_t) "") : NULL;

    BIO_free(bio);
    if (key && EVP_PKEY_base_id(key) != EVP_PKEY_RSA) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

/* The signature of @p message below it. */
static bool add_signature(EVP_PKEY *key, struct view message, struct buffer *out)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char *bytes = NULL;
    size_t len = 0;
    bool done = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(context, NULL, &len, (const unsigned char *)message.ptr, message.len) == 1 &&
                (bytes = malloc(len)) != NULL &&
                EVP_DigestSign(context, bytes, &len, (const unsigned char *)message.ptr, message.len) == 1;

    if (done)
        add_base64url((struct view){(const char *)bytes, len}, out);
    free(bytes);
    EVP_MD_CTX_free(context);
    return done;
}

enum err_code crypto_jwt_rs256(struct view pem, struct view claims, struct buffer *out, struct err *err)
{
    EVP_PKEY *key = read_key(pem);
    struct buffer text;
    enum err_code code;

    if (!key)
        return err_set(err, ERR_INVALID, "the private key is no RSA key in PEM form (without a passphrase)");
    buffer_init(&text, out->cap);
    add_base64url(VIEW("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"), &text);
    buffer_add_byte(&text, '.');
    add_base64url(claims, &text);
    code = buffer_check(&text, "a token's claims", err);
    if (code == ERR_OK) {
        buffer_add(out, buffer_view(&text));
        buffer_add_byte(out, '.');
        code = add_signature(key, buffer_view(&text), out) ? buffer_check(out, "a signed token", err)
                                                           : err_set(err, ERR_INTERNAL, "RS256 failed");
    }
    buffer_deinit(&text);
    EVP_PKEY_free(key);
    return code;
}
