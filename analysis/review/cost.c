/* Formulas: parsed by recursive descent and evaluated in the same pass, which also writes them in words. */
#include "cost.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct parser {
    struct view text;
    size_t at;
    int depth;
    const struct cost_input *input;
    struct buffer *words;
    bool assumed;
    enum err_code failed;
    struct err *err;
};

static double expression(struct parser *p);

static double fail(struct parser *p, const char *what, struct view name)
{
    if (p->failed == ERR_OK)
        p->failed = err_set(p->err, ERR_INVALID, "column %zu: %s%s%.*s", p->at + 1, what,
                            name.len > 0 ? " " : "", VIEW_ARG(name));
    return 0;
}

static void say(struct parser *p, const char *text)
{
    if (p->words != NULL)
        buffer_add_text(p->words, text);
}

static char peek(struct parser *p)
{
    while (p->at < p->text.len && isspace((unsigned char)p->text.ptr[p->at]))
        p->at++;
    return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

static bool take(struct parser *p, char byte)
{
    if (peek(p) != byte || p->failed != ERR_OK)
        return false;
    p->at++;
    return true;
}

/* A name with dots: letters, digits and underscores. */
static struct view word(struct parser *p)
{
    size_t start = p->at;
    while (p->at < p->text.len &&
           (isalnum((unsigned char)p->text.ptr[p->at]) || strchr("_.", p->text.ptr[p->at]) != NULL))
        p->at++;
    return view_slice(p->text, start, p->at);
}

static double number(struct parser *p)
{
    struct view digits = word(p);
    char text[32], *end;
    double value;

    if (digits.len >= sizeof(text))
        return fail(p, "a number of over 31 digits", VIEW(""));
    memcpy(text, digits.ptr, digits.len);
    text[digits.len] = '\0';
    value = strtod(text, &end);
    if (*end != '\0')
        return fail(p, "not a number:", digits);
    say(p, text);
    return value;
}

static double count(struct parser *p, double n, bool assumed, const char *unit, struct view of)
{
    p->assumed = p->assumed || assumed;
    if (p->words != NULL) {
        add_count(p->words, n);
        buffer_add_format(p->words, " %s%.*s", unit, VIEW_ARG(of));
    }
    return n;
}

static double duration(struct parser *p, double ns, struct view name)
{
    if (p->words == NULL)
        return ns;
    add_duration(p->words, ns);
    buffer_add_text(p->words, " (");
    for (size_t i = 0; i < name.len; i++)
        buffer_add_byte(p->words, name.ptr[i] == '_' ? ' ' : name.ptr[i]);
    buffer_add_text(p->words, ")");
    return ns;
}

static double call(struct parser *p, struct view name)
{
    double a, b = 0;
    bool one = view_is(name, "log2");

    if (!one && !view_is(name, "min") && !view_is(name, "max"))
        return fail(p, "no function is called", name);
    if (p->words != NULL)
        buffer_add_format(p->words, "%.*s(", VIEW_ARG(name));
    a = expression(p);
    if (!one) {
        if (!take(p, ','))
            return fail(p, "expected a comma: two values belong to", name);
        say(p, ", ");
        b = expression(p);
    }
    if (!take(p, ')'))
        return fail(p, "expected a closing parenthesis", VIEW(""));
    say(p, ")");
    /* log2 of less than two would make work vanish or negative: one step remains. */
    return one ? log2(a < 2 ? 2 : a) : view_is(name, "min") ? fmin(a, b) : fmax(a, b);
}

static double named(struct parser *p)
{
    const struct cost_input *in = p->input;
    struct view name = word(p);
    double ns;

    if (take(p, '('))
        return call(p, name);
    if (view_is(name, "loop.n"))
        return count(p, in->loop_n, in->loop_assumed, in->loop_n == 1 ? "pass" : "passes", VIEW(""));
    if (view_is(name, "loop.inner.n"))
        return count(p, in->inner_n, in->inner_assumed, in->inner_n == 1 ? "pass" : "passes", VIEW(""));
    for (size_t i = 0; view_ends(name, ".n") && i < in->name_count; i++)
        if (view_equal(in->names[i], view_slice(name, 0, name.len - 2)))
            return count(p, in->lengths[i], in->length_assumed[i], "items of ",
                         in->labels[i].len > 0 ? in->labels[i] : in->names[i]);
    if (latency_get(in->latency, name, &ns))
        return duration(p, ns, name);
    return fail(p, "neither a latency, a loop's n nor a capture's .n:", name);
}

static double factor(struct parser *p)
{
    char next = peek(p);
    double value = 0;

    if (++p->depth > FORMULA_DEPTH_MAX)
        fail(p, "parentheses nested too deeply", VIEW(""));
    else if (take(p, '(')) {
        say(p, "(");
        value = expression(p);
        if (!take(p, ')'))
            fail(p, "expected a closing parenthesis", VIEW(""));
        say(p, ")");
    } else if (isdigit((unsigned char)next))
        value = number(p);
    else if (isalpha((unsigned char)next))
        value = named(p);
    else
        fail(p, "expected a number or a name", VIEW(""));
    p->depth--;
    return value;
}

static double term(struct parser *p)
{
    double value = factor(p);
    while (p->failed == ERR_OK) {
        if (take(p, '*')) {
            say(p, " × ");
            value *= factor(p);
        } else if (take(p, '/')) {
            say(p, " / ");
            value /= factor(p);
        } else
            break;
    }
    return value;
}

static double expression(struct parser *p)
{
    double value = term(p);
    while (p->failed == ERR_OK) {
        if (take(p, '+')) {
            say(p, " + ");
            value += term(p);
        } else if (take(p, '-')) {
            say(p, " - ");
            value -= term(p);
        } else
            break;
    }
    return value;
}

enum err_code cost_evaluate(struct view formula, const struct cost_input *input, double *ns,
                            struct buffer *words, bool *assumed, struct err *err)
{
    struct parser p = {.text = formula, .input = input, .words = words, .err = err};
    double value;

    if (formula.len > FORMULA_BYTES_MAX)
        return err_set(err, ERR_INVALID, "a formula of over %d bytes", FORMULA_BYTES_MAX);
    value = expression(&p);
    if (p.failed == ERR_OK && peek(&p) != '\0')
        fail(&p, "expected the end or an operator", VIEW(""));
    if (p.failed == ERR_OK && !(isfinite(value) && value >= 0))
        fail(&p, "the result is no cost: it is negative or not finite", VIEW(""));
    if (p.failed != ERR_OK)
        return p.failed;
    *ns = value;
    *assumed = *assumed || p.assumed;
    return ERR_OK;
}

enum err_code cost_check(const struct rule *rule, const struct latency *latency, struct err *err)
{
    struct cost_input input = {.latency = latency,
                               .loop_n = ASSUMED_N,
                               .inner_n = ASSUMED_N,
                               .names = rule->captures,
                               .name_count = rule->capture_count};
    bool assumed = false;
    double ns;

    for (size_t i = 0; i < rule->capture_count; i++)
        input.lengths[i] = ASSUMED_N;
    for (size_t i = 0; i < rule->variant_count; i++) {
        const struct variant *variant = &rule->variants[i];
        if (variant->cost_before.len == 0 && variant->cost_after.len == 0)
            continue;
        if (cost_evaluate(variant->cost_before, &input, &ns, NULL, &assumed, err) != ERR_OK)
            return err_wrap(err, "rule %.*s, cost before", VIEW_ARG(rule->id));
        if (cost_evaluate(variant->cost_after, &input, &ns, NULL, &assumed, err) != ERR_OK)
            return err_wrap(err, "rule %.*s, cost after", VIEW_ARG(rule->id));
    }
    return ERR_OK;
}
