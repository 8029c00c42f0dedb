#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct json *parsed(struct view text)
{
    struct json *root = NULL;
    struct err err = {0};

    if (json_parse(text, &root, &err) != ERR_OK)
        fail_msg("%.*s: %s", VIEW_ARG(text), err.message);
    return root;
}

static void the_whole_grammar_is_read(void **state)
{
    static const char *const TEXTS[] = {
        "{}",
        "[]",
        "0",
        "-0",
        "-1.5e+10",
        "1E2",
        "0.5",
        "\"\"",
        "true",
        "false",
        "null",
        " \t\r\n[ ]\n",
        "[[],{}]",
        "{\"a\":{},\"b\":[1,2]}",
        "{ \"a\" : 1 , \"b\" : [ 1 , 2 ] }",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u00e9\\uD83D\\uDE00\"",
        "\"\\u0000\"",
        "\"\x7f\xc3\xa9\"",
        "1e999",
        "[1]\r\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        json_free(parsed(view_of(TEXTS[i])));
}

static void a_mistake_is_named_with_its_byte(void **state)
{
    static const struct row {
        const char *name;
        struct view text;
        size_t at;
        const char *says;
    } ROWS[] = {
        {"nothing", {NULL, 0}, 0, "expected a value"},
        {"white space only", {"  ", 2}, 2, "expected a value"},
        {"byte order mark", {"\xef\xbb\xbf{}", 5}, 0, "expected a value"},
        {"vertical tab", {"\v1", 2}, 0, "expected a value"},
        {"half a word", {"tru", 3}, 0, "expected a value"},
        {"text behind", {"1 2", 3}, 2, "after the end"},
        {"word runs on", {"truex", 5}, 4, "after the end"},
        {"NUL behind", {"1\0", 2}, 1, "after the end"},
        {"leading zero", {"01", 2}, 1, "after the end"},
        {"leading plus", {"+1", 2}, 0, "expected a value"},
        {"minus alone", {"-", 1}, 1, "digit"},
        {"point alone", {"1.", 2}, 2, "digit"},
        {"point first", {".5", 2}, 0, "expected a value"},
        {"exponent alone", {"1e+", 3}, 3, "digit"},
        {"hex", {"0x1", 3}, 1, "after the end"},
        {"not a number", {"NaN", 3}, 0, "expected a value"},
        {"open array", {"[", 1}, 1, "expected a value"},
        {"open array with item", {"[1", 2}, 2, "',' or ']'"},
        {"comma at the end", {"[1,]", 4}, 3, "expected a value"},
        {"no comma", {"[1 2]", 5}, 3, "',' or ']'"},
        {"wrong bracket", {"[1}", 3}, 2, "',' or ']'"},
        {"closed too often", {"[]]", 3}, 2, "after the end"},
        {"open object", {"{", 1}, 1, "expected a string"},
        {"comma at the end of an object", {"{\"a\":1,}", 8}, 7, "expected a string"},
        {"number as name", {"{1:2}", 5}, 1, "expected a string"},
        {"single quotes", {"{'a':1}", 7}, 1, "expected a string"},
        {"no colon", {"{\"a\" 1}", 7}, 5, "':'"},
        {"no value", {"{\"a\":}", 6}, 5, "expected a value"},
        {"wrong bracket in object", {"{\"a\":1]", 7}, 6, "',' or '}'"},
        {"open string", {"\"abc", 4}, 4, "no end"},
        {"open string after backslash", {"\"abc\\", 5}, 4, "no end"},
        {"line feed in string", {"\"a\nb\"", 5}, 2, "control byte"},
        {"NUL in string", {"\"a\0b\"", 5}, 2, "control byte"},
        {"half a character", {"\"a\xc3(\"", 5}, 2, "UTF-8"},
        {"a lone continuation byte, eight bytes on", {"\"12345678\x80\"", 11}, 9, "UTF-8"},
        {"an overlong form", {"\"\xc0\xaf\"", 4}, 1, "UTF-8"},
        {"a character cut by the end", {"[\"1234567\xe2\x82\"]", 13}, 9, "UTF-8"},
        {"bytes that are no text in a name", {"{\"\xff\":1}", 7}, 2, "UTF-8"},
        {"unknown escape", {"\"\\x\"", 4}, 1, "escape"},
        {"NUL as escape", {"\"\\\0\"", 4}, 1, "escape"},
        {"short \\u", {"\"\\u12\"", 6}, 1, "hex"},
        {"\\u at the end", {"\"\\u", 3}, 1, "hex"},
        {"\\u with a sign", {"\"\\u+123\"", 8}, 1, "hex"},
        {"low surrogate alone", {"\"\\udc00\"", 8}, 1, "surrogate"},
        {"high surrogate alone", {"\"\\ud800\"", 8}, 1, "surrogate"},
        {"high surrogate and a letter", {"\"\\ud800\\u0041\"", 14}, 1, "surrogate"},
        {"two high surrogates", {"\"\\ud800\\ud800\"", 14}, 1, "surrogate"},
        {"comment", {"[1,/**/2]", 9}, 3, "expected a value"},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct json *root = NULL;
        struct err err = {0};
        char place[32];

        (void)snprintf(place, sizeof(place), "JSON: byte %zu: ", row->at);
        if (json_parse(row->text, &root, &err) != ERR_INVALID || root != NULL || err.code != ERR_INVALID ||
            !view_starts(view_of(err.message), place) || strstr(err.message, row->says) == NULL)
            fail_msg("%s: %s", row->name, err.message);
    }
}

/* The exact bytes, so that the sanitizer sees a read behind them. */
static void no_byte_behind_the_text_is_read(void **state)
{
    static const char TEXT[] = "{\"a\":[1,-2.5e3,true,\"\\uD83D\\uDE00x\"]}";

    (void)state;
    for (size_t len = 1; len < sizeof(TEXT); len++) {
        char *copy = malloc(len);
        struct json *root = NULL;

        memcpy(copy, TEXT, len);
        assert_int_equal(json_parse((struct view){copy, len}, &root, NULL),
                         len == sizeof(TEXT) - 1 ? ERR_OK : ERR_INVALID);
        json_free(root);
        free(copy);
    }
}

static enum err_code parse_nested(size_t depth, bool objects, struct err *err)
{
    size_t step = objects ? 5 : 1, len = depth * (step + 1) + 1;
    char *text = malloc(len), *at = text;
    struct json *root = NULL;
    enum err_code code;

    for (size_t i = 0; i < depth; i++, at += step)
        memcpy(at, objects ? "{\"a\":" : "[", step);
    if (objects)
        *at++ = '1';
    memset(at, objects ? '}' : ']', depth);
    code = json_parse((struct view){text, (size_t)(at - text) + depth}, &root, err);
    json_free(root);
    free(text);
    return code;
}

static void depth_has_a_limit(void **state)
{
    struct err err = {0};

    (void)state;
    for (int objects = 0; objects < 2; objects++) {
        assert_int_equal(parse_nested(JSON_DEPTH_MAX - 1, objects, &err), ERR_OK);
        assert_int_equal(parse_nested(JSON_DEPTH_MAX, objects, &err), ERR_OK);
        assert_int_equal(parse_nested(JSON_DEPTH_MAX + 1, objects, &err), ERR_LIMIT);
        assert_non_null(strstr(err.message, "deep"));
        assert_int_equal(parse_nested(1000000, objects, &err), ERR_LIMIT);
    }
    /* Brackets in strings are no depth, and what was closed counts no more. */
    json_free(
        parsed(VIEW("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]")));
}

static void the_number_of_values_has_a_limit(void **state)
{
    size_t room = 2 * (size_t)JSON_VALUES_MAX + 16;
    char *text = malloc(room);
    struct json *root = NULL;
    struct err err = {0};

    (void)state;
    /* The array itself is a value, too. */
    for (size_t items = JSON_VALUES_MAX - 2; items <= JSON_VALUES_MAX; items++) {
        for (size_t i = 0; i < items; i++)
            memcpy(text + 1 + 2 * i, "0,", 2);
        text[0] = '[';
        text[2 * items] = ']';
        root = NULL;
        assert_int_equal(json_parse((struct view){text, 2 * items + 1}, &root, &err),
                         items < JSON_VALUES_MAX ? ERR_OK : ERR_LIMIT);
        json_free(root);
    }
    assert_non_null(strstr(err.message, "too many values"));
    free(text);
}

static void the_length_of_text_and_numbers_has_a_limit(void **state)
{
    char *text = malloc((size_t)JSON_TEXT_MAX + 1);
    struct json *root = NULL;
    struct err err;

    (void)state;
    memset(text, ' ', (size_t)JSON_TEXT_MAX + 1);
    text[0] = '1';
    for (size_t len = JSON_TEXT_MAX - 1; len <= JSON_TEXT_MAX; len++) {
        assert_int_equal(json_parse((struct view){text, len}, &root, &err), ERR_OK);
        json_free(root);
    }
    assert_int_equal(json_parse((struct view){text, (size_t)JSON_TEXT_MAX + 1}, &root, &err), ERR_LIMIT);
    memset(text, '1', 100);
    for (size_t len = JSON_NUMBER_MAX - 1; len <= JSON_NUMBER_MAX; len++) {
        double number = 0;

        assert_int_equal(json_parse((struct view){text, len}, &root, &err), ERR_OK);
        assert_true(json_number(root, "", &number) && number > 1e61);
        json_free(root);
    }
    assert_int_equal(json_parse((struct view){text, JSON_NUMBER_MAX + 1}, &root, &err), ERR_LIMIT);
    assert_string_equal(err.message, "JSON: byte 0: a number is too long");
    free(text);
}

static void a_path_leads_through_objects_only(void **state)
{
    struct json *root =
        parsed(VIEW("{\"a\":{\"b\":{\"c\":7},\"n\":null,\"l\":[1]},\"ab\":1,\"A\":2,\"a.b\":3,\"\":4,"
                    "\"t\":\"x\",\"t\":\"y\"}"));
    static const struct row {
        const char *path;
        bool there;
    } ROWS[] = {
        {"", true},     {"a", true},      {"a.b.c", true},  {"a.b", true},      {"a.l", true},
        {"a.n", false}, {"a.n.x", false}, {"a.l.0", false}, {"a.b.c.d", false}, {"x", false},
        {"x.a", false}, {"a.", true},     {".a", false},    {"a..b", false},    {"aa", false},
    };
    struct view text = {NULL, 0};
    int64_t number = 0;

    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++)
        if ((json_at(root, row->path) != NULL) != row->there)
            fail_msg("\"%s\"", row->path);
    assert_true(json_int(root, "a.b.c", &number) && number == 7);
    assert_true(json_int(root, "A", &number) && number == 2);
    assert_true(json_int(root, "ab", &number) && number == 1);
    assert_true(json_text(root, "t", &text) && view_is(text, "x"));
    assert_null(json_at(NULL, "a"));
    assert_null(json_at(NULL, ""));
    json_free(root);
}

