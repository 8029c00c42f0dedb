/* Reads a rule's examples and patches. */
#include "engine/examples.h"
#include "rule_load.h"

static const char *const EXAMPLE_KEYS[] = {"bad",    "good",    "after", "run",     "run-not", "why",
                                           "python", "depends", "rust",  "edition", "beside",  NULL};
static const char *const PATCH_KEYS[] = {"safe", "when", "edits", NULL};
static const char *const EDIT_KEYS[] = {"replace", "through", "replace-each", "all-in", "insert-before",
                                        "with",    NULL};

/* `smallvec`, `pyo3 0.26`, `pyo3/abi3-py38` */
static bool read_crate(struct view text, struct crate *out)
{
    size_t space = view_find_byte(text, ' ', 0);
    struct view rest = VIEW("");

    out->name = view_slice(text, 0, space);
    return out->name.len > 0 && (space == SIZE_MAX || (project_version(view_slice(text, space, text.len),
                                                                       &out->major, &out->minor, &rest) &&
                                                       rest.len == 0));
}

static enum err_code load_depends(struct loader *loader, const struct yaml *depends, struct project *out)
{
    struct arena *arena = loader->catalogue->arena;
    struct view *names;
    struct crate *crates;

    if (depends == NULL)
        return ERR_OK;
    if (depends->kind != YAML_SEQUENCE)
        return yaml_error(depends, loader->err, "a list of names is expected here");
    names = ARENA_ARRAY(arena, struct view, depends->count);
    crates = ARENA_ARRAY(arena, struct crate, depends->count);
    if (names == NULL || crates == NULL)
        return arena_full(arena, loader->err);
    out->dependencies = names;
    out->crates = crates;
    for (const struct yaml *item = depends->first; item != NULL; item = item->next) {
        struct view *name = &names[out->dependency_count++];
        if (load_text(loader, item, name) != ERR_OK)
            return loader->err->code;
        if (loader->rule->language == LANGUAGE_RUST && !read_crate(*name, &crates[out->crate_count++]))
            return yaml_error(item, loader->err, "a crate like \"pyo3 0.26\" is expected here");
    }
    return ERR_OK;
}

static enum err_code load_version(struct loader *loader, const struct yaml *node, uint8_t *major,
                                  uint8_t *minor)
{
    struct view text = {0}, rest;

    if (node == NULL)
        return ERR_OK;
    if (load_text(loader, node, &text) != ERR_OK)
        return loader->err->code;
    if (!project_version(text, major, minor, &rest) || *major == 0 || rest.len > 0)
        return yaml_error(node, loader->err, "a version like \"3.12\" is expected here");
    return ERR_OK;
}

/* What the repository of an example declares: `python: "3.12"`, `depends: [django]`. */
static enum err_code load_project(struct loader *loader, const struct yaml *node, struct project *out)
{
    const struct yaml *edition = yaml_get(node, "edition");
    int64_t number = 0;

    if (load_version(loader, yaml_get(node, "python"), &out->python_major, &out->python_minor) != ERR_OK ||
        load_version(loader, yaml_get(node, "rust"), &out->rust_major, &out->rust_minor) != ERR_OK)
        return loader->err->code;
    if (edition != NULL && yaml_to_int(edition, 2015, UINT16_MAX, &number, loader->err) != ERR_OK)
        return loader->err->code;
    out->edition = (uint16_t)number;
    return load_depends(loader, yaml_get(node, "depends"), out);
}

static enum err_code load_example(struct loader *loader, const struct yaml *node, struct example *out)
{
    const struct yaml *bad, *good, *after, *run, *run_not;

    if (yaml_check_keys(node, EXAMPLE_KEYS, loader->err) != ERR_OK)
        return loader->err->code;
    bad = yaml_get(node, "bad");
    good = yaml_get(node, "good");
    after = yaml_get(node, "after");
    if ((bad == NULL) == (good == NULL))
        return yaml_error(node, loader->err, "an example is either bad or good");
    if (after != NULL && bad == NULL)
        return yaml_key_error(after, loader->err, "only a bad example has an after");
    run = yaml_get(node, "run");
    run_not = yaml_get(node, "run-not");
    if (run != NULL && after == NULL)
        return yaml_key_error(run, loader->err, "only an example with an after can be run");
    if (run_not != NULL && (after == NULL || run != NULL))
        return yaml_key_error(run_not, loader->err, "only an after without a run says why it is not run");
    out->bad = bad != NULL;
    out->line = (bad != NULL ? bad : good)->text_line;
    if (load_text(loader, bad != NULL ? bad : good, &out->text) != ERR_OK ||
        load_text(loader, after, &out->after) != ERR_OK || load_text(loader, run, &out->run) != ERR_OK ||
        load_text(loader, run_not, &out->run_not) != ERR_OK ||
        load_text(loader, yaml_get(node, "why"), &out->why) != ERR_OK ||
        load_text(loader, yaml_get(node, "beside"), &out->beside) != ERR_OK ||
        load_project(loader, node, &out->project) != ERR_OK)
        return loader->err->code;
    if ((example_expected(out->text, 0) > 0) != out->bad)
        return yaml_error(bad != NULL ? bad : good, loader->err,
                          out->bad ? "no line of this bad example ends with the comment 'expect'"
                                   : "a good example expects nothing");
    return ERR_OK;
}

