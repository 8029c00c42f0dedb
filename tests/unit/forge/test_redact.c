#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forge/redact.h"
#include "forge_fixture.h"

static void secrets_go_and_the_rest_stays(void **state)
{
    static const struct {
        const char *text, *expected;
    } ROWS[] = {
        {"", ""},
        {"nothing to hide", "nothing to hide"},
        {"our hunter22 twice: hunter22", "our [redacted] twice: [redacted]"},
        {"hunter22-long", "[redacted]"},
        {"a short one: abc", "a short one: abc"},
        {"ghp_0123456789abcdefABCD.", "[redacted]"},
        {"ghs_1_eyJhbGci.eyJpc3Mi.c2ln and github_pat_11AAAAAAA0123456789_x!", "[redacted] and [redacted]!"},
        {"glpat-0123456789abcdefghij", "[redacted]"},
        {"ghp_ is a prefix", "ghp_ is a prefix"},
        {"Bearer abcdefghijklmnopqrstuvwx end", "[redacted] end"},
        {"bearer of news", "bearer of news"},
        {"a\nAuthorization: Basic xyz\nb", "a\n[redacted]\nb"},
        {"x-gitlab-token: t", "[redacted]"},
        {"https://user:pw@host/o/r.git", "https://[redacted]@host/o/r.git"},
        {"https://host/o/r@v1", "https://host/o/r@v1"},
        {"mail a@b.c at https://host", "mail a@b.c at https://host"},
    };
    const struct view secrets[] = {VIEW("hunter22"), VIEW("hunter22-long"), VIEW("abc"), {0}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct buffer out;

        buffer_init(&out, 4096);
        redact_add(&out, view_of(ROWS[i].text), secrets, COUNT_OF(secrets));
        assert_view(buffer_view(&out), ROWS[i].expected);
        buffer_deinit(&out);
    }
}

static void an_error_is_cleaned_in_place_however_long(void **state)
{
    const struct view secret = VIEW("0123");
    struct err err = {0};

    (void)state;
    err_set(&err, ERR_DENIED, "token 0123 was refused");
    redact_error(&err, &secret, 1);
    assert_string_equal(err.message, "token [redacted] was refused");
    assert_int_equal(err.code, ERR_DENIED);
    err.message[0] = '\0';
    for (size_t i = 0; i + 4 < ERR_MESSAGE_MAX; i += 4)
        memcpy(err.message + i, "0123", 5);
    redact_error(&err, &secret, 1);
    assert_null(strstr(err.message, "0123"));
    assert_true(strlen(err.message) < ERR_MESSAGE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_go_and_the_rest_stays),
        cmocka_unit_test(an_error_is_cleaned_in_place_however_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
