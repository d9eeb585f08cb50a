/* Redaction: secrets disappear from every text, ordinary words and structure stay. */
#include <check.h>
#include <stdlib.h>

#include "runtime/base/json.h"
#include "runtime/exec/redact.h"

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
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
