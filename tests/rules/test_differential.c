/* tree-sitter's own queries as the oracle of our matcher: for each pattern (its predicates blanked out)
 * and each source both must find the same captures at the same nodes.
 *
 * Where the two differ on purpose the comparison is adjusted, never skipped:
 * - macros' token trees stay tokens, as the grammar has them (what they read as is held equal to the
 * arguments of a call by unit.syntax.tree);
 * - comments are blanked out of the sources: with us wildcards do not match them and anchors ignore them;
 * - with quantities a query drops matches that are part of a longer one and captures each repetition; we
 *   enumerate and keep the first: then each match of the query must be one of ours, and the roots the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine_test.h"
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_python(void);
const TSLanguage *tree_sitter_rust(void);

enum { ROOT = CAPTURES_MAX, ROW_SIZE, ROWS_MAX = 20000 };

/* One match: by capture the byte range and kind of the node; the root in the last place. */
struct row {
    uint64_t nodes[ROW_SIZE];
};

struct rows {
    struct row *items;
    size_t count;
};

static uint64_t node_key(uint32_t start, uint32_t end, uint16_t kind)
{
    uint64_t key = ((uint64_t)start << 40) ^ ((uint64_t)end << 16) ^ kind;
    return key + 1; /* 0: not bound */
}

static int compare_rows(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct row));
}

static void add_row(struct rows *rows, const struct row *row)
{
    assert_true(rows->count < ROWS_MAX);
    rows->items[rows->count++] = *row;
}

static void sort_rows(struct rows *rows)
{
    size_t kept = 0;
    if (rows->count == 0)
        return;
    qsort(rows->items, rows->count, sizeof(struct row), compare_rows);
    for (size_t i = 1; i < rows->count; i++)
        if (compare_rows(&rows->items[i], &rows->items[kept]) != 0)
            rows->items[++kept] = rows->items[i];
    rows->count = kept + 1;
}

static bool has_row(const struct rows *rows, const struct row *row)
{
    return rows->count > 0 && bsearch(row, rows->items, rows->count, sizeof(*row), compare_rows) != NULL;
}

/* ---- our matches ---- */

struct ours {
    struct rows *rows;
    uint32_t root;
};

static bool keep_ours(void *ctx, struct look *look)
{
    struct ours *ours = ctx;
    const struct node *nodes = look->tree->nodes;
    struct row row = {0};
    for (size_t i = 0; i < CAPTURES_MAX; i++)
        if (look->nodes[i] != NODE_NONE)
            row.nodes[i] =
                node_key(nodes[look->nodes[i]].start, nodes[look->nodes[i]].end, nodes[look->nodes[i]].kind);
    row.nodes[ROOT] = node_key(nodes[ours->root].start, nodes[ours->root].end, nodes[ours->root].kind);
    add_row(ours->rows, &row);
    return false;
}

static void find_ours(const struct tree *tree, const struct test_pattern *pattern, struct rows *rows)
{
    struct look look;
    struct ours ours = {.rows = rows};

    look_init(&look, tree, NULL);
    for (ours.root = 0; ours.root < tree->count; ours.root++)
        for (size_t p = 0; p < pattern->programs.count; p++)
            if (!program_match(&look, pattern->programs.items[p], ours.root, keep_ours, &ours))
                fail_msg("the step limit was reached");
}

/* ---- the oracle's ---- */

static bool same_text(struct view text, TSNode a, TSNode b)
{
    return view_equal(view_slice(text, ts_node_start_byte(a), ts_node_end_byte(a)),
                      view_slice(text, ts_node_start_byte(b), ts_node_end_byte(b)));
}

/* The query's captures carry names; `@ROOT` was added to the root by ask(). With @p equal a match counts only
 * where all nodes of one name have one text, which a query does not ask for. */
