/* Reads one rule file: what must be there is, every word is one that is known, and all that can be
 * compiled or checked before a match is. The rest of the program then need not look at it again. */
#include "rule_load.h"
#include <string.h>

static const char *const RULE_KEYS[] = {
    "id",      "title", "checklist", "subject",   "lever", "severity", "confidence", "tier",
    "cold",    "match", "where",     "evidence",  "cost",  "fix",      "impact",     "tradeoffs",
    "measure", "patch", "yields-to", "outermost", "peers", "examples", NULL};
static const char *const VARIANT_KEYS[] = {"pattern", "where", "evidence", "confidence", "severity", "tier",
                                           "cost",    "fix",   "impact",   "patch",      NULL};
static const char *const COST_KEYS[] = {"before", "after", NULL};

/* The packs: the folder of a rule's file and the prefix of its id. */
static const struct pack {
    const char *folder, *prefix;
    enum language language;
    bool pyo3;
} PACKS[] = {
    {"python", "py-", LANGUAGE_PYTHON, false},
    {"rust", "rs-", LANGUAGE_RUST, false},
    {"pyo3", "pyo3-", LANGUAGE_RUST, true},
};

enum { ID_MAX = 64 };

enum err_code load_text(struct loader *loader, const struct yaml *node, struct view *out)
{
    struct view text;

    if (node == NULL)
        return ERR_OK;
    if (yaml_to_text(node, &text, loader->err) != ERR_OK)
        return loader->err->code;
    return arena_copy(loader->catalogue->arena, text, out, loader->err);
}

enum err_code load_required(struct loader *loader, const struct yaml *mapping, const char *key,
                            const struct yaml **out)
{
    *out = yaml_get(mapping, key);
    return *out != NULL ? ERR_OK : yaml_error(mapping, loader->err, "the key '%s' is missing", key);
}

/* A word of a table that ends with NULL; where @p node is NULL, *out stays. */
static enum err_code load_word(struct loader *loader, const struct yaml *node, const char *const *words,
                               const char *what, int *out)
{
    const char *near;

    if (node == NULL)
        return ERR_OK;
    for (int i = 0; words[i] != NULL; i++)
        if (node->kind == YAML_SCALAR && view_is(node->text, words[i])) {
            *out = i;
            return ERR_OK;
        }
    if (node->kind != YAML_SCALAR)
        return yaml_error(node, loader->err, "a word for the %s is expected here", what);
    near = yaml_nearest(node->text, words);
    if (near != NULL)
        return yaml_error(node, loader->err, "unknown %s '%.*s'; did you mean '%s'?", what,
                          VIEW_ARG(node->text), near);
    return yaml_error(node, loader->err, "unknown %s '%.*s'", what, VIEW_ARG(node->text));
}

/* The words of an enum, for load_word. */
#define WORDS(name, function, count)                                                                         \
    const char *name[(count) + 1] = {0};                                                                     \
    for (int word_ = 0; word_ < (int)(count); word_++)                                                       \
    name[word_] = function(word_)

static const char *lever_word(int i)
{
    return lever_name((enum lever)i);
}

static const char *severity_word(int i)
{
    return severity_name((enum severity)i);
}

static const char *confidence_word(int i)
{
    return confidence_name((enum confidence)i);
}

static const char *tier_word(int i)
{
    return tier_name((enum tier)i);
}

static enum err_code load_grades(struct loader *loader, const struct yaml *mapping, struct variant *out)
{
    WORDS(severities, severity_word, SEVERITY_COUNT);
    WORDS(confidences, confidence_word, CONFIDENCE_COUNT);
    WORDS(tiers, tier_word, TIER_COUNT);
    int severity = (int)out->severity, confidence = (int)out->confidence, tier = (int)out->tier;

