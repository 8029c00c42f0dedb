/* What the facts say of one variable of a Python function: read where, empty, owned, shadowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_fixture.h"
#include "syntax/python_kinds.h"

enum question { EMPTY, READ_AFTER, OWNED, READ_ONCE, ITEM_READS, REBOUND, SHADOWED };

/* The question is asked of the marked name and of the for around it, or else of its own statement. */
static bool answer(struct marked *m, enum question question)
{
    struct facts *facts = m->facts;
    const struct tree *tree = facts->tree;
    uint32_t loop = node_ancestor(tree, m->node, PYTHON_sym_for_statement);
    uint32_t at = loop != NODE_NONE ? loop : m->node;

    while (at != loop && tree->nodes[tree->nodes[at].parent].kind != PYTHON_sym_block)
        at = tree->nodes[at].parent;
    switch (question) {
    case EMPTY:
        return facts_empty_at(facts, m->node, at);
    case READ_AFTER:
        return facts_bound_names_read_after(facts, m->node, at);
    case OWNED:
        return facts_owned_at(facts, m->node, at);
    case READ_ONCE:
        return facts_uses_within(facts, m->node, at) == 1;
    case ITEM_READS: { /* of the item that the marked key stands in */
        uint32_t item = tree->nodes[m->node].parent;
        return facts_item_reads(facts, node_field(tree, at, PYTHON_field_body),
                                node_field(tree, item, PYTHON_field_value), m->node) == 2;
    }
    case REBOUND:
        return facts_rebound_in(facts, m->node, node_field(tree, at, PYTHON_field_body));
    default:
        return facts_shadowed(facts, m->node, node_text(tree, m->node));
    }
}

#define DEF(body) "def f(a, b, c):\n" body

