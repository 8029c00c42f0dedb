/* The latency table: config/latency.yml, which the build embeds, with a site's own rows in place. */
#include "base/yaml.h"
#include "cost.h"
#include <stdlib.h>

enum { LATENCY_ROWS_MAX = 256 };

extern const unsigned char LATENCY_YML[];
extern const size_t LATENCY_YML_SIZE;

struct row {
    struct view name;
    double ns;
};

struct latency {
    struct row rows[LATENCY_ROWS_MAX];
    size_t count;
};

static int compare_rows(const void *a, const void *b)
{
    return view_compare(((const struct row *)a)->name, ((const struct row *)b)->name);
}

static struct row *find(const struct latency *table, struct view name)
{
    struct row key = {.name = name};
    return bsearch(&key, table->rows, table->count, sizeof(*table->rows), compare_rows);
}

bool latency_get(const struct latency *table, struct view name, double *ns)
{
    const struct row *row = find(table, name);
    if (row != NULL)
        *ns = row->ns;
    return row != NULL;
}

/* For an unknown name's message; the list lies in the arena. */
static const char *nearest(const struct latency *table, struct view name, struct arena *arena)
{
    const char **names = ARENA_ARRAY(arena, const char *, table->count + 1);
    for (size_t i = 0; names != NULL && i < table->count; i++)
        names[i] = arena_format(arena, "%.*s", VIEW_ARG(table->rows[i].name)).ptr;
    return names != NULL ? yaml_nearest(name, names) : NULL;
}

static enum err_code read_row(struct latency *table, const struct yaml *node, bool overrides,
                              struct arena *arena, struct err *err)
{
    struct row *row = overrides ? find(table, node->key) : NULL;
    const char *near_name;
    double ns;

    if (yaml_to_number(node, &ns, err) != ERR_OK)
        return err->code;
    if (!(ns > 0 && ns < 1e15))
        return yaml_error(node, err, "%.*s must be a number of nanoseconds over 0", VIEW_ARG(node->key));
    if (overrides && row == NULL) {
        near_name = nearest(table, node->key, arena);
        return yaml_key_error(node, err, "no latency is called %.*s%s%s", VIEW_ARG(node->key),
                              near_name != NULL ? "; did you mean " : "", near_name != NULL ? near_name : "");
    }
    if (row == NULL && table->count == LATENCY_ROWS_MAX)
        return err_set(err, ERR_LIMIT, "latency table: more than %d rows", LATENCY_ROWS_MAX);
    if (row == NULL)
        row = &table->rows[table->count++];
    *row = (struct row){node->key, ns};
    return ERR_OK;
}

static enum err_code read_rows(struct latency *table, struct view text, const char *name, bool overrides,
                               struct arena *arena, struct err *err)
{
    const struct yaml *root;
    enum err_code code = yaml_parse(text, view_of(name), arena, &root, err);

    if (code == ERR_OK && root->kind != YAML_MAPPING)
        code = yaml_error(root, err, "expected rows of `name: nanoseconds`");
    for (const struct yaml *node = code == ERR_OK ? root->first : NULL; node != NULL && code == ERR_OK;
         node = node->next)
        code = read_row(table, node, overrides, arena, err);
    return code;
}

enum err_code latency_new(struct view overrides, struct arena *arena, struct latency **out, struct err *err)
{
    struct latency *table = ARENA_NEW(arena, struct latency);
    struct view built_in = {(const char *)LATENCY_YML, LATENCY_YML_SIZE};
    enum err_code code;

    if (table == NULL)
        return arena_full(arena, err);
    code = read_rows(table, built_in, "config/latency.yml", false, arena, err);
    qsort(table->rows, table->count, sizeof(*table->rows), compare_rows);
    if (code == ERR_OK && view_trim(overrides).len > 0)
        code = read_rows(table, overrides, "latency", true, arena, err);
    if (code == ERR_OK)
        *out = table;
    return code;
}
