#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/yaml.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_CAP = 1 << 20 };

static const struct yaml *parsed(struct arena *arena, struct view text)
{
    const struct yaml *root = NULL;
    struct err err = {0};

    if (yaml_parse(text, VIEW("f.yml"), arena, &root, &err) != ERR_OK)
        fail_msg("%.*s: %s", VIEW_ARG(text), err.message);
    return root;
}

static const char SAMPLE[] = "# a rule\n"
                             "id: py-rule\n"
                             "'quoted': \"7\"\n"
                             "list:\n"
                             "  - one\n"
                             "  - {a: 1, b: [x, 'y']}\n"
                             "  - - deep\n"
                             "match: |  # the query\n"
                             "  (x) @y\n"
                             "    (z)\n"
                             "folded: >-\n"
                             "\n"
                             "  one\n"
                             "  two\n"
                             "nothing:\n"
                             "caf\xc3\xa9: \xc3\xa9\n";

/* One line per node: depth, kind, place, key and its place, text and its line, plain, children. */
static void dump(const struct yaml *node, int depth, char *out, size_t size)
{
    for (; node != NULL; node = node->next) {
        size_t len = strlen(out);

        (void)snprintf(out + len, size - len, "%d %c %u:%u", depth, "SLM"[node->kind], node -> line,
                       node -> column);
        len = strlen(out);
        if (node->key_line > 0)
            (void)snprintf(out + len, size - len, " %.*s@%u:%u", VIEW_ARG(node->key), node->key_line,
                           node->key_column);
        len = strlen(out);
        if (node->kind == YAML_SCALAR)
            (void)snprintf(out + len, size - len, " %s[%.*s]@%u\n", node->plain ? "plain" : "",
                           VIEW_ARG(node->text), node->text_line);
        else
            (void)snprintf(out + len, size - len, " x%zu\n", node->count);
        dump(node->first, depth + 1, out, size);
    }
}

static void every_node_knows_its_place(void **state)
{
    static char out[4096];
    struct arena *arena = arena_new(ARENA_CAP);

    (void)state;
    out[0] = '\0';
    dump(parsed(arena, view_of(SAMPLE)), 0, out, sizeof(out));
    assert_string_equal(out, "0 M 2:1 x7\n"
                             "1 S 2:5 id@2:1 plain[py-rule]@2\n"
                             "1 S 3:11 quoted@3:1 [7]@3\n"
                             "1 L 5:3 list@4:1 x3\n"
                             "2 S 5:5 plain[one]@5\n"
                             "2 M 6:5 x2\n"
                             "3 S 6:9 a@6:6 plain[1]@6\n"
                             "3 L 6:15 b@6:12 x2\n"
                             "4 S 6:16 plain[x]@6\n"
                             "4 S 6:19 [y]@6\n"
                             "2 L 7:5 x1\n"
                             "3 S 7:7 plain[deep]@7\n"
                             "1 S 8:8 match@8:1 [(x) @y\n  (z)\n]@9\n"
                             "1 S 11:9 folded@11:1 [\none two]@12\n"
                             "1 S 15:1 nothing@15:1 plain[]@15\n"
                             "1 S 16:7 caf\xc3\xa9@16:1 plain[\xc3\xa9]@16\n");
    arena_free(arena);
}

static void block_text_stands_at_its_indicator(void **state)
{
    static const struct row {
        const char *text;
        uint32_t line, column, text_line;
    } ROWS[] = {
        {"a: |\n  x\n", 1, 4, 2},
        {"a: |", 1, 4, 1},
        {"a: |\n", 1, 4, 2},
        {"a: >+2\n    x\n", 1, 4, 2},
        {"a:   |- # > | \n  x\n", 1, 6, 2},
        {"a|b: |\n  x\n", 1, 6, 2},
        {"\xc3\xa9: |\n  x\n", 1, 4, 2},
        {"a:\n  |\n  x\n", 2, 3, 3},
        {"a: |\r\n  x\r\n", 1, 4, 2},
        {"a: |\r  x\r", 1, 4, 2},
        {"\xef\xbb\xbf"
         "a: b\nc: |\n  x\n",
         1, 4, 1},
        {"- |\n\n\n  x\n", 1, 3, 2},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct arena *arena = arena_new(ARENA_CAP);
        const struct yaml *node = parsed(arena, view_of(row->text))->first;

        if (node->line != row->line || node->column != row->column || node->text_line != row->text_line)
            fail_msg("%s: %u:%u, text %u", row->text, node->line, node->column, node->text_line);
        arena_free(arena);
    }
}

