/* driver.h: executable drivers: programs in any language that take the calls of a package's modules in place of
 * Python (docs/driver-protocol.md). The drivers of a run own their processes, until drivers_close. */
#ifndef RUNTIME_HELPER_DRIVER_H
#define RUNTIME_HELPER_DRIVER_H

#include "runtime/base/arena.h"
#include "runtime/base/value.h"
#include "runtime/helper/helper.h"
#include "runtime/record/log.h"

#define DRIVER_PREFIX "chaosc-driver-"

/* Where drivers are looked for: rows first, then `chaosc-driver-NAME` on PATH. */
struct driver_search {
    const struct driver_row {
        struct str name;  /* the first part of the modules' names */
        const char *path; /* of the executable */
    } * rows;
    size_t count;
};

struct driver {
    struct str name;
    const char *path;
    struct helper *helper;
    const struct value *described; /* its signatures, NULL until driver_describe */
    struct drivers *drivers;
    struct driver *next;
};

struct drivers;

/* Starts nothing. `search` may be NULL: then there are no drivers. What they say and print goes to the log, under
 * their names. */
struct drivers *drivers_open(
    struct loop *loop, const struct driver_search *search, struct log *log);

/* Ends those that run, as helper_close. */
void drivers_close(struct drivers *drivers);

/* The driver that takes the calls of a module, or NULL. It starts with its first call. */
struct driver *drivers_find(struct drivers *drivers, struct str module);

/* Asks a driver for its functions, once: an object of the form of docs/signature-files.md, in the drivers' memory.
 * Waits for ten seconds at most, in turns of the loop. NULL with `problem`, a sentence. */
const struct value *driver_describe(struct driver *driver, struct str *problem);

/* One call as an experiment has it. */
struct driver_asked {
    const char *kind; /* "action" or "probe", for the sentence */
    struct str name, module, func;
    const struct value *arguments; /* NULL: none */
    bool judges;                   /* a tolerance: `value` comes with the call */
};

/* True if the described functions take the call; else `problem` says why not. */
bool driver_takes(const struct driver *driver, const struct driver_asked *use, struct arena *arena,
    struct str *problem);

#endif
