/* Reads a predicate, checks its arguments against the row of its name, and turns them into what the
 * predicate's function reads: captures, bits, kinds, globs, a compiled regular expression. */
#include "engine_internal.h"
#include <assert.h>
#include <string.h>

/* Name, shape of the arguments (engine_internal.h), cost, function. */
#define PREDICATES(X)                                                                                        \
    X("eq", "cx", 0, holds_eq)                                                                               \
    X("any-of", "ct+", 0, holds_any_of)                                                                      \
    X("match", "cr", 0, holds_match)                                                                         \
    X("has-text", "cr", 2, holds_match)                                                                      \
    X("path", "cg+", 2, holds_path)                                                                          \
    X("type", "cy+", 2, holds_type)                                                                          \
    X("item-type", "cy+", 2, holds_item_type)                                                                \
    X("in-loop", "c", 1, holds_in_loop)                                                                      \
    X("loop-depth", "cn", 1, holds_loop_depth)                                                               \
    X("loop-kind", "cl+", 1, holds_loop_kind)                                                                \
    X("loop-bounded", "cn", 1, holds_loop_bounded)                                                           \
    X("loop-may-end-early", "c", 1, holds_loop_may_end_early)                                                \
    X("lives-outside-loop", "c", 2, holds_lives_outside_loop)                                                \
    X("lives-outside-loop-anew", "c", 2, holds_lives_outside_loop_anew)                                      \
    X("carried", "c", 2, holds_carried)                                                                      \
    X("invariant", "c", 2, holds_invariant)                                                                  \
    X("uses-loop-target", "c", 2, holds_uses_loop_target)                                                    \
    X("small", "cn", 2, holds_small)                                                                         \
    X("async", "c", 1, holds_async)                                                                          \
    X("in-function", "c", 1, holds_in_function)                                                              \
    X("function-flag", "cf+", 1, holds_function_flag)                                                        \
    X("inside", "ck+", 1, holds_inside)                                                                      \
    X("inside-text", "ckr", 1, holds_inside_text)                                                            \
    X("has", "ck+", 2, holds_has)                                                                            \
    X("has-path", "cg+", 2, holds_has_path)                                                                  \
    X("first-in", "cc", 2, holds_first_in)                                                                   \
    X("origin-text", "cr", 2, holds_origin_text)                                                             \
    X("declared-text", "cr", 2, holds_declared_text)                                                         \
    X("reads-like", "cr", 2, holds_reads_like)                                                               \
    X("loop-reads-like", "cr", 2, holds_loop_reads_like)                                                     \
    X("grows-in-loop", "c", 2, holds_grows_in_loop)                                                          \
    X("escapes-in-loop", "cc", 2, holds_escapes_in_loop)                                                     \
    X("light-loop", "c", 2, holds_light_loop)                                                                \
    X("reads", "cc", 2, holds_reads)                                                                         \
    X("shares-variable", "cc", 2, holds_shares_variable)                                                     \
    X("global", "c", 1, holds_global)                                                                        \
    X("result-only-iterated", "c", 2, holds_result_only_iterated)                                            \
    X("parent", "ck+", 0, holds_parent)                                                                      \
    X("contains", "cc", 0, holds_contains)                                                                   \
    X("same-binding", "cc", 2, holds_same_binding)                                                           \
    X("pure", "c", 2, holds_pure)                                                                            \
    X("may-change", "cc", 2, holds_may_change)                                                               \
    X("unchanged-between", "ccc", 2, holds_unchanged_between)                                                \
    X("unchanged-while-used", "cc", 2, holds_unchanged_while_used)                                           \
    X("constant", "c", 2, holds_constant)                                                                    \
    X("repeats", "c", 2, holds_repeats)                                                                      \
    X("uses-only-in", "cc", 2, holds_uses_only_in)                                                           \
    X("made-here", "c", 2, holds_made_here)                                                                  \
    X("uses-read-only", "c", 2, holds_uses_read_only)                                                        \
    X("only-searched", "c", 2, holds_only_searched)                                                          \
    X("reads-loop-names", "c", 2, holds_reads_loop_names)                                                    \
    X("only-iterated", "c", 2, holds_only_iterated)                                                          \
    X("escapes", "c", 2, holds_escapes)                                                                      \
    X("used-after", "cc", 2, holds_used_after)                                                               \
    X("used-in-loop", "c", 2, holds_used_in_loop)                                                            \
    X("used-in", "ck+", 2, holds_used_in)                                                                    \
    X("only-called", "c", 2, holds_only_called)                                                              \
    X("use-count", "cn", 2, holds_use_count)                                                                 \
    X("borrowed-only", "c", 2, holds_borrowed_only)                                                          \
    X("reference", "c", 2, holds_reference)                                                                  \
    X("movable-parts", "c", 2, holds_movable_parts)                                                          \
    X("exclusive", "c", 2, holds_exclusive)                                                                  \
    X("trait-method", "c", 1, holds_trait_method)                                                            \
    X("never-moved", "c", 2, holds_never_moved)                                                              \
    X("last-use", "c", 2, holds_last_use)                                                                    \
    X("borrowed-at", "cc", 2, holds_borrowed_at)                                                             \
    X("needed-from", "cc", 2, holds_needed_from)                                                             \
    X("used-through", "c", 2, holds_used_through)                                                            \
    X("live-at", "cc", 2, holds_live_at)                                                                     \
    X("parameter-text", "cr", 2, holds_parameter_text)                                                       \
    X("called-in-a-row", "ccr", 2, holds_called_in_a_row)                                                    \
    X("used-as-slice", "cr", 2, holds_used_as_slice)                                                         \
    X("sized", "c", 2, holds_sized)                                                                          \
    X("inside-call", "cg+", 2, holds_inside_call)                                                            \
    X("imports", "t+", 2, holds_imports)                                                                     \
    X("model-field", "cm+", 2, holds_model_field)                                                            \
    X("row", "c", 2, holds_row)                                                                              \
    X("queries", "cq+", 2, holds_queries)                                                                    \
    X("chain-uses-loop-target", "c", 2, holds_chain_uses_loop_target)                                        \
    X("single-text", "c", 2, holds_single_text)                                                              \
    X("text-in-function", "cf+", 2, holds_text_in_function)                                                  \
    X("chain-text", "cr", 2, holds_chain_text)                                                               \
    X("preloaded", "c", 2, holds_preloaded)                                                                  \
    X("python", "v", 0, holds_python)                                                                        \
    X("rust", "v", 0, holds_rust)                                                                            \
    X("edition", "n", 0, holds_edition)                                                                      \
    X("crate-type", "w+", 0, holds_crate_type)                                                               \
    X("depends", "p+", 0, holds_depends)                                                                     \
    X("bound", "t", 2, holds_bound)                                                                          \
    X("shadowed", "ct+", 2, holds_shadowed)                                                                  \
    X("use-count-in", "ccn", 2, holds_use_count_in)                                                          \
    X("bound-names-read-after", "cc", 2, holds_bound_names_read_after)                                       \
    X("empty-at", "cc", 2, holds_empty_at)                                                                   \
    X("owned-at", "cc", 2, holds_owned_at)                                                                   \
    X("rebound-in", "cc", 2, holds_rebound_in)                                                               \
    X("reads-item", "ccc", 2, holds_reads_item)                                                              \
    X("reads-item-only", "ccc", 2, holds_reads_item_only)                                                    \
    X("literal", "c", 0, holds_literal)                                                                      \
    X("decorated", "cg+", 2, holds_decorated)                                                                \
    X("called-in-loop", "c", 2, holds_called_in_loop)                                                        \
    X("recursive", "cn", 2, holds_recursive)                                                                 \
    X("each-pass", "c", 1, holds_each_pass)                                                                  \
    X("times-in-pass", "cn", 2, holds_times_in_pass)                                                         \
    X("macro-argument", "ct+", 1, holds_macro_argument)                                                      \
    X("shown-as", "cr", 1, holds_shown_as)                                                                   \
    X("shown-once", "c", 1, holds_shown_once)                                                                \
    X("native", "cb+", 0, holds_native)                                                                      \
    X("called-from-python", "c", 0, holds_called_from_python)                                                \
    X("pure-function", "c", 2, holds_pure_function)                                                          \
    X("class", "cd+", 2, holds_class)                                                                        \
    X("size", "cz", 2, holds_size)                                                                           \
    X("thin", "c", 2, holds_thin)                                                                            \
    X("fat", "c", 2, holds_fat)                                                                              \
    X("outgrows-others", "cn", 2, holds_outgrows_others)                                                     \
    X("padded", "cn", 2, holds_padded)                                                                       \
    X("wanted-type", "cy+", 2, holds_wanted_type)                                                            \
    X("wanted-like", "cc", 2, holds_wanted_like)                                                             \
    X("item-of", "cc", 2, holds_item_of)                                                                     \
    X("indexes-only", "ccc", 2, holds_indexes_only)                                                          \
    X("receives-only", "ct+", 2, holds_receives_only)                                                        \
    X("receives-idly", "ct+", 2, holds_receives_idly)                                                        \
    X("results", "cnr", 2, holds_results)                                                                    \
    X("derives", "ct+", 2, holds_derives)                                                                    \
    X("exported", "c", 1, holds_exported)                                                                    \
    X("mutable", "c", 2, holds_mutable)                                                                      \
    X("element-type", "c", 2, holds_element_type)

