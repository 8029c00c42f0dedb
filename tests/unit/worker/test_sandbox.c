/* Hostile work in a sandbox: whatever it does, the caller goes on and is told. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/sandbox.h"
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct sandbox_limits LIMITS = {
    .wall_ms = 3000, .cpu_seconds = 5, .memory_bytes = 256 << 20, .output_bytes = 1 << 20};

static enum err_code run(sandbox_work *work, void *ctx, const struct sandbox_limits *limits,
                         struct buffer *out, struct err *err)
{
    buffer_init(out, 4 << 20);
    return sandbox_run(work, ctx, limits, out, err);
}

static enum err_code greet(void *ctx, struct buffer *out, struct err *err)
{
    (void)err;
    buffer_add_format(out, "hello %s", (const char *)ctx);
    return ERR_OK;
}

static void what_the_child_writes_comes_back(void **state)
{
    struct err err = {0};
    struct buffer out;
    char name[] = "you";

    (void)state;
    assert_int_equal(run(greet, name, &LIMITS, &out, &err), ERR_OK);
    assert_true(view_is(buffer_view(&out), "hello you"));
    buffer_deinit(&out);
}

static enum err_code refuse(void *ctx, struct buffer *out, struct err *err)
{
    (void)ctx;
    (void)out;
    return err_set(err, ERR_LIMIT, "too much of it");
}

static void an_error_comes_back_with_its_message(void **state)
{
    struct err err = {0};
    struct buffer out;

    (void)state;
    assert_int_equal(run(refuse, NULL, &LIMITS, &out, &err), ERR_LIMIT);
    assert_string_equal(err.message, "too much of it");
    buffer_deinit(&out);
}

static enum err_code crash(void *ctx, struct buffer *out, struct err *err)
{
    (void)ctx;
    (void)out;
    (void)err;
    abort();
}

static enum err_code hang(void *ctx, struct buffer *out, struct err *err)
{
    volatile unsigned long turns = 0;

    (void)ctx;
    (void)out;
    (void)err;
    while (turns < ULONG_MAX)
        turns++;
    return ERR_OK;
}

static enum err_code open_file(void *ctx, struct buffer *out, struct err *err)
{
    (void)ctx;
    (void)err;
    buffer_add_format(out, "opened as %d", open("/etc/hostname", O_RDONLY | O_CLOEXEC));
    return ERR_OK;
}

static enum err_code open_socket(void *ctx, struct buffer *out, struct err *err)
{
    (void)ctx;
    (void)err;
    buffer_add_format(out, "opened as %d", socket(AF_INET, SOCK_STREAM, 0));
    return ERR_OK;
}

static enum err_code make_process(void *ctx, struct buffer *out, struct err *err)
{
    (void)ctx;
    (void)err;
    buffer_add_format(out, "child %d", (int)fork());
    return ERR_OK;
}

static enum err_code kill_parent(void *ctx, struct buffer *out, struct err *err)
{
    (void)ctx;
    (void)err;
    buffer_add_format(out, "killed %d", kill(getppid(), SIGTERM));
    return ERR_OK;
}

static enum err_code flood_buffer(void *ctx, struct buffer *out, struct err *err)
{
    static char block[64 << 10];

    (void)ctx;
    (void)err;
    for (int i = 0; i < 64; i++)
        buffer_add(out, (struct view){block, sizeof(block)});
    return ERR_OK;
}

/* Around the buffer, as code that was taken over would. */
static enum err_code flood_pipe(void *ctx, struct buffer *out, struct err *err)
{
    static char block[64 << 10];

    (void)ctx;
    (void)out;
    (void)err;
    for (;;)
        if (write(3, block, sizeof(block)) <= 0)
            _exit(0);
}

static enum err_code write_nothing(void *ctx, struct buffer *out, struct err *err)
{
    (void)ctx;
    (void)out;
    (void)err;
    _exit(0);
}

static enum err_code write_garbage(void *ctx, struct buffer *out, struct err *err)
{
    (void)ctx;
    (void)out;
    (void)err;
    if (write(3, "\xff\xff\xff", 3) != 3)
        _exit(1);
    _exit(0);
}

static void hostile_work_ends_the_child_alone(void **state)
{
    static const struct {
        const char *name;
        sandbox_work *work;
        enum err_code code;
        const char *says;
    } ROWS[] = {
        {"crash", crash, ERR_INTERNAL, "analysis ended"},
        {"hang", hang, ERR_LIMIT, "longer than 300 ms"},
        {"open", open_file, ERR_INTERNAL, "not allowed"},
        {"socket", open_socket, ERR_INTERNAL, "not allowed"},
        {"fork", make_process, ERR_INTERNAL, "not allowed"},
        {"kill", kill_parent, ERR_INTERNAL, "not allowed"},
        {"flood of the buffer", flood_buffer, ERR_LIMIT, "result"},
        {"flood of the pipe", flood_pipe, ERR_LIMIT, "more than"},
        {"silence", write_nothing, ERR_INTERNAL, "no result"},
        {"garbage", write_garbage, ERR_INTERNAL, "contract"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct sandbox_limits limits = LIMITS;
        struct err err = {0};
        struct buffer out;
        enum err_code code;

        if (ROWS[i].work == hang)
            limits.wall_ms = 300;
        code = run(ROWS[i].work, NULL, &limits, &out, &err);
        if (code != ROWS[i].code || !strstr(err.message, ROWS[i].says) || out.len > 0)
            fail_msg("%s: %s: %s", ROWS[i].name, err_name(code), err.message);
        buffer_deinit(&out);
    }
}

static enum err_code burn(void *ctx, struct buffer *out, struct err *err)
{
    return hang(ctx, out, err);
}

static void processor_time_is_bounded(void **state)
{
    struct sandbox_limits limits = LIMITS;
    struct err err = {0};
    struct buffer out;

    (void)state;
    limits.cpu_seconds = 1;
    limits.wall_ms = 20000;
    assert_int_equal(run(burn, NULL, &limits, &out, &err), ERR_LIMIT);
    buffer_deinit(&out);
}

static enum err_code ask_for_code(void *ctx, struct buffer *out, struct err *err)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)ctx;
    (void)err;
    buffer_add_text(out, page == MAP_FAILED ? "refused" : "given");
    return ERR_OK;
}

static void memory_that_could_be_executed_is_refused(void **state)
{
    struct err err = {0};
    struct buffer out;

    (void)state;
    assert_int_equal(run(ask_for_code, NULL, &LIMITS, &out, &err), ERR_OK);
    assert_true(view_is(buffer_view(&out), "refused"));
    buffer_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_child_writes_comes_back),
        cmocka_unit_test(an_error_comes_back_with_its_message),
        cmocka_unit_test(hostile_work_ends_the_child_alone),
        cmocka_unit_test(processor_time_is_bounded),
        cmocka_unit_test(memory_that_could_be_executed_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
