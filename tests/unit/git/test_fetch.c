#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "git/fetch.h"
#include "repo_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

static const char UPSTREAM[] =
    "git init -q -b main up; cd up; echo 1 >a; git add a; git commit -q -m 1; git commit -q --allow-empty -m "
    "2;"
    "git checkout -q -b h HEAD~1; git commit -q --allow-empty -m 3; git update-ref refs/pull/7/head HEAD;"
    "git commit -q --allow-empty -m 4; git checkout -q main; git branch -q -M h gone; git config "
    "uploadpack.allowAnySHA1InWant 1";

static struct mirror *open_store(struct fixture *fixture)
{
    struct mirror *mirror = NULL;

    assert_ok(fixture,
              mirror_open_store(view_of(fixture->dir), VIEW("f"), VIEW("o/r"), &mirror, &fixture->err));
    return mirror;
}

static void head_and_base_come_into_private_refs_and_are_not_fetched_twice(void **state)
{
    struct fixture *fixture = *state;
    char ids[3][MIRROR_ID_SIZE];
    struct mirror_remote remote;
    struct mirror_want wants[3];
    struct mirror *mirror;
    uint64_t shown = 0;
    size_t count = 0;

    fixture_sh(fixture, ".", UPSTREAM);
    mirror = open_store(fixture);
    remote = (struct mirror_remote){.url = fixture_path(fixture, "up")};
    wants[0] = (struct mirror_want){VIEW("head"), VIEW("refs/pull/7/head"),
                                    fixture_rev(fixture, "up", "refs/pull/7/head")};
    wants[1] = (struct mirror_want){VIEW("base"), VIEW("refs/heads/main"), {0}};
    wants[2] = (struct mirror_want){VIEW("merge base"), {0}, fixture_rev(fixture, "up", "main~1")};
    assert_ok(fixture, mirror_fetch(mirror, &remote, wants, 3, ids, &fixture->err));
    assert_true(view_equal(view_of(ids[0]), wants[0].id));
    assert_true(view_equal(view_of(ids[1]), fixture_rev(fixture, "up", "main")));
    assert_true(view_equal(view_of(ids[2]), wants[2].id));
    assert_view(
        fixture_sh(fixture, "git/f/o/r.git", "git for-each-ref --format='%(refname)' | sed 's/[0-9]*$//'"),
        "refs/perf-review/base/\nrefs/perf-review/head/\n");
    assert_ok(fixture, mirror_count_refs_of(&remote, &count, &fixture->err));
    assert_true(view_to_u64(view_trim(fixture_sh(fixture, ".", "git ls-remote up | wc -l")), &shown));
    assert_true(count == shown && count > 2);
    fixture_sh(fixture, ".", "rm -rf up");
    wants[1].id = view_of(ids[1]);
    assert_ok(fixture, mirror_fetch(mirror, &remote, wants, 3, ids, &fixture->err));
    wants[1].id = (struct view){0};
    assert_int_equal(mirror_fetch(mirror, &remote, wants, 3, ids, &fixture->err), ERR_NOT_FOUND);
    mirror_free(mirror);
}

static void a_head_that_is_not_there_yet_is_told_apart(void **state)
{
    struct fixture *fixture = *state;
    char ids[1][MIRROR_ID_SIZE];
    struct mirror_remote remote;
    struct mirror_want want;
    struct mirror *mirror;

    fixture_sh(fixture, ".", UPSTREAM);
    mirror = open_store(fixture);
    remote = (struct mirror_remote){.url = fixture_path(fixture, "up")};
    want = (struct mirror_want){VIEW("head"), VIEW("refs/pull/7/head"),
                                VIEW("0123456789012345678901234567890123456789")};
    assert_int_equal(mirror_fetch(mirror, &remote, &want, 1, ids, &fixture->err), ERR_NOT_FOUND);
    assert_non_null(
        strstr(fixture->err.message, "head 0123456789012345678901234567890123456789 is not there yet"));
    want = (struct mirror_want){VIEW("head"), VIEW("refs/pull/8/head"), {0}};
    assert_int_equal(mirror_fetch(mirror, &remote, &want, 1, ids, &fixture->err), ERR_NOT_FOUND);
    /* The ref still shows an older head, but the commit itself is there already. */
    want = (struct mirror_want){VIEW("head"), VIEW("refs/pull/7/head"), fixture_rev(fixture, "up", "gone")};
    assert_ok(fixture, mirror_fetch(mirror, &remote, &want, 1, ids, &fixture->err));
    assert_true(view_equal(view_of(ids[0]), want.id));
    mirror_free(mirror);
}

