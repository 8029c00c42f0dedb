/* Deliveries of an App that did not reach us. GitHub never sends one again by itself, and keeps its log for
 * about three days; each attempt is an entry of its own, the newest first, and those of one event share its
 * GUID. Source: forges.md A1. */
#include "forge/forge_internal.h"
#include "forge/github_internal.h"

#include <assert.h>

enum {
    PAGES_MAX = 10,
    EVENTS_MAX = PAGES_MAX * 100,
    ASKED_MAX = 50,   /* in one reading: each is a call */
    ATTEMPTS_MAX = 3, /* GitHub's first one counts */
    TIME_MAX = 64,
};

struct event {
    struct view guid;
    struct view began; /* the oldest attempt in sight */
    struct view id;    /* of the newest attempt, its digits */
    bool arrived;      /* the newest attempt did */
    bool wanted;
    bool whole; /* all its attempts are in sight: without the first one it was given up before */
    int attempts;
};

struct log_reading {
    struct event *events;
    size_t count;
    struct view newest; /* when the newest entry was sent */
    struct view since;
    bool at_end; /* entries older than since were met */
};

/* What asks for work. The open pull requests are looked at in any case, but nobody else tells of a command.
 */
static bool is_wanted(const struct json *item)
{
    static const struct {
        const char *event, *action; /* NULL: every one */
    } WANTED[] = {
        {"pull_request", NULL},
        {"issue_comment", "created"},
        {"pull_request_review_comment", "created"},
        {"check_run", "rerequested"},
        {"check_run", "requested_action"},
        {"check_suite", "rerequested"},
    };
    struct view event, action = {0};

    if (!json_text(item, "event", &event))
        return false;
    json_text(item, "action", &action);
    for (size_t i = 0; i < COUNT_OF(WANTED); i++)
        if (view_is(event, WANTED[i].event) && (!WANTED[i].action || view_is(action, WANTED[i].action)))
            return true;
    return false;
}

static struct event *find_event(const struct log_reading *log, struct view guid)
{
    for (size_t i = 0; i < log->count; i++)
        if (view_equal(log->events[i].guid, guid))
            return &log->events[i];
    return NULL;
}

/* Times are all of one form, in UTC: their text sorts as they do. */
static bool is_before(struct view a, struct view b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++)
        if (a.ptr[i] != b.ptr[i])
            return a.ptr[i] < b.ptr[i];
    return a.len < b.len;
}

/* The digits of the next entry's id: it has 64 bits, of which a JSON number keeps 53. An entry is a flat
 * object with one member of that name, and no text can hold the quotes that stand around it. */
static bool take_id(struct view body, size_t *at, const struct json *item, struct view *out)
{
    size_t start = view_find(body, VIEW("\"id\":"), *at), end;
    double number;
    uint64_t value;

    if (start == SIZE_MAX)
        return false;
    for (start += sizeof("\"id\":") - 1; start < body.len && body.ptr[start] == ' '; start++)
        continue;
    for (end = start; end < body.len && body.ptr[end] >= '0' && body.ptr[end] <= '9'; end++)
        continue;
    *at = end;
    *out = view_slice(body, start, end);
    return json_number(item, "id", &number) && view_to_u64(*out, &value) && (double)value == number;
}

static enum err_code take_entry(struct log_reading *log, const struct json *item, struct view id,
                                struct arena *arena, struct err *err)
{
    struct view guid, at;
    struct event *event;
    int64_t status = 0;
    bool again;
    enum err_code code;