    if (load_word(loader, yaml_get(mapping, "severity"), severities, "severity", &severity) != ERR_OK ||
        load_word(loader, yaml_get(mapping, "confidence"), confidences, "confidence", &confidence) !=
            ERR_OK ||
        load_word(loader, yaml_get(mapping, "tier"), tiers, "tier", &tier) != ERR_OK)
        return loader->err->code;
    out->severity = (enum severity)severity;
    out->confidence = (enum confidence)confidence;
    out->tier = (enum tier)tier;
    return ERR_OK;
}

static struct view last_segment(struct view *path)
{
    struct view segment = *path;
    for (size_t i = path->len; i-- > 0;)
        if (path->ptr[i] == '/') {
            segment = view_slice(*path, i + 1, path->len);
            path->len = i;
            return segment;
        }
    path->len = 0;
    return segment;
}

static const struct pack *pack_of(struct view id)
{
    for (size_t i = 0; i < COUNT_OF(PACKS); i++)
        if (view_starts(id, PACKS[i].prefix) && id.len > strlen(PACKS[i].prefix))
            return &PACKS[i];
    return NULL;
}

static bool is_id(struct view id)
{
    for (size_t i = 0; i < id.len; i++)
        if (!((id.ptr[i] >= 'a' && id.ptr[i] <= 'z') || (id.ptr[i] >= '0' && id.ptr[i] <= '9') ||
              (id.ptr[i] == '-' && i > 0 && id.ptr[i - 1] != '-' && i + 1 < id.len)))
            return false;
    return id.len > 0 && id.len <= ID_MAX;
}

/* The id names the file, and its prefix the folder, where the folder is one of the packs. */
static enum err_code load_id(struct loader *loader)
{
    struct view path = loader->source->name, file = last_segment(&path), folder = last_segment(&path), id;
    const struct yaml *node;
    const struct pack *pack;

    if (load_required(loader, loader->root, "id", &node) != ERR_OK || load_text(loader, node, &id) != ERR_OK)
        return loader->err->code;
    if (!is_id(id))
        return yaml_error(node, loader->err,
                          "an id is made of lower-case words joined by '-', at most %d bytes", ID_MAX);
    pack = pack_of(id);
    if (pack == NULL)
        return yaml_error(node, loader->err, "an id starts with 'py-', 'rs-' or 'pyo3-'");
    if (file.len != id.len + 5 || !view_starts(file, id.ptr) || !view_ends(file, ".yaml"))
        return yaml_error(node, loader->err, "the file of the rule '%.*s' must be named %.*s.yaml",
                          VIEW_ARG(id), VIEW_ARG(id));
    for (size_t i = 0; i < COUNT_OF(PACKS); i++)
        if (view_is(folder, PACKS[i].folder) && &PACKS[i] != pack)
            return yaml_error(node, loader->err, "a rule in %s/ has an id that starts with '%s'",
                              PACKS[i].folder, PACKS[i].prefix);
    loader->rule->id = id;
    loader->rule->language = pack->language;
    loader->rule->pyo3 = pack->pyo3;
    return ERR_OK;
}

/* A row of the checklist: a letter and a number, or "-". */
static enum err_code load_checklist(struct loader *loader)
{
    const struct yaml *node;
    struct view text = {0};
    uint64_t number;

    if (load_required(loader, loader->root, "checklist", &node) != ERR_OK ||
        load_text(loader, node, &text) != ERR_OK)
        return loader->err->code;
    if (!view_is(text, "-") && (text.len < 2 || text.len > 3 || memchr("PRO", text.ptr[0], 3) == NULL ||
                                !view_to_u64(view_slice(text, 1, text.len), &number) || number == 0))
        return yaml_error(node, loader->err, "a row of the checklist is expected here, e.g. P1, or -");
    loader->rule->checklist = text;
    return ERR_OK;
}

static enum err_code load_title(struct loader *loader)
{
    const struct yaml *node;
    struct view title = {0};

    if (load_required(loader, loader->root, "title", &node) != ERR_OK ||
        load_text(loader, node, &title) != ERR_OK)
        return loader->err->code;
    if (title.len == 0 || view_find_byte(title, '\n', 0) != SIZE_MAX || view_ends(title, "."))
        return yaml_error(node, loader->err, "a title is one line without a full stop");
    loader->rule->title = title;
    return ERR_OK;
}

