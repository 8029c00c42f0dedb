/* perf-review review URL: the work of one job, without the queue. */
#include "common.h"
#include "formats.h"
#include "git/mirror.h"
#include "http/client.h"
#include "worker/clocks.h"
#include "worker/job.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    SANDBOX_WALL_MS = 60000,
    SANDBOX_CPU_SECONDS = 60,
    SANDBOX_MEMORY_BYTES = 768 << 20,
    ANALYSIS_BYTES = 256 << 20,
    REVIEW_ARENA_BYTES = 8 << 20,
};

struct errand {
    struct arena *own, *arena;
    struct settings settings;
    struct forge *forges;
    struct log log;
    struct catalogue *catalogue;
    struct http_curl *curl;
    struct http_client http;
    bool has_libraries;
};

/* Without a configuration: github.com, with the token of the environment where there is one, and a store of
 * objects in the caller's cache. */
static enum err_code assume_github(struct errand *errand, struct err *err)
{
    const char *token = getenv("GITHUB_TOKEN"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    struct settings_forge *forge = ARENA_NEW(errand->own, struct settings_forge);
    enum err_code code = settings_default(".", errand->own, &errand->settings, err);

    if (code != ERR_OK || !forge)
        return code != ERR_OK ? code : arena_full(errand->own, err);
    *forge = (struct settings_forge){.name = VIEW("github"),
                                     .kind = VIEW("github"),
                                     .url = VIEW("https://github.com"),
                                     .api = VIEW("https://api.github.com"),
                                     .token = view_of(token)};
    errand->settings.forges = forge;
    errand->settings.forge_count = 1;
    errand->settings.public_url = (struct view){0};
    errand->settings.data = cache && cache[0]
                                ? arena_format(errand->own, "%s/perf-review", cache)
                                : arena_format(errand->own, "%s/.cache/perf-review", home ? home : ".");
    return errand->settings.data.len ? ERR_OK : arena_full(errand->own, err);
}

static enum err_code prepare(struct errand *errand, const char *config, struct err *err)
{
    bool configured = config || access("perf-review.yml", F_OK) == 0;
    struct http_curl_options http = {0};
    const char *database;
    enum err_code code;

    errand->own = arena_new(REVIEW_ARENA_BYTES);
    errand->arena = arena_new(JOB_ARENA_BYTES);
    if (!errand->own || !errand->arena)
        return err_set(err, ERR_MEMORY, "no memory");
    code = configured ? common_settings(config, errand->own, &errand->settings, err)
                      : assume_github(errand, err);
    if (code == ERR_OK)
        code = log_secrets(&errand->settings, errand->own, &errand->log, err);
    if (code == ERR_OK)
        code = common_database(&errand->settings, errand->own, &database, err);
    if (code == ERR_OK)
        code = mirror_module_start(MIRROR_TRUST_CONFIGURED, err);
    if (code == ERR_OK && http_library_init(err) != ERR_OK) {
        mirror_module_stop();
        return err->code;
    }
    errand->has_libraries = code == ERR_OK;
    http.timeout_ms = errand->settings.limits.api_seconds * 1000;
    if (code == ERR_OK)
        code = common_catalogue(&errand->catalogue, err);
    if (code == ERR_OK)
        code = http_curl_new(&http, &errand->curl, err);
    if (code != ERR_OK)
        return code;
    errand->log.fd = STDERR_FILENO;
    errand->log.level = SETTINGS_LOG_WARN;
    errand->http = http_curl_client(errand->curl);
    return job_forges(&errand->settings, &errand->http, errand->own, &errand->forges, err);
}

static void clean_up(struct errand *errand)
{
    for (size_t i = 0; errand->forges && i < errand->settings.forge_count; i++)
        forge_leave(&errand->forges[i]);
    http_curl_free(errand->curl);
    catalogue_free(errand->catalogue);
    if (errand->has_libraries) {
        http_library_deinit();
        mirror_module_stop();
    }
    arena_free(errand->arena);
    arena_free(errand->own);
}

/* "URL/owner/name/pull/7", whatever follows the number. */
static bool read_address(const struct forge *forge, struct view address, struct job_target *out)
{
    struct view rest = view_slice(address, forge->url.len + 1, address.len), number;
    size_t at = view_find(rest, VIEW("/pull/"), 0), end = 0;
    uint64_t value;

    if (forge->url.len == 0 || address.len <= forge->url.len || address.ptr[forge->url.len] != '/' ||
        !view_equal(view_slice(address, 0, forge->url.len), forge->url) || at == SIZE_MAX)
        return false;
    number = view_slice(rest, at + sizeof("/pull/") - 1, rest.len);
    while (end < number.len && number.ptr[end] >= '0' && number.ptr[end] <= '9')
        end++;
    out->repository = view_slice(rest, 0, at);
    if (!forge_repository_is_valid(out->repository) || !view_to_u64(view_slice(number, 0, end), &value) ||
        value == 0 || value > INT32_MAX)
        return false;
    out->number = (int64_t)value;
    return true;
}

static enum err_code find_target(struct errand *errand, struct view address, struct job_target *out,
                                 struct err *err)
{
    for (size_t i = 0; i < errand->settings.forge_count; i++) {
        if (!read_address(&errand->forges[i], address, out))
            continue;
        out->forge = &errand->forges[i];
        return ERR_OK;
    }
    return err_set(
        err, ERR_INVALID,
        "%.*s is no pull request of a forge in the configuration; expected e.g. "
        "%.*s/owner/name/pull/7",
        VIEW_ARG(address),
        VIEW_ARG(errand->settings.forge_count ? errand->forges[0].url : VIEW("https://github.com")));
}

static enum exit_status tell(const struct job_result *result, enum format format, bool post)
{
    struct view text = result->analysis.report;
    bool for_people = format == FORMAT_TEXT || format == FORMAT_MARKDOWN;

