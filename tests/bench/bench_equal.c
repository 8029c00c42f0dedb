/* A few rules over many files, once, as a process that is timed from outside beside another tool with equal
 * rules: read, parse, gather facts, match, count. usage: bench_equal RULE.yaml... -- FILE... */
#include "bench_file.h"
#include "engine/match.h"
#include "facts/facts.h"
#include <time.h>

enum { RULES_MAX = 64, ARENA_BYTES = 1 << 30 };

static uint64_t now_ns(void *ctx)
{
    struct timespec time;
    (void)ctx;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

struct tally {
    const struct rule *rules[RULES_MAX];
    size_t found[RULES_MAX], count;
};

static void add(struct tally *tally, const struct rule *rule)
{
    size_t i = 0;

    while (i < tally->count && tally->rules[i] != rule)
        i++;
    tally->found[i]++;
}

/* False, with a word on stderr, where the file could not be analysed. */
static bool match_file(const struct catalogue *catalogue, const char *path, struct arena *arena,
                       struct tally *tally)
{
    static const struct match_options OPTIONS = {.opt_in = true, .matches_max = 1 << 20};
    static const struct clock CLOCK = {now_ns, NULL};
    struct syntax_limits limits = SYNTAX_LIMITS_DEFAULT;
    struct match_list matches = {0};
    struct tree *tree = NULL;
    struct facts *facts = NULL;
    enum language language;
    struct err err = {0};
    struct view text;
    enum err_code code;

    if (!language_of_path(view_of(path), &language) || !bench_read(path, &text))
        return false;
    limits.macros = 0; /* the other tool sees tokens in macros */
    arena_reset(arena);
    code = tree_parse(language, text, &limits, &CLOCK, arena, &tree, &err);
    if (code == ERR_OK)
        code = facts_build(tree, arena, &facts, &err);
    if (code == ERR_OK)
        code = catalogue_match(catalogue, facts, &OPTIONS, arena, &matches, &err);
    for (size_t i = 0; i < matches.count; i++)
        add(tally, matches.items[i].rule);
    if (code != ERR_OK)
        fprintf(stderr, "%s: %s\n", path, err.message);
    free((void *)(uintptr_t)text.ptr);
    return code == ERR_OK;
}

static struct catalogue *load(char **paths, size_t count)
{
    struct rule_source sources[RULES_MAX] = {0};
    struct catalogue *catalogue = NULL;
    struct err err = {0};
    bool read = count <= RULES_MAX;

    for (size_t i = 0; read && i < count; i++) {
        sources[i].name = view_of(paths[i]);
        read = bench_read(paths[i], &sources[i].text);
    }
    if (read && catalogue_new(sources, count, &catalogue, &err) != ERR_OK)
        fprintf(stderr, "%s\n", err.message);
    for (size_t i = 0; i < COUNT_OF(sources); i++)
        free((void *)(uintptr_t)sources[i].text.ptr);
    return catalogue;
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct catalogue *catalogue = NULL;
    const struct rule *const *rules;
    struct tally tally = {0};
    int at = 1, failed = 0;

    while (at < argc && strcmp(argv[at], "--") != 0)
        at++;
    if (at < 2 || at + 1 >= argc || arena == NULL) {
        fprintf(stderr, "usage: bench_equal RULE.yaml... -- FILE...\n");
        return 2;
    }
    catalogue = load(argv + 1, (size_t)at - 1);
    if (catalogue == NULL)
        return 3;
    rules = catalogue_rules(catalogue, &tally.count);
    memcpy(tally.rules, rules, tally.count * sizeof(*rules));
    for (int i = at + 1; i < argc; i++)
        failed += !match_file(catalogue, argv[i], arena, &tally);
    for (size_t i = 0; i < tally.count; i++)
        printf("%.*s %zu\n", VIEW_ARG(tally.rules[i]->id), tally.found[i]);
    catalogue_free(catalogue);
    arena_free(arena);
    return failed ? 3 : 0;
}
