/* The configuration from text: values, variables, secrets from files, and mistakes with their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "settings/settings.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FORGE "forges: [{name: github, kind: github, secret: s3cret}]\n"

static const char *env_of(void *ctx, const char *name)
{
    (void)ctx;
    if (strcmp(name, "WEBHOOK_SECRET") == 0)
        return "from: [the, environment]";
    if (strcmp(name, "FORGE_TOKEN") == 0)
        return "t0ken";
    return strcmp(name, "EMPTY") == 0 ? "" : strcmp(name, "TWO") == 0 ? "2" : NULL;
}

static enum err_code read_of(void *ctx, const char *path, struct arena *arena, struct view *out,
                             struct err *err)
{
    (void)ctx;
    if (strcmp(path, "/etc/pr/one.secret") == 0)
        return arena_copy(arena, VIEW("one\n"), out, err);
    if (strcmp(path, "/run/two.secret") == 0)
        return arena_copy(arena, VIEW("two\r\n"), out, err);
    if (strcmp(path, "/etc/pr/empty") == 0)
        return arena_copy(arena, VIEW("\n"), out, err);
    return err_set(err, ERR_NOT_FOUND, "%s: no such file", path);
}

static const struct settings_source SOURCE = {.env = env_of, .read = read_of};

static struct settings parse(struct arena *arena, struct view text)
{
    struct settings settings = {0};
    struct err err = {0};

    if (settings_parse(text, "/etc/pr/perf-review.yml", &SOURCE, arena, &settings, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return settings;
}

static int up(void **state)
{
    *state = arena_new(16 << 20);
    return 0;
}

static int down(void **state)
{
    arena_free(*state);
    return 0;
}

static void an_empty_file_gives_the_defaults(void **state)
{
    struct settings settings = parse(*state, VIEW("{}"));

    assert_true(view_is(settings.listen_host, "127.0.0.1"));
    assert_int_equal(settings.listen_port, 8080);
    assert_true(view_is(settings.data, "/etc/pr/data"));
    assert_true(view_is(settings.public_url, "http://127.0.0.1:8080"));
    assert_int_equal(settings.workers, 2);
    assert_int_equal(settings.forge_count, 0);
    assert_int_equal(settings.limits.body_bytes, 25 << 20);
    assert_int_equal(settings.limits.queue_max, 10000);
    assert_int_equal(settings.limits.max_comments, 15);
    assert_int_equal(settings.log_level, SETTINGS_LOG_INFO);
    assert_false(settings.log_json);
}

static void every_section_is_read(void **state)
{
    struct settings settings = parse(*state, VIEW("listen: '[::1]:0'\n"
                                                  "data: /var/lib/pr\n"
                                                  "store: sqlite\n"
                                                  "workers: ${TWO}\n"
                                                  "public_url: https://reviews.example.org/bot/\n"
                                                  "forges:\n"
                                                  "  - name: ghes\n"
                                                  "    kind: github\n"
                                                  "    url: https://git.example.org/\n"
                                                  "    secret_file: [one.secret, /run/two.secret]\n"
                                                  "    token: Bearer-${FORGE_TOKEN}-$${x}$\n"
                                                  "  - name: plain\n"
                                                  "    kind: git\n"
                                                  "    url: repositories/\n"
                                                  "    secret: ${WEBHOOK_SECRET}\n"
                                                  "    repositories:\n"
                                                  "      - {name: team/tool, default_branch: trunk}\n"
                                                  "      - {name: other, path: ./elsewhere/x.git}\n"
                                                  "limits: {attempts: 3, max_comments: 0}\n"
                                                  "log: {level: debug, format: json}\n"));
    const struct settings_forge *ghes = settings_find_forge(&settings, VIEW("ghes"));
    const struct settings_forge *plain = settings_find_forge(&settings, VIEW("plain"));

    assert_true(view_is(settings.listen_host, "::1") && settings.listen_port == 0);
    assert_true(view_is(settings.data, "/var/lib/pr") && settings.workers == 2);
    assert_true(view_is(settings.public_url, "https://reviews.example.org/bot"));
    assert_true(view_is(ghes->url, "https://git.example.org"));
    assert_true(view_is(ghes->api, "https://git.example.org/api/v3"));
    assert_int_equal(ghes->secret_count, 2);
    assert_true(view_is(ghes->secrets[0], "one") && view_is(ghes->secrets[1], "two"));
    assert_true(view_is(ghes->token, "Bearer-t0ken-${x}$"));
    assert_true(view_is(plain->url, "/etc/pr/repositories"));
    assert_true(view_is(plain->secrets[0], "from: [the, environment]")); /* never read as YAML */
    assert_int_equal(plain->repository_count, 2);
    assert_true(view_is(plain->repositories[0].path, "/etc/pr/repositories/team/tool.git"));
    assert_true(view_is(plain->repositories[0].default_branch, "trunk"));
    assert_true(view_is(plain->repositories[1].path, "/etc/pr/elsewhere/x.git"));
    assert_true(view_is(plain->repositories[1].default_branch, "main"));
    assert_int_equal(settings.limits.attempts, 3);
    assert_int_equal(settings.limits.max_comments, 0);
    assert_true(settings.log_json && settings.log_level == SETTINGS_LOG_DEBUG);
    assert_null(settings_find_forge(&settings, VIEW("gitea")));
}

