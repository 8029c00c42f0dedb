/* Analysis against the bare parse of the same files, one thread: per file the two run in turn, over several
 * rounds; the ratio printed is that of the summed medians. usage: bench_analysis [-r ROUNDS] FILE... */
#include "engine/match.h"
#include "facts/facts.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS_MAX = 25, ARENA_BYTES = 1 << 30 };
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

static bool read_file(const char *path, struct view *out)
{
    FILE *file = fopen(path, "rb");
    char *text;
    long size;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    rewind(file);
    text = malloc((size_t)size + 1);
    if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size) {
        free(text);
        fclose(file);
        return false;
    }
    fclose(file);
    *out = (struct view){text, (size_t)size};
    return true;
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
    ns[BARE] = (at = now_ns(NULL)) - start, start = at;
    arena_reset(arena);
    if (tree_parse(language, text, &SYNTAX_LIMITS_DEFAULT, &CLOCK, arena, &tree, &err) != ERR_OK)
        return false;
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

    if (!language_of_path(view_of(path), &language) || !read_file(path, &text))
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

int main(int argc, char **argv)
{
    struct totals totals = {0};
    struct catalogue *catalogue = NULL;
    struct arena *arena = arena_new(ARENA_BYTES);
    struct err err = {0};
    size_t source_count, rule_count;
    const struct rule_source *sources = rule_sources_embedded(&source_count);
    int rounds = 5, first = 1;
    double whole;

    if (argc > 2 && strcmp(argv[1], "-r") == 0) {
        rounds = (int)strtol(argv[2], NULL, 10);
        first = 3;
    }
    if (rounds < 1 || rounds > ROUNDS_MAX || first >= argc) {
        fprintf(stderr, "usage: bench_analysis [-r 1..%d] FILE...\n", ROUNDS_MAX);
        return 2;
    }
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
    printf("analysis / bare parse: %.3f  (%.1f MB/s)\n", whole / totals.ms[BARE],
           (double)totals.bytes / 1e3 / whole);
    catalogue_free(catalogue);
    arena_free(arena);
    return 0;
}
