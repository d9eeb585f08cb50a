/* loader.h: the hooks of global controls around the loading of an experiment, as `chaos run` calls them: they may
 * write the file before it is read, rewrite what was read, or end it all.
 * Nothing is started, and nothing called, where no global control is Python's. */
#ifndef BACKENDS_CLI_LOADER_H
#define BACKENDS_CLI_LOADER_H

#include "backends/cli/experiment.h"
#include "runtime/exec/preflight.h"

struct loader {
    struct cli *cli;
    struct log *log;
    struct preflight *started;    /* what the hooks are called in; a run takes it over */
    const struct value *controls; /* the global ones: an array */
    bool ended, lost;             /* a hook ended the loading; there is nothing to call hooks in */
    int code;                     /* the program's, where there is nothing to carry out */
};

/* Loads the experiment as experiment_load, between the hooks. False if it cannot be loaded, or if a hook ended the
 * loading; that was logged. */
bool loader_load(
    struct loader *loader, const struct fetch *from, bool compat, struct experiment_file *file);

#endif
