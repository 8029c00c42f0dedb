/* Predicates on text, kinds and the shape of the tree, and what all predicates share: a node that is not
 * there makes them false before their function is asked. */
#include "engine_internal.h"
#include "syntax/python_kinds.h"
#include "syntax/rust_kinds.h"

static bool kind_listed(uint16_t kind, const uint16_t *kinds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kinds[i] == kind)
            return true;
    return false;
}

/* The node that a predicate's argument means now. */
static uint32_t node_of(const struct look *look, uint8_t capture)
{
    const struct loop *loop;
    const struct function *function;

    if (capture < CAPTURES_MAX)
        return look->nodes[capture];
    if (capture == CAPTURE_LOOP && (loop = facts_loop(look->facts, look->nodes[0])) != NULL)
        return loop->node;
    if (capture == CAPTURE_FUNCTION && (function = facts_named_function(look->facts, look->nodes[0])) != NULL)
        return function->node;
    return capture == CAPTURE_FILE ? 0 : NODE_NONE;
}

bool predicate_holds(struct look *look, const struct predicate *predicate)
{
    uint32_t a = node_of(look, predicate->a);
    uint32_t b = node_of(look, predicate->b);
    bool bound =
        (predicate->a == CAPTURE_NONE || a != NODE_NONE) && (predicate->b == CAPTURE_NONE || b != NODE_NONE);

    if (predicate->c != CAPTURE_NONE)
        bound = bound && look->nodes[predicate->c] != NODE_NONE;
    return (bound && predicate->row->holds(look, predicate, a, b)) != predicate->negated;
}

bool program_holds(struct look *look, const struct program *program)
{
    for (uint16_t i = 0; i < program->predicate_count; i++)
        if (!predicate_holds(look, &program->predicates[i]))
            return false;
    return true;
}

static bool one_glob_matches(struct view path, struct view glob)
{
    bool head = glob.ptr[0] == '*', tail = glob.ptr[glob.len - 1] == '*';
    struct view inner = view_slice(glob, head, glob.len - tail);

    if (head && tail)
        return view_find(path, inner, 0) != SIZE_MAX;
    if (inner.len > path.len)
        return false;
    if (head)
        return view_equal(view_slice(path, path.len - inner.len, path.len), inner);
    if (tail)
        return view_equal(view_slice(path, 0, inner.len), inner);
    return view_equal(path, inner);
}

bool glob_matches(struct view path, const struct predicate *predicate)
{
    for (size_t i = 0; path.len > 0 && i < predicate->text_count; i++)
        if (one_glob_matches(path, predicate->texts[i]))
            return true;
    return false;
}

bool holds_eq(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    struct view other = b != NODE_NONE ? node_text(look->tree, b) : predicate->texts[0];
    return view_equal(node_text(look->tree, a), other);
}

bool holds_any_of(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    struct view text = node_text(look->tree, a);
    (void)b;
    for (size_t i = 0; i < predicate->text_count; i++)
        if (view_equal(text, predicate->texts[i]))
            return true;
    return false;
}

bool holds_match(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    return pattern_matches(predicate->regex, node_text(look->tree, a));
}

bool holds_contains(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate;
    return node_within(look->tree, b, a);
}

bool holds_inside(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct function *function = facts_function(look->facts, a);
    uint32_t home = function != NULL ? function->node : NODE_NONE;
    (void)b;
    for (uint32_t at = look->tree->nodes[a].parent; at != NODE_NONE && at != home;
         at = look->tree->nodes[at].parent)
        if (kind_listed(look->tree->nodes[at].kind, predicate->kinds, predicate->kind_count))
            return true;
    return false;
}

bool holds_parent(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    uint32_t parent = look->tree->nodes[a].parent;
    (void)b;
    return parent != NODE_NONE &&
           kind_listed(look->tree->nodes[parent].kind, predicate->kinds, predicate->kind_count);
}

bool holds_origin_text(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct facts *facts = look->facts;
    const struct binding *binding = facts_binding(facts, a);

    (void)b;
    if (binding == NULL)
        return pattern_matches(predicate->regex, node_text(look->tree, a));
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next)
        if (facts->defs[d].value != NODE_NONE &&
            pattern_matches(predicate->regex, node_text(look->tree, facts->defs[d].value)))
            return true;
    return false;
}