static void a_value_of_another_type_leaves_the_output_alone(void **state)
{
    struct json *root =
        parsed(VIEW("{\"t\":\"1\",\"i\":1,\"f\":1.5,\"b\":true,\"n\":null,\"l\":[],\"o\":{}}"));
    static const char *const NAMES[] = {"t", "i", "f", "b", "n", "l", "o", "absent"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        char kind = NAMES[i][0];
        struct view text = VIEW("-");
        int64_t integer = -7;
        double number = -7;
        bool truth = false;

        assert_int_equal(json_text(root, NAMES[i], &text), kind == 't');
        assert_true(view_is(text, kind == 't' ? "1" : "-"));
        assert_int_equal(json_int(root, NAMES[i], &integer), kind == 'i');
        assert_int_equal(integer, kind == 'i' ? 1 : -7);
        assert_int_equal(json_number(root, NAMES[i], &number), kind == 'i' || kind == 'f');
        assert_true(number == (kind == 'i' ? 1 : kind == 'f' ? 1.5 : -7));
        assert_int_equal(json_bool(root, NAMES[i], &truth), strcmp(NAMES[i], "b") == 0);
        assert_int_equal(truth, strcmp(NAMES[i], "b") == 0);
        assert_int_equal(json_is_array(json_at(root, NAMES[i])), kind == 'l');
        assert_int_equal(json_is_object(json_at(root, NAMES[i])), kind == 'o');
    }
    json_free(root);
}

