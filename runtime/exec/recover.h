/* recover.h: what a run that was killed left in its events file, and the rollbacks that undo it.
 * A recovery owns what it read until recovery_free. */
#ifndef RUNTIME_EXEC_RECOVER_H
#define RUNTIME_EXEC_RECOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/value.h"
#include "runtime/record/events.h"
#include "runtime/exec/run.h"

/* An activity that was started, or may have been. */
struct recovered {
    bool announced;   /* the machine went down when it could start any moment */
    uint32_t id, row; /* of the plan, as written: it may be a reference */
    bool by_name;     /* the row is that of an experiment that controls changed afterwards */
    struct str name, phase;
    int64_t start; /* wall clock, ns */
    bool ended;
    struct str status;         /* "succeeded", "failed"; empty unless it ended */
    struct events_place place; /* of its record, if it ended */
    int met;                   /* -1: not judged */
    int64_t pid;               /* 0: unknown */
    uint64_t birth;            /* of the process, clock ticks since boot */
};

struct recovery {
    struct arena arena;
    struct events events; /* the file itself, locked and continued */
    struct value experiment, configuration;
    struct str file, source; /* the experiment as it was named, and from the root */
    struct str journal;      /* where its journal was to go */
    bool compat;             /* the run was one with --compat */
    char plan[17];           /* hash of the plan, hexadecimal */
    bool
        rebooted; /* the machine was started anew, or may have been: not all that was written is here */
    struct value next;       /* the event that says what may start any moment, or null */
    uint32_t first;          /* of the rows that the record's activities are counted from */
    bool changed;            /* controls changed the experiment: it is no more what was read */
    int64_t started;         /* wall clock, ns */
    bool finished, deviated; /* the run came to its end, and left something undone */
    enum run_status status;  /* of a finished one */
    const char *stop_reason; /* NULL: it was not stopped */
    struct recovered *items;
    size_t count, room;
    size_t bad_lines; /* lines that were damaged: what they said is lost */
};

/* Reads the events file `path`. False with what is wrong: it cannot be read, a run still holds it, it holds no run. */
bool recovery_read(struct recovery *recovery, const char *path, struct str *problem);

/* Where the journal of the recovery of `path` goes, in the recovery's arena: beside the record, named as that is but
 * for its `.events`. A record that a later run set aside thus leaves that run's journal alone. */
const char *recovery_journal(struct recovery *recovery, const char *path);

void recovery_free(struct recovery *recovery);

/* Ends the process groups that the run left alive: those whose first process is the one recorded. How many. */
size_t recovery_end_processes(const struct recovery *recovery, struct log *log);

/* Plays the rollbacks that are due, whatever the strategy, and completes the journal. `plan` is that of the
 * experiment. With `skip_unknown` a rollback that had started and not ended is left out. False if it could not
 * start, which was logged. */
bool recovery_play(struct recovery *recovery, const struct rt_plan *plan,
    const struct run_options *options, bool skip_unknown, struct run_outcome *outcome);

#endif