/* A list of names under @p key; none where the key is missing. */
static enum err_code load_names(struct loader *loader, const char *key, const struct view **out,
                                size_t *count)
{
    const struct yaml *node = yaml_get(loader->root, key);
    struct view *names;

    if (node == NULL)
        return ERR_OK;
    if (node->kind != YAML_SEQUENCE)
        return yaml_error(node, loader->err, "a list of names is expected here");
    names = ARENA_ARRAY(loader->catalogue->arena, struct view, node->count);
    if (names == NULL)
        return arena_full(loader->catalogue->arena, loader->err);
    *out = names;
    for (const struct yaml *item = node->first; item != NULL; item = item->next)
        if (load_text(loader, item, &names[(*count)++]) != ERR_OK)
            return loader->err->code;
    return ERR_OK;
}

/* The rules to which this one yields: other ids, not its own. */
static enum err_code load_yields(struct loader *loader)
{
    struct rule *rule = loader->rule;

    if (load_names(loader, "yields-to", &rule->yields, &rule->yield_count) != ERR_OK)
        return loader->err->code;
    for (size_t i = 0; i < rule->yield_count; i++)
        if (!is_id(rule->yields[i]) || view_equal(rule->yields[i], rule->id))
            return yaml_error(yaml_get(loader->root, "yields-to"), loader->err,
                              "'%.*s' is no id of another rule", VIEW_ARG(rule->yields[i]));
    return ERR_OK;
}

static enum err_code load_head(struct loader *loader)
{
    struct rule *rule = loader->rule;
    const struct yaml *node, *tradeoffs, *measure;
    WORDS(levers, lever_word, LEVER_COUNT);
    static const char *const colds[] = {"keep", NULL};
    int lever = 0, cold = -1;

    if (load_id(loader) != ERR_OK || load_title(loader) != ERR_OK || load_checklist(loader) != ERR_OK ||
        load_required(loader, loader->root, "lever", &node) != ERR_OK ||
        load_word(loader, node, levers, "lever", &lever) != ERR_OK ||
        load_word(loader, yaml_get(loader->root, "cold"), colds, "value", &cold) != ERR_OK ||
        load_required(loader, loader->root, "tradeoffs", &tradeoffs) != ERR_OK ||
        load_text(loader, tradeoffs, &rule->tradeoffs) != ERR_OK ||
        load_required(loader, loader->root, "measure", &measure) != ERR_OK ||
        load_text(loader, measure, &rule->measure) != ERR_OK ||
        load_names(loader, "peers", &rule->peers, &rule->peer_count) != ERR_OK ||
        load_yields(loader) != ERR_OK)
        return loader->err->code;
    rule->lever = (enum lever)lever;
    rule->keep_when_cold = cold == 0 || rule->lever == LEVER_ALGORITHM;
    return arena_copy(loader->catalogue->arena, loader->source->name, &rule->file, loader->err);
}

/* A key of the variant, or else of the rule. @p own is NULL where the rule itself is the variant. */
static const struct yaml *variant_key(const struct loader *loader, const struct yaml *own, const char *key)
{
    const struct yaml *node = yaml_get(own, key);
    return node != NULL ? node : yaml_get(loader->root, key);
}

static enum err_code load_cost(struct loader *loader, const struct yaml *node, uint32_t captures,
                               struct variant *out)
{
    const struct yaml *before, *after;

    if (node == NULL)
        return ERR_OK;
    if (yaml_check_keys(node, COST_KEYS, loader->err) != ERR_OK ||
        load_required(loader, node, "before", &before) != ERR_OK ||
        load_required(loader, node, "after", &after) != ERR_OK ||
        check_formula(loader, before, captures) != ERR_OK ||
        check_formula(loader, after, captures) != ERR_OK ||
        load_text(loader, before, &out->cost_before) != ERR_OK)
        return loader->err->code;
    return load_text(loader, after, &out->cost_after);
}