static void find_oracle(TSTree *tree, struct view text, TSQuery *query, const struct test_pattern *pattern,
                        bool equal, struct rows *rows)
{
    TSQueryCursor *cursor = ts_query_cursor_new();
    TSQueryMatch match;

    ts_query_cursor_exec(cursor, query, ts_tree_root_node(tree));
    while (ts_query_cursor_next_match(cursor, &match)) {
        struct row row = {0};
        TSNode first[ROOT + 1];
        bool good = true;
        for (uint16_t i = 0; i < match.capture_count; i++) {
            uint32_t len;
            const char *name = ts_query_capture_name_for_id(query, match.captures[i].index, &len);
            TSNode node = match.captures[i].node;
            struct view view = {name, len};
            size_t slot =
                view_is(view, "ROOT") ? ROOT : capture_find(pattern->captures, pattern->capture_count, view);
            assert_true(slot <= ROOT);
            if (row.nodes[slot] == 0) {
                first[slot] = node;
                row.nodes[slot] =
                    node_key(ts_node_start_byte(node), ts_node_end_byte(node), ts_node_symbol(node));
            } else if (equal) {
                good = good && same_text(text, first[slot], node);
            }
        }
        if (good)
            add_row(rows, &row);
    }
    ts_query_cursor_delete(cursor);
}

/* Our pattern as a query: predicates blanked, each root captured as @ROOT too. A root ends where the
 * parentheses or brackets are even again. */
static void ask(struct view pattern, struct buffer *out)
{
    int depth = 0, predicate = 0;
    bool string = false, group = false;

    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (c == ';' && !string) {
            while (i < pattern.len && pattern.ptr[i] != '\n')
                i++;
            continue;
        }
        if (c == '"' && (i == 0 || pattern.ptr[i - 1] != '\\'))
            string = !string;
        if (!string && predicate == 0 && c == '(') {
            struct view rest = view_trim(view_slice(pattern, i + 1, pattern.len));
            if (rest.len > 0 && rest.ptr[0] == '#')
                predicate = depth + 1;
            if (depth == 0)
                group = rest.len > 0 && (rest.ptr[0] == '(' || rest.ptr[0] == '[');
        }
        if (!string && (c == '(' || c == '['))
            depth++;
        if (predicate == 0)
            buffer_add_byte(out, c);
        if (!string && (c == ')' || c == ']')) {
            depth--;
            if (predicate == 0 && depth == (group ? 1 : 0) && !(group && depth == 0))
                buffer_add_text(out, " @ROOT ");
            if (predicate > 0 && depth < predicate)
                predicate = 0;
            if (depth == 0)
                group = false;
        }
    }
}

/* ---- one comparison ---- */

struct subject {
    enum language language;
    const TSLanguage *grammar;
    struct arena *arena;
    struct tree *tree;
    TSTree *parsed;
};

static void blank_comments(char *text, const struct tree *tree)
{
    for (uint32_t i = 0; i < tree->count; i++)
        if ((tree->nodes[i].flags & NODE_EXTRA) != 0 && tree->nodes[i].kind != KIND_ERROR)
            for (uint32_t at = tree->nodes[i].start; at < tree->nodes[i].end; at++)
                if (text[at] != '\n' && text[at] != '\\')
                    text[at] = ' ';
}

static struct tree *parse_tokens(enum language language, struct view text, struct arena *arena)
{
    static const struct clock clock = {test_now, NULL};
    struct syntax_limits limits = SYNTAX_LIMITS_DEFAULT;
    struct tree *tree = NULL;

    limits.macros = 0;
    assert_int_equal(tree_parse(language, text, &limits, &clock, arena, &tree, NULL), ERR_OK);
    return tree;
}

static void subject_init(struct subject *subject, enum language language, struct view source)
{
    struct view text = {0};
    TSParser *parser = ts_parser_new();

    *subject = (struct subject){.language = language, .arena = arena_new(TEST_ARENA_BYTES)};
    subject->grammar = language == LANGUAGE_PYTHON ? tree_sitter_python() : tree_sitter_rust();
    assert_int_equal(arena_copy(subject->arena, source, &text, NULL), ERR_OK);
    blank_comments((char *)(uintptr_t)text.ptr, parse_tokens(language, text, subject->arena));
    subject->tree = parse_tokens(language, text, subject->arena);
    assert_true(ts_parser_set_language(parser, subject->grammar));
    subject->parsed = ts_parser_parse_string(parser, NULL, text.ptr, (uint32_t)text.len);
    ts_parser_delete(parser);
}

