/** @file github_internal.h  What GitHub's files share: one authenticated call, and answers as our errors. */
#pragma once
#include "base/json.h"
#include "forge/forge.h"
#include "http/client.h"

enum { GITHUB_SHORTEST_PAUSE_MS = 60 * 1000 }; /* where a limit is hit and no time is named */

struct github_call {
    const char *method;
    struct view path; /* below forge->api, starts with '/'; or a whole URL below it */
    struct view body; /* JSON; empty: none */
    const char *what; /* for messages: "read pull request 7 of o/r" */
    bool changes;     /* posts something: no answer, or a 5xx, leaves the outcome unknown */
};

/** Send it; a 2xx gives the parsed answer, which the caller frees with json_free(), and @p next (may be
 *  NULL) the address of the next page, or the empty view. Everything else is an error: forges.md A3, A12. */
NODISCARD
enum err_code github_send(const struct forge *forge, const struct github_call *call, struct arena *arena,
                          struct json **out, struct view *next, struct err *err);

enum err_code github_verify(const struct forge *forge, const struct forge_request *request, struct err *err);
enum err_code github_parse(const struct forge *forge, const struct forge_request *request,
                           struct arena *arena, struct forge_event *out, struct err *err);
enum err_code github_whoami(const struct forge *forge, struct arena *arena, struct view *out,
                            struct err *err);
enum err_code github_review_find(const struct forge *forge, struct view repository, int64_t number,
                                 struct view head, struct arena *arena, struct forge_posted *out,
                                 struct err *err);
enum err_code github_review_post(const struct forge *forge, struct view repository, int64_t number,
                                 const struct forge_review *review, struct arena *arena,
                                 struct forge_posted *out, struct err *err);
