#include "schema/signatures.h"

#include <check.h>
#include <stdlib.h>

static const struct signature *find(const char *module, const char *function)
{
    const struct signature_package *package = signature_package(str_from(module));
    return package ? signature_find(package, str_from(module), str_from(function)) : NULL;
}

START_TEST(every_function_is_found_by_its_own_name)
{
    size_t count;
    const struct signature_package *const *packages = signature_packages(&count);
    ck_assert_uint_eq(count, 35);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < packages[i]->function_count; k++) {
            const struct signature *row = &packages[i]->functions[k];
            ck_assert_msg(
                find(row->module, row->function) == row, "%s.%s", row->module, row->function);
        }
    }
}
END_TEST

START_TEST(a_signature_says_what_a_call_takes)
{
    const struct signature *scale = find("chaosk8s.deployment.actions", "scale_deployment");
    ck_assert_ptr_nonnull(scale);
    ck_assert_int_eq(scale->kind, SIGNATURE_ACTION);
    ck_assert_int_eq(scale->effect, EFFECT_CHANGES);
    ck_assert_str_eq(scale->inverse, "chaosk8s.deployment.actions.scale_deployment");
    const struct signature_argument *replicas = signature_argument(scale, STR("replicas"));
    ck_assert_ptr_nonnull(replicas);
    ck_assert_int_eq(replicas->type, TYPE_INTEGER);
    ck_assert_int_eq(replicas->flags, ARGUMENT_REQUIRED);
    ck_assert_ptr_null(signature_argument(scale, STR("replica")));
    ck_assert_int_eq(find("chaosk8s.pod.actions", "terminate_pods")->effect, EFFECT_DESTROYS);
}
END_TEST

START_TEST(unknown_names_lead_to_known_ones)
{
    char buffer[256];
    const struct signature_package *k8s = signature_package(STR("chaosk8s.pod.probes"));
    ck_assert_ptr_null(signature_package(STR("mymodule.actions")));
    ck_assert(signature_has_module(k8s, STR("chaosk8s.pod")));
    ck_assert(!signature_has_module(k8s, STR("chaosk8s.po")));
    ck_assert_ptr_null(signature_find(k8s, STR("chaosk8s.pod.probes"), STR("count_pod")));
    ck_assert_str_eq(signature_nearest(k8s, STR("chaosk8s.pod.probes"), STR("count_pod"))->function,
        "count_pods");
    const struct signature_package *fabric = signature_package(STR("chaosservicefabric.factory"));
    ck_assert_str_eq(signature_renamed(fabric, STR("chaosservicefabric.factory.actions"),
                         STR("start_chaos"), buffer),
        "chaosservicefabric.cluster.actions.start_chaos");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("signatures");
    TCase *tcase = tcase_create("tables");
    tcase_add_test(tcase, every_function_is_found_by_its_own_name);
    tcase_add_test(tcase, a_signature_says_what_a_call_takes);
    tcase_add_test(tcase, unknown_names_lead_to_known_ones);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
