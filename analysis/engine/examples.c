/* Runs a rule's examples through whatever analysis it is given. */
#include "engine/examples.h"
#include <string.h>

/* The expectation comment at the end of a line: where it starts (with the space before it), and how many
 * findings it expects. False where the line ends otherwise. */
static bool find_comment(struct view line, size_t *start, uint32_t *count)
{
    static const struct view MARKS[] = {{"# expect", 8}, {"// expect", 9}};
    struct view text = view_trim(line);
    uint64_t number = 1;

    for (size_t m = 0; m < COUNT_OF(MARKS); m++)
        for (size_t at = view_find(line, MARKS[m], 0); at != SIZE_MAX;
             at = view_find(line, MARKS[m], at + 1)) {
            struct view rest = view_trim(view_slice(line, at + MARKS[m].len, line.len));
            if (rest.len > 0 && (!view_to_u64(rest, &number) || number > EXAMPLE_FINDINGS_MAX))
                continue;
            while (at > 0 && (line.ptr[at - 1] == ' ' || line.ptr[at - 1] == '\t'))
                at--;
            *start = at;
            *count = (uint32_t)number;
            return text.len > 0;
        }
    return false;
}

uint32_t example_expected(struct view text, uint32_t line)
{
    struct view rest = text, part;
    uint32_t total = 0, count;
    size_t start;

    for (uint32_t at = 1; view_split(&rest, '\n', &part); at++)
        if ((line == 0 || at == line) && find_comment(part, &start, &count))
            total += count;
    return total;
}

enum err_code example_plain(struct view text, struct arena *arena, struct view *out, struct err *err)
{
    char *plain = arena_alloc(arena, text.len + 1);
    struct view rest = text, part;
    size_t len = 0;

    if (plain == NULL)
        return arena_full(arena, err);
    while (view_split(&rest, '\n', &part)) {
        bool last = rest.ptr == NULL;
        uint32_t count;
        size_t start = part.len;
        if (find_comment(part, &start, &count))
            part.len = start;
        if (part.len > 0)
            memcpy(plain + len, part.ptr, part.len);
        len += part.len;
        if (!last)
            plain[len++] = '\n';
    }
    *out = (struct view){plain, len};
    return ERR_OK;
}

static uint32_t found_at(const uint32_t *lines, size_t count, uint32_t line)
{
    uint32_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += lines[i] == line;
    return found;
}

static void compare(const struct rule *rule, const struct example *example, const uint32_t *lines,
                    size_t count, struct buffer *report, size_t *failures)
{
    struct view rest = example->text, part;

    for (uint32_t line = 1; view_split(&rest, '\n', &part); line++) {
        uint32_t expected = example_expected(part, 0), found = found_at(lines, count, line);
        if (found == expected)
            continue;
        (*failures)++;
        buffer_add_format(report, "%.*s:%u: %s example: %u finding%s expected, %u found: %.*s\n",
                          VIEW_ARG(rule->file), example->line + line - 1, example->bad ? "bad" : "good",
                          expected, expected == 1 ? "" : "s", found, VIEW_ARG(view_trim(part)));
    }
}

enum err_code examples_check(const struct rule *rule, example_analyse *analyse, void *ctx,
                             struct arena *arena, struct buffer *report, size_t *failures, struct err *err)
{
    uint32_t *lines = ARENA_ARRAY(arena, uint32_t, EXAMPLE_FINDINGS_MAX);

    if (lines == NULL)
        return arena_full(arena, err);
    for (size_t i = 0; i < rule->example_count; i++) {
        const struct example *example = &rule->examples[i];
        struct view plain;
        size_t count = 0;
        enum err_code code = example_plain(example->text, arena, &plain, err);
        if (code == ERR_OK)
            code = analyse(ctx, rule, example, plain, lines, &count, err);
        if (code != ERR_OK)
            return err_wrap(err, "%.*s:%u", VIEW_ARG(rule->file), example->line);
        compare(rule, example, lines, count, report, failures);
    }
    return ERR_OK;
}
