/* Interned names, and the table from (scope, name) to binding. Both are open-addressing tables that double
 * at three quarters; old ones stay in the arena, which adds up to no more than the last one's size. */
#include "facts_table.h"
#include <string.h>

enum { FIRST_SLOTS = 256 };

static uint64_t hash_name(struct view name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * UINT64_C(0x100000001b3);
    return hash ^ (hash >> 29);
}

static uint64_t hash_pair(uint32_t scope, uint32_t name)
{
    uint64_t hash = ((uint64_t)scope << 32 | name) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 32);
}

enum err_code facts_table_init(struct facts *facts, struct err *err)
{
    struct facts_table *table = ARENA_NEW(facts->arena, struct facts_table);
    if (table == NULL)
        return arena_full(facts->arena, err);
    table->name_slot_count = table->slot_count = FIRST_SLOTS;
    table->name_slots = ARENA_ARRAY(facts->arena, uint32_t, FIRST_SLOTS);
    table->slots = ARENA_ARRAY(facts->arena, struct table_slot, FIRST_SLOTS);
    if (table->name_slots == NULL || table->slots == NULL)
        return arena_full(facts->arena, err);
    facts->table = table;
    return ERR_OK;
}

static enum err_code grow_names(struct facts *facts, struct err *err)
{
    struct facts_table *table = facts->table;
    uint32_t count = table->name_slot_count * 2;
    uint32_t *slots = ARENA_ARRAY(facts->arena, uint32_t, count);

    if (slots == NULL)
        return arena_full(facts->arena, err);
    for (uint32_t i = 0; i < table->name_count; i++) {
        uint32_t at = table->names[i].hash & (count - 1);
        while (slots[at] != 0)
            at = (at + 1) & (count - 1);
        slots[at] = i + 1;
    }
    table->name_slots = slots;
    table->name_slot_count = count;
    return ERR_OK;
}

/* The slot of @p name, or the free one where it belongs. */
static uint32_t *find_name(const struct facts_table *table, struct view name, uint32_t hash)
{
    uint32_t at = hash & (table->name_slot_count - 1);
    for (;; at = (at + 1) & (table->name_slot_count - 1)) {
        uint32_t index = table->name_slots[at];
        if (index == 0 ||
            (table->names[index - 1].hash == hash && view_equal(table->names[index - 1].text, name)))
            return &table->name_slots[at];
    }
}

enum err_code facts_intern(struct facts *facts, struct view name, uint32_t *out, struct err *err)
{
    struct facts_table *table = facts->table;
    uint32_t hash = (uint32_t)hash_name(name);
    uint32_t *slot = find_name(table, name, hash);

    if (*slot != 0) {
        *out = *slot - 1;
        return ERR_OK;
    }
    if (table->name_count == table->name_cap &&
        arena_grow(facts->arena, (void **)&table->names, table->name_count, &table->name_cap,
                   sizeof(*table->names), err) != ERR_OK)
        return ERR_LIMIT;
    table->names[table->name_count] = (struct interned){name, hash};
    *out = table->name_count++;
    *slot = *out + 1;
    return table->name_count * 4 > table->name_slot_count * 3 ? grow_names(facts, err) : ERR_OK;
}

uint32_t facts_name_find(const struct facts *facts, struct view name)
{
    uint32_t slot = *find_name(facts->table, name, (uint32_t)hash_name(name));
    return slot != 0 ? slot - 1 : FACT_NONE;
}

struct view facts_binding_name(const struct facts *facts, const struct binding *binding)
{
    return facts->table->names[binding->name].text;
}

static struct table_slot *find_slot(const struct facts_table *table, uint32_t scope, uint32_t name)
{
    uint32_t at = (uint32_t)hash_pair(scope, name) & (table->slot_count - 1);
    while (table->slots[at].binding != 0 &&
           (table->slots[at].scope != scope || table->slots[at].name != name))
        at = (at + 1) & (table->slot_count - 1);
    return &table->slots[at];
}

uint32_t facts_lookup(const struct facts *facts, uint32_t scope, uint32_t name)
{
    const struct table_slot *slot = find_slot(facts->table, scope, name);
    return slot->binding != 0 ? slot->binding - 1 : FACT_NONE;
}

static enum err_code grow_slots(struct facts *facts, struct err *err)
{
    struct facts_table *table = facts->table, bigger = *table;

    bigger.slot_count *= 2;
    bigger.slots = ARENA_ARRAY(facts->arena, struct table_slot, bigger.slot_count);
    if (bigger.slots == NULL)
        return arena_full(facts->arena, err);
    for (uint32_t i = 0; i < table->slot_count; i++)
        if (table->slots[i].binding != 0)
            *find_slot(&bigger, table->slots[i].scope, table->slots[i].name) = table->slots[i];
    *table = bigger;
    return ERR_OK;
}

enum err_code facts_link(struct facts *facts, uint32_t scope, uint32_t name, uint32_t binding,
                         struct err *err)
{
    struct facts_table *table = facts->table;
    struct table_slot *slot = find_slot(table, scope, name);
    bool fresh = slot->binding == 0;

    *slot = (struct table_slot){scope, name, binding + 1};
    if (fresh && ++table->slot_used * 4 > table->slot_count * 3)
        return grow_slots(facts, err);
    return ERR_OK;
}

enum err_code facts_shadow(struct facts *facts, uint32_t scope, uint32_t name, uint32_t *out, struct err *err)
{
    if (facts->binding_count == facts->binding_cap &&
        arena_grow(facts->arena, (void **)&facts->bindings, facts->binding_count, &facts->binding_cap,
                   sizeof(*facts->bindings), err) != ERR_OK)
        return ERR_LIMIT;
    *out = (uint32_t)facts->binding_count++;
    facts->bindings[*out] = (struct binding){.name = name,
                                             .scope = scope,
                                             .first_def = FACT_NONE,
                                             .last_def = FACT_NONE,
                                             .first_use = FACT_NONE,
                                             .last_use = FACT_NONE};
    return facts_link(facts, scope, name, *out, err);
}

enum err_code facts_declare(struct facts *facts, uint32_t scope, uint32_t name, uint32_t *out,
                            struct err *err)
{
    *out = facts_lookup(facts, scope, name);
    return *out != FACT_NONE ? ERR_OK : facts_shadow(facts, scope, name, out, err);
}
