/* journal_text.h: pieces of text that events and the journal share; internal to the two files that write them.
 * Everything goes to the writer given. */
#ifndef RUNTIME_EXEC_JOURNAL_TEXT_H
#define RUNTIME_EXEC_JOURNAL_TEXT_H

#include "runtime/base/json_write.h"
#include "runtime/exec/engine.h"

struct end_event;

/* What is spilled, and what is hidden. */
struct record_sink {
    struct end_event *event; /* NULL: the text is kept */
    const struct redactor *redactor;
};

/* A member: datetime.isoformat() of a wall clock time in UTC, ns. */
void journal_text_time(struct json_writer *w, const char *key, int64_t wall);

/* The member `duration` of a span, ns. */
void journal_text_duration(struct json_writer *w, int64_t span);

/* A value of the document with the changes that the journal shows. */
void journal_text_row(struct run *run, struct json_writer *w, uint32_t index);

/* The experiment, inline secrets hidden. */
void journal_text_experiment(
    struct run *run, struct json_writer *w, const struct value *experiment);

/* What is told of an activity that has ended: output, status, times, exception. */
void journal_text_record(struct run *run, struct json_writer *w, struct record *record,
    const struct call *call, struct record_sink sink);

#endif
