/* Says in words where a value comes from: the statement that defines a name, what kind of name it is. */
#include "engine_internal.h"
#include "syntax/python_kinds.h"
#include "syntax/rust_kinds.h"

enum { LINES_NAMED = 4 }; /* of a name with several definitions */

static const uint16_t PYTHON_PARAMETERS[] = {PYTHON_sym_parameters, PYTHON_sym_lambda_parameters};
static const uint16_t RUST_PARAMETERS[] = {RUST_sym_parameters, RUST_sym_closure_parameters};

static void write_code(struct view text, struct buffer *out)
{
    buffer_add_byte(out, '`');
    folded_write(text, out);
    buffer_add_byte(out, '`');
}

static bool is_parameter_list(const struct tree *tree, uint32_t node)
{
    const uint16_t *kinds = tree->language == LANGUAGE_PYTHON ? PYTHON_PARAMETERS : RUST_PARAMETERS;
    return tree->nodes[node].kind == kinds[0] || tree->nodes[node].kind == kinds[1];
}

/* The whole parameter that binds the name at @p node. */
static struct view parameter_text(const struct tree *tree, uint32_t node)
{
    uint32_t at = node;
    while (tree->nodes[at].parent != NODE_NONE && !is_parameter_list(tree, tree->nodes[at].parent))
        at = tree->nodes[at].parent;
    return node_text(tree, tree->nodes[at].parent != NODE_NONE ? at : node);
}

/* The smallest node that holds the name and its value: the assignment. */
static struct view assignment_text(const struct tree *tree, const struct def *def)
{
    uint32_t at = def->node;
    struct view text;

    while (def->value != NODE_NONE && tree->nodes[at].parent != NODE_NONE &&
           !node_within(tree, def->value, at))
        at = tree->nodes[at].parent;
    text = view_trim(node_text(tree, at));
    if (view_ends(text, ";"))
        text.len--;
    return text;
}

static void write_def(const struct facts *facts, const struct def *def, struct buffer *out)
{
    const struct tree *tree = facts->tree;
    static const char *const words[] = {
        [DEF_LOOP] = "loop variable", [DEF_IMPORT] = "imported",         [DEF_FUNCTION] = "function",
        [DEF_CLASS] = "class",        [DEF_CONTEXT] = "bound by `with`", [DEF_OTHER] = "bound",
    };

    if (def->kind == DEF_PARAMETER) {
        buffer_add_text(out, "parameter ");
        write_code(parameter_text(tree, def->node), out);
    } else if (def->kind < COUNT_OF(words) && words[def->kind] != NULL) {
        buffer_add_text(out, words[def->kind]);
    } else {
        write_code(assignment_text(tree, def), out);
    }
    buffer_add_format(out, ", line %u", tree->nodes[def->node].line);
}

/* "`x`, bound on lines 3, 5 and 9". */
static void write_defs(const struct facts *facts, const struct binding *binding, struct buffer *out)
{
    uint32_t lines[LINES_NAMED], count = 0, more = 0;

    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next) {
        uint32_t line = facts->tree->nodes[facts->defs[d].node].line;
        if (count > 0 && lines[count - 1] == line)
            continue;
        if (count < LINES_NAMED)
            lines[count++] = line;
        else
            more++;
    }
    write_code(facts_binding_name(facts, binding), out);
    buffer_add_text(out, count == 1 && more == 0 ? ", bound on line" : ", bound on lines");
    for (uint32_t i = 0; i < count; i++) {
        const char *before = i == 0 ? " " : i + 1 == count && more == 0 ? " and " : ", ";
        buffer_add_format(out, "%s%u", before, lines[i]);
    }
    if (more > 0)
        buffer_add_format(out, " and %u more", more);
}

void origin_write(struct facts *facts, uint32_t node, struct buffer *out)
{
    const struct binding *binding = facts_binding(facts, node);

    if (binding == NULL || binding->def_count == 0)
        write_code(node_text(facts->tree, node), out);
    else if (binding->def_count == 1)
        write_def(facts, &facts->defs[binding->first_def], out);
    else
        write_defs(facts, binding, out);
}
