/** @file engine_internal.h  What the engine's files share: places for messages, compiled patterns, the
 *  matcher, predicates, and the index that finds the patterns of a node. */
#pragma once
#include "base/pattern.h"
#include "base/yaml.h"
#include "engine/match.h"

enum {
    CATALOGUE_BYTES_MAX = 64 * 1024 * 1024,
    RULES_MAX = 2000,
    PATTERN_STEPS_MAX = 120,     /* nodes in one pattern */
    PATTERN_DEPTH_MAX = 24,      /* nested nodes and lists */
    PATTERN_PREDICATES_MAX = 32, /* in one pattern */
    PREDICATE_ARGS_MAX = 64,
    STEP_CAPTURES_MAX = 2,
    STEP_ABSENT_MAX = 4,
    STEP_NONE = UINT16_MAX,
    CAPTURE_NONE = UINT8_MAX,
    CAPTURE_LOOP = CAPTURE_NONE - 1,     /* in predicates: the innermost loop around the site */
    CAPTURE_FUNCTION = CAPTURE_NONE - 2, /* the innermost named function around it */
    CAPTURE_FILE = CAPTURE_NONE - 3,     /* all of the file */
    LOOK_KEPT = 8,                       /* answers that a file's matching remembers; a power of two */
};

/* ---- place.c: where in a file a text lies, so that a mistake in it has its own line and column ---- */

struct place {
    struct view file;
    uint32_t line, column; /* of the first byte, 1-based; later lines of a block start at the same column */
    bool block;            /* lines of the text are lines of the file */
};

/** Where the text of scalar @p node lies in @p source. */
struct place place_of(const struct yaml *node, struct view source);
/** ERR_INVALID "file:line:column: " for byte @p offset of @p text, and what is wrong. */
enum err_code place_error(const struct place *place, struct view text, size_t offset, struct err *err,
                          const char *format, ...) PRINTF_LIKE(5, 6);

/* ---- a compiled pattern ---- */

enum quantity { ONE, OPTIONAL, ONE_OR_MORE, ANY_NUMBER };

/* One node or list of a pattern. Children and alternatives are linked by next. */
struct step {
    uint16_t kind;               /* KIND_NONE: any */
    uint16_t child, next;        /* steps; STEP_NONE */
    uint16_t check, check_count; /* predicates that can be told once this step is bound */
    uint8_t field;               /* FIELD_NONE: any */
    uint8_t quantity;
    bool list;     /* child and its nexts are alternatives for one node */
    bool named;    /* (_): a named node */
    bool anchored; /* `.` before it */
    bool closed;   /* `.` after its last child */
    uint8_t captures[STEP_CAPTURES_MAX], capture_count;
    uint8_t absent[STEP_ABSENT_MAX], absent_count; /* !field */
};

struct look;
struct predicate;

/* What is asked of a function that Rust offers to Python. */
enum native_word { NATIVE_ONE = 1, NATIVE_LIGHT, NATIVE_BATCHED, NATIVE_UNBATCHED };

struct predicate_row {
    const char *name;
    /* A letter for each argument: c capture, x capture or text, t text, n number, r regex, k kind, y type,
     * l loop kind, f function flag, d class flag, g path glob, v lowest version, p package, w type of
     * crate, z bound of a size, m attribute of a model, q effect of a query, b what is true of a function in
     * Rust; `+`: one or more of the last. */
    const char *shape;
    int cost; /* 0 text and kind, 1 where it stands, 2 facts that are computed on demand */
    bool (*holds)(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b);
};

struct predicate {
    const struct predicate_row *row;
    bool negated;
    uint8_t a, b, c; /* captures, CAPTURE_LOOP, CAPTURE_FUNCTION, CAPTURE_FILE; CAPTURE_NONE */
    uint64_t bits;   /* types, loop kinds, function flags */
    int64_t number;
    uint8_t major, minor;     /* of a version */
    const struct view *texts; /* texts and globs */
    size_t text_count;
    const uint16_t *kinds;
    size_t kind_count;
    const struct pattern *regex;
};

/* What is known of a node's surroundings before anything is matched. */
enum surroundings { IN_LOOP = 1, IN_ASYNC = 2 };

struct program {
    const struct step *steps;           /* [0] is the root; none where it is predicates alone */
    const struct predicate *predicates; /* those that steps check, then the rest in the order of cost */
    uint16_t step_count, predicate_count, early_count;
    uint16_t captures; /* bits: those that it may bind */
    uint8_t needs;     /* enum surroundings: where else than there the root need not be tried */
};

/* ---- pattern_compile.c, predicate_compile.c ---- */

