/* Group commit. While one batch is being synced the next one gathers, so that the number of syncs falls as
 * the load grows. `lock` guards the list and the flags; the store belongs to the thread alone. */
#include "store/writer.h"
#include "store_internal.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One record that waits, in one piece of memory with its texts behind it. */
struct entry {
    struct entry *next;
    struct store_record record;
    store_accepted *accepted;
    void *ctx;
    enum err_code code;
    enum store_fate fate;
    char texts[];
};

struct store_writer {
    struct store *store;
    int wake_fd;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct entry *first, **last; /* under lock */
    size_t waiting;              /* under lock */
    bool idle, stopping;         /* under lock */
    atomic_uint_fast64_t accepted, duplicates, refused, commits;
};

enum { RECORD_TEXTS = 14 };

static void record_texts(struct store_record *record, struct view *out[RECORD_TEXTS])
{
    struct view *const texts[RECORD_TEXTS] = {
        &record->forge,    &record->delivery_id, &record->event,    &record->action,   &record->repository,
        &record->head_sha, &record->head_ref,    &record->base_sha, &record->base_ref, &record->title,
        &record->sender,   &record->reason,      &record->command,  &record->comment,
    };

    memcpy(out, texts, sizeof(texts));
}

static struct entry *entry_new(const struct store_record *record)
{
    struct store_record copy = *record;
    struct view *texts[RECORD_TEXTS];
    struct entry *entry;
    size_t total = 0;
    char *at;

    record_texts(&copy, texts);
    for (size_t i = 0; i < RECORD_TEXTS; i++)
        total += texts[i]->len; /* each at most STORE_TEXT_MAX: checked before */
    entry = malloc(sizeof(*entry) + total);
    if (!entry)
        return NULL;
    *entry = (struct entry){.record = copy};
    record_texts(&entry->record, texts);
    at = entry->texts;
    for (size_t i = 0; i < RECORD_TEXTS; i++) {
        if (texts[i]->len)
            memcpy(at, texts[i]->ptr, texts[i]->len);
        texts[i]->ptr = at;
        at += texts[i]->len;
    }
    return entry;
}

/* At most STORE_WRITER_BATCH_MAX entries from the front of the list; NULL when it is time to end. */
static struct entry *take_batch(struct store_writer *writer)
{
    struct entry *batch, *cut;

    pthread_mutex_lock(&writer->lock);
    while (!writer->first && !writer->stopping) {
        writer->idle = true;
        pthread_cond_wait(&writer->filled, &writer->lock);
    }
    writer->idle = false;
    batch = cut = writer->first;
    if (batch) {
        size_t taken = 1;

        while (taken < STORE_WRITER_BATCH_MAX && cut->next) {
            cut = cut->next;
            taken++;
        }
        writer->first = cut->next;
        if (!writer->first)
            writer->last = &writer->first;
        cut->next = NULL;
        writer->waiting -= taken;
    }
    pthread_mutex_unlock(&writer->lock);
    return batch;
}

/* All of the batch in one transaction. An entry that meets a full queue is refused alone; any other failure
 * refuses all, because the transaction takes all back. */
static enum err_code commit_batch(struct store_writer *writer, struct entry *batch, struct err *err,
                                  struct err *full_err)
{
    enum err_code code = store_begin(writer->store, err);

    if (code != ERR_OK)
        return code;
    for (struct entry *entry = batch; entry && code == ERR_OK; entry = entry->next) {
        bool full = false;

        entry->code = store_accept_inside(writer->store, &entry->record, &entry->fate, &full, err);
        if (full)
            *full_err = *err;
        else
            code = entry->code;
    }
    code = store_end(writer->store, code, err);
    if (code == ERR_OK)
        atomic_fetch_add_explicit(&writer->commits, 1, memory_order_relaxed);
    return code;
}

static void wake(const struct store_writer *writer)
{
    const uint64_t one = 1;
    ssize_t written;

    if (writer->wake_fd < 0)
        return;
    do
        written = write(writer->wake_fd, &one, sizeof(one));
    while (written < 0 && errno == EINTR);
    /* EAGAIN: what is in the pipe has not been read yet, so the reader wakes anyway. */
}