static void integers_are_exact_up_to_two_to_the_53(void **state)
{
    static const struct row {
        const char *text;
        bool ok;
        int64_t value;
    } ROWS[] = {
        {"9007199254740991", true, 9007199254740991},
        {"9007199254740992", true, 9007199254740992},
        {"-9007199254740992", true, -9007199254740992},
        {"9007199254740994", false, 0},
        {"-9007199254740994", false, 0},
        {"1e3", true, 1000},
        {"-0", true, 0},
        {"1.5", false, 0},
        {"1e400", false, 0},
    };
    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct json *root = parsed(view_of(row->text));
        int64_t value = 0;

        if (json_int(root, "", &value) != row->ok || value != row->value)
            fail_msg("%s: %lld", row->text, (long long)value);
        json_free(root);
    }
}

static void a_number_that_is_not_finite_is_none(void **state)
{
    struct json *root = parsed(VIEW("[1e400,-1e400]"));
    double number = 3;

    (void)state;
    assert_false(json_number(json_first(root), "", &number));
    assert_false(json_number(json_next(json_first(root)), "", &number));
    assert_true(number == 3);
    json_free(root);
}

static void escapes_become_characters_and_a_nul_cuts(void **state)
{
    struct json *root = parsed(VIEW("{\"a\":\"\\u00e9\\uD83D\\uDE00\\/\\n\",\"b\":\"x\\u0000y\"}"));
    struct view text;

    (void)state;
    assert_true(json_text(root, "a", &text) && view_is(text, "\xc3\xa9\xf0\x9f\x98\x80/\n"));
    assert_true(json_text(root, "b", &text) && view_is(text, "x"));
    json_free(root);
}