static const struct predicate_row ROWS[] = {
#define X(name, shape, cost, function) {name "?", shape, cost, function},
    PREDICATES(X)
#undef X
};

/* For hints: the same names, without the mark. */
static const char *const NAMES[] = {
#define X(name, shape, cost, function) name,
    PREDICATES(X)
#undef X
        NULL};

/* Words that a predicate takes, and the bits they set. */
static const struct {
    const char *name;
    uint64_t bits;
} FLAG_WORDS[] = {
    {"test", FUNCTION_TEST},   {"bench", FUNCTION_BENCH},   {"handler", FUNCTION_HANDLER},
    {"init", FUNCTION_INIT},   {"public", FUNCTION_PUBLIC}, {"exported", FUNCTION_EXPORTED},
    {"async", FUNCTION_ASYNC},
};
static const char *const CLASS_WORDS[] = {
#define X(flag, name) name,
    CLASS_FLAGS(X)
#undef X
};
static const char *const LOOP_WORDS[LOOP_KIND_COUNT] = {
    [LOOP_FOR] = "for",         [LOOP_ASYNC_FOR] = "async-for",         [LOOP_WHILE] = "while",
    [LOOP_FOREVER] = "forever", [LOOP_COMPREHENSION] = "comprehension", [LOOP_CLOSURE] = "closure",
};
static_assert(TYPE_KIND_COUNT <= 64, "types fit a word of bits");

