/* `.perf-review.yml`: what the owners of a repository say of its code. */
#include "settings/repository.h"
#include "base/pattern.h"
#include "base/yaml.h"

static const char *const KEYS[] = {"hot",          "cold",    "ignore",  "rules", "max_comments",
                                   "min_severity", "fail_on", "trigger", NULL};
static const char *const SEVERITIES[] = {"low", "medium", "high", NULL};
static const char *const TRIGGERS[] = {"push", "command", NULL};
static const char *const FAIL_ON[] = {"none", "low", "medium", "high", NULL};

const char *const *repository_settings_keys(void)
{
    return KEYS;
}

/* "**.py:resolve": a symbol has no '/', so the last ':' parts it from its glob. */
static enum err_code read_mark(const struct yaml *node, bool hot, struct repository_mark *out,
                               struct err *err)
{
    struct pattern *pattern = NULL;
    struct err why = {0};
    struct view text;
    size_t colon = SIZE_MAX;
    enum err_code code = yaml_to_text(node, &text, err);

    if (code != ERR_OK)
        return code;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == ':')
            colon = i;
    *out = (struct repository_mark){.glob = view_slice(text, 0, colon), .hot = hot};
    if (colon != SIZE_MAX)
        out->symbol = view_slice(text, colon + 1, text.len);
    if (out->glob.len == 0 || (colon != SIZE_MAX && out->symbol.len == 0))
        return yaml_error(node, err, "expected \"glob\" or \"glob:symbol\", e.g. \"src/**/*.py:resolve\"");
    code = pattern_new_glob(out->glob, &pattern, &why);
    pattern_free(pattern);
    return code == ERR_OK ? ERR_OK : yaml_error(node, err, "%s", why.message);
}

static enum err_code read_marks(const struct yaml *list, bool hot, struct arena *arena,
                                struct repository_settings *out, struct err *err)
{
    struct repository_mark *marks;
    enum err_code code = ERR_OK;
    size_t count = out->mark_count;

    if (!list)
        return ERR_OK;
    if (list->kind != YAML_SEQUENCE || list->count > REPOSITORY_MARKS_MAX)
        return yaml_error(list, err, "expected a list of up to %d globs", REPOSITORY_MARKS_MAX);
    marks = ARENA_ARRAY(arena, struct repository_mark, count + list->count + 1);
    if (!marks)
        return arena_full(arena, err);
    for (size_t i = 0; i < count; i++)
        marks[i] = out->marks[i];
    for (const struct yaml *node = list->first; code == ERR_OK && node; node = node->next)
        code = read_mark(node, hot, &marks[count++], err);
    out->marks = marks;
    out->mark_count = count;
    return code;
}

static enum err_code read_ignored(const struct yaml *list, struct arena *arena,
                                  struct repository_settings *out, struct err *err)
{
    struct view *globs;
    enum err_code code = ERR_OK;

    if (!list)
        return ERR_OK;
    if (list->kind != YAML_SEQUENCE || list->count > REPOSITORY_MARKS_MAX)
        return yaml_error(list, err, "expected a list of up to %d globs", REPOSITORY_MARKS_MAX);
    globs = ARENA_ARRAY(arena, struct view, list->count + 1);
    if (!globs)
        return arena_full(arena, err);
    for (const struct yaml *node = list->first; code == ERR_OK && node; node = node->next) {
        struct pattern *pattern = NULL;
        struct err why = {0};

        code = yaml_to_text(node, &globs[out->ignored_count], err);
        if (code == ERR_OK && pattern_new_glob(globs[out->ignored_count++], &pattern, &why) != ERR_OK)
            code = yaml_error(node, err, "%s", why.message);
        pattern_free(pattern);
    }
    out->ignored = globs;
    return code;
}

/* YAML 1.1 and 1.2 disagree on what `off` is; here it is a word. @p severity is set where one is named. */
static enum err_code read_switch(const struct yaml *node, bool *off, struct view *severity, struct err *err)
{
    struct view text;
    enum err_code code = yaml_to_text(node, &text, err);

    if (code != ERR_OK)
        return code;
    *off = view_is(text, "off") || view_is(text, "false");
    if (*off || view_is(text, "on") || view_is(text, "true"))
        return ERR_OK;
    for (size_t i = 0; SEVERITIES[i]; i++)
        if (view_is(text, SEVERITIES[i])) {
            *severity = text;
            return ERR_OK;
        }
    return yaml_error(node, err, "expected on or off, or a severity: low, medium or high");
}

static enum err_code read_rules(const struct yaml *section, const char *const *rules, struct arena *arena,
                                struct repository_settings *out, struct err *err)
{
    struct repository_rule *severities;
    struct view *off;
    enum err_code code = ERR_OK;

    if (!section)
        return ERR_OK;
    if (section->kind != YAML_MAPPING)
        return yaml_error(section, err, "expected rules and what they are, e.g. `py-readlines: off`");
    if (rules)
        code = yaml_check_keys(section, rules, err);
    off = ARENA_ARRAY(arena, struct view, section->count + 1);
    severities = ARENA_ARRAY(arena, struct repository_rule, section->count + 1);
    if (!off || !severities)
        return arena_full(arena, err);
    for (const struct yaml *node = section->first; code == ERR_OK && node; node = node->next) {
        struct view severity = {0};
        bool is_off = false;

        code = read_switch(node, &is_off, &severity, err);
        if (is_off)
            off[out->rules_off_count++] = node->key;
        else
            severities[out->severity_count++] = (struct repository_rule){node->key, severity};
    }
    out->rules_off = off;
    out->severities = severities;
    return code;
}