static void children_are_walked_in_order(void **state)
{
    struct json *root = parsed(VIEW("{\"z\":1,\"a\":[10,20,null],\"\":{}}"));
    const struct json *at = json_first(root);
    int64_t number;

    (void)state;
    assert_true(view_is(json_name(at), "z"));
    at = json_next(at);
    assert_true(view_is(json_name(at), "a"));
    assert_true(json_int(json_first(at), "", &number) && number == 10);
    assert_true(json_int(json_next(json_first(at)), NULL, &number) && number == 20);
    assert_int_equal(json_name(json_first(at)).len, 0);
    assert_null(json_next(json_next(json_next(json_first(at)))));
    at = json_next(at);
    assert_true(view_is(json_name(at), ""));
    assert_true(json_is_object(at));
    assert_null(json_first(at));
    assert_null(json_next(at));
    json_free(root);
    assert_null(json_first(NULL));
    assert_null(json_next(NULL));
    assert_int_equal(json_name(NULL).len, 0);
    assert_false(json_is_object(NULL) || json_is_array(NULL));
    json_free(NULL);
}

/* A string is skipped by words of eight bytes: what ends it or is forbidden may stand anywhere in one. */
static void a_string_is_checked_at_every_byte(void **state)
{
    char text[48];

    (void)state;
    for (size_t len = 0; len < 20; len++)
        for (size_t at = 0; at <= len; at++)
            for (int byte = 0; byte < 256; byte++) {
                struct view view = {text, len + 3}, read;
                struct json *root = NULL;
                bool good = byte >= 0x20 && byte < 0x80 && byte != '\\' && (byte != '"' || at == len);
                enum err_code code;

                memset(text, 'a', sizeof(text));
                text[0] = text[len + 2] = '"';
                text[at + 1] = (char)byte;
                if (byte == '"' && at == len)
                    view.len--; /* the string's own end */
                code = json_parse(view, &root, NULL);
                assert_int_equal(code, good ? ERR_OK : ERR_INVALID);
                if (good) {
                    assert_true(json_text(root, "", &read));
                    assert_true(view_equal(read, view_slice(view, 1, view.len - 1)));
                }
                json_free(root);
            }
}

