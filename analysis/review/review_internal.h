/** @file review_internal.h  What the review's own files share: a run over one change, the two sides of each
 *  delta, and the sites (matches as counting sees them). */
#pragma once
#include "engine/match.h"
#include "perfreview/review.h"

enum {
    LOOP_DEPTH_CLASS_MAX = 3, /* deeper loops count as this deep */
    MAX_COMMENTS_DEFAULT = 15,
    FILE_ARENA_BYTES = 256 << 20, /* tree and facts of one file */
    KEPT_BYTES_MAX = 64 << 20,    /* trees kept from counting until the findings are written */
    PASSES_SILENT = 4,            /* a loop with a constant trip count up to this is not worth a word */
    PASSES_LOW = 64,              /* up to this what a rule about loops says is of low severity */
    MODEL_FILES_MAX = 2000,       /* of the change, that are read for their models first */
    MODEL_BYTES_MAX = 64 << 20,
    PATCH_CHECK_BYTES_MAX = 2 << 20, /* what verifying the patches of one file may parse in all */
    FAR_CALLS_MAX = 5000,            /* of the change, in loops, that are kept */
    THROUGH_CALLS_MAX =
        200,               /* functions of one file that a touched loop is followed into; each costs a walk */
    PATCH_CHECKS_MAX = 50, /* patches that are verified in one file; each parses it again */
    PATCH_BYTES_MAX = 64 << 10, /* of one patch's text */
    TEXT_BYTES_MAX = 16 << 10,  /* of one rendered template */
    CODE_BYTES_MAX = 1 << 20,   /* of normalised code */
};

struct line_range {
    uint32_t first, last;
};

/* One side of a delta, parsed and matched. All but the first four lives in `arena`. */
struct source {
    struct view path, text;
    enum language language;
    bool has_errors;
    struct arena *arena; /* NULL: not loaded */
    struct tree *tree;
    struct facts *facts;
    struct match_list matches;
};

enum note_kind { NOTE_IGNORE, NOTE_HOT, NOTE_COLD };

/* A comment that speaks to us: `perf-review: ignore[rule, ...] reason`, `perf-review: hot`. */
struct note {
    enum note_kind kind;
    uint32_t line,
        target; /* of the comment; of the code it speaks of: the same, or the next line with code */
    struct view ids, reason;
};

struct note_list {
    struct note *items;
    size_t count, cap;
};

struct file { /* one delta of the change, in the order of the paths */
    const struct delta *delta;
    enum language language;
    bool analysed;
    struct source head, base;
    struct line_range *touched; /* sorted, apart */
    size_t touched_count;
    uint32_t *removed; /* head lines after which base lines went away */
    size_t removed_count;
    size_t first_site, site_count; /* in run.heads */
    uint32_t patch_checks;
};

enum touch { TOUCH_NONE, TOUCH_NEAR /* lines went away in its function */, TOUCH_CAUSE, TOUCH_SITE };
enum fate { FATE_UNTOUCHED, FATE_THERE, FATE_MOVED, FATE_NEW };

struct site {
    uint32_t file, match; /* indexes */
    const struct rule *rule;
    uint64_t code, function, header; /* hashes; header: rule, function and first line, of a long site */
    uint32_t occurrence;             /* among equal ones of its file */
    uint32_t depth;
    enum touch touch;
    bool first_line_touched;
    uint32_t anchor_site, anchor_cause; /* touched lines; 0: none */
    enum fate fate;
    bool hotter;
    bool through; /* a call: the loop around it is taken as this site's */
};

struct site_list {
    struct site *items;
    size_t count, cap;
};

struct place_heat {
    enum heat heat;
    enum heat_evidence evidence;
    enum role role;
    struct view why;
    const struct call *looped;        /* the call in a loop that it runs because of; NULL */
    const struct far_call *far;       /* the same, in another file of the change; NULL */
    const struct native_call *native; /* the same, in Python code, where it is written in Rust; NULL */
};

/* A call in a loop, of something that an import brings. */
struct far_call {
    struct view path; /* dotted: shop.report.send */
    struct view file; /* where the loop stands */
    uint32_t line;
};

struct far_calls {
    struct far_call *items;
    size_t count, cap;
};

struct heat_table; /* compiled marks */
struct latency;

struct run {
    const struct catalogue *catalogue;
    const struct review_options *options;
    struct syntax_limits limits;
    const struct clock *clock;
    struct arena *arena;
    struct file *files;
    size_t file_count, kept_bytes;
    struct site_list heads, bases;
    struct buffer text; /* scratch */
    struct heat_table *heat;
    struct far_calls far_calls;
    struct latency *latency;
    struct models *models;   /* of all files; NULL: there are none but in files of their own */
    struct natives *natives; /* of all files; NULL: there are none */
    struct finding *findings;
    size_t finding_count, finding_cap;
    struct skipped *skipped, *suppressed, *partial;
    size_t skipped_count, skipped_cap, suppressed_count, suppressed_cap, partial_count, partial_cap;
    struct receipt receipt;
    uint64_t parse_ns, facts_ns, rules_ns;
};

