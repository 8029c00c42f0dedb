/* The files in which Python projects declare versions and dependencies. Sources: PEP 440, 508, 621 and 735,
 * the documentation of setuptools (setup.cfg), Poetry and pbr. */
#include "base/toml.h"
#include "facts/project_internal.h"
#include "syntax/python_kinds.h"
#include <string.h>

static bool keys_are(const struct toml_scalar *scalar, size_t count, const char *const *names)
{
    for (size_t i = 0; i < count; i++)
        if (i >= scalar->key_count || (names[i] != NULL && !view_is(scalar->keys[i], names[i])))
            return false;
    return true;
}

/* A NULL stands for any key. */
#define KEYS_ARE(scalar, ...)                                                                                \
    keys_are((scalar), COUNT_OF(((const char *const[]){__VA_ARGS__})), (const char *const[]){__VA_ARGS__})

static enum err_code pyproject_found(void *ctx, const struct toml_scalar *scalar, struct err *err)
{
    struct declared *declared = ctx;
    struct view last = scalar->keys[scalar->key_count - 1];

    if (KEYS_ARE(scalar, "tool", "poetry", "dependencies", "python")) {
        if (scalar->key_count == 4 || view_is(last, "version"))
            declared_add_range(declared, scalar->text);
        return ERR_OK;
    }
    if (KEYS_ARE(scalar, "tool", "poetry", "dependencies", NULL))
        return declared_add_requirement(declared, scalar->keys[3], err);
    if (!scalar->quoted)
        return ERR_OK;
    if (scalar->key_count == 2 && KEYS_ARE(scalar, "project", "requires-python"))
        declared_add_range(declared, scalar->text);
    else if (scalar->key_count == 2 && KEYS_ARE(scalar, "project", "classifiers"))
        declared_add_classifier(declared, scalar->text);
    else if ((scalar->key_count == 2 && KEYS_ARE(scalar, "project", "dependencies")) ||
             (scalar->key_count == 3 && KEYS_ARE(scalar, "project", "optional-dependencies")))
        return declared_add_requirement(declared, scalar->text, err);
    return ERR_OK;
}

enum err_code pyproject_read(struct declared *declared, struct view text, const struct syntax_limits *limits,
                             const struct clock *clock, struct err *err)
{
    (void)limits, (void)clock;
    return toml_read(text, declared->arena, pyproject_found, declared, err);
}

/* One value of setup.cfg, or one line of it. */
static enum err_code setup_cfg_value(struct declared *declared, struct view section, struct view key,
                                     struct view value, struct err *err)
{
    bool options = view_is(section, "options"), metadata = view_is(section, "metadata");

    if (value.len == 0 || view_starts(value, "file:") || view_starts(value, "attr:"))
        return ERR_OK;
    if ((options || metadata) && (view_is(key, "python_requires") || view_is(key, "python-requires")))
        declared_add_range(declared, value);
    else if (metadata && (view_is(key, "classifiers") || view_is(key, "classifier")))
        declared_add_classifier(declared, value);
    else if ((options && view_is(key, "install_requires")) || view_is(section, "options.extras_require"))
        return declared_add_requirement(declared, value, err);
    return ERR_OK;
}

enum err_code setup_cfg_read(struct declared *declared, struct view text, const struct syntax_limits *limits,
                             const struct clock *clock, struct err *err)
{
    struct view line, section = VIEW(""), key = VIEW("");
    enum err_code code = ERR_OK;

    (void)limits, (void)clock;
    while (code == ERR_OK && view_split(&text, '\n', &line)) {
        struct view value = view_trim(line);
        size_t sign;

        if (value.len == 0 || value.ptr[0] == '#' || value.ptr[0] == ';')
            continue;
        if (line.ptr[0] != ' ' && line.ptr[0] != '\t') {
            key = VIEW("");
            if (value.ptr[0] == '[') {
                section = view_trim(view_slice(value, 1, view_find_byte(value, ']', 0)));
                continue;
            }
            for (sign = 0; sign < value.len && value.ptr[sign] != '=' && value.ptr[sign] != ':';)
                sign++;
            key = view_trim(view_slice(value, 0, sign));
            value = view_trim(view_slice(value, sign + 1, value.len));
        }
        code = setup_cfg_value(declared, section, key, value, err);
    }
    return code;
}

/* The text of a plain string literal; the empty view for f-strings and anything else. */
static struct view literal_text(const struct tree *tree, uint32_t node)
{
    struct view text = VIEW("");

