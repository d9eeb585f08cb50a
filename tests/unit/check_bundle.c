/* Bundles: the plan behind a prebuilt runner, in the byte order of the machine that the runner is for. */
#include <check.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "backends/cgen/bundle.h"
#include "runtime/base/json.h"
#include "runtime/plan/attached.h"
#include "runtime/plan/plan_build.h"

static struct arena arena;
static struct rt_plan plan;

static void set_up(void)
{
    static const char experiment[] =
        "{\"title\":\"five\",\"method\":[{\"type\":\"action\",\"name\":\"a\",\"provider\":"
        "{\"type\":\"process\",\"path\":\"echo\",\"arguments\":[\"x\",true,1.50]}}]}";
    struct value document;
    arena_init(&arena);
    ck_assert(json_parse(&arena, str_from(experiment), NULL, &document, NULL));
    plan_build(&arena, &(struct plan_input){.document = &document, .file = STR("f.json")}, &plan);
}

static void tear_down(void)
{
    arena_free(&arena);
}

static struct buf make_bundle(char order, struct attached_trailer *trailer)
{
    char stub[EI_NIDENT + 5] = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, order};
    struct buf out = {0};
    bundle_write(&out, (struct str){stub, sizeof stub}, &plan);
    ck_assert_int_eq(memcmp(out.data, stub, sizeof stub), 0);
    memcpy(trailer, out.data + out.len - sizeof *trailer, sizeof *trailer);
    return out;
}

static void mirror(char *bytes, size_t size)
{
    for (size_t i = 0; i < size / 2; i++) {
        char byte = bytes[i];
        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = byte;
    }
}

START_TEST(one_order_is_this_machines_and_the_other_its_mirror)
{
    struct attached_trailer trailer, other_trailer;
    bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    struct buf own = make_bundle(little ? ELFDATA2LSB : ELFDATA2MSB, &trailer);
    struct buf other = make_bundle(little ? ELFDATA2MSB : ELFDATA2LSB, &other_trailer);
    struct rt_plan loaded;
    ck_assert_uint_eq(trailer.offset % 16, 0);
    char *at = own.data + trailer.offset, *other_at = other.data + trailer.offset;
    ck_assert_ptr_null(plan_load(&loaded, (struct str){at, (size_t)trailer.length}));
    ck_assert_uint_eq(plan_hash(&loaded), plan_hash(&plan));

    mirror((char *)&other_trailer.offset, sizeof other_trailer.offset);
    mirror((char *)&other_trailer.length, sizeof other_trailer.length);
    ck_assert_int_eq(memcmp(&other_trailer, &trailer, sizeof trailer), 0);
    ck_assert_str_eq(plan_load(&loaded, (struct str){other_at, (size_t)trailer.length}),
        "the plan was made for a machine of another byte order");
    size_t strings = (plan.byte_count + 3u) / 4 * 4;
    for (size_t i = 8; i < trailer.length - strings; i += 4)
        mirror(other_at + i, 4);
    ck_assert_int_eq(memcmp(at, other_at, trailer.length), 0);
    buf_free(&own);
    buf_free(&other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bundle");
    TCase *tcase = tcase_create("order");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, one_order_is_this_machines_and_the_other_its_mirror);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
