/* Headers of requests and replies: what does not depend on the library that carries them. */
#include "client_internal.h"
#include <string.h>

struct view http_reply_header(const struct http_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++)
        if (view_is_nocase(reply->headers[i].name, name))
            return reply->headers[i].value;
    return (struct view){0};
}

bool header_is_secret(struct view name)
{
    static const char *const SECRETS[] = {"Authorization", "PRIVATE-TOKEN", "Cookie", "Proxy-Authorization"};

    for (size_t i = 0; i < COUNT_OF(SECRETS); i++)
        if (view_is_nocase(name, SECRETS[i]))
            return true;
    return false;
}

enum err_code header_check(const struct http_header *header, struct err *err)
{
    bool good = header->name.len > 0;

    for (size_t i = 0; good && i < header->name.len; i++) {
        char byte = header->name.ptr[i];

        good = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
               byte == '-' || byte == '_';
    }
    for (size_t i = 0; good && i < header->value.len; i++)
        good = header->value.ptr[i] == '\t' || (unsigned char)header->value.ptr[i] >= ' ';
    return good ? ERR_OK
                : err_set(err, ERR_INVALID, "a header of the request holds a control byte or no name");
}

enum err_code reply_add_header(struct http_reply *reply, size_t *room, struct view line, struct arena *arena,
                               struct err *err)
{
    size_t colon = view_find_byte(line, ':', 0);
    void *grown;
    struct http_header *headers;
    enum err_code code = ERR_OK;

    if (colon == SIZE_MAX || colon == 0)
        return ERR_OK;
    if (reply->header_count == HTTP_REPLY_HEADERS_MAX)
        return err_set(err, ERR_LIMIT, "the reply has more than %d headers", HTTP_REPLY_HEADERS_MAX);
    memcpy(&grown, &reply->headers, sizeof(grown)); /* allocated here; only readers see it as const */
    if (reply->header_count == *room)
        code = arena_grow(arena, &grown, reply->header_count, room, sizeof(*headers), err);
    headers = grown;
    if (code == ERR_OK)
        code =
            arena_copy(arena, view_trim(view_slice(line, 0, colon)), &headers[reply->header_count].name, err);
    if (code == ERR_OK)
        code = arena_copy(arena, view_trim(view_slice(line, colon + 1, line.len)),
                          &headers[reply->header_count].value, err);
    reply->headers = headers;
    if (code == ERR_OK)
        reply->header_count++;
    return code;
}
