/* perf-review doctor: everything that the service will need, tried for real. One line each. */
#include "common.h"
#include "forge/redact.h"
#include "git/fetch.h"
#include "http/client.h"
#include "worker/clocks.h"
#include "worker/job.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000, GIT_SECONDS = 60, FILE_NAME_MAX = 4096 };

struct doctor {
    struct arena *arena;
    struct settings settings;
    struct log log; /* the secrets that no line shows */
    struct forge *forges;
    struct http_curl *curl;
    struct http_client http;
    const char *repository; /* of the command line */
    size_t problems;
    bool has_libraries;
};

static void say(struct doctor *doctor, struct view about, const char *what, enum forge_health health,
                struct view words)
{
    static const char *const NAMES[] = {
        [FORGE_GOOD] = "ok", [FORGE_UNTRIED] = "untried", [FORGE_BAD] = "problem"};
    struct buffer line;

    buffer_init(&line, ERR_MESSAGE_MAX * 4);
    buffer_add_format(&line, "%-8s ", NAMES[health]);
    if (about.len > 0)
        buffer_add_format(&line, "%.*s: ", VIEW_ARG(about));
    buffer_add_format(&line, "%s: ", what);
    redact_add(&line, words, doctor->log.secrets, doctor->log.secret_count);
    printf("%.*s\n", VIEW_ARG(buffer_view(&line)));
    (void)fflush(stdout);
    buffer_deinit(&line);
    doctor->problems += health == FORGE_BAD;
}
#define SAY(doctor, about, what, health, ...)                                                                \
    say(doctor, about, what, health, arena_format((doctor)->arena, __VA_ARGS__))

static void try_folder(struct doctor *doctor)
{
    const char *database = NULL;
    char path[FILE_NAME_MAX];
    struct err err = {0};
    int fd;

    if (common_database(&doctor->settings, doctor->arena, &database, &err) != ERR_OK) {
        SAY(doctor, VIEW(""), "data folder", FORGE_BAD, "%s. Set `data` to a folder that can be written",
            err.message);
        return;
    }
    snprintf(path, sizeof(path), "%.*s/.doctor-%ld", VIEW_ARG(doctor->settings.data), (long)getpid());
    fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) != 0)
        SAY(doctor, VIEW(""), "data folder", FORGE_BAD,
            "%.*s: %s. Set `data` to a folder that this user may write, on a disk with room",
            VIEW_ARG(doctor->settings.data), strerror(errno));
    else
        SAY(doctor, VIEW(""), "data folder", FORGE_GOOD, "%.*s can be written",
            VIEW_ARG(doctor->settings.data));
    if (fd >= 0) {
        close(fd);
        (void)unlink(path);
    }
}

static void try_store(struct doctor *doctor)
{
    struct store *store = NULL;
    struct err err = {0};
    enum err_code code = common_store(&doctor->settings, doctor->arena, &store, &err);

    if (code == ERR_OK)
        code = store_probe(store, &err);
    store_close(store);
    if (code == ERR_OK)
        SAY(doctor, VIEW(""), "store", FORGE_GOOD, "opens and can be written, schema version %d",
            store_schema_version());
    else
        SAY(doctor, VIEW(""), "store", FORGE_BAD, "%s", err.message);
}

/* libgit2 1.5 cannot bound the wait for a server. */
static void on_silence(int signal_number)
{
    static const char TEXT[] = "problem  git: the server does not answer within a minute\n";

    (void)signal_number;
    _exit(write(STDOUT_FILENO, TEXT, sizeof(TEXT) - 1) < 0 ? EXIT_FAILED : EXIT_FOUND);
}

