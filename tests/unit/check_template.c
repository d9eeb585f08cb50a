/* Substitutions recorded from chaoslib (tests/oracle/record_template.py) replayed; segments and
 * references. */
#include <check.h>
#include <stdio.h>

#include "runtime/base/pytext.h"
#include "runtime/expr/template.h"
#include "tests/unit/oracle.h"

static struct arena arena;

static void setup(void)
{
    arena_init(&arena);
}

static void teardown(void)
{
    arena_free(&arena);
}

/* Configuration first, then each group of secrets, as the reference chains them. */
static const struct value *look_up(void *context, struct str name)
{
    const struct value *oracle = context;
    const struct value *found = value_get(value_get(oracle, STR("configuration")), name);
    const struct value *secrets = value_get(oracle, STR("secrets"));
    for (size_t i = 0; !found && i < secrets->as.object.count; i++)
        found = value_get(&secrets->as.object.members[i].value, name);
    return found;
}

START_TEST(recorded_substitutions)
{
    struct value oracle = oracle_read(&arena, TESTS_DIR "/oracle/template.json");
    const struct value *entries = value_get(&oracle, STR("entries"));
    ck_assert_uint_ge(entries->as.array.count, 80);
    for (size_t i = 0; i < entries->as.array.count; i++) {
        const struct value *data = value_get(&entries->as.array.items[i], STR("data"));
        const struct value *expected = value_get(&entries->as.array.items[i], STR("result"));
        struct value result =
            template_substitute(&arena, data, &(struct template_source){look_up, NULL, &oracle});
        ck_assert_msg(result.kind == expected->kind && value_equal(&result, expected),
            "%.*s gave %.*s, not %.*s", STR_ARG(pytext_str(&arena, data)),
            STR_ARG(pytext_str(&arena, &result)), STR_ARG(pytext_str(&arena, expected)));
    }
}
END_TEST

START_TEST(segments_cover_the_text)
{
    static const struct {
        const char *text, *kinds;
    } cases[] = {{"", ""}, {"a", "T"}, {"$a", "N"}, {"${a}", "B"}, {"$$", "E"}, {"$", "S"},
        {"x$$y$z ${w}!$", "TETNTBTS"}, {"${a", "ST"}, {"$1", "ST"}, {"$$$a", "EN"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct template template = template_parse(&arena, str_from(cases[i].text));
        size_t at = 0, length = strlen(cases[i].text);
        struct template_segment segment = {0};
        ck_assert_uint_eq(template.count, strlen(cases[i].kinds));
        for (size_t j = 0; template_next(&template, &segment); j++) {
            ck_assert_int_eq("TENBS"[segment.kind], cases[i].kinds[j]);
            ck_assert_uint_eq(segment.from, at);
            at = segment.to;
        }
        ck_assert(template_is_program(template.words, template.count, length));
        ck_assert(!template_is_program(template.words, template.count, length + 1));
        ck_assert(!length || !template_is_program(template.words, template.count, length - 1));
        ck_assert_uint_eq(at, strlen(cases[i].text));
    }
}
END_TEST

START_TEST(references)
{
    struct template template = template_parse(&arena, STR("a ${b_1} $c."));
    const char *const names[] = {NULL, "b_1", NULL, "c", NULL};
    struct template_segment segment = {0};
    for (size_t i = 0; template_next(&template, &segment); i++)
        ck_assert(!names[i] || str_equal(template_name(&template, &segment), str_from(names[i])));
    ck_assert_uint_eq(segment.next, 5);
    ck_assert(template_has_reference(STR("a ${b}")));
    ck_assert(template_has_reference(STR("$$$b")));
    ck_assert(!template_has_reference(STR("$$b ${1} $ ${a")));
    ck_assert(template_can_change(STR("a$$b")));
    ck_assert(template_can_change(STR("a${b}")));
    ck_assert(!template_can_change(STR("$.a[?(@.b)] ${1}")));
    ck_assert(template_is_needed(STR("$$b")));
    ck_assert(!template_is_needed(STR("b")));
}
END_TEST

static const struct value *look_up_nothing(void *context, struct str name)
{
    (void)context;
    (void)name;
    return NULL;
}

START_TEST(untouched_data_is_shared)
{
    struct value item = value_string(STR("plain"));
    struct value array = {.kind = VALUE_ARRAY, .as.array = {&item, 1}};
    struct value result =
        template_substitute(&arena, &array, &(struct template_source){look_up_nothing, NULL, NULL});
    ck_assert_ptr_eq(result.as.array.items, &item);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("template");
    TCase *tests = tcase_create("template");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, recorded_substitutions);
    tcase_add_test(tests, segments_cover_the_text);
    tcase_add_test(tests, references);
    tcase_add_test(tests, untouched_data_is_shared);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
