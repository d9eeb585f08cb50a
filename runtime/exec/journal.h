/* journal.h: what a run writes down: records of activities, events as they happen, the journal in the end.
 * The run owns records and overlays; the texts of records stand in its events file. */
#ifndef RUNTIME_EXEC_JOURNAL_H
#define RUNTIME_EXEC_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime/base/value.h"
#include "runtime/record/events.h"
#include "runtime/exec/run.h"

struct call;
struct run;

enum record_status {
    RECORD_RUNNING,
    RECORD_SUCCEEDED,
    RECORD_FAILED,
    RECORD_RAISED,     /* by an exception that the reference does not catch */
    RECORD_INTERRUPTED /* by a signal or the end of the run's time */
};

enum record_verdict { RECORD_NOT_JUDGED, RECORD_MET, RECORD_NOT_MET };

struct record {
    uint32_t id, activity, written; /* the row that was carried out, and where it stands */
    bool acted;                     /* an action of the method, and more than a dry one */
    enum record_status status;
    enum record_verdict verdict;
    int64_t start, began;      /* wall and monotonic clock, ns */
    int64_t span;              /* from start to end, ns */
    struct events_place place; /* of {"output": ..., "start": ...}, the text of the record */
    char *text;                /* heap: the same where the events could not take it, else NULL */
};

struct record_list {
    struct record **items;
    size_t count, room;
};

/* A change to the document that the journal shows. */
struct overlay {
    uint32_t row;   /* of the value that is changed */
    struct str key; /* the member that is set; of an empty key the value itself is replaced */
    struct value value;
    const struct redactor *fed; /* hides what secrets have fed it; NULL: as everywhere */
};

/* Records that the run begins, with the whole experiment. */
void journal_begin(struct run *run);

/* Records that an activity starts: `row` is carried out, `written` is where it stands. */
struct record *journal_start(struct run *run, uint32_t row, uint32_t written);

/* Records that these rows and no others may start any moment; false if that could not be written. */
bool journal_announce(struct run *run, uint32_t first, uint32_t count);

/* Records how it ended. */
void journal_end(struct run *run, struct record *record, const struct call *call);

/* Records the verdict on a probe. */
void journal_judge(struct run *run, struct record *record, bool met);

/* The call has started a process: what a recovery needs to find it. */
void journal_spawn(struct run *run, const struct record *record, pid_t pid);

/* Records how the run ended, for a recovery of what it leaves undone. */
void journal_finish(struct run *run);

/* Adds an event of one string: phases, signals. */
void journal_note(struct run *run, const char *event, const char *what);

/* Changes what the journal shows of a value of the document. */
void journal_overlay(struct run *run, uint32_t row, const char *key, struct value value);

/* Records that controls have changed the configuration, and the experiment unless that is NULL: its activities are
 * the plan's last `count` now. */
void journal_change(struct run *run, const struct value *document, uint32_t count);

/* For controls: the record of an activity, and what stands around records in the journal, as values in the arena. */
struct value journal_record(
    struct run *run, struct arena *arena, struct record *record, const struct call *call);
struct value journal_head(struct run *run, bool ended);

/* What the journal calls a status, and back: false if there is none of that name. */
const char *journal_status(enum run_status status);
bool journal_status_of(struct str name, enum run_status *status);

/* Writes the journal, syncs it, renames it into place. False with errno set. */
bool journal_write(struct run *run);

#endif
