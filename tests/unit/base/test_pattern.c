#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/pattern.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct pattern *compiled(struct view text, bool glob)
{
    struct pattern *pattern = NULL;
    struct err err = {0};

    if ((glob ? pattern_new_glob : pattern_new)(text, &pattern, &err) != ERR_OK)
        fail_msg("%.*s: %s", VIEW_ARG(text), err.message);
    return pattern;
}

static void a_regex_matches_anywhere_and_knows_its_groups(void **state)
{
    struct pattern *pattern = compiled(VIEW("(b+)(x)?(c)"), false);
    size_t groups[6][2];

    (void)state;
    assert_true(pattern_matches(pattern, VIEW("abbc")));
    assert_false(pattern_matches(pattern, VIEW("abb")));
    assert_false(pattern_matches(pattern, (struct view){NULL, 0}));
    assert_true(pattern_find(pattern, VIEW("abbc"), 0, groups, 6));
    assert_int_equal(groups[0][0], 1);
    assert_int_equal(groups[0][1], 4);
    assert_int_equal(groups[1][0], 1);
    assert_int_equal(groups[1][1], 3);
    assert_true(groups[2][0] == SIZE_MAX && groups[2][1] == SIZE_MAX); /* took no part */
    assert_int_equal(groups[3][0], 3);
    assert_true(groups[4][0] == SIZE_MAX && groups[5][1] == SIZE_MAX); /* does not exist */
    pattern_free(pattern);
    pattern_free(NULL);
}

static void a_search_starts_where_it_is_told(void **state)
{
    struct pattern *pattern = compiled(VIEW("^a|b"), false);
    size_t group[1][2];

    (void)state;
    assert_true(pattern_find(pattern, VIEW("abab"), 1, group, 1));
    assert_int_equal(group[0][0], 1);
    assert_true(pattern_find(pattern, VIEW("abab"), 2, group, 1));
    assert_int_equal(group[0][0], 3); /* ^ is the text's start, not the search's */
    assert_false(pattern_find(pattern, VIEW("abab"), 4, group, 1));
    assert_false(pattern_find(pattern, VIEW("abab"), 5, group, 1));
    assert_false(pattern_find(pattern, VIEW("abab"), SIZE_MAX, group, 1));
    assert_int_equal(group[0][0], 3);
    pattern_free(pattern);
}

static void bytes_are_bytes(void **state)
{
    struct pattern *pattern = compiled(VIEW("^.\\xff\\x00$"), false);

    (void)state;
    assert_true(pattern_matches(pattern, VIEW("\xc3\xff\0")));
    assert_false(pattern_matches(pattern, VIEW("\xc3\xa9\xff\0")));
    pattern_free(pattern);
}

static void a_wrong_pattern_says_where(void **state)
{
    static const struct row {
        bool glob;
        struct view text;
        const char *place, *says;
    } ROWS[] = {
        {false, {"a(b", 3}, "byte 3", "parenthesis"}, {false, {"a**", 3}, "byte 2", "quantifier"},
        {false, {"*", 1}, "byte 0", "quantifier"},    {false, {"[z-a]", 5}, "byte 3", "range"},
        {false, {"\\C", 2}, "byte 2", "\\C"},         {true, {"", 0}, "", "names nothing"},
        {true, {NULL, 0}, "", "names nothing"},       {true, {"/", 1}, "", "names nothing"},
        {true, {"a[b", 3}, "byte 1", "']'"},          {true, {"[a-", 3}, "byte 0", "']'"},
        {true, {"[]", 2}, "byte 0", "']'"},           {true, {"[!]", 3}, "byte 0", "']'"},
        {true, {"[z-a]", 5}, "byte 4", "backwards"},  {true, {"x[/]", 4}, "byte 1", "nothing matches"},
        {true, {"a{b", 3}, "byte 3", "'}'"},          {true, {"a}b", 3}, "byte 1", "'{'"},
        {true, {"a\\", 2}, "byte 1", "end"},          {true, {"a\0b", 3}, "byte 1", "NUL"},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct pattern *pattern = NULL;
        struct err err = {0};
        enum err_code code = (row->glob ? pattern_new_glob : pattern_new)(row->text, &pattern, &err);

        if (code != ERR_INVALID || pattern != NULL || strstr(err.message, row->place) == NULL ||
            strstr(err.message, row->says) == NULL)
            fail_msg("%.*s: %s", VIEW_ARG(row->text), err.message);
        pattern_free(pattern);
    }
}

static void the_length_of_a_pattern_has_a_limit(void **state)
{
    static char text[PATTERN_TEXT_MAX + 1];

    (void)state;
    for (int glob = 0; glob < 2; glob++)
        for (size_t len = PATTERN_TEXT_MAX - 1; len <= PATTERN_TEXT_MAX + 1; len++) {
            struct pattern *pattern = NULL;
            struct err err = {0};
            struct view v = {text, len};

            memset(text, 'x', sizeof(text));
            assert_int_equal((glob ? pattern_new_glob : pattern_new)(v, &pattern, &err),
                             len <= PATTERN_TEXT_MAX ? ERR_OK : ERR_LIMIT);
            assert_true(pattern == NULL || pattern_matches(pattern, v));
            pattern_free(pattern);
        }
}