/* classify.c: whether a delta is analysed; else why not (the empty view: not a file of ours). */
bool delta_classify(const struct delta *delta, const struct syntax_limits *limits, enum language *language,
                    struct view *why);

/* index_natives.c: fills run.natives. */
NODISCARD
enum err_code run_index_natives(struct run *run, struct err *err);

/* index_models.c: fills run.models. */
NODISCARD
enum err_code run_index_models(struct run *run, struct err *err);

/* source.c */
NODISCARD
enum err_code source_load(struct run *run, struct source *source, struct err *err);
void source_free(struct source *source);
/** The tokens of a node joined by single spaces, without comments; quotes and trailing commas are evened out.
 */
void code_normalise(const struct tree *tree, uint32_t node, struct buffer *out);
NODISCARD
enum err_code source_sites(struct run *run, struct source *source, uint32_t file, struct site_list *out,
                           struct err *err);
bool rule_is_off(const struct review_options *options, const struct rule *rule);
uint64_t function_hash(const struct facts *facts, uint32_t node);

/* touched.c */
NODISCARD
enum err_code file_touched(struct run *run, struct file *file, struct err *err);
bool lines_touched(const struct file *file, uint32_t first, uint32_t last, uint32_t *line);
void site_touch(struct file *file, struct site *site);
/** Whether a predicate whose name ends so is among those of the variant. */
bool variant_asks(const struct variant *variant, struct view predicate);

/* introduced.c: the fate of each site of the heads; sets receipt.already_there and .moved. */
NODISCARD
enum err_code sites_subtract(struct run *run, struct err *err);
/** Whether the base had this code in the same function without the finding. */
NODISCARD
enum err_code site_was_cold(struct run *run, struct file *file, const struct site *site, bool *out,
                            struct err *err);

/* through.c: old lines that the change has run in a loop through a call; adds their findings. */
NODISCARD
enum err_code file_through_calls(struct run *run, struct file *file, struct err *err);

/* suppress.c */
NODISCARD
enum err_code notes_collect(const struct tree *tree, struct arena *arena, struct note_list *out,
                            struct err *err);
/** The note that silences @p rule at @p node; NULL. */
const struct note *notes_suppress(const struct note_list *notes, const struct tree *tree, uint32_t node,
                                  const struct rule *rule);
/** List ids that no rule has, of notes on touched lines. */
NODISCARD
enum err_code notes_check(struct run *run, const struct file *file, const struct note_list *notes,
                          struct err *err);

/** declined.c: whether the authors told another tool that it shall not say there what @p rule says. */
bool peer_declined(const struct tree *tree, uint32_t node, const struct rule *rule);

/* far_calls.c: the calls in loops of a head that was loaded; the one that runs @p function of file @p path.
 */
NODISCARD
enum err_code far_calls_add(struct run *run, const struct file *file, struct err *err);
const struct far_call *far_call_of(const struct far_calls *calls, struct view path, struct view function);

/* heat.c */
NODISCARD
enum err_code heat_table_new(const struct review_options *options, struct arena *arena,
                             struct heat_table **out, struct err *err);
void heat_table_free(struct heat_table *table);
/** Calls that heat_of() may go by from now on; borrowed. */
void heat_table_far(struct heat_table *table, const struct far_calls *calls);
/** Whether a path alone says that its code is cold: tests, migrations, scripts. */
bool heat_path_is_cold(struct view path);
struct place_heat heat_of(const struct heat_table *table, const struct source *source,
                          const struct note_list *notes, uint32_t node);
/** Why, in words: with the line of the call in a loop where that is the reason. */
struct view heat_words(const struct place_heat *place, const struct source *source, struct arena *arena);
/** Whether a finding is shown where it stands; may lower its severity. */
bool heat_allows(const struct review_options *options, const struct variant *variant, const struct rule *rule,
                 const struct place_heat *place, bool in_loop, enum severity *severity);

/* yield.c: whether a rule that this match's rule yields to speaks of the same code. */
bool match_yields(const struct run *run, const struct source *head, const struct note_list *notes,
                  const struct match *match);

/* finding.c: one site's finding, added to the run's or counted as suppressed or held back. */
NODISCARD
enum err_code finding_add(struct run *run, struct file *file, const struct site *site,
                          const struct note_list *notes, struct err *err);
/** A template as CommonMark in which the code of the change cannot break out of its place. */
NODISCARD
enum err_code template_render(struct view text, const struct match *match, const struct source *source,
                              double n, struct arena *arena, struct view *out, struct err *err);

/* patch.c */
NODISCARD
enum err_code finding_patch(struct run *run, struct file *file, const struct site *site, double n,
                            struct finding *finding, struct err *err);

/* rank.c: order, and who is inline. */
void findings_rank(struct finding *findings, size_t count, uint32_t max_comments, enum goal goal);
int finding_compare(const struct finding *a, const struct finding *b, enum goal goal);

/* hypothesis.c */
NODISCARD
enum err_code review_reason(const struct run *run, struct review *review, struct err *err);

/* run.c: growing lists of the review. */
NODISCARD
enum err_code skipped_add(struct run *run, struct skipped **items, size_t *count, size_t *cap,
                          struct view path, struct view why, struct err *err);
