/* Whether GitHub will let the service do its work: each permission that it needs, by name, and what to do
 * where one is lacking. A token does not tell what it may: then what needs the permission is asked for with
 * something in it that GitHub refuses once it has looked at the permission, and nothing comes of it. Source:
 * forges.md A3, A4, A6, A10. */
#include "forge/forge_internal.h"
#include "forge/github_internal.h"

#include <stdlib.h>
#include <time.h>

#define NO_COMMIT "0000000000000000000000000000000000000000"
enum { MS = 1000 };

struct visit {
    struct forge *forge;
    struct arena *arena;
    struct forge_exam *exam;
};

static void add(const struct visit *visit, const char *what, enum forge_health health, struct view words)
{
    struct forge_exam *exam = visit->exam;

    if (exam->count == FORGE_EXAM_MAX)
        return;
    exam->items[exam->count].what = what;
    exam->items[exam->count].health = health;
    exam->items[exam->count++].words = words.len ? words : VIEW("no memory to tell");
}
#define ADD(visit, what, health, ...) add(visit, what, health, arena_format((visit)->arena, __VA_ARGS__))

/* Thu, 09 Nov 2023 10:00:00 GMT (RFC 9110 5.6.7). */
static void examine_clock(const struct visit *visit, const struct http_reply *reply)
{
    struct view date = http_reply_header(reply, "date");
    struct view copy = arena_format(visit->arena, "%.*s", VIEW_ARG(date));
    struct tm at = {0};
    long long off;

    if (!copy.len || !strptime(copy.ptr, "%a, %d %b %Y %H:%M:%S", &at)) {
        ADD(visit, "clock", FORGE_UNTRIED, "the answer does not tell the time");
        return;
    }
    off = (long long)(visit->forge->now_ms(visit->forge->clock) / MS) - (long long)timegm(&at);
    if (llabs(off) > FORGE_CLOCK_OFF_MAX_S)
        ADD(visit, "clock", FORGE_BAD,
            "this machine is %lld s %s: set its clock (timedatectl set-ntp true), or what is signed here is "
            "refused",
            llabs(off), off > 0 ? "ahead" : "behind");
    else
        ADD(visit, "clock", FORGE_GOOD, "%lld s off", llabs(off));
}

static void examine_identity(const struct visit *visit, const struct github_call *call,
                             const struct forge *as, const struct http_reply *reply, struct json **root)
{
    bool app = visit->forge->app_id.len > 0;
    const char *what = app ? "App" : "token";
    struct view name = VIEW("?");
    struct err why = {0};

    if (github_understand(as, call, reply, root, &why) == ERR_OK) {
        json_text(*root, app ? "slug" : "login", &name);
        ADD(visit, what, FORGE_GOOD, "%s%.*s%s", app ? "writes as " : "belongs to ", VIEW_ARG(name),
            app ? "[bot]" : "");
    } else if (!app && reply->status == 403 && view_starts(as->token, "ghs_")) {
        ADD(visit, what, FORGE_UNTRIED, "an installation's, which does not tell whose it is");
    } else if (reply->status == 401) {
        ADD(visit, what, FORGE_BAD, "%s. %s", why.message,
            app ? "Is the private key one of the App that `id` names? Make a new one on its page"
                : "Make a new token, and put it into `token`");
    } else {
        ADD(visit, what, FORGE_BAD, "%s", why.message);
    }
}

/* The first call: whether anybody is there, what the time is, and who we are. False: the rest is in vain. */
static bool examine_api(const struct visit *visit, const struct forge *as, struct http_reply *reply,
                        struct json **who)
{
    bool app = as->app_id.len > 0, known = as->token.len > 0;
    const struct github_call call = {.method = "GET",
                                     .path = app     ? VIEW("/app")
                                             : known ? VIEW("/user")
                                                     : VIEW("/meta"),
                                     .what = "ask who we are"};
    struct err why = {0};

    if (github_ask(as, &call, visit->arena, reply, &why) != ERR_OK) {
        ADD(visit, "API", FORGE_BAD,
            "%s. May this machine reach %.*s? `api` names another address, https_proxy a proxy", why.message,
            VIEW_ARG(as->api));
        return false;
    }
    if (reply->status == 404 || reply->status >= 500 ||
        http_reply_header(reply, "x-github-request-id").len == 0) {
        ADD(visit, "API", FORGE_BAD,
            "%.*s answers %d, and not as GitHub's API does: an Enterprise Server's is https://HOST/api/v3",
            VIEW_ARG(as->api), reply->status);
        return false;
    }
    ADD(visit, "API", FORGE_GOOD, "%.*s answers", VIEW_ARG(as->api));
    examine_clock(visit, reply);
    if (!known) {
        ADD(visit, "token", FORGE_BAD, "there is none: give `token` or `app`, or no review can be posted");
        return false;
    }
    examine_identity(visit, &call, as, reply, who);
    return *who != NULL || (!app && reply->status == 403);
}

