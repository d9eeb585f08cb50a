/* check_json_write.c: the writer's text is Python's json.dumps text, in every style. */
#include "runtime/base/json_write.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "runtime/base/json.h"

static struct arena arena;
static struct buf out;

static void setup(void)
{
    arena_init(&arena);
    out = (struct buf){0};
}

static void teardown(void)
{
    arena_free(&arena);
    buf_free(&out);
}

static const char *write(const char *json, struct json_style style)
{
    struct value value;
    ck_assert(json_parse(&arena, str_from(json), NULL, &value, NULL));
    buf_clear(&out);
    struct json_writer w = jw_start(&out, style);
    jw_value(&w, &value);
    return out.data;
}

START_TEST(test_compact)
{
    const char *json = "{\"a\":[1,2.50,true,null,[],{}],\"b\":{\"c\":\"d\"}}";
    ck_assert_str_eq(write(json, (struct json_style){0}), json);
}
END_TEST

/* json.dumps(value) */
START_TEST(test_spaced)
{
    ck_assert_str_eq(write("{\"a\":[1,2],\"b\":{}}", (struct json_style){.spaced = true}),
        "{\"a\": [1, 2], \"b\": {}}");
}
END_TEST

/* json.dumps(value, indent=2) */
START_TEST(test_indented)
{
    ck_assert_str_eq(
        write("{\"a\":[1,[],{\"x\":[]}],\"b\":{\"c\":false}}", (struct json_style){.indent = 2}),
        "{\n"
        "  \"a\": [\n"
        "    1,\n"
        "    [],\n"
        "    {\n"
        "      \"x\": []\n"
        "    }\n"
        "  ],\n"
        "  \"b\": {\n"
        "    \"c\": false\n"
        "  }\n"
        "}");
}
END_TEST

static const struct {
    struct str text;
    const char *ascii, *plain;
} quotes[] = {
    {STR_INIT("a"), "\"a\"", "\"a\""},
    {STR_INIT("\"\\/"), "\"\\\"\\\\/\"", "\"\\\"\\\\/\""},
    {STR_INIT("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"", "\"\\b\\f\\n\\r\\t\""},
    {STR_INIT("\0\v\x1F"), "\"\\u0000\\u000b\\u001f\"", "\"\\u0000\\u000b\\u001f\""},
    {STR_INIT("\x7F"), "\"\\u007f\"", "\"\x7F\""},
    {STR_INIT("\xC3\xA9"), "\"\\u00e9\"", "\"\xC3\xA9\""},
    {STR_INIT("\xF0\x9F\x98\x80"), "\"\\ud83d\\ude00\"", "\"\xF0\x9F\x98\x80\""},
    {STR_INIT("\xED\xA0\xBD"), "\"\\ud83d\"", "\"\\ud83d\""},
    {STR_INIT("x\xFFy"), "\"x\\ufffdy\"", "\"x\xEF\xBF\xBDy\""},
};

START_TEST(test_quotes)
{
    json_quote(&out, quotes[_i].text, true);
    ck_assert_str_eq(out.data, quotes[_i].ascii);
    buf_clear(&out);
    json_quote(&out, quotes[_i].text, false);
    ck_assert_str_eq(out.data, quotes[_i].plain);
}
END_TEST

START_TEST(test_streamed)
{
    struct json_writer w = jw_start(&out, (struct json_style){0});
    jw_open_array(&w);
    jw_open_object(&w);
    jw_key_text(&w, "text", "t");
    jw_key_int(&w, "int", -5);
    jw_key_bool(&w, "bool", false);
    jw_key(&w, STR("null"));
    jw_null(&w);
    jw_key(&w, STR("raw"));
    jw_raw(&w, STR("1.500"));
    jw_close_object(&w);
    jw_real(&w, 0.1);
    jw_real(&w, NAN);
    jw_close_array(&w);
    ck_assert_str_eq(out.data,
        "[{\"text\":\"t\",\"int\":-5,\"bool\":false,\"null\":null,\"raw\":1.500},0.1,NaN]");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json_write");
    TCase *tc = tcase_create("json_write");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, test_compact);
    tcase_add_test(tc, test_spaced);
    tcase_add_test(tc, test_indented);
    tcase_add_loop_test(tc, test_quotes, 0, sizeof quotes / sizeof quotes[0]);
    tcase_add_test(tc, test_streamed);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