static void try_git(struct doctor *doctor, const struct forge *forge, struct view repository)
{
    const struct mirror_remote remote = {.url = forge_clone_url(forge, repository, doctor->arena),
                                         .user = view_of(forge->ops->git_user),
                                         .password = forge->token};
    struct err err = {0};
    size_t count = 0;
    enum err_code code;

    if (repository.len == 0) {
        SAY(doctor, forge->name, "git", FORGE_UNTRIED,
            "no repository is known: list `repositories` below the forge, or give --repository");
        return;
    }
    (void)signal(SIGALRM, on_silence);
    (void)alarm(GIT_SECONDS);
    code = mirror_count_refs_of(&remote, &count, &err);
    (void)alarm(0);
    if (code == ERR_OK)
        SAY(doctor, forge->name, "git", FORGE_GOOD, "%.*s shows %zu refs", VIEW_ARG(repository), count);
    else
        SAY(doctor, forge->name, "git", FORGE_BAD,
            "%s. Is `url` right, and may the contents of %.*s be read?", err.message, VIEW_ARG(repository));
}

/* Where a daemon with this configuration listens. */
static struct view own_address(const struct doctor *doctor, struct view forge)
{
    struct view host = doctor->settings.listen_host;
    bool any = host.len == 0 || view_is(host, "0.0.0.0") || view_is(host, "::");
    bool is_ipv6 = !any && view_find_byte(host, ':', 0) != SIZE_MAX;

    if (any)
        host = VIEW("127.0.0.1");
    return arena_format(doctor->arena, "http://%s%.*s%s:%u/webhooks/%.*s", is_ipv6 ? "[" : "", VIEW_ARG(host),
                        is_ipv6 ? "]" : "", (unsigned)doctor->settings.listen_port, VIEW_ARG(forge));
}

static void judge_ping(struct doctor *doctor, struct view forge, struct view address, int status)
{
    if (status >= 200 && status <= 299)
        SAY(doctor, forge, "webhook", FORGE_GOOD, "a signed delivery to %.*s is taken", VIEW_ARG(address));
    else if (status == 401)
        SAY(doctor, forge, "webhook", FORGE_BAD,
            "%.*s refuses this secret: the daemon runs with another one, restart it", VIEW_ARG(address));
    else
        SAY(doctor, forge, "webhook", FORGE_BAD,
            "%.*s answers %d: what listens there is no daemon with this configuration. Restart it, or set "
            "another `listen`",
            VIEW_ARG(address), status);
}

static void try_webhook(struct doctor *doctor, const struct forge *forge)
{
    struct http_header headers[FORGE_PING_HEADERS + 1] = {{VIEW("Content-Type"), VIEW("application/json")}};
    struct http_call call = {.method = VIEW("POST"),
                             .url = own_address(doctor, forge->name),
                             .headers = headers,
                             .header_count = 1,
                             .timeout_ms = PATIENCE_MS};
    struct http_reply reply = {0};
    struct forge_ping ping;
    struct err err = {0};
    enum err_code code = forge->ops->ping(forge, doctor->arena, &ping, &err);

    for (size_t i = 0; code == ERR_OK && i < FORGE_PING_HEADERS && ping.headers[i].name; i++)
        headers[call.header_count++] =
            (struct http_header){view_of(ping.headers[i].name), ping.headers[i].value};
    if (code == ERR_OK) {
        call.body = ping.body;
        code = doctor->http.send(doctor->http.ctx, &call, doctor->arena, &reply, &err);
    }
    if (code == ERR_OK)
        judge_ping(doctor, forge->name, call.url, reply.status);
    else if (code == ERR_UNAVAILABLE)
        SAY(doctor, forge->name, "webhook", FORGE_UNTRIED,
            "its secret is set; nothing listens at %.*s: start the daemon and ask again", VIEW_ARG(call.url));
    else
        SAY(doctor, forge->name, "webhook", FORGE_BAD, "%s", err.message);
}

