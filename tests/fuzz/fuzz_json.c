/* Any bytes as JSON. What is accepted can be walked, keeps its limits, and comes back the same from
 * the writer; and whatever the writer is given, the reader takes. */
#include "base/json.h"
#include "base/json_writer.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CAP = 16 << 20 };

static void check_types(const struct json *value)
{
    struct view text;
    int64_t integer;
    double number;
    bool truth;
    int types = json_is_object(value) + json_is_array(value) + json_text(value, "", &text) +
                json_number(value, "", &number) + json_bool(value, "", &truth);

    assert(types <= 1); /* null is none, and so is a number beyond all doubles */
    if (json_int(value, "", &integer))
        assert(json_number(value, NULL, &number) && (double)integer == number);
}

/* The same document again; false where it is nested too deep for the writer. */
static bool write_value(struct json_writer *writer, const char *name, const struct json *value, int depth)
{
    struct view text;
    double number;
    bool truth, object = json_is_object(value), fits = true;

    assert(depth <= JSON_DEPTH_MAX);
    check_types(value);
    if (object || json_is_array(value)) {
        if (depth == JSON_WRITER_DEPTH_MAX)
            return false;
        if (object)
            json_open_object(writer, name);
        else
            json_open_array(writer, name);
        for (const struct json *child = json_first(value); child != NULL && fits; child = json_next(child))
            fits = write_value(writer, object ? json_name(child).ptr : NULL, child, depth + 1);
        if (object)
            json_close_object(writer);
        else
            json_close_array(writer);
    } else if (json_text(value, "", &text)) {
        json_add_text(writer, name, text);
    } else if (json_number(value, "", &number)) {
        json_add_number(writer, name, number);
    } else if (json_bool(value, "", &truth)) {
        json_add_bool(writer, name, truth);
    } else {
        json_add_null(writer, name);
    }
    return fits;
}

static bool write_document(struct buffer *out, const struct json *root)
{
    struct json_writer writer;

    json_writer_init(&writer, out);
    return write_value(&writer, NULL, root, 0);
}

/* What was written and read is a document whose writing changes nothing any more. (The first writing
 * may: it rounds numbers to six digits.) */
static void check_round_trip(const struct json *root)
{
    struct buffer texts[3];
    struct json *again[2] = {NULL, NULL};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        buffer_init(&texts[i], CAP);
    if (write_document(&texts[0], root) && texts[0].failed == ERR_OK) {
        for (size_t i = 0; i < COUNT_OF(again); i++) {
            assert(json_parse(buffer_view(&texts[i]), &again[i], NULL) == ERR_OK);
            assert(write_document(&texts[i + 1], again[i]));
        }
        assert(view_equal(buffer_view(&texts[1]), buffer_view(&texts[2])));
    }
    for (size_t i = 0; i < COUNT_OF(again); i++)
        json_free(again[i]);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        buffer_deinit(&texts[i]);
}

/* On the paths that are asked for, a document that was cut to them holds what the whole one holds. */
static void check_cut(struct view text, const struct json *whole)
{
    static const char *const PATHS[] = {"a", "b.c", "a.b.c", "c.a"};
    struct json *cut = NULL;
    enum err_code code = json_parse_only(text, PATHS, COUNT_OF(PATHS), &cut, NULL);

    assert((code == ERR_OK) == (whole != NULL));
    for (size_t i = 0; cut != NULL && i < COUNT_OF(PATHS); i++) {
        const struct json *of_whole = json_at(whole, PATHS[i]), *of_cut = json_at(cut, PATHS[i]);
        struct buffer texts[2];

        assert((of_whole == NULL) == (of_cut == NULL));
        for (size_t j = 0; j < COUNT_OF(texts); j++)
            buffer_init(&texts[j], CAP);
        if (of_whole != NULL && write_document(&texts[0], of_whole)) {
            assert(write_document(&texts[1], of_cut));
            assert(texts[0].failed != ERR_OK || view_equal(buffer_view(&texts[0]), buffer_view(&texts[1])));
        }
        for (size_t j = 0; j < COUNT_OF(texts); j++)
            buffer_deinit(&texts[j]);
    }
    json_free(cut);
}

/* Any bytes as a text and as a name. */
static void check_writer(struct view bytes)
{
    char *name = malloc(bytes.len + 1);
    struct json_writer writer;
    struct buffer out;
    struct json *root = NULL;
    struct view text;

    assert(name != NULL);
    if (bytes.len > 0)
        memcpy(name, bytes.ptr, bytes.len);
    name[bytes.len] = '\0';
    buffer_init(&out, CAP);
    json_writer_init(&writer, &out);
    json_open_object(&writer, NULL);
    json_add_text(&writer, name, bytes);
    json_close_object(&writer);
    if (out.failed == ERR_OK) {
        assert(json_parse(buffer_view(&out), &root, NULL) == ERR_OK);
        assert(json_text(json_first(root), "", &text) && text.len <= 3 * bytes.len);
        assert(json_next(json_first(root)) == NULL);
    }
    json_free(root);
    buffer_deinit(&out);
    free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view text = {(const char *)data, size};
    struct json *root = NULL;
    struct err err = {0};
    enum err_code code = json_parse(text, &root, &err);

    assert(code == ERR_OK || code == ERR_INVALID || code == ERR_LIMIT);
    assert((code == ERR_OK) == (root != NULL) && (code == ERR_OK) == (err.message[0] == '\0'));
    if (root != NULL)
        check_round_trip(root);
    check_cut(text, root);
    json_free(root);
    check_writer(text);
    return 0;
}
