/* Checks the small languages inside a rule: templates (every name can be rendered) and formulas (they can
 * be read; names of the latency table are the reader's business). */
#include "rule_load.h"
#include <string.h>

enum { FORMULA_DEPTH_MAX = 32 };

struct checker {
    struct loader *loader;
    struct place place;
    struct view text;
    size_t at;
    uint32_t captures;
    int depth;
};

static bool is_bound(const struct checker *checker, struct view name)
{
    const struct rule *rule = checker->loader->rule;
    uint8_t capture = capture_find(rule->captures, rule->capture_count, name);
    return capture != CAPTURE_NONE && (checker->captures >> capture & 1) != 0;
}

#define CHECK_ERROR(checker, offset, ...)                                                                    \
    place_error(&(checker)->place, (checker)->text, (offset), (checker)->loader->err, __VA_ARGS__)

static enum err_code start(struct loader *loader, const struct yaml *node, uint32_t captures,
                           struct checker *out)
{
    *out = (struct checker){.loader = loader, .captures = captures};
    if (yaml_to_text(node, &out->text, loader->err) != ERR_OK)
        return loader->err->code;
    out->place = place_of(node, loader->source->text);
    return ERR_OK;
}

static enum err_code check_choice(struct checker *checker, const struct template_part *part)
{
    struct crate_asked asked;

    if (!crate_asked_read(part->name, &asked))
        return CHECK_ERROR(checker, part->offset, "a choice asks for a crate, e.g. pyo3>=0.26, not '%.*s'",
                           VIEW_ARG(part->name));
    if (part->known[0].len == 0 || part->known[1].ptr == NULL)
        return CHECK_ERROR(checker, part->offset, "a choice is written {pyo3>=0.26 ? yes : no}");
    return ERR_OK;
}

static enum err_code check_part(struct checker *checker, const struct template_part *part)
{
    bool capture = is_bound(checker, part->name);

    if (!part->closed)
        return CHECK_ERROR(checker, part->offset, "this brace is not closed; a brace itself is written {{");
    if (part->choice)
        return check_choice(checker, part);
    if (!capture && !template_knows(part->name, VIEW(""), false))
        return CHECK_ERROR(checker, part->offset, "no node is captured as '%.*s' here", VIEW_ARG(part->name));
    if (part->property.len > 0 && !template_knows(part->name, part->property, capture))
        return CHECK_ERROR(checker, part->offset, "'%.*s' has no '%.*s'", VIEW_ARG(part->name),
                           VIEW_ARG(part->property));
    if (part->filter.len > 0 && (!capture || part->property.len > 0))
        return CHECK_ERROR(checker, part->offset, "a filter stands after a capture alone");
    if (part->filter.len > 0 && !template_filter(part->filter))
        return CHECK_ERROR(checker, part->offset, "no filter is called '%.*s'", VIEW_ARG(part->filter));
    return ERR_OK;
}

enum err_code check_template(struct loader *loader, const struct yaml *node, uint32_t captures)
{
    struct checker checker;
    struct template_part part;
    size_t twice;

    if (node == NULL)
        return ERR_OK;
    if (start(loader, node, captures, &checker) != ERR_OK)
        return loader->err->code;
    while (template_next(checker.text, &checker.at, &part)) {
        /* Both would be shown: who writes it takes it for the other half of "{{". */
        twice = view_find(part.before, VIEW("}}"), 0);
        if (twice != SIZE_MAX)
            return CHECK_ERROR(&checker, (size_t)(part.before.ptr - checker.text.ptr) + twice,
                               "a closing brace is written once; two that are meant stand apart: } }");
        if (part.found && check_part(&checker, &part) != ERR_OK)
            return loader->err->code;
    }
    return ERR_OK;
}