/* The globs that become the longest regexes stay within what is set aside for them. */
static void every_glob_of_full_length_compiles_or_says_why(void **state)
{
    static const char *const UNITS[] = {"[!a]", "[!ace]", "[acegikmoqsuwy]", "*", "?", "**/", "{a,}", "\\*",
                                        ".",    "{"};
    static char text[PATTERN_TEXT_MAX];

    (void)state;
    for (size_t u = 0; u < COUNT_OF(UNITS); u++) {
        size_t len = 0, unit = strlen(UNITS[u]);
        struct pattern *pattern = NULL;
        struct err err = {0};
        enum err_code code;

        for (; len + unit <= sizeof(text); len += unit)
            memcpy(text + len, UNITS[u], unit);
        code = pattern_new_glob((struct view){text, len}, &pattern, &err);
        if (code != ERR_OK && code != ERR_INVALID)
            fail_msg("%s: %s", UNITS[u], err.message);
        pattern_free(pattern);
    }
}

static const struct glob_row {
    const char *glob, *path;
    bool matches;
} GLOB_ROWS[] = {
    /* without a slash: the last segment */
    {"*.py", "a.py", true},
    {"*.py", "x/y/a.py", true},
    {"*.py", ".py", true},
    {"*.py", "a.pyc", false},
    {"*.py", "a.py/b", false},
    {"a.py", "ba.py", false},
    {"a.py", "axpy", false},
    {"conftest", "x/conftest", true},
    {"conftest", "conftest/x", false},
    /* with one: from the root */
    {"src/*.py", "src/a.py", true},
    {"src/*.py", "src/b/a.py", false},
    {"src/*.py", "x/src/a.py", false},
    {"/a.py", "a.py", true},
    {"/a.py", "x/a.py", false},
    {"/*.py", "a.py", true},
    /* at the end: all below */
    {"tests/", "tests/a.py", true},
    {"tests/", "tests/x/a.py", true},
    {"tests/", "lib/tests/a.py", true},
    {"tests/", "tests", false},
    {"tests/", "mytests/a.py", false},
    {"/tests/", "tests/a.py", true},
    {"/tests/", "lib/tests/a.py", false},
    {"lib/tests/", "lib/tests/a.py", true},
    {"lib/tests/", "x/lib/tests/a.py", false},
    {"t*/", "tests/a.py", true},
    /* stars */
    {"a*c", "ac", true},
    {"a*c", "abbc", true},
    {"x/a*c", "x/ab/c", false},
    {"**", "a/b/c", true},
    {"src/**", "src/a/b", true},
    {"src/**", "src", false},
    {"src/**/a.py", "src/a.py", true},
    {"src/**/a.py", "src/x/y/a.py", true},
    {"src/**/a.py", "src/xa.py", false},
    {"**/a.py", "a.py", true},
    {"**/a.py", "x/y/a.py", true},
    {"**/a.py", "xa.py", false},
    {"**/tests/**", "x/tests/y", true},
    {"**/tests/**", "tests/y", true},
    {"**/tests/**", "x/mytests/y", false},
    {"src/a**z", "src/ab/cz", true},
    {"src/***/a.py", "src/x/a.py", true},
    {"{**/a,b}/c", "x/a/c", true},
    {"src/**/", "src/x/a.py", true},
    /* one character */
    {"a?c", "abc", true},
    {"a?c", "ac", false},
    {"x/a?c", "x/a/c", false},
    {"?", "\xc3\xa9", false},
    {"??", "\xc3\xa9", true},
    /* classes */
    {"[a-c].rs", "b.rs", true},
    {"[a-c].rs", "d.rs", false},
    {"[!a-c].rs", "d.rs", true},
    {"[!a-c].rs", "b.rs", false},
    {"[^a-c].rs", "b.rs", false},
    {"x/a[!b]c", "x/a/c", false},
    {"x/a[+-9]c", "x/a/c", false},
    {"[]]", "]", true},
    {"[!]]", "a", true},
    {"[!]]", "]", false},
    {"[a-]", "-", true},
    {"[-a]", "-", true},
    {"[\\]", "\\", true},
    {"[.^$]x", "^x", true},
    {"[*]", "*", true},
    {"[*]", "a", false},
    /* alternatives */
    {"*.{py,rs}", "a.py", true},
    {"*.{py,rs}", "a.rs", true},
    {"*.{py,rs}", "a.c", false},
    {"*.{py,rs}", "a.py,rs", false},
    {"a{,b}", "a", true},
    {"a{,b}", "ab", true},
    {"{a,b{c,d}}e", "bde", true},
    {"{a,b{c,d}}e", "be", false},
    {"{src,lib/x}/*.py", "lib/x/a.py", true},
    {"a,b", "a,b", true},
    {"{}", "x", false},
    /* what means something in a regex means itself here */
    {"a.b", "aXb", false},
    {"a+(b)|c$^", "a+(b)|c$^", true},
    {"a|b", "a", false},
    {"\\Aa", "Aa", true},
    {"\\*.py", "*.py", true},
    {"\\*.py", "a.py", false},
    {"\\{a\\}", "{a}", true},
    {"a b#c", "a b#c", true},
    {"a\nb", "a\nb", true},
    {"*.py", "a\nb.py", true},
    {"a", "a\n", false},
    {"**", "a\nb", true},
    {"caf\xc3\xa9", "caf\xc3\xa9", true},
    {"*", "\xff", true},
};