static const char *const MODEL_WORDS[] = {
    [MODEL_VALUE] = "value", [MODEL_ONE] = "one",   [MODEL_BACK] = "back",   [MODEL_GENERIC] = "generic",
    [MODEL_SET] = "set",     [MODEL_LAZY] = "lazy", [MODEL_EAGER] = "eager", [MODEL_MANAGER] = "manager",
};

static const char *const QUERY_WORDS[] = {
    [QUERY_BULK] = "bulk", [QUERY_READ] = "read", [QUERY_WRITE] = "write"};

static const char *const NATIVE_WORDS[] = {[NATIVE_ONE] = "one",
                                           [NATIVE_LIGHT] = "light",
                                           [NATIVE_BATCHED] = "batched",
                                           [NATIVE_UNBATCHED] = "unbatched"};

static const char *const CRATE_TYPE_WORDS[] = {
    [CRATE_LIB] = "lib", [CRATE_BIN] = "bin", [CRATE_CDYLIB] = "cdylib", [CRATE_PROC_MACRO] = "proc-macro"};

enum argument_kind { ARGUMENT_CAPTURE, ARGUMENT_STRING, ARGUMENT_WORD };

struct argument {
    enum argument_kind kind;
    struct view text;
    size_t offset;
};

const struct predicate_row *predicate_row(struct view name)
{
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        if (view_is(name, ROWS[i].name))
            return &ROWS[i];
    return NULL;
}

