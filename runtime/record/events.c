#include "runtime/record/events.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/mem.h"

static uint32_t add_crc32(uint32_t crc, struct str text)
{
    /* Four bits at a time: sixteen constants instead of a kilobyte of table. */
    static const uint32_t table[16] = {0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190,
        0x6B6B51F4, 0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
        0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};
    for (size_t i = 0; i < text.len; i++) {
        crc ^= (unsigned char)text.ptr[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc;
}

uint32_t events_crc32(struct str text)
{
    return ~add_crc32(~0u, text);
}

enum { LOCK_TRIES = 25, LOCK_PAUSE = 20 * 1000 * 1000 };

/* Takes the lock of a file; `patient` waits out those who hold it for an instant alone: one who looks whether it was
 * left behind, a child that a killed run was just starting. */
static bool take_lock(int fd, bool patient)
{
    int locked = flock(fd, LOCK_EX | LOCK_NB);
    for (int i = 0; patient && locked != 0 && errno == EWOULDBLOCK && i < LOCK_TRIES; i++) {
        nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE}, NULL);
        locked = flock(fd, LOCK_EX | LOCK_NB);
    }
    return locked == 0;
}

/* Opens `path` and takes its lock: a descriptor, or -1 with errno (EWOULDBLOCK: another run holds
 * it). */
static int open_locked(const char *path, int flags, bool patient)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | flags, 0600);
    if (fd < 0 || take_lock(fd, patient))
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* A file that was left behind is moved aside; what comes in its place is new and ours. */
static int keep_unfinished(int fd, const char *path, struct buf *kept)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || st.st_size == 0)
        return fd;
    char stamp[32];
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
    buf_printf(kept, "%s.unfinished-%s", path, stamp);
    size_t length = kept->len;
    for (int i = 2; access(kept->data, F_OK) == 0; i++) { /* of two in one second */
        kept->len = length;
        buf_printf(kept, "-%d", i);
    }
    if (rename(path, kept->data) != 0)
        buf_clear(kept);
    close(fd);
    return open_locked(path, O_CREAT, true);
}

int events_open(struct events *events, const char *journal, struct buf *kept)
{
    *events = (struct events){.fd = -1};
    struct buf path = {0};
    buf_printf(&path, "%s.events", journal);
    int fd = open_locked(path.data, O_CREAT, false);
    if (fd < 0 && errno == EWOULDBLOCK) {
        buf_clear(&path);
        buf_printf(&path, "%s.%d.events", journal, (int)getpid());
        fd = open_locked(path.data, O_CREAT, true);
    }
    if (fd >= 0)
        fd = keep_unfinished(fd, path.data, kept);
    events->fd = fd;
    events->error = fd < 0 ? errno : 0;
    events->path = path.data;
    return events->error;
}

/* "<name>.<digits>.events" */
static bool is_of_second(const char *entry, const char *name)
{
    size_t length = strlen(name), digits = 0;
    if (strncmp(entry, name, length) != 0 || entry[length] != '.')
        return false;
    entry += length + 1;
    digits = strspn(entry, "0123456789");
    return digits > 0 && strcmp(entry + digits, ".events") == 0;
}

/* Nobody holds it, and there is something in it: who has just made it has it locked before. */
static bool is_left(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool left = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) == 0 && fstat(fd, &st) == 0 &&
                st.st_nlink && st.st_size;
    if (fd >= 0)
        close(fd);
    return left;
}

void events_each_left(const char *journal, events_left_fn *found, void *context)
{
    const char *slash = strrchr(journal, '/'), *name = slash ? slash + 1 : journal;
    struct buf path = {0};
    buf_add(&path, journal, (size_t)(name - journal));
    size_t folder = path.len;
    DIR *list = opendir(folder ? path.data : ".");
    for (struct dirent *entry; list && (entry = readdir(list));) {
        path.len = folder;
        buf_add_text(&path, entry->d_name);
        if (is_of_second(entry->d_name, name) && is_left(path.data))
            found(context, path.data);
    }
    if (list)
        closedir(list);
    buf_free(&path);
}

/* Writes at a place that this run alone uses; false with the first error kept. */
static bool write_at(struct events *events, struct str text, off_t at)
{
    while (text.len) {
        ssize_t n = pwrite(events->fd, text.ptr, text.len, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            if (!events->error)
                events->error = errno;
            return false;
        }
        text.ptr += n;
        text.len -= (size_t)n;
        at += n;
    }
    return true;
}