static void subject_deinit(struct subject *subject)
{
    ts_tree_delete(subject->parsed);
    arena_free(subject->arena);
}

static size_t roots_missing(const struct rows *from, const struct rows *in)
{
    size_t missing = 0;
    for (size_t i = 0; i < from->count; i++) {
        bool found = false;
        for (size_t j = 0; j < in->count && !found; j++)
            found = in->items[j].nodes[ROOT] == from->items[i].nodes[ROOT];
        missing += !found;
    }
    return missing;
}

static size_t total_rows;

/* How many rows differ. */
static size_t compare_pattern(const struct subject *subject, struct view text, const char *what)
{
    static struct row our_rows[ROWS_MAX], oracle_rows[ROWS_MAX];
    struct rows ours = {our_rows, 0}, oracle = {oracle_rows, 0};
    struct test_pattern pattern;
    struct buffer asked;
    bool quantities = false;
    uint32_t offset;
    TSQueryError error;
    TSQuery *query;
    size_t wrong = 0;

    buffer_init(&asked, 1 << 16);
    ask(text, &asked);
    query = ts_query_new(subject->grammar, asked.ptr, (uint32_t)asked.len, &offset, &error);
    if (query == NULL)
        fail_msg("%s: the oracle refuses at %u: %s", what, offset, asked.ptr);
    for (size_t at = 0; (at = view_find(buffer_view(&asked), VIEW("@ROOT"), at)) != SIZE_MAX;)
        memcpy(asked.ptr + at, "     ", 5); /* what is left is the pattern without its predicates */
    test_pattern_init(&pattern, subject->language, buffer_view(&asked));
    if (pattern.code != ERR_OK)
        fail_msg("%s: %s", what, pattern.err.message);
    for (size_t p = 0; p < pattern.programs.count; p++)
        for (size_t s = 0; s < pattern.programs.items[p]->step_count; s++)
            quantities |= pattern.programs.items[p]->steps[s].quantity != ONE;
    find_ours(subject->tree, &pattern, &ours);
    find_oracle(subject->parsed, subject->tree->text, query, &pattern, !quantities, &oracle);
    sort_rows(&ours);
    sort_rows(&oracle);
    for (size_t i = 0; i < oracle.count; i++)
        wrong += !has_row(&ours, &oracle.items[i]);
    if (quantities)
        wrong += roots_missing(&ours, &oracle);
    for (size_t i = 0; !quantities && i < ours.count; i++)
        wrong += !has_row(&oracle, &ours.items[i]);
    if (wrong > 0)
        print_error("%s: %zu matches with us, %zu with the oracle: %s\n", what, ours.count, oracle.count,
                    asked.ptr);
    total_rows += oracle.count;
    ts_query_delete(query);
    test_pattern_deinit(&pattern);
    buffer_deinit(&asked);
    return wrong;
}

static const char PYTHON_SOURCE[] = "import os, sys as system\n"
                                    "from a import b, c as d\n"
                                    "def f(a, b=1, *args, c: int = 2, **kw) -> list:\n"
                                    "    x = [i for i in range(10) if i not in a and i]\n"
                                    "    for i, (j, k) in enumerate(a):  # a comment\n"
                                    "        x.append(i).b(j)[k] += f'{i!r} {j}'\n"
                                    "        # another\n"
                                    "        if i == j == k in a: continue\n"
                                    "        elif i: pass\n"
                                    "        else: break\n"
                                    "    while True:\n"
                                    "        try: g(a, *b, c=1, **d)\n"
                                    "        except (E, F) as e: raise\n"
                                    "        finally: return (yield a, b), {1: 2, **c}, {1, 2}\n"
                                    "@decorate(1)\n"
                                    "@b.c\n"
                                    "async def g():\n"
                                    "    async with a as b, c: await d(lambda x, y: x(y)(x)(y))\n"
                                    "class A(B, metaclass=C):\n"
                                    "    y: int = 1\n"
                                    "    def m(self): return self.y.z.w()\n"
                                    "f(g(h(1, 2), 3), 'a' 'b', a.b, a.b, a, a)\n";

