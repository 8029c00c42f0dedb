/* Formulas, the latency table and durations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "review/cost.h"
#include <math.h>
#include <string.h>

static const struct formula_row {
    const char *formula;
    double ns;         /* below 0: an error */
    const char *words; /* of the result, or of the error */
} FORMULAS[] = {
    {"1 + 2 * 3", 7, "1 + 2 × 3"},
    {"(1 + 2) * 3", 9, "(1 + 2) × 3"},
    {"8 / 2 / 2", 2, "8 / 2 / 2"},
    {"10 - 3 - 2", 5, "10 - 3 - 2"},
    {"log2(8)", 3, "log2(8)"},
    {"log2(1)", 1, "log2(1)"},
    {"min(3, 4) + max(3, 4)", 7, "min(3, 4) + max(3, 4)"},
    {"loop.n * list.n / 2 * compare", 1000.0 * 500 / 2 * 25,
     "1,000 passes × 500 items of list / 2 × 25 ns (compare)"},
    {"loop.inner.n", 10, "10 passes"},
    {"0.5 * dict_lookup", 17.5, "0.5 × 35 ns (dict lookup)"},
    {"  rtt  ", 50000, "50 µs (rtt)"},
    {"", -1, "expected a number or a name"},
    {"1 +", -1, "expected a number or a name"},
    {"1 2", -1, "expected the end or an operator"},
    {"(1", -1, "expected a closing parenthesis"},
    {"1)", -1, "expected the end or an operator"},
    {"1.2.3", -1, "not a number"},
    {"no_such_cost", -1, "no_such_cost"},
    {"other.n", -1, "other.n"},
    {"loop.m", -1, "loop.m"},
    {"sqrt(4)", -1, "no function is called sqrt"},
    {"min(1)", -1, "expected a comma"},
    {"log2(1, 2)", -1, "expected a closing parenthesis"},
    {"1 / 0", -1, "not finite"},
    {"0 / 0", -1, "not finite"},
    {"1 - 2", -1, "negative"},
    {"-1", -1, "expected a number or a name"},
    {"((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))", -1, "nested too deeply"},
};

static void formulas_give_figures_words_or_reasons(void **state)
{
    struct arena *arena = arena_new(8 << 20);
    struct view names[] = {VIEW("site"), VIEW("list")};
    struct cost_input input = {
        .loop_n = 1000, .inner_n = 10, .names = names, .name_count = 2, .lengths = {0, 500}};
    struct latency *latency = NULL;
    struct buffer words;
    size_t failed = 0;
    (void)state;

    assert_int_equal(latency_new(VIEW(""), arena, &latency, NULL), ERR_OK);
    input.latency = latency;
    buffer_init(&words, 4096);
    for (const struct formula_row *row = FORMULAS; row < FORMULAS + COUNT_OF(FORMULAS); row++) {
        struct err err = {0};
        double ns = -1;
        bool assumed = false, good;
        enum err_code code;

        buffer_clear(&words);
        code = cost_evaluate(view_of(row->formula), &input, &ns, &words, &assumed, &err);
        good = row->ns < 0
                   ? code == ERR_INVALID && strstr(err.message, row->words) != NULL
                   : code == ERR_OK && fabs(ns - row->ns) < 1e-6 && view_is(buffer_view(&words), row->words);
        if (!good)
            print_error("%s: %g, \"%s\" %s\n", row->formula, ns, words.ptr != NULL ? words.ptr : "",
                        err.message);
        failed += !good;
    }
    buffer_deinit(&words);
    arena_free(arena);
    assert_int_equal(failed, 0);
}

static void durations_have_two_digits_and_a_unit(void **state)
{
    static const struct {
        double ns;
        const char *text;
    } ROWS[] = {{0, "0 ns"},       {0.5, "0.5 ns"},   {25, "25 ns"},    {123, "120 ns"},
                {999.6, "1 µs"},   {1000, "1 µs"},    {12500, "13 µs"}, {999600, "1 ms"},
                {12.5e6, "13 ms"}, {1.25e9, "1.3 s"}, {59e9, "59 s"},   {90e9, "1.5 min"},
                {3600e9, "1 h"},   {1e15, "280 h"},   {1e9, "1 s"},     {850, "850 ns"}};
    struct buffer out;
    size_t failed = 0;
    (void)state;

    buffer_init(&out, 256);
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        buffer_clear(&out);
        add_duration(&out, ROWS[i].ns);
        if (!view_is(buffer_view(&out), ROWS[i].text)) {
            print_error("%g: %s, not %s\n", ROWS[i].ns, out.ptr, ROWS[i].text);
            failed++;
        }
    }
    buffer_deinit(&out);
    assert_int_equal(failed, 0);
}

static void a_site_replaces_rows_of_the_table(void **state)
{
    struct arena *arena = arena_new(8 << 20);
    struct latency *latency = NULL;
    struct err err = {0};
    double ns = 0;
    (void)state;

    assert_int_equal(latency_new(VIEW("rtt: 7\n"), arena, &latency, &err), ERR_OK);
    assert_true(latency_get(latency, VIEW("rtt"), &ns) && ns == 7);
    assert_true(latency_get(latency, VIEW("gil"), &ns) && ns == 300);
    assert_int_equal(latency_new(VIEW("rttt: 7\n"), arena, &latency, &err), ERR_INVALID);
    assert_non_null(strstr(err.message, "latency:1:1"));
    assert_non_null(strstr(err.message, "did you mean rtt"));
    assert_int_equal(latency_new(VIEW("rtt: 0\n"), arena, &latency, &err), ERR_INVALID);
    assert_int_equal(latency_new(VIEW("rtt: fast\n"), arena, &latency, &err), ERR_INVALID);
    assert_int_equal(latency_new(VIEW("- 1\n"), arena, &latency, &err), ERR_INVALID);
    arena_free(arena);
}

static void every_rule_of_the_build_has_formulas_that_can_be_evaluated(void **state)
{
    struct arena *arena = arena_new(8 << 20);
    struct latency *latency = NULL;
    struct catalogue *catalogue = NULL;
    struct err err = {0};
    const struct rule *const *rules;
    size_t count, failed = 0;
    const struct rule_source *sources = rule_sources_embedded(&count);
    (void)state;

    assert_int_equal(latency_new(VIEW(""), arena, &latency, &err), ERR_OK);
    if (catalogue_new(sources, count, &catalogue, &err) != ERR_OK)
        fail_msg("%s", err.message);
    rules = catalogue_rules(catalogue, &count);
    for (size_t i = 0; i < count; i++)
        if (cost_check(rules[i], latency, &err) != ERR_OK) {
            print_error("%s\n", err.message);
            failed++;
        }
    catalogue_free(catalogue);
    arena_free(arena);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas_give_figures_words_or_reasons),
        cmocka_unit_test(durations_have_two_digits_and_a_unit),
        cmocka_unit_test(a_site_replaces_rows_of_the_table),
        cmocka_unit_test(every_rule_of_the_build_has_formulas_that_can_be_evaluated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
