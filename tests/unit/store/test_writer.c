/* The writer thread: group commit, what a crash leaves, a full disk, a full queue, waking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/writer.h"
#include "store_fixture.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

struct told {
    atomic_int good, refused, duplicates;
    char message[ERR_MESSAGE_MAX]; /* of the last refusal; read after the writer has ended */
    int64_t retry_after_ms;
};

static void on_accepted(void *ctx, const struct store_record *record, enum err_code code,
                        enum store_fate fate, const struct err *err)
{
    struct told *told = ctx;

    (void)record;
    if (code != ERR_OK) {
        told->retry_after_ms = err->retry_after_ms;
        snprintf(told->message, sizeof(told->message), "%s", err->message);
        atomic_fetch_add(&told->refused, 1);
    } else {
        atomic_fetch_add(fate == STORE_FATE_DUPLICATE ? &told->duplicates : &told->good, 1);
    }
}

static struct store_writer *writer_of(struct fixture *fixture, int wake_fd)
{
    struct store_writer *writer = NULL;
    struct err err = {0};

    if (store_writer_new(&fixture->options, wake_fd, &writer, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return writer;
}

/* Hands over delivery "d@p index"; its texts are gone right after the call, so the writer must have copied.
 */
static void hand_over(struct store_writer *writer, int index, int64_t number, void *told)
{
    struct store_record record;
    struct err err = {0};
    char id[32];

    snprintf(id, sizeof(id), "d%d", index);
    record = record_of(id, number, "h1", 1000);
    if (store_writer_accept(writer, &record, on_accepted, told, &err) != ERR_OK)
        fail_msg("%s", err.message);
    memset(id, 'X', sizeof(id));
}

enum { THREADS = 4, EACH = 250 };

struct sender {
    struct store_writer *writer;
    struct told *told;
    int first;
};

static void *send_many(void *ctx)
{
    const struct sender *sender = ctx;

    for (int i = 0; i < EACH; i++)
        hand_over(sender->writer, sender->first + i, 1 + i % 20, sender->told);
    return NULL;
}

static void all_who_wait_share_a_commit(void **state)
{
    struct fixture *fixture = *state;
    struct store_writer *writer = writer_of(fixture, -1);
    struct sender senders[THREADS];
    struct told told = {0};
    pthread_t threads[THREADS];
    struct store_writer_counts counts;

    for (int i = 0; i < THREADS; i++) {
        senders[i] = (struct sender){writer, &told, i * EACH};
        pthread_create(&threads[i], NULL, send_many, &senders[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    while (atomic_load(&told.good) < THREADS * EACH)
        usleep(1000);
    usleep(10000);
    counts = store_writer_count(writer);
    assert_int_equal(counts.accepted, THREADS * EACH);
    if (counts.commits * 4 > counts.accepted)
        fail_msg("%d commits for %d deliveries", (int)counts.commits, (int)counts.accepted);
    store_writer_free(writer);
    assert_int_equal(counts_of(fixture).deliveries[STORE_WAITING], THREADS * EACH);
    assert_int_equal(counts_of(fixture).jobs_waiting, 20);
    assert_int_equal(delivery_of(fixture, "d7").state, STORE_WAITING);
}

static void everything_handed_over_is_told_before_the_writer_ends(void **state)
{
    struct fixture *fixture = *state;
    struct store_writer *writer = writer_of(fixture, -1);
    struct told told = {0};

    for (int i = 0; i < 700; i++) /* more than one batch */
        hand_over(writer, i % 600, i % 600 + 1, &told);
    store_writer_free(writer);
    assert_int_equal(told.good, 600);
    assert_int_equal(told.duplicates, 100);
    assert_int_equal(told.refused, 0);
}

static void a_commit_that_made_a_job_wakes_and_a_duplicate_does_not(void **state)
{
    struct fixture *fixture = *state;
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    struct store_writer *writer = writer_of(fixture, fd);
    struct told told = {0};
    uint64_t woken = 0;

    hand_over(writer, 1, 1, &told);
    store_writer_free(writer);
    assert_int_equal(read(fd, &woken, sizeof(woken)), sizeof(woken));
    writer = writer_of(fixture, fd);
    hand_over(writer, 1, 1, &told);
    store_writer_free(writer);
    assert_int_equal(told.duplicates, 1);
    assert_int_equal(read(fd, &woken, sizeof(woken)), -1);
    close(fd);
}

static void a_full_queue_refuses_the_rest_of_a_batch_only(void **state)
{
    struct fixture *fixture = *state;
    struct store_writer *writer;
    struct told told = {0};

    fixture->options.queue_max = 10;
    writer = writer_of(fixture, -1);
    for (int i = 0; i < 50; i++)
        hand_over(writer, i, i + 1, &told);
    store_writer_free(writer);
    assert_int_equal(told.good, 10);
    assert_int_equal(told.refused, 40);
    assert_true(told.retry_after_ms > 0);
    assert_non_null(strstr(told.message, "queue_max 10"));
    assert_int_equal(counts_of(fixture).deliveries[STORE_WAITING], 10);
}

static void a_bad_record_is_refused_by_the_caller(void **state)
{
    struct fixture *fixture = *state;
    struct store_writer *writer = writer_of(fixture, -1);
    struct store_record record = record_of("", 1, "h", 1000);

    assert_int_equal(store_writer_accept(writer, &record, on_accepted, NULL, NULL), ERR_INVALID);
    store_writer_free(writer);
}

/* A file size limit is the nearest that a test without privileges comes to a full disk. */
static void a_full_disk_refuses_all_of_a_batch_and_stores_none_of_it(void **state)
{
    struct fixture *fixture = *state;
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit, tight;
    struct told told = {0};
    struct store_writer *writer = writer_of(fixture, -1);
    static char title[STORE_TEXT_MAX];
    int index = 0, good;

    memset(title, 't', sizeof(title));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    tight = limit;
    tight.rlim_cur = 1 << 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    for (; index < 2000 && !atomic_load(&told.refused); index++) {
        struct store_record record;
        char id[16];

        snprintf(id, sizeof(id), "d%d", index);
        record = record_of(id, index + 1, "h1", 1000);
        record.title = (struct view){title, sizeof(title)};
        assert_int_equal(store_writer_accept(writer, &record, on_accepted, &told, NULL), ERR_OK);
        usleep(200);
    }
    while (atomic_load(&told.good) + atomic_load(&told.refused) < index)
        usleep(1000);
    good = atomic_load(&told.good);
    assert_true(good > 10 && atomic_load(&told.refused) > 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, before);
    assert_int_equal(counts_of(fixture).deliveries[STORE_WAITING], good);
    assert_int_equal(counts_of(fixture).jobs_waiting, good);
    hand_over(writer, 5000, 5000, &told); /* there is room again */
    store_writer_free(writer);
    assert_int_equal(told.good, good + 1);
    assert_true(told.retry_after_ms > 0);
}

enum { CRASHES = 12, IN_FLIGHT = 200 };

struct crash {
    int out;
    atomic_int told;
};

/* Tells the parent the number of each delivery that was acknowledged. */
static void on_acknowledged(void *ctx, const struct store_record *record, enum err_code code,
                            enum store_fate fate, const struct err *err)
{
    struct crash *crash = ctx;
    int32_t number = (int32_t)record->number;

    (void)fate;
    (void)err;
    if (code == ERR_OK && write(crash->out, &number, sizeof(number)) != sizeof(number))
        _exit(3);
    atomic_fetch_add(&crash->told, 1);
}

static void accept_until_killed(const char *path, int out, int first)
{
    const struct store_options options = {.path = path, .queue_max = 10000000};
    struct crash crash = {.out = out};
    struct store_writer *writer = NULL;

    if (store_writer_new(&options, -1, &writer, NULL) != ERR_OK)
        _exit(2);
    for (int sent = 0;; sent++) {
        struct store_record record;
        char id[32];

        while (sent - atomic_load(&crash.told) >= IN_FLIGHT)
            usleep(50);
        snprintf(id, sizeof(id), "d%d", first + sent);
        record = record_of(id, first + sent, "h1", 1000);
        if (store_writer_accept(writer, &record, on_acknowledged, &crash, NULL) != ERR_OK)
            _exit(4);
    }
}

static void what_was_acknowledged_survives_a_kill_at_any_moment(void **state)
{
    struct fixture *fixture = *state;
    unsigned seed = (unsigned)getpid();
    int first = 1, total = 0;

    for (int crash = 0; crash < CRASHES; crash++) {
        struct timespec wait = {.tv_nsec = (3 + rand_r(&seed) % 60) * 1000000L};
        int ends[2], status, last = first;
        struct store_counts counts;
        int32_t number;
        pid_t child;

        store_close(fixture->store); /* a connection must not be carried across a fork */
        fixture->store = NULL;
        assert_int_equal(pipe(ends), 0);
        child = fork();
        if (child == 0)
            accept_until_killed(fixture->path, ends[1], first);
        close(ends[1]);
        nanosleep(&wait, NULL);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        fixture_open(fixture);
        while (read(ends[0], &number, sizeof(number)) == sizeof(number)) {
            char id[32];

            snprintf(id, sizeof(id), "d%d", number);
            assert_int_equal(delivery_of(fixture, id).record.number, number);
            arena_reset(fixture->arena);
            last = number;
            total++;
        }
        close(ends[0]);
        first = last + 2 * IN_FLIGHT; /* what was in flight may be stored or not, but never half */
        counts = counts_of(fixture);
        assert_int_equal(counts.deliveries[STORE_WAITING], counts.jobs_waiting);
    }
    assert_true(total > 0);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        ROW(all_who_wait_share_a_commit),
        ROW(everything_handed_over_is_told_before_the_writer_ends),
        ROW(a_commit_that_made_a_job_wakes_and_a_duplicate_does_not),
        ROW(a_full_queue_refuses_the_rest_of_a_batch_only),
        ROW(a_bad_record_is_refused_by_the_caller),
        ROW(a_full_disk_refuses_all_of_a_batch_and_stores_none_of_it),
        ROW(what_was_acknowledged_survives_a_kill_at_any_moment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
