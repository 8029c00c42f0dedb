/* The check that comes before anything of a delivery is read. */
#include "forge/crypto.h"
#include "forge/forge_internal.h"

enum err_code forge_signature_check(const struct forge *forge, struct view body, struct view given,
                                    struct err *err)
{
    static const char PREFIX[] = "sha256=";
    bool matches = false;
    size_t usable = 0;

    if (given.len == 0)
        return err_set(err, ERR_DENIED, "the delivery has no signature: set the webhook's secret");
    if (!view_starts(given, PREFIX))
        return err_set(err, ERR_DENIED, "the delivery's signature is not of the form sha256=HEX");
    given = view_slice(given, sizeof(PREFIX) - 1, given.len);
    /* Every secret is tried, so that the time taken does not tell which one matched. */
    for (size_t i = 0; i < forge->secret_count && i < FORGE_SECRETS_MAX; i++) {
        char expected[CRYPTO_HMAC_HEX_SIZE];
        enum err_code code;

        if (forge->secrets[i].len == 0)
            continue; /* anybody can sign with an empty secret */
        code = crypto_hmac_sha256(forge->secrets[i], body, expected, err);
        if (code != ERR_OK)
            return code;
        matches |= crypto_equal(view_of(expected), given);
        usable++;
    }
    if (usable == 0)
        return err_set(err, ERR_DENIED, "forge %.*s has no webhook secret: no delivery is accepted",
                       VIEW_ARG(forge->name));
    return matches ? ERR_OK : err_set(err, ERR_DENIED, "the delivery's signature does not match");
}

enum err_code forge_signature_make(const struct forge *forge, struct view body, struct arena *arena,
                                   struct view *out, struct err *err)
{
    char sum[CRYPTO_HMAC_HEX_SIZE];
    enum err_code code;

    if (forge->secret_count == 0)
        return err_set(err, ERR_DENIED, "forge %.*s has no webhook secret", VIEW_ARG(forge->name));
    code = crypto_hmac_sha256(forge->secrets[0], body, sum, err);
    if (code != ERR_OK)
        return code;
    *out = arena_format(arena, "sha256=%s", sum);
    return out->len ? ERR_OK : arena_full(arena, err);
}