const char *const *predicate_names(void)
{
    return NAMES;
}

bool predicate_starts(struct reader *reader)
{
    struct reader ahead = *reader;
    if (reader_peek(&ahead) != '(')
        return false;
    ahead.at++;
    return reader_peek(&ahead) == '#';
}

enum err_code predicate_skip(struct reader *reader)
{
    size_t start = reader->at;
    struct view text;
    char c;

    while ((c = reader_peek(reader)) != ')') {
        if (c == 0)
            return READER_ERROR(reader, start, "this parenthesis is not closed");
        if (c != '"')
            reader->at++;
        else if (reader_string(reader, &text) != ERR_OK)
            return reader->err->code;
    }
    reader->at++;
    return ERR_OK;
}

/* A bare word ends at white space or at a mark that means something here. */
static struct view bare_word(struct reader *reader)
{
    size_t start = reader->at;
    while (reader->at < reader->text.len && memchr(" \t\r\n()\"@;", reader->text.ptr[reader->at], 9) == NULL)
        reader->at++;
    return view_slice(reader->text, start, reader->at);
}

static enum err_code read_arguments(struct reader *reader, struct argument *out, size_t *count)
{
    char c;
    *count = 0;
    while ((c = reader_peek(reader)) != ')') {
        struct argument *argument = &out[*count];
        if (c == 0 || c == '(')
            return READER_ERROR(reader, reader->at, "the predicate is not closed");
        if (*count == PREDICATE_ARGS_MAX)
            return READER_ERROR(reader, reader->at, "a predicate has at most %d arguments",
                                PREDICATE_ARGS_MAX);
        argument->offset = reader->at;
        if (c == '"') {
            argument->kind = ARGUMENT_STRING;
            if (reader_string(reader, &argument->text) != ERR_OK)
                return reader->err->code;
        } else {
            argument->kind = c == '@' ? ARGUMENT_CAPTURE : ARGUMENT_WORD;
            reader->at += c == '@';
            argument->text = c == '@' ? reader_word(reader) : bare_word(reader);
        }
        (*count)++;
    }
    reader->at++;
    return ERR_OK;
}

static enum err_code set_capture(struct reader *reader, const struct argument *argument,
                                 struct predicate *out)
{
    const struct compile *compile = reader->compile;
    uint8_t capture;

    if (argument->kind != ARGUMENT_CAPTURE)
        return READER_ERROR(reader, argument->offset, "#%s wants a @capture here", out->row->name);
    capture = capture_find(compile->captures, *compile->capture_count, argument->text);
    if (capture == CAPTURE_NONE && view_is(argument->text, "loop"))
        capture = CAPTURE_LOOP;
    if (capture == CAPTURE_NONE && view_is(argument->text, "function"))
        capture = CAPTURE_FUNCTION;
    if (capture == CAPTURE_NONE && view_is(argument->text, "file"))
        capture = CAPTURE_FILE;
    if (capture == CAPTURE_NONE || (capture >= CAPTURES_MAX && out->b != CAPTURE_NONE))
        return READER_ERROR(reader, argument->offset, "no node is captured as @%.*s",
                            VIEW_ARG(argument->text));
    if (out->a == CAPTURE_NONE)
        out->a = capture;
    else if (out->b == CAPTURE_NONE)
        out->b = capture;
    else
        out->c = capture;
    return ERR_OK;
}

