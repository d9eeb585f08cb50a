/* check_yaml_scalar.c: plain scalars mean what PyYAML makes of them, against the values that
 * tests/oracle/record_yaml_scalars.py recorded; traps are seen. */
#include "frontend/doc.h"

#include <check.h>
#include <stdlib.h>

#include "runtime/base/number.h"
#include "tests/unit/oracle.h"

struct reading {
    struct source source;
    struct diag_bag bag;
    struct doc doc;
};

static const struct doc_node *read_item(struct reading *r, struct str scalar)
{
    struct buf text = {0};
    buf_add_text(&text, "- ");
    buf_add_str(&text, scalar);
    source_from_text(&r->source, STR("scalar.yaml"), buf_str(&text));
    buf_free(&text);
    diag_bag_init(&r->bag);
    doc_read_yaml(&r->doc, &r->source, &r->bag);
    ck_assert_msg(r->doc.root->kind == DOC_ARRAY && r->doc.root->as.array.count == 1, "%.*s",
        STR_ARG(scalar));
    return r->doc.root->as.array.items[0];
}

static void free_reading(struct reading *r)
{
    doc_free(&r->doc);
    diag_bag_free(&r->bag);
    source_free(&r->source);
}

/* The recorded form of a value: {"int": "12"}. */
static bool is_tagged(const struct value *value, const char *tag, struct str text)
{
    const struct value *found = value_get(value, str_from(tag));
    return found && found->kind == VALUE_STRING && str_equal(found->as.text, text);
}

static bool is_recorded(const struct doc_node *node, const struct value *value)
{
    switch ((enum doc_kind)node->kind) {
    case DOC_NULL:
        return value->kind == VALUE_NULL;
    case DOC_BOOL:
        return value->kind == VALUE_BOOL && value->as.truth == node->as.truth;
    case DOC_INT:
        return is_tagged(value, "int", node->as.text);
    case DOC_REAL: {
        char spelt[NUMBER_REPR_SIZE];
        size_t len = number_repr(number_to_double(node->as.text), spelt);
        return is_tagged(value, "real", (struct str){spelt, len});
    }
    case DOC_STRING:
        return value->kind == VALUE_STRING && str_equal(value->as.text, node->as.text);
    case DOC_DATE:
        return is_tagged(value, "date", node->as.text);
    case DOC_DATETIME:
        return is_tagged(value, "datetime", node->as.text);
    case DOC_ERROR:
    case DOC_ARRAY:
    case DOC_OBJECT:
    case DOC_BINARY:
    case DOC_SET:
        break;
    }
    return false;
}

START_TEST(test_recorded_scalars)
{
    struct arena arena;
    arena_init(&arena);
    struct value all = oracle_read(&arena, TESTS_DIR "/oracle/yaml_scalars.json");
    unsigned wrong = 0;
    for (size_t i = 0; i < all.as.array.count; i++) {
        const struct value *entry = &all.as.array.items[i];
        struct str text = entry->as.array.items[0].as.text;
        struct reading r;
        const struct doc_node *node = read_item(&r, text);
        bool refused = entry->as.array.count == 1;
        bool right = refused ? node->kind == DOC_ERROR && r.bag.count == 1
                             : is_recorded(node, &entry->as.array.items[1]) && r.bag.count == 0;
        if (!right)
            fprintf(stderr, "%.*s: is %s\n", STR_ARG(text), doc_kind_name(node->kind));
        wrong += !right;
        free_reading(&r);
    }
    ck_assert_uint_ge(all.as.array.count, 2000);
    ck_assert_uint_eq(wrong, 0);
    arena_free(&arena);
}
END_TEST

START_TEST(test_traps)
{
    static const struct {
        const char *text;
        enum doc_trap trap;
    } cases[] = {
        {"yes", DOC_TRAP_BOOL},
        {"OFF", DOC_TRAP_BOOL},
        {"y", DOC_TRAP_BOOL},
        {"true", DOC_TRAP_NONE},
        {"12:30:45", DOC_TRAP_SEXAGESIMAL},
        {"1:30.5", DOC_TRAP_SEXAGESIMAL},
        {"010", DOC_TRAP_OCTAL},
        {"08", DOC_TRAP_NONE},
        {"0x10", DOC_TRAP_NONE},
        {"1_000", DOC_TRAP_UNDERSCORE},
        {"1_0.5", DOC_TRAP_UNDERSCORE},
        {"1e3", DOC_TRAP_EXPONENT},
        {"1.5e3", DOC_TRAP_EXPONENT},
        {"1.5e+3", DOC_TRAP_NONE},
        {"2020-01-01", DOC_TRAP_DATE},
        {"~", DOC_TRAP_NULL},
        {"null", DOC_TRAP_NONE},
        {"", DOC_TRAP_NULL},
        {"\"on\"", DOC_TRAP_NONE},
        {"'010'", DOC_TRAP_NONE},
        {"!!str 010", DOC_TRAP_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading r;
        const struct doc_node *node = read_item(&r, str_from(cases[i].text));
        ck_assert_msg(node->trap == cases[i].trap, "%s: trap %d", cases[i].text, node->trap);
        free_reading(&r);
    }
}
END_TEST

START_TEST(test_json_numbers_keep_their_spelling)
{
    static const char *const texts[] = {"1.50", "9007199254740993", "-0.10", "1.0e+400"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct reading r;
        const struct doc_node *node = read_item(&r, str_from(texts[i]));
        ck_assert(str_equal(node->as.text, str_from(texts[i])));
        ck_assert_ptr_eq(node->as.text.ptr, r.source.text.ptr + 2);
        free_reading(&r);
    }
}
END_TEST

START_TEST(test_integers_have_a_longest)
{
    struct buf text = {0};
    buf_add_repeat(&text, '7', 4300);
    struct reading r;
    ck_assert_int_eq(read_item(&r, buf_str(&text))->kind, DOC_INT);
    free_reading(&r);
    buf_add_char(&text, '7');
    ck_assert_int_eq(read_item(&r, buf_str(&text))->kind, DOC_ERROR);
    ck_assert_uint_eq(r.bag.count, 1);
    free_reading(&r);
    buf_free(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml_scalar");
    TCase *tc = tcase_create("yaml_scalar");
    tcase_add_test(tc, test_recorded_scalars);
    tcase_add_test(tc, test_traps);
    tcase_add_test(tc, test_json_numbers_keep_their_spelling);
    tcase_add_test(tc, test_integers_have_a_longest);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
