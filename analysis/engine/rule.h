/** @file rule.h  The catalogue: rules read from YAML, their patterns compiled into one jump table by node
 *  kind and language. Read-only after it is made: any number of threads may match with it. */
#pragma once
#include "base/arena.h"
#include "facts/project.h"

enum lever {
    LEVER_ALGORITHM,
    LEVER_LAYOUT,
    LEVER_ALLOCATION,
    LEVER_WORK,
    LEVER_BOUNDARY,
    LEVER_CODEGEN,
    LEVER_COUNT
};
enum severity { SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_COUNT };
enum confidence { CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH, CONFIDENCE_COUNT };
enum tier { TIER_DEFAULT, TIER_HOT, TIER_OPT_IN, TIER_COUNT };
enum edit_action { EDIT_REPLACE, EDIT_REPLACE_EACH, EDIT_INSERT_BEFORE };

const char *lever_name(enum lever lever);
const char *severity_name(enum severity severity);
const char *confidence_name(enum confidence confidence);
const char *tier_name(enum tier tier);

enum {
    CAPTURES_MAX = 12,  /* names in one rule */
    RULE_EDITS_MAX = 4, /* edits of one patch */
    RULE_VARIANTS_MAX = 32,
    WHERES_MAX = 2, /* predicates for all patterns: of the rule, of the variant */
};

struct program; /* a compiled pattern; engine's own */

struct rule_edit {
    enum edit_action action;
    struct view at;      /* a capture's name, or "loop", "function" */
    struct view with;    /* a template */
    struct view through; /* of a replacement: the capture that it ends with, a later sibling; empty: `at` */
    struct view like;    /* of EDIT_REPLACE_EACH: a template; what has its text within `at` is replaced */
};

struct rule_patch {
    bool present, safe;
    const struct program *when; /* predicates alone; NULL where there are none */
    struct rule_edit edits[RULE_EDITS_MAX];
    size_t edit_count;
};

/* One way in which a rule matches; what the file leaves out here is the rule's own. */
struct variant {
    struct view pattern;            /* as written */
    uint32_t pattern_line;          /* of the file */
    struct view wheres[WHERES_MAX]; /* further predicates, as written; empty where not given */
    struct view evidence, fix, impact;
    struct view cost_before, cost_after; /* formulas; empty where there is none */
    enum severity severity;
    enum confidence confidence;
    enum tier tier;
    struct rule_patch patch;
};

struct example {
    bool bad;
    struct view text;  /* as written: lines where a finding is expected end with a comment (examples.h) */
    struct view after; /* of a bad one; empty where not given */
    struct view run;   /* expressions, one a line, that give the same before and after the patch; or empty */
    struct view run_not; /* why there are none although there is an after */
    struct view why;
    struct view beside;     /* another file of the repository, in the other language; or empty */
    struct project project; /* what is declared around it */
    uint32_t line;          /* of the file */
};

struct rule {
    struct view id, title, checklist, tradeoffs, measure, file;
    enum language language;
    bool pyo3; /* wants a file that imports pyo3 */
    bool keep_when_cold;
    enum lever lever;
    uint32_t index; /* in the catalogue's order: by id */
    const struct variant *variants;
    size_t variant_count;
    struct view captures[CAPTURES_MAX]; /* names; [0] is "site" */
    size_t capture_count;
    bool outermost; /* a match within another one of the rule is dropped */
    size_t subject; /* a capture: matches on the same variable in one loop are one; CAPTURES_MAX: none */
    const struct view *yields; /* ids: where one of these rules speaks of the same code, this one is silent */
    size_t yield_count;
    const struct view *peers;
    size_t peer_count;
    const struct example *examples;
    size_t example_count;
};

/** A rule file's name (for messages) and bytes. */
struct rule_source {
    struct view name, text;
};

struct catalogue; /* opaque */

/** Compile @p sources. Owner: the caller, until catalogue_free(); the sources may go.
 *  Errors: ERR_INVALID "file:line:column: what is wrong", ERR_LIMIT, ERR_MEMORY. */
NODISCARD
enum err_code catalogue_new(const struct rule_source *sources, size_t count, struct catalogue **out,
                            struct err *err);
void catalogue_free(struct catalogue *catalogue);
/** All rules by id. Borrowed. */
const struct rule *const *catalogue_rules(const struct catalogue *catalogue, size_t *count);
/** The rule with that id; NULL. */
const struct rule *catalogue_find(const struct catalogue *catalogue, struct view id);
/** The rule files that the build put into the binary. Static. */
const struct rule_source *rule_sources_embedded(size_t *count);