static void globs_match_paths(void **state)
{
    (void)state;
    for (const struct glob_row *row = GLOB_ROWS; row < GLOB_ROWS + COUNT_OF(GLOB_ROWS); row++) {
        struct pattern *pattern = compiled(view_of(row->glob), true);

        if (pattern_matches(pattern, view_of(row->path)) != row->matches)
            fail_msg("%s %s %s", row->glob, row->matches ? "misses" : "matches", row->path);
        pattern_free(pattern);
    }
}

/* Of the processor: a busy machine is not our fault. */
static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Each would run for ages, or for megabytes of stack, without the limits. */
static void no_pattern_hangs(void **state)
{
    static const struct row {
        bool glob;
        const char *text;
    } ROWS[] = {
        {false, "(a+)+$"},
        {false, "(a|aa)+$"},
        {false, "(a|a?)+$"},
        {false, "(.*a){20}$"},
        {false, "^(([a-z])+.)+[A-Z]([a-z])+$"},
        {false, "(?:(?:a?){100})*$"},
        {false, "((a*)*)*\\1c"},
        {false, "(?R)*a$|b"},
        {true, "**/**/**/**/**/**/**/**/**/**/b"},
        {true, "*a*a*a*a*a*a*a*a*a*a*a*a*a*b"},
        {true, "{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}b"},
    };
    size_t len = 50000;
    char *text = malloc(len);

    (void)state;
    for (int slashes = 0; slashes < 2; slashes++)
        for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
            struct pattern *pattern = compiled(view_of(row->text), row->glob);
            double start = seconds();

            for (size_t i = 0; i < len; i++)
                text[i] = slashes && i % 2 ? '/' : 'a';
            text[len - 1] = '!';
            (void)pattern_matches(pattern, (struct view){text, len});
            if (seconds() - start > 10)
                fail_msg("%s: %.1f s", row->text, seconds() - start);
            pattern_free(pattern);
        }
    free(text);
}

/* A long match that needs more stack than compiled code has. */
static void a_long_but_simple_match_is_found(void **state)
{
    struct pattern *pattern = compiled(VIEW("^(?:a|b)*c$"), false);
    size_t len = 8000;
    char *text = malloc(len);

    (void)state;
    memset(text, 'a', len);
    text[len - 1] = 'c';
    assert_true(pattern_matches(pattern, (struct view){text, len}));
    free(text);
    pattern_free(pattern);
}

struct matcher {
    const struct pattern *pattern;
    size_t wrong;
};

static void *match_often(void *argument)
{
    struct matcher *matcher = argument;

    for (int i = 0; i < 5000; i++) {
        size_t group[2][2];
        bool odd = i % 2;

        if (!pattern_find(matcher->pattern, odd ? VIEW("xx12") : VIEW("345"), 0, group, 2) ||
            group[1][0] != (odd ? 2 : 0) || group[1][1] != (odd ? 4 : 3))
            matcher->wrong++;
    }
    return NULL;
}

static void many_threads_share_a_pattern(void **state)
{
    struct pattern *pattern = compiled(VIEW("([0-9]+)"), false);
    struct matcher matchers[4];
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        matchers[i] = (struct matcher){.pattern = pattern};
        assert_int_equal(pthread_create(&threads[i], NULL, match_often, &matchers[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(matchers[i].wrong, 0);
    }
    pattern_free(pattern);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_regex_matches_anywhere_and_knows_its_groups),
        cmocka_unit_test(a_search_starts_where_it_is_told),
        cmocka_unit_test(bytes_are_bytes),
        cmocka_unit_test(a_wrong_pattern_says_where),
        cmocka_unit_test(the_length_of_a_pattern_has_a_limit),
        cmocka_unit_test(every_glob_of_full_length_compiles_or_says_why),
        cmocka_unit_test(globs_match_paths),
        cmocka_unit_test(no_pattern_hangs),
        cmocka_unit_test(a_long_but_simple_match_is_found),
        cmocka_unit_test(many_threads_share_a_pattern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
