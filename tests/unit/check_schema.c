/* check_schema.c: the tables of the Open API hold together, and near-misses find their field. */
#include "schema/schema.h"

#include <check.h>
#include <stdlib.h>

START_TEST(test_rows_belong_to_their_kind)
{
    const struct schema_object *object = &schema_objects[_i];
    ck_assert_uint_le(object->field_count, SCHEMA_FIELDS_MAX);
    for (size_t i = 0; i < object->field_count; i++) {
        ck_assert_int_eq(object->fields[i].kind, _i);
        ck_assert_ptr_eq(
            schema_find((enum schema_kind)_i, object->fields[i].key), &object->fields[i]);
    }
    ck_assert(object->keys != SCHEMA_NAMED || object->field_count == 0);
}
END_TEST

START_TEST(test_ids_index_the_table)
{
    ck_assert(str_is(schema_fields[SCHEMA_EXPERIMENT_HYPOTHESIS].key, "steady-state-hypothesis"));
    ck_assert(str_is(schema_fields[SCHEMA_RUNTIME_HYPOTHESIS_STRATEGY].key, "strategy"));
    ck_assert_int_eq(SCHEMA_FIELD_COUNT, SCHEMA_END_RUNTIME_HYPOTHESIS);
}
END_TEST

static const struct {
    enum schema_kind kind;
    const char *written, *meant;
} slips[] = {
    {SCHEMA_KIND_EXPERIMENT, "rollback", "rollbacks"},
    {SCHEMA_KIND_EXPERIMENT, "steady_state_hypothesis", "steady-state-hypothesis"},
    {SCHEMA_KIND_EXPERIMENT, "Method", "method"},
    {SCHEMA_KIND_EXPERIMENT, "methods", "method"},
    {SCHEMA_KIND_EXPERIMENT, "owner", NULL},
    {SCHEMA_KIND_ACTIVITY, "backgroud", "background"},
    {SCHEMA_KIND_ACTIVITY, "pause", "pauses"},
    {SCHEMA_KIND_HTTP, "verify-tls", "verify_tls"},
    {SCHEMA_KIND_HTTP, "timout", "timeout"},
    {SCHEMA_KIND_PAUSES, "afer", "after"},
    {SCHEMA_KIND_PAUSES, "x", NULL},
};

START_TEST(test_slips_find_their_field)
{
    const struct schema_field *field = schema_nearest(slips[_i].kind, str_from(slips[_i].written));
    if (!slips[_i].meant)
        ck_assert_msg(!field, "%s is near %s", slips[_i].written, field ? field->key.ptr : "");
    else
        ck_assert_msg(field && str_equal(field->key, str_from(slips[_i].meant)),
            "%s is not near %s", slips[_i].written, slips[_i].meant);
}
END_TEST

START_TEST(test_choices)
{
    const char *const *strategies = schema_fields[SCHEMA_RUNTIME_ROLLBACKS_STRATEGY].choices;
    ck_assert(schema_is_choice(strategies, STR("always")));
    ck_assert(!schema_is_choice(strategies, STR("alwayss")));
    ck_assert_str_eq(schema_nearest_choice(strategies, STR("alwayss")), "always");
    ck_assert_ptr_null(schema_nearest_choice(strategies, STR("sometimes")));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema");
    TCase *tc = tcase_create("schema");
    tcase_add_loop_test(tc, test_rows_belong_to_their_kind, 0, SCHEMA_KIND_COUNT);
    tcase_add_test(tc, test_ids_index_the_table);
    tcase_add_loop_test(tc, test_slips_find_their_field, 0, sizeof slips / sizeof slips[0]);
    tcase_add_test(tc, test_choices);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
