/* Turns an f-string into the arguments of a logging call that formats only what is printed:
 * f"a {x!r} {y:.2f}" becomes "a %r %.2f", x, y. Only where both say the same for every value. */
#include "engine_internal.h"
#include "syntax/python_kinds.h"

struct writer {
    const struct tree *tree;
    struct buffer *format, *arguments;
    size_t argument_count;
};

/* Names, attributes and items of them, and calls: what may stand between commas as it is. */
static bool is_argument(const struct tree *tree, uint32_t node)
{
    switch (tree->nodes[node].kind) {
    case PYTHON_sym_identifier:
    case PYTHON_sym_attribute:
    case PYTHON_sym_subscript:
    case PYTHON_sym_call:
        return view_find_byte(node_text(tree, node), '\n', 0) == SIZE_MAX;
    default:
        return false;
    }
}

static size_t skip_digits(struct view spec, size_t at)
{
    while (at < spec.len && spec.ptr[at] >= '0' && spec.ptr[at] <= '9')
        at++;
    return at;
}

/* A format specifier (with its colon) that printf reads alike: numbers with width and precision; a text
 * without a width, which the two would align on different sides. */
static bool write_specifier(struct view spec, struct buffer *out)
{
    size_t width, at;
    char letter;

    spec = view_slice(spec, 1, spec.len);
    width = skip_digits(spec, 0);
    at = width;
    if (at < spec.len && spec.ptr[at] == '.') {
        at = skip_digits(spec, at + 1);
        if (at == width + 1)
            return false;
    }
    if (at + 1 != spec.len)
        return false;
    letter = spec.ptr[at];
    if (letter == 's' ? width > 0
        : letter == 'd' || letter == 'x' || letter == 'X'
            ? at > width
            : view_find_byte(VIEW("eEfFgG"), letter, 0) == SIZE_MAX)
        return false;
    buffer_add_byte(out, '%');
    buffer_add(out, spec);
    return true;
}

static bool write_interpolation(struct writer *writer, uint32_t node)
{
    const struct tree *tree = writer->tree;
    uint32_t expression = node_field(tree, node, PYTHON_field_expression),
             conversion = node_field(tree, node, PYTHON_field_type_conversion),
             specifier = node_field(tree, node, PYTHON_field_format_specifier);

    if (expression == NODE_NONE || !is_argument(tree, expression) ||
        (conversion != NODE_NONE && specifier != NODE_NONE))
        return false;
    for (uint32_t child = node_first(tree, node); child != NODE_NONE; child = node_sibling(tree, child))
        if (view_is(node_text(tree, child), "=") || (tree->nodes[child].flags & NODE_EXTRA) != 0)
            return false;
    if (specifier != NODE_NONE) {
        if (!write_specifier(node_text(tree, specifier), writer->format))
            return false;
    } else {
        buffer_add_byte(writer->format, '%');
        buffer_add(writer->format,
                   conversion != NODE_NONE ? view_slice(node_text(tree, conversion), 1, 2) : VIEW("s"));
    }
    buffer_add_text(writer->arguments, ", ");
    buffer_add(writer->arguments, node_text(tree, expression));
    writer->argument_count++;
    return true;
}

/* Text between interpolations: doubled braces are one, a per cent sign must be two. */
static void write_text(struct view text, struct buffer *out)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        buffer_add_byte(out, c);
        if (c == '%')
            buffer_add_byte(out, c);
        else if ((c == '{' || c == '}') && i + 1 < text.len && text.ptr[i + 1] == c)
            i++;
    }
}

static bool write_parts(struct writer *writer, uint32_t node)
{
    const struct tree *tree = writer->tree;
    uint32_t at = 0;
    struct view quote = VIEW("");

    for (uint32_t child = node_first(tree, node); child != NODE_NONE; child = node_sibling(tree, child)) {
        const struct node *part = &tree->nodes[child];
        struct view text = node_text(tree, child);
        if (part->kind == PYTHON_sym_string_start) {
            if (text.len != 2 || (text.ptr[0] != 'f' && text.ptr[0] != 'F'))
                return false;
            quote = view_slice(text, 1, 2);
            buffer_add(writer->format, quote);
        } else {
            write_text(view_slice(tree->text, at, part->start), writer->format);
            if (part->kind == PYTHON_sym_interpolation) {
                if (!write_interpolation(writer, child))
                    return false;
            } else if (part->kind == PYTHON_sym_string_content) {
                write_text(text, writer->format);
            }
        }
        at = part->end;
    }
    buffer_add(writer->format, quote);
    return quote.len > 0 && writer->argument_count > 0;
}

bool lazy_format_write(const struct tree *tree, uint32_t node, struct buffer *out)
{
    struct buffer format, arguments;
    struct writer writer = {tree, &format, &arguments, 0};
    bool said;

    if (tree->language != LANGUAGE_PYTHON || tree->nodes[node].kind != PYTHON_sym_string ||
        view_find_byte(node_text(tree, node), '\n', 0) != SIZE_MAX)
        return false;
    buffer_init(&format, out->cap);
    buffer_init(&arguments, out->cap);
    said = write_parts(&writer, node);
    if (said) {
        buffer_add(out, buffer_view(&format));
        buffer_add(out, buffer_view(&arguments));
    }
    said = said && format.failed == ERR_OK && arguments.failed == ERR_OK;
    buffer_deinit(&format);
    buffer_deinit(&arguments);
    return said;
}
