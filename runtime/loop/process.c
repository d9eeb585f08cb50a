#include "runtime/loop/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"
#include "runtime/loop/spawn.h"

enum {
    READ_SIZE = 64 << 10,
    READS_A_TURN = 16, /* then others get their turn */
};

/* How long a killed process may take to be gone before we stop waiting for it (it hangs in the
 * kernel). */
#define KILL_GRACE 2000000000LL

struct stream {
    struct process *process;
    int fd; /* our end of the pipe, -1 after its end of file */
    struct loop_watch watch;
    struct buf kept;
    uint64_t total;
};

struct process {
    struct loop *loop;
    const char *path;
    size_t limit;
    pid_t pid;
    struct loop_child child;
    struct loop_timer
        timer; /* the deadline; after the kill its grace; or the report of a failed start */
    struct stream output, errors;
    enum process_end end;
    int status, error;
    bool exited, spare_group;
    process_done_fn *done;
    void *context;
};

static void stream_close(struct stream *stream)
{
    if (stream->fd < 0)
        return;
    loop_watch_cancel(stream->process->loop, &stream->watch);
    close(stream->fd);
    stream->fd = -1;
}

static struct process_stream stream_result(struct stream *stream)
{
    return (struct process_stream){&stream->kept, stream->total, stream->total > stream->kept.len};
}

/* Reports and frees: the one place where a process ends. */
static void process_finish(struct process *process)
{
    stream_close(&process->output);
    stream_close(&process->errors);
    loop_timer_cancel(process->loop, &process->timer);
    if (process->pid && !loop_child_reap(process->loop, &process->child))
        loop_child_leave(process->loop, &process->child);
    struct process_result result = {
        .end = process->end,
        .status = process->status,
        .error = process->error,
        .path = process->path,
        .output = stream_result(&process->output),
        .errors = stream_result(&process->errors),
    };
    process->done(process->context, &result);
    buf_free(&process->output.kept);
    buf_free(&process->errors.kept);
    mem_free(process);
}

static void finish_if_over(struct process *process)
{
    if (process->exited && process->output.fd < 0 && process->errors.fd < 0)
        process_finish(process);
}

static void stream_keep(struct stream *stream, const char *bytes, size_t count)
{
    stream->total += count;
    buf_add_within(&stream->kept, bytes, count, stream->process->limit);
}

static void handle_output(void *context, int events)
{
    (void)events;
    struct stream *stream = context;
    char bytes[READ_SIZE];
    for (int i = 0; i < READS_A_TURN; i++) {
        ssize_t got = read(stream->fd, bytes, sizeof bytes);
        if (got > 0) {
            stream_keep(stream, bytes, (size_t)got);
            if ((size_t)got < sizeof bytes)
                return; /* nearly always empty now; if not, the next turn tells */
        } else if (got < 0 && errno == EINTR) {
            continue;
        } else if (got < 0 && errno == EAGAIN) {
            return;
        } else {
            stream_close(stream);
            finish_if_over(stream->process);
            return;
        }
    }
}

static void handle_exit(void *context, int status)
{
    struct process *process = context;
    process->exited = true;
    process->status = status;
    finish_if_over(process);
}

static void handle_end(void *context)
{
    process_finish(context);
}

/* Kills the group. It is still ours to kill: its leader is not reaped before process_finish. */
static void process_kill(struct process *process, enum process_end end)
{
    process->end = end;
    kill(process->spare_group ? process->pid : -process->pid, SIGKILL);
    stream_close(&process->output);
    stream_close(&process->errors);
    loop_timer_set(process->loop, &process->timer, process->exited ? 0 : loop_deadline(KILL_GRACE),
        handle_end, process);
}

static void handle_deadline(void *context)
{
    process_kill(context, PROCESS_TIMED_OUT);
}

void process_cancel(struct process *process)
{
    if (process->end == PROCESS_EXITED)
        process_kill(process, PROCESS_CANCELLED);
}

static int stream_open(struct stream *stream, struct process *process, int *child_end)
{
    int ends[2];
    *stream = (struct stream){.process = process, .fd = -1};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    stream->fd = ends[0];
    *child_end = ends[1];
    return loop_watch_set(
        process->loop, &stream->watch, stream->fd, LOOP_READ, handle_output, stream);
}

static int start(struct process *process, const struct process_request *request)
{
    int output = -1, errors = -1, pidfd = -1;
    int error = stream_open(&process->output, process, &output);
    if (!error)
        error = stream_open(&process->errors, process, &errors);
    if (!error) {
        struct spawn spawn = {
            .path = request->path,
            .argv = request->argv,
            .environment = request->environment,
            .directory = request->directory,
            .fds = {-1, output, errors, -1},
            .descriptors = loop_descriptor_limit(process->loop),
            .slots = loop_spawn_slots(process->loop),
        };
        error = spawn_start(&spawn, &process->pid, &pidfd);
    }
    if (output >= 0)
        close(output);
    if (errors >= 0)
        close(errors);
    if (!error)
        loop_child_set(process->loop, &process->child, process->pid, pidfd, handle_exit, process);
    return error;
}

struct process *process_start(
    struct loop *loop, const struct process_request *request, process_done_fn *done, void *context)
{
    struct process *process = mem_alloc(sizeof *process);
    *process = (struct process){
        .loop = loop,
        .path = request->path,
        .spare_group = request->spare_group,
        .limit = request->output_limit ? request->output_limit : PROCESS_OUTPUT_LIMIT,
        .output.fd = -1,
        .errors.fd = -1,
        .done = done,
        .context = context,
    };
    int64_t deadline = loop_deadline(request->timeout);
    process->error = start(process, request);
    if (process->error) {
        process->end = PROCESS_NOT_STARTED;
        stream_close(&process->output);
        stream_close(&process->errors);
        loop_timer_set(loop, &process->timer, 0, handle_end, process);
    } else {
        loop_timer_set(loop, &process->timer, deadline, handle_deadline, process);
    }
    return process;
}

pid_t process_pid(const struct process *process)
{
    return process->pid;
}

/* Up to `size` - 1 bytes of a small file; an empty text where there is none. */
static bool read_small(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}

struct process_boot process_boot(void)
{
    struct process_boot boot;
    read_small("/proc/sys/kernel/random/boot_id", boot.text, sizeof boot.text);
    return boot;
}

uint64_t process_birth(pid_t pid)
{
    char path[40], line[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    if (!read_small(path, line, sizeof line))
        return 0;
    const char *field =
        strrchr(line, ')'); /* the name in field 2 may hold spaces and parentheses */
    for (int i = 2; field && i < 22; i++)
        field = strchr(field + 1, ' ');
    return field ? strtoull(field + 1, NULL, 10) : 0;
}
