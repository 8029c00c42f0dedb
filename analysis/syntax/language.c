/* The two grammars and their names for kinds and fields. */
#include "syntax_internal.h"
#include <assert.h>

const TSLanguage *tree_sitter_python(void);
const TSLanguage *tree_sitter_rust(void);

static const struct {
    const TSLanguage *(*grammar)(void);
    const char *name;
    const char *const *suffixes;
} LANGUAGES[] = {
    [LANGUAGE_PYTHON] = {tree_sitter_python, "python", (const char *const[]){".py", ".pyi", ".pyw", NULL}},
    [LANGUAGE_RUST] = {tree_sitter_rust, "rust", (const char *const[]){".rs", NULL}},
};
static_assert(COUNT_OF(LANGUAGES) == LANGUAGE_COUNT, "a row for each language");

const TSLanguage *language_grammar(enum language language)
{
    return LANGUAGES[language].grammar();
}

const char *language_name(enum language language)
{
    return LANGUAGES[language].name;
}

/* The core compares as far as a NUL and then looks at what stands at the name's length: a NUL inside of a
 * name would lead it past the end of its own. */
static bool is_name(struct view name)
{
    return name.len > 0 && name.len <= INT16_MAX && view_find_byte(name, '\0', 0) == SIZE_MAX;
}

uint16_t language_kind(enum language language, struct view name, bool named)
{
    const TSLanguage *grammar = language_grammar(language);
    TSSymbol kind;

    if (named && view_is(name, "ERROR"))
        return KIND_ERROR;
    if (!is_name(name))
        return KIND_NONE;
    kind = ts_language_symbol_for_name(grammar, name.ptr, (uint32_t)name.len, named);
    /* A group of kinds, e.g. "expression", has a name, but no node is of that kind. */
    return ts_language_symbol_type(grammar, kind) == TSSymbolTypeSupertype ? KIND_NONE : kind;
}

uint8_t language_field(enum language language, struct view name)
{
    TSFieldId field;

    if (!is_name(name))
        return FIELD_NONE;
    field = ts_language_field_id_for_name(language_grammar(language), name.ptr, (uint32_t)name.len);
    assert(field <= UINT8_MAX);
    return (uint8_t)field;
}

const char *language_kind_name(enum language language, uint16_t kind)
{
    const char *name = ts_language_symbol_name(language_grammar(language), kind);
    return name != NULL ? name : "?";
}

uint16_t language_kind_count(enum language language)
{
    return (uint16_t)ts_language_symbol_count(language_grammar(language));
}

bool language_of_path(struct view path, enum language *out)
{
    for (size_t i = 0; i < COUNT_OF(LANGUAGES); i++)
        for (const char *const *suffix = LANGUAGES[i].suffixes; *suffix != NULL; suffix++)
            if (view_ends(path, *suffix)) {
                *out = (enum language)i;
                return true;
            }
    return false;
}
