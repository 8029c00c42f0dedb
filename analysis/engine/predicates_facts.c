/* Predicates on the facts: loops, types, paths, bindings. Where a fact is not known they are false. */
#include "engine_internal.h"
#include "syntax/python_kinds.h"
#include "syntax/rust_kinds.h"

void look_init(struct look *look, const struct tree *tree, struct facts *facts)
{
    *look = (struct look){.facts = facts, .tree = tree};
    for (size_t i = 0; i < CAPTURES_MAX; i++)
        look->nodes[i] = NODE_NONE;
    for (size_t i = 0; i < LOOK_KEPT; i++)
        look->path_nodes[i] = NODE_NONE;
}

struct view look_path(struct look *look, uint32_t node)
{
    size_t slot = node & (LOOK_KEPT - 1);
    if (look->path_nodes[slot] != node) {
        look->paths[slot] = facts_path(look->facts, node);
        look->path_nodes[slot] = node;
    }
    return look->paths[slot];
}

bool holds_path(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    return glob_matches(look_path(look, a), predicate);
}

bool holds_type(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    return (predicate->bits >> facts_type(look->facts, a)->kind & 1) != 0;
}

bool holds_item_type(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct type *item = facts_type(look->facts, a)->item;
    (void)b;
    return item != NULL && (predicate->bits >> item->kind & 1) != 0;
}

bool holds_in_loop(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_loop(look->facts, a) != NULL;
}

bool holds_loop_depth(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)b;
    return loop != NULL && loop->depth >= predicate->number;
}

bool holds_loop_kind(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)b;
    return loop != NULL && (predicate->bits >> loop->kind & 1) != 0;
}

bool holds_loop_bounded(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct facts *facts = look->facts;
    uint32_t at = facts_context(facts, a)->loop;

    (void)b;
    if (at == FACT_NONE)
        return false;
    for (; at != FACT_NONE; at = facts->loops[at].parent)
        if (facts->loops[at].trips < 0 || facts->loops[at].trips > predicate->number)
            return false;
    return true;
}

bool holds_loop_may_end_early(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)predicate, (void)b;
    return loop != NULL && loop->conditional_exit;
}

bool holds_lives_outside_loop(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)predicate, (void)b;
    /* An expression that hangs on no name, e.g. a call's result, is made where it stands. */
    return loop != NULL && facts_root_name(look->facts, a) != NODE_NONE &&
           !facts_bound_in(look->facts, a, loop);
}

bool holds_lives_outside_loop_anew(struct look *look, const struct predicate *predicate, uint32_t a,
                                   uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)predicate, (void)b;
    return loop != NULL && facts_grows_in(look->facts, a, loop);
}

bool holds_carried(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)predicate, (void)b;
    return loop != NULL && facts_carried(look->facts, a, loop);
}

bool holds_invariant(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)predicate, (void)b;
    return loop != NULL && facts_invariant(look->facts, a, loop);
}

bool holds_uses_loop_target(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)predicate, (void)b;
    return loop != NULL && facts_uses_loop_target(look->facts, a, loop);
}

bool holds_small(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    int64_t length = facts_length(look->facts, a);
    (void)b;
    return length >= 0 && length <= predicate->number;
}

bool holds_async(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_in_async(look->facts, a);
}

bool holds_in_function(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_function(look->facts, a) != NULL;
}

bool holds_function_flag(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct function *function = facts_named_function(look->facts, a);
    (void)b;
    return function != NULL && (function->flags & predicate->bits) != 0;
}

bool holds_same_binding(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct binding *binding = facts_binding(look->facts, a);
    (void)predicate;
    return binding != NULL && binding == facts_binding(look->facts, b);
}

bool holds_pure(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_pure(look->facts, a);
}

bool holds_may_change(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate;
    return facts_may_change(look->facts, a, b);
}

bool holds_unchanged_between(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    return facts_unchanged_between(look->facts, a, b, look->nodes[predicate->c]);
}

bool holds_unchanged_while_used(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate;
    return facts_unchanged_while_used(look->facts, a, b);
}

bool holds_constant(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_constant(look->facts, a);
}

bool holds_repeats(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_repeats(look->facts, a) != NODE_NONE;
}

bool holds_uses_only_in(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate;
    return facts_uses_only_in(look->facts, a, b);
}

bool holds_made_here(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_made_here(look->facts, a);
}

bool holds_uses_read_only(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_uses_read_only(look->facts, a);
}

bool holds_only_searched(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_only_searched(look->facts, a);
}

bool holds_only_iterated(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_only_iterated(look->facts, a);
}

bool holds_escapes(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_escapes(look->facts, a);
}

static bool used_within(const struct facts *facts, const struct binding *binding, uint32_t within)
{
    for (uint32_t use = binding->first_use; use != FACT_NONE; use = facts->uses[use].next)
        if (node_within(facts->tree, facts->uses[use].node, within))
            return true;
    return false;
}

bool holds_used_after(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct facts *facts = look->facts;
    const struct binding *binding = facts_binding(facts, a);
    uint32_t home = facts_context(facts, b)->function, end = look->tree->nodes[b].next;

    (void)predicate;
    if (binding == NULL)
        return false;
    for (uint32_t use = binding->first_use; use != FACT_NONE; use = facts->uses[use].next) {
        uint32_t node = facts->uses[use].node;
        /* Another function that reads it may run at any time. */
        if (node >= end || facts_context(facts, node)->function != home)
            return true;
    }
    /* The next pass of a loop comes after this one, where the variable lives on. */
    for (uint32_t at = facts_context(facts, b)->loop; at != FACT_NONE; at = facts->loops[at].parent)
        if (!facts_bound_in(facts, a, &facts->loops[at]) &&
            used_within(facts, binding, facts->loops[at].node))
            return true;
    return false;
}

