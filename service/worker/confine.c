/* Rights that a child gives up for good: resource limits first, then a seccomp filter that ends the process
 * on any system call that is not listed. */
#include "worker/sandbox_internal.h"
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#if !defined(HAS_SANITIZER) && (defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__))
#define HAS_SANITIZER 1
#endif

/* Memory and clocks, the pipe, the end. `tgkill` and the masks are what abort() needs; `sysinfo` is asked by
 * qsort() for the size of the memory; `getrandom` by malloc() when it starts. */
static const int ALLOWED[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrandom),
    SCMP_SYS(restart_syscall),
#ifdef HAS_SANITIZER
    /* The sanitizers' allocators and their reports; none of these opens a file or a socket. */
    SCMP_SYS(sched_yield),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(sched_getaffinity),
#endif
};

static enum err_code limit(int resource, rlim_t value, const char *what, struct err *err)
{
    const struct rlimit both = {value, value};

    if (setrlimit((__rlimit_resource_t)resource, &both) != 0)
        return err_set(err, ERR_INTERNAL, "limit %s of a sandbox: %s", what, strerror(errno));
    return ERR_OK;
}

#ifndef HAS_SANITIZER
/* Bytes that are mapped already: the limit counts them as well. */
static size_t mapped_bytes(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    if (file) {
        if (fscanf(file, "%lu", &pages) != 1)
            pages = 0;
        fclose(file);
    }
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}
#endif

static enum err_code set_limits(const struct sandbox_limits *limits, struct err *err)
{
    enum err_code code = limit(RLIMIT_CORE, 0, "core files", err);

    if (code == ERR_OK)
        code = limit(RLIMIT_CPU, limits->cpu_seconds, "processor time", err);
    if (code == ERR_OK)
        code = limit(RLIMIT_FSIZE, 0, "files", err);
#ifndef HAS_SANITIZER
    /* A sanitizer maps terabytes that it never touches. */
    if (code == ERR_OK)
        code = limit(RLIMIT_AS, mapped_bytes() + limits->memory_bytes, "memory", err);
#endif
    if (code == ERR_OK)
        code = limit(RLIMIT_NOFILE, 0, "descriptors", err);
    return code;
}

static enum err_code close_all_but(int fd, struct err *err)
{
    if ((fd != SANDBOX_FD && dup2(fd, SANDBOX_FD) != SANDBOX_FD) || close_range(0, SANDBOX_FD - 1, 0) != 0 ||
        close_range(SANDBOX_FD + 1, ~0U, 0) != 0)
        return err_set(err, ERR_INTERNAL, "close the descriptors of a sandbox: %s", strerror(errno));
    return ERR_OK;
}

/* Memory may be had, but none that can be executed. A request for such is refused, not ended: PCRE2 then
 * interprets the globs of a repository's configuration instead of compiling them. */
static int allow_memory(scmp_filter_ctx filter, int call)
{
    int result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, (scmp_datum_t)PROT_EXEC, 0));

    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), call, 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, (scmp_datum_t)PROT_EXEC, PROT_EXEC));
    return result;
}

static enum err_code load_filter(struct err *err)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int result = filter ? 0 : -ENOMEM;

    for (size_t i = 0; result == 0 && i < COUNT_OF(ALLOWED); i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, ALLOWED[i], 0);
    if (result == 0)
        result = allow_memory(filter, SCMP_SYS(mmap));
    if (result == 0)
        result = allow_memory(filter, SCMP_SYS(mprotect));
    /* libfyaml asks whether its messages go to a terminal: they do not. */
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
    /* Signals to itself alone: abort() says so. */
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                  SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
    if (result == 0)
        result = seccomp_load(filter);
    if (filter)
        seccomp_release(filter);
    return result == 0 ? ERR_OK : err_set(err, ERR_INTERNAL, "filter of a sandbox: %s", strerror(-result));
}

enum err_code sandbox_enter(int fd, const struct sandbox_limits *limits, struct err *err)
{
    enum err_code code;

    if (prctl(PR_SET_DUMPABLE, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_set(err, ERR_INTERNAL, "give up rights in a sandbox: %s", strerror(errno));
    code = close_all_but(fd, err);
    if (code == ERR_OK)
        code = set_limits(limits, err);
    if (code == ERR_OK)
        code = load_filter(err);
    return code;
}