/* "read" is enough where "read" is wanted; "write" and "admin" hold it. */
static bool is_granted(const struct json *permissions, const char *name, bool write)
{
    struct view level;

    return json_text(permissions, name, &level) && (!write || !view_is(level, "read"));
}

static const struct need {
    const char *what, *name, *other; /* other: will do as well */
    bool write;
} NEEDED[] = {
    {"permission metadata", "metadata", NULL, false},
    {"permission contents", "contents", NULL, false},
    {"permission pull_requests", "pull_requests", NULL, true},
    {"permission checks", "checks", "statuses", true},
};

static bool is_met(const struct need *need, const struct json *installation)
{
    const struct json *has = json_at(installation, "permissions");

    return is_granted(has, need->name, need->write) ||
           (need->other && is_granted(has, need->other, need->write));
}

/* An installation has what its owner accepted, which may be less than the App asks for by now. */
static void examine_need(const struct visit *visit, const struct need *need, const struct json *installations)
{
    const struct json *lacking = json_first(installations);
    struct view login = VIEW("?"), level = VIEW("none");

    while (lacking && is_met(need, lacking))
        lacking = json_next(lacking);
    if (!lacking) {
        ADD(visit, need->what, FORGE_GOOD, "%s", need->write ? "write" : "read");
        return;
    }
    json_text(lacking, "account.login", &login);
    json_text(json_at(lacking, "permissions"), need->name, &level);
    ADD(visit, need->what, FORGE_BAD,
        "%.*s grants %.*s where %s is needed: set it on the App's page under Permissions, then have it "
        "accepted there",
        VIEW_ARG(login), VIEW_ARG(level), need->write ? "write" : "read");
}

static void examine_events(const struct visit *visit, const struct json *app)
{
    struct view event;

    for (const struct json *item = json_first(json_at(app, "events")); item; item = json_next(item))
        if (json_text(item, "", &event) && view_is(event, "pull_request")) {
            ADD(visit, "events", FORGE_GOOD, "the App hears of pull requests");
            return;
        }
    ADD(visit, "events", FORGE_BAD,
        "the App does not hear of pull requests: tick \"Pull request\" on its page, under Subscribe to "
        "events");
}

/* Some repository that the first installation reaches. */
static void find_repository(const struct visit *visit, const struct json *installations)
{
    const struct github_call call = {.method = "GET",
                                     .path = VIEW("/installation/repositories?per_page=1"),
                                     .what = "list an installation's repositories"};
    struct json *root = NULL;
    struct err why = {0};
    struct view name;
    int64_t id = 0, calls = 0;
    enum err_code code;

    json_int(json_first(installations), "id", &id);
    code = github_enter_installation(visit->forge, id, false, visit->arena, &calls, &why);
    if (code == ERR_OK)
        code = github_send(visit->forge, &call, visit->arena, &root, NULL, &why);
    if (code != ERR_OK)
        ADD(visit, "installation", FORGE_BAD, "%s", why.message);
    else if (json_text(json_first(json_at(root, "repositories")), "full_name", &name) &&
             forge_repository_is_valid(name))
        visit->exam->repository = arena_format(visit->arena, "%.*s", VIEW_ARG(name));
    else
        ADD(visit, "installation", FORGE_BAD,
            "it holds no repository: choose some on the installation's page");
    json_free(root);
}

static void examine_app(const struct visit *visit, const struct forge *app, const struct json *who,
                        struct view repository)
{
    const struct github_call call = {.method = "GET",
                                     .path = VIEW("/app/installations?per_page=100"),
                                     .what = "list the App's installations"};
    struct view page = {0};
    struct json *list = NULL;
    struct err why = {0};

    examine_events(visit, who);
    if (github_send(app, &call, visit->arena, &list, NULL, &why) != ERR_OK) {
        ADD(visit, "installation", FORGE_BAD, "%s", why.message);
        return;
    }
    json_text(who, "html_url", &page);
    if (!json_first(list)) {
        ADD(visit, "installation", FORGE_BAD, "the App is installed nowhere: %.*s/installations/new",
            VIEW_ARG(page));
        json_free(list);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(NEEDED); i++)
        examine_need(visit, &NEEDED[i], list);
    if (repository.len == 0)
        find_repository(visit, list);
    else if (forge_enter(visit->forge, repository, false, visit->arena, &why) == ERR_OK)
        visit->exam->repository = repository;
    else
        ADD(visit, "installation", FORGE_BAD, "%s", why.message);
    json_free(list);
}