/* What a path leads to, as text: the same for the whole document and for one that was cut to the paths. */
static void describe(const struct json *at, char *out, size_t size)
{
    struct view text = {0};
    double number = 0;
    bool truth = false;

    if (json_text(at, "", &text))
        snprintf(out, size, "text %.*s", VIEW_ARG(text));
    else if (json_number(at, "", &number))
        snprintf(out, size, "number %g", number);
    else if (json_bool(at, "", &truth))
        snprintf(out, size, "bool %d", truth);
    else if (json_is_object(at) || json_is_array(at))
        snprintf(out, size, "%s of %.*s", json_is_object(at) ? "object" : "array",
                 VIEW_ARG(json_name(json_first(at))));
    else
        snprintf(out, size, "nothing");
}

static void what_lies_on_the_paths_is_found_as_in_the_whole_document(void **state)
{
    static const char *const PATHS[] = {"a", "b.c", "b.d.e", "f.g.h"};
    static const struct row {
        const char *text;
        const char *found[3]; /* at a, b.c, b.d.e */
    } ROWS[] = {
        {"{\"a\":1,\"b\":{\"c\":\"x\",\"d\":{\"e\":true}}}", {"number 1", "text x", "bool 1"}},
        {"{\"z\":{\"a\":7,\"b\":{\"c\":9}},\"b\":{\"z\":[1,{\"c\":2}],\"c\":3}}",
         {"nothing", "number 3", "nothing"}},
        {" { \"a\" : { \"k\" : [ { } ] } , \"b\" : { } } ", {"object of k", "nothing", "nothing"}},
        {"{\"b\":5,\"b\":{\"c\":6},\"a\":[{\"b\":1}]}", {"array of ", "nothing", "nothing"}},
        {"{\"b\":{\"c\":6},\"b\":{\"c\":7},\"a\":null,\"a\":2}", {"nothing", "number 6", "nothing"}},
        {"{\"\\u0061\":1,\"a\":2,\"b\":{\"\\u0063\":3}}", {"number 1", "number 3", "nothing"}},
        {"{\"b\":[{\"c\":1}],\"a.b\":1,\"b.c\":2}", {"nothing", "nothing", "nothing"}},
        {"{\"b\":{\"d\":{\"e\":{\"e\":1}},\"d\":1}}", {"nothing", "nothing", "object of e"}},
        {"[{\"a\":1}]", {"nothing", "nothing", "nothing"}},
        {"\"a\"", {"nothing", "nothing", "nothing"}},
        {"{}", {"nothing", "nothing", "nothing"}},
    };

    (void)state;
    for (const struct row *row = ROWS; row < ROWS + COUNT_OF(ROWS); row++) {
        struct json *whole = parsed(view_of(row->text)), *cut = NULL;

        assert_int_equal(json_parse_only(view_of(row->text), PATHS, COUNT_OF(PATHS), &cut, NULL), ERR_OK);
        for (size_t i = 0; i < COUNT_OF(row->found); i++) {
            char in_whole[64], in_cut[64];

            describe(json_at(whole, PATHS[i]), in_whole, sizeof(in_whole));
            describe(json_at(cut, PATHS[i]), in_cut, sizeof(in_cut));
            if (strcmp(in_whole, row->found[i]) != 0 || strcmp(in_cut, row->found[i]) != 0)
                fail_msg("%s at %s: %s, cut: %s", row->text, PATHS[i], in_whole, in_cut);
        }
        json_free(whole);
        json_free(cut);
    }
}