static void a_mistake_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *place, *what;
    } rows[] = {
        {"listne: x", ":1:1:", "listen"},
        {"listen: nowhere", ":1:9:", "HOST:PORT"},
        {"listen: ::1:8080", ":1:9:", "brackets"},
        {"listen: 127.0.0.1:70000", ":1:9:", "HOST:PORT"},
        {"workers: many", ":1:10:", "whole number"},
        {"workers: 65", ":1:10:", "0 to 64"},
        {"store: postgresql://x@y/z", ":1:8:", "`sqlite`"},
        {"limits: {atempts: 3}", ":1:10:", "attempts"},
        {"limits:\n  attempts: 0", ":2:13:", "1 to 100"},
        {"log: {level: loud}", ":1:14:", "`debug`"},
        {"data: ''", ":1:7:", "empty"},
        {"public_url: ftp://x", ":1:13:", "https://"},
        {"forges: {}", ":1:9:", "list"},
        {"forges:\n  - {kind: github, secret: x}", ":2:5:", "name"},
        {"forges:\n  - {name: a/b, kind: github, secret: x}", ":2:12:", "letters"},
        {"forges:\n  - {name: a, kind: gitlab, secret: x}", ":2:21:", "`github`, `git`"},
        {"forges:\n  - {name: a, kind: github}", ":2:5:", "secret"},
        {"forges:\n  - {name: a, kind: github, secret: ''}", ":2:37:", "empty"},
        {"forges:\n  - {name: a, kind: github, secret: [a, b, c]}", ":2:37:", "up to 2"},
        {"forges:\n  - {name: a, kind: github, secret: []}", ":2:37:", "up to 2"},
        {"forges:\n  - name: a\n    kind: github\n    secret: ${NOPE}", ":4:13:", "NOPE"},
        {"forges:\n  - name: a\n    kind: github\n    secret: ${EMPTY}", ":4:13:", "empty"},
        {"forges:\n  - name: a\n    kind: github\n    secret: ${NO", ":4:13:", "${NAME}"},
        {"forges:\n  - name: a\n    kind: github\n    secret_file: nope", ":4:18:", "/etc/pr/nope"},
        {"forges:\n  - name: a\n    kind: github\n    secret_file: empty", ":4:18:", "empty"},
        {"forges:\n  - {name: a, kind: github, secret: x, secret_file: y}", ":2:40:", "one is enough"},
        {"forges:\n  - {name: a, kind: github, secret: x, token: [a, b]}", ":2:47:", ""},
        {"forges:\n  - {name: a, kind: github, secret: x, token: b, app: {id: 1}}",
         ":2:50:", "one is enough"},
        {"forges:\n  - {name: a, kind: github, secret: x, app: {private_key: k}}", ":2:45:", "`id`"},
        {"forges:\n  - {name: a, kind: github, secret: x, app: {id: 1}}", ":2:45:", "`private_key`"},
        {"forges:\n  - {name: a, kind: github, secret: x, app: {id: 1, private_key: k}}",
         ":2:45:", "PEM form"},
        {"forges:\n  - {name: a, kind: github, secret: x, app: {id: 'a b', private_key: k}}", ":2:50:", "id"},
        {"forges:\n  - {name: a, kind: git, url: x, secret: x, app: {id: 1}}", ":2:45:", "kind `github`"},
        {"forges:\n  - {name: a, kind: git, secret: x}", ":2:5:", "url"},
        {"forges:\n  - {name: a, kind: github, secret: x, repositories: [shop]}", ":2:55:", "OWNER/NAME"},
        {"forges:\n  - {name: a, kind: github, secret: x, repositories: [{name: a/b, path: x}]}",
         ":2:67:", "kind `git`"},
        {"forges:\n  - {name: a, kind: github, secret: x, app: {id: 1, private_key: PRIVATE KEY-----}, "
         "repositories: [a/b]}",
         ":2:85:", "an App knows"},
        {"forges:\n  - {name: a, kind: github, secret: x, url: 'https://u:p@h'}", ":2:45:", "user part"},
        {"forges:\n  - {name: a, kind: github, secret: x}\n  - {name: a, kind: github, secret: x}",
         ":3:5:", "two forges"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct settings settings;
        struct err err = {0};
        enum err_code code = settings_parse(view_of(rows[i].text), "/etc/pr/perf-review.yml", &SOURCE, *state,
                                            &settings, &err);

        if (code != ERR_INVALID || !strstr(err.message, rows[i].what) ||
            !strstr(err.message, rows[i].place) ||
            strstr(err.message, "/etc/pr/perf-review.yml") != err.message)
            fail_msg("row %zu: %s\n-> %s: %s", i, rows[i].text, err_name(code), err.message);
    }
}