static void text_ends_in_a_nul_and_outlives_the_source(void **state)
{
    struct arena *arena = arena_new(ARENA_CAP);
    char *source = strdup(SAMPLE), file[] = "f.yml";
    const struct yaml *root = NULL, *node;

    (void)state;
    assert_int_equal(yaml_parse(view_of(source), view_of(file), arena, &root, NULL), ERR_OK);
    memset(source, 'x', strlen(source));
    memset(file, 'x', strlen(file));
    free(source);
    node = yaml_get(root, "id");
    assert_string_equal(node->text.ptr, "py-rule");
    assert_string_equal(node->key.ptr, "id");
    assert_true(view_is(node->file, "f.yml"));
    arena_free(arena);
}

/* Texts of many pieces: libfyaml's own way to join them leaked (seen by the fuzz target). */
static void text_of_many_pieces_is_joined(void **state)
{
    static const struct row {
        const char *text, *value;
    } ROWS[] = {
        {"'a''b''c''d''e''f''g''h''i''j''k''l''m''n'", "a'b'c'd'e'f'g'h'i'j'k'l'm'n"},
        {"\"a\\tb\\x41\\u00e9\\n\\\\\\\"c\\0\"", NULL},
        {"'a\n\n\n b\n c '", "a\n\nb c "},
        {"a\n b\n\n c", "a b\nc"},
        {"|2-\n   a\n\n\n  b\n\n", " a\n\n\nb"},
        {">+\n a\n b\n\n c\n   d\n e\n\n", "a b\nc\n  d\ne\n\n"},
        {"\"\"", ""},
        {"|", ""},
        {"|\n", ""},
        {">\n   ", ""},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct arena *arena = arena_new(ARENA_CAP);
        const struct yaml *node = parsed(arena, arena_format(arena, "k: %s", row->text))->first;

        if (!view_equal(node->text, row->value ? view_of(row->value) : VIEW("a\tbA\xc3\xa9\n\\\"c\0")))
            fail_msg("%s: [%.*s]", row->text, VIEW_ARG(node->text));
        arena_free(arena);
    }
}

static void a_mistake_reads_file_line_column(void **state)
{
    static const struct row {
        const char *name;
        struct view text;
        const char *place, *says;
    } ROWS[] = {
        {"no text", {NULL, 0}, "1:1", "empty"},
        {"comments only", {"# x\n\n# y\n", 9}, "1:1", "empty"},
        {"a lone start", {"---\n", 4}, "1:1", "empty"},
        {"open list", {"a: [1, 2\nb: 3\n", 14}, "", "flow sequence"},
        {"open quote", {"a: \"x\n", 6}, "", "quote"},
        {"tab", {"a:\n\tb: 1\n", 9}, "", "tab"},
        {"mapping in a line", {"a: b: c\n", 8}, "1:", "nested"},
        {"same key", {"a: 1\nb: 2\na: 3\nb: 4\n", 20}, "3:1", "the key 'a' stands in line 1 already"},
        {"same key in flow", {"x: {a: 1, a: 2}\n", 16}, "1:11", "line 1"},
        {"same key, other quotes", {"a: 1\n\"a\": 2\n", 12}, "2:1", "'a'"},
        {"anchor", {"a: &x 1\n", 8}, "1:4", "anchor"},
        {"anchor on a list", {"a: &x\n - 1\n", 11}, "1:4", "anchor"},
        {"alias", {"a: *x\n", 6}, "1:4", "alias"},
        {"alias as key", {"*x : 1\n", 7}, "1:1", "alias"},
        {"tag", {"a: !!str x\n", 11}, "1:4", "tag"},
        {"tag on a mapping", {"--- !x\na: 1\n", 12}, "1:5", "tag"},
        {"second document", {"a: 1\n---\nb: 1\n", 14}, "2:1", "second document"},
        {"list as key", {"? [x]\n: 1\n", 10}, "1:3", "key"},
        {"mapping as key", {"{a: 1}: 2\n", 10}, "1:1", "key"},
        {"no UTF-8", {"a: 1\nb: x\xff\n", 11}, "2:5", "UTF-8"},
        {"UTF-16",
         {"\xff\xfe"
          "a\0",
          4},
         "1:1",
         "UTF-8"},
        {"unknown version", {"%YAML 7.1\n---\na\n", 16}, "1:1", "version"},
        {"NUL", {"a: b\0c\n", 7}, "1:5", "control byte"},
        {"escape byte", {"a: \x1b[1m\n", 8}, "1:4", "control byte"},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct arena *arena = arena_new(ARENA_CAP);
        const struct yaml *root = NULL;
        struct err err = {0};
        char place[32];

        (void)snprintf(place, sizeof(place), "f.yml:%s", row->place);
        if (yaml_parse(row->text, VIEW("f.yml"), arena, &root, &err) != ERR_INVALID || root != NULL ||
            !view_starts(view_of(err.message), place) || strstr(err.message, row->says) == NULL)
            fail_msg("%s: %s", row->name, err.message);
        arena_free(arena);
    }
}

