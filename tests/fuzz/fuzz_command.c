/* Commands in hostile comments. What must hold: no crash, each command is one line of at most its limit that
 * begins as a command does, there are no more than their limit, and each can be read. */
#include "intake/command.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view body = {(const char *)data, size}, found = {0}, rest, line;
    struct arena *arena = arena_new(ARENA_BYTES);
    size_t count = 0;

    if (!arena)
        return 0;
    if (command_find(body, arena, &found, NULL) == ERR_OK && found.len > 0) {
        for (rest = found; view_split(&rest, '\n', &line); count++) {
            struct command command = command_parse(line);

            assert(line.len <= COMMAND_LINE_MAX && view_starts(line, "/perf-review"));
            assert(command.verb <= COMMAND_UNKNOWN && command.rest.len < line.len);
            assert(command.verb == COMMAND_UNKNOWN || command.nearest == NULL);
        }
        assert(count <= COMMANDS_MAX);
    }
    arena_free(arena);
    return 0;
}