static void a_forced_push_replaces_the_head(void **state)
{
    struct fixture *fixture = *state;
    char ids[1][MIRROR_ID_SIZE];
    struct mirror_remote remote;
    struct mirror_want want = {VIEW("head"), VIEW("refs/pull/7/head"), {0}};
    struct mirror *mirror;
    struct view before;

    fixture_sh(fixture, ".", UPSTREAM);
    mirror = open_store(fixture);
    remote = (struct mirror_remote){.url = fixture_path(fixture, "up")};
    assert_ok(fixture, mirror_fetch(mirror, &remote, &want, 1, ids, &fixture->err));
    before = arena_format(fixture->arena, "%s", ids[0]);
    fixture_sh(fixture, "up",
               "git checkout -q --detach main; git commit -q --allow-empty -m forced;"
               "git update-ref refs/pull/7/head HEAD");
    want.id = fixture_rev(fixture, "up", "refs/pull/7/head");
    assert_ok(fixture, mirror_fetch(mirror, &remote, &want, 1, ids, &fixture->err));
    assert_true(view_equal(view_of(ids[0]), want.id));
    assert_true(mirror_has_commit(mirror, before));
    mirror_free(mirror);
}

static void what_cannot_be_fetched_is_refused_with_a_reason(void **state)
{
    static const struct {
        const char *name, *url, *ref, *id;
        enum err_code code;
    } ROWS[] = {
        {"user info", "https://user:secret@127.0.0.1:9/o/r.git", "refs/heads/main", "", ERR_INVALID},
        {"scheme", "ssh://127.0.0.1/o/r.git", "refs/heads/main", "", ERR_INVALID},
        {"scp-like", "git@127.0.0.1:o/r.git", "refs/heads/main", "", ERR_INVALID},
        {"program", "ext::sh -c true", "refs/heads/main", "", ERR_INVALID},
        {"nobody listens", "http://127.0.0.1:9/o/r.git", "refs/heads/main", "", ERR_UNAVAILABLE},
        {"no repository", "/nowhere/at/all", "refs/heads/main", "", ERR_NOT_FOUND},
        {"pattern", "/nowhere", "refs/heads/*", "", ERR_INVALID},
        {"two refs", "/nowhere", "refs/heads/a:refs/heads/b", "", ERR_INVALID},
        {"not full", "/nowhere", "main", "", ERR_INVALID},
        {"short id", "/nowhere", "", "abc", ERR_INVALID},
        {"nothing", "/nowhere", "", "", ERR_INVALID},
    };
    struct fixture *fixture = *state;
    struct mirror *mirror = open_store(fixture);
    size_t count;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct mirror_remote remote = {
            .url = view_of(ROWS[i].url), .user = VIEW("u"), .password = VIEW("hunter2")};
        struct mirror_want want = {VIEW("head"), view_of(ROWS[i].ref), view_of(ROWS[i].id)};
        char ids[1][MIRROR_ID_SIZE];
        enum err_code code = mirror_fetch(mirror, &remote, &want, 1, ids, &fixture->err);

        if (code != ROWS[i].code)
            fail_msg("%s: %s: %s", ROWS[i].name, err_name(code), fixture->err.message);
        assert_null(strstr(fixture->err.message, "secret"));
        assert_null(strstr(fixture->err.message, "hunter2"));
        if (want.ref.len == 0 || !view_is(want.ref, "refs/heads/main"))
            continue;
        code = mirror_count_refs_of(&remote, &count, &fixture->err);
        if (code != ROWS[i].code)
            fail_msg("count: %s: %s: %s", ROWS[i].name, err_name(code), fixture->err.message);
        assert_null(strstr(fixture->err.message, "secret"));
        assert_null(strstr(fixture->err.message, "hunter2"));
    }
    mirror_free(mirror);
}

