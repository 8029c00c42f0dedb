/** @file fetch.h  Bring the commits of a change into a store. Only what is asked for is fetched, and it
 *  lands in a bounded set of private refs (refs/perf-review/), because libgit2 walks every local ref on each
 *  fetch: 10 k of them cost 2 s. Objects stay, so a commit that was fetched once needs no network again. */
#pragma once
#include "git/mirror.h"

enum { MIRROR_WANTS_MAX = 8, MIRROR_REF_SLOTS = 64 };

struct mirror_want {
    struct view what; /* for messages, e.g. "head", "merge base" */
    struct view ref;  /* "refs/pull/7/head"; empty: fetched by id alone */
    struct view id;   /* the commit that must be here afterwards; empty: whatever the ref points to */
};

struct mirror_remote {
    struct view url;      /* http(s):// without user info, or an absolute path, or file:// */
    struct view user;     /* e.g. "x-access-token"; only used with a token */
    struct view password; /* a token; empty: anonymous. Given by callback to this host, never in the URL */
};

/** Make every want's commit present, and give the id of each in @p ids (the wanted id, else what the ref
 *  points to). When all wanted ids are here already nothing is sent. Refs first; a commit that they do
 *  not bring is asked for by its id. One process fetches into a store at a time, others wait.
 *  Redirects to another host are refused, so that a token stays with its own.
 *  Errors: ERR_NOT_FOUND "head ... is not there yet" (a forge can be late: retry) or no such repository;
 *  ERR_DENIED; ERR_UNAVAILABLE; ERR_TIMEOUT (libgit2 1.7 up; before it the caller's deadline must end the
 *  process, the store stays sound). Messages name the URL without user info. */
NODISCARD
enum err_code mirror_fetch(struct mirror *mirror, const struct mirror_remote *remote,
                           const struct mirror_want *wants, size_t count, char (*ids)[MIRROR_ID_SIZE],
                           struct err *err);

/** How many refs the repository shows, without a store: whether it can be read at all. Errors: as
 *  mirror_fetch(). */
NODISCARD
enum err_code mirror_count_refs_of(const struct mirror_remote *remote, size_t *count, struct err *err);