static enum err_code load_variant_texts(struct loader *loader, const struct yaml *own, uint32_t captures,
                                        struct variant *out)
{
    const struct yaml *evidence = variant_key(loader, own, "evidence"),
                      *fix = variant_key(loader, own, "fix"), *impact = variant_key(loader, own, "impact");

    if (evidence == NULL &&
        load_required(loader, own != NULL ? own : loader->root, "evidence", &evidence) != ERR_OK)
        return loader->err->code;
    if (fix == NULL && load_required(loader, own != NULL ? own : loader->root, "fix", &fix) != ERR_OK)
        return loader->err->code;
    if (load_text(loader, evidence, &out->evidence) != ERR_OK ||
        load_text(loader, fix, &out->fix) != ERR_OK || load_text(loader, impact, &out->impact) != ERR_OK ||
        check_template(loader, evidence, captures) != ERR_OK ||
        check_template(loader, fix, captures) != ERR_OK ||
        check_template(loader, impact, captures) != ERR_OK ||
        check_template(loader, yaml_get(loader->root, "measure"), captures) != ERR_OK)
        return loader->err->code;
    return load_cost(loader, variant_key(loader, own, "cost"), captures, out);
}

/* What `where` of the rule and of the variant add to each of its patterns. */
static enum err_code load_wheres(struct loader *loader, const struct yaml *own, struct variant *out)
{
    const struct yaml *nodes[WHERES_MAX] = {yaml_get(loader->root, "where"), yaml_get(own, "where")};

    for (size_t i = 0; i < WHERES_MAX; i++) {
        loader->compile.wheres[i] = (struct where){0};
        if (nodes[i] == NULL)
            continue;
        loader->compile.wheres[i].place = place_of(nodes[i], loader->source->text);
        if (load_text(loader, nodes[i], &out->wheres[i]) != ERR_OK)
            return loader->err->code;
        loader->compile.wheres[i].text = out->wheres[i];
    }
    return ERR_OK;
}

/* Compile the pattern and enter its programs; the captures that any of them may bind. */
static enum err_code load_pattern(struct loader *loader, const struct yaml *own, const struct yaml *node,
                                  struct variant *out, uint32_t *captures)
{
    struct catalogue *catalogue = loader->catalogue;
    struct place place = place_of(node, loader->source->text);
    struct program_list programs = {0};

    if (load_text(loader, node, &out->pattern) != ERR_OK || load_wheres(loader, own, out) != ERR_OK ||
        pattern_compile(&loader->compile, out->pattern, &place, &programs, loader->err) != ERR_OK)
        return loader->err->code;
    out->pattern_line = place.line;
    *captures = 0;
    for (size_t i = 0; i < programs.count; i++) {
        if (arena_grow(catalogue->arena, (void **)&catalogue->entries, catalogue->entry_count,
                       &catalogue->entry_cap, sizeof(*catalogue->entries), loader->err) != ERR_OK)
            return loader->err->code;
        catalogue->entries[catalogue->entry_count++] = (struct entry){loader->rule, out, programs.items[i]};
        *captures |= programs.items[i]->captures;
    }
    return ERR_OK;
}

static enum err_code load_variant(struct loader *loader, const struct yaml *own, const struct yaml *pattern,
                                  struct variant *out)
{
    uint32_t captures = 0;

    out->severity = SEVERITY_LOW;
    out->confidence = CONFIDENCE_HIGH;
    out->tier = TIER_DEFAULT;
    if (load_grades(loader, loader->root, out) != ERR_OK ||
        (own != NULL && load_grades(loader, own, out) != ERR_OK) ||
        load_pattern(loader, own, pattern, out, &captures) != ERR_OK ||
        load_variant_texts(loader, own, captures, out) != ERR_OK)
        return loader->err->code;
    return load_patch(loader, variant_key(loader, own, "patch"), captures, &out->patch);
}

static enum err_code load_variants(struct loader *loader)
{
    struct arena *arena = loader->catalogue->arena;
    const struct yaml *match, *severity, *pattern;
    struct variant *variants;

