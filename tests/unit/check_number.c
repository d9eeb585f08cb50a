/* check_number.c: spelling, reading and comparing numbers as Python does. */
#include "runtime/base/number.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

/* What Python 3.11's repr says; made with float.hex and repr. */
static const struct {
    double number;
    const char *repr;
} reprs[] = {
    {0x0.0p+0, "0.0"},
    {-0x0.0p+0, "-0.0"},
    {0x1.0000000000000p+0, "1.0"},
    {0x1.999999999999ap-4, "0.1"},
    {0x1.1c37937e08000p+53, "1e+16"},
    {0x1.c6bf526340000p+49, "1000000000000000.0"},
    {0x1.b69b4ba630f35p+56, "1.2345678901234568e+17"},
    {0x1.a36e2eb1c432dp-14, "0.0001"},
    {0x1.4f8b588e368f1p-17, "1e-05"},
    {0x1.02e4b6ce5dc68p-13, "0.00012345"},
    {0x0.0000000000001p-1022, "5e-324"},
    {0x1.0000000000000p-1022, "2.2250738585072014e-308"},
    {0x1.fffffffffffffp+1023, "1.7976931348623157e+308"},
    {0x1.0000000000000p+53, "9007199254740992.0"},
    {0x1.0000000000000p-44,
        "5.684341886080802e-14"}, /* the neighbour above reads back, not the nearest */
    {0x1.9000000000000p+6, "100.0"},
    {0x1.0f0cf064dd592p+73, "1e+22"},
    {0x1.52d02c7e14af6p+76, "1e+23"},
    {0x1.edd2f1a9fbe77p+6, "123.456"},
    {-0x1.0c6f7a0b5ed8dp-22, "-2.5e-07"},
    {0x1.0e0198eaee000p+53, "9500000000000000.0"},
    {0x1.3333333333333p-2, "0.3"},
    {0x1.5555555555555p-2, "0.3333333333333333"},
};

START_TEST(test_repr_is_pythons)
{
    char out[NUMBER_REPR_SIZE];
    size_t len = number_repr(reprs[_i].number, out);
    ck_assert_str_eq(out, reprs[_i].repr);
    ck_assert_uint_eq(len, strlen(reprs[_i].repr));
}
END_TEST

START_TEST(test_repr_reads_back_equal)
{
    char out[NUMBER_REPR_SIZE];
    for (int exponent = -1074; exponent < 1024; exponent++) {
        for (int step = -1; step <= 1; step++) {
            double number = ldexp(1.0, exponent);
            if (step)
                number = nextafter(number, step > 0 ? INFINITY : 0);
            size_t len = number_repr(number, out);
            ck_assert_msg(number_to_double((struct str){out, len}) == number, "2^%d%+d: %s",
                exponent, step, out);
        }
    }
}
END_TEST

START_TEST(test_repr_of_what_is_not_finite)
{
    char out[NUMBER_REPR_SIZE];
    number_repr(NAN, out);
    ck_assert_str_eq(out, "NaN");
    number_repr(INFINITY, out);
    ck_assert_str_eq(out, "Infinity");
    number_repr(-INFINITY, out);
    ck_assert_str_eq(out, "-Infinity");
}
END_TEST

START_TEST(test_is_int)
{
    ck_assert(number_is_int(STR("0")));
    ck_assert(number_is_int(STR("-12")));
    ck_assert(number_is_int(STR("+7")));
    ck_assert(number_is_int(STR("123456789012345678901234567890")));
    ck_assert(!number_is_int(STR("")));
    ck_assert(!number_is_int(STR("-")));
    ck_assert(!number_is_int(STR("1.0")));
    ck_assert(!number_is_int(STR("1e3")));
    ck_assert(!number_is_int(STR("NaN")));
}
END_TEST