static const char *const PYTHON_SHAPES[] = {
    "(call) @site",
    "(call function: (_) @f arguments: (argument_list (_) @a)) @site",
    "(argument_list (_) @a (_) @b) @site",
    "(argument_list . (_) @a) @site",
    "(argument_list (_) @a .) @site",
    "(argument_list . (_) @a .) @site",
    "(argument_list (_) @a . (_) @b) @site",
    "(argument_list (identifier) @a . (identifier) @b .) @site",
    "(argument_list _ @a . _ @b) @site",
    "(argument_list \"(\" . (_) @a) @site",
    "(argument_list (_) @a . \")\") @site",
    "(block _ @x) @site",
    "(comparison_operator (_) @a \"in\" (_) @b) @site",
    "(comparison_operator \"==\" @op (_) @b) @site",
    "(block . (_) @x . (_) @y) @site",
    "(block (if_statement) @x . (_) @y) @site",
    "(module . (_) @a . (_) @b) @site",
    "[(for_statement body: (block (_) @x)) (while_statement body: (_) @x)] @site",
    "(function_definition !return_type) @site",
    "(function_definition parameters: (parameters [(identifier) (default_parameter)] @p)) @site",
    "(call function: [(identifier) @n (attribute object: (_) @o attribute: (_) @n)]) @site",
    "(call function: (call function: (call function: (_) @f))) @site",
    "(decorated_definition (decorator (_) @d)) @site",
    "(if_statement condition: (_) @c consequence: (_) alternative: (_) @e) @site",
    "(if_statement alternative: (elif_clause)? @e) @site",
    "(argument_list (identifier)* @a) @site",
    "(argument_list (identifier)+ @a) @site",
    "(block (expression_statement)+ @a (return_statement)? @r) @site",
    "(module (decorated_definition)? @d (class_definition)+ @c) @site",
    "(lambda parameters: (_ (_) @p)) @site",
    "(dictionary [(pair key: (_) @k) (dictionary_splat (_) @k)]) @site",
    "(with_item value: (as_pattern (_) @v alias: (_) @n)) @site",
    "(attribute object: (attribute object: (attribute object: (identifier) @o))) @site",
    "(generator_expression) @site (list_comprehension body: (_) @b (for_in_clause left: (_) @l)) @site",
    "((call function: (identifier) @f (#eq? @f \"(\")) @site)",
    "(argument_list (_ (_) @x) (_) @y) @site",
};

static const char RUST_SOURCE[] =
    "use a::{b, c::d as e};\n"
    "/// doc\n"
    "#[inline]\n"
    "pub fn f<'a, T: Clone>(x: &'a mut Vec<T>, y: Option<String>) -> Result<(), E> {\n"
    "    let mut v = Vec::<u8>::with_capacity(10); // comment\n"
    "    for (i, j) in x.iter().enumerate().filter(|(a, _)| *a > 1) { v.push(i as u8); v[0] += 1; }\n"
    "    while let Some(z) = y.as_ref()?.next() { println!(\"{} {}\", z, v.len()); if z { break } else { "
    "continue } }\n"
    "    match y { Some(ref s) if s.len() > 3 => { g(s, s) }, None | Some(_) => return Err(E::X), }\n"
    "    loop { let c = move |k: i32| -> i32 { k + 1 }; c(1); async { a.await.b().await }; unsafe { h() } }\n"
    "}\n"
    "struct S { a: u8, pub b: Box<dyn T> }\n"
    "impl<T> Tr for S where T: Copy { const N: usize = 1; fn m(&self) -> u8 { self.a.b().c } }\n";