static enum err_code add_text(struct reader *reader, struct view text, struct predicate *out)
{
    struct view *copy = (struct view *)(uintptr_t)&out->texts[out->text_count];
    if (arena_copy(reader->compile->arena, text, copy, reader->err) != ERR_OK)
        return reader->err->code;
    out->text_count++;
    return ERR_OK;
}

static enum err_code set_regex(struct reader *reader, const struct argument *argument, struct predicate *out)
{
    struct regex_list *list = reader->compile->regexes;
    struct pattern *pattern = NULL;
    struct view name;
    struct err why = {0};

    if (words_asked(argument->text, &name)) {
        out->regex = words_find(reader->compile->words, name);
        return out->regex != NULL
                   ? ERR_OK
                   : READER_ERROR(reader, argument->offset, "no words are called '%.*s'", VIEW_ARG(name));
    }
    if (arena_grow(reader->compile->arena, (void **)&list->items, list->count, &list->cap,
                   sizeof(*list->items), reader->err) != ERR_OK)
        return reader->err->code;
    if (pattern_new(argument->text, &pattern, &why) != ERR_OK) {
        if (why.code == ERR_MEMORY)
            return err_set(reader->err, why.code, "%s", why.message);
        return READER_ERROR(reader, argument->offset, "%s", why.message);
    }
    list->items[list->count++] = pattern;
    out->regex = pattern;
    return ERR_OK;
}

static enum err_code set_number(struct reader *reader, const struct argument *argument, struct predicate *out)
{
    uint64_t number;
    if (!view_to_u64(argument->text, &number) || number > INT32_MAX)
        return READER_ERROR(reader, argument->offset, "#%s wants a number here", out->row->name);
    out->number = (int64_t)number;
    return ERR_OK;
}

/* ">=3.10" */
static enum err_code set_version(struct reader *reader, const struct argument *argument,
                                 struct predicate *out)
{
    uint8_t major, minor;
    struct view rest;

    if (!view_starts(argument->text, ">=") ||
        !project_version(view_slice(argument->text, 2, argument->text.len), &major, &minor, &rest) ||
        rest.len > 0)
        return READER_ERROR(reader, argument->offset, "#%s wants a lowest version here, e.g. \">=3.10\"",
                            out->row->name);
    out->major = major;
    out->minor = minor;
    return ERR_OK;
}

/* The name of a package; of a crate also with a version or a feature. */
static enum err_code add_package(struct reader *reader, const struct argument *argument,
                                 struct predicate *out)
{
    struct crate_asked asked;

    if (reader->compile->language == LANGUAGE_RUST && !crate_asked_read(argument->text, &asked))
        return READER_ERROR(reader, argument->offset,
                            "#%s wants a crate here, e.g. \"smallvec\", \"pyo3>=0.26\", \"pyo3/abi3*\"",
                            out->row->name);
    return add_text(reader, argument->text, out);
}

/* ">=200", "<=64" */
static enum err_code set_bound(struct reader *reader, const struct argument *argument, struct predicate *out)
{
    uint64_t number;
    bool least = view_starts(argument->text, ">=");

    if ((!least && !view_starts(argument->text, "<=")) ||
        !view_to_u64(view_slice(argument->text, 2, argument->text.len), &number) || number > INT32_MAX)
        return READER_ERROR(reader, argument->offset, "#%s wants a bound here, e.g. \">=200\" or \"<=64\"",
                            out->row->name);
    out->bits = least;
    out->number = (int64_t)number;
    return ERR_OK;
}

