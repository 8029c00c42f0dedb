/* What the nodes of a YAML file mean: scalars by type, known keys, and errors that help their author. */
#include "base/yaml.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 64 }; /* longer words are near to none */

static const char *const KINDS[] = {"a single value", "a list", "a mapping"};

static bool is_null(const struct yaml *node)
{
    return node->kind == YAML_SCALAR && node->plain &&
           (node->text.len == 0 || view_is(node->text, "~") || view_is(node->text, "null"));
}

static enum err_code wrong(const struct yaml *node, const char *wanted, struct err *err)
{
    if (node == NULL)
        return err_set(err, ERR_INVALID, "a value is missing: expected %s", wanted);
    if (node->kind != YAML_SCALAR)
        return yaml_error(node, err, "expected %s, found %s", wanted, KINDS[node->kind]);
    if (is_null(node))
        return yaml_error(node, err, "expected %s, found nothing", wanted);
    return yaml_error(node, err, "expected %s, found %s'%.*s'", wanted, node->plain ? "" : "the text ",
                      VIEW_ARG(view_slice(node->text, 0, WORD_MAX)));
}

enum err_code yaml_to_text(const struct yaml *node, struct view *out, struct err *err)
{
    if (node == NULL || node->kind != YAML_SCALAR || is_null(node))
        return wrong(node, "text", err);
    *out = node->text;
    return ERR_OK;
}

static bool is_value(const struct yaml *node)
{
    return node != NULL && node->kind == YAML_SCALAR && node->plain;
}

enum err_code yaml_to_int(const struct yaml *node, int64_t min, int64_t max, int64_t *out, struct err *err)
{
    char wanted[96];
    struct view digits;
    uint64_t magnitude;
    bool negative;
    int64_t value;

    (void)snprintf(wanted, sizeof(wanted), "a whole number from %lld to %lld", (long long)min,
                   (long long)max);
    if (!is_value(node))
        return wrong(node, wanted, err);
    negative = view_starts(node->text, "-");
    digits = view_slice(node->text, negative || view_starts(node->text, "+"), node->text.len);
    if (!view_to_u64(digits, &magnitude) || magnitude > (uint64_t)INT64_MAX + negative)
        return wrong(node, wanted, err);
    value = negative ? (int64_t)(-magnitude) : (int64_t)magnitude;
    if (value < min || value > max)
        return wrong(node, wanted, err);
    *out = value;
    return ERR_OK;
}

/* JSON's grammar and a leading '+': strtod alone would also take hex, nan, infinity and white space. */
static bool is_number(struct view v)
{
    size_t at = view_starts(v, "-") || view_starts(v, "+"), digits = 0;

    for (; at < v.len && v.ptr[at] >= '0' && v.ptr[at] <= '9'; at++)
        digits++;
    if (at < v.len && v.ptr[at] == '.')
        for (at++; at < v.len && v.ptr[at] >= '0' && v.ptr[at] <= '9'; at++)
            digits++;
    if (digits == 0)
        return false;
    if (at < v.len && (v.ptr[at] | 32) == 'e') {
        at++;
        at += at < v.len && (v.ptr[at] == '-' || v.ptr[at] == '+');
        if (at == v.len)
            return false;
        while (at < v.len && v.ptr[at] >= '0' && v.ptr[at] <= '9')
            at++;
    }
    return at == v.len;
}

enum err_code yaml_to_number(const struct yaml *node, double *out, struct err *err)
{
    double value;

    if (!is_value(node) || !is_number(node->text))
        return wrong(node, "a number", err);
    value = strtod(node->text.ptr, NULL); /* the text ends in a NUL */
    if (!isfinite(value))
        return wrong(node, "a number", err);
    *out = value;
    return ERR_OK;
}

enum err_code yaml_to_bool(const struct yaml *node, bool *out, struct err *err)
{
    if (is_value(node) && view_is(node->text, "true"))
        *out = true;
    else if (is_value(node) && view_is(node->text, "false"))
        *out = false;
    else
        return wrong(node, "true or false", err);
    return ERR_OK;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, changes and swaps of neighbours (optimal string alignment), in three rows. */
static size_t distance(struct view a, struct view b)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *previous = rows[1], *row = rows[2], *oldest;

    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        oldest = before;
        before = previous;
        previous = row;
        row = oldest;
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            row[j] =
                least(least(previous[j], row[j - 1]) + 1, previous[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]));
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
    }
    return row[b.len];
}

const char *yaml_nearest(struct view word, const char *const *names)
{
    size_t best = (word.len + 2) / 3 + 1; /* a third of the letters may be wrong */
    const char *nearest = NULL;

    if (word.len == 0 || word.len > WORD_MAX)
        return NULL;
    for (; *names != NULL; names++) {
        struct view name = view_of(*names);
        size_t d = name.len > WORD_MAX ? SIZE_MAX : distance(word, name);

        /* As many changes as letters: nothing of the word is left. */
        if (d < best && d < word.len) {
            best = d;
            nearest = *names;
        }
    }
    return nearest;
}

static enum err_code unknown_key(const struct yaml *child, const char *const *names, struct err *err)
{
    const char *nearest = yaml_nearest(child->key, names);
    struct view key = view_slice(child->key, 0, WORD_MAX);
    char known[512];
    size_t len = 0;

    if (nearest != NULL)
        return yaml_key_error(child, err, "unknown key '%.*s'; did you mean '%s'?", VIEW_ARG(key), nearest);
    known[0] = '\0';
    for (size_t i = 0; names[i] != NULL && len < sizeof(known); i++) {
        int more = snprintf(known + len, sizeof(known) - len, "%s%s", i > 0 ? ", " : "", names[i]);

        len += more > 0 ? (size_t)more : 0;
    }
    return yaml_key_error(child, err, "unknown key '%.*s'; known: %s", VIEW_ARG(key), known);
}

enum err_code yaml_check_keys(const struct yaml *mapping, const char *const *names, struct err *err)
{
    if (mapping == NULL || mapping->kind != YAML_MAPPING)
        return wrong(mapping, "a mapping", err);
    for (const struct yaml *child = mapping->first; child != NULL; child = child->next) {
        size_t i = 0;

        while (names[i] != NULL && !view_is(child->key, names[i]))
            i++;
        if (names[i] == NULL)
            return unknown_key(child, names, err);
    }
    return ERR_OK;
}
