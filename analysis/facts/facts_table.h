/** @file facts_table.h  The tables behind names and bindings: of table.c and facts.c only. */
#pragma once
#include "facts/facts_internal.h"

struct interned {
    struct view text;
    uint32_t hash;
};

struct table_slot {
    uint32_t scope, name;
    uint32_t binding; /* plus one; 0: free */
};

struct pending_use {
    uint32_t node, name;
};

struct facts_table {
    struct interned *names;
    uint32_t name_count;
    size_t name_cap;
    uint32_t *name_slots; /* index into names plus one; 0: free */
    uint32_t name_slot_count;
    struct table_slot *slots;
    uint32_t slot_count, slot_used;
    struct pending_use *pending; /* uses whose definitions may still come */
    size_t pending_count, pending_cap;
};

NODISCARD enum err_code facts_table_init(struct facts *facts, struct err *err);
