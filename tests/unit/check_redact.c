/* Redaction: secrets disappear from every text, ordinary words and structure stay. */
#include <check.h>
#include <stdlib.h>

#include "runtime/base/json.h"
#include "runtime/record/redact.h"

static struct arena arena;
static struct redactor redactor;

static void set_up(void)
{
    arena_init(&arena);
    redact_init(&redactor, &arena);
}

static void tear_down(void)
{
    arena_free(&arena);
}

static void hide(const char *secret)
{
    struct value value = value_string(str_from(secret));
    redact_add(&redactor, &value);
}

static void expect(const char *text, const char *wanted)
{
    struct buf out = {0};
    redact_text(&redactor, &out, str_from(text));
    ck_assert_str_eq(out.data ? out.data : "", wanted);
    buf_free(&out);
}

START_TEST(a_secret_is_hidden_wherever_it_stands)
{
    hide("p@ss w/rd");
    expect("a p@ss w/rd b p@ss w/rd", "a [redacted] b [redacted]");
    expect("p@ss w/r", "p@ss w/r");
}
END_TEST

START_TEST(encodings_of_a_secret_are_hidden)
{
    hide("a \"b\" c/d\xC3\xA9+");
    expect("?q=a%20%22b%22%20c%2Fd%C3%A9%2B", "?q=[redacted]");
    expect("a+%22b%22+c%2Fd%C3%A9%2B", "[redacted]");
    expect("{\"x\":\"a \\\"b\\\" c/d\xC3\xA9+\"}", "{\"x\":\"[redacted]\"}");
    expect("a \\\"b\\\" c/d\\u00e9+", "[redacted]");
}
END_TEST

START_TEST(base64_of_a_secret_is_hidden_at_each_offset)
{
    hide("correct horse battery");
    /* "correct horse battery", "u:correct horse battery", "x:y:correct..." in Base64 */
    struct buf out = {0};
    static const char *const texts[] = {"Y29ycmVjdCBob3JzZSBiYXR0ZXJ5",
        "dTpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=", "eDpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=",
        "eDp5OmNvcnJlY3QgaG9yc2UgYmF0dGVyeQ=="};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        buf_clear(&out);
        redact_text(&redactor, &out, str_from(texts[i]));
        ck_assert_msg(str_contains(buf_str(&out), STR(REDACT_MARK)), "%s", texts[i]);
    }
    buf_free(&out);
}
END_TEST

START_TEST(the_longer_of_two_secrets_wins)
{
    hide("token-1");
    hide("token-1-and-more");
    expect("token-1-and-more token-1", "[redacted] [redacted]");
}
END_TEST

START_TEST(ordinary_strings_stay_readable)
{
    hide("1");
    hide("default");
    hide("minikube");
    hide("8080");
    hide("");
    expect("default minikube 1 8080", "default minikube 1 8080");
}
END_TEST

START_TEST(keys_and_numbers_of_a_value_stay)
{
    struct value secret, value;
    ck_assert(json_parse(&arena, str_from("{\"a\":[\"S3cret!\",7]}"), NULL, &secret, NULL));
    redact_add(&redactor, &secret);
    ck_assert(json_parse(
        &arena, str_from("{\"S3cret!\":[\"S3cret!\",7,\"x S3cret!\"]}"), NULL, &value, NULL));
    struct buf out = {0};
    struct json_writer w = jw_start(&out, (struct json_style){0});
    redact_value(&redactor, &w, &value);
    ck_assert_str_eq(out.data, "{\"S3cret!\":[\"[redacted]\",7,\"x [redacted]\"]}");
    buf_free(&out);
}
END_TEST

START_TEST(what_a_secret_feeds_hides_ordinary_strings_too)
{
    struct value word = value_string(STR("default")), digit = value_string(STR("1")),
                 number = value_int(&arena, 8080);
    struct redactor fed;
    redact_init(&fed, &arena);
    fed.also = &redactor;
    hide("S3cret!");
    redact_feed(&fed, &word);
    redact_feed(&fed, &digit);
    redact_feed(&fed, &number);
    struct buf out = {0};
    redact_text(&fed, &out, STR("the default of 1 is 8080, S3cret!"));
    ck_assert_str_eq(out.data, "the [redacted] of 1 is 8080, [redacted]");
    static const char *const wholes[] = {"1", "1\n", " 8080 "};
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) {
        buf_clear(&out);
        redact_text(&fed, &out, str_from(wholes[i]));
        ck_assert_str_eq(out.data, REDACT_MARK);
    }
    expect("default 1", "default 1");
    buf_free(&out);
}
END_TEST

START_TEST(lines_and_edges_of_a_secret_are_hidden)
{
    hide("  first-Line\nsecond-Line  \n");
    expect("python: first-Line", "python: [redacted]");
    expect("echo: second-Line", "echo: [redacted]");
    expect("'  first-Line\\nsecond-Line  \\n'", "'[redacted]'");
    hide("it's \"A\" \\ 7");
    expect("{'a': 'it\\'s \"A\" \\\\ 7'}", "{'a': '[redacted]'}");
    expect("it&#x27;s &quot;A&quot; \\ 7", "[redacted]");
}
END_TEST

START_TEST(short_secrets_are_hidden_in_base64)
{
    hide("aB3$");
    expect("YUIzJA==", "YUIzJA=="); /* five digits that are sure: they stand in any text */
    hide("aB3$x");
    expect("YUIzJHg=", "[redacted]g="); /* the last digit depends on what follows */
    expect("dTphQjMkeA==", "dTp[redacted]A==");
}
END_TEST

START_TEST(a_text_that_was_cut_off_within_a_secret)
{
    struct buf out = {0};
    hide("correct horse battery");
    redact_cut(&redactor, &out, STR("it is correct horse b"));
    ck_assert_str_eq(out.data, "it is [redacted]");
    buf_clear(&out);
    redact_cut(&redactor, &out, STR("it is correct"));
    ck_assert_str_eq(out.data, "it is correct");
    buf_free(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("redact");
    TCase *tests = tcase_create("redact");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_secret_is_hidden_wherever_it_stands);
    tcase_add_test(tests, encodings_of_a_secret_are_hidden);
    tcase_add_test(tests, base64_of_a_secret_is_hidden_at_each_offset);
    tcase_add_test(tests, the_longer_of_two_secrets_wins);
    tcase_add_test(tests, ordinary_strings_stay_readable);
    tcase_add_test(tests, keys_and_numbers_of_a_value_stay);
    tcase_add_test(tests, what_a_secret_feeds_hides_ordinary_strings_too);
    tcase_add_test(tests, lines_and_edges_of_a_secret_are_hidden);
    tcase_add_test(tests, short_secrets_are_hidden_in_base64);
    tcase_add_test(tests, a_text_that_was_cut_off_within_a_secret);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