START_TEST(test_to_int64)
{
    int64_t n = 42;
    ck_assert(number_to_int64(STR("9223372036854775807"), &n));
    ck_assert(n == INT64_MAX);
    ck_assert(number_to_int64(STR("-9223372036854775808"), &n));
    ck_assert(n == INT64_MIN);
    ck_assert(number_to_int64(STR("-0"), &n));
    ck_assert_int_eq(n, 0);
    n = 42;
    ck_assert(!number_to_int64(STR("9223372036854775808"), &n));
    ck_assert(!number_to_int64(STR("-9223372036854775809"), &n));
    ck_assert(!number_to_int64(STR("99999999999999999999999999"), &n));
    ck_assert(!number_to_int64(STR("1.0"), &n));
    ck_assert_int_eq(n, 42);
}
END_TEST

START_TEST(test_to_double)
{
    ck_assert(number_to_double(STR("0.1")) == 0.1);
    ck_assert(number_to_double(STR("1e400")) == INFINITY);
    ck_assert(number_to_double(STR("-Infinity")) == -INFINITY);
    ck_assert(isnan(number_to_double(STR("NaN"))));
    ck_assert(isnan(number_to_double(STR("abc"))));
    ck_assert(isnan(number_to_double(STR("0x10"))));
    ck_assert(isnan(number_to_double(STR("inf"))));
    ck_assert(isnan(number_to_double(STR("1.5.2"))));
    ck_assert(isnan(number_to_double(STR(""))));

    char long_text[400];
    memset(long_text, '0', sizeof long_text);
    long_text[0] = '1';
    ck_assert(number_to_double((struct str){long_text, 301}) == 1e300);
    /* only the slice counts, not what stands behind it */
    ck_assert(number_to_double((struct str){"12345", 2}) == 12);
}
END_TEST

static const struct {
    const char *a, *b;
    int order;
} pairs[] = {
    {"1", "2", -1},
    {"2", "10", -1},
    {"-2", "-10", 1},
    {"-1", "1", -1},
    {"0", "-0", 0},
    {"007", "7", 0},
    {"9007199254740993", "9007199254740992", 1},
    {"9007199254740993", "9007199254740992.0", 1}, /* the real is exact, the integer is one more */
    {"9007199254740993", "9007199254740993.0",
        1}, /* the real was rounded when it became a double */
    {"9007199254740992", "9007199254740993.0", 0},
    {"1", "1.0", 0},
    {"1", "1.5", -1},
    {"-1", "-1.5", 1},
    {"0", "-0.5", 1},
    {"0", "0.5", -1},
    {"0", "5e-324", -1},
    {"0.1", "0.10000000000000000001", 0},
    {"0.1", "0.2", -1},
    {"99999999999999999999999999999999", "1e31", 1},
    {"99999999999999999999999999999999", "1e32", -1},
    {"1", "Infinity", -1},
    {"1", "-Infinity", 1},
    {"1e400", "Infinity", 0},
    {"NaN", "1", NUMBER_UNORDERED},
    {"NaN", "NaN", NUMBER_UNORDERED},
    {"1.5", "NaN", NUMBER_UNORDERED},
};

START_TEST(test_compare)
{
    int reverse = pairs[_i].order == NUMBER_UNORDERED ? NUMBER_UNORDERED : -pairs[_i].order;
    ck_assert_msg(number_compare(str_from(pairs[_i].a), str_from(pairs[_i].b)) == pairs[_i].order,
        "%s against %s", pairs[_i].a, pairs[_i].b);
    ck_assert_msg(number_compare(str_from(pairs[_i].b), str_from(pairs[_i].a)) == reverse,
        "%s against %s", pairs[_i].b, pairs[_i].a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("number");
    TCase *tc = tcase_create("number");
    tcase_add_loop_test(tc, test_repr_is_pythons, 0, sizeof reprs / sizeof reprs[0]);
    tcase_add_test(tc, test_repr_reads_back_equal);
    tcase_add_test(tc, test_repr_of_what_is_not_finite);
    tcase_add_test(tc, test_is_int);
    tcase_add_test(tc, test_to_int64);
    tcase_add_test(tc, test_to_double);
    tcase_add_loop_test(tc, test_compare, 0, sizeof pairs / sizeof pairs[0]);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
