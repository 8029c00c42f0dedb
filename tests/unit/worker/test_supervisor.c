/* Worker processes that die, hang and refuse to end: their jobs go back to the queue, and none is left
 * behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/supervisor.h"
#include "worker_fixture.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

enum { PATIENCE_MS = 20000 };

struct plan { /* of the workers; they have a copy of it */
    char database[TEXT_SIZE];
    char marks[TEXT_SIZE]; /* a folder in which each worker leaves a file of its process number */
    int ending;            /* a signal for itself after it has leased; 0: it waits for SIGTERM */
    bool deaf;
};

static void leave_mark(const struct plan *plan)
{
    char path[TEXT_SIZE * 2];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%ld", plan->marks, (long)getpid());
    file = fopen(path, "we");
    if (file)
        fclose(file);
}

/* Leases what is due, then does as it was told. The first worker alone ends itself: there is one job. */
static int work(void *ctx, const char *owner)
{
    const struct plan *plan = ctx;
    const struct store_options options = {.path = plan->database};
    struct arena *arena = arena_new(1 << 20);
    struct store *store = NULL;
    struct store_job job;
    sigset_t term;
    enum err_code code = store_open(&options, &store, NULL);

    if (code == ERR_OK)
        code = store_lease_job(store, view_of(owner), 1000, 60000, arena, &job, NULL);
    store_close(store);
    arena_free(arena);
    leave_mark(plan);
    if (plan->ending && code == ERR_OK) {
        (void)signal(plan->ending, SIG_DFL);
        raise(plan->ending);
    }
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    for (;;)
        if (sigwaitinfo(&term, NULL) == SIGTERM && !plan->deaf)
            return 0;
}

static int count_marks(const struct plan *plan, bool alive)
{
    char command[TEXT_SIZE * 3], out[TEXT_SIZE] = "";
    FILE *pipe;

    snprintf(command, sizeof(command),
             "n=0; for f in $(ls %s); do [ %d = 0 ] || kill -0 $f 2>/dev/null && n=$((n+1)); done; echo $n",
             plan->marks, alive);
    pipe = popen(command, "re");
    assert_non_null(pipe);
    assert_non_null(fgets(out, sizeof(out), pipe));
    pclose(pipe);
    return (int)strtol(out, NULL, 10);
}

static void wait_for_marks(const struct plan *plan, int count)
{
    for (int waited = 0; count_marks(plan, false) < count; waited += 20) {
        if (waited > PATIENCE_MS)
            fail_msg("%d workers of %d came up", count_marks(plan, false), count);
        (void)poll(NULL, 0, 20);
    }
}

static void block_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static struct supervisor *start(struct fixture *fixture, struct plan *plan, unsigned count)
{
    const struct supervisor_options options = {
        .count = count, .work = work, .ctx = plan, .log = &fixture->log};
    const struct store_options store = {.path = plan->database};
    struct supervisor *supervisor = NULL;
    char out[TEXT_SIZE];

    block_signals();
    snprintf(plan->database, sizeof(plan->database), "%s/data/perf-review.db", fixture->dir);
    snprintf(plan->marks, sizeof(plan->marks), "%s/marks", fixture->dir);
    fixture_sh(fixture, "mkdir marks", out);
    snprintf(fixture->fake.head, MIRROR_ID_SIZE, "0123456789012345678901234567890123456789");
    fixture->now_ms = 500;
    fixture_deliver(fixture, "d1");
    store_close(fixture->store);
    fixture->store = NULL;
    if (supervisor_new(&options, &supervisor, &fixture->err) != ERR_OK)
        fail_msg("%s", fixture->err.message);
    assert_int_equal(store_open(&store, &fixture->store, &fixture->err), ERR_OK);
    return supervisor;
}

static void tend(struct fixture *fixture, struct supervisor *supervisor, int64_t now_ms)
{
    if (supervisor_tend(supervisor, fixture->store, &fixture->settings, now_ms, &fixture->err) != ERR_OK)
        fail_msg("%s", fixture->err.message);
}