static void tell(struct store_writer *writer, struct entry *batch, enum err_code code, const struct err *err,
                 const struct err *full_err)
{
    uint64_t accepted = 0, duplicates = 0, refused = 0;

    for (struct entry *entry = batch, *next; entry; entry = next) {
        bool full = code == ERR_OK && entry->code != ERR_OK;

        next = entry->next;
        if (code != ERR_OK)
            entry->code = code;
        if (entry->code != ERR_OK)
            refused++;
        else if (entry->fate == STORE_FATE_DUPLICATE)
            duplicates++;
        else
            accepted++;
        entry->accepted(entry->ctx, &entry->record, entry->code, entry->fate, full ? full_err : err);
        free(entry);
    }
    atomic_fetch_add_explicit(&writer->accepted, accepted, memory_order_relaxed);
    atomic_fetch_add_explicit(&writer->duplicates, duplicates, memory_order_relaxed);
    atomic_fetch_add_explicit(&writer->refused, refused, memory_order_relaxed);
}

static void *run(void *ctx)
{
    struct store_writer *writer = ctx;
    struct entry *batch;

    while ((batch = take_batch(writer)) != NULL) {
        struct err err = {0}, full_err = {0};
        enum err_code code = commit_batch(writer, batch, &err, &full_err);
        bool queued = false;

        for (const struct entry *entry = batch; entry && code == ERR_OK; entry = entry->next)
            queued = queued || (entry->code == ERR_OK && entry->fate == STORE_FATE_QUEUED);
        if (queued)
            wake(writer);
        tell(writer, batch, code, &err, &full_err);
    }
    return NULL;
}

static enum err_code start(struct store_writer *writer, struct err *err)
{
    sigset_t all, before;
    int rc;

    /* Signals are the main thread's. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&writer->thread, NULL, run, writer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc == 0 ? ERR_OK : err_set(err, ERR_UNAVAILABLE, "start the store's writer: error %d", rc);
}

enum err_code store_writer_new(const struct store_options *options, int wake_fd, struct store_writer **out,
                               struct err *err)
{
    struct store_writer *writer = calloc(1, sizeof(*writer));
    enum err_code code;

    if (!writer)
        return err_set(err, ERR_MEMORY, "store: no memory");
    writer->wake_fd = wake_fd;
    writer->last = &writer->first;
    code = store_open(options, &writer->store, err);
    if (code != ERR_OK) {
        free(writer);
        return code;
    }
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->filled, NULL);
    code = start(writer, err);
    if (code != ERR_OK) {
        store_close(writer->store);
        free(writer);
        return code;
    }
    *out = writer;
    return ERR_OK;
}

void store_writer_free(struct store_writer *writer)
{
    if (!writer)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->filled);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    store_close(writer->store);
    pthread_cond_destroy(&writer->filled);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

enum err_code store_writer_accept(struct store_writer *writer, const struct store_record *record,
                                  store_accepted *accepted, void *ctx, struct err *err)
{
    enum err_code code = store_check_record(record, err);
    struct entry *entry;
    bool full, signal;

    if (code != ERR_OK)
        return code;
    entry = entry_new(record);
    if (!entry)
        return err_set(err, ERR_MEMORY, "store: no memory");
    entry->accepted = accepted;
    entry->ctx = ctx;
    pthread_mutex_lock(&writer->lock);
    full = writer->waiting >= STORE_WRITER_WAITING_MAX || writer->stopping;
    signal = !full && writer->idle;
    if (!full) {
        *writer->last = entry;
        writer->last = &entry->next;
        writer->waiting++;
        writer->idle = false; /* one signal wakes it; more would cost a call each */
    }
    pthread_mutex_unlock(&writer->lock);
    if (signal)
        pthread_cond_signal(&writer->filled);
    if (full) {
        free(entry);
        atomic_fetch_add_explicit(&writer->refused, 1, memory_order_relaxed);
        code = err_set(err, ERR_UNAVAILABLE, "%d deliveries wait for the disk", STORE_WRITER_WAITING_MAX);
        if (err)
            err->retry_after_ms = 5000;
    }
    return code;
}

struct store_writer_counts store_writer_count(const struct store_writer *writer)
{
    return (struct store_writer_counts){
        .accepted = atomic_load_explicit(&writer->accepted, memory_order_relaxed),
        .duplicates = atomic_load_explicit(&writer->duplicates, memory_order_relaxed),
        .refused = atomic_load_explicit(&writer->refused, memory_order_relaxed),
        .commits = atomic_load_explicit(&writer->commits, memory_order_relaxed),
    };
}
