/* check_source.c: inputs are read whole, and every byte has a line and a column. */
#include "frontend/source.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/base/buf.h"

static struct source source;

static void make(struct str text)
{
    source_from_text(&source, STR("test"), text);
}

static void ck_place(uint32_t offset, uint32_t line, uint32_t column)
{
    struct place place = source_place(&source, offset);
    ck_assert_msg(place.line == line && place.column == column, "offset %u: %u:%u, not %u:%u",
        offset, place.line, place.column, line, column);
    ck_assert_uint_eq(source_line_at(&source, offset), line);
}

START_TEST(test_places)
{
    make(STR("ab\ncd\r\n\rx"));
    ck_place(0, 1, 1);
    ck_place(2, 1, 3); /* the line end itself */
    ck_place(3, 2, 1);
    ck_place(6, 2, 4); /* between CR and LF: still that line */
    ck_place(7, 3, 1);
    ck_place(8, 4, 1);
    ck_place(9, 4, 2);
    ck_place(1000, 4, 2);
    ck_place(0, 1, 1);
    source_free(&source);
}
END_TEST

START_TEST(test_columns_count_code_points)
{
    make(STR("\xC3\xA9\xF0\x9F\x98\x80z\xFFy"));
    ck_place(2, 1, 2);
    ck_place(6, 1, 3);
    ck_place(7, 1, 4); /* the invalid byte counts one */
    ck_place(8, 1, 5);
    ck_place(2, 1, 2); /* and back again */
    source_free(&source);
}
END_TEST

START_TEST(test_lines)
{
    make(STR("one\r\n\ntwo\rthree"));
    ck_assert_uint_eq(source_line_count(&source), 4);
    ck_assert(str_is(source_line(&source, 1), "one"));
    ck_assert(str_is(source_line(&source, 2), ""));
    ck_assert(str_is(source_line(&source, 3), "two"));
    ck_assert(str_is(source_line(&source, 4), "three"));
    ck_assert(str_is(source_line(&source, 5), ""));
    ck_assert_uint_eq(source_line_start(&source, 3), 6);
    ck_assert_uint_eq(source_line_start(&source, 99), source.text.len);
    source_free(&source);
}
END_TEST

START_TEST(test_empty_text)
{
    make(STR(""));
    ck_place(0, 1, 1);
    ck_assert_uint_eq(source_line_count(&source), 1);
    ck_assert(str_is(source_line(&source, 1), ""));
    source_free(&source);
}
END_TEST

START_TEST(test_line_ends_with_the_text)
{
    make(STR("a\n"));
    ck_place(2, 2, 1);
    ck_assert_uint_eq(source_line_count(&source), 2);
    source_free(&source);
}
END_TEST

START_TEST(test_open_reads_whole_files)
{
    char path[] = "/tmp/check_source.XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    struct buf text = {0};
    for (size_t i = 0; i < 30000; i++)
        buf_printf(&text, "line %zu\n", i);
    ck_assert_int_eq(write(fd, text.data, text.len), (ssize_t)text.len);
    close(fd);
    ck_assert_int_eq(source_open(&source, path), SOURCE_OK);
    ck_assert(str_equal(source.text, buf_str(&text)));
    ck_assert(str_equal(source.name, str_from(path)));
    ck_assert_int_eq(source.text.ptr[source.text.len], '\0');
    source_free(&source);
    unlink(path);
    buf_free(&text);
}
END_TEST

/* A pipe tells no size, so the text grows as it comes. */
START_TEST(test_open_reads_standard_input)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    struct buf text = {0};
    buf_add_repeat(&text, 'x', 300000);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        for (size_t done = 0; done < text.len;) {
            ssize_t some = write(ends[1], text.data + done, text.len - done);
            if (some <= 0)
                _exit(1);
            done += (size_t)some;
        }
        _exit(0);
    }
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    ck_assert_int_eq(source_open(&source, "-"), SOURCE_OK);
    ck_assert(str_is(source.name, "<stdin>"));
    ck_assert(str_equal(source.text, buf_str(&text)));
    source_free(&source);
    buf_free(&text);
}
END_TEST

START_TEST(test_open_failures)
{
    ck_assert_int_eq(source_open(&source, "/nonexistent/file.json"), SOURCE_UNREADABLE);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(source_open(&source, "/tmp"), SOURCE_IS_DIRECTORY);
    ck_assert_int_eq(errno, EISDIR);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source");
    TCase *tc = tcase_create("source");
    tcase_add_test(tc, test_places);
    tcase_add_test(tc, test_columns_count_code_points);
    tcase_add_test(tc, test_lines);
    tcase_add_test(tc, test_empty_text);
    tcase_add_test(tc, test_line_ends_with_the_text);
    tcase_add_test(tc, test_open_reads_whole_files);
    tcase_add_test(tc, test_open_reads_standard_input);
    tcase_add_test(tc, test_open_failures);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
