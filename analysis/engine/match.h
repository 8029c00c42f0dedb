/** @file match.h  All rules of a file's language, matched in one walk over its nodes. */
#pragma once
#include "base/buffer.h"
#include "engine/rule.h"
#include "facts/facts.h"

/* One place where one rule holds. */
struct match {
    const struct rule *rule;
    const struct variant *variant;
    uint32_t
        nodes[CAPTURES_MAX]; /* by the rule's capture names; NODE_NONE where not bound; [0] is the site */
};

struct match_list {
    struct match *items; /* in the order of the sites in the text, then by rule */
    size_t count, cap;
};

struct match_options {
    bool opt_in;           /* opt-in rules too */
    const uint32_t *lines; /* touched lines, sorted pairs [first, last]; NULL: everything */
    size_t line_pair_count;
    size_t matches_max; /* 0: MATCHES_MAX_DEFAULT */
};

enum {
    MATCHES_MAX_DEFAULT = 10000, /* matches in one file */
    MATCH_STEPS_MAX = 20000,     /* pattern steps at one node: a pattern cannot blow up */
};

/** Match all rules on the nodes of @p facts. With touched lines only functions that hold one are walked
 *  (module level code always is). A pattern that reaches its step limit at a node has no match there.
 *  Errors: ERR_LIMIT at matches_max or the arena's cap. */
NODISCARD
enum err_code catalogue_match(const struct catalogue *catalogue, struct facts *facts,
                              const struct match_options *options, struct arena *arena,
                              struct match_list *out, struct err *err);

/** The captured node by name; NODE_NONE. Also "loop" and "function": the innermost around the site. */
uint32_t match_node(const struct match *match, struct facts *facts, struct view name);
/** Whether predicates that stand alone (a patch's `when`; NULL always does) hold for @p match. */
bool match_holds(const struct match *match, const struct program *when, struct facts *facts);

/** What a template may ask for besides the match. */
struct render {
    struct view path; /* of the file */
    double n;         /* the assumed trips */
    bool code;        /* a patch's text: nothing is cut or folded */
};
/** Render a template for @p match. False where something in it cannot be said (a filter that does not apply,
 *  no loop, a capture that is not bound): a patch is then not offered, other texts read on with "?". Unknown
 *  names were refused when the catalogue was made. */
bool match_render(const struct match *match, struct view text, struct facts *facts,
                  const struct render *render, struct buffer *out);
