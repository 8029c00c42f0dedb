/* The names that a file holds, as a Bloom filter: a pattern that asks for a word which the file nowhere has
 * need not be tried in it. Most rules ask for a method or a type that most files do not know. */
#include "engine_internal.h"
#include "syntax/python_kinds.h"
#include "syntax/rust_kinds.h"
#include <string.h>

static bool is_name(enum language language, uint16_t kind)
{
    if (language == LANGUAGE_PYTHON)
        return kind == PYTHON_sym_identifier;
    return kind == RUST_sym_identifier || kind == RUST_alias_sym_field_identifier ||
           kind == RUST_alias_sym_type_identifier || kind == RUST_alias_sym_shorthand_field_identifier;
}

static uint64_t *bit_of(struct vocabulary *vocabulary, struct view word, uint64_t *mask)
{
    uint32_t hash = word_hash(0, word) >> 1; /* its lowest bit is always set */

    *mask = UINT64_C(1) << (hash & 63);
    return &vocabulary->bits[(hash >> 6) % VOCABULARY_WORDS];
}

void vocabulary_read(struct vocabulary *vocabulary, const struct tree *tree)
{
    uint64_t mask, *bits;

    memset(vocabulary, 0, sizeof(*vocabulary));
    for (uint32_t node = 0; node < tree->count; node++)
        if (is_name(tree->language, tree->nodes[node].kind)) {
            bits = bit_of(vocabulary, node_text(tree, node), &mask);
            *bits |= mask;
        }
}

/* Whether one of the words stands in the file; no words, no demand. */
static bool has_one(struct vocabulary *vocabulary, const struct predicate *words, bool tails)
{
    uint64_t mask, *bits;

    for (size_t i = 0; words != NULL && i < words->text_count; i++) {
        bits = bit_of(vocabulary, tails ? path_tail(words->texts[i]) : words->texts[i], &mask);
        if (*bits & mask)
            return true;
    }
    return words == NULL;
}

/* What is called is named where it is called or, under another name there, where it is imported. */
static bool step_has_chance(struct vocabulary *vocabulary, enum language language,
                            const struct program *program, const struct step *step)
{
    if (step->list)
        return true;
    if (step->field == (language == LANGUAGE_PYTHON ? PYTHON_field_function : RUST_field_function) &&
        !has_one(vocabulary, step_tails(program, step), true))
        return false;
    return !is_name(language, step->kind) || has_one(vocabulary, step_words(program, step), false);
}

/* The steps below @p parent that every match takes, the alternatives of a list left out. */
static bool has_below(struct vocabulary *vocabulary, enum language language, const struct program *program,
                      uint16_t parent)
{
    const struct step *steps = program->steps;

    if (steps[parent].list)
        return true;
    for (uint16_t s = steps[parent].child; s != STEP_NONE; s = steps[s].next) {
        if (steps[s].quantity == ONE && (!step_has_chance(vocabulary, language, program, &steps[s]) ||
                                         !has_below(vocabulary, language, program, s)))
            return false;
    }
    return true;
}

bool vocabulary_has(struct vocabulary *vocabulary, enum language language, const struct program *program)
{
    return program->step_count == 0 || has_below(vocabulary, language, program, 0);
}