static void parsing_survives_every_arena_cap(void **state)
{
    enum err_code code = ERR_LIMIT;

    (void)state;
    for (size_t cap = 0; code != ERR_OK && cap < 200000; cap += 512) {
        struct arena *arena = arena_new(cap);
        struct settings settings;

        code = settings_parse(VIEW(FORGE "log: {level: warn}\ndata: x\n"), "f.yml", &SOURCE, arena, &settings,
                              NULL);
        assert_true(code == ERR_OK || code == ERR_LIMIT || code == ERR_INVALID);
        arena_free(arena);
    }
    assert_int_equal(code, ERR_OK);
}

static void files_and_environment_of_the_process_are_read(void **state)
{
    char folder[] = "/tmp/perf-review-settings-XXXXXX", path[64], secret[64];
    struct settings settings;
    struct err err = {0};
    FILE *file;

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/c.yml", folder);
    snprintf(secret, sizeof(secret), "%s/secret", folder);
    assert_int_equal(settings_load(path, *state, &settings, &err), ERR_NOT_FOUND);
    file = fopen(secret, "w");
    fputs("s3cret\n", file);
    fclose(file);
    file = fopen(path, "w");
    fputs("forges: [{name: a, kind: github, secret_file: secret, token: '${PERF_REVIEW_TEST_TOKEN}'}]\n",
          file);
    fclose(file);
    assert_int_equal(settings_load(path, *state, &settings, &err), ERR_INVALID);
    setenv("PERF_REVIEW_TEST_TOKEN", "abc", 1);
    if (settings_load(path, *state, &settings, &err) != ERR_OK)
        fail_msg("%s", err.message);
    assert_true(view_is(settings.forges[0].secrets[0], "s3cret") && view_is(settings.forges[0].token, "abc"));
    unlink(secret);
    unlink(path);
    rmdir(folder);
}

/* A file of config/, which lies four folders above this one. */
static struct view load_file(struct arena *arena, const char *name)
{
    static const char HERE[] = "tests/unit/settings/test_settings.c";
    char path[1024], *text = arena_alloc(arena, 1 << 20);
    struct view view = {text, 0};
    FILE *file;

    snprintf(path, sizeof(path), "%.*sconfig/%s", (int)(strlen(__FILE__) - strlen(HERE)), __FILE__, name);
    file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s", path);
    view.len = fread(text, 1, 1 << 20, file);
    fclose(file);
    return view;
}