    if (load_required(loader, loader->root, "severity", &severity) != ERR_OK ||
        load_required(loader, loader->root, "match", &match) != ERR_OK)
        return loader->err->code;
    if (match->kind == YAML_MAPPING || (match->kind == YAML_SEQUENCE && match->count == 0))
        return yaml_error(match, loader->err, "a pattern or a list of variants is expected here");
    if (match->count > RULE_VARIANTS_MAX)
        return yaml_error(match, loader->err, "a rule has at most %d variants", RULE_VARIANTS_MAX);
    variants = ARENA_ARRAY(arena, struct variant, match->count > 0 ? match->count : 1);
    if (variants == NULL)
        return arena_full(arena, loader->err);
    loader->rule->variants = variants;
    if (match->kind == YAML_SCALAR) {
        loader->rule->variant_count = 1;
        return load_variant(loader, NULL, match, &variants[0]);
    }
    for (const struct yaml *own = match->first; own != NULL; own = own->next)
        if (yaml_check_keys(own, VARIANT_KEYS, loader->err) != ERR_OK ||
            load_required(loader, own, "pattern", &pattern) != ERR_OK ||
            load_variant(loader, own, pattern, &variants[loader->rule->variant_count++]) != ERR_OK)
            return loader->err->code;
    return ERR_OK;
}

/* What is kept of several matches. A subject names a capture, so it is read when the patterns are. */
static enum err_code load_selection(struct loader *loader)
{
    const struct yaml *node = yaml_get(loader->root, "subject"),
                      *outermost = yaml_get(loader->root, "outermost");
    struct rule *rule = loader->rule;
    struct view name;
    uint8_t capture;

    rule->subject = CAPTURES_MAX;
    if (outermost != NULL && yaml_to_bool(outermost, &rule->outermost, loader->err) != ERR_OK)
        return loader->err->code;
    if (node == NULL)
        return ERR_OK;
    if (yaml_to_text(node, &name, loader->err) != ERR_OK)
        return loader->err->code;
    capture = capture_find(rule->captures, rule->capture_count, name);
    if (capture == CAPTURE_NONE)
        return yaml_error(node, loader->err, "no node is captured as '%.*s'", VIEW_ARG(name));
    rule->subject = capture;
    return ERR_OK;
}

enum err_code rule_load(struct catalogue *catalogue, const struct rule_source *source, struct arena *scratch,
                        struct err *err)
{
    struct loader loader = {.catalogue = catalogue, .scratch = scratch, .source = source, .err = err};
    const struct yaml *examples;
    enum err_code code = yaml_parse(source->text, source->name, scratch, &loader.root, err);

    if (code != ERR_OK)
        return code;
    loader.rule = ARENA_NEW(catalogue->arena, struct rule);
    if (loader.rule == NULL)
        return arena_full(catalogue->arena, err);
    loader.rule->captures[0] = VIEW("site");
    loader.rule->capture_count = 1;
    if (yaml_check_keys(loader.root, RULE_KEYS, err) != ERR_OK || load_head(&loader) != ERR_OK)
        return err->code;
    loader.compile = (struct compile){.arena = catalogue->arena,
                                      .language = loader.rule->language,
                                      .captures = loader.rule->captures,
                                      .capture_count = &loader.rule->capture_count,
                                      .regexes = &catalogue->regexes,
                                      .words = &catalogue->words};
    if (load_variants(&loader) != ERR_OK || load_selection(&loader) != ERR_OK ||
        load_required(&loader, loader.root, "examples", &examples) != ERR_OK ||
        load_examples(&loader, examples) != ERR_OK ||
        arena_grow(catalogue->arena, (void **)&catalogue->rules, catalogue->rule_count, &catalogue->rule_cap,
                   sizeof(*catalogue->rules), err) != ERR_OK)
        return err->code;
    catalogue->rules[catalogue->rule_count++] = loader.rule;
    return ERR_OK;
}
