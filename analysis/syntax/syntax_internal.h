/** @file syntax_internal.h  What the files of this module share: tree-sitter's types. */
#pragma once
#include "syntax/tree.h"
#include <tree_sitter/api.h>

/** The grammar of a language. Static. */
const TSLanguage *language_grammar(enum language language);

/** Reads token trees of macros as the expressions that they hold: zeroed but for the first three. */
struct macro_reader {
    const struct tree *tree;
    TSParseOptions options; /* the parse's own clock */
    uint32_t depth;         /* macros in arguments of macros: as deep as this; 0: none is read */
    TSParser *parser;       /* made for the first macro of the file */
    char *text;             /* what is parsed, at its place in the file: bytes [start, end) */
    size_t text_cap;
    uint32_t start, end;
    uint32_t failed_bytes; /* that did not read as expressions */
};
void macro_reader_deinit(struct macro_reader *reader);

/** What a token tree reads as. */
enum macro_form {
    MACRO_TOKENS, /* not known: its tokens stay as they are */
    MACRO_PLAIN,  /* the tokens are whole expressions already: names and literals */
    MACRO_LIST,   /* expressions between brackets */
    MACRO_FIRST,  /* the same up to the first comma; tokens follow */
};
/** Read the token tree at @p node of the flat tree, whose tokens are all there. With MACRO_LIST and
 * MACRO_FIRST
 *  @p parsed is the caller's to delete, and of @p brackets all children are to stand in the token tree; with
 *  MACRO_FIRST all but the last, then the tokens from @p tail on. */
enum macro_form macro_read(struct macro_reader *reader, uint32_t node, TSTree **parsed, TSNode *brackets,
                           uint32_t *tail);

/** Copy @p parsed into tree->nodes (tree->text, language and lines are set). Errors: ERR_LIMIT. */
NODISCARD enum err_code tree_flatten(struct tree *tree, const TSTree *parsed,
                                     const struct syntax_limits *limits, struct macro_reader *macros,
                                     struct arena *arena, struct err *err);
