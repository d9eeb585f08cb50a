/* Plans: built from a document, saved, loaded, and never trusted. */
#include <check.h>
#include <stdlib.h>

#include "runtime/base/json.h"
#include "runtime/plan/plan_build.h"

static struct arena arena;

static void set_up(void)
{
    arena_init(&arena);
}

static void tear_down(void)
{
    arena_free(&arena);
}

static struct rt_plan build(const char *text)
{
    struct value document;
    ck_assert(json_parse(&arena, str_from(text), NULL, &document, NULL));
    struct rt_plan plan;
    plan_build(&arena, &(struct plan_input){.document = &document, .file = STR("exp.json")}, &plan);
    ck_assert_ptr_null(plan_check(&plan));
    return plan;
}

static const char experiment[] =
    "{\"title\":\"t ${x}\",\"x-team\":{\"on\":[true,1.0,9007199254740993]},"
    "\"configuration\":{\"x\":\"1\",\"e\":{\"type\":\"env\",\"key\":\"E\",\"default\":3},"
    "\"d\":{\"type\":\"probe\",\"name\":\"dyn\",\"provider\":{\"type\":\"process\",\"path\":\"ls\"}"
    "}},"
    "\"secrets\":{\"g\":{\"a\":\"v\",\"b\":{\"type\":\"env\",\"key\":\"B\"},\"h\":{\"c\":\"d\"}}},"
    "\"steady-state-hypothesis\":{\"title\":\"h\",\"probes\":["
    "{\"type\":\"probe\",\"name\":\"p\",\"tolerance\":{\"type\":\"probe\",\"name\":\"q\","
    "\"provider\":{\"type\":\"http\",\"url\":\"u\"}},\"provider\":{\"type\":\"http\",\"url\":\"${x}"
    "\"}}]},"
    "\"method\":[{\"type\":\"action\",\"name\":\"p\",\"background\":true,\"controls\":[{\"name\":"
    "\"c\"}],"
    "\"provider\":{\"type\":\"process\",\"path\":\"sh\",\"timeout\":2}},{\"ref\":\"p\"},{\"ref\":"
    "\"no\"}],"
    "\"rollbacks\":[{\"ref\":\"p\"}],"
    "\"runtime\":{\"rollbacks\":{\"strategy\":\"always\"}}}";

START_TEST(tables_hold_what_the_document_says)
{
    struct rt_plan plan = build(experiment);
    const struct plan_experiment *e = plan_experiment(&plan);
    ck_assert_uint_eq(e->probe_count, 1);
    ck_assert_uint_eq(e->method_count, 3);
    ck_assert_uint_eq(e->rollback_count, 1);
    ck_assert_uint_eq(plan.activity_count, 8); /* and the row of none */
    ck_assert(str_is(plan_text(&plan, e->rollback_strategy), "always"));
    ck_assert_uint_eq(e->hypothesis_strategy, PLAN_NONE);
    const struct plan_activity *method = &plan.activity_rows[e->method];
    ck_assert_uint_eq(method[0].flags, PLAN_ACTIVITY_BACKGROUND);
    ck_assert_uint_eq(method[0].control_count, 1);
    ck_assert_uint_eq(method[0].provider, PLAN_PROCESS);
    struct template template;
    ck_assert(plan_template(&plan,
        plan_text(&plan, plan.value_rows[plan.activity_rows[e->probes].url].first), &template));
    ck_assert_uint_eq(plan.tolerance_rows[1].kind, PLAN_TOLERANCE_PROBE);
    ck_assert(str_is(plan_text(&plan, plan.activity_rows[plan.tolerance_rows[1].probe].name), "q"));
}
END_TEST

START_TEST(a_reference_means_the_hypothesis_before_the_method)
{
    struct rt_plan plan = build(experiment);
    const struct plan_experiment *e = plan_experiment(&plan);
    ck_assert_uint_eq(plan.activity_rows[e->method].target, e->method);
    ck_assert_uint_eq(plan.activity_rows[e->method + 1].target, e->probes);
    ck_assert_uint_eq(plan.activity_rows[e->method + 2].target, PLAN_NONE);
    ck_assert_uint_eq(plan.activity_rows[e->rollbacks].target, e->probes);
}
END_TEST

START_TEST(variables_know_their_sources)
{
    struct rt_plan plan = build(experiment);
    const struct plan_experiment *e = plan_experiment(&plan);
    const struct plan_variable *v = &plan.variable_rows[e->configuration];
    ck_assert_uint_eq(e->configuration_count, 3);
    ck_assert_uint_eq(v[0].source, PLAN_INLINE);
    ck_assert_uint_eq(v[1].source, PLAN_ENVIRONMENT);
    ck_assert(str_is(plan_text(&plan, v[1].key), "E"));
    ck_assert_uint_eq(v[2].source, PLAN_DYNAMIC);
    const struct plan_variable *group = &plan.variable_rows[e->secrets];
    ck_assert_uint_eq(group->source, PLAN_GROUP);
    ck_assert_uint_eq(group->member_count, 3);
    ck_assert_uint_eq(plan.variable_rows[group->members + 1].source, PLAN_ENVIRONMENT);
    ck_assert_uint_eq(plan.variable_rows[group->members + 2].source, PLAN_GROUP);
}
END_TEST