    if (result->end == JOB_SKIPPED && !post && !for_people)
        return complain(EXIT_FAILED, "not reviewed: %.*s", VIEW_ARG(result->reason));
    if (result->end == JOB_SKIPPED) {
        printf("not reviewed: %.*s\n", VIEW_ARG(result->reason));
    } else if (!post) {
        (void)fwrite(text.ptr ? text.ptr : "", 1, text.len, stdout);
    } else if (result->end == JOB_CLEAN) {
        printf("%.*s\n", VIEW_ARG(result->reason));
    } else {
        struct view where = result->posted.html_url.len ? result->posted.html_url : result->posted.id;

        printf("%s: %.*s\n", result->end == JOB_STANDS ? "already posted" : "posted", VIEW_ARG(where));
    }
    return EXIT_DONE;
}

static enum exit_status run(const struct command *command, const struct arguments *arguments)
{
    bool post = argument_of(command, arguments, "--post") != NULL;
    int format = argument_choice(command, arguments, "--format", FORMAT_NAMES);
    struct errand errand = {0};
    struct job_world world = {
        .settings = &errand.settings,
        .log = &errand.log,
        .clock = clocks_analysis(),
        .sandbox = {.wall_ms = SANDBOX_WALL_MS,
                    .cpu_seconds = SANDBOX_CPU_SECONDS,
                    .memory_bytes = SANDBOX_MEMORY_BYTES,
                    .output_bytes = ANALYSIS_RESULT_MAX_BYTES},
        .analysis_bytes = ANALYSIS_BYTES,
    };
    struct job_target target = {.marker = VIEW("command"), .replay = true};
    struct job_result result = {0};
    struct err err = {0};
    enum exit_status status;
    enum err_code code;

    if (format < 0)
        return EXIT_USAGE;
    if (post && argument_of(command, arguments, "--format"))
        return complain(EXIT_USAGE, "--post prints no review: leave out --format");
    code = prepare(&errand, argument_of(command, arguments, "--config"), &err);
    world.catalogue = errand.catalogue;
    world.report = post ? NULL : format_report((enum format)format);
    if (code == ERR_OK)
        code = find_target(&errand, view_of(arguments->words[0]), &target, &err);
    if (code == ERR_OK)
        code = job_look(&world, &target, errand.arena, &result, &err);
    if (code == ERR_OK && result.end == JOB_REVIEW)
        code = job_prepare(&world, &target, errand.arena, &result, &err);
    if (code == ERR_OK && post)
        code = job_publish(&world, &target, NULL, NULL, errand.arena, &result, &err);
    if (code != ERR_OK)
        common_redact(&errand.settings, &err);
    status = code == ERR_OK ? tell(&result, (enum format)format, post) : complain_of(&err);
    clean_up(&errand);
    return status;
}

static const struct option OPTIONS[] = {
    OPTION_CONFIG,
    {"--format", "FORMAT", "markdown", FORMAT_HELP},
    {"--post", NULL, NULL, "post it there, unless our review of this head stands already"},
    {0},
};

const struct command COMMAND_REVIEW = {
    .name = "review",
    .summary = "one pull request by its address; prints the review unless --post",
    .words = "URL",
    .words_min = 1,
    .words_max = 1,
    .details =
        "URL belongs to a forge in the configuration. Without a configuration it is one of github.com, read\n"
        "with the token in the environment variable GITHUB_TOKEN where that is set.\n",
    .examples =
        "  perf-review review https://github.com/owner/name/pull/7\n"
        "  perf-review review --format sarif https://github.com/owner/name/pull/7 > perf-review.sarif\n",
    .options = OPTIONS,
    .run = run,
};