static void what_is_left_out_is_checked_too(void **state)
{
    static const char *const PATHS[] = {"a"};
    static const char *const TEXTS[] = {"{\"a\":1,\"b\":01}", "{\"b\":{\"a\":[1,]},\"a\":1}",
                                        "{\"a\":1,\"b\":\"\n\"}", "{\"a\":1} x"};
    size_t members = JSON_VALUES_MAX, room = members * 6 + 16;
    char *text = malloc(room), *at = text;
    struct json *root = NULL;
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        assert_int_equal(json_parse_only(view_of(TEXTS[i]), PATHS, 1, &root, &err), ERR_INVALID);
    for (size_t i = 0; i < members; i++)
        at += snprintf(at, room - (size_t)(at - text), "%c\"b\":1", i ? ',' : '{');
    *at++ = '}';
    assert_int_equal(json_parse_only((struct view){text, (size_t)(at - text)}, PATHS, 1, &root, &err),
                     ERR_LIMIT);
    assert_null(root);
    free(text);
}

enum { MEMBERS = 50000, MEMBER_BYTES = 7 };

/* Members so short that they need more memory than a document's first block reckons with. */
static void *parse_many_members(void *ctx)
{
    char *text = malloc(MEMBERS * MEMBER_BYTES + 1);
    const struct json *member;
    struct json *root = NULL;
    struct view digit;
    int count = 0;

    for (int i = 0; i < MEMBERS; i++)
        snprintf(text + i * MEMBER_BYTES, MEMBER_BYTES + 1, "%c\"\":\"%d\"", i ? ',' : '{', i % 10);
    text[MEMBERS * MEMBER_BYTES] = '}';
    if (json_parse((struct view){text, MEMBERS * MEMBER_BYTES + 1}, &root, NULL) != ERR_OK)
        count = -1;
    memset(text, 0, MEMBERS * MEMBER_BYTES); /* nothing of the text is needed any more */
    for (member = json_first(root); member != NULL; member = json_next(member), count++)
        if (json_name(member).len != 0 || !json_text(member, "", &digit) || digit.len != 1 ||
            digit.ptr[0] != '0' + count % 10)
            break;
    json_free(root);
    free(text);
    *(bool *)ctx = count == MEMBERS;
    return NULL;
}

static void threads_parse_at_the_same_time(void **state)
{
    pthread_t threads[4];
    bool good[4] = {false};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, parse_many_members, &good[i]), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(good[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_grammar_is_read),
        cmocka_unit_test(a_mistake_is_named_with_its_byte),
        cmocka_unit_test(no_byte_behind_the_text_is_read),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(the_number_of_values_has_a_limit),
        cmocka_unit_test(the_length_of_text_and_numbers_has_a_limit),
        cmocka_unit_test(a_path_leads_through_objects_only),
        cmocka_unit_test(a_value_of_another_type_leaves_the_output_alone),
        cmocka_unit_test(integers_are_exact_up_to_two_to_the_53),
        cmocka_unit_test(a_number_that_is_not_finite_is_none),
        cmocka_unit_test(escapes_become_characters_and_a_nul_cuts),
        cmocka_unit_test(children_are_walked_in_order),
        cmocka_unit_test(a_string_is_checked_at_every_byte),
        cmocka_unit_test(threads_parse_at_the_same_time),
        cmocka_unit_test(what_lies_on_the_paths_is_found_as_in_the_whole_document),
        cmocka_unit_test(what_is_left_out_is_checked_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