static void examine_scopes(const struct visit *visit, const struct http_reply *reply)
{
    struct view scopes = http_reply_header(reply, "x-oauth-scopes"), rest = scopes, scope;

    if (scopes.len == 0 && !view_starts(visit->forge->token, "ghp_"))
        return; /* a fine-grained one, which does not tell */
    while (rest.len > 0 && view_split(&rest, ',', &scope)) {
        scope = view_trim(scope);
        if (!view_is(scope, "repo") && !view_is(scope, "public_repo"))
            continue;
        ADD(visit, "scope repo", FORGE_GOOD, "%.*s%s", VIEW_ARG(scope),
            view_is(scope, "repo") ? "" : ": public repositories alone");
        return;
    }
    ADD(visit, "scope repo", FORGE_BAD, "the token has %.*s: make one with the scope repo",
        VIEW_ARG(scopes.len ? scopes : VIEW("no scope")));
}

/* Whether a request that cannot succeed is refused for what it says, not for who sends it. */
static void probe(const struct visit *visit, const char *what, struct view path, struct view body)
{
    const struct github_call call = {.method = "POST", .path = path, .body = body, .what = "try to write"};
    struct http_reply reply = {0};
    struct json *root = NULL;
    struct err why = {0};
    enum err_code code = github_ask(visit->forge, &call, visit->arena, &reply, &why);

    if (code == ERR_OK && reply.status == 422) {
        ADD(visit, what, FORGE_GOOD, "write");
        return;
    }
    if (code == ERR_OK && github_understand(visit->forge, &call, &reply, &root, &why) == ERR_OK)
        err_set(&why, ERR_INTERNAL, "GitHub took what it should refuse");
    json_free(root);
    if (reply.status == 403 || reply.status == 404)
        ADD(visit, what, FORGE_BAD, "%s. Give the token that permission, read and write", why.message);
    else
        ADD(visit, what, FORGE_UNTRIED, "%s", why.message);
}

static void examine_token(const struct visit *visit, const struct http_reply *reply, struct view repository)
{
    struct arena *arena = visit->arena;
    struct github_call call = {.method = "GET", .what = "list pull requests"};
    struct json *list = NULL;
    struct err why = {0};
    int64_t number = 0;

    examine_scopes(visit, reply);
    if (repository.len == 0) {
        ADD(visit, "permissions", FORGE_BAD,
            "nothing says where to try them: list `repositories: [OWNER/NAME]` below the forge, or give "
            "--repository");
        return;
    }
    call.path = arena_format(arena, "/repos/%.*s/pulls?state=all&per_page=1", VIEW_ARG(repository));
    if (github_send(visit->forge, &call, arena, &list, NULL, &why) != ERR_OK) {
        ADD(visit, "permission pull_requests", FORGE_BAD,
            "%s. Is there a repository %.*s, and does the token reach it?", why.message,
            VIEW_ARG(repository));
        return;
    }
    visit->exam->repository = repository;
    json_int(json_first(list), "number", &number);
    json_free(list);
    if (number > 0)
        probe(visit, "permission pull_requests",
              arena_format(arena, "/repos/%.*s/pulls/%lld/reviews", VIEW_ARG(repository), (long long)number),
              VIEW("{\"event\":\"COMMENT\",\"body\":\"\"}"));
    else
        ADD(visit, "permission pull_requests", FORGE_UNTRIED,
            "read; %.*s has no pull request yet to try more on", VIEW_ARG(repository));
    probe(visit, "permission statuses",
          arena_format(arena, "/repos/%.*s/statuses/" NO_COMMIT, VIEW_ARG(repository)),
          VIEW("{\"state\":\"success\",\"context\":\"perf-review\"}"));
}

enum err_code github_examine(struct forge *forge, struct view repository, struct arena *arena,
                             struct forge_exam *exam, struct err *err)
{
    const struct visit visit = {forge, arena, exam};
    struct http_reply reply = {0};
    struct json *who = NULL;
    struct forge as = *forge;
    struct err why = {0};

    *exam = (struct forge_exam){0};
    if (repository.len > 0 && !forge_repository_is_valid(repository))
        return err_set(err, ERR_INVALID, "\"%.*s\" is no repository name", VIEW_ARG(repository));
    if (forge->app_id.len > 0 && github_as_app(forge, arena, &as, &why) != ERR_OK) {
        ADD(&visit, "App", FORGE_BAD, "%s: give the key file that GitHub made for it", why.message);
        return ERR_OK;
    }
    if (examine_api(&visit, &as, &reply, &who)) {
        if (forge->app_id.len > 0)
            examine_app(&visit, &as, who, repository);
        else
            examine_token(&visit, &reply, repository);
    }
    json_free(who);
    return ERR_OK;
}

enum err_code github_ping(const struct forge *forge, struct arena *arena, struct forge_ping *out,
                          struct err *err)
{
    struct forge_ping ping = {
        .headers = {{"X-GitHub-Event", VIEW("ping")},
                    {"X-GitHub-Delivery", VIEW("doctor")},
                    {"X-Hub-Signature-256", {0}}},
        .body = VIEW("{\"zen\":\"Is anybody there?\",\"hook_id\":1}"),
    };
    enum err_code code = forge_signature_make(forge, ping.body, arena, &ping.headers[2].value, err);

    if (code == ERR_OK)
        *out = ping;
    return code;
}