static const struct {
    const char *name, *source;
    enum question question;
    bool answer;
} ROWS[] = {
    {"set just above", DEF(" x = []\n for i in a:\n  <<x>>.append(i)\n"), EMPTY, true},
    {"set above, other statements between", DEF(" x = {}\n b()\n for i in a:\n  <<x>>[i] = 1\n"), EMPTY,
     true},
    {"by a call", DEF(" x = dict()\n for i in a:\n  <<x>>[i] = 1\n"), EMPTY, true},
    {"with an annotation", DEF(" x: list = []\n for i in a:\n  <<x>>.append(i)\n"), EMPTY, true},
    {"emptied again", DEF(" x = [1]\n b(x)\n x = []\n for i in a:\n  <<x>>.append(i)\n"), EMPTY, true},
    {"not empty", DEF(" x = [1]\n for i in a:\n  <<x>>.append(i)\n"), EMPTY, false},
    {"of another kind", DEF(" x = b()\n for i in a:\n  <<x>>.append(i)\n"), EMPTY, false},
    {"a copy", DEF(" x = list(b)\n for i in a:\n  <<x>>.append(i)\n"), EMPTY, false},
    {"touched between", DEF(" x = []\n b(x)\n for i in a:\n  <<x>>.append(i)\n"), EMPTY, false},
    {"grown between", DEF(" x = []\n x += b\n for i in a:\n  <<x>>.append(i)\n"), EMPTY, false},
    {"in one branch", DEF(" if b:\n  x = []\n for i in a:\n  <<x>>.append(i)\n"), EMPTY, false},
    {"outside of a loop around",
     DEF(" x = []\n for j in b:\n  while j:\n   for i in a:\n    <<x>>.append(i)\n"), EMPTY, false},
    {"a parameter", DEF(" for i in a:\n  <<b>>.append(i)\n"), EMPTY, false},
    {"of the module", "x = []\nfor i in a:\n <<x>>.append(i)\n", EMPTY, false},

    {"not read", DEF(" for <<i>> in a:\n  b(i)\n"), READ_AFTER, false},
    {"read after", DEF(" for <<i>> in a:\n  b(i)\n return i\n"), READ_AFTER, true},
    {"one of two is read", DEF(" for <<i, j>> in a:\n  b(i)\n return j\n"), READ_AFTER, true},
    {"bound anew by another loop", DEF(" for <<i>> in a:\n  b(i)\n for i in c:\n  b(i)\n"), READ_AFTER,
     false},
    {"read by what the other loop walks", DEF(" for <<i>> in a:\n  b(i)\n for i in c(i):\n  b(i)\n"),
     READ_AFTER, true},
    {"set anew", DEF(" for <<i>> in a:\n  b(i)\n i = 1\n return i\n"), READ_AFTER, false},
    {"set anew in one branch", DEF(" for <<i>> in a:\n  b(i)\n if c:\n  i = 1\n return i\n"), READ_AFTER,
     true},
    {"built on", DEF(" for <<i>> in a:\n  b(i)\n i += 1\n i = i + 1\n"), READ_AFTER, true},
    {"read before", DEF(" i = 0\n b(i)\n for <<i>> in a:\n  b(i)\n"), READ_AFTER, false},
    {"read before in a loop around", DEF(" while b:\n  c(i)\n  for <<i>> in a:\n   b(i)\n"), READ_AFTER,
     true},
    {"set before that in a loop around", DEF(" while b:\n  i = 0\n  c(i)\n  for <<i>> in a:\n   b(i)\n"),
     READ_AFTER, false},
    {"read by another function", DEF(" for <<i>> in a:\n  b(i)\n def g():\n  return i\n"), READ_AFTER, true},
    {"of the module", "for <<i>> in a:\n b(i)\n", READ_AFTER, true},
    {"of a class", "class C:\n for <<i>> in a:\n  b(i)\n", READ_AFTER, true},

    {"made here", DEF(" x = [1]\n x.append(b)\n <<x>>.reverse()\n"), OWNED, true},
    {"made here, leaves later", DEF(" x = sorted(a)\n <<x>>.reverse()\n return x\n"), OWNED, true},
    {"of a text", DEF(" x = 'a b'.split()\n <<x>>.reverse()\n"), OWNED, true},
    {"a parameter", DEF(" <<a>>.reverse()\n"), OWNED, false},
    {"another's", DEF(" x = a\n <<x>>.reverse()\n"), OWNED, false},
    {"given away before", DEF(" x = [1]\n c(x)\n <<x>>.reverse()\n"), OWNED, false},
    {"stored before", DEF(" x = [1]\n c.x = x\n <<x>>.reverse()\n"), OWNED, false},
    {"given away by the pass before", DEF(" x = [1]\n while b:\n  <<x>>.reverse()\n  c(x)\n"), OWNED, false},
    {"made anew in each pass", DEF(" while b:\n  x = [1]\n  <<x>>.reverse()\n  c(x)\n"), OWNED, true},
    {"seen by another function", DEF(" x = [1]\n def g():\n  return x\n <<x>>.reverse()\n"), OWNED, false},

    {"read once", DEF(" for i in a:\n  <<x>>.append(i)\n x = 1\n"), READ_ONCE, true},
    {"read twice", DEF(" x = 1\n for i in a:\n  <<x>>.append(x)\n"), READ_ONCE, false},

    {"an item that is read twice", DEF(" for i in b:\n  c(a[<<i>>], a[i], a[0], b[i])\n"), ITEM_READS, true},
    {"operands", DEF(" for i in b:\n  c = a[<<i>>] * a[i]\n"), ITEM_READS, true},
    {"also several are deleted", DEF(" for i in b:\n  c(a[<<i>>], a[i])\n  del a[i], c\n"), ITEM_READS,
     false},
    {"also a loop's target", DEF(" for i in b:\n  c(a[<<i>>], a[i])\n  for a[i] in c:\n   c()\n"), ITEM_READS,
     false},
    {"also assigned", DEF(" for i in b:\n  c(a[<<i>>], a[i])\n  a[i] = 1\n"), ITEM_READS, false},
    {"also built on", DEF(" for i in b:\n  c(a[<<i>>], a[i])\n  a[i] += 1\n"), ITEM_READS, false},
    {"also one of several targets", DEF(" for i in b:\n  c(a[<<i>>], a[i])\n  a[i], c = b\n"), ITEM_READS,
     false},
    {"also deleted", DEF(" for i in b:\n  c(a[<<i>>], a[i])\n  del a[i]\n"), ITEM_READS, false},
    {"read when a function runs", DEF(" for i in b:\n  c(a[<<i>>], lambda: a[i])\n"), ITEM_READS, false},
    {"a slice", DEF(" for i in b:\n  c(a[<<i>>], a[i:])\n"), ITEM_READS, false},

    {"bound by the head alone", DEF(" for i in b:\n  c(<<i>>)\n"), REBOUND, false},
    {"bound in the body", DEF(" for i in b:\n  c(<<i>>)\n  if a:\n   i = 1\n"), REBOUND, true},
    {"deleted in the body", DEF(" for i in b:\n  c(<<i>>)\n  del i\n"), REBOUND, true},

    {"a builtin", DEF(" <<list>>(a)\n"), SHADOWED, false},
    {"a local variable", DEF(" list = b\n <<list>>(a)\n"), SHADOWED, true},
    {"a function of the file", "def list(a):\n pass\n" DEF(" <<list>>(a)\n"), SHADOWED, true},
    {"a method", "class C:\n def list(self):\n  <<list>>(self)\n", SHADOWED, false},
    {"of a sister function", "def g(list):\n pass\n" DEF(" <<list>>(a)\n"), SHADOWED, false},
    {"from anywhere", "from x import *\n" DEF(" <<list>>(a)\n"), SHADOWED, true},
};

static void a_variable_is_followed_through_its_function(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        if (answer(&m, ROWS[i].question) != ROWS[i].answer) {
            print_error("%s\n%s", ROWS[i].name, ROWS[i].source);
            wrong++;
        }
        arena_free(m.arena);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(a_variable_is_followed_through_its_function)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
