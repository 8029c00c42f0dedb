/** @file forge_internal.h  What the forges share: their tables, the HMAC check, sizes as forges count them.
 */
#pragma once
#include "forge/forge.h"

enum {
    FORGE_TITLE_MAX = 512, /* bytes kept of a title */
    FORGE_DELIVERY_MAX = 128,
    FORGE_JOB_MAX = 64,
    FORGE_COMMENT_MAX_BYTES = 256 << 10, /* of one that is read: 65,536 characters */
};

extern const struct forge_ops FORGE_GITHUB;
extern const struct forge_ops FORGE_GIT;

/** "sha256=" and the HMAC of the body, as @p given, under any of the forge's secrets. */
NODISCARD
enum err_code forge_signature_check(const struct forge *forge, struct view body, struct view given,
                                    struct err *err);
/** What that check takes: "sha256=" and the HMAC under the first secret. */
NODISCARD
enum err_code forge_signature_make(const struct forge *forge, struct view body, struct arena *arena,
                                   struct view *out, struct err *err);
/** 1 to @p max of [A-Za-z0-9_.:-]. */
bool forge_token_is_valid(struct view token, size_t max);
/** The delivery id in @p header, valid and copied. */
NODISCARD
enum err_code forge_delivery_id(const struct forge_request *request, const char *header, struct arena *arena,
                                struct view *out, struct err *err);
/** A copy of at most @p max bytes, cut where a character ends. */
NODISCARD
enum err_code forge_copy_short(struct view text, size_t max, struct arena *arena, struct view *out,
                               struct err *err);
/** UTF-16 units: the larger of the counts that forges may use for their limits. */
size_t forge_units(struct view text);
/** ERR_LIMIT where the review is larger than any forge takes, ERR_INVALID for ids that are none. */
NODISCARD
enum err_code forge_review_check(const struct forge_review *review, struct err *err);
/** Head and job of the last marker of ours in @p body; false where there is none. */
bool forge_marker_read(struct view body, struct view *head, struct view *job);
/** A comment's body once what it says is fixed since @p head, and that body as it was before. In @p arena;
 *  empty when that is full. */
struct view forge_body_fixed(struct view body, struct view head, struct arena *arena);
struct view forge_body_reopened(struct view body, struct arena *arena);
/** The head that forge_body_fixed() wrote into @p body; empty where it did not. */
struct view forge_fixed_find(struct view body);

/** The token kept for @p repository, still good at @p now_ms; the empty view. */
struct view grants_find(const struct forge *forge, struct view repository, int64_t now_ms);
/** Keep one until then. @p kept is a view of it that lasts until the next one or forge_leave(). */
NODISCARD
enum err_code grants_keep(struct forge *forge, struct view repository, struct view token, int64_t until_ms,
                          struct view *kept, struct err *err);
