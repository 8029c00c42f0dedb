/* One value of the file. Variables are put in after the YAML has been parsed, so that what a variable holds
 * is never read as YAML. */
#include "base/buffer.h"
#include "settings_internal.h"

enum { VARIABLE_MAX = 128, VALUE_MAX = SETTINGS_SECRET_FILE_MAX_BYTES };

static bool is_name(struct view name)
{
    for (size_t i = 0; i < name.len; i++) {
        char byte = name.ptr[i];

        if (!((byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_' ||
              (i && byte >= '0' && byte <= '9')))
            return false;
    }
    return name.len > 0 && name.len < VARIABLE_MAX;
}

/* The variable whose "${" stands at @p at; @p *end is set behind its '}'. */
static enum err_code add_variable(const struct reading *reading, const struct yaml *node, struct view text,
                                  size_t at, size_t *end, struct buffer *out, struct err *err)
{
    size_t close = view_find_byte(text, '}', at);
    struct view name = view_slice(text, at + 2, close == SIZE_MAX ? at + 2 : close);
    struct view copy;
    const char *value;

    if (close == SIZE_MAX || !is_name(name))
        return yaml_error(node, err, "a variable is written ${NAME}; write $${ where ${ is meant");
    if (arena_copy(reading->arena, name, &copy, err) != ERR_OK)
        return ERR_LIMIT;
    value = reading->source->env(reading->source->ctx, copy.ptr);
    if (!value)
        return yaml_error(node, err, "the environment variable %s is not set", copy.ptr);
    buffer_add_text(out, value);
    *end = close + 1;
    return ERR_OK;
}

enum err_code value_text(const struct reading *reading, const struct yaml *node, struct view *out,
                         struct err *err)
{
    struct buffer expanded;
    struct view text;
    enum err_code code = yaml_to_text(node, &text, err);
    size_t from = 0, at;

    if (code != ERR_OK)
        return code;
    if (view_find(text, VIEW("${"), 0) == SIZE_MAX) {
        *out = text;
        return ERR_OK;
    }
    buffer_init(&expanded, VALUE_MAX);
    while (code == ERR_OK && (at = view_find(text, VIEW("${"), from)) != SIZE_MAX) {
        bool escaped = at > from && text.ptr[at - 1] == '$';

        buffer_add(&expanded, view_slice(text, from, at - escaped));
        if (escaped) {
            buffer_add_text(&expanded, "${");
            from = at + 2;
        } else {
            code = add_variable(reading, node, text, at, &from, &expanded, err);
        }
    }
    buffer_add(&expanded, view_slice(text, from, text.len));
    if (code == ERR_OK && buffer_check(&expanded, "value", NULL) != ERR_OK)
        code = yaml_error(node, err, "the value with its variables is over %d bytes", VALUE_MAX);
    if (code == ERR_OK)
        code = arena_copy(reading->arena, buffer_view(&expanded), out, err);
    buffer_deinit(&expanded);
    return code;
}

enum err_code value_filled(const struct reading *reading, const struct yaml *node, struct view *out,
                           struct err *err)
{
    enum err_code code = value_text(reading, node, out, err);

    if (code != ERR_OK || out->len)
        return code;
    /* Most often a variable that is set to nothing: the key tells which one was wanted. */
    return node->key.len ? yaml_error(node, err, "`%.*s` is empty", VIEW_ARG(node->key))
                         : yaml_error(node, err, "the value is empty");
}

enum err_code value_int(const struct reading *reading, const struct yaml *node, int64_t min, int64_t max,
                        int64_t *out, struct err *err)
{
    struct yaml expanded = *node;
    enum err_code code = value_text(reading, node, &expanded.text, err);

    return code == ERR_OK ? yaml_to_int(&expanded, min, max, out, err) : code;
}

enum err_code value_choice(const struct reading *reading, const struct yaml *node, const char *const *names,
                           size_t *out, struct err *err)
{
    struct view text;
    enum err_code code = value_text(reading, node, &text, err);
    struct buffer list;

    if (code != ERR_OK)
        return code;
    for (size_t i = 0; names[i]; i++)
        if (view_is(text, names[i])) {
            *out = i;
            return ERR_OK;
        }
    buffer_init(&list, 255);
    for (size_t i = 0; names[i]; i++)
        buffer_add_format(&list, "%s`%s`", i ? ", " : "", names[i]);
    code = yaml_error(node, err, "must be one of %.*s", VIEW_ARG(buffer_view(&list)));
    buffer_deinit(&list);
    return code;
}

struct view path_join(const struct reading *reading, struct view path)
{
    struct view rest = path;

    if (view_starts(path, "/"))
        return path;
    if (reading->folder.len)
        rest = view_starts(path, "./") ? view_slice(path, 2, path.len) : path;
    return arena_format(reading->arena, "%.*s%.*s", VIEW_ARG(reading->folder), VIEW_ARG(rest));
}

enum err_code value_path(const struct reading *reading, const struct yaml *node, struct view *out,
                         struct err *err)
{
    struct view path;
    enum err_code code = value_filled(reading, node, &path, err);

    if (code != ERR_OK)
        return code;
    if (view_find_byte(path, '\0', 0) != SIZE_MAX)
        return yaml_error(node, err, "a path cannot hold a NUL byte");
    *out = path_join(reading, path);
    return out->len ? ERR_OK : arena_full(reading->arena, err);
}

enum err_code value_address(const struct reading *reading, const struct yaml *node, struct view *out,
                            struct err *err)
{
    struct view address, host;
    enum err_code code = value_filled(reading, node, &address, err);
    size_t start, end;

    if (code != ERR_OK)
        return code;
    start = view_starts(address, "https://") ? 8 : view_starts(address, "http://") ? 7 : 0;
    end = view_find_byte(address, '/', start);
    host = view_slice(address, start, end);
    if (!start || !host.len)
        return yaml_error(node, err, "must be an address that begins with https:// or http://");
    for (size_t i = 0; i < address.len; i++)
        if ((unsigned char)address.ptr[i] <= ' ' || address.ptr[i] == '?' || address.ptr[i] == '#')
            return yaml_error(node, err, "an address here has no blank, query or fragment");
    if (view_find_byte(host, '@', 0) != SIZE_MAX)
        return yaml_error(node, err, "an address here has no user part: a token goes into `token`");
    while (view_ends(address, "/"))
        address.len--;
    *out = address;
    return ERR_OK;
}

enum err_code value_of_file(const struct reading *reading, const struct yaml *node, struct view *out,
                            struct err *err)
{
    struct err why = {0};
    struct view path, text;
    enum err_code code = value_path(reading, node, &path, err);

    if (code != ERR_OK)
        return code;
    code = reading->source->read(reading->source->ctx, path.ptr, reading->arena, &text, &why);
    if (code != ERR_OK)
        return yaml_error(node, err, "%s", why.message);
    while (view_ends(text, "\n") || view_ends(text, "\r"))
        text.len--;
    if (!text.len)
        return yaml_error(node, err, "the file %s is empty", path.ptr);
    return arena_copy(reading->arena, text, out, err);
}
