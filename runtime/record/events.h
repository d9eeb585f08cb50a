/* events.h: the crash-safe record of a run: one JSON line an event, written as it happens, each
 * with its length and checksum. The events own their file, which is locked while the run lives and
 * removed once a journal is. */
#ifndef RUNTIME_RECORD_EVENTS_H
#define RUNTIME_RECORD_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime/base/buf.h"
#include "runtime/base/str.h"

/* A line is {"length":N,"crc32":"8 hex digits","event":E} where N and the sum are of the text of E.
 */

enum { EVENTS_ROOM = 16 * 1024 };

struct events {
    int fd;          /* -1: none, what would be written is kept by its owner */
    char *path;      /* heap */
    off_t end;       /* where the next line goes */
    off_t room;      /* up to here the file is filled with blank lines, to be overwritten */
    bool dirty;      /* written since the last sync */
    int error;       /* errno of the first write that failed, 0 if none did */
    struct buf line; /* being written */
};

/* Where the text of an event stands in the file; length 0: it could not be written. */
struct events_place {
    off_t at;
    size_t length;
};

/* Creates `<journal>.events` and locks it. One that is there unlocked is what a run left that did
 * not end: it is kept as `<journal>.events.unfinished-<time>` and `kept` gets that name (else
 * empty). Where another run holds it, `<journal>.<pid>.events` is used. Returns 0, or errno; then
 * every addition is refused, which is no crash. */
int events_open(struct events *events, const char *journal, struct buf *kept);

/* Gives the files that runs left which had to use another name beside one that was under way, and which nobody holds
 * now. */
typedef void events_left_fn(void *context, const char *path);
void events_each_left(const char *journal, events_left_fn *found, void *context);

/* Opens a file that a run left, to be continued: the caller sets `end`. Returns 0, or errno: EWOULDBLOCK while a
 * run holds it. */
int events_reopen(struct events *events, const char *path);

/* Writes one event (the text of a JSON object). */
struct events_place events_add(struct events *events, struct str event);

/* An event too long to be held whole: its pieces are written as they come, the head of its line last, so that a
 * line cut short has none. Nothing else may be added meanwhile. */
struct events_stream {
    struct events *events;
    size_t length;
    uint32_t crc;
    bool failed;
};

void events_stream_open(struct events_stream *stream, struct events *events);
void events_stream_put(struct events_stream *stream, struct str piece);

/* Where the event stands now; length 0 if it could not be written, and then nothing of it is left. */
struct events_place events_stream_close(struct events_stream *stream);

/* Makes what was written survive a power cut; nothing is done if nothing was written since the last
 * time. */
void events_sync(struct events *events);

/* Reads back up to `size` bytes of the text of an event from `offset` on, appended to `out`. False if that fails. */
bool events_read(
    struct events *events, struct events_place place, size_t offset, size_t size, struct buf *out);

/* Closes the file, and removes it where the journal is complete. */
void events_close(struct events *events, bool remove);

/* CRC-32 (ISO 3309, as zlib's) of a text. */
uint32_t events_crc32(struct str text);

#endif
