/* Commands in comments. Code is where CommonMark says it is: fences of three or more backticks or tildes,
 * and lines that are indented by four. */
#include "intake/command.h"
#include "base/buffer.h"
#include "base/yaml.h"

#define CALL "/perf-review"

enum { INDENT_MAX = 3, FENCE_MIN = 3 };

const struct command_row COMMANDS[COMMAND_UNKNOWN] = {
#define X(verb, name, reads, words, what) {name, reads, words, what},
    COMMAND_VERBS(X)
#undef X
};

struct scan {
    char fence; /* the byte of the fence that is open; 0: none */
    size_t fence_len;
    bool in_html; /* inside of <!-- --> */
};

static size_t run_of(struct view line, char byte)
{
    size_t len = 0;

    while (len < line.len && line.ptr[len] == byte)
        len++;
    return len;
}

/* Whether the line, without its indent, opens or closes a fence, or lies within one. */
static bool is_code(struct scan *scan, struct view line)
{
    char byte = line.len > 0 ? line.ptr[0] : 0;
    size_t len = byte == '`' || byte == '~' ? run_of(line, byte) : 0;

    if (scan->fence) {
        if (byte == scan->fence && len >= scan->fence_len &&
            view_trim(view_slice(line, len, line.len)).len == 0)
            scan->fence = 0;
        return true;
    }
    /* What stands behind backticks holds none: else it is a span of code. */
    if (len < FENCE_MIN || (byte == '`' && view_find_byte(line, '`', len) != SIZE_MAX))
        return false;
    scan->fence = byte;
    scan->fence_len = len;
    return true;
}

/* Whether the line begins inside of an HTML comment; templates have hints in such. */
static bool is_hidden(struct scan *scan, struct view line)
{
    bool hidden = scan->in_html;

    for (size_t at = 0; at != SIZE_MAX;) {
        at = view_find(line, scan->in_html ? VIEW("-->") : VIEW("<!--"), at);
        if (at != SIZE_MAX) {
            at += scan->in_html ? 3 : 4;
            scan->in_html = !scan->in_html;
        }
    }
    return hidden;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* At most @p max bytes, cut between characters. */
static struct view cut(struct view text, size_t max)
{
    if (text.len <= max)
        return text;
    while (max > 0 && ((unsigned char)text.ptr[max] & 0xc0) == 0x80)
        max--;
    return view_slice(text, 0, max);
}

static bool is_command(struct scan *scan, struct view line)
{
    size_t indent = run_of(line, ' '), call = sizeof(CALL) - 1;
    struct view text = view_slice(line, indent, line.len);
    bool indented = indent > INDENT_MAX;

    if (!indented && !scan->in_html && is_code(scan, text))
        return false;
    if (scan->fence || is_hidden(scan, text) || indented)
        return false;
    return view_starts(text, CALL) && (text.len == call || is_space(text.ptr[call]));
}

enum err_code command_find(struct view body, struct arena *arena, struct view *out, struct err *err)
{
    struct scan scan = {0};
    struct view rest = body, line;
    struct buffer lines;
    size_t found = 0;
    enum err_code code;

    buffer_init(&lines, COMMANDS_MAX * (COMMAND_LINE_MAX + 1));
    while (found < COMMANDS_MAX && view_split(&rest, '\n', &line)) {
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line = view_slice(line, 0, line.len - 1);
        if (!is_command(&scan, line))
            continue;
        if (found++ > 0)
            buffer_add_byte(&lines, '\n');
        buffer_add(&lines, cut(view_trim(line), COMMAND_LINE_MAX));
    }
    code = buffer_check(&lines, "the commands", err);
    if (code == ERR_OK)
        code = arena_copy(arena, buffer_view(&lines), out, err);
    buffer_deinit(&lines);
    return code;
}

struct view command_word(struct view text, struct view *rest)
{
    struct view trimmed = view_trim(text);
    size_t len = 0;

    while (len < trimmed.len && !is_space(trimmed.ptr[len]))
        len++;
    *rest = view_trim(view_slice(trimmed, len, trimmed.len));
    return view_slice(trimmed, 0, len);
}

struct command command_parse(struct view line)
{
    struct command command = {.verb = COMMAND_UNKNOWN, .line = view_trim(line)};
    const char *names[COMMAND_UNKNOWN + 1] = {0};

    (void)command_word(command.line, &command.rest);
    command.word = command_word(command.rest, &command.rest);
    if (command.word.len == 0)
        command.verb = COMMAND_HELP;
    for (int i = 0; i < COMMAND_UNKNOWN; i++) {
        names[i] = COMMANDS[i].name;
        if (view_is_nocase(command.word, names[i]))
            command.verb = (enum command_verb)i;
    }
    if (command.verb == COMMAND_UNKNOWN)
        command.nearest = yaml_nearest(cut(command.word, COMMAND_NEAREST_MAX), names);
    return command;
}
