/* oracle.h: reads the JSON files that the recording scripts in tests/oracle wrote.
 * Text and values live in the caller's arena. */
#ifndef TESTS_UNIT_ORACLE_H
#define TESTS_UNIT_ORACLE_H

#include <check.h>
#include <stdio.h>

#include "runtime/base/json.h"

/* True if the file is there: files of ../shared may be absent. */
static inline bool oracle_exists(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file)
        fclose(file);
    return file != NULL;
}

/* Reads a file that is one JSON value; fails the test if it is none. */
static inline struct value oracle_read(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s cannot be opened", path);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = arena_alloc(arena, (size_t)size + 1, 1);
    ck_assert_uint_eq(fread(text, 1, (size_t)size, file), (size_t)size);
    text[size] = '\0';
    fclose(file);
    struct value value;
    struct json_failure failure;
    /* Python's json writes NaN and Infinity. */
    const struct json_options options = {.allow_not_finite = true};
    ck_assert_msg(json_parse(arena, (struct str){text, (size_t)size}, &options, &value, &failure),
        "%s: %s at %zu", path, json_error_text(failure.error), failure.offset);
    return value;
}

#endif
