/* perf-review check */
#include "check_input.h"
#include "common.h"
#include "formats.h"
#include "progress.h"
#include "settings/repository.h"
#include "worker/analysis.h"
#include "worker/clocks.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHECK_ARENA_BYTES = 1 << 30, FILE_BYTES = 1 << 20, MAX_COMMENTS = 15 };

static const char *const FAIL_ON[] = {"none", "low", "medium", "high", NULL};

struct check {
    struct arena *arena;
    struct catalogue *catalogue;
    struct check_wish wish;
    struct check_input input;
    struct review_options options;
    const struct delta *deltas;      /* the input's, without what the settings ignore */
    struct view config, config_name; /* of --config; ptr NULL: not given */
    enum format format;
    const char *public_url; /* NULL: rules have no page */
    int fail_on;            /* 0: never; else a severity plus one */
};

/* Of a daemon: what links may begin with. */
static bool is_address(struct view text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || (unsigned char)text.ptr[i] >= 0x7f ||
            strchr("\"<>\\^`{|}()", text.ptr[i]))
            return false;
    return view_starts(text, "https://") || view_starts(text, "http://");
}

/* False after a message. */
static bool read_arguments(const struct command *command, const struct arguments *arguments,
                           struct check *check)
{
    const char *config = argument_of(command, arguments, "--config");
    const char *repo = argument_of(command, arguments, "--repo");
    int format = argument_choice(command, arguments, "--format", FORMAT_NAMES), fail_on;
    struct err err = {0};

    if (format < 0)
        return false;
    fail_on = argument_choice(command, arguments, "--fail-on", FAIL_ON);
    if (fail_on < 0)
        return false;
    check->format = (enum format)format;
    check->fail_on = fail_on;
    check->public_url = argument_of(command, arguments, "--public-url");
    if (check->public_url && !is_address(view_of(check->public_url))) {
        complain(EXIT_USAGE, "--public-url %s: is no address; expected e.g. https://reviews.example.org",
                 check->public_url);
        return false;
    }
    check->options.pedantic = argument_of(command, arguments, "--pedantic") != NULL;
    check->wish = (struct check_wish){.all = argument_of(command, arguments, "--all") != NULL,
                                      .base = argument_of(command, arguments, "--base"),
                                      .head = argument_of(command, arguments, "--head"),
                                      .paths = arguments->words,
                                      .path_count = arguments->word_count,
                                      .file_bytes = FILE_BYTES};
    if (check->wish.all && (check->wish.base || check->wish.head)) {
        complain(EXIT_USAGE, "--all looks at no revision: leave out --base and --head");
        return false;
    }
    /* Read before the folder changes: its path is the caller's. */
    if (config &&
        common_read(config, REPOSITORY_SETTINGS_MAX_BYTES, check->arena, &check->config, &err) != ERR_OK) {
        complain(EXIT_USAGE, "%s", err.message);
        return false;
    }
    check->config_name = view_of(config);
    if (repo && chdir(repo) != 0) {
        complain(EXIT_USAGE, "--repo %s: %s", repo, strerror(errno));
        return false;
    }
    return true;
}

static enum err_code apply_settings(struct check *check, const struct repository_settings *settings,
                                    struct err *err)
{
    enum err_code code = analysis_options(settings, check->arena, &check->options, err);

    return code == ERR_OK ? analysis_ignore_paths(settings, check->input.deltas, check->input.count,
                                                  check->arena, &check->deltas, err)
                          : code;
}

/* Strict with the file that the caller names. One that stands in the base revision is nobody's to mend right
 * now: it is told, and the defaults hold. */
static enum err_code read_settings(struct check *check, struct err *err)
{
    bool named = check->config.ptr != NULL;
    const char *const *ids = analysis_rule_ids(check->catalogue, check->arena);
    struct repository_settings settings;
    struct err why = {0};

    check->deltas = check->input.deltas;
    if (!ids)
        return arena_full(check->arena, err);
    if (!named && !check->input.settings.ptr)
        return ERR_OK;
    if (repository_settings_parse(named ? check->config : check->input.settings,
                                  named ? check->config_name : VIEW(REPOSITORY_SETTINGS_PATH), ids,
                                  check->arena, &settings, &why) == ERR_OK)
        return apply_settings(check, &settings, err);
    if (named)
        return err_set(err, why.code, "%s", why.message);
    complain(EXIT_DONE, "%s; the defaults are used", why.message);
    return ERR_OK;
}

