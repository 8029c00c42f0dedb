/* What the base had already. Sites of both sides are counted by rule and normalised code, over the whole
 * change (so that moves between files and renames cancel): the head's surplus is new. A base site excuses a
 * head site of its own loop depth or less; one that is shallower only proves that the change made the code
 * hotter. */
#include "base/hash.h"
#include "review_internal.h"
#include <stdlib.h>

struct entry {
    uint64_t key;
    bool is_base, used;
    struct site *site;
};

/* By key; heads before bases; deep before shallow; what was not touched first, as it cannot be new. */
static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    const struct site *s = x->site, *t = y->site;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->is_base != y->is_base)
        return x->is_base ? 1 : -1;
    if (s->depth != t->depth)
        return s->depth > t->depth ? -1 : 1;
    if (s->touch != t->touch)
        return s->touch < t->touch ? -1 : 1;
    if (s->file != t->file)
        return s->file < t->file ? -1 : 1;
    return s->match < t->match ? -1 : s->match > t->match;
}

/* Whether the base had it in the same function of the same file: if not, it was moved here. */
static bool stood_here(const struct entry *bases, size_t count, const struct site *head)
{
    for (size_t i = 0; i < count; i++)
        if (bases[i].site->file == head->file && bases[i].site->function == head->function)
            return true;
    return false;
}

/* A base entry that excuses @p head: one of the same function where there is one. */
static struct entry *find_excuse(struct entry *bases, size_t count, const struct site *head)
{
    struct entry *any = NULL;
    for (size_t i = 0; i < count && bases[i].site->depth >= head->depth; i++) {
        if (bases[i].used)
            continue;
        if (bases[i].site->depth == head->depth && bases[i].site->file == head->file &&
            bases[i].site->function == head->function)
            return &bases[i];
        any = any != NULL && any->site->depth > bases[i].site->depth ? any : &bases[i];
    }
    return any;
}

static void settle_group(struct entry *heads, size_t head_count, struct entry *bases, size_t base_count)
{
    for (size_t i = 0; i < head_count; i++) {
        struct site *head = heads[i].site;
        struct entry *excuse = head->fate == FATE_NEW ? find_excuse(bases, base_count, head) : NULL;

        if (excuse == NULL)
            continue;
        excuse->used = true;
        head->fate = stood_here(bases, base_count, head) ? FATE_THERE : FATE_MOVED;
    }
    for (size_t i = 0, base = 0; i < head_count; i++) {
        struct site *head = heads[i].site;
        while (base < base_count && (bases[base].used || bases[base].site->depth >= head->depth))
            base++;
        if (head->fate != FATE_NEW || base == base_count)
            continue;
        bases[base].used = true;
        head->hotter = true;
    }
}

static void settle(struct entry *entries, size_t count)
{
    size_t start = 0, middle, end;

    if (count > 1)
        qsort(entries, count, sizeof(*entries), compare_entries);
    while (start < count) {
        for (middle = start;
             middle < count && entries[middle].key == entries[start].key && !entries[middle].is_base;
             middle++)
            ;
        for (end = middle; end < count && entries[end].key == entries[start].key; end++)
            ;
        settle_group(entries + start, middle - start, entries + middle, end - middle);
        start = end;
    }
}

/* A long site (a loop, a call over many lines) whose own first line stands as it was, and which the base had
 * in the same function with that first line, is the same finding with something edited inside. */
static size_t add_edited(const struct entry *all, size_t count, struct entry *out)
{
    size_t added = 0;
    for (size_t i = 0; i < count; i++) {
        struct site *site = all[i].site;
        bool open = all[i].is_base ? !all[i].used
                                   : site->fate == FATE_NEW && !site->hotter && !site->first_line_touched;
        if (open && site->header != 0)
            out[added++] = (struct entry){.key = site->header, .is_base = all[i].is_base, .site = site};
    }
    return added;
}

static void count_fates(struct run *run)
{
    for (size_t i = 0; i < run->heads.count; i++) {
        struct site *site = &run->heads.items[i];

        /* A removed line nearby is no reason to list what was there before. */
        if (site->touch == TOUCH_NONE || (site->touch == TOUCH_NEAR && site->fate != FATE_NEW)) {
            site->fate = FATE_UNTOUCHED;
            continue;
        }
        run->receipt.already_there += site->fate == FATE_THERE || site->fate == FATE_MOVED;
        run->receipt.moved += site->fate == FATE_MOVED;
    }
}

enum err_code sites_subtract(struct run *run, struct err *err)
{
    size_t count = 0, edited_count;
    struct entry *all = ARENA_ARRAY(run->arena, struct entry, run->heads.count + run->bases.count + 1);
    struct entry *edited = ARENA_ARRAY(run->arena, struct entry, run->heads.count + run->bases.count + 1);

    if (all == NULL || edited == NULL)
        return arena_full(run->arena, err);
    for (size_t i = 0; i < run->heads.count; i++) {
        struct site *site = &run->heads.items[i];
        site->fate = FATE_NEW;
        if (!run->files[site->file].delta->whole)
            all[count++] = (struct entry){.key = site->code, .site = site};
    }
    for (size_t i = 0; i < run->bases.count; i++)
        all[count++] =
            (struct entry){.key = run->bases.items[i].code, .is_base = true, .site = &run->bases.items[i]};
    settle(all, count);
    edited_count = add_edited(all, count, edited);
    settle(edited, edited_count);
    count_fates(run);
    return ERR_OK;
}

/* How often the tokens of @p code stand in @p text, at token boundaries. */
static size_t count_code(struct view text, struct view code)
{
    size_t count = 0;
    for (size_t at = 0; code.len > 0 && (at = view_find(text, code, at)) != SIZE_MAX; at += code.len) {
        size_t end = at + code.len;
        count += (at == 0 || text.ptr[at - 1] == ' ') && (end == text.len || text.ptr[end] == ' ');
    }
    return count;
}

static size_t count_in_function(const struct source *base, uint64_t function, struct view code,
                                struct buffer *text)
{
    size_t count = 0;
    if (function == 0) {
        code_normalise(base->tree, 0, text);
        return count_code(buffer_view(text), code);
    }
    for (size_t i = 0; i < base->facts->function_count; i++) {
        const struct function *f = &base->facts->functions[i];
        if (f->name == NODE_NONE ||
            hash_finish(hash_add(HASH_SEED, facts_function_name(base->facts, f))) != function)
            continue;
        code_normalise(base->tree, f->node, text);
        count += count_code(buffer_view(text), code);
    }
    return count;
}

enum err_code site_was_cold(struct run *run, struct file *file, const struct site *site, bool *out,
                            struct err *err)
{
    const struct match *match = &file->head.matches.items[site->match];
    struct buffer code;
    size_t had = 0;
    enum err_code result;

    *out = false;
    if (file->delta->whole || file->base.text.ptr == NULL)
        return ERR_OK;
    result = source_load(run, &file->base, err);
    if (result != ERR_OK)
        return result == ERR_LIMIT ? ERR_OK : result;
    for (size_t i = 0; i < run->bases.count; i++) {
        const struct site *base = &run->bases.items[i];
        had +=
            &run->files[base->file] == file && base->code == site->code && base->function == site->function;
    }
    buffer_init(&code, CODE_BYTES_MAX);
    code_normalise(file->head.tree, match->nodes[0], &code);
    *out = count_in_function(&file->base, site->function, buffer_view(&code), &run->text) > had;
    buffer_deinit(&code);
    return ERR_OK;
}
