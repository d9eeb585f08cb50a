/* engine.h: the part of a runner that acts, behind a table so that one made with --plan-only does not link it.
 * Nothing is owned. */
#ifndef RUNTIME_RUNNER_ENGINE_H
#define RUNTIME_RUNNER_ENGINE_H

#include "runtime/runner/chaosrt.h"
#include "runtime/runner/play_options.h"

struct runner_options;

struct rt_engine {
    /* Plays the experiment, or recovers what a killed run of it had done; the process's exit code. */
    int (*play)(const struct rt_plan *plan, const struct rt_parts *parts,
        const struct runner_options *options);
};

struct runner_options {
    struct play_log_options log;
    struct play_options play;
    bool describe, plan, json;
    const char *program; /* as it was called */
    const char *recover; /* a journal, or NULL */
    bool skip_unknown;
    const char *change_dir; /* NULL: stay */
    bool no_version_check;  /* means nothing: nothing is ever looked up */
};

#endif