static const char *const RUST_SHAPES[] = {
    "(call_expression function: (field_expression value: (_) @v field: (_) @f) arguments: (_)) @site",
    "(arguments (_) @a (_) @b) @site",
    "(arguments . (_) @a .) @site",
    "(block . (_) @a) @site",
    "(block (_) @a .) @site",
    "(block (_) @a . (_) @b) @site",
    "(token_tree (identifier) @a) @site",
    "(macro_invocation macro: (_) @m (token_tree _ @t)) @site",
    "(for_expression pattern: (_) @p value: (_) @v body: (block (_) @x)) @site",
    "(match_arm pattern: (_) @p value: (_) @v) @site",
    "(let_declaration pattern: (identifier) @n !type value: (_) @v) @site",
    "(let_declaration (mutable_specifier)? @m pattern: (_) @n) @site",
    "(function_item (visibility_modifier)? @v name: (_) @n parameters: (parameters (_) @p)) @site",
    "(await_expression (_) @a) @site",
    "[(closure_expression body: (_) @b) (async_block (block) @b)] @site",
    "(source_file (_) @a . (function_item) @f) @site",
    "(reference_type (lifetime)? @l (mutable_specifier) @m type: (_) @t) @site",
    "(index_expression . (_) @a) @site",
    "(field_declaration_list (field_declaration name: (_) @a) (field_declaration name: (_) @b)) @site",
    "(binary_expression left: (_) @l operator: _ @o right: (_) @r) @site",
    "(use_declaration argument: (_ (_) @x)) @site",
};

static void shapes_match_like_queries(void **state)
{
    struct subject subject;
    size_t wrong = 0;

    (void)state;
    subject_init(&subject, LANGUAGE_PYTHON, VIEW(PYTHON_SOURCE));
    for (size_t i = 0; i < COUNT_OF(PYTHON_SHAPES); i++)
        wrong += compare_pattern(&subject, view_of(PYTHON_SHAPES[i]), "python");
    subject_deinit(&subject);
    subject_init(&subject, LANGUAGE_RUST, VIEW(RUST_SOURCE));
    for (size_t i = 0; i < COUNT_OF(RUST_SHAPES); i++)
        wrong += compare_pattern(&subject, view_of(RUST_SHAPES[i]), "rust");
    subject_deinit(&subject);
    assert_int_equal(wrong, 0);
}

/* All examples of a language in one text: every pattern meets every rule's code. */
static void gather(const struct rule *const *rules, size_t count, enum language language, struct buffer *out)
{
    buffer_add_text(out, language == LANGUAGE_PYTHON ? PYTHON_SOURCE : RUST_SOURCE);
    for (size_t i = 0; i < count; i++)
        for (size_t e = 0; rules[i]->language == language && e < rules[i]->example_count; e++) {
            buffer_add(out, rules[i]->examples[e].text);
            buffer_add_byte(out, '\n');
        }
}

static void rules_match_like_queries(void **state)
{
    size_t source_count, count, wrong = 0;
    const struct rule_source *sources = rule_sources_embedded(&source_count);
    struct catalogue *catalogue = NULL;
    struct err err = {0};
    const struct rule *const *rules;

    (void)state;
    if (catalogue_new(sources, source_count, &catalogue, &err) != ERR_OK)
        fail_msg("%s", err.message);
    rules = catalogue_rules(catalogue, &count);
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        struct subject subject;
        struct buffer text;
        buffer_init(&text, 1 << 22);
        gather(rules, count, (enum language)language, &text);
        subject_init(&subject, (enum language)language, buffer_view(&text));
        for (size_t i = 0; i < count; i++)
            for (size_t v = 0; (int)rules[i]->language == language && v < rules[i]->variant_count; v++)
                wrong += compare_pattern(&subject, rules[i]->variants[v].pattern, rules[i]->id.ptr);
        subject_deinit(&subject);
        buffer_deinit(&text);
    }
    print_message("%zu matches of the oracle compared\n", total_rows);
    assert_int_equal(wrong, 0);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_match_like_queries),
        cmocka_unit_test(rules_match_like_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