    if (node == NODE_NONE || tree->nodes[node].kind != PYTHON_sym_string)
        return text;
    for (uint32_t child = node_first_named(tree, node); child != NODE_NONE;
         child = node_sibling_named(tree, child)) {
        if (tree->nodes[child].kind == PYTHON_sym_interpolation)
            return VIEW("");
        if (tree->nodes[child].kind == PYTHON_sym_string_content)
            text = node_text(tree, child);
    }
    return text;
}

static enum err_code add_requirements(struct declared *declared, const struct tree *tree, uint32_t list,
                                      struct err *err)
{
    enum err_code code = ERR_OK;

    if (tree->nodes[list].kind != PYTHON_sym_list && tree->nodes[list].kind != PYTHON_sym_tuple)
        return ERR_OK;
    for (uint32_t item = node_first_named(tree, list); item != NODE_NONE && code == ERR_OK;
         item = node_sibling_named(tree, item))
        code = declared_add_requirement(declared, literal_text(tree, item), err);
    return code;
}

static bool is_argument_of_setup(const struct tree *tree, uint32_t keyword)
{
    uint32_t arguments = tree->nodes[keyword].parent;
    uint32_t call = arguments != NODE_NONE ? tree->nodes[arguments].parent : NODE_NONE;
    uint32_t function;

    if (call == NODE_NONE || tree->nodes[call].kind != PYTHON_sym_call)
        return false;
    function = node_field(tree, call, PYTHON_field_function);
    return function != NODE_NONE &&
           (view_is(node_text(tree, function), "setup") || view_ends(node_text(tree, function), ".setup"));
}

static enum err_code setup_argument(struct declared *declared, const struct tree *tree, uint32_t keyword,
                                    struct err *err)
{
    uint32_t name_node = node_field(tree, keyword, PYTHON_field_name);
    uint32_t value = node_field(tree, keyword, PYTHON_field_value);
    struct view name;
    enum err_code code = ERR_OK;

    if (name_node == NODE_NONE || value == NODE_NONE)
        return ERR_OK;
    name = node_text(tree, name_node);
    if (view_is(name, "python_requires"))
        declared_add_range(declared, literal_text(tree, value));
    else if (view_is(name, "install_requires"))
        return add_requirements(declared, tree, value, err);
    for (uint32_t item = node_first_named(tree, value); item != NODE_NONE && code == ERR_OK;
         item = node_sibling_named(tree, item)) {
        if (view_is(name, "classifiers"))
            declared_add_classifier(declared, literal_text(tree, item));
        else if (view_is(name, "extras_require") && tree->nodes[item].kind == PYTHON_sym_pair &&
                 node_field(tree, item, PYTHON_field_value) != NODE_NONE)
            code = add_requirements(declared, tree, node_field(tree, item, PYTHON_field_value), err);
    }
    return code;
}

enum err_code setup_py_read(struct declared *declared, struct view text, const struct syntax_limits *limits,
                            const struct clock *clock, struct err *err)
{
    struct tree *tree = NULL;
    enum err_code code = tree_parse(LANGUAGE_PYTHON, text, limits, clock, declared->arena, &tree, err);

    for (uint32_t i = 0; code == ERR_OK && i < tree->count; i++)
        if (tree->nodes[i].kind == PYTHON_sym_keyword_argument &&
            (tree->nodes[i].flags & NODE_IN_ERROR) == 0 && is_argument_of_setup(tree, i))
            code = setup_argument(declared, tree, i, err);
    return code;
}

enum err_code python_version_read(struct declared *declared, struct view text,
                                  const struct syntax_limits *limits, const struct clock *clock,
                                  struct err *err)
{
    struct view line;

    (void)limits, (void)clock, (void)err;
    while (view_split(&text, '\n', &line))
        declared_add_version(declared, SAID_PINNED, line);
    return ERR_OK;
}

enum err_code requirements_read(struct declared *declared, struct view text,
                                const struct syntax_limits *limits, const struct clock *clock,
                                struct err *err)
{
    struct view line;
    enum err_code code = ERR_OK;
    bool continued = false;

    (void)limits, (void)clock;
    while (code == ERR_OK && view_split(&text, '\n', &line)) {
        if (!continued)
            code = declared_add_requirement(declared, line, err);
        continued = view_ends(view_trim(line), "\\");
    }
    return code;
}
