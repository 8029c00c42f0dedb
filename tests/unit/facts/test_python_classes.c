/* What the facts say of Python classes. Each row marks a class's name with << >>. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_fixture.h"
#include <stdio.h>
#include <string.h>

#define INIT "    def __init__(self, x):\n        self.x = x\n"

static const struct {
    const char *name, *source;
    uint64_t set, unset; /* flags that must hold; that must not */
} ROWS[] = {
    {"plain", "class <<A>>:\n" INIT,
     CLASS_NO_BASES | CLASS_SLOTTED_BASES | CLASS_ADDS_ATTRIBUTES | CLASS_HAS_INIT,
     CLASS_SLOTTED | CLASS_LATE_ATTRIBUTES | CLASS_CLASHES | CLASS_DYNAMIC | CLASS_MADE_IN_FUNCTION},
    {"object", "class <<A>>(object):\n" INIT, CLASS_NO_BASES | CLASS_SLOTTED_BASES, 0},
    {"slots", "class <<A>>:\n    __slots__ = ('x',)\n" INIT, CLASS_SLOTTED, CLASS_DYNAMIC},
    {"an unknown base", "from b import B\nclass <<A>>(B):\n" INIT, CLASS_UNKNOWN_BASE,
     CLASS_SLOTTED_BASES | CLASS_NO_BASES},
    {"a slotted base", "class B:\n    __slots__ = ()\nclass <<A>>(B):\n" INIT,
     CLASS_OWN_BASE | CLASS_SLOTTED_BASES, CLASS_UNKNOWN_BASE | CLASS_NO_BASES},
    {"a base without slots", "class B:\n    pass\nclass <<A>>(B):\n" INIT, CLASS_OWN_BASE,
     CLASS_SLOTTED_BASES},
    {"a slotted base of an unslotted one",
     "class C:\n    pass\nclass B(C):\n    __slots__ = ()\nclass <<A>>(B):\n" INIT, CLASS_OWN_BASE,
     CLASS_SLOTTED_BASES},
    {"its own base", "class <<A>>(A):\n" INIT, CLASS_UNKNOWN_BASE, CLASS_SLOTTED_BASES},
    {"str", "class <<A>>(str):\n    pass\n", CLASS_VALUE_BASE | CLASS_SLOTTED_BASES, CLASS_NO_BASES},
    {"namedtuple()", "from collections import namedtuple\nclass <<A>>(namedtuple('A', 'x')):\n    pass\n",
     CLASS_VALUE_BASE | CLASS_SLOTTED_BASES, CLASS_UNKNOWN_BASE},
    {"an enum", "import enum\nclass <<A>>(enum.Enum):\n    X = 1\n", CLASS_ENUM, CLASS_UNKNOWN_BASE},
    {"an exception", "class <<A>>(ValueError):\n    pass\n", CLASS_EXCEPTION, CLASS_UNKNOWN_BASE},
    {"a subclass of an exception", "class B(Exception):\n    pass\nclass <<A>>(B):\n    pass\n",
     CLASS_EXCEPTION | CLASS_OWN_BASE, 0},
    {"a protocol", "from typing import Protocol\nclass <<A>>(Protocol):\n    pass\n", CLASS_PROTOCOL, 0},
    {"a model", "from django.db import models\nclass <<A>>(models.Model):\n    pass\n", CLASS_MODEL, 0},
    {"pydantic", "from pydantic import BaseModel\nclass <<A>>(BaseModel):\n    pass\n", CLASS_MODEL, 0},
    {"a metaclass", "class <<A>>(metaclass=M):\n" INIT, CLASS_METACLASS, CLASS_SLOTTED_BASES},
    {"a dataclass", "from dataclasses import dataclass\n@dataclass\nclass <<A>>:\n    x: int\n",
     CLASS_DATACLASS, CLASS_SLOTTED | CLASS_DECORATED},
    {"a slotted dataclass",
     "import dataclasses\n@dataclasses.dataclass(slots=True)\nclass <<A>>:\n    x: int\n",
     CLASS_DATACLASS | CLASS_SLOTTED, 0},
    {"attr.s", "import attr\n@attr.s\nclass <<A>>:\n    x = attr.ib()\n", CLASS_ATTRS, CLASS_SLOTTED},
    {"attrs.define", "from attrs import define\n@define\nclass <<A>>:\n    x: int\n",
     CLASS_ATTRS | CLASS_SLOTTED, 0},
    {"a decorator that nobody knows", "@register\nclass <<A>>:\n" INIT, CLASS_DECORATED, 0},
    {"an attribute set late", "class <<A>>:\n" INIT "    def f(self):\n        self.y = 1\n",
     CLASS_LATE_ATTRIBUTES, 0},
    {"an attribute set again", "class <<A>>:\n" INIT "    def f(self):\n        self.x = 1\n", 0,
     CLASS_LATE_ATTRIBUTES},
    {"an attribute set from outside", "class <<A>>:\n" INIT "a = A(1)\na.y = 2\n", CLASS_LATE_ATTRIBUTES, 0},
    {"an old one set from outside", "class <<A>>:\n" INIT "a = A(1)\na.x = 2\n", 0, CLASS_LATE_ATTRIBUTES},
    {"a default of the class", "class <<A>>:\n    x = 0\n" INIT, CLASS_CLASHES, 0},
    {"its __dict__", "class <<A>>:\n" INIT "    def f(self):\n        return self.__dict__\n", CLASS_DYNAMIC,
     0},
    {"setattr", "class <<A>>:\n" INIT "    def f(self, k):\n        setattr(self, k, 1)\n", CLASS_DYNAMIC, 0},
    {"a cached property", "class <<A>>:\n" INIT "    @cached_property\n    def f(self):\n        pass\n",
     CLASS_DYNAMIC, 0},
    {"made in a loop", "class <<A>>:\n" INIT "for i in y:\n    A(i)\n", CLASS_MADE_IN_LOOP, CLASS_SUBCLASSED},
    {"made in a comprehension", "class <<A>>:\n" INIT "z = [A(i) for i in y]\n", CLASS_MADE_IN_LOOP, 0},
    {"collected by append", "class <<A>>:\n" INIT "def f(y, z):\n    for i in y:\n        z.append(A(i))\n",
     CLASS_COLLECTED, 0},
    {"collected under keys", "class <<A>>:\n" INIT "def f(y):\n    return {i: A(i) for i in y}\n",
     CLASS_COLLECTED, 0},
    {"made and used up", "class <<A>>:\n" INIT "def f(y):\n    for i in y:\n        A(i).run()\n",
     CLASS_MADE_IN_LOOP, CLASS_COLLECTED},
    {"made by map", "class <<A>>:\n" INIT "z = list(map(A, y))\n", CLASS_MADE_IN_LOOP, 0},
    {"made in a function that a loop calls",
     "class <<A>>:\n" INIT "def f(i):\n    return A(i)\nfor i in y:\n    f(i)\n", CLASS_MADE_IN_LOOP, 0},
    {"made in a function", "class <<A>>:\n" INIT "def f():\n    A(1)\n", CLASS_MADE_IN_FUNCTION,
     CLASS_MADE_IN_LOOP},
    {"made once", "class <<A>>:\n" INIT "a = A(1)\n", 0, CLASS_MADE_IN_FUNCTION | CLASS_MADE_IN_LOOP},
    {"made in a short loop", "class <<A>>:\n" INIT "for i in range(3):\n    A(i)\n", 0, CLASS_MADE_IN_LOOP},
    {"a base of another", "class <<A>>:\n" INIT "class B(A):\n    pass\n", CLASS_SUBCLASSED, 0},
    {"compares", "class <<A>>:\n" INIT "    def __eq__(self, o):\n        return True\n", CLASS_COMPARES, 0},
};

