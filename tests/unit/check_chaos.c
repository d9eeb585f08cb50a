/* The .chaos reader: values, spans, and that every word of the list is lexed as itself and may be a key. */
#include "frontend/chaos_lex.h"

#include <check.h>
#include <stdio.h>

#include "frontend/chaos_parse.h"
#include "frontend/doc.h"

struct read {
    struct source source;
    struct diag_bag bag;
    struct doc doc;
};

static void read_text(struct read *r, const char *text)
{
    source_from_text(&r->source, STR("test.chaos"), str_from(text));
    diag_bag_init(&r->bag);
    doc_read_chaos(&r->doc, &r->source, &r->bag);
    diag_bag_finish(&r->bag);
}

static void done(struct read *r)
{
    doc_free(&r->doc);
    diag_bag_free(&r->bag);
    source_free(&r->source);
}

/* The value of the configuration entry `k` of an experiment with that one entry. */
static const struct doc_node *entry(struct read *r)
{
    ck_assert_uint_eq(r->bag.count, 0);
    return doc_get(doc_get(r->doc.root, STR("configuration")), STR("k"));
}

#define assert_text(node, kind_, expected)                                                         \
    do {                                                                                           \
        ck_assert_ptr_nonnull(node);                                                               \
        ck_assert_int_eq((node)->kind, kind_);                                                     \
        ck_assert_msg(str_equal((node)->as.text, str_from(expected)), "%.*s is not %s",            \
            STR_ARG((node)->as.text), expected);                                                   \
    } while (0)

START_TEST(test_values)
{
    static const struct {
        const char *text;
        enum doc_kind kind;
        const char *value;
    } cases[] = {
        {"\"a\\n\\u00e9\"", DOC_STRING, "a\n\xC3\xA9"},
        {"'a\\n\"'", DOC_STRING, "a\\n\""},
        {"${x}", DOC_STRING, "${x}"},
        {"\"\"\"\n    a\n\n      b\n    c\n  \"\"\"", DOC_STRING, "a\n\n  b\nc"},
        {"\"\"\"\n    a\n\n    \"\"\"", DOC_STRING, "a\n"},
        {"\"\"\"\r\n  a\r\n  b\r\n  \"\"\"", DOC_STRING, "a\nb"},
        {"\"\"\"\n  \"\"\"", DOC_STRING, ""},
        {"9007199254740993", DOC_INT, "9007199254740993"},
        {"-1.0e3", DOC_REAL, "-1.0e3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        snprintf(text, sizeof text, "experiment \"t\" config { k = %s }", cases[i].text);
        struct read r;
        read_text(&r, text);
        assert_text(entry(&r), cases[i].kind, cases[i].value);
        done(&r);
    }
}
END_TEST

START_TEST(test_durations)
{
    static const char *const cases[][2] = {{"3", "3"}, {"3.0", "3.0"}, {"3s", "3"},
        {"500ms", "0.5"}, {"1ms", "0.001"}, {"1500ms", "1.5"}, {"2m", "120"}, {"1.5m", "90"},
        {"1h", "3600"}, {"0.1h", "360"}, {"0s", "0"}, {"-2s", "-2"}, {"1e2ms", "0.1"},
        {"0.25s", "0.25"}, {"123456789012345678901s", "123456789012345678901"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        snprintf(text, sizeof text,
            "experiment \"t\" method { action \"a\": process \"p\" timeout %s }", cases[i][0]);
        struct read r;
        read_text(&r, text);
        ck_assert_uint_eq(r.bag.count, 0);
        const struct doc_node *method = doc_get(r.doc.root, STR("method"));
        const struct doc_node *provider = doc_get(method->as.array.items[0], STR("provider"));
        const struct doc_node *timeout = doc_get(provider, STR("timeout"));
        assert_text(timeout, timeout->kind, cases[i][1]);
        ck_assert_int_eq(timeout->kind, strchr(cases[i][1], '.') ? DOC_REAL : DOC_INT);
        done(&r);
    }
}
END_TEST

START_TEST(test_every_word_is_its_token_and_may_be_a_key)
{
    size_t count;
    const struct chaos_word *words = chaos_words(&count);
    for (size_t i = 0; i < count; i++) {
        struct read r;
        char text[512];
        snprintf(text, sizeof text,
            "experiment \"t\" tags %1$s, %1$s contributions { %1$s: %1$s } config { %1$s = { %1$s: "
            "1 } }"
            " secrets %1$s { %1$s = env(%1$s: %1$s) }"
            " steady-state { probe \"p\": python a.b(%1$s: 1) secrets %1$s, %1$s => %1$s ~ 'x' }",
            words[i].text);
        if (words[i].role == CHAOS_LITERAL) /* an environment variable's type is a plain word */
            snprintf(text, sizeof text,
                "experiment \"t\" tags %1$s config { %1$s = { %1$s: %1$s } }", words[i].text);
        read_text(&r, text);
        ck_assert_msg(r.bag.count == 0, "%s: %s", words[i].text,
            r.bag.count ? r.bag.items[0]->message.ptr : "");
        struct arena arena;
        arena_init(&arena);
        struct chaos_tokens tokens;
        struct source source;
        source_from_text(&source, STR("word"), str_from(words[i].text));
        struct doc doc = {.source = &source};
        chaos_lex(&arena, &doc, &r.bag, &tokens);
        ck_assert_int_eq(tokens.items[0].kind, words[i].token);
        ck_assert_int_eq(tokens.items[1].kind, CHAOS_TOK_END);
        source_free(&source);
        arena_free(&arena);
        done(&r);
    }
}
END_TEST

START_TEST(test_spans_stand_where_the_words_stand)
{
    struct read r;
    read_text(&r, "experiment \"t\"\nmethod { probe \"p\": python a.b.c(x: 1) pause after 5s }");
    const struct doc_node *probe = doc_get(r.doc.root, STR("method"))->as.array.items[0];
    const struct doc_node *provider = doc_get(probe, STR("provider"));
    ck_assert(str_is(source_slice(&r.source, doc_get(provider, STR("module"))->span), "a.b"));
    ck_assert(str_is(source_slice(&r.source, doc_get(provider, STR("func"))->span), "c"));
    ck_assert(str_is(source_slice(&r.source, provider->span), "python a.b.c(x: 1)"));
    const struct doc_node *pauses = doc_get(probe, STR("pauses"));
    ck_assert(
        str_is(source_slice(&r.source, doc_member(pauses, STR("after"))->key_span), "pause after"));
    done(&r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("chaos");
    TCase *tests = tcase_create("reader");
    tcase_add_test(tests, test_values);
    tcase_add_test(tests, test_durations);
    tcase_add_test(tests, test_every_word_is_its_token_and_may_be_a_key);
    tcase_add_test(tests, test_spans_stand_where_the_words_stand);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