static void the_commented_default_file_parses_to_the_defaults(void **state)
{
    struct settings settings = parse(*state, load_file(*state, "perf-review.yml"));
    struct settings defaults = parse(*state, VIEW("{}"));

    assert_int_equal(settings.forge_count, 1);
    assert_true(view_is(settings.forges[0].token, "t0ken"));
    assert_memory_equal(&settings.limits, &defaults.limits, sizeof(defaults.limits));
    assert_true(view_equal(settings.data, defaults.data) && settings.workers == defaults.workers);
}

/* What the file shows as a commented default must be one: it is what people copy. */
static void the_default_file_says_the_defaults_in_its_comments(void **state)
{
    struct view text = load_file(*state, "perf-review.yml"), line, rest;
    size_t at = view_find(text, VIEW("\n# limits:"), 0), used = 0, lines = 0;
    struct settings settings, defaults = parse(*state, VIEW("{}"));
    char *open = arena_alloc(*state, text.len + 1);

    assert_true(at != SIZE_MAX);
    rest = view_slice(text, at + 1, text.len);
    while (view_split(&rest, '\n', &line)) {
        size_t mark = view_find(line, VIEW("# "), 0);

        if (mark == SIZE_MAX)
            continue;
        used += (size_t)snprintf(open + used, text.len + 1 - used, "%.*s%.*s\n", (int)mark, "        ",
                                 VIEW_ARG(view_slice(line, mark + 2, line.len)));
        lines++;
    }
    settings = parse(*state, (struct view){open, used});
    for (const char *const *key = settings_keys("limits"); *key; key++)
        assert_true(view_find((struct view){open, used}, view_of(*key), 0) != SIZE_MAX);
    assert_memory_equal(&settings.limits, &defaults.limits, sizeof(defaults.limits));
    assert_true(settings.log_level == defaults.log_level && settings.log_json == defaults.log_json);
    assert_true(lines > 14);
}

static void check_properties(const struct json *schema, const char *path, const char *section)
{
    const struct json *properties = json_at(schema, path);
    const char *const *keys = settings_keys(section);
    size_t known = 0, described = 0;
    bool more = true;
    char parent[64];

    assert_non_null(properties);
    assert_non_null(keys);
    snprintf(parent, sizeof(parent), "%.*sadditionalProperties", (int)(strlen(path) - strlen("properties")),
             path);
    assert_true(json_bool(schema, parent, &more) && !more);
    for (; keys[known]; known++)
        if (!json_at(properties, keys[known]))
            fail_msg("%s: the schema lacks `%s`", path, keys[known]);
    for (const struct json *item = json_first(properties); item; item = json_next(item))
        described++;
    assert_int_equal(described, known);
}

static void the_schema_knows_the_same_keys_and_kinds(void **state)
{
    struct json *schema = NULL;
    const struct json *kind;
    size_t kinds = 0;

    assert_int_equal(json_parse(load_file(*state, "perf-review.schema.json"), &schema, NULL), ERR_OK);
    check_properties(schema, "properties", "");
    check_properties(schema, "$defs.forge.properties", "forges");
    check_properties(schema, "$defs.repository.properties", "repositories");
    check_properties(schema, "$defs.limits.properties", "limits");
    check_properties(schema, "$defs.log.properties", "log");
    kind = json_first(json_at(schema, "$defs.forge.properties.kind.enum"));
    for (; kind; kind = json_next(kind), kinds++) {
        struct view name = {0};

        assert_true(json_text(kind, "", &name));
        assert_non_null(settings_kinds()[kinds]);
        assert_true(view_is(name, settings_kinds()[kinds]));
    }
    assert_null(settings_kinds()[kinds]);
    json_free(schema);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, up, down)
    const struct CMUnitTest tests[] = {
        ROW(an_empty_file_gives_the_defaults),
        ROW(every_section_is_read),
        ROW(a_mistake_is_told_with_its_place),
        ROW(parsing_survives_every_arena_cap),
        ROW(files_and_environment_of_the_process_are_read),
        ROW(the_commented_default_file_parses_to_the_defaults),
        ROW(the_default_file_says_the_defaults_in_its_comments),
        ROW(the_schema_knows_the_same_keys_and_kinds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