static void classes_are_known_by_their_file(void **state)
{
    size_t failed = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        uint64_t flags;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        flags = facts_class_flags(m.facts, m.node, ROWS[i].set | ROWS[i].unset);
        if ((flags & ROWS[i].set) != ROWS[i].set || (flags & ROWS[i].unset) != 0) {
            print_error("%s: missing %llx, not wanted %llx\n", ROWS[i].name,
                        (unsigned long long)(ROWS[i].set & ~flags),
                        (unsigned long long)(flags & ROWS[i].unset));
            failed++;
        }
        arena_free(m.arena);
    }
    assert_int_equal(failed, 0);
}

static void a_node_in_a_method_means_its_class(void **state)
{
    struct marked m;
    (void)state;
    marked_open(&m, LANGUAGE_PYTHON, "class A(ValueError):\n    def f(self):\n        return <<x>>\n");
    assert_true((facts_class_flags(m.facts, m.node, CLASS_EXCEPTION)) != 0);
    arena_free(m.arena);
    marked_open(&m, LANGUAGE_PYTHON, "def f():\n    return <<x>>\n");
    assert_int_equal(facts_class_flags(m.facts, m.node, UINT64_MAX), 0);
    arena_free(m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_known_by_their_file),
        cmocka_unit_test(a_node_in_a_method_means_its_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