static void depth_has_a_limit(void **state)
{
    (void)state;
    for (int flow = 0; flow < 2; flow++)
        for (size_t depth = YAML_DEPTH_MAX - 1; depth <= YAML_DEPTH_MAX + 1; depth++) {
            struct arena *arena = arena_new(ARENA_CAP);
            const struct yaml *root = NULL;
            struct err err = {0};
            char text[4 * YAML_DEPTH_MAX] = "";

            for (size_t i = 0; i < depth; i++)
                strncat(text, flow ? "[" : "- ", sizeof(text) - strlen(text) - 1);
            for (size_t i = 0; flow && i < depth; i++)
                strncat(text, "]", sizeof(text) - strlen(text) - 1);
            assert_int_equal(yaml_parse(view_of(text), VIEW("f.yml"), arena, &root, &err),
                             depth <= YAML_DEPTH_MAX ? ERR_OK : ERR_LIMIT);
            if (depth > YAML_DEPTH_MAX) {
                assert_int_equal(err.code, ERR_LIMIT);
                assert_string_equal(err.message,
                                    flow ? "f.yml:1:33: nested too deep" : "f.yml:1:65: nested too deep");
            }
            arena_free(arena);
        }
}

/* What is nested without end is refused before it costs anything. */
static void bottomless_nesting_is_cheap(void **state)
{
    static const char *const UNITS[] = {"[", "{a: ", "- ", "? ", "{? ", "[{"};
    size_t size = 200000;
    char *text = malloc(size);

    (void)state;
    for (size_t u = 0; u < COUNT_OF(UNITS); u++) {
        struct arena *arena = arena_new(ARENA_CAP);
        const struct yaml *root = NULL;
        struct err err = {0};
        size_t unit = strlen(UNITS[u]), len = 0;
        enum err_code code;

        for (; len + unit <= size; len += unit)
            memcpy(text + len, UNITS[u], unit);
        code = yaml_parse((struct view){text, len}, VIEW("f.yml"), arena, &root, &err);
        if (code != ERR_LIMIT && code != ERR_INVALID)
            fail_msg("%s: %s", UNITS[u], err.message);
        arena_free(arena);
    }
    free(text);
}

static void the_length_of_a_file_has_a_limit(void **state)
{
    char *text = malloc((size_t)YAML_TEXT_MAX + 1);
    const struct yaml *root = NULL;
    struct err err;

    (void)state;
    memset(text, '#', (size_t)YAML_TEXT_MAX + 1);
    memcpy(text, "a: 1 #", 6);
    for (size_t len = YAML_TEXT_MAX; len <= (size_t)YAML_TEXT_MAX + 1; len++) {
        struct arena *arena = arena_new(ARENA_CAP);

        assert_int_equal(yaml_parse((struct view){text, len}, VIEW("f.yml"), arena, &root, &err),
                         len <= YAML_TEXT_MAX ? ERR_OK : ERR_LIMIT);
        arena_free(arena);
    }
    free(text);
}

static void blank_lines_in_a_row_have_a_limit(void **state)
{
    static const char *const BREAKS[] = {"\n", "\r\n", "\r", " \n"};

    (void)state;
    for (size_t b = 0; b < COUNT_OF(BREAKS); b++)
        for (int lines = YAML_BLANK_LINES_MAX - 1; lines <= YAML_BLANK_LINES_MAX + 1; lines++)
            for (int behind = 0; behind < 2; behind++) {
                struct arena *arena = arena_new(ARENA_CAP);
                const struct yaml *root = NULL;
                struct err err = {0};
                struct buffer text;

                buffer_init(&text, 4096);
                buffer_add_text(&text, behind ? "a: |\n  x\n" : "");
                for (int i = 0; i < lines; i++)
                    buffer_add_text(&text, BREAKS[b]);
                buffer_add_text(&text, behind ? "" : "a: 1\n");
                assert_int_equal(yaml_parse(buffer_view(&text), VIEW("f.yml"), arena, &root, &err),
                                 lines <= YAML_BLANK_LINES_MAX ? ERR_OK : ERR_LIMIT);
                if (lines > YAML_BLANK_LINES_MAX)
                    assert_string_equal(err.message, behind ? "f.yml:204:1: too many blank lines in a row"
                                                            : "f.yml:202:1: too many blank lines in a row");
                buffer_deinit(&text);
                arena_free(arena);
            }
}

