/** @file writer.h  The one thread that accepts deliveries: all that wait go into one transaction and one
 *  sync (group commit), then each is told. On a full or failing disk the whole batch is refused and
 *  nothing of it is stored. */
#pragma once
#include "store/store.h"

enum {
    STORE_WRITER_WAITING_MAX = 4096, /* records handed over and not yet taken up: more are refused */
    STORE_WRITER_BATCH_MAX = 512,    /* records of one transaction */
};

/** Told on the writer's thread, after the commit: @p code ERR_OK means that @p record is on disk.
 *  @p record is a copy, good during the call. Must not block. */
typedef void store_accepted(void *ctx, const struct store_record *record, enum err_code code,
                            enum store_fate fate, const struct err *err);

struct store_writer;
/** Start the thread with a store of its own. @p wake_fd (-1: none; an eventfd or a pipe, not blocking) gets
 *  8 bytes after each commit that queued a job. Owner: the caller, until store_writer_free(). */
NODISCARD
enum err_code store_writer_new(const struct store_options *options, int wake_fd, struct store_writer **out,
                               struct err *err);
/** Everything handed over before is committed and told first. */
void store_writer_free(struct store_writer *writer);
/** Hand over a deep copy of @p record; @p accepted is called exactly once where this gives ERR_OK, and
 *  never where it fails. Errors: ERR_UNAVAILABLE at STORE_WRITER_WAITING_MAX, ERR_INVALID as
 *  store_accept(), ERR_MEMORY. Any thread. */
NODISCARD
enum err_code store_writer_accept(struct store_writer *writer, const struct store_record *record,
                                  store_accepted *accepted, void *ctx, struct err *err);

struct store_writer_counts {
    uint64_t accepted, duplicates, refused, commits;
};
struct store_writer_counts store_writer_count(const struct store_writer *writer);