struct regex_list {
    struct pattern **items;
    size_t count, cap;
};

/* ---- words.c: lists of words by name, for "<name>" in the place of a regular expression ---- */

struct word {
    struct view name;
    const struct pattern *pattern; /* the regex list's */
};

struct words {
    struct word *items;
    size_t count;
};

/** Predicates that are added to each pattern. */
struct where {
    struct view text; /* empty: none */
    struct place place;
};

/** What compiling the patterns of one rule shares. */
struct compile {
    struct arena *arena;
    enum language language;
    struct view *captures; /* of CAPTURES_MAX; names are added as they are met */
    size_t *capture_count;
    struct regex_list *regexes; /* the caller frees them */
    const struct words *words;  /* NULL: none */
    struct where wheres[WHERES_MAX];
};

/** Read and compile the lists that the program carries. */
NODISCARD
enum err_code words_load(struct words *words, struct arena *arena, struct arena *scratch,
                         struct regex_list *regexes, struct err *err);
/** Whether @p text is "<name>", which asks for a list. */
bool words_asked(struct view text, struct view *name);
/** The list's pattern; NULL. */
const struct pattern *words_find(const struct words *words, struct view name);

struct program_list {
    const struct program **items;
    size_t count, cap;
};

/** Compile the patterns in @p text (several are alternatives). Errors: ERR_INVALID at its line and column. */
NODISCARD
enum err_code pattern_compile(const struct compile *compile, struct view text, const struct place *place,
                              struct program_list *out, struct err *err);
/** Compile predicates that stand alone; their captures must be known. */
NODISCARD
enum err_code predicates_compile(const struct compile *compile, struct view text, const struct place *place,
                                 const struct program **out, struct err *err);

/** A text that is being read. */
struct reader {
    const struct compile *compile;
    const struct place *place;
    struct view text;
    size_t at;
    struct err *err;
};

/** A letter, digit, `_` or `-`. */
bool reader_is_word(char c);
/** Past white space and comments; the byte there, 0 at the end. */
char reader_peek(struct reader *reader);
/** A word of letters, digits, `_` and `-`; empty where there is none. */
struct view reader_word(struct reader *reader);
/** A string in quotes, unescaped, in the compile's arena. */
NODISCARD
enum err_code reader_string(struct reader *reader, struct view *out);
#define READER_ERROR(reader, offset, ...)                                                                    \
    place_error((reader)->place, (reader)->text, (offset), (reader)->err, __VA_ARGS__)
/** The capture with that name; CAPTURE_NONE. */
uint8_t capture_find(const struct view *captures, size_t count, struct view name);
/** Whether a predicate starts here; skip it whole; compile it. */
bool predicate_starts(struct reader *reader);
NODISCARD
enum err_code predicate_skip(struct reader *reader);
NODISCARD
enum err_code predicate_compile(struct reader *reader, struct predicate *out);
/** The row with that name; the names for a hint, ending with NULL. */
const struct predicate_row *predicate_row(struct view name);
const char *const *predicate_names(void);

/* ---- pattern_match.c, predicates*.c ---- */

/** What matching one file carries. */
struct look {
    struct facts *facts;
    const struct tree *tree;
    uint32_t nodes[CAPTURES_MAX]; /* bound now; NODE_NONE */
    uint32_t path_nodes[LOOK_KEPT];
    struct view paths[LOOK_KEPT];
    const struct predicate *import_predicates[LOOK_KEPT];
    bool imported[LOOK_KEPT];
};

/** @p facts may be NULL where only text and kinds are looked at. */
void look_init(struct look *look, const struct tree *tree, struct facts *facts);
/** facts_path(), remembered for the nodes asked last. */
struct view look_path(struct look *look, uint32_t node);
bool predicate_holds(struct look *look, const struct predicate *predicate);
bool program_holds(struct look *look, const struct program *program);
bool glob_matches(struct view path, const struct predicate *predicate);

/** Called with look->nodes bound for each match whose predicates hold; true ends the search. */
typedef bool program_found(void *ctx, struct look *look);
/** Find the matches of @p program with the root @p root. False where the step limit ended the search. */
bool program_match(struct look *look, const struct program *program, uint32_t root, program_found *found,
                   void *ctx);

/* Rows of the predicate table, by file. */
typedef bool predicate_function(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b);
predicate_function holds_called_in_loop, holds_each_pass, holds_times_in_pass, holds_recursive,
    holds_pure_function, holds_class, holds_macro_argument, holds_shown_as,
    holds_shown_once; /* predicates_calls.c */