START_TEST(strings_that_variables_change_have_programs)
{
    struct rt_plan plan = build("{\"title\":\"a $x ${y}!\",\"plain\":\"no\",\"stray\":\"$.a[1]\","
                                "\"method\":[{\"name\":\"$$\"},{\"name\":\"a $x ${y}!\"}]}");
    struct template template;
    struct str title = plan_text(&plan, plan_experiment(&plan)->title);
    ck_assert_uint_eq(plan.template_count, 2);
    ck_assert(plan_template(&plan, title, &template));
    struct template parsed = template_parse(&arena, title);
    ck_assert_uint_eq(template.count, parsed.count);
    ck_assert_mem_eq(template.words, parsed.words, parsed.count * sizeof *parsed.words);
    ck_assert(plan_template(&plan, plan_text(&plan, plan.activity_rows[1].name), &template));
    ck_assert_uint_eq(template.count, 1);
    for (uint32_t i = 0; i < plan.text_count; i++)
        ck_assert_int_eq(plan_template(&plan, plan_text(&plan, i), &template),
            template_can_change(plan_text(&plan, i)));
    ck_assert(!plan_template(&plan, STR("a $x ${y}!"), &template));
    ck_assert(!plan_template(&plan, (struct str){title.ptr, title.len - 1}, &template));
    ck_assert(!plan_template(&plan, (struct str){title.ptr + 2, title.len - 2}, &template));
}
END_TEST

START_TEST(the_hash_is_of_the_experiment_not_of_its_file)
{
    struct value document;
    struct rt_plan plans[3];
    static const char *const files[] = {"exp.json", "/some/where/else.json", "t"};
    ck_assert(json_parse(&arena, STR("{\"title\":\"t\",\"method\":[]}"), NULL, &document, NULL));
    for (size_t i = 0; i < 3; i++) {
        plan_build(&arena,
            &(struct plan_input){.document = &document, .file = str_from(files[i])}, &plans[i]);
        ck_assert_uint_eq(plan_hash(&plans[i]), plan_hash(&plans[0]));
        ck_assert(str_equal(
            plan_text(&plans[i], plan_experiment(&plans[i])->file), str_from(files[i])));
    }
    ck_assert(json_parse(&arena, STR("{\"title\":\"u\",\"method\":[]}"), NULL, &document, NULL));
    plan_build(&arena, &(struct plan_input){.document = &document, .file = STR("exp.json")}, &plans[1]);
    ck_assert_uint_ne(plan_hash(&plans[1]), plan_hash(&plans[0]));
}
END_TEST

START_TEST(objects_share_their_keys)
{
    struct rt_plan plan =
        build("{\"method\":[{\"a\":1,\"b\":{}},{\"a\":2,\"b\":3},{\"b\":1,\"a\":2}]}");
    ck_assert_uint_eq(plan.key_count, 5); /* method, a b, b a */
    const struct value *document = &plan_values(&arena, &plan)[PLAN_DOCUMENT];
    ck_assert_uint_eq(document->as.object.members[0].value.as.array.count, 3);
}
END_TEST

START_TEST(the_document_comes_back_whole)
{
    struct rt_plan plan = build(experiment);
    struct value document;
    ck_assert(json_parse(&arena, str_from(experiment), NULL, &document, NULL));
    ck_assert(value_equal(&plan_values(&arena, &plan)[PLAN_DOCUMENT], &document));
}
END_TEST

START_TEST(a_saved_plan_loads_and_hashes_the_same)
{
    struct rt_plan plan = build(experiment), loaded;
    struct buf block = {0};
    plan_save(&block, &plan);
    ck_assert_uint_eq(block.len % 4, 0);
    ck_assert_ptr_null(plan_load(&loaded, buf_str(&block)));
    ck_assert_uint_eq(plan_hash(&plan), plan_hash(&loaded));
    ck_assert(value_equal(
        &plan_values(&arena, &plan)[PLAN_DOCUMENT], &plan_values(&arena, &loaded)[PLAN_DOCUMENT]));
    buf_free(&block);
}
END_TEST

START_TEST(a_damaged_plan_is_refused)
{
    struct rt_plan plan = build(experiment), loaded;
    struct buf block = {0};
    plan_save(&block, &plan);
    for (size_t i = 0; i < block.len - 4; i++) {
        char was = block.data[i];
        block.data[i] = (char)(was ^ 0x41);
        ck_assert_msg(plan_load(&loaded, buf_str(&block)), "byte %zu of %zu", i, block.len);
        block.data[i] = was;
    }
    for (size_t len = 0; len < block.len - 4; len++)
        ck_assert_ptr_nonnull(plan_load(&loaded, (struct str){block.data, len}));
    buf_free(&block);
}
END_TEST

START_TEST(what_is_no_experiment_gives_an_empty_plan)
{
    static const char *const texts[] = {"null", "[1]", "{}", "{\"method\":{}}",
        "{\"method\":[null,1,{\"ref\":2}],\"secrets\":[],\"steady-state-hypothesis\":3}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        build(texts[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plan");
    TCase *tests = tcase_create("plan");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, tables_hold_what_the_document_says);
    tcase_add_test(tests, a_reference_means_the_hypothesis_before_the_method);
    tcase_add_test(tests, variables_know_their_sources);
    tcase_add_test(tests, strings_that_variables_change_have_programs);
    tcase_add_test(tests, the_hash_is_of_the_experiment_not_of_its_file);
    tcase_add_test(tests, objects_share_their_keys);
    tcase_add_test(tests, the_document_comes_back_whole);
    tcase_add_test(tests, a_saved_plan_loads_and_hashes_the_same);
    tcase_add_test(tests, a_damaged_plan_is_refused);
    tcase_add_test(tests, what_is_no_experiment_gives_an_empty_plan);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
