#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge/crypto.h"
#include "forge_fixture.h"

/* Sources: forges.md A1 for GitHub's own vector; RFC 4231 test cases 1, 2 and 6. */
static void the_published_vectors_hold(void **state)
{
    static char long_key[131];
    const struct {
        struct view key, message;
        const char *expected;
    } ROWS[] = {
        {VIEW("It's a Secret to Everybody"), VIEW("Hello, World!"),
         "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
        {VIEW("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"),
         VIEW("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {VIEW("Jefe"), VIEW("what do ya want for nothing?"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {{long_key, sizeof(long_key)},
         VIEW("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    char sum[CRYPTO_HMAC_HEX_SIZE];

    (void)state;
    memset(long_key, 0xaa, sizeof(long_key));
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        assert_int_equal(crypto_hmac_sha256(ROWS[i].key, ROWS[i].message, sum, NULL), ERR_OK);
        assert_string_equal(sum, ROWS[i].expected);
    }
    assert_int_equal(crypto_hmac_sha256((struct view){0}, (struct view){0}, sum, NULL), ERR_OK);
}

static void equal_means_every_byte(void **state)
{
    (void)state;
    assert_true(crypto_equal(VIEW("abc"), VIEW("abc")));
    assert_true(crypto_equal((struct view){0}, (struct view){0}));
    assert_false(crypto_equal(VIEW("abc"), VIEW("abd")));
    assert_false(crypto_equal(VIEW("abc"), VIEW("ab")));
    assert_false(crypto_equal(VIEW("a\0b"), VIEW("a\0c")));
}

/* That a good key's signature is right, GitHub's stand-in tells: tests/e2e/app.test.mjs. */
static void what_is_no_rsa_key_signs_nothing(void **state)
{
    const struct view ROWS[] = {
        {0},
        VIEW("-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"),
        /* an elliptic curve's */
        VIEW("-----BEGIN PRIVATE KEY-----\n"
             "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2\n"
             "OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r\n"
             "1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G\n"
             "-----END PRIVATE KEY-----\n"),
    };
    struct buffer out;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct err err = {0};

        buffer_init(&out, 4096);
        assert_int_equal(crypto_jwt_rs256(ROWS[i], VIEW("{}"), &out, &err), ERR_INVALID);
        assert_non_null(strstr(err.message, "no RSA key"));
        assert_int_equal(out.len, 0);
        buffer_deinit(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors_hold),
        cmocka_unit_test(equal_means_every_byte),
        cmocka_unit_test(what_is_no_rsa_key_signs_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