enum err_code load_examples(struct loader *loader, const struct yaml *node)
{
    struct arena *arena = loader->catalogue->arena;
    struct example *examples;
    size_t bad = 0;

    if (node->kind != YAML_SEQUENCE)
        return yaml_error(node, loader->err, "a list of examples is expected here");
    examples = ARENA_ARRAY(arena, struct example, node->count);
    if (examples == NULL)
        return arena_full(arena, loader->err);
    loader->rule->examples = examples;
    for (const struct yaml *item = node->first; item != NULL; item = item->next) {
        struct example *example = &examples[loader->rule->example_count++];
        if (load_example(loader, item, example) != ERR_OK)
            return loader->err->code;
        bad += example->bad;
    }
    if (bad == 0 || bad == loader->rule->example_count)
        return yaml_error(node, loader->err, "at least one bad and one good example are needed");
    return ERR_OK;
}

/* A node of an edit: a capture that is bound here, or, where @p around allows, the loop or function. */
static enum err_code load_target(struct loader *loader, const struct yaml *node, uint32_t captures,
                                 bool around, struct view *out)
{
    uint8_t capture;

    if (load_text(loader, node, out) != ERR_OK)
        return loader->err->code;
    capture = capture_find(loader->rule->captures, loader->rule->capture_count, *out);
    if (capture != CAPTURE_NONE && (captures >> capture & 1) != 0)
        return ERR_OK;
    if (around && (view_is(*out, "loop") || view_is(*out, "function")))
        return ERR_OK;
    return yaml_error(node, loader->err, "no node is captured as '%.*s' here", VIEW_ARG(*out));
}

/* What kind of edit it is, and the node that it is about. */
static enum err_code load_action(struct loader *loader, const struct yaml *node, uint32_t captures,
                                 struct rule_edit *out)
{
    const struct yaml *replace = yaml_get(node, "replace"), *each = yaml_get(node, "replace-each"),
                      *insert = yaml_get(node, "insert-before"), *all = yaml_get(node, "all-in");

    if ((replace != NULL) + (each != NULL) + (insert != NULL) != 1)
        return yaml_error(node, loader->err,
                          "an edit has one of 'replace', 'replace-each' and 'insert-before'");
    if ((each != NULL) != (all != NULL))
        return yaml_error(node, loader->err, "'replace-each' and 'all-in' stand together");
    if (insert != NULL) {
        out->action = EDIT_INSERT_BEFORE;
        return load_target(loader, insert, captures, true, &out->at);
    }
    if (replace != NULL) {
        out->action = EDIT_REPLACE;
        return load_target(loader, replace, captures, false, &out->at);
    }
    out->action = EDIT_REPLACE_EACH;
    if (check_template(loader, each, captures) != ERR_OK || load_text(loader, each, &out->like) != ERR_OK)
        return loader->err->code;
    return load_target(loader, all, captures, true, &out->at);
}

static enum err_code load_edit(struct loader *loader, const struct yaml *node, uint32_t captures,
                               struct rule_edit *out)
{
    const struct yaml *through, *with;

    if (yaml_check_keys(node, EDIT_KEYS, loader->err) != ERR_OK ||
        load_action(loader, node, captures, out) != ERR_OK)
        return loader->err->code;
    through = yaml_get(node, "through");
    if (through != NULL && out->action != EDIT_REPLACE)
        return yaml_key_error(through, loader->err, "only a replacement has a through");
    if ((through != NULL && load_target(loader, through, captures, false, &out->through) != ERR_OK) ||
        load_required(loader, node, "with", &with) != ERR_OK ||
        check_template(loader, with, captures) != ERR_OK)
        return loader->err->code;
    return load_text(loader, with, &out->with);
}

static enum err_code load_when(struct loader *loader, const struct yaml *node, struct rule_patch *out)
{
    struct view text = {0};
    struct place place;

    if (node == NULL)
        return ERR_OK;
    if (load_text(loader, node, &text) != ERR_OK)
        return loader->err->code;
    place = place_of(node, loader->source->text);
    return predicates_compile(&loader->compile, text, &place, &out->when, loader->err);
}

enum err_code load_patch(struct loader *loader, const struct yaml *node, uint32_t captures,
                         struct rule_patch *out)
{
    const struct yaml *safe, *edits;

    if (node == NULL)
        return ERR_OK;
    if (yaml_check_keys(node, PATCH_KEYS, loader->err) != ERR_OK)
        return loader->err->code;
    safe = yaml_get(node, "safe");
    if ((safe != NULL && yaml_to_bool(safe, &out->safe, loader->err) != ERR_OK) ||
        load_when(loader, yaml_get(node, "when"), out) != ERR_OK ||
        load_required(loader, node, "edits", &edits) != ERR_OK)
        return loader->err->code;
    if (edits->kind != YAML_SEQUENCE || edits->count == 0 || edits->count > RULE_EDITS_MAX)
        return yaml_error(edits, loader->err, "a list of one to %d edits is expected here", RULE_EDITS_MAX);
    for (const struct yaml *edit = edits->first; edit != NULL; edit = edit->next)
        if (load_edit(loader, edit, captures, &out->edits[out->edit_count++]) != ERR_OK)
            return loader->err->code;
    out->present = true;
    return ERR_OK;
}
