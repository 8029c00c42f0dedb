/** @file syntax_internal.h  What the files of this module share: tree-sitter's types. */
#pragma once
#include "syntax/tree.h"
#include <tree_sitter/api.h>

/** The grammar of a language. Static. */
const TSLanguage *language_grammar(enum language language);

/** Copy @p parsed into tree->nodes (tree->text and tree->language are set). Errors: ERR_LIMIT. */
NODISCARD enum err_code tree_flatten(struct tree *tree, const TSTree *parsed,
                                     const struct syntax_limits *limits, struct arena *arena,
                                     struct err *err);
