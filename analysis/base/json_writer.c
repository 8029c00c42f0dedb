/* JSON out. Every string is escaped and made valid UTF-8 here, so that no caller has to think of it. */
#include "base/json_writer.h"
#include "base/utf8.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"
#define PLAIN_INTEGER_MAX 1e15 /* doubles below it print exactly, without an exponent */

static void add_escape(struct buffer *out, unsigned char byte)
{
    static const char SHORT[256] = {
        ['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};

    if (SHORT[byte] != '\0') {
        buffer_add(out, (struct view){(char[]){'\\', SHORT[byte]}, 2});
        return;
    }
    buffer_add_format(out, "\\u%04x", byte);
}

static void add_string(struct buffer *out, struct view text)
{
    size_t start = 0, at = 0, len;

    buffer_add_byte(out, '"');
    while (at < text.len) {
        unsigned char byte = (unsigned char)text.ptr[at];

        len = utf8_len(text, at);
        if (len > 1 || (len == 1 && byte >= 0x20 && byte != '"' && byte != '\\')) {
            at += len;
            continue;
        }
        buffer_add(out, view_slice(text, start, at));
        if (len == 0)
            buffer_add_text(out, REPLACEMENT);
        else
            add_escape(out, byte);
        start = ++at;
    }
    buffer_add(out, view_slice(text, start, at));
    buffer_add_byte(out, '"');
}

/* What stands before every value: a comma, and the name inside an object. */
static void begin(struct json_writer *writer, const char *name)
{
    if (writer->depth > 0) {
        if (writer->has_items[writer->depth - 1])
            buffer_add_byte(writer->out, ',');
        writer->has_items[writer->depth - 1] = true;
    }
    if (name != NULL) {
        assert(writer->depth > 0);
        add_string(writer->out, view_of(name));
        buffer_add_byte(writer->out, ':');
    }
}

static void open_container(struct json_writer *writer, const char *name, char bracket)
{
    begin(writer, name);
    assert(writer->depth < JSON_WRITER_DEPTH_MAX);
    writer->has_items[writer->depth++] = false;
    buffer_add_byte(writer->out, bracket);
}

static void close_container(struct json_writer *writer, char bracket)
{
    assert(writer->depth > 0);
    writer->depth--;
    buffer_add_byte(writer->out, bracket);
}

void json_writer_init(struct json_writer *writer, struct buffer *out)
{
    *writer = (struct json_writer){.out = out};
}

void json_open_object(struct json_writer *writer, const char *name)
{
    open_container(writer, name, '{');
}

void json_close_object(struct json_writer *writer)
{
    close_container(writer, '}');
}

void json_open_array(struct json_writer *writer, const char *name)
{
    open_container(writer, name, '[');
}

void json_close_array(struct json_writer *writer)
{
    close_container(writer, ']');
}

void json_add_text(struct json_writer *writer, const char *name, struct view text)
{
    begin(writer, name);
    add_string(writer->out, text);
}

void json_add_int(struct json_writer *writer, const char *name, int64_t value)
{
    begin(writer, name);
    buffer_add_format(writer->out, "%lld", (long long)value);
}

void json_add_number(struct json_writer *writer, const char *name, double value)
{
    begin(writer, name);
    if (!isfinite(value))
        buffer_add_text(writer->out, "null");
    else if (value == 0)
        buffer_add_byte(writer->out, '0'); /* also for -0, which few readers expect */
    else if (fabs(value) < PLAIN_INTEGER_MAX && value == floor(value))
        buffer_add_format(writer->out, "%.0f", value);
    else
        buffer_add_format(writer->out, "%.6g", value);
}

void json_add_bool(struct json_writer *writer, const char *name, bool value)
{
    begin(writer, name);
    buffer_add_text(writer->out, value ? "true" : "false");
}

void json_add_null(struct json_writer *writer, const char *name)
{
    begin(writer, name);
    buffer_add_text(writer->out, "null");
}
