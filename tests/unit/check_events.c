/* The events file: lines with length and checksum, read back, locked, kept when a run did not end. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runtime/record/events.h"

static char folder[] = "/tmp/check_events.XXXXXX";
static char journal[64];

static void set_up(void)
{
    strcpy(folder, "/tmp/check_events.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(journal, sizeof journal, "%s/j.json", folder);
}

static void tear_down(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(a_long_event_is_written_in_pieces)
{
    struct buf kept = {0}, text = {0};
    struct events events;
    struct events_stream stream;
    ck_assert_int_eq(events_open(&events, journal, &kept), 0);
    events_add(&events, STR("{\"a\":1}"));
    events_stream_open(&stream, &events);
    events_stream_put(&stream, STR("{\"b\":"));
    events_stream_put(&stream, STR("22}"));
    struct events_place place = events_stream_close(&stream);
    struct events_place after = events_add(&events, STR("{\"c\":3}"));
    ck_assert_uint_eq(place.length, 8);
    ck_assert(events_read(&events, place, 0, SIZE_MAX, &text));
    ck_assert_str_eq(text.data, "{\"b\":22}");
    buf_clear(&text);
    ck_assert(events_read(&events, place, 5, 2, &text)); /* and in pieces */
    ck_assert_str_eq(text.data, "22");
    buf_clear(&text);
    ck_assert(events_read(&events, after, 0, SIZE_MAX, &text));
    ck_assert_str_eq(text.data, "{\"c\":3}");
    /* The line reads as any other. */
    struct events_place line = {place.at - 58, 58 + place.length + 2};
    size_t length;
    unsigned sum;
    buf_clear(&text);
    ck_assert(events_read(&events, line, 0, SIZE_MAX, &text));
    ck_assert_int_eq(
        sscanf(text.data, "{\"length\":%zu,\"crc32\":\"%8x\",\"event\":", &length, &sum), 2);
    ck_assert_uint_eq(length, place.length);
    ck_assert_uint_eq(sum, events_crc32(STR("{\"b\":22}")));
    ck_assert_int_eq(text.data[text.len - 1], '\n');
    buf_free(&text);
    buf_free(&kept);
    events_close(&events, true);
}
END_TEST

START_TEST(the_checksum_is_crc32)
{
    ck_assert_uint_eq(events_crc32(STR("123456789")), 0xCBF43926);
    ck_assert_uint_eq(events_crc32(STR("")), 0);
}
END_TEST

START_TEST(what_was_added_reads_back)
{
    struct events events;
    struct buf kept = {0}, text = {0};
    ck_assert_int_eq(events_open(&events, journal, &kept), 0);
    ck_assert_uint_eq(kept.len, 0);
    struct events_place first = events_add(&events, STR("{\"a\":1}"));
    struct events_place second = events_add(&events, STR("{\"b\":\"\\n\"}"));
    events_sync(&events);
    ck_assert(events_read(&events, second, 0, SIZE_MAX, &text));
    ck_assert(events_read(&events, first, 0, SIZE_MAX, &text));
    ck_assert_str_eq(text.data, "{\"b\":\"\\n\"}{\"a\":1}");
    buf_clear(&text);
    ck_assert(events_read(&events, (struct events_place){0, (size_t)first.at}, 0, SIZE_MAX, &text));
    ck_assert_str_eq(text.data, "{\"length\":7,\"crc32\":\"561bacaf\",\"event\":");
    char *path = strdup(events.path);
    events_close(&events, true);
    ck_assert_int_ne(access(path, F_OK), 0);
    free(path);
    buf_free(&text);
}
END_TEST

START_TEST(a_record_left_behind_is_kept)
{
    struct events events;
    struct buf kept = {0};
    events_open(&events, journal, &kept);
    events_add(&events, STR("{}"));
    events_close(&events, false);
    ck_assert_int_eq(events_open(&events, journal, &kept), 0);
    ck_assert_ptr_nonnull(strstr(kept.data, "j.json.events.unfinished-"));
    ck_assert_int_eq(access(kept.data, F_OK), 0);
    ck_assert_int_eq(events.end, 0);
    events_close(&events, true);
    buf_free(&kept);
}
END_TEST

START_TEST(a_file_that_is_only_read_stays_as_it_is)
{
    struct events events;
    FILE *file = fopen(journal, "w");
    fputs("not a record\n", file);
    fclose(file);
    ck_assert_int_eq(events_reopen(&events, journal), 0);
    events_close(&events, false);
    file = fopen(journal, "r");
    char line[32];
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    ck_assert_str_eq(line, "not a record\n");
    fclose(file);
}
END_TEST

START_TEST(room_for_lines_is_cut_off_in_the_end)
{
    struct events events;
    struct buf kept = {0};
    events_open(&events, journal, &kept);
    events_add(&events, STR("{}"));
    ck_assert_int_gt(lseek(events.fd, 0, SEEK_END), events.end);
    off_t end = events.end;
    char path[80];
    snprintf(path, sizeof path, "%s", events.path);
    events_close(&events, false);
    ck_assert_int_eq(events_reopen(&events, path), 0);
    ck_assert_int_eq(lseek(events.fd, 0, SEEK_END), end);
    events_close(&events, true);
}
END_TEST

START_TEST(a_second_run_takes_another_file)
{
    struct events one, two;
    struct buf kept = {0};
    events_open(&one, journal, &kept);
    events_add(&one, STR("{}"));
    ck_assert_int_eq(events_open(&two, journal, &kept), 0);
    ck_assert_uint_eq(kept.len, 0);
    ck_assert_str_ne(one.path, two.path);
    events_close(&one, true);
    events_close(&two, true);
}
END_TEST

START_TEST(a_full_disk_loses_a_line_and_nothing_else)
{
    struct events events;
    struct buf kept = {0}, text = {0};
    events_open(&events, journal, &kept);
    struct events_place first = events_add(&events, STR("{\"a\":1}"));
    off_t end = events.end;
    struct rlimit limit = {(rlim_t)end + 10, (rlim_t)end + 10};
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_uint_eq(events_add(&events, STR("{\"b\":2}")).length, 0);
    ck_assert_int_eq(events.error, EFBIG);
    ck_assert_int_eq(events.end, end);
    ck_assert(events_read(&events, first, 0, SIZE_MAX, &text));
    ck_assert_str_eq(text.data, "{\"a\":1}");
    ck_assert_int_eq(lseek(events.fd, 0, SEEK_END), end);
    events_close(&events, true);
    buf_free(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("events");
    TCase *tests = tcase_create("events");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_long_event_is_written_in_pieces);
    tcase_add_test(tests, the_checksum_is_crc32);
    tcase_add_test(tests, what_was_added_reads_back);
    tcase_add_test(tests, a_record_left_behind_is_kept);
    tcase_add_test(tests, a_file_that_is_only_read_stays_as_it_is);
    tcase_add_test(tests, room_for_lines_is_cut_off_in_the_end);
    tcase_add_test(tests, a_second_run_takes_another_file);
    tcase_add_test(tests, a_full_disk_loses_a_line_and_nothing_else);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