static void processes_that_fetch_at_once_all_get_their_head(void **state)
{
    enum { PROCESSES = 4 };
    struct fixture *fixture = *state;
    pid_t children[PROCESSES];

    fixture_sh(
        fixture, ".",
        "git init -q -b main up; cd up; seq 1 2000 >a; git add a; git commit -q -m 1; for i in 0 1 2 3; do "
        "git checkout -q --detach main; seq $i 1000 >b; git add b; git commit -q -m $i;"
        "git update-ref refs/pull/$i/head HEAD; done");
    for (int i = 0; i < PROCESSES; i++) {
        struct view ref = arena_format(fixture->arena, "refs/pull/%d/head", i);
        struct mirror_want want = {VIEW("head"), ref, fixture_rev(fixture, "up", ref.ptr)};
        struct mirror_remote remote = {.url = fixture_path(fixture, "up")};

        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            char ids[1][MIRROR_ID_SIZE];
            struct mirror *mirror = NULL;
            enum err_code code =
                mirror_open_store(view_of(fixture->dir), VIEW("f"), VIEW("o/r"), &mirror, NULL);

            if (code == ERR_OK)
                code = mirror_fetch(mirror, &remote, &want, 1, ids, NULL);
            mirror_free(mirror);
            _exit(code == ERR_OK ? 0 : 1);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    fixture_sh(fixture, "git/f/o/r.git", "git fsck --full");
}

/* Answers every request by the status that its path names (/401/...), and writes what it was asked to a file.
 */
static void serve_statuses(int listener, const char *log)
{
    FILE *file = fopen(log, "a");

    for (;;) {
        char request[4096], reply[256];
        int client = accept(listener, NULL, NULL), status;
        ssize_t got = client < 0 ? -1 : read(client, request, sizeof(request) - 1);

        if (got <= 0 || !file)
            _exit(1);
        request[got] = '\0';
        status = (int)strtol(strchr(request, '/') + 1, NULL, 10);
        fprintf(file, "%s\n", request);
        fflush(file);
        snprintf(reply, sizeof(reply), "HTTP/1.1 %d X\r\nContent-Length: 0\r\nConnection: close\r\n%s\r\n",
                 status,
                 status == 401 ? "WWW-Authenticate: Basic realm=\"x\"\r\n"
                 : status == 302
                     ? "Location: http://localhost:1/elsewhere.git/info/refs?service=git-upload-pack\r\n"
                     : "");
        if (write(client, reply, strlen(reply)) < 0)
            _exit(1);
        close(client);
    }
}

static pid_t start_server(struct fixture *fixture, unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pid_t child;

    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
    *port = ntohs(address.sin_port);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        serve_statuses(listener, fixture_path(fixture, "log").ptr);
    close(listener);
    return child;
}

static void each_http_status_has_its_code_and_the_token_stays_with_its_host(void **state)
{
    static const struct {
        const char *path, *password;
        enum err_code code;
        const char *says;
    } ROWS[] = {
        {"401/o/r.git", "t0ken", ERR_DENIED, "refuses the token"},
        {"401/o/r.git", "", ERR_DENIED, "none is configured"},
        {"403/o/r.git", "t0ken", ERR_DENIED, "code: 403"},
        {"404/o/r.git", "t0ken", ERR_NOT_FOUND, "code: 404"},
        {"500/o/r.git", "", ERR_UNAVAILABLE, "code: 500"},
        {"302/o/r.git", "t0ken", ERR_UNAVAILABLE, "cannot redirect"},
    };
    struct fixture *fixture = *state;
    struct mirror *mirror = open_store(fixture);
    unsigned port = 0;
    pid_t server = start_server(fixture, &port);
    enum err_code codes[COUNT_OF(ROWS)];
    struct view log;
    int status;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct mirror_remote remote = {
            .url = arena_format(fixture->arena, "http://127.0.0.1:%u/%s", port, ROWS[i].path),
            .user = VIEW("x-access-token"),
            .password = view_of(ROWS[i].password)};
        struct mirror_want want = {VIEW("head"), VIEW("refs/pull/1/head"), {0}};
        char ids[1][MIRROR_ID_SIZE];

        codes[i] = mirror_fetch(mirror, &remote, &want, 1, ids, &fixture->err);
        print_message("  %s: %s\n", ROWS[i].path, fixture->err.message);
        if (strstr(fixture->err.message, "t0ken") || !strstr(fixture->err.message, ROWS[i].path) ||
            !strstr(fixture->err.message, ROWS[i].says))
            codes[i] = ERR_INTERNAL;
    }
    kill(server, SIGTERM);
    assert_int_equal(waitpid(server, &status, 0), server);
    mirror_free(mirror);
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        assert_int_equal(codes[i], ROWS[i].code);
    log = fixture_sh(fixture, ".",
                     "grep -c '^Authorization: Basic eC1hY2Nlc3MtdG9rZW46dDBrZW4=' log; grep -c '^GET' log;"
                     "grep -c '^User-Agent: .*perf-review' log");
    /* One request each, and one more with the token after the first 401. */
    assert_view(log, "1\n7\n7\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(head_and_base_come_into_private_refs_and_are_not_fetched_twice),
        FIXTURE_TEST(a_head_that_is_not_there_yet_is_told_apart),
        FIXTURE_TEST(a_forced_push_replaces_the_head),
        FIXTURE_TEST(what_cannot_be_fetched_is_refused_with_a_reason),
        FIXTURE_TEST(processes_that_fetch_at_once_all_get_their_head),
        FIXTURE_TEST(each_http_status_has_its_code_and_the_token_stays_with_its_host),
    };

    return cmocka_run_group_tests(tests, fixture_group_setup, fixture_group_teardown);
}