static void a_long_mapping_is_checked_for_duplicates_quickly(void **state)
{
    enum { KEYS = 20000 };
    struct arena *arena = arena_new(32 << 20);
    char *text = malloc(KEYS * 16 + 16), *at = text;
    const struct yaml *root = NULL;
    struct err err;

    (void)state;
    for (int i = 0; i < KEYS; i++)
        at += snprintf(at, 16, "k%d: %d\n", i, i);
    root = parsed(arena, (struct view){text, (size_t)(at - text)});
    assert_int_equal(root->count, KEYS);
    at += snprintf(at, 16, "k17: x\n");
    assert_int_equal(yaml_parse((struct view){text, (size_t)(at - text)}, VIEW("f"), arena, &root, &err),
                     ERR_INVALID);
    assert_string_equal(err.message, "f:20001:1: the key 'k17' stands in line 18 already");
    arena_free(arena);
    free(text);
}

/* Every "no memory left" path runs, without a mock: the cap grows until the parse succeeds. */
static void parse_survives_every_arena_cap(void **state)
{
    enum err_code code = ERR_LIMIT;

    (void)state;
    for (size_t cap = 0; code != ERR_OK && cap < 16384; cap += 8) {
        struct arena *arena = arena_new(cap);
        const struct yaml *root = NULL;
        struct err err = {0};

        code = yaml_parse(view_of(SAMPLE), VIEW("f.yml"), arena, &root, &err);
        assert_true(code == ERR_OK || (code == ERR_LIMIT && err.code == ERR_LIMIT && root == NULL));
        arena_free(arena);
    }
    assert_int_equal(code, ERR_OK);
}

static void get_finds_keys_of_mappings_only(void **state)
{
    struct arena *arena = arena_new(ARENA_CAP);
    const struct yaml *root = parsed(arena, view_of(SAMPLE));

    (void)state;
    assert_true(view_is(yaml_get(root, "quoted")->text, "7"));
    assert_null(yaml_get(root, "i"));
    assert_null(yaml_get(root, "absent"));
    assert_null(yaml_get(yaml_get(root, "list"), "one"));
    assert_null(yaml_get(yaml_get(root, "absent"), "x"));
    assert_null(yaml_get(NULL, "x"));
    arena_free(arena);
}

static void errors_stand_at_the_node_or_its_key(void **state)
{
    struct arena *arena = arena_new(ARENA_CAP);
    const struct yaml *root = parsed(arena, VIEW("a: 1\nbb:   x\n"));
    struct err err = {0};

    (void)state;
    assert_int_equal(yaml_error(yaml_get(root, "bb"), &err, "no %s", "x"), ERR_INVALID);
    assert_string_equal(err.message, "f.yml:2:7: no x");
    assert_int_equal(yaml_key_error(yaml_get(root, "bb"), &err, "no %s", "bb"), ERR_INVALID);
    assert_string_equal(err.message, "f.yml:2:1: no bb");
    (void)yaml_key_error(root, &err, "x"); /* a node without a key stands for itself */
    assert_string_equal(err.message, "f.yml:1:1: x");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_knows_its_place),
        cmocka_unit_test(block_text_stands_at_its_indicator),
        cmocka_unit_test(text_ends_in_a_nul_and_outlives_the_source),
        cmocka_unit_test(text_of_many_pieces_is_joined),
        cmocka_unit_test(a_mistake_reads_file_line_column),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(bottomless_nesting_is_cheap),
        cmocka_unit_test(the_length_of_a_file_has_a_limit),
        cmocka_unit_test(blank_lines_in_a_row_have_a_limit),
        cmocka_unit_test(a_long_mapping_is_checked_for_duplicates_quickly),
        cmocka_unit_test(parse_survives_every_arena_cap),
        cmocka_unit_test(get_finds_keys_of_mappings_only),
        cmocka_unit_test(errors_stand_at_the_node_or_its_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
