/* check_value.c: values compare, copy and count as true the way Python's do. */
#include "runtime/base/value.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "runtime/base/json.h"

static struct arena arena;

static void setup(void)
{
    arena_init(&arena);
}

static void teardown(void)
{
    arena_free(&arena);
}

static struct value read(const char *text)
{
    struct value value;
    struct json_options options = {.allow_not_finite = true};
    ck_assert_msg(json_parse(&arena, str_from(text), &options, &value, NULL), "%s", text);
    return value;
}

static const struct {
    const char *a, *b;
    bool equal;
} pairs[] = {
    {"1", "1.0", true},
    {"1", "true", true},
    {"0.0", "false", true},
    {"0", "null", false},
    {"\"\"", "null", false},
    {"\"1\"", "1", false},
    {"NaN", "NaN", false},
    {"9007199254740993", "9007199254740992", false},
    {"123456789012345678901234567890", "123456789012345678901234567890", true},
    {"\"a\\u0000b\"", "\"a\\u0000c\"", false},
    {"[1, 2]", "[1.0, 2]", true},
    {"[1, 2]", "[2, 1]", false},
    {"[]", "{}", false},
    {"[1]", "[1, 2]", false},
    {"{\"a\": 1, \"b\": 2}", "{\"b\": 2, \"a\": true}", true},
    {"{\"a\": 1}", "{\"a\": 1, \"b\": 2}", false},
    {"{\"a\": 1, \"b\": 2}", "{\"a\": 1, \"c\": 2}", false},
    {"{\"a\": 1, \"a\": 2}", "{\"a\": 2}", true}, /* the last counts */
    {"{\"a\": 1, \"a\": 2}", "{\"a\": 1}", false},
    {"{\"a\": [{\"b\": null}]}", "{\"a\": [{\"b\": null}]}", true},
};

START_TEST(test_equal)
{
    struct value a = read(pairs[_i].a), b = read(pairs[_i].b);
    ck_assert_msg(value_equal(&a, &b) == pairs[_i].equal, "%s, %s", pairs[_i].a, pairs[_i].b);
    ck_assert_msg(value_equal(&b, &a) == pairs[_i].equal, "%s, %s", pairs[_i].b, pairs[_i].a);
}
END_TEST

static struct value wide_object(size_t count, size_t changed)
{
    struct member *members = ARENA_ARRAY(&arena, struct member, count + 1);
    for (size_t i = 0; i < count; i++) {
        members[i].key = arena_printf(&arena, "key%zu", (i * 7) % count);
        members[i].value = value_int(&arena, (i * 7) % count == changed ? -1 : 1);
    }
    members[count] = (struct member){arena_str(&arena, STR("key0")), value_int(&arena, 1)};
    return (struct value){
        .kind = VALUE_OBJECT, .as.object = {.members = members, .count = count + 1}};
}

START_TEST(test_equal_of_large_objects)
{
    struct value a = wide_object(1000, 1000), b = wide_object(999, 1000);
    struct value c = wide_object(1000, 500), d = wide_object(1000, 0);
    ck_assert(value_equal(&a, &a));
    ck_assert(!value_equal(&a, &b));
    ck_assert(!value_equal(&a, &c));
    ck_assert(value_equal(&a, &d)); /* its key0 is repeated and the last one is 1 */
}
END_TEST

START_TEST(test_get_takes_the_last)
{
    struct value object = read("{\"a\": 1, \"b\": 2, \"a\": 3}");
    ck_assert(str_is(value_get(&object, STR("a"))->as.text, "3"));
    ck_assert_ptr_null(value_get(&object, STR("A")));
    struct value array = read("[]");
    ck_assert_ptr_null(value_get(&array, STR("a")));
}
END_TEST

START_TEST(test_truthy)
{
    static const char *const truths[] = {
        "true", "1", "-1", "0.1", "\"0\"", "[null]", "{\"a\": null}", "NaN", "5e-324"};
    static const char *const lies[] = {
        "null", "false", "0", "-0", "0.0", "-0.0e9", "\"\"", "[]", "{}", "1e-400"};
    for (size_t i = 0; i < sizeof truths / sizeof truths[0]; i++) {
        struct value value = read(truths[i]);
        ck_assert_msg(value_truthy(&value), "%s", truths[i]);
    }
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct value value = read(lies[i]);
        ck_assert_msg(!value_truthy(&value), "%s", lies[i]);
    }
}
END_TEST

START_TEST(test_compare_numbers)
{
    struct value one = read("1"), yes = read("true"), text = read("\"1\""), nan = read("NaN");
    struct value half = read("0.5");
    ck_assert_int_eq(value_compare_numbers(&one, &yes), 0);
    ck_assert_int_eq(value_compare_numbers(&half, &yes), -1);
    ck_assert_int_eq(value_compare_numbers(&one, &text), 2);
    ck_assert_int_eq(value_compare_numbers(&one, &nan), 2);
}
END_TEST

START_TEST(test_builders)
{
    struct value n = value_int(&arena, -12), r = value_real(&arena, 0.1);
    ck_assert(str_is(n.as.text, "-12"));
    ck_assert(str_is(r.as.text, "0.1"));
    ck_assert_int_eq(r.kind, VALUE_REAL);
    ck_assert(value_to_double(&n) == -12);
    struct value text = value_string(STR("1"));
    ck_assert(isnan(value_to_double(&text)));
}
END_TEST

START_TEST(test_copy_is_deep)
{
    char text[] = "{\"key\": [\"text\", 12, true, {\"inner\": 1.50}]}";
    struct value value = read(text), expected;
    struct arena other;
    arena_init(&other);
    struct value copy = value_copy(&other, &value);
    memset(text, 'x', strlen(text));
    arena_free(&arena);
    ck_assert(str_is(copy.as.object.members[0].key, "key"));
    expected = read("{\"key\": [\"text\", 12, true, {\"inner\": 1.5}]}");
    ck_assert(value_equal(&copy, &expected));
    arena_free(&other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("value");
    TCase *tc = tcase_create("value");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, test_equal, 0, sizeof pairs / sizeof pairs[0]);
    tcase_add_test(tc, test_equal_of_large_objects);
    tcase_add_test(tc, test_get_takes_the_last);
    tcase_add_test(tc, test_truthy);
    tcase_add_test(tc, test_compare_numbers);
    tcase_add_test(tc, test_builders);
    tcase_add_test(tc, test_copy_is_deep);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
