/* Emitted C: compiles everywhere without a warning, and is the plan that went in, whatever its
 * strings hold. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "backends/cgen/cgen.h"
#include "backends/cgen/cgen_text.h"
#include "runtime/base/json.h"
#include "runtime/plan/plan_build.h"

static struct arena arena;
static struct buf source;

static void set_up(void)
{
    arena_init(&arena);
}

static void tear_down(void)
{
    arena_free(&arena);
    buf_free(&source);
}

static struct rt_plan emit(const char *json)
{
    struct value document;
    struct rt_plan plan;
    ck_assert(json_parse(&arena, str_from(json), NULL, &document, NULL));
    plan_build(&arena,
        &(struct plan_input){.document = &document, .file = STR("dir/exp \"*/.json")}, &plan);
    cgen_emit(&source, &plan, &(struct cgen_options){.command = STR("cc -o x */ \\")});
    return plan;
}

static void write_file(const char *path, struct str text)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text.ptr, 1, text.len, file), text.len);
    ck_assert_int_eq(fclose(file), 0);
}

/* Compiles the source with `compiler`, runs it, and compares the plan it holds with the one it was
 * made from. */
static void compile_and_compare(const char *compiler, const struct rt_plan *plan)
{
    char folder[] = "/tmp/chaosc-cgen-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    struct buf command = {0}, wanted = {0}, got = {0};
    char path[128];
    snprintf(path, sizeof path, "%s/exp.c", folder);
    write_file(path, buf_str(&source));
    buf_printf(&command, "%s -std=c11 -Wall -Wextra -Werror -I %s %s/exp.c %s -o %s/exp", compiler,
        HEADER_DIR, folder, RUNTIME_LIBS, folder);
    ck_assert_msg(system(command.data) == 0, "failed: %s", command.data);
    buf_clear(&command);
    buf_printf(&command, "%s/exp", folder);
    FILE *pipe = popen(command.data, "r");
    ck_assert_ptr_nonnull(pipe);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, pipe)) > 0;)
        buf_add(&got, chunk, n);
    ck_assert_int_eq(pclose(pipe), 0);
    plan_save(&wanted, plan);
    ck_assert(str_equal(buf_str(&wanted), buf_str(&got)));
    buf_clear(&command);
    buf_printf(&command, "rm -r %s", folder);
    ck_assert_int_eq(system(command.data), 0);
    buf_free(&command);
    buf_free(&wanted);
    buf_free(&got);
}

static void holds(const char *json)
{
    static const char *const compilers[] = {"gcc", "clang"};
    struct rt_plan plan = emit(json);
    size_t tried = 0;
    for (size_t i = 0; i < 2; i++) {
        char probe[64];
        snprintf(probe, sizeof probe, "command -v %s >/dev/null", compilers[i]);
        if (system(probe) != 0) {
            fprintf(stderr, "SKIPPED: there is no %s\n", compilers[i]);
            continue;
        }
        compile_and_compare(compilers[i], &plan);
        tried++;
    }
    ck_assert_msg(tried > 0, "there is neither gcc nor clang");
}

START_TEST(an_empty_experiment_is_a_plan_too)
{
    holds("{}");
}
END_TEST

START_TEST(an_experiment_comes_back_from_its_runner)
{
    holds("{\"title\":\"t\",\"description\":\"d\",\"steady-state-hypothesis\":{\"title\":\"h\","
          "\"probes\":["
          "{\"type\":\"probe\",\"name\":\"p\",\"tolerance\":[200,404],\"provider\":{\"type\":"
          "\"http\","
          "\"url\":\"https://x/"
          "${y}\",\"timeout\":[1,2.5]}}]},\"method\":[{\"type\":\"action\",\"name\":\"a\","
          "\"background\":true,\"pauses\":{\"after\":3},\"provider\":{\"type\":\"process\","
          "\"path\":\"echo\","
          "\"arguments\":[\"x\",true,null,9007199254740993]}},{\"ref\":\"p\"},{\"ref\":\"gone\"}],"
          "\"rollbacks\":[{\"type\":\"action\",\"name\":\"r\",\"provider\":{\"type\":\"python\","
          "\"module\":\"m\","
          "\"func\":\"f\",\"arguments\":{\"q\":{}}}}]}");
    ck_assert(str_contains(
        buf_str(&source), STR("process echo arguments [\"x\", true, null, 9007199254740993]")));
    ck_assert(str_contains(buf_str(&source), STR(".http = &provider_http")));
}
END_TEST

START_TEST(no_string_escapes_into_the_source)
{
    holds("{\"title\":\"*/ int main(void){} /* \\\" \\\\ ?\?/ ?\?' %s \\u0000 \\n \\r \\u2028 "
          "\\u202e\","
          "\"method\":[{\"type\":\"action\",\"name\":\"\\\\\\n*/?\?/\\n#include "
          "</etc/passwd>\",\"provider\":"
          "{\"type\":\"process\",\"path\":\"\\\"); system(\\\"x\\\",\",\"arguments\":\"/*/ */*/ "
          "\\ud800 \\t\"}}],"
          "\"\\\\\":{\"?\?=\":\"\\u007f\\u00e9\\ud83d\\ude00\"}}");
}
END_TEST

START_TEST(comments_stay_comments)
{
    struct buf out = {0};
    cgen_add_comment(&out, STR("a*/b/*c?\?/d\\\ne\xff\xe2\x80\xae"), 1000);
    ck_assert_str_eq(out.data, "a* /b/ *c? ?/d\\<U+000A>e<byte FF><U+202E>");
    buf_clear(&out);
    cgen_add_comment(&out, STR("joins\\"), 1000);
    ck_assert_str_eq(out.data, "joins\\ ");
    buf_free(&out);
}
END_TEST

START_TEST(only_what_is_used_is_named)
{
    emit("{\"method\":[{\"type\":\"action\",\"name\":\"a\",\"provider\":{\"type\":\"process\","
         "\"path\":\"x\"}}]}");
    ck_assert(str_contains(buf_str(&source), STR("&provider_process")));
    ck_assert(!str_contains(buf_str(&source), STR("provider_http")));
    ck_assert(!str_contains(buf_str(&source), STR("rt_regexps")));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cgen");
    TCase *tcase = tcase_create("emit");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, an_empty_experiment_is_a_plan_too);
    tcase_add_test(tcase, an_experiment_comes_back_from_its_runner);
    tcase_add_test(tcase, no_string_escapes_into_the_source);
    tcase_add_test(tcase, comments_stay_comments);
    tcase_add_test(tcase, only_what_is_used_is_named);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
