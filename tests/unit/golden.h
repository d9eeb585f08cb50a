/* golden.h: holds a text against a file of the repository; CHAOSC_BLESS=1 rewrites the file instead.
 * Borrows its arguments; header only, for the Check binaries. */
#ifndef TESTS_UNIT_GOLDEN_H
#define TESTS_UNIT_GOLDEN_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/buf.h"

static inline bool golden_read(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    char block[4096];
    for (size_t len; (len = fread(block, 1, sizeof block, file)) > 0;)
        buf_add(text, block, len);
    fclose(file);
    return true;
}

static inline void golden_check(const char *path, struct str actual)
{
    if (getenv("CHAOSC_BLESS")) {
        FILE *file = fopen(path, "wb");
        ck_assert_msg(file && fwrite(actual.ptr, 1, actual.len, file) == actual.len, "%s", path);
        fclose(file);
        return;
    }
    struct buf expected = {0};
    bool found = golden_read(path, &expected);
    bool equal = found && str_equal(buf_str(&expected), actual);
    if (!equal)
        fprintf(stderr, "%s: expected\n%.*s\nbut is\n%.*s\n", path, STR_ARG(buf_str(&expected)),
            STR_ARG(actual));
    buf_free(&expected);
    ck_assert_msg(equal, "%s differs%s; CHAOSC_BLESS=1 rewrites it", path,
        found ? "" : " (it does not exist)");
}

#endif