static void try_forge(struct doctor *doctor, size_t index)
{
    const struct settings_forge *settings = &doctor->settings.forges[index];
    struct forge *forge = &doctor->forges[index];
    struct forge_exam exam = {0};
    struct view repository = {0};
    struct err err = {0};

    if (doctor->repository)
        repository = view_of(doctor->repository);
    else if (settings->repository_count > 0)
        repository = settings->repositories[0].name;
    exam.repository = repository;
    if (forge->ops->examine && forge->ops->examine(forge, repository, doctor->arena, &exam, &err) != ERR_OK)
        SAY(doctor, forge->name, "API", FORGE_BAD, "%s", err.message);
    for (size_t i = 0; i < exam.count; i++)
        say(doctor, forge->name, exam.items[i].what, exam.items[i].health, exam.items[i].words);
    try_git(doctor, forge, exam.repository.len > 0 ? exam.repository : repository);
    try_webhook(doctor, forge);
}

static enum err_code prepare(struct doctor *doctor, const char *config, struct err *err)
{
    struct http_curl_options http = {0};
    enum err_code code;

    doctor->arena = arena_new(COMMON_ARENA_BYTES);
    if (!doctor->arena)
        return err_set(err, ERR_MEMORY, "no memory");
    code = common_settings(config, doctor->arena, &doctor->settings, err);
    if (code == ERR_OK)
        code = log_secrets(&doctor->settings, doctor->arena, &doctor->log, err);
    if (code == ERR_OK)
        code = mirror_module_start(MIRROR_TRUST_CONFIGURED, err);
    if (code != ERR_OK)
        return code;
    code = http_library_init(err);
    if (code != ERR_OK) {
        mirror_module_stop();
        return code;
    }
    doctor->has_libraries = true;
    http.timeout_ms = doctor->settings.limits.api_seconds * 1000;
    code = http_curl_new(&http, &doctor->curl, err);
    if (code != ERR_OK)
        return code;
    doctor->http = http_curl_client(doctor->curl);
    return job_forges(&doctor->settings, &doctor->http, doctor->arena, &doctor->forges, err);
}

static void clean_up(struct doctor *doctor)
{
    for (size_t i = 0; doctor->forges && i < doctor->settings.forge_count; i++)
        forge_leave(&doctor->forges[i]);
    http_curl_free(doctor->curl);
    if (doctor->has_libraries) {
        http_library_deinit();
        mirror_module_stop();
    }
    arena_free(doctor->arena);
}

static enum exit_status run(const struct command *command, const struct arguments *arguments)
{
    struct doctor doctor = {.repository = argument_of(command, arguments, "--repository")};
    struct err err = {0};
    enum err_code code = prepare(&doctor, argument_of(command, arguments, "--config"), &err);

    if (code == ERR_OK) {
        try_folder(&doctor);
        try_store(&doctor);
        if (doctor.settings.forge_count == 0)
            SAY(&doctor, VIEW(""), "forges", FORGE_BAD,
                "none is configured: `forges` of the configuration names them");
        for (size_t i = 0; i < doctor.settings.forge_count; i++)
            try_forge(&doctor, i);
    } else {
        common_redact(&doctor.settings, &err);
    }
    clean_up(&doctor);
    return code != ERR_OK ? complain_of(&err) : doctor.problems > 0 ? EXIT_FOUND : EXIT_DONE;
}

static const struct option OPTIONS[] = {
    OPTION_CONFIG,
    {"--repository", "OWNER/NAME", NULL, "the one to try on; else the first that is configured or installed"},
    {0},
};

const struct command COMMAND_DOCTOR = {
    .name = "doctor",
    .summary = "tries all that the service will need, and says what to do where it fails",
    .details = "One line each: \"ok\", \"problem\" with what to do, or \"untried\" with the reason: the data "
               "folder and\n"
               "the store, the API of each forge, the clock, the token or App with its permissions by name, "
               "git, and\n"
               "the webhook's secret at the daemon that runs. Nothing is posted. Run it as the user that the "
               "service\n"
               "runs as. Exit status: 0 all is well, 1 there is a problem, 2 the configuration is wrong.\n",
    .examples = "  perf-review doctor --config /etc/perf-review/perf-review.yml\n"
                "  perf-review doctor --repository acme/shop\n",
    .options = OPTIONS,
    .run = run,
};
