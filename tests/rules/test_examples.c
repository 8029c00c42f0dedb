/* The examples of every rule that the build embeds, through parse, facts and match. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine_test.h"

static enum err_code analyse(void *ctx, const struct rule *rule, const struct example *example,
                             struct view text, uint32_t *lines, size_t *count, struct err *err)
{
    const struct catalogue *catalogue = ctx;
    struct view rest = example->text, part;
    static const struct clock clock = {test_now, NULL};
    static const struct match_options options = {.opt_in = true};
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct tree *tree = NULL;
    struct facts *facts = NULL;
    struct match_list list = {0};
    enum err_code code = tree_parse(rule->language, text, &SYNTAX_LIMITS_DEFAULT, &clock, arena, &tree, err);

    /* What lies beside it only a whole review sees: the test rules.reviewed runs these. */
    if (example->beside.len > 0)
        for (uint32_t line = 1; view_split(&rest, '\n', &part); line++)
            for (uint32_t n = example_expected(part, 0); n > 0; n--)
                lines[(*count)++] = line;
    if (code == ERR_OK && tree->error_count > 0)
        code = err_set(err, ERR_INVALID, "a syntax error in line %u of the example", tree->first_error_line);
    if (code == ERR_OK)
        code = facts_build_around(tree, &(struct facts_around){.project = &example->project}, arena, &facts,
                                  err);
    if (code == ERR_OK)
        code = catalogue_match(catalogue, facts, &options, arena, &list, err);
    for (size_t i = 0;
         code == ERR_OK && example->beside.len == 0 && i < list.count && *count < EXAMPLE_FINDINGS_MAX; i++)
        if (list.items[i].rule == rule)
            lines[(*count)++] = tree->nodes[list.items[i].nodes[0]].line;
    arena_free(arena);
    return code;
}

static void each_rule_does_what_its_examples_say(void **state)
{
    size_t source_count, rule_count, failures = 0;
    const struct rule_source *sources = rule_sources_embedded(&source_count);
    struct catalogue *catalogue = NULL;
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct buffer report;
    struct err err = {0};
    const struct rule *const *rules;

    (void)state;
    if (catalogue_new(sources, source_count, &catalogue, &err) != ERR_OK)
        fail_msg("%s", err.message);
    rules = catalogue_rules(catalogue, &rule_count);
    buffer_init(&report, 1 << 20);
    for (size_t i = 0; i < rule_count; i++)
        if (examples_check(rules[i], analyse, catalogue, arena, &report, &failures, &err) != ERR_OK) {
            buffer_add_format(&report, "%s\n", err.message);
            failures++;
        }
    print_message("%zu rules\n", rule_count);
    if (failures > 0)
        print_error("%s", report.ptr);
    assert_int_equal(failures, 0);
    buffer_deinit(&report);
    catalogue_free(catalogue);
    arena_free(arena);
}

/* What the loader cannot know of a single file: the others. And the least that a rule shows. */
static void rules_name_each_other_and_show_enough(void **state)
{
    size_t source_count, rule_count, failures = 0;
    const struct rule_source *sources = rule_sources_embedded(&source_count);
    struct catalogue *catalogue = NULL;
    struct err err = {0};
    const struct rule *const *rules;

    (void)state;
    if (catalogue_new(sources, source_count, &catalogue, &err) != ERR_OK)
        fail_msg("%s", err.message);
    rules = catalogue_rules(catalogue, &rule_count);
    for (size_t i = 0; i < rule_count; i++) {
        const struct rule *rule = rules[i];
        size_t bad = 0;
        for (size_t e = 0; e < rule->example_count; e++)
            bad += rule->examples[e].bad;
        if (bad < 2 || rule->example_count - bad < 4) {
            print_error("%.*s: %zu bad and %zu good examples, two and four are wanted\n", VIEW_ARG(rule->id),
                        bad, rule->example_count - bad);
            failures++;
        }
        for (size_t y = 0; y < rule->yield_count; y++)
            if (catalogue_find(catalogue, rule->yields[y]) == NULL) {
                print_error("%.*s yields to %.*s, which is no rule\n", VIEW_ARG(rule->id),
                            VIEW_ARG(rule->yields[y]));
                failures++;
            }
    }
    catalogue_free(catalogue);
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_does_what_its_examples_say),
        cmocka_unit_test(rules_name_each_other_and_show_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
