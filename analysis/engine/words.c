/* Words that several rules look for in names and texts, each list under a name of its own: a rule writes
 * "<few>" where a regular expression may stand. The lists are part of the program (analysis/rules/words.yml),
 * and each is compiled once, however many patterns ask for it. */
#include "engine_internal.h"

extern const unsigned char WORDS_YML[];
extern const size_t WORDS_YML_SIZE;

enum { WORDS_MAX = 64 };

static enum err_code add_word(struct words *words, struct arena *arena, const struct yaml *node,
                              struct regex_list *regexes, struct err *err)
{
    struct word *word = &words->items[words->count];
    struct view text;
    struct pattern *pattern = NULL;

    if (yaml_to_text(node, &text, err) != ERR_OK ||
        arena_copy(arena, node->key, &word->name, err) != ERR_OK ||
        arena_grow(arena, (void **)&regexes->items, regexes->count, &regexes->cap, sizeof(*regexes->items),
                   err) != ERR_OK)
        return err->code;
    if (pattern_new(text, &pattern, err) != ERR_OK)
        return err_wrap(err, "words.yml:%u", node->line);
    regexes->items[regexes->count++] = pattern;
    word->pattern = pattern;
    words->count++;
    return ERR_OK;
}

enum err_code words_load(struct words *words, struct arena *arena, struct arena *scratch,
                         struct regex_list *regexes, struct err *err)
{
    struct view text = {(const char *)WORDS_YML, WORDS_YML_SIZE};
    const struct yaml *root = NULL;

    if (yaml_parse(text, VIEW("words.yml"), scratch, &root, err) != ERR_OK)
        return err->code;
    if (root->kind != YAML_MAPPING || root->count > WORDS_MAX)
        return yaml_error(root, err, "a mapping of at most %d names is expected here", WORDS_MAX);
    words->items = ARENA_ARRAY(arena, struct word, root->count + 1);
    if (words->items == NULL)
        return arena_full(arena, err);
    for (const struct yaml *node = root->first; node != NULL; node = node->next)
        if (add_word(words, arena, node, regexes, err) != ERR_OK)
            return err->code;
    return ERR_OK;
}

bool words_asked(struct view text, struct view *name)
{
    if (text.len < 3 || text.ptr[0] != '<' || text.ptr[text.len - 1] != '>')
        return false;
    *name = view_slice(text, 1, text.len - 1);
    return true;
}

const struct pattern *words_find(const struct words *words, struct view name)
{
    for (size_t i = 0; words != NULL && i < words->count; i++)
        if (view_equal(words->items[i].name, name))
            return words->items[i].pattern;
    return NULL;
}
