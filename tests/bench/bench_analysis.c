/* Analysis against the bare parse of the same files, one thread: per file the two run in turn, over several
 * rounds; the ratio printed is that of the summed medians. usage: bench_analysis [-r ROUNDS] FILE...
 *
 * What each rule costs: bench_analysis -c [-r ROUNDS] FILE... matches every file with each rule alone, on
 * facts that nobody has asked yet, and with none. The lowest of the rounds counts: what disturbs only adds. A
 * rule alone pays for all facts it asks for, also those that another rule would have asked for before it: its
 * figure is what it would cost to have it as the only one, and their sum is more than all cost together. */
#include "bench_file.h"
#include "engine/match.h"
#include "facts/facts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS_MAX = 25, ARENA_BYTES = 1 << 30, WARM_BYTES = 128 << 20 };
enum stage { BARE, PARSE, FACTS, RULES, STAGE_COUNT };

static const char *const NAMES[] = {"bare parse", "parse and flatten", "facts", "all rules"};

static uint64_t now_ns(void *ctx)
{
    struct timespec time;
    (void)ctx;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

struct totals {
    double ms[STAGE_COUNT];
    size_t files, bytes, nodes, matches, skipped;
};

/* What matching with one rule alone costs; the last of the list has no rule. */
struct alone {
    struct catalogue *catalogue;
    struct view name;
    double ms;
    size_t matches;
};

/* The allocator joins what a parse set free only at the next large request: so the parse pays for it. */
static void settle_memory(void)
{
    void *volatile large = malloc(1 << 16);
    free(large);
}

/* One round over one file; false where it is skipped. */
static bool run_once(const struct catalogue *catalogue, enum language language, struct view text,
                     struct arena *arena, uint64_t ns[STAGE_COUNT], struct totals *totals, bool count)
{
    static const struct clock CLOCK = {now_ns, NULL};
    static const struct match_options OPTIONS = {0};
    struct match_list matches = {0};
    struct tree *tree = NULL;
    struct facts *facts = NULL;
    struct err err = {0};
    uint64_t start = now_ns(NULL), at;

    if (tree_parse_bare(language, text, &err) != ERR_OK)
        return false;
    settle_memory();
    ns[BARE] = (at = now_ns(NULL)) - start, start = at;
    arena_reset(arena);
    if (tree_parse(language, text, &SYNTAX_LIMITS_DEFAULT, &CLOCK, arena, &tree, &err) != ERR_OK)
        return false;
    settle_memory();
    ns[PARSE] = (at = now_ns(NULL)) - start, start = at;
    if (facts_build(tree, arena, &facts, &err) != ERR_OK)
        return false;
    ns[FACTS] = (at = now_ns(NULL)) - start, start = at;
    if (catalogue_match(catalogue, facts, &OPTIONS, arena, &matches, &err) != ERR_OK)
        return false;
    ns[RULES] = now_ns(NULL) - start;
    if (count) {
        totals->nodes += tree->count;
        totals->matches += matches.count;
    }
    return true;
}

/* An arena whose memory was touched before: what parsing takes is warm from the round before it, and fresh
 * pages would be paid for by large files alone. */
static struct arena *warm_arena(void)
{
    struct arena *arena = arena_new(ARENA_BYTES);

    if (arena != NULL && arena_alloc(arena, WARM_BYTES) != NULL)
        arena_reset(arena);
    return arena;
}

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void bench_file(const struct catalogue *catalogue, const char *path, int rounds, struct arena *arena,
                       struct totals *totals)
{
    uint64_t samples[STAGE_COUNT][ROUNDS_MAX];
    enum language language;
    struct view text;

    if (!language_of_path(view_of(path), &language) || !bench_read(path, &text))
        return;
    for (int round = 0; round < rounds; round++) {
        uint64_t ns[STAGE_COUNT] = {0};
        if (!run_once(catalogue, language, text, arena, ns, totals, round == 0)) {
            totals->skipped++;
            free((void *)(uintptr_t)text.ptr);
            return;
        }
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            samples[stage][round] = ns[stage];
    }
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        qsort(samples[stage], (size_t)rounds, sizeof(uint64_t), by_value);
        totals->ms[stage] += (double)samples[stage][rounds / 2] / 1e6;
    }
    totals->files++;
    totals->bytes += text.len;
    free((void *)(uintptr_t)text.ptr);
}