bool holds_declared_text(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct facts *facts = look->facts;
    const struct binding *binding = facts_binding(facts, a);
    uint32_t annotation;

    (void)b;
    if (binding == NULL || binding->def_count != 1)
        return false;
    annotation = facts->defs[binding->first_def].annotation;
    return annotation != NODE_NONE && pattern_matches(predicate->regex, node_text(look->tree, annotation));
}

/* The head of a statement: its text up to its body, of an if up to what it does. */
static struct view head_text(const struct tree *tree, uint32_t node)
{
    bool python = tree->language == LANGUAGE_PYTHON;
    uint32_t body = node_field(tree, node, python ? PYTHON_field_body : RUST_field_body);
    uint32_t end;

    if (body == NODE_NONE)
        body = node_field(tree, node, python ? PYTHON_field_consequence : RUST_field_consequence);
    end = body != NODE_NONE ? tree->nodes[body].start : tree->nodes[node].end;
    return view_slice(tree->text, tree->nodes[node].start, end);
}

bool holds_inside_text(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct function *function = facts_function(look->facts, a);
    uint32_t home = function != NULL ? function->node : NODE_NONE;
    (void)b;
    for (uint32_t at = look->tree->nodes[a].parent; at != NODE_NONE && at != home;
         at = look->tree->nodes[at].parent)
        if (look->tree->nodes[at].kind == predicate->kinds[0] &&
            pattern_matches(predicate->regex, head_text(look->tree, at)))
            return true;
    return false;
}

/* Whether code at @p node belongs to @p outer itself and not to a function inside of it. */
static bool same_function(const struct facts *facts, uint32_t node, uint32_t outer)
{
    uint32_t function = facts_context(facts, node)->function;
    return function == facts_context(facts, outer)->function ||
           (function != FACT_NONE &&
            (facts->functions[function].node == outer || facts->functions[function].outer == outer));
}

bool holds_has(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct node *nodes = look->tree->nodes;
    (void)b;
    for (uint32_t at = a + 1; at < nodes[a].next; at++)
        if (kind_listed(nodes[at].kind, predicate->kinds, predicate->kind_count) &&
            same_function(look->facts, at, a))
            return true;
    return false;
}

/* What a call calls: its function, or a macro's name; NODE_NONE for a node that is no call. */
static uint32_t callee(const struct tree *tree, uint32_t node)
{
    uint16_t kind = tree->nodes[node].kind;
    if (tree->language == LANGUAGE_PYTHON)
        return kind == PYTHON_sym_call ? node_field(tree, node, PYTHON_field_function) : NODE_NONE;
    if (kind == RUST_sym_call_expression)
        return node_field(tree, node, RUST_field_function);
    return kind == RUST_sym_macro_invocation ? node_field(tree, node, RUST_field_macro) : NODE_NONE;
}

bool holds_has_path(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    for (uint32_t at = a + 1; at < look->tree->nodes[a].next; at++) {
        uint32_t called = callee(look->tree, at);
        if (called != NODE_NONE && same_function(look->facts, at, a) &&
            glob_matches(look_path(look, called), predicate))
            return true;
    }
    return false;
}

bool holds_first_in(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct node *nodes = look->tree->nodes;

    (void)predicate;
    for (uint32_t at = b + 1; at < a; at++)
        if (nodes[at].kind == nodes[a].kind && same_function(look->facts, at, b))
            return false;
    return true;
}

bool holds_inside_call(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct function *function = facts_named_function(look->facts, a);
    uint32_t home = function != NULL ? function->node : NODE_NONE;

    (void)b;
    for (uint32_t at = look->tree->nodes[a].parent; at != NODE_NONE && at != home;
         at = look->tree->nodes[at].parent) {
        uint32_t called = callee(look->tree, at);
        if (called != NODE_NONE && !node_within(look->tree, a, called) &&
            glob_matches(look_path(look, called), predicate))
            return true;
    }
    return false;
}

