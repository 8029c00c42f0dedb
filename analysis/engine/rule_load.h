/** @file rule_load.h  What the files that read a rule share. */
#pragma once
#include "engine_internal.h"

/** What reading one rule file carries. */
struct loader {
    struct catalogue *catalogue;
    struct arena *scratch;
    const struct rule_source *source;
    const struct yaml *root;
    struct rule *rule;
    struct compile compile;
    struct err *err;
};

/** A scalar's text, copied into the catalogue. A node that is NULL leaves @p out as it is. */
NODISCARD
enum err_code load_text(struct loader *loader, const struct yaml *node, struct view *out);
/** The value of a key that must be there. */
NODISCARD
enum err_code load_required(struct loader *loader, const struct yaml *mapping, const char *key,
                            const struct yaml **out);
NODISCARD
enum err_code load_examples(struct loader *loader, const struct yaml *node);
NODISCARD
enum err_code load_patch(struct loader *loader, const struct yaml *node, uint32_t captures,
                         struct rule_patch *out);
/** Check that what @p node says can be rendered where only @p captures (bits) are bound. NULL is fine. */
NODISCARD
enum err_code check_template(struct loader *loader, const struct yaml *node, uint32_t captures);
NODISCARD
enum err_code check_formula(struct loader *loader, const struct yaml *node, uint32_t captures);
