/* Durations read and spelt. */
#include <check.h>

#include "runtime/expr/duration.h"

START_TEST(what_is_read)
{
    static const struct {
        const char *text;
        double seconds;
    } cases[] = {{"0", 0}, {"5", 5}, {"1.5", 1.5}, {"250ms", 0.25}, {"1.1ms", 0.0011}, {"3s", 3},
        {"2m", 120}, {"1.5h", 5400}, {"007s", 7}, {"0.0s", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double seconds = -1;
        size_t at;
        ck_assert_msg(duration_parse(str_from(cases[i].text), &seconds, &at), "%s", cases[i].text);
        ck_assert_msg(seconds == cases[i].seconds, "%s: %.17g", cases[i].text, seconds);
    }
}
END_TEST

START_TEST(what_is_refused)
{
    static const struct {
        const char *text;
        size_t at;
    } cases[] = {{"", 0}, {"s", 0}, {"-1s", 0}, {"+1", 0}, {"1 s", 1}, {"1.", 2}, {"1.s", 2},
        {".5", 0}, {"5d", 1}, {"5min", 1}, {"5sec", 1}, {"5s ", 2}, {"1m30s", 1}, {"1e3", 1},
        {"5ms5", 1}, {"1S", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double seconds;
        size_t at = 99;
        ck_assert_msg(!duration_parse(str_from(cases[i].text), &seconds, &at), "%s", cases[i].text);
        ck_assert_msg(at == cases[i].at, "%s: at %zu", cases[i].text, at);
    }
}
END_TEST

START_TEST(too_long_is_refused)
{
    char digits[401];
    memset(digits, '9', 400);
    double seconds;
    size_t at;
    ck_assert(!duration_parse((struct str){digits, 400}, &seconds, &at));
    digits[400] = 'h';
    ck_assert(!duration_parse((struct str){digits, 401}, &seconds, &at));
}
END_TEST

START_TEST(units_for_lexers)
{
    ck_assert_uint_eq(duration_unit(STR("ms x")), 2);
    ck_assert_uint_eq(duration_unit(STR("m,")), 1);
    ck_assert_uint_eq(duration_unit(STR("h")), 1);
    ck_assert_uint_eq(duration_unit(STR("min")), 0);
    ck_assert_uint_eq(duration_unit(STR("s_")), 0);
    ck_assert_uint_eq(duration_unit(STR("")), 0);
}
END_TEST

START_TEST(what_is_spelt)
{
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {{0, "0s"}, {0.5, "500ms"}, {0.0011, "1.1ms"}, {1.5, "1.5s"}, {90, "90s"},
        {120, "2m"}, {5400, "90m"}, {7200, "2h"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[40], small[3];
        size_t len = duration_spell(cases[i].seconds, out, sizeof out), at;
        double seconds;
        ck_assert_str_eq(out, cases[i].text);
        ck_assert_uint_eq(len, strlen(out));
        ck_assert(duration_parse(str_from(out), &seconds, &at));
        ck_assert(seconds == cases[i].seconds);
        ck_assert_uint_le(duration_spell(cases[i].seconds, small, sizeof small), 2);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("duration");
    TCase *tests = tcase_create("duration");
    tcase_add_test(tests, what_is_read);
    tcase_add_test(tests, what_is_refused);
    tcase_add_test(tests, too_long_is_refused);
    tcase_add_test(tests, units_for_lexers);
    tcase_add_test(tests, what_is_spelt);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