predicate_function holds_eq, holds_any_of, holds_match, holds_inside, holds_inside_text, holds_has,
    holds_has_path, holds_first_in, holds_contains, holds_parent, holds_origin_text, holds_inside_call,
    holds_text_in_function, holds_single_text, holds_literal, holds_decorated; /* predicates_code.c */
predicate_function holds_reads_like, holds_light_loop, holds_loop_reads_like, holds_grows_in_loop,
    holds_escapes_in_loop, holds_reads, holds_shares_variable; /* predicates_loops.c */
predicate_function holds_native, holds_called_from_python,
    holds_result_only_iterated; /* predicates_calls.c */
predicate_function holds_path, holds_type, holds_item_type, holds_in_loop, holds_loop_depth, holds_loop_kind,
    holds_loop_bounded, holds_loop_may_end_early, holds_lives_outside_loop, holds_lives_outside_loop_anew,
    holds_carried, holds_invariant, holds_uses_loop_target, holds_small, holds_async, holds_in_function,
    holds_function_flag, holds_same_binding, holds_pure, holds_may_change, holds_unchanged_between,
    holds_uses_only_in, holds_only_iterated, holds_escapes, holds_used_after, holds_used_in_loop,
    holds_used_in, holds_only_called, holds_use_count, holds_borrowed_only, holds_live_at, holds_sized,
    holds_imports, holds_bound, holds_python, holds_rust, holds_edition, holds_crate_type,
    holds_depends; /* predicates_facts.c */
predicate_function holds_row, holds_model_field, holds_preloaded, holds_queries, holds_chain_uses_loop_target,
    holds_chain_text; /* predicates_orm.c */

predicate_function holds_global, holds_shadowed, holds_use_count_in, holds_bound_names_read_after,
    holds_empty_at, holds_owned_at, holds_rebound_in, holds_reads_item, holds_reads_item_only, holds_mutable,
    holds_parameter_text, holds_used_as_slice, holds_called_in_a_row; /* predicates_variables.c */

predicate_function holds_exclusive, holds_trait_method, holds_reference, holds_movable_parts,
    holds_never_moved, holds_last_use, holds_borrowed_at, holds_needed_from,
    holds_used_through; /* predicates_ownership.c */

predicate_function holds_wanted_type, holds_wanted_like, holds_item_of, holds_indexes_only,
    holds_receives_only, holds_receives_idly, holds_results, holds_derives; /* predicates_rust.c */

predicate_function holds_unchanged_while_used, holds_constant, holds_declared_text,
    holds_repeats; /* on uses of variables: predicates_facts.c */

predicate_function holds_made_here, holds_uses_read_only, holds_only_searched,
    holds_reads_loop_names; /* on uses of variables: predicates_facts.c */

predicate_function holds_size, holds_thin, holds_fat, holds_outgrows_others, holds_padded, holds_exported,
    holds_element_type; /* predicates_layout.c */

/* ---- index.c: from a node to the programs that may start there ---- */

struct entry {
    const struct rule *rule;
    const struct variant *variant;
    const struct program *program;
};

/* A way down from the root by fields to a node whose text must be one of a few words. */
enum { PROBE_STEPS = 4 };
struct probe {
    uint16_t kinds[PROBE_STEPS]; /* of the nodes on the way; KIND_NONE behind its end */
    uint8_t fields[PROBE_STEPS];
    bool tail;     /* to what a call calls: the last part of its path */
    uint8_t needs; /* enum surroundings: of all that ask here */
};

struct kind_entries {
    uint32_t always, always_count; /* in entry_order: those that every such node must try */
    uint32_t probes, probe_count;
};

struct slot {
    uint32_t hash, entry; /* entry + 1; 0: empty */
};

struct index {
    struct kind_entries *kinds;
    uint16_t kind_count;
    struct probe *probes;
    size_t probe_count, probe_cap;
    uint32_t *always;
    struct slot *slots; /* open addressing */
    uint32_t slot_mask;
};

NODISCARD
enum err_code index_build(struct index *index, enum language language, const struct entry *entries,
                          size_t count, struct arena *arena, struct err *err);
/** Call @p try with the number of each entry whose program may start at @p node, which lacks the surroundings
 *  @p missing. */
typedef enum err_code index_try(void *ctx, uint32_t entry);
static inline bool index_has(const struct index *index, uint16_t kind)
{
    return kind < index->kind_count &&
           (index->kinds[kind].always_count | index->kinds[kind].probe_count) != 0;
}
enum err_code index_visit(const struct index *index, struct look *look, uint32_t node, uint8_t missing,
                          index_try *try, void *ctx);