static void the_job_of_a_dead_worker_goes_back_with_the_reason(void **state)
{
    static const struct {
        int ending;
        const char *says;
    } ROWS[] = {{SIGALRM, "longer than job_seconds"}, {SIGKILL, "signal 9"}};

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct fixture *fixture;
        struct plan plan = {.ending = ROWS[i].ending};
        struct supervisor *supervisor;
        struct store_delivery delivery;

        if (i > 0) { /* a world of its own for each row */
            fixture_teardown(state);
            fixture_setup(state);
        }
        fixture = *state;
        supervisor = start(fixture, &plan, 1);
        wait_for_marks(&plan, 2); /* the second one has taken the first one's place */
        for (int waited = 0; waited < PATIENCE_MS; waited += 20) {
            tend(fixture, supervisor, 2000);
            delivery = fixture_delivery(fixture, "d1");
            if (delivery.state == STORE_WAITING)
                break;
            (void)poll(NULL, 0, 20);
        }
        assert_ended(fixture, "d1", STORE_WAITING, ROWS[i].says);
        assert_int_equal(delivery.attempts, 1);
        supervisor_stop(supervisor, fixture->store, &fixture->settings);
        supervisor_free(supervisor);
        assert_int_equal(count_marks(&plan, true), 0);
    }
}

static void the_lease_of_a_living_worker_is_kept(void **state)
{
    struct fixture *fixture = *state;
    struct plan plan = {0};
    struct supervisor *supervisor = start(fixture, &plan, 1);
    struct store_job job;

    wait_for_marks(&plan, 1);
    tend(fixture, supervisor, 100000); /* its lease ran until 61000 */
    assert_int_equal(
        store_lease_job(fixture->store, VIEW("thief"), 100001, 1000, fixture->arena, &job, &fixture->err),
        ERR_NOT_FOUND);
    supervisor_stop(supervisor, fixture->store, &fixture->settings);
    supervisor_free(supervisor);
    /* It was asked to end: what it had not finished is put back, and costs no attempt. */
    assert_ended(fixture, "d1", STORE_WAITING, "stopped");
    assert_int_equal(fixture_delivery(fixture, "d1").attempts, 0);
}

static void a_worker_that_does_not_end_is_ended(void **state)
{
    struct fixture *fixture = *state;
    struct plan plan = {.deaf = true};
    struct supervisor *supervisor = start(fixture, &plan, 3);
    int64_t begun = clocks_steady_ms();

    wait_for_marks(&plan, 3);
    supervisor_stop(supervisor, fixture->store, &fixture->settings);
    assert_true(clocks_steady_ms() - begun < PATIENCE_MS);
    assert_int_equal(count_marks(&plan, true), 0);
    supervisor_free(supervisor);
}

static void workers_end_when_their_daemon_is_killed(void **state)
{
    struct fixture *fixture = *state;
    struct plan plan = {0};
    pid_t daemon = fork();

    snprintf(plan.marks, sizeof(plan.marks), "%s/marks", fixture->dir);
    if (daemon == 0) {
        (void)start(fixture, &plan, 2);
        wait_for_marks(&plan, 2);
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(daemon, NULL, 0), daemon);
    assert_int_equal(count_marks(&plan, false), 2);
    for (int waited = 0; count_marks(&plan, true) > 0; waited += 20) {
        if (waited > PATIENCE_MS)
            fail_msg("workers outlive their daemon");
        (void)poll(NULL, 0, 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORKER_TEST(the_job_of_a_dead_worker_goes_back_with_the_reason),
        WORKER_TEST(the_lease_of_a_living_worker_is_kept),
        WORKER_TEST(a_worker_that_does_not_end_is_ended),
        WORKER_TEST(workers_end_when_their_daemon_is_killed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
