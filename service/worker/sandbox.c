/* The parent's side: a child, a pipe, a deadline. The child's answer is one byte, its error code, and then
 * what it wrote or why it failed. */
#include "worker/sandbox.h"
#include "worker/clocks.h"
#include "worker/sandbox_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READ_BYTES = 64 << 10 };

static void write_all(int fd, struct view text)
{
    while (text.len > 0) {
        ssize_t done = write(fd, text.ptr, text.len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            _exit(1);
        text = view_slice(text, (size_t)done, text.len);
    }
}

static _Noreturn void run_child(sandbox_work *work, void *ctx, const struct sandbox_limits *limits, int fd,
                                pid_t parent)
{
    struct err err = {0};
    struct buffer out;
    enum err_code code;
    char first;

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(1);
    buffer_init(&out, limits->output_bytes);
    code = sandbox_enter(fd, limits, &err);
    if (code == ERR_OK)
        code = work(ctx, &out, &err);
    if (code == ERR_OK)
        code = buffer_check(&out, "the result", &err);
    first = (char)code;
    write_all(SANDBOX_FD, (struct view){&first, 1});
    write_all(SANDBOX_FD, code == ERR_OK ? buffer_view(&out) : view_of(err.message));
    _exit(0);
}

/* Reads until the child closes its end. */
static enum err_code read_answer(int fd, const struct sandbox_limits *limits, struct buffer *out,
                                 struct err *err)
{
    int64_t deadline = clocks_steady_ms() + limits->wall_ms;
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    char part[READ_BYTES];

    for (;;) {
        int64_t left = deadline - clocks_steady_ms();
        int ready = left > 0 ? poll(&poll_fd, 1, left > INT32_MAX ? INT32_MAX : (int)left) : 0;
        ssize_t got;

        if (ready < 0 && errno == EINTR)
            continue;
        if (ready == 0)
            return err_set(err, ERR_LIMIT, "analysis took longer than %lld ms", (long long)limits->wall_ms);
        got = ready > 0 ? read(fd, part, sizeof(part)) : -1;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, ERR_INTERNAL, "read what a sandbox says: %s", strerror(errno));
        if (got == 0)
            return ERR_OK;
        buffer_add(out, (struct view){part, (size_t)got});
        if (out->failed != ERR_OK)
            return err_set(err, out->failed == ERR_MEMORY ? ERR_MEMORY : ERR_LIMIT,
                           "analysis gave more than %zu bytes", limits->output_bytes);
    }
}

static enum err_code explain_end(int status, const struct sandbox_limits *limits, struct err *err)
{
    int signal_number = WTERMSIG(status);

    if (!WIFSIGNALED(status))
        return err_set(err, ERR_INTERNAL, "analysis ended with status %d and no result", WEXITSTATUS(status));
    if (signal_number == SIGXCPU)
        return err_set(err, ERR_LIMIT, "analysis took more than %u s of processor time", limits->cpu_seconds);
    /* RLIMIT_CPU's hard limit kills; nobody else does, but the kernel when memory is out. */
    if (signal_number == SIGKILL)
        return err_set(err, ERR_LIMIT, "analysis was ended by signal 9: a limit of time or memory");
    return err_set(err, ERR_INTERNAL, "analysis ended by signal %d (%s)", signal_number,
                   signal_number == SIGSYS ? "a system call that is not allowed" : strsignal(signal_number));
}

static enum err_code take_answer(int status, const struct sandbox_limits *limits, struct buffer *answer,
                                 struct buffer *out, struct err *err)
{
    struct view all = buffer_view(answer), text = view_slice(all, 1, all.len);
    enum err_code code;

    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || all.len == 0)
        return explain_end(status, limits, err);
    code = (enum err_code)(unsigned char)all.ptr[0];
    if (code > ERR_INTERNAL)
        return err_set(err, ERR_INTERNAL, "analysis gave a result that breaks its contract");
    if (code != ERR_OK)
        return err_set(err, code, "%.*s", VIEW_ARG(text));
    buffer_add(out, text);
    return buffer_check(out, "the result of the analysis", err);
}

enum err_code sandbox_run(sandbox_work *work, void *ctx, const struct sandbox_limits *limits,
                          struct buffer *out, struct err *err)
{
    pid_t parent = getpid(), child;
    struct buffer answer;
    enum err_code code;
    int pipes[2], status = 0;

    if (pipe2(pipes, O_CLOEXEC) != 0)
        return err_set(err, ERR_UNAVAILABLE, "make a pipe: %s", strerror(errno));
    child = fork();
    if (child < 0) {
        close(pipes[0]);
        close(pipes[1]);
        return err_set(err, ERR_UNAVAILABLE, "make a process: %s", strerror(errno));
    }
    if (child == 0)
        run_child(work, ctx, limits, pipes[1], parent);
    close(pipes[1]);
    buffer_init(&answer, limits->output_bytes + 1);
    code = read_answer(pipes[0], limits, &answer, err);
    close(pipes[0]);
    if (code != ERR_OK)
        (void)kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (code == ERR_OK)
        code = take_answer(status, limits, &answer, out, err);
    buffer_deinit(&answer);
    return code;
}