static enum err_code read_word(const struct yaml *node, const char *const *words, const char *list,
                               struct view *out, struct err *err)
{
    const char *nearest;
    struct view text;
    enum err_code code;

    if (!node)
        return ERR_OK;
    code = yaml_to_text(node, &text, err);
    if (code != ERR_OK)
        return code;
    for (size_t i = 0; words[i]; i++)
        if (view_is(text, words[i])) {
            *out = text;
            return ERR_OK;
        }
    nearest = yaml_nearest(text, words);
    return yaml_error(node, err, "`%.*s` is none of %s%s%s%s", VIEW_ARG(text), list,
                      nearest ? "; did you mean `" : "", nearest ? nearest : "", nearest ? "`?" : "");
}

/* Nothing but blank lines and comments: whoever comments everything out wants the defaults. */
static bool says_nothing(struct view text)
{
    struct view rest = text, line;

    while (view_split(&rest, '\n', &line)) {
        line = view_trim(line);
        if (line.len > 0 && line.ptr[0] != '#')
            return false;
    }
    return true;
}

enum err_code repository_settings_parse(struct view text, struct view file, const char *const *rules,
                                        struct arena *arena, struct repository_settings *out, struct err *err)
{
    struct repository_settings made = {.max_comments = -1};
    const struct yaml *root = NULL, *comments;
    enum err_code code;

    if (text.len > REPOSITORY_SETTINGS_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "%.*s: %zu bytes, limit %d", VIEW_ARG(file), text.len,
                       REPOSITORY_SETTINGS_MAX_BYTES);
    if (says_nothing(text)) {
        *out = made;
        return ERR_OK;
    }
    code = yaml_parse(text, file, arena, &root, err);
    if (code == ERR_OK)
        code = yaml_check_keys(root, KEYS, err);
    if (code == ERR_OK)
        code = read_marks(yaml_get(root, "hot"), true, arena, &made, err);
    if (code == ERR_OK)
        code = read_marks(yaml_get(root, "cold"), false, arena, &made, err);
    if (code == ERR_OK)
        code = read_ignored(yaml_get(root, "ignore"), arena, &made, err);
    if (code == ERR_OK)
        code = read_rules(yaml_get(root, "rules"), rules, arena, &made, err);
    comments = code == ERR_OK ? yaml_get(root, "max_comments") : NULL;
    if (comments)
        code = yaml_to_int(comments, 0, REPOSITORY_COMMENTS_MAX, &made.max_comments, err);
    if (code == ERR_OK)
        code = read_word(yaml_get(root, "min_severity"), SEVERITIES, "low, medium, high", &made.min_severity,
                         err);
    if (code == ERR_OK)
        code = read_word(yaml_get(root, "trigger"), TRIGGERS, "push, command", &made.trigger, err);
    if (code == ERR_OK)
        code = read_word(yaml_get(root, "fail_on"), FAIL_ON, "none, low, medium, high", &made.fail_on, err);
    if (code == ERR_OK)
        *out = made;
    return code;
}

static bool speaks_of(const struct repository_settings *settings, struct view rule)
{
    for (size_t i = 0; i < settings->rules_off_count; i++)
        if (view_equal(settings->rules_off[i], rule))
            return true;
    for (size_t i = 0; i < settings->severity_count; i++)
        if (view_equal(settings->severities[i].id, rule))
            return true;
    return false;
}

enum err_code repository_settings_join(const struct repository_settings *shared,
                                       const struct repository_settings *own, struct arena *arena,
                                       struct repository_settings *out, struct err *err)
{
    struct repository_settings made = *own;
    struct repository_mark *marks =
        ARENA_ARRAY(arena, struct repository_mark, shared->mark_count + own->mark_count + 1);
    struct view *off = ARENA_ARRAY(arena, struct view, shared->rules_off_count + own->rules_off_count + 1),
                *ignored = ARENA_ARRAY(arena, struct view, shared->ignored_count + own->ignored_count + 1);
    struct repository_rule *severities =
        ARENA_ARRAY(arena, struct repository_rule, shared->severity_count + own->severity_count + 1);

    if (!marks || !off || !ignored || !severities)
        return arena_full(arena, err);
    made.mark_count = made.rules_off_count = made.ignored_count = made.severity_count = 0;
    for (size_t i = 0; i < shared->mark_count + own->mark_count; i++)
        marks[made.mark_count++] =
            i < shared->mark_count ? shared->marks[i] : own->marks[i - shared->mark_count];
    for (size_t i = 0; i < shared->ignored_count + own->ignored_count; i++)
        ignored[made.ignored_count++] =
            i < shared->ignored_count ? shared->ignored[i] : own->ignored[i - shared->ignored_count];
    for (size_t i = 0; i < shared->rules_off_count; i++)
        if (!speaks_of(own, shared->rules_off[i]))
            off[made.rules_off_count++] = shared->rules_off[i];
    for (size_t i = 0; i < own->rules_off_count; i++)
        off[made.rules_off_count++] = own->rules_off[i];
    for (size_t i = 0; i < shared->severity_count; i++)
        if (!speaks_of(own, shared->severities[i].id))
            severities[made.severity_count++] = shared->severities[i];
    for (size_t i = 0; i < own->severity_count; i++)
        severities[made.severity_count++] = own->severities[i];
    if (own->max_comments < 0)
        made.max_comments = shared->max_comments;
    if (own->min_severity.len == 0)
        made.min_severity = shared->min_severity;
    if (own->trigger.len == 0)
        made.trigger = shared->trigger;
    if (own->fail_on.len == 0)
        made.fail_on = shared->fail_on;
    made.marks = marks;
    made.rules_off = off;
    made.ignored = ignored;
    made.severities = severities;
    *out = made;
    return ERR_OK;
}
