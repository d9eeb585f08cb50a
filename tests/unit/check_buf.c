/* Buffers that keep what fits within a limit. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/buf.h"

START_TEST(what_fits_is_kept_whole)
{
    enum { LIMIT = 5 * 1024 * 1024 + 3, PIECE = 65536 };
    static char piece[PIECE];
    struct buf buf = {0};
    size_t given = 0;
    for (int i = 0; given < LIMIT + 3 * PIECE; i++, given += PIECE) {
        memset(piece, 'a' + i % 26, sizeof piece);
        buf_add_within(&buf, piece, sizeof piece, LIMIT);
        ck_assert_uint_eq(buf.len, given + PIECE < LIMIT ? given + PIECE : LIMIT);
        ck_assert_int_eq(buf.data[buf.len], '\0');
    }
    for (size_t at = 0; at < buf.len; at += 4099)
        ck_assert_int_eq(buf.data[at], 'a' + (int)(at / PIECE % 26));
    ck_assert_uint_le(buf.room, LIMIT + 1);
    buf_free(&buf);
}
END_TEST

START_TEST(small_limits_hold)
{
    struct buf buf = {0};
    buf_add_within(&buf, "abc", 3, 5);
    buf_add_within(&buf, "def", 3, 5);
    buf_add_within(&buf, "ghi", 3, 5);
    ck_assert_str_eq(buf.data, "abcde");
    buf_clear(&buf);
    buf_add_within(&buf, "abc", 3, 0);
    ck_assert_uint_eq(buf.len, 0);
    buf_free(&buf);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("buf");
    TCase *tests = tcase_create("buf");
    tcase_add_test(tests, what_fits_is_kept_whole);
    tcase_add_test(tests, small_limits_hold);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