    if (!json_text(item, "guid", &guid) || !json_text(item, "delivered_at", &at) || at.len > TIME_MAX)
        return ERR_OK;
    if (is_before(at, log->since)) {
        log->at_end = true;
        return ERR_OK;
    }
    json_int(item, "status_code", &status);
    code = arena_copy(arena, at, &at, err);
    event = find_event(log, guid);
    if (code == ERR_OK && !event) {
        assert(log->events != NULL);
        event = &log->events[log->count];
        *event = (struct event){.arrived = status >= 200 && status <= 299, .wanted = is_wanted(item)};
        code = arena_copy(arena, id, &event->id, err);
        if (code == ERR_OK)
            code = arena_copy(arena, guid, &event->guid, err);
        log->count += code == ERR_OK;
    }
    if (code != ERR_OK)
        return code;
    if (log->newest.len == 0)
        log->newest = at;
    event->began = at;
    event->attempts++;
    event->whole = json_bool(item, "redelivery", &again) && !again;
    return ERR_OK;
}

static enum err_code read_page(const struct forge *app, struct log_reading *log, struct view *page,
                               struct arena *arena, struct err *err)
{
    const struct github_call call = {
        .method = "GET", .path = *page, .what = "read the log of the App's deliveries"};
    struct http_reply reply = {0};
    struct json *root = NULL;
    struct view id;
    size_t at = 0;
    enum err_code code = github_ask(app, &call, arena, &reply, err);

    if (code == ERR_OK)
        code = github_understand(app, &call, &reply, &root, err);
    if (code == ERR_OK)
        code = github_next_page(app, &reply, page, err);
    for (const struct json *item = json_first(root);
         code == ERR_OK && item && !log->at_end && log->count < EVENTS_MAX; item = json_next(item))
        if (take_id(reply.body, &at, item, &id))
            code = take_entry(log, item, id, arena, err);
    json_free(root);
    return code;
}

static enum err_code read_log(const struct forge *app, struct log_reading *log, struct arena *arena,
                              int64_t *calls, struct err *err)
{
    struct view page = VIEW("/app/hook/deliveries?per_page=100");
    enum err_code code = ERR_OK;

    for (int i = 0; code == ERR_OK && i < PAGES_MAX && page.len > 0 && !log->at_end; i++) {
        (*calls)++;
        code = read_page(app, log, &page, arena, err);
    }
    return code;
}

static enum err_code ask_again(const struct forge *app, const struct event *event, struct arena *arena,
                               int64_t *calls, struct err *err)
{
    struct github_call call = {.method = "POST",
                               .what = "ask for a delivery once more"}; /* twice does no harm */
    struct json *root = NULL;
    enum err_code code;

    call.path = arena_format(arena, "/app/hook/deliveries/%.*s/attempts", VIEW_ARG(event->id));
    if (call.path.len == 0)
        return arena_full(arena, err);
    (*calls)++;
    code = github_send(app, &call, arena, &root, NULL, err);
    json_free(root);
    /* What GitHub does not have any more nobody gets again. */
    return code == ERR_NOT_FOUND || code == ERR_INVALID ? ERR_OK : code;
}

enum err_code github_deliveries_again(const struct forge *forge, struct view since, struct arena *arena,
                                      int64_t *calls, struct forge_found *out, struct err *err)
{
    struct log_reading log = {.events = ARENA_ARRAY(arena, struct event, EVENTS_MAX), .since = since};
    struct view begin;
    struct forge app;
    enum err_code code = log.events ? github_as_app(forge, arena, &app, err) : arena_full(arena, err);

    if (code == ERR_OK)
        code = read_log(&app, &log, arena, calls, err);
    begin = log.newest.len ? log.newest : since;
    for (size_t i = 0; code == ERR_OK && i < log.count; i++) {
        const struct event *event = &log.events[i];

        if (event->arrived || !event->wanted || !event->whole || event->attempts >= ATTEMPTS_MAX)
            continue;
        /* All its attempts must be in sight the next time, for they are counted. */
        if (is_before(event->began, begin))
            begin = event->began;
        if (out->asked_again == ASKED_MAX)
            continue;
        code = ask_again(&app, event, arena, calls, err);
        out->asked_again += code == ERR_OK;
    }
    out->version = begin;
    return code;
}