/* What every rule alone is matched on: a tree as parsing left it, and room for facts. */
struct ground {
    struct tree *tree;
    struct node *nodes; /* as they were before facts were gathered */
    struct arena *arena;
    int rounds;
};

/* The lowest time of matching with one catalogue, each time on fresh facts. */
static bool match_alone(const struct ground *ground, struct alone *alone)
{
    static const struct match_options OPTIONS = {.opt_in = true};
    uint64_t lowest = UINT64_MAX;

    for (int round = 0; round < ground->rounds; round++) {
        struct match_list matches = {0};
        struct facts *facts = NULL;
        struct err err = {0};
        uint64_t start, ns;

        arena_reset(ground->arena);
        memcpy(ground->tree->nodes, ground->nodes, ground->tree->count * sizeof(*ground->nodes));
        if (facts_build(ground->tree, ground->arena, &facts, &err) != ERR_OK)
            return false;
        start = now_ns(NULL);
        if (catalogue_match(alone->catalogue, facts, &OPTIONS, ground->arena, &matches, &err) != ERR_OK)
            return false;
        ns = now_ns(NULL) - start;
        lowest = ns < lowest ? ns : lowest;
        alone->matches += round == 0 ? matches.count : 0;
    }
    alone->ms += (double)lowest / 1e6;
    return true;
}

static bool alone_file(struct alone *alone, size_t count, const char *path, int rounds,
                       struct arena *arenas[2], double *parse_ms)
{
    static const struct clock CLOCK = {now_ns, NULL};
    struct ground ground = {.arena = arenas[1], .rounds = rounds};
    enum language language;
    struct err err = {0};
    struct view text;
    uint64_t lowest = UINT64_MAX;
    bool done;

    if (!language_of_path(view_of(path), &language) || !bench_read(path, &text))
        return false;
    for (int round = 0; round < rounds; round++) {
        uint64_t start = now_ns(NULL), ns;
        if (tree_parse_bare(language, text, &err) != ERR_OK)
            break;
        ns = now_ns(NULL) - start;
        lowest = ns < lowest ? ns : lowest;
    }
    arena_reset(arenas[0]);
    done =
        tree_parse(language, text, &SYNTAX_LIMITS_DEFAULT, &CLOCK, arenas[0], &ground.tree, &err) == ERR_OK &&
        (ground.nodes = ARENA_ARRAY(arenas[0], struct node, ground.tree->count)) != NULL;
    if (done)
        memcpy(ground.nodes, ground.tree->nodes, ground.tree->count * sizeof(*ground.nodes));
    for (size_t i = 0; done && i < count; i++)
        done = match_alone(&ground, &alone[i]);
    *parse_ms += done ? (double)lowest / 1e6 : 0;
    free((void *)(uintptr_t)text.ptr);
    return done;
}

static int by_cost(const void *a, const void *b)
{
    const struct alone *x = a, *y = b;
    return (x->ms < y->ms) - (x->ms > y->ms);
}

/* A catalogue for each rule of @p language, and a last one without rules. */
static size_t load_alone(const struct rule_source *sources, size_t count, enum language language,
                         struct alone *alone)
{
    size_t kept = 0;

    for (size_t i = 0; i <= count; i++) {
        struct alone *one = &alone[kept];
        struct err err = {0};
        size_t rules;

        one->name = i < count ? sources[i].name : VIEW("(no rule)");
        if (catalogue_new(sources + i, i < count ? 1 : 0, &one->catalogue, &err) != ERR_OK)
            fprintf(stderr, "%s\n", err.message);
        else if (i < count && catalogue_rules(one->catalogue, &rules)[0]->language != language)
            catalogue_free(one->catalogue);
        else
            kept++;
    }
    return kept - 1;
}