static enum err_code add_kind(struct reader *reader, const struct argument *argument, struct predicate *out)
{
    uint16_t *kinds = (uint16_t *)(uintptr_t)out->kinds;
    uint16_t kind =
        language_kind(reader->compile->language, argument->text, argument->kind != ARGUMENT_STRING);
    if (kind == KIND_NONE || kind == KIND_ERROR)
        return READER_ERROR(reader, argument->offset, "%s has no node kind '%.*s'",
                            language_name(reader->compile->language), VIEW_ARG(argument->text));
    kinds[out->kind_count++] = kind;
    return ERR_OK;
}

static enum err_code add_type(struct reader *reader, const struct argument *argument, struct predicate *out)
{
    enum type_kind type;
    if (!type_kind_of(argument->text, &type))
        return READER_ERROR(reader, argument->offset, "no type is called '%.*s'", VIEW_ARG(argument->text));
    out->bits |= UINT64_C(1) << type;
    return ERR_OK;
}

static enum err_code add_loop_kind(struct reader *reader, const struct argument *argument,
                                   struct predicate *out)
{
    for (size_t i = 0; i < LOOP_KIND_COUNT; i++)
        if (view_is(argument->text, LOOP_WORDS[i])) {
            out->bits |= UINT64_C(1) << i;
            return ERR_OK;
        }
    return READER_ERROR(reader, argument->offset, "no loop is called '%.*s'", VIEW_ARG(argument->text));
}

static enum err_code add_class_flag(struct reader *reader, const struct argument *argument,
                                    struct predicate *out)
{
    for (size_t i = 0; i < COUNT_OF(CLASS_WORDS); i++)
        if (view_is(argument->text, CLASS_WORDS[i])) {
            out->bits |= UINT64_C(1) << i;
            return ERR_OK;
        }
    return READER_ERROR(reader, argument->offset, "nothing of a class is called '%.*s'",
                        VIEW_ARG(argument->text));
}

static enum err_code add_flag(struct reader *reader, const struct argument *argument, struct predicate *out)
{
    for (size_t i = 0; i < COUNT_OF(FLAG_WORDS); i++)
        if (view_is(argument->text, FLAG_WORDS[i].name)) {
            out->bits |= FLAG_WORDS[i].bits;
            return ERR_OK;
        }
    return READER_ERROR(reader, argument->offset, "no function flag is called '%.*s'",
                        VIEW_ARG(argument->text));
}

/* One of @p words, whose first place stands for none of them. */
static enum err_code add_word(struct reader *reader, const struct argument *argument,
                              const char *const *words, size_t count, struct predicate *out)
{
    for (size_t i = 1; i < count; i++)
        if (view_is(argument->text, words[i])) {
            out->bits |= UINT64_C(1) << i;
            return ERR_OK;
        }
    return READER_ERROR(reader, argument->offset, "#%s knows no '%.*s'", out->row->name,
                        VIEW_ARG(argument->text));
}

static enum err_code add_glob(struct reader *reader, const struct argument *argument, struct predicate *out)
{
    struct view inner = argument->text;
    if (inner.len > 0 && inner.ptr[0] == '*')
        inner = view_slice(inner, 1, inner.len);
    if (inner.len > 0 && inner.ptr[inner.len - 1] == '*')
        inner.len--;
    if (inner.len == 0 || view_find_byte(inner, '*', 0) != SIZE_MAX)
        return READER_ERROR(reader, argument->offset,
                            "in a path pattern * may stand at its ends only, around "
                            "some text");
    return add_text(reader, argument->text, out);
}

