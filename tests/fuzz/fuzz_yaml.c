/* Any bytes as YAML. A tree that is handed out keeps every promise of base/yaml.h, a refusal says
 * where, and a small arena changes nothing but ERR_LIMIT. The first byte chooses the small arena. */
#include "base/utf8.h"
#include "base/yaml.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CAP = 16 << 20, SMALL_CAP_STEP = 64 };

static void check_values(const struct yaml *node)
{
    struct err err;
    struct view text;
    int64_t integer;
    double number;
    bool truth;

    if (yaml_to_int(node, INT64_MIN, INT64_MAX, &integer, &err) == ERR_OK)
        assert(yaml_to_number(node, &number, &err) == ERR_OK && number == (double)integer);
    else
        assert(view_starts(view_of(err.message), "f.yml:"));
    if (yaml_to_bool(node, &truth, &err) == ERR_OK)
        assert(yaml_to_number(node, &number, &err) != ERR_OK);
    if (node->kind != YAML_SCALAR)
        assert(yaml_to_text(node, &text, &err) == ERR_INVALID);
}

static void check_node(const struct yaml *node, const struct yaml *parent, uint32_t lines, int depth)
{
    static const char *const NAMES[] = {"alpha", "beta", NULL};
    size_t count = 0;
    struct err err;

    assert(depth <= YAML_DEPTH_MAX + 1);
    assert(node->line >= 1 && node->line <= lines && node->column >= 1);
    assert(view_is(node->file, "f.yml"));
    check_values(node);
    if (parent != NULL && parent->kind == YAML_MAPPING) {
        assert(node->key_line >= 1 && node->key_line <= lines && node->key_column >= 1);
        assert(node->key.ptr[node->key.len] == '\0' && utf8_find_bad(node->key) == SIZE_MAX);
        if (strlen(node->key.ptr) == node->key.len)
            assert(yaml_get(parent, node->key.ptr) == node); /* no other node has its key */
    } else {
        assert(node->key_line == 0 && node->key.ptr == NULL);
    }
    if (node->kind == YAML_SCALAR) {
        assert(node->first == NULL && node->count == 0);
        assert(node->text.ptr[node->text.len] == '\0' && utf8_find_bad(node->text) == SIZE_MAX);
        assert(node->text_line >= node->line && node->text_line <= lines);
    }
    for (const struct yaml *child = node->first; child != NULL; child = child->next, count++)
        check_node(child, node, lines, depth + 1);
    assert(count == node->count);
    if (yaml_check_keys(node, NAMES, &err) == ERR_OK)
        assert(node->kind == YAML_MAPPING && node->count <= 2);
}

static enum err_code parse_within(struct view text, size_t cap, bool check)
{
    struct arena *arena = arena_new(cap);
    const struct yaml *root = NULL;
    struct err err = {0};
    enum err_code code;
    uint32_t lines = 2;

    assert(arena != NULL);
    code = yaml_parse(text, VIEW("f.yml"), arena, &root, &err);
    assert((code == ERR_OK) == (root != NULL));
    assert(code == ERR_OK || code == ERR_LIMIT ||
           (code == ERR_INVALID && view_starts(view_of(err.message), "f.yml:")));
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n' || text.ptr[i] == '\r';
    if (root != NULL && check)
        check_node(root, NULL, lines, 1);
    arena_free(arena);
    return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view text = {(const char *)data + (size > 0), size - (size > 0)};
    enum err_code code = parse_within(text, CAP, true), small;

    if (size == 0)
        return 0;
    small = parse_within(text, (size_t)data[0] * SMALL_CAP_STEP, false);
    assert(small == code || small == ERR_LIMIT);
    return 0;
}