/* Lines of "rule, ms, share of the bare parse, matches", the dearest first. */
static int rule_costs(const struct rule_source *sources, size_t source_count, int rounds, char **paths)
{
    struct alone *alone = calloc(source_count + 1, sizeof(*alone));
    struct arena *arenas[2] = {warm_arena(), warm_arena()};
    enum language language = LANGUAGE_PYTHON;
    double parse_ms = 0, walk, sum = 0;
    size_t files = 0, count;

    if (alone == NULL || arenas[0] == NULL || arenas[1] == NULL)
        return 3;
    (void)language_of_path(view_of(paths[0]), &language);
    count = load_alone(sources, source_count, language, alone);
    for (; *paths != NULL; paths++)
        files += alone_file(alone, count + 1, *paths, rounds, arenas, &parse_ms);
    walk = alone[count].ms;
    qsort(alone, count, sizeof(*alone), by_cost);
    printf("%zu files, bare parse %.1f ms, the walk without rules %.1f ms (%.4f of the bare parse)\n", files,
           parse_ms, walk, walk / parse_ms);
    for (size_t i = 0; i < count; i++) {
        double ms = alone[i].ms - walk;
        printf("%-44.*s %8.2f ms  %7.4f of the bare parse  %5zu matches\n", VIEW_ARG(alone[i].name), ms,
               ms / parse_ms, alone[i].matches);
        sum += ms;
    }
    printf("%zu rules, each alone: %.4f of the bare parse\n", count, sum / parse_ms);
    for (size_t i = 0; i <= count; i++)
        catalogue_free(alone[i].catalogue);
    arena_free(arenas[0]);
    arena_free(arenas[1]);
    free(alone);
    return 0;
}

int main(int argc, char **argv)
{
    struct totals totals = {0};
    struct catalogue *catalogue = NULL;
    struct arena *arena = NULL;
    struct err err = {0};
    size_t source_count, rule_count;
    const struct rule_source *sources = rule_sources_embedded(&source_count);
    int rounds = 5, first = 1;
    bool costs = argc > 1 && strcmp(argv[1], "-c") == 0;
    double whole;

    first += costs;
    if (argc > first + 1 && strcmp(argv[first], "-r") == 0) {
        rounds = (int)strtol(argv[first + 1], NULL, 10);
        first += 2;
    }
    if (rounds < 1 || rounds > ROUNDS_MAX || first >= argc) {
        fprintf(stderr, "usage: bench_analysis [-c] [-r 1..%d] FILE...\n", ROUNDS_MAX);
        return 2;
    }
    if (costs)
        return rule_costs(sources, source_count, rounds, argv + first);
    arena = warm_arena();
    if (arena == NULL || catalogue_new(sources, source_count, &catalogue, &err) != ERR_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 3;
    }
    for (int i = first; i < argc; i++)
        bench_file(catalogue, argv[i], rounds, arena, &totals);
    catalogue_rules(catalogue, &rule_count);
    printf("%zu files, %.1f MB, %zu nodes, %zu rules, %zu matches, %zu skipped\n", totals.files,
           (double)totals.bytes / 1e6, totals.nodes, rule_count, totals.matches, totals.skipped);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        printf("%-18s %9.1f ms  %6.3f of the bare parse\n", NAMES[stage], totals.ms[stage],
               totals.ms[stage] / totals.ms[BARE]);
    whole = totals.ms[PARSE] + totals.ms[FACTS] + totals.ms[RULES];
    printf("analysis / bare parse: %.3f  (%.2f MB/s)\n", whole / totals.ms[BARE],
           (double)totals.bytes / 1e3 / whole);
    catalogue_free(catalogue);
    arena_free(arena);
    return 0;
}