/** A hash of a word, never 0; words of one seed share a table. */
uint32_t word_hash(uint32_t seed, struct view text);
/** The predicate that asks the text of @p step to be one of a few words; NULL for none. */
const struct predicate *step_words(const struct program *program, const struct step *step);
/** The predicate that asks for its path, where all that it may be have a last part that is a word; NULL. */
const struct predicate *step_tails(const struct program *program, const struct step *step);
/** The last part of a path, "sleep" of "time.sleep" and "repeat" of "std::iter::repeat"; empty where it has a
 * star. */
struct view path_tail(struct view path);

/* ---- vocabulary.c: the names of a file ---- */

enum { VOCABULARY_WORDS = 1024 };
struct vocabulary {
    uint64_t bits[VOCABULARY_WORDS];
};
void vocabulary_read(struct vocabulary *vocabulary, const struct tree *tree);
/** False where @p program asks for a name that the file surely does not hold. */
bool vocabulary_has(struct vocabulary *vocabulary, enum language language, const struct program *program);

/* ---- the catalogue, its loader, templates ---- */

struct catalogue {
    struct arena *arena;
    const struct rule **rules;
    size_t rule_count, rule_cap;
    struct entry *entries; /* by rule, then variant, then pattern */
    size_t entry_count, entry_cap;
    struct regex_list regexes;
    struct words words;
    struct index indexes[LANGUAGE_COUNT];
};

/** catalogue_new() with another cap than CATALOGUE_BYTES_MAX. */
NODISCARD
enum err_code catalogue_new_capped(const struct rule_source *sources, size_t count, size_t cap_bytes,
                                   struct catalogue **out, struct err *err);
/** Read one rule file and add the rule and its entries. */
NODISCARD
enum err_code rule_load(struct catalogue *catalogue, const struct rule_source *source, struct arena *scratch,
                        struct err *err);

/* ---- template.c, origin.c, predicates_layout.c, lazy_format.c, python_filters.c, brackets.c ---- */

/** One part of a template: plain text, and the `{name.property|filter}` after it. */
struct template_part {
    struct view before;                 /* `{{` in it stands for a brace */
    struct view name, property, filter; /* empty where not given */
    struct view known[2], unknown;      /* of a choice by what a project has: name is what is asked */
    bool choice;
    size_t offset; /* of the brace */
    bool found;    /* false: only text was left */
    bool closed;
};
/** The part that starts at *at, which moves past it. False at the end of the template. */
bool template_next(struct view text, size_t *at, struct template_part *out);
/** What may stand after a name that the engine gives or after a capture; for messages and checks. */
bool template_knows(struct view name, struct view property, bool capture);
bool template_filter(struct view filter);

/** Write where the value of @p node comes from, in words. */
void origin_write(struct facts *facts, uint32_t node, struct buffer *out);
/** Write how many bytes @p node takes: "48", "at least 48"; false where nothing is known. Which: of itself
 *  (bytes), with its fields in the best order (bytes-reordered), of the largest other variant (bytes-others).
 */
bool layout_write(struct facts *facts, uint32_t node, struct view which, struct buffer *out);
/** Write @p text with white space folded, cut at 60 characters. */
void folded_write(struct view text, struct buffer *out);
/** Write the arguments that log what the f-string @p node says; false where that cannot be said. */
bool lazy_format_write(const struct tree *tree, uint32_t node, struct buffer *out);
/** Write what stands between the brackets of a literal, of arguments, of parentheses, without a last comma;
 *  any other node as it is. */
bool items_write(const struct tree *tree, uint32_t node, struct buffer *out);
/** Write the words of the string literal @p node as literals with commas between them; false where it has
 *  a prefix, an escape or white space other than blanks. */
bool words_write(const struct tree *tree, uint32_t node, struct buffer *out);
/** Write the pairs of the dict literal @p node as keyword arguments; false where a key is no plain name. */
bool keywords_write(const struct tree *tree, uint32_t node, struct buffer *out);
/** Write what stands between the brackets of @p node; false where it has none. */
bool inside_write(const struct tree *tree, uint32_t node, struct buffer *out);
/** Write the same with each element that is a pair, `(key, value)`, as `key: value`; false where one is none.
 */
bool pairs_write(const struct tree *tree, uint32_t node, struct buffer *out);
/** Write the text of @p node where it can stand in the place of any operand, also outside of brackets. */
bool operand_write(const struct tree *tree, uint32_t node, struct buffer *out);
/** Write the Rust char literal @p node as a string literal, and the string literal of one character as a char
 *  literal; false for any other. */
bool text_write(const struct tree *tree, uint32_t node, struct buffer *out);
bool char_write(const struct tree *tree, uint32_t node, struct buffer *out);
