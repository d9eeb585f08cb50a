/* check_flow.c: the matrix of outcomes and blocks by strategy, and the bounds of durations. */
#include "backends/lint/flow.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

struct built {
    struct source source;
    struct doc doc;
    struct diag_bag bag;
    struct ir ir;
};

static void build(struct built *b, const char *text)
{
    source_from_text(&b->source, STR("a.yaml"), str_from(text));
    diag_bag_init(&b->bag);
    doc_read_yaml(&b->doc, &b->source, &b->bag);
    ir_build(&b->ir, &b->doc, &b->bag);
    ck_assert_uint_eq(b->bag.count, 0);
}

static void drop(struct built *b)
{
    ir_free(&b->ir);
    doc_free(&b->doc);
    diag_bag_free(&b->bag);
    source_free(&b->source);
}

/* By outcome, in the order of enum flow_outcome: Y or N for rollbacks, - for an outcome that cannot be. */
static const struct {
    const char *hypothesis, *rollbacks, *played;
} strategies[] = {
    {"default", "default", "YYNYNYYNNNNN"},
    {"default", "always", "YYYYYYYYYYNY"},
    {"default", "never", "NNNNNNNNNNNN"},
    {"default", "deviated", "NNNYYNNNNNNN"},
    {"before-method-only", "default", "YYN--YYNNNNN"},
    {"after-method-only", "default", "Y--YNYYNNNNN"},
    {"during-method-only", "always", "Y--YYYYYYYNY"},
    {"skip", "always", "Y----YYYYYNY"},
};

START_TEST(test_rollbacks_by_strategy)
{
    struct built b;
    char text[1024];
    snprintf(text, sizeof text,
        "title: t\ndescription: d\n"
        "steady-state-hypothesis:\n  title: h\n  probes:\n  - type: probe\n    name: p\n    "
        "tolerance: 0\n"
        "    provider: {type: process, path: a}\n"
        "method:\n- type: action\n  name: a\n  provider: {type: process, path: a}\n"
        "rollbacks:\n- type: action\n  name: r\n  provider: {type: process, path: a}\n"
        "runtime: {hypothesis: {strategy: %s}, rollbacks: {strategy: %s}}\n",
        strategies[_i].hypothesis, strategies[_i].rollbacks);
    build(&b, text);
    for (int i = 0; i < FLOW_OUTCOME_COUNT; i++) {
        struct flow_row row = flow_row(b.ir.experiment, (enum flow_outcome)i);
        char got = !row.possible ? '-' : row.rollbacks == FLOW_YES ? 'Y' : 'N';
        ck_assert_msg(got == strategies[_i].played[i], "%s, %s: %s: %c", strategies[_i].hypothesis,
            strategies[_i].rollbacks, row.name, got);
    }
    drop(&b);
}
END_TEST

static const struct {
    const char *method;
    double shortest, longest;
    const char *unbounded;
    bool varies;
} durations[] = {
    {"[]", 0, 0, NULL, false},
    {"[{type: action, name: a, provider: {type: process, path: a, timeout: 3}, pauses: {before: 1, "
     "after: 2}}]",
        3, 6, NULL, false},
    {"[{type: action, name: a, provider: {type: process, path: a}}]", 0, 0, "a", false},
    {"[{type: action, name: a, provider: {type: python, module: m, func: f}}]", 0, 0, "a", false},
    {"[{type: probe, name: a, provider: {type: http, url: 'http://a', timeout: [1, 4]}}]", 0, 5,
        NULL, false},
    /* In the background only the longest counts, from where it starts. */
    {"[{type: action, name: a, background: true, provider: {type: process, path: a, timeout: 10}},"
     " {type: action, name: b, provider: {type: process, path: a, timeout: 3}, pauses: {after: "
     "2}}]",
        2, 10, NULL, false},
    {"[{type: action, name: a, provider: {type: process, path: a, timeout: 1}, pauses: {after: "
     "'${wait}'}}]",
        7, 8, NULL, false},
    {"[{type: action, name: a, provider: {type: process, path: a, timeout: 1}, pauses: {after: "
     "'${env}'}}]",
        0, 1, NULL, true},
};

START_TEST(test_duration)
{
    struct built b;
    char text[1024];
    snprintf(text, sizeof text,
        "title: t\ndescription: d\nconfiguration: {wait: 7, env: {type: env, key: A, env_var_type: "
        "int}}\n"
        "method: %s\n",
        durations[_i].method);
    build(&b, text);
    struct flow_duration d = flow_duration(b.ir.experiment, &b.ir.experiment->method);
    ck_assert_double_eq(d.shortest, durations[_i].shortest);
    ck_assert_double_eq(d.longest, durations[_i].longest);
    ck_assert_int_eq(d.varies, durations[_i].varies);
    ck_assert_int_eq(d.unbounded != NULL, durations[_i].unbounded != NULL);
    drop(&b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flow");
    TCase *tc = tcase_create("flow");
    tcase_add_loop_test(
        tc, test_rollbacks_by_strategy, 0, sizeof strategies / sizeof strategies[0]);
    tcase_add_loop_test(tc, test_duration, 0, sizeof durations / sizeof durations[0]);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
