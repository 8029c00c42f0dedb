/** @file github_internal.h  What GitHub's files share: one authenticated call, and answers as our errors. */
#pragma once
#include "base/json.h"
#include "forge/forge.h"
#include "http/client.h"

enum { GITHUB_SHORTEST_PAUSE_MS = 60 * 1000 }; /* where a limit is hit and no time is named */

/* In the body of drafts that only try where comments may stand: a person's own draft is never touched. */
#define GITHUB_PROBE_MARK "<!-- perf-review:probe -->"

struct github_call {
    const char *method;
    struct view path;       /* below forge->api, starts with '/'; or a whole URL below it */
    struct view body;       /* JSON; empty: none */
    const char *what;       /* for messages: "read pull request 7 of o/r" */
    bool changes;           /* posts something: no answer, or a 5xx, leaves the outcome unknown */
    struct view known_etag; /* of the answer that the caller has; empty: none */
};

/** Send it; a 2xx gives the parsed answer, which the caller frees with json_free(), and @p next (may be
 *  NULL) the address of the next page, or the empty view. Everything else is an error: forges.md A3, A12. */
NODISCARD
enum err_code github_send(const struct forge *forge, const struct github_call *call, struct arena *arena,
                          struct json **out, struct view *next, struct err *err);

/** The same; where call->known_etag still holds, *out is NULL. @p etag is the answer's. */
NODISCARD
enum err_code github_send_known(const struct forge *forge, const struct github_call *call,
                                struct arena *arena, struct json **out, struct view *etag, struct err *err);

/** Both: of a list whose first page may still hold. @p next is empty where *out is NULL. */
NODISCARD
enum err_code github_send_page(const struct forge *forge, const struct github_call *call, struct arena *arena,
                               struct json **out, struct view *etag, struct view *next, struct err *err);

/** Any answer at all, as it came. Errors: of the transport alone. */
NODISCARD
enum err_code github_ask(const struct forge *forge, const struct github_call *call, struct arena *arena,
                         struct http_reply *reply, struct err *err);
/** What github_send() makes of such an answer. */
NODISCARD
enum err_code github_understand(const struct forge *forge, const struct github_call *call,
                                const struct http_reply *reply, struct json **out, struct err *err);

/** The address of the page that follows, or the empty view. Errors: ERR_INTERNAL: it lies elsewhere. */
NODISCARD
enum err_code github_next_page(const struct forge *forge, const struct http_reply *reply, struct view *next,
                               struct err *err);

struct json_writer;
struct forge_check;
struct github_query {
    const char *what;                                               /* as in a call */
    struct view text;                                               /* the document */
    void (*variables)(struct json_writer *writer, const void *ctx); /* the members of "variables" */
    const void *ctx;
    bool changes;
};

/** Ask GraphQL. An answer with errors is ERR_OK too: github_query_failed() tells. The caller frees @p out. */
NODISCARD
enum err_code github_query_send(const struct forge *forge, const struct github_query *query,
                                struct arena *arena, struct json **out, struct err *err);
/** The meaning of one of an answer's errors; @p error NULL: of an answer that has no data. */
enum err_code github_query_failed(const struct forge *forge, const struct github_query *query,
                                  const struct json *error, struct err *err);

enum err_code github_verify(const struct forge *forge, const struct forge_request *request, struct err *err);
enum err_code github_parse(const struct forge *forge, const struct forge_request *request,
                           struct arena *arena, struct forge_event *out, struct err *err);
enum err_code github_enter(struct forge *forge, struct view repository, bool anew, struct arena *arena,
                           struct err *err);
/** The login under which the App writes: its slug and "[bot]". */
enum err_code github_app_login(const struct forge *forge, struct arena *arena, struct view *out,
                               struct err *err);
enum err_code github_whoami(const struct forge *forge, struct arena *arena, struct view *out,
                            struct err *err);
enum err_code github_standing_read(const struct forge *forge, struct view repository, int64_t number,
                                   struct view head, struct arena *arena, struct forge_standing *out,
                                   struct err *err);
enum err_code github_standing_update(const struct forge *forge, struct view repository, int64_t number,
                                     const struct forge_update *update, struct arena *arena, struct err *err);
enum err_code github_review_post(const struct forge *forge, struct view repository, int64_t number,
                                 const struct forge_review *review, struct arena *arena,
                                 struct forge_posted *out, struct err *err);
enum err_code github_review_sift(const struct forge *forge, struct view repository, int64_t number,
                                 const struct forge_review *review, struct arena *arena, bool *refused,
                                 struct err *err);
enum err_code github_check_put(const struct forge *forge, struct view repository,
                               const struct forge_check *check, struct arena *arena, struct view *id,
                               struct err *err);
/** Whether @p check can be ended by a mutation; @p node is the run's id there. */
bool github_check_is_simple(const struct forge_check *check, struct view *node);
/** The input of updateCheckRun that ends it, as the member @p name. */
void github_check_write_end(struct json_writer *writer, const char *name, const struct forge_check *check,
                            struct view repository_id, struct view node);
enum err_code github_react(const struct forge *forge, struct view repository, struct view comment,
                           enum forge_reaction reaction, struct arena *arena, struct err *err);
enum err_code github_may_write(const struct forge *forge, struct view repository, struct view login,
                               struct arena *arena, bool *out, struct err *err);
enum err_code github_about(const struct forge *forge, struct view repository, struct view comment,
                           struct arena *arena, struct forge_about *out, struct err *err);
enum err_code github_answer_read(const struct forge *forge, struct view repository, int64_t number,
                                 struct arena *arena, struct forge_posted *out, struct err *err);
enum err_code github_answer_put(const struct forge *forge, struct view repository, int64_t number,
                                const struct forge_posted *standing, struct view body, struct view job,
                                struct arena *arena, struct err *err);
enum err_code github_sweep(struct forge *forge, struct view place, struct view version, struct view page,
                           struct arena *arena, int64_t *calls, struct forge_found *out, struct err *err);
enum err_code github_examine(struct forge *forge, struct view repository, struct arena *arena,
                             struct forge_exam *exam, struct err *err);
enum err_code github_ping(const struct forge *forge, struct arena *arena, struct forge_ping *out,
                          struct err *err);
/** The log of the App's deliveries, from @p since on: those that did not reach us are asked for again.
 *  @p version: where the next reading begins. */
NODISCARD
enum err_code github_deliveries_again(const struct forge *forge, struct view since, struct arena *arena,
                                      int64_t *calls, struct forge_found *out, struct err *err);
/** The forge as the App itself sees it: its calls carry a token that the App signed. */
NODISCARD
enum err_code github_as_app(const struct forge *forge, struct arena *arena, struct forge *out,
                            struct err *err);
/** Sets forge->token to one for all repositories of an installation, as github_enter() does for one. */
NODISCARD
enum err_code github_enter_installation(struct forge *forge, int64_t installation, bool anew,
                                        struct arena *arena, int64_t *calls, struct err *err);
/** What an object of GitHub's says of a pull request, but for its number. */
NODISCARD
enum err_code github_read_pull(const struct json *root, struct arena *arena, struct forge_pull *out,
                               struct err *err);
/** @p body and the summary's marker below it. */
NODISCARD
enum err_code github_mark_summary(struct view body, struct view head, struct view job, struct arena *arena,
                                  struct view *out, struct err *err);