static enum err_code set_argument(struct reader *reader, char shape, const struct argument *argument,
                                  struct predicate *out)
{
    if (shape == 'c' || (shape == 'x' && argument->kind == ARGUMENT_CAPTURE))
        return set_capture(reader, argument, out);
    if (argument->kind == ARGUMENT_CAPTURE)
        return READER_ERROR(reader, argument->offset, "#%s wants no capture here", out->row->name);
    switch (shape) {
    case 'n':
        return set_number(reader, argument, out);
    case 'z':
        return set_bound(reader, argument, out);
    case 'v':
        return set_version(reader, argument, out);
    case 'r':
        return set_regex(reader, argument, out);
    case 'k':
        return add_kind(reader, argument, out);
    case 'y':
        return add_type(reader, argument, out);
    case 'l':
        return add_loop_kind(reader, argument, out);
    case 'f':
        return add_flag(reader, argument, out);
    case 'd':
        return add_class_flag(reader, argument, out);
    case 'm':
        return add_word(reader, argument, MODEL_WORDS, COUNT_OF(MODEL_WORDS), out);
    case 'p':
        return add_package(reader, argument, out);
    case 'w':
        return add_word(reader, argument, CRATE_TYPE_WORDS, COUNT_OF(CRATE_TYPE_WORDS), out);
    case 'b':
        return add_word(reader, argument, NATIVE_WORDS, COUNT_OF(NATIVE_WORDS), out);
    case 'q':
        return add_word(reader, argument, QUERY_WORDS, COUNT_OF(QUERY_WORDS), out);
    case 'g':
        return add_glob(reader, argument, out);
    default:
        return add_text(reader, argument->text, out);
    }
}

/* The shape's letters against the arguments, in order; `+` repeats the letter before it. */
static enum err_code set_arguments(struct reader *reader, size_t start, const struct argument *arguments,
                                   size_t count, struct predicate *out)
{
    const char *shape = out->row->shape;
    size_t least = 0, used = 0;
    bool more = false;

    for (const char *s = shape; *s != '\0'; s++)
        *s == '+' ? (more = true) : (bool)least++;
    if (count < least || (count > least && !more))
        return READER_ERROR(reader, start, "#%s wants %s%zu argument%s, not %zu", out->row->name,
                            more ? "at least " : "", least, least == 1 ? "" : "s", count);
    for (const char *s = shape; *s != '\0' && *s != '+'; s++)
        do {
            if (set_argument(reader, *s, &arguments[used++], out) != ERR_OK)
                return reader->err->code;
        } while (s[1] == '+' && used < count);
    return ERR_OK;
}

/* The row of a name as written, e.g. "not-in-loop?". */
static const struct predicate_row *find_row(struct view word, bool *negated)
{
    const struct predicate_row *row = predicate_row(word);
    *negated = row == NULL && view_starts(word, "not-");
    return *negated ? predicate_row(view_slice(word, 4, word.len)) : row;
}

static enum err_code unknown_predicate(struct reader *reader, size_t offset, struct view word)
{
    struct view bare = view_starts(word, "not-") ? view_slice(word, 4, word.len) : word;
    const char *near;
    if (view_ends(bare, "?"))
        bare.len--;
    near = yaml_nearest(bare, NAMES);
    return READER_ERROR(reader, offset, "unknown predicate #%.*s%s%s%s", VIEW_ARG(word),
                        near != NULL ? "; did you mean #" : "", near != NULL ? near : "",
                        near != NULL ? "?" : "");
}

enum err_code predicate_compile(struct reader *reader, struct predicate *out)
{
    struct argument arguments[PREDICATE_ARGS_MAX];
    const struct compile *compile = reader->compile;
    size_t start, count;
    struct view word;

    reader->at++; /* ( */
    reader_peek(reader);
    start = reader->at++; /* # */
    word = bare_word(reader);
    *out = (struct predicate){.a = CAPTURE_NONE, .b = CAPTURE_NONE, .c = CAPTURE_NONE};
    out->row = find_row(word, &out->negated);
    if (out->row == NULL)
        return unknown_predicate(reader, start, word);
    if (read_arguments(reader, arguments, &count) != ERR_OK)
        return reader->err->code;
    out->texts = ARENA_ARRAY(compile->arena, struct view, count);
    out->kinds = ARENA_ARRAY(compile->arena, uint16_t, count);
    if (out->texts == NULL || out->kinds == NULL)
        return arena_full(compile->arena, reader->err);
    return set_arguments(reader, start, arguments, count, out);
}