/* What could not be written whole is cut off again. */
static void cut_off(struct events *events)
{
    events->room = events->end;
    if (ftruncate(events->fd, events->end) != 0 && !events->error)
        events->error = errno;
}

/* Writes the line, and behind it blank lines as room for the next ones: what overwrites blocks that are there syncs
 * twice as fast as what makes the file longer. Room that cannot be had is done without. */
static bool write_line(struct events *events)
{
    size_t length = events->line.len;
    if (events->end + (off_t)length > events->room) {
        buf_add_repeat(&events->line, '\n', EVENTS_ROOM);
        if (write_at(events, buf_str(&events->line), events->end)) {
            events->room = events->end + (off_t)events->line.len;
            events->line.len = length;
            return true;
        }
        cut_off(events);
        events->line.len = length;
    }
    if (write_at(events, buf_str(&events->line), events->end))
        return true;
    cut_off(events);
    return false;
}

struct events_place events_add(struct events *events, struct str event)
{
    if (events->fd < 0)
        return (struct events_place){0};
    buf_clear(&events->line);
    buf_printf(&events->line, "{\"length\":%zu,\"crc32\":\"%08x\",\"event\":", event.len,
        events_crc32(event));
    struct events_place place = {events->end + (off_t)events->line.len, event.len};
    buf_add_str(&events->line, event);
    buf_add_text(&events->line, "}\n");
    if (!write_line(events))
        return (struct events_place){0};
    events->end += (off_t)events->line.len;
    events->dirty = true;
    return place;
}

/* The head has one size, so that it can be written when its numbers are known. */
#define STREAM_HEAD "{\"length\":%20zu,\"crc32\":\"%08x\",\"event\":"
enum { STREAM_HEAD_SIZE = 10 + 20 + 10 + 8 + 10 };

void events_stream_open(struct events_stream *stream, struct events *events)
{
    *stream = (struct events_stream){.events = events, .crc = ~0u, .failed = events->fd < 0};
}

void events_stream_put(struct events_stream *stream, struct str piece)
{
    off_t at = stream->events->end + STREAM_HEAD_SIZE + (off_t)stream->length;
    if (stream->failed)
        return;
    stream->failed = !write_at(stream->events, piece, at);
    stream->length += piece.len;
    stream->crc = add_crc32(stream->crc, piece);
}

struct events_place events_stream_close(struct events_stream *stream)
{
    struct events *events = stream->events;
    char head[STREAM_HEAD_SIZE + 1];
    if (events->fd < 0)
        return (struct events_place){0};
    int size = snprintf(head, sizeof head, STREAM_HEAD, stream->length, ~stream->crc);
    off_t start = events->end + STREAM_HEAD_SIZE, end = start + (off_t)stream->length;
    if (size != STREAM_HEAD_SIZE || stream->failed || !write_at(events, STR("}\n"), end) ||
        !write_at(events, (struct str){head, STREAM_HEAD_SIZE}, events->end)) {
        cut_off(events);
        return (struct events_place){0};
    }
    events->end = end + 2;
    events->dirty = true;
    return (struct events_place){start, stream->length};
}

void events_sync(struct events *events)
{
    if (events->fd < 0 || !events->dirty)
        return;
    if (fdatasync(events->fd) != 0 && !events->error)
        events->error = errno;
    events->dirty = false;
}

bool events_read(
    struct events *events, struct events_place place, size_t offset, size_t size, struct buf *out)
{
    if (size > place.length - offset)
        size = place.length - offset;
    buf_reserve(out, size + 1);
    size_t done = 0;
    while (done < size) {
        ssize_t n = pread(events->fd, out->data + out->len + done, size - done,
            place.at + (off_t)(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    out->len += size;
    out->data[out->len] = '\0';
    return true;
}

void events_close(struct events *events, bool remove)
{
    if (events->fd >= 0) {
        if (remove)
            unlink(events->path);
        else if (events->room > events->end)
            cut_off(events); /* our own blank lines, and nothing of a file that was only read */
        close(events->fd);
    }
    mem_free(events->path);
    buf_free(&events->line);
    *events = (struct events){.fd = -1};
}

int events_reopen(struct events *events, const char *path)
{
    *events = (struct events){.fd = open_locked(path, 0, true)};
    if (events->fd < 0)
        return errno;
    struct buf copy = {0};
    buf_add_text(&copy, path);
    events->path = copy.data;
    return 0;
}
