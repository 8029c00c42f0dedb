/** @file json_writer.h  Writing JSON into a buffer: commas, escapes and UTF-8 are its business.
 *  Bytes that are not UTF-8 become U+FFFD. Same calls, same bytes. */
#pragma once
#include "base/buffer.h"

enum { JSON_WRITER_DEPTH_MAX = 32 }; /* deeper nesting is our own mistake: it asserts */

struct json_writer {
    struct buffer *out;
    int depth;
    bool has_items[JSON_WRITER_DEPTH_MAX];
};

void json_writer_init(struct json_writer *writer, struct buffer *out);
/** Inside an object give a name, inside an array or at the top NULL. */
void json_open_object(struct json_writer *writer, const char *name);
void json_close_object(struct json_writer *writer);
void json_open_array(struct json_writer *writer, const char *name);
void json_close_array(struct json_writer *writer);
void json_add_text(struct json_writer *writer, const char *name, struct view text);
void json_add_int(struct json_writer *writer, const char *name, int64_t value);
/** Shortest form that reads back within 6 significant digits; not finite becomes null. */
void json_add_number(struct json_writer *writer, const char *name, double value);
void json_add_bool(struct json_writer *writer, const char *name, bool value);
void json_add_null(struct json_writer *writer, const char *name);
