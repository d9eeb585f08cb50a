/* The strict reader against cJSON: whatever it reads, cJSON reads too, and as the same value. The other way round does
 * not hold: cJSON takes `01`, control characters and more, rounds numbers, refuses lone surrogates and cuts a string at
 * \u0000. */
#include <check.h>
#include <cJSON.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/buf.h"
#include "runtime/base/json.h"

static uint64_t state = 1;

static unsigned pick(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % below);
}

static void add_string(struct buf *out)
{
    static const char *const pieces[] = {"a", "Z", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9",
        "\xC3\xA9", "\\u20ac", "\xF0\x9F\x98\x80", " ", "{", "]", ",", "0"};
    buf_add_char(out, '"');
    for (unsigned i = pick(6); i; i--)
        buf_add_text(out, pieces[pick(sizeof pieces / sizeof *pieces)]);
    buf_add_char(out, '"');
}

static void add_value(struct buf *out, unsigned depth)
{
    static const char *const scalars[] = {"null", "true", "false", "0", "-0", "12", "-7.25", "1e3",
        "1.5E-2", "9007199254740993", "0.1", "1e400"};
    unsigned kind = pick(depth < 5 ? 6 : 4), count = pick(4);
    if (kind < 3) {
        buf_add_text(out, scalars[pick(sizeof scalars / sizeof *scalars)]);
    } else if (kind == 3) {
        add_string(out);
    } else {
        buf_add_char(out, kind == 4 ? '[' : '{');
        for (unsigned i = 0; i < count; i++) {
            buf_add_text(out, i ? ", " : pick(2) ? "\n\t" : "");
            if (kind == 5) {
                add_string(out);
                buf_add_text(out, pick(2) ? ":" : " : ");
            }
            add_value(out, depth + 1);
        }
        buf_add_char(out, kind == 4 ? ']' : '}');
    }
}

/* Takes a byte away, or puts one in or in another's place. */
static void change(struct buf *text)
{
    static const char bytes[] = "\"\\{}[]:,0e.-+tn u";
    size_t at = pick((unsigned)text->len);
    if (pick(2))
        text->data[at] = bytes[pick(sizeof bytes - 1)];
    else
        memmove(text->data + at, text->data + at + 1, text->len-- - at);
}

static bool same(const struct value *ours, const cJSON *theirs)
{
    const cJSON *child = theirs->child;
    switch (ours->kind) {
    case VALUE_NULL:
        return cJSON_IsNull(theirs);
    case VALUE_BOOL:
        return ours->as.truth ? cJSON_IsTrue(theirs) : cJSON_IsFalse(theirs);
    case VALUE_INT:
    case VALUE_REAL:
        return cJSON_IsNumber(theirs) && strtod(ours->as.text.ptr, NULL) == theirs->valuedouble;
    case VALUE_STRING:
        return cJSON_IsString(theirs) && str_equal(ours->as.text, str_from(theirs->valuestring));
    case VALUE_ARRAY:
        for (size_t i = 0; i < ours->as.array.count; i++, child = child->next)
            if (!child || !same(&ours->as.array.items[i], child))
                return false;
        return cJSON_IsArray(theirs) && !child;
    case VALUE_OBJECT:
        for (size_t i = 0; i < ours->as.object.count; i++, child = child->next) {
            const struct member *member = &ours->as.object.members[i];
            if (!child || !str_equal(member->key, str_from(child->string)) ||
                !same(&member->value, child))
                return false;
        }
        return cJSON_IsObject(theirs) && !child;
    }
    return false;
}

START_TEST(what_is_read_is_read_alike)
{
    unsigned read = 0;
    for (unsigned i = 0; i < 50000; i++) {
        struct arena arena = {0};
        struct buf text = {0};
        struct value value;
        add_value(&text, 0);
        for (unsigned n = pick(3); n && text.len; n--)
            change(&text);
        buf_add_char(&text, '\0');
        struct str whole = {text.data, text.len - 1};
        if (json_parse(&arena, whole, &(struct json_options){0}, &value, NULL)) {
            cJSON *theirs = cJSON_ParseWithOpts(text.data, NULL, true);
            ck_assert_msg(theirs && same(&value, theirs), "read otherwise: %s", text.data);
            cJSON_Delete(theirs);
            read++;
        }
        buf_free(&text);
        arena_free(&arena);
    }
    printf("%u texts read, all as cJSON reads them\n", read);
    ck_assert_uint_gt(read, 15000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json_oracle");
    TCase *tests = tcase_create("cjson");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, what_is_read_is_read_alike);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