bool holds_used_in_loop(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct facts *facts = look->facts;
    const struct binding *binding = facts_binding(facts, a);

    (void)predicate, (void)b;
    for (uint32_t use = binding != NULL ? binding->first_use : FACT_NONE; use != FACT_NONE;
         use = facts->uses[use].next) {
        const struct loop *loop = facts_loop(facts, facts->uses[use].node);
        if (loop != NULL && !facts_bound_in(facts, a, loop))
            return true;
    }
    return false;
}

bool holds_used_in(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct facts *facts = look->facts;
    const struct binding *binding = facts_binding(facts, a);

    for (uint32_t use = binding != NULL ? binding->first_use : FACT_NONE; use != FACT_NONE;
         use = facts->uses[use].next)
        if (holds_inside(look, predicate, facts->uses[use].node, b))
            return true;
    return false;
}

/* Whether nobody takes the function itself: all that is ever done with the name is to call it. */
bool holds_only_called(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct binding *binding = facts_binding(look->facts, a);
    const struct node *nodes = look->tree->nodes;
    uint16_t call = look->tree->language == LANGUAGE_PYTHON ? PYTHON_sym_call : RUST_sym_call_expression;

    (void)predicate, (void)b;
    for (uint32_t use = binding != NULL ? binding->first_use : FACT_NONE; use != FACT_NONE;
         use = look->facts->uses[use].next) {
        uint32_t node = look->facts->uses[use].node;
        if (nodes[nodes[node].parent].kind != call || node != nodes[node].parent + 1)
            return false;
    }
    return binding != NULL && binding->use_count > 0;
}

bool holds_use_count(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct binding *binding = facts_binding(look->facts, a);
    (void)b;
    return binding != NULL && binding->use_count == predicate->number;
}

bool holds_borrowed_only(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_borrowed_only(look->facts, a);
}

bool holds_live_at(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate;
    return facts_live_at(look->facts, a, b);
}

bool holds_sized(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_sized(look->facts, a);
}

/* "pyo3" is imported by pyo3, pyo3::prelude and pyo3.x, but not by pyo3_asyncio. */
static bool below(struct view path, const struct predicate *predicate)
{
    for (size_t i = 0; i < predicate->text_count; i++) {
        struct view name = predicate->texts[i];
        if (path.len >= name.len && view_equal(view_slice(path, 0, name.len), name) &&
            (path.len == name.len || path.ptr[name.len] == '.' || path.ptr[name.len] == ':'))
            return true;
    }
    return false;
}

/* The path that an import names at @p node, bound to a name or not (import a.b binds a, use a::* none). */
static struct view imported_path(const struct tree *tree, uint32_t node)
{
    const struct node *n = &tree->nodes[node];
    uint32_t path = NODE_NONE;

    if (tree->language == LANGUAGE_PYTHON && n->kind == PYTHON_sym_dotted_name && n->parent != NODE_NONE) {
        uint16_t around = tree->nodes[n->parent].kind;
        if (around == PYTHON_sym_import_statement || around == PYTHON_sym_aliased_import ||
            n->field == PYTHON_field_module_name)
            path = node;
    } else if (tree->language == LANGUAGE_RUST) {
        if (n->kind == RUST_sym_use_wildcard)
            path = node_first_named(tree, node);
        else if (n->kind == RUST_sym_scoped_use_list)
            path = node_field(tree, node, RUST_field_path);
    }
    return path != NODE_NONE ? node_text(tree, path) : VIEW("");
}

static bool imports(const struct look *look, const struct predicate *predicate)
{
    for (size_t i = 0; i < look->facts->def_count; i++)
        if (look->facts->defs[i].kind == DEF_IMPORT && below(look->facts->defs[i].path, predicate))
            return true;
    for (uint32_t node = 0; node < look->tree->count; node++)
        if (below(imported_path(look->tree, node), predicate))
            return true;
    return false;
}

/* It is true of the whole file: told once for each predicate. */
bool holds_imports(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    size_t slot = ((uintptr_t)predicate / sizeof(*predicate)) & (LOOK_KEPT - 1);

    (void)a, (void)b;
    if (look->import_predicates[slot] != predicate) {
        look->import_predicates[slot] = predicate;
        look->imported[slot] = imports(look, predicate);
    }
    return look->imported[slot];
}

bool holds_bound(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct facts *facts = look->facts;

    (void)a, (void)b;
    for (size_t i = 0; i < facts->binding_count; i++)
        if (facts->scopes[facts->bindings[i].scope].kind == SCOPE_MODULE &&
            facts->bindings[i].first_def != FACT_NONE &&
            view_equal(facts_binding_name(facts, &facts->bindings[i]), predicate->texts[0]))
            return true;
    return false;
}

bool holds_python(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)a, (void)b;
    return project_has_python(look->facts->project, predicate->major, predicate->minor);
}

bool holds_rust(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)a, (void)b;
    return project_has_rust(look->facts->project, predicate->major, predicate->minor);
}

bool holds_edition(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)a, (void)b;
    return look->facts->project->edition >= predicate->number;
}

bool holds_crate_type(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)a, (void)b;
    return (look->facts->project->crate_types & predicate->bits) != 0;
}

bool holds_depends(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct project *project = look->facts->project;
    struct crate_asked asked;

    (void)a, (void)b;
    for (size_t i = 0; i < predicate->text_count; i++)
        if (look->facts->tree->language == LANGUAGE_RUST
                ? crate_asked_read(predicate->texts[i], &asked) && project_has_crate(project, &asked)
                : project_depends(project, predicate->texts[i]))
            return true;
    return false;
}