static enum err_code review(struct check *check, struct review **out, struct err *err)
{
    const struct clock clock = clocks_analysis();
    struct progress progress;
    enum err_code code;

    progress_begin(&progress);
    check->options.progress = progress_step;
    check->options.progress_ctx = &progress;
    code = review_run(check->catalogue, check->deltas, check->input.count, &check->options, &clock,
                      check->arena, out, err);
    progress_end(&progress);
    return code;
}

static enum exit_status judge(const struct check *check, const struct review *review)
{
    for (size_t i = 0; i < review->finding_count; i++)
        if (check->fail_on > 0 && (int)review->findings[i].severity >= check->fail_on - 1)
            return EXIT_FOUND;
    return EXIT_DONE;
}

static enum exit_status print(const struct check *check, const struct review *review)
{
    struct view url = view_of(check->public_url);
    struct review_title title = {.head = view_of(check->input.head), .base = view_of(check->input.base)};
    enum exit_status status;
    struct buffer out;

    if (check->input.cut.len)
        complain(EXIT_DONE, "not looked at: %.*s", VIEW_ARG(check->input.cut));
    if (url.len > 0)
        title.rule_url =
            arena_format(check->arena, "%.*s%srules/", VIEW_ARG(url), view_ends(url, "/") ? "" : "/");
    buffer_init(&out, OUTPUT_MAX_BYTES);
    if (check->format == FORMAT_TEXT)
        review_render_text(review, common_color(), &out);
    else
        format_report(check->format)(review, &title, &out);
    status = common_print(&out, judge(check, review));
    buffer_deinit(&out);
    return status;
}

static enum exit_status run(const struct command *command, const struct arguments *arguments)
{
    const struct clock clock = clocks_analysis();
    struct check check = {.arena = arena_new(CHECK_ARENA_BYTES)};
    struct review *made = NULL;
    struct err err = {0};
    enum exit_status status;
    enum err_code code;

    if (!check.arena)
        return complain(EXIT_FAILED, "no memory");
    check.options.max_comments = MAX_COMMENTS;
    if (!read_arguments(command, arguments, &check)) {
        arena_free(check.arena);
        return EXIT_USAGE;
    }
    code = common_catalogue(&check.catalogue, &err);
    if (code == ERR_OK)
        code = check_input_load(&check.wish, check.arena, &check.input, &err);
    if (code == ERR_OK)
        code = read_settings(&check, &err);
    if (code == ERR_OK)
        code = analysis_surround(&check.input.surroundings, &clock, check.arena, &check.options, &err);
    if (code == ERR_OK)
        code = review(&check, &made, &err);
    status = code == ERR_OK ? print(&check, made) : complain_of(&err);
    check_input_free(&check.input);
    catalogue_free(check.catalogue);
    arena_free(check.arena);
    return status;
}

static const struct option OPTIONS[] = {
    {"--repo", "DIR", ".", "start in this folder"},
    {"--base", "REV", "the default branch", "what the change is to be merged into"},
    {"--head", "REV", "the work tree", "the change"},
    {"--all", NULL, NULL, "take every line of the named files and folders; needs no repository"},
    {"--pedantic", NULL, NULL, "show also what is held back: opt-in rules, low confidence, no known heat"},
    {"--format", "FORMAT", "text", FORMAT_HELP},
    {"--public-url", "URL", NULL, "a daemon's public_url: rules link to its pages (sarif, markdown)"},
    {"--config", "FILE", ".perf-review.yml of the base revision", "configuration of the repository"},
    {"--fail-on", "LEVEL", "none", "exit with 1 from this severity on: low, medium, high, none"},
    {0},
};

const struct command COMMAND_CHECK = {
    .name = "check",
    .summary = "review a change, or whole files, on this machine",
    .words = "[PATH...]",
    .words_max = 100000,
    .details =
        "Reviews what --head, or else the work tree with its new files, changes against the merge base of\n"
        "--head (HEAD) and --base. PATHs restrict it to files and folders. With --all every line of the "
        "files\n"
        "below the PATHs counts as changed.\n",
    .examples = "  perf-review check\n"
                "  perf-review check --base origin/main --head HEAD --format markdown\n"
                "  perf-review check --format sarif --base origin/main > perf-review.sarif\n"
                "  perf-review check --all --fail-on high src\n",
    .options = OPTIONS,
    .run = run,
};