/* Kinds that make up literals: whole ones, containers of them, and their pieces. */
static const uint16_t PYTHON_LITERALS[] = {PYTHON_sym_string,
                                           PYTHON_sym_concatenated_string,
                                           PYTHON_sym_integer,
                                           PYTHON_sym_float,
                                           PYTHON_sym_true,
                                           PYTHON_sym_false,
                                           PYTHON_sym_none,
                                           PYTHON_sym_ellipsis,
                                           PYTHON_sym_tuple,
                                           PYTHON_sym_list,
                                           PYTHON_sym_set,
                                           PYTHON_sym_dictionary,
                                           PYTHON_sym_pair,
                                           PYTHON_sym_string_start,
                                           PYTHON_sym_string_content,
                                           PYTHON_sym_string_end,
                                           PYTHON_sym_escape_sequence,
                                           PYTHON_sym_escape_interpolation,
                                           PYTHON_sym_unary_operator,
                                           PYTHON_sym_parenthesized_expression};
static const uint16_t RUST_LITERALS[] = {RUST_sym_string_literal,   RUST_sym_raw_string_literal,
                                         RUST_sym_char_literal,     RUST_sym_integer_literal,
                                         RUST_sym_float_literal,    RUST_sym_boolean_literal,
                                         RUST_sym_negative_literal, RUST_sym_array_expression,
                                         RUST_sym_tuple_expression, RUST_sym_reference_expression,
                                         RUST_sym_unary_expression, RUST_sym_parenthesized_expression,
                                         RUST_sym_string_content,   RUST_sym_raw_string_literal_content,
                                         RUST_sym_escape_sequence};

bool holds_literal(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct node *nodes = look->tree->nodes;
    bool python = look->tree->language == LANGUAGE_PYTHON;
    const uint16_t *kinds = python ? PYTHON_LITERALS : RUST_LITERALS;
    size_t count = python ? COUNT_OF(PYTHON_LITERALS) : COUNT_OF(RUST_LITERALS);

    (void)predicate, (void)b;
    for (uint32_t at = a; at < nodes[a].next; at++)
        if ((nodes[at].flags & (NODE_NAMED | NODE_EXTRA)) == NODE_NAMED &&
            !kind_listed(nodes[at].kind, kinds, count))
            return false;
    return true;
}

/* The path of a decorator or attribute, also of one that is called, by imports or else as written. */
static bool decoration_matches(struct look *look, const struct predicate *predicate, uint32_t decoration)
{
    const struct tree *tree = look->tree;
    uint32_t named = node_first_named(tree, decoration);

    if (named == NODE_NONE)
        return false;
    if (tree->nodes[named].kind == RUST_sym_attribute && tree->language == LANGUAGE_RUST)
        named = node_first_named(tree, named);
    else if (callee(tree, named) != NODE_NONE)
        named = callee(tree, named);
    return named != NODE_NONE && (glob_matches(look_path(look, named), predicate) ||
                                  glob_matches(node_text(tree, named), predicate));
}

bool holds_decorated(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct function *function = facts_named_function(look->facts, a);
    const struct tree *tree = look->tree;
    uint16_t wanted = tree->language == LANGUAGE_PYTHON ? PYTHON_sym_decorator : RUST_sym_attribute_item;

    (void)b;
    if (function == NULL)
        return false;
    for (uint32_t at = function->outer; at < function->node; at++)
        if (tree->nodes[at].kind == wanted && decoration_matches(look, predicate, at))
            return true;
    return false;
}

/* Whether a node of a's kind with the text of a stands in node @p within, other than a itself. */
static bool has_same_text(const struct tree *tree, uint32_t a, uint32_t within)
{
    for (uint32_t i = within; i < tree->nodes[within].next; i++)
        if (i != a && tree->nodes[i].kind == tree->nodes[a].kind &&
            tree->nodes[i].end - tree->nodes[i].start == tree->nodes[a].end - tree->nodes[a].start &&
            view_equal(node_text(tree, i), node_text(tree, a)))
            return true;
    return false;
}

bool holds_text_in_function(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct function *own = facts_named_function(look->facts, a);

    (void)b;
    for (size_t i = 0; i < look->facts->function_count; i++) {
        const struct function *function = &look->facts->functions[i];
        if (function != own && function->name != NODE_NONE && (function->flags & predicate->bits) != 0 &&
            has_same_text(look->tree, a, function->node))
            return true;
    }
    return false;
}

bool holds_single_text(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct function *function = facts_named_function(look->facts, a);

    (void)predicate, (void)b;
    return !has_same_text(look->tree, a, function != NULL ? function->node : 0);
}