static char peek(struct checker *checker)
{
    while (checker->at < checker->text.len && strchr(" \t\n", checker->text.ptr[checker->at]) != NULL)
        checker->at++;
    return checker->at < checker->text.len ? checker->text.ptr[checker->at] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

static enum err_code check_sum(struct checker *checker);

static enum err_code check_number(struct checker *checker)
{
    size_t from = checker->at, dots = 0, digits = 0;
    for (; checker->at < checker->text.len; checker->at++) {
        char c = checker->text.ptr[checker->at];
        if (!is_digit(c) && c != '.')
            break;
        dots += c == '.';
        digits += c != '.';
    }
    return dots < 2 && digits > 0 ? ERR_OK : CHECK_ERROR(checker, from, "this is no number");
}

static enum err_code expect(struct checker *checker, char wanted)
{
    if (peek(checker) != wanted)
        return CHECK_ERROR(checker, checker->at, "'%c' is expected here", wanted);
    checker->at++;
    return ERR_OK;
}

static enum err_code check_call(struct checker *checker, struct view name, size_t from)
{
    size_t wanted = view_is(name, "log2") ? 1 : view_is(name, "min") || view_is(name, "max") ? 2 : 0;

    if (wanted == 0)
        return CHECK_ERROR(checker, from, "no function is called '%.*s'; known: log2, min, max",
                           VIEW_ARG(name));
    checker->at++;
    if (check_sum(checker) != ERR_OK ||
        (wanted == 2 && (expect(checker, ',') != ERR_OK || check_sum(checker) != ERR_OK)))
        return checker->loader->err->code;
    return expect(checker, ')');
}

/* A name of the latency table, or NAME.n, loop.n, loop.inner.n; or a call. A captured name may hold '-'. */
static enum err_code check_name(struct checker *checker)
{
    size_t from = checker->at;
    struct view name;

    while (checker->at < checker->text.len &&
           (is_name(checker->text.ptr[checker->at]) || checker->text.ptr[checker->at] == '.'))
        checker->at++;
    name = view_slice(checker->text, from, checker->at);
    if (peek(checker) == '(')
        return check_call(checker, name, from);
    if (view_is(name, "loop.n") || view_is(name, "loop.inner.n") || view_find_byte(name, '.', 0) == SIZE_MAX)
        return ERR_OK;
    if (!view_ends(name, ".n"))
        return CHECK_ERROR(checker, from, "'%.*s' is no name: write NAME.n for a length", VIEW_ARG(name));
    name.len -= 2;
    if (!is_bound(checker, name))
        return CHECK_ERROR(checker, from, "no node is captured as '%.*s' here", VIEW_ARG(name));
    return ERR_OK;
}

static enum err_code check_factor(struct checker *checker)
{
    char c = peek(checker);
    enum err_code code;

    if (checker->depth == FORMULA_DEPTH_MAX)
        return CHECK_ERROR(checker, checker->at, "nested deeper than %d levels", FORMULA_DEPTH_MAX);
    checker->depth++;
    if (c == '(') {
        checker->at++;
        code = check_sum(checker);
        if (code == ERR_OK)
            code = expect(checker, ')');
    } else if (c == '-') {
        checker->at++;
        code = check_factor(checker);
    } else if (is_digit(c) || c == '.') {
        code = check_number(checker);
    } else if (is_name(c)) {
        code = check_name(checker);
    } else {
        code = CHECK_ERROR(checker, checker->at, "a number, a name or a parenthesis is expected here");
    }
    checker->depth--;
    return code;
}

/* Operands with + - * / between them; precedence does not matter for the check. */
static enum err_code check_sum(struct checker *checker)
{
    enum err_code code = check_factor(checker);
    while (code == ERR_OK && peek(checker) != '\0' && strchr("+-*/", peek(checker)) != NULL) {
        checker->at++;
        code = check_factor(checker);
    }
    return code;
}

enum err_code check_formula(struct loader *loader, const struct yaml *node, uint32_t captures)
{
    struct checker checker;

    if (start(loader, node, captures, &checker) != ERR_OK || check_sum(&checker) != ERR_OK)
        return loader->err->code;
    if (peek(&checker) != '\0')
        return CHECK_ERROR(&checker, checker.at, "an operator is expected here");
    return ERR_OK;
}
