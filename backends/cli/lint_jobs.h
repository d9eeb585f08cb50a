/* lint_jobs.h: files that are read and checked by several threads at once and handed back in order, so that what
 * is printed does not depend on how many there are.
 * A job owns its unit and its findings from lint_jobs_wait until lint_jobs_drop; threads share nothing else. */
#ifndef BACKENDS_CLI_LINT_JOBS_H
#define BACKENDS_CLI_LINT_JOBS_H

#include "backends/cli/compile.h"
#include "backends/lint/lint.h"

struct lint_job {
    const char *path;
    struct lint_input input;
    bool named;     /* looked at whatever it holds */
    bool only_read; /* the caller checks it, since it may be mended first */
    /* What came of it. */
    enum source_status status;
    int error; /* errno where it could not be read */
    bool passed_over;
    struct compile_unit unit;
    struct diag_bag bag;
};

struct lint_jobs;

/* Starts `threads` threads in the memory of `arena`; with 0, or where none can be had, lint_jobs_wait does the
 * work. */
struct lint_jobs *lint_jobs_start(struct arena *arena, size_t threads);

/* True if another job may be given before one is waited for. */
bool lint_jobs_has_room(const struct lint_jobs *jobs);

/* Gives a job; what came of it is not looked at. */
void lint_jobs_give(struct lint_jobs *jobs, const struct lint_job *job);

/* The oldest job that was given, once it is done. */
struct lint_job *lint_jobs_wait(struct lint_jobs *jobs);

/* Frees what the job that was waited for holds, and makes room. */
void lint_jobs_drop(struct lint_jobs *jobs);

/* Ends the threads; every job was dropped before. */
void lint_jobs_end(struct lint_jobs *jobs);

/* How many threads are worth it for `files` files: one a processor, none for few files. */
size_t lint_jobs_default(size_t files);

#endif
