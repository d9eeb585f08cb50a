/* journal_file.h: writes a journal beside its place, indented, and renames it there once it is on
 * the disk. The file owns its buffer and descriptor until journal_file_close. */
#ifndef RUNTIME_RECORD_JOURNAL_FILE_H
#define RUNTIME_RECORD_JOURNAL_FILE_H

#include <stdbool.h>

#include "runtime/base/buf.h"
#include "runtime/base/str.h"

struct journal_file {
    int fd;
    int error;          /* errno of the first failure */
    char *path, *draft; /* heap: where it goes, and where it is written */
    bool in_place;      /* the target is no regular file: written directly */
    struct buf out;
    unsigned depth;
    bool in_string, escaped, fresh; /* of the indenter; fresh: just behind an opening bracket */
};

/* Starts a journal for `path`. False with errno set; nothing needs closing then. */
bool journal_file_open(struct journal_file *file, const char *path);

/* Adds compact JSON text; pieces may be cut anywhere. Failures are kept for the end. */
void journal_file_put(struct journal_file *file, struct str text);

/* Syncs and renames. False with errno set if anything failed: then the target is as it was. */
bool journal_file_close(struct journal_file *file);

#endif
