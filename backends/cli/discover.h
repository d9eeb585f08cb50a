/* discover.h: which files a lint of files and directories looks at, and which files of a directory
 * are experiments. Names live in the arena given. */
#ifndef BACKENDS_CLI_DISCOVER_H
#define BACKENDS_CLI_DISCOVER_H

#include <stdbool.h>

#include "frontend/doc.h"
#include "runtime/base/arena.h"

struct discovered {
    const char *path; /* "-" is standard input */
    bool named;       /* given by name: it counts whatever is in it */
};

struct discovery {
    struct discovered *files; /* directories in the order of their names, each file once named */
    size_t count, room;
    const char *unreadable; /* the first directory that could not be read; errno tells why */
};

/* Adds a path: a file as it is, a directory with all files below that have an extension of a notation,
 * leaving out what begins with a dot. */
void discover(struct arena *arena, struct discovery *discovery, const char *path);

/* True if a file found in a directory is an experiment: a mapping with `method` or
 * `steady-state-hypothesis` or a near-miss of either, or a list whose items have a `provider`. What could not
 * be parsed, or has `{{` of a template language, counts if its text has such a key. */
bool discover_is_experiment(const struct doc *doc);

#endif
