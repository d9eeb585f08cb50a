#include "runtime/exec/python.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/base/buf.h"
#include "runtime/base/json.h"
#include "runtime/base/json_write.h"
#include "runtime/base/mem.h"
#include "runtime/exec/process.h"
#include "runtime/exec/spawn.h"

enum {
    READ_SIZE = 64 << 10,
    LAST_WORDS = 4 << 10,
    LONGEST_LINE = 64 << 10,
    LARGEST_FRAME = 1 << 30,
    CLOSE_GRACE = 2000 /* ms */
};

#define CANCEL_GRACE 2000000000LL
#define DEATH_GRACE 200000000LL /* for the last words to arrive */

/* python_worker.py, put into the build by cmake/embed.cmake. */
extern const char python_worker_text[];
extern const size_t python_worker_size;

/* What the helper prints, logged line by line. */
struct printed {
    struct python *python;
    const char *name;
    int fd;
    struct loop_watch watch;
    struct buf line;
};

struct python {
    struct loop *loop;
    struct python_options options;
    struct buf experiment; /* as JSON */
    pid_t pid;             /* 0: no helper */
    struct loop_child child;
    bool exited, dying, state_lost;
    int status;
    int fd; /* our end of the socket, -1 once it is closed */
    struct loop_watch watch;
    struct buf in, out;
    size_t sent; /* of `out` */
    struct printed output, errors;
    struct buf words; /* the end of what it wrote to standard error */
    struct loop_timer grave;
    struct python_call *calls;
    int64_t last_id;
    unsigned helpers; /* how many have ended */
};

struct python_call {
    struct python *python;
    struct python_call *before, *after;
    int64_t id;
    enum python_place place;
    bool cancelled;
    bool ended; /* `timer` is about to report `end` */
    enum python_end end;
    struct buf message;
    struct loop_timer timer; /* the grace of a cancellation, or the report of the end */
    python_done_fn *done;
    void *context;
};

/* ---- ends of calls ---- */

static void finish_call(struct python_call *call, enum python_end end, const struct value *reply)
{
    struct python *python = call->python;
    loop_timer_cancel(python->loop, &call->timer);
    if (call->before)
        call->before->after = call->after;
    else
        python->calls = call->after;
    if (call->after)
        call->after->before = call->before;
    struct python_result result = {end, reply, buf_str(&call->message), python->state_lost};
    if (end == PYTHON_REPLIED)
        python->state_lost = false; /* said once */
    call->done(call->context, &result);
    buf_free(&call->message);
    mem_free(call);
}

static void handle_end(void *context)
{
    struct python_call *call = context;
    finish_call(call, call->end, NULL);
}

/* Reports the end in the loop's next turn. */
static void end_later(struct python_call *call, enum python_end end, const char *message)
{
    call->end = end;
    call->ended = true;
    buf_clear(&call->message);
    buf_add_text(&call->message, message);
    loop_timer_set(call->python->loop, &call->timer, 0, handle_end, call);
}

/* ---- the helper's end ---- */

static void close_socket(struct python *python)
{
    if (python->fd < 0)
        return;
    loop_watch_cancel(python->loop, &python->watch);
    close(python->fd);
    python->fd = -1;
}

static void close_printed(struct printed *printed)
{
    if (printed->fd < 0)
        return;
    loop_watch_cancel(printed->python->loop, &printed->watch);
    close(printed->fd);
    printed->fd = -1;
}

static void say_line(struct printed *printed)
{
    struct python_options *options = &printed->python->options;
    if (printed->line.len)
        options->say(options->context, 20, str_from(printed->name), buf_str(&printed->line));
    buf_clear(&printed->line);
}

static void describe_death(const struct python *python, struct buf *text)
{
    if (!python->exited)
        buf_add_text(text, "the Python helper closed its connection");
    else if (python->status < 0)
        buf_printf(text, "the Python helper was ended by signal %d (%s)", -python->status,
            strsignal(-python->status));
    else
        buf_printf(text, "the Python helper exited with status %d", python->status);
    struct str words = buf_str(&python->words);
    while (words.len && words.ptr[words.len - 1] == '\n')
        words.len--;
    if (words.len)
        buf_printf(text, "; its last words: %.*s", STR_ARG(words));
}

/* Takes away what is left of the helper. Calls that were with it fail; the next call starts another. */
static void bury(void *context)
{
    struct python *python = context;
    struct buf text = {0};
    describe_death(python, &text);
    kill(-python->pid, SIGKILL);
    close_socket(python);
    say_line(&python->output);
    say_line(&python->errors);
    close_printed(&python->output);
    close_printed(&python->errors);
    loop_timer_cancel(python->loop, &python->grave);
    if (!loop_child_reap(python->loop, &python->child))
        loop_child_leave(python->loop, &python->child);
    buf_free(&python->in);
    buf_free(&python->out);
    buf_free(&python->words);
    buf_free(&python->output.line);
    buf_free(&python->errors.line);
    python->pid = 0;
    python->sent = 0;
    python->exited = python->dying = false;
    python->state_lost = true;
    python->helpers++;
    for (struct python_call *call = python->calls; call; call = call->after)
        if (!call->ended)
            end_later(call, call->cancelled ? PYTHON_CANCELLED : PYTHON_DIED, text.data);
    buf_free(&text);
}

static void bury_if_quiet(struct python *python)
{
    if (python->dying && python->exited && python->fd < 0 && python->errors.fd < 0 &&
        python->output.fd < 0)
        bury(python);
}

/* It is gone, or of no use; what it still has to say is awaited for a moment. */
static void helper_ends(struct python *python)
{
    if (!python->dying)
        loop_timer_set(python->loop, &python->grave, loop_deadline(DEATH_GRACE), bury, python);
    python->dying = true;
    bury_if_quiet(python);
}

static void handle_exit(void *context, int status)
{
    struct python *python = context;
    python->exited = true;
    python->status = status;
    helper_ends(python);
}

/* ---- what it prints ---- */

static void keep_words(struct python *python, const char *bytes, size_t count)
{
    buf_add(&python->words, bytes, count);
    if (python->words.len > 2 * LAST_WORDS) {
        size_t dropped = python->words.len - LAST_WORDS;
        memmove(python->words.data, python->words.data + dropped, LAST_WORDS + 1);
        python->words.len = LAST_WORDS;
    }
}

static void handle_printed(void *context, int events)
{
    (void)events;
    struct printed *printed = context;
    char bytes[READ_SIZE];
    ssize_t got = read(printed->fd, bytes, sizeof bytes);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        close_printed(printed);
        bury_if_quiet(printed->python);
        return;
    }
    if (printed == &printed->python->errors)
        keep_words(printed->python, bytes, (size_t)got);
    for (ssize_t i = 0; i < got; i++) {
        if (bytes[i] != '\n')
            buf_add_char(&printed->line, bytes[i]);
        if (bytes[i] == '\n' || printed->line.len >= LONGEST_LINE)
            say_line(printed);
    }
}

/* ---- frames ---- */

static struct str text_of(const struct value *value)
{
    return value && value->kind == VALUE_STRING ? value->as.text : STR("");
}

static void take_log(const struct python *python, const struct value *record)
{
    if (record->kind != VALUE_ARRAY || record->as.array.count != 3)
        return;
    const struct value *items = record->as.array.items;
    python->options.say(python->options.context, (int)value_to_double(&items[0]),
        text_of(&items[1]), text_of(&items[2]));
}

static void take_reply(struct python *python, const struct value *frame, const struct value *id)
{
    int64_t number = (int64_t)value_to_double(id);
    const struct value *cancelled = value_get(frame, STR("cancelled"));
    for (struct python_call *call = python->calls; call; call = call->after) {
        if (call->id != number)
            continue;
        if (!call->ended)
            finish_call(call, cancelled ? PYTHON_CANCELLED : PYTHON_REPLIED, frame);
        return;
    }
    /* of a call that was given up */
}

static void take_frame(struct python *python, struct str text)
{
    struct arena arena;
    struct value frame;
    struct json_options options = {.allow_not_finite = true};
    arena_init(&arena);
    text = arena_str(&arena, text); /* with the NUL that the reader wants */
    if (json_parse(&arena, text, &options, &frame, NULL) && frame.kind == VALUE_OBJECT) {
        const struct value *id = value_get(&frame, STR("id")), *log = value_get(&frame, STR("log"));
        const struct value *signal_number = value_get(&frame, STR("signal"));
        if (log)
            take_log(python, log);
        else if (signal_number)
            python->options.signalled(python->options.context, (int)value_to_double(signal_number));
        else if (id)
            take_reply(python, &frame, id);
    }
    arena_free(&arena);
}

static size_t frame_length(const struct python *python)
{
    const unsigned char *head = (const unsigned char *)python->in.data;
    return (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
}

/* Takes all whole frames. A callback may bury this helper and start another: the rest is then dropped. */
static void take_frames(struct python *python)
{
    struct buf frames = python->in;
    unsigned helpers = python->helpers;
    size_t at = 0;
    python->in = (struct buf){0};
    while (python->helpers == helpers && frames.len - at >= 4) {
        const unsigned char *head = (const unsigned char *)frames.data + at;
        size_t length =
            (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        if (frames.len - at - 4 < length)
            break;
        take_frame(python, (struct str){frames.data + at + 4, length});
        at += 4 + length;
    }
    if (python->helpers == helpers)
        buf_add(&python->in, frames.data + at, frames.len - at);
    buf_free(&frames);
}

static void flush(struct python *python);

static void handle_socket(void *context, int events)
{
    struct python *python = context;
    if (events & LOOP_WRITE)
        flush(python);
    if (!(events & LOOP_READ) || python->fd < 0)
        return;
    char bytes[READ_SIZE];
    ssize_t got = recv(python->fd, bytes, sizeof bytes, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got > 0) {
        buf_add(&python->in, bytes, (size_t)got);
        if (python->in.len >= 4 && frame_length(python) <= LARGEST_FRAME) {
            if (python->in.len >= 4 + frame_length(python))
                take_frames(python);
            return;
        }
        if (python->in.len < 4)
            return;
    }
    close_socket(python); /* end of file, or nothing that we understand */
    bury_if_quiet(python);
    if (python->pid)
        helper_ends(python);
}

static void flush(struct python *python)
{
    while (python->fd >= 0 && python->sent < python->out.len) {
        ssize_t done = send(python->fd, python->out.data + python->sent,
            python->out.len - python->sent, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            break; /* full, or closed: reading tells */
        python->sent += (size_t)done;
    }
    if (python->sent == python->out.len) {
        buf_clear(&python->out);
        python->sent = 0;
    }
    if (python->fd >= 0)
        loop_watch_set(python->loop, &python->watch, python->fd,
            LOOP_READ | (python->out.len ? LOOP_WRITE : 0), handle_socket, python);
}

/* Leaves room for the length in front of a frame and returns where it goes. */
static size_t open_frame(struct python *python)
{
    size_t at = python->out.len;
    buf_add(&python->out, "\0\0\0\0", 4);
    return at;
}

static void close_frame(struct python *python, size_t at)
{
    size_t length = python->out.len - at - 4;
    for (int i = 0; i < 4; i++)
        python->out.data[at + (size_t)i] = (char)(unsigned char)(length >> (24 - 8 * i));
    flush(python);
}

/* ---- starting ---- */

static int open_printed(
    struct printed *printed, struct python *python, const char *name, int *child_end)
{
    int ends[2];
    *printed = (struct printed){.python = python, .name = name, .fd = -1};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    printed->fd = ends[0];
    *child_end = ends[1];
    return loop_watch_set(
        python->loop, &printed->watch, ends[0], LOOP_READ, handle_printed, printed);
}

static int spawn_helper(struct python *python)
{
    /* Reads the worker's text from the socket: no file is needed, and no argument shows it. */
    static char bootstrap[] =
        "import os\n"
        "def read(n):\n"
        " b = b''\n"
        " while len(b) < n:\n"
        "  p = os.read(3, n - len(b))\n"
        "  if not p: os._exit(1)\n"
        "  b += p\n"
        " return b\n"
        "exec(compile(read(int.from_bytes(read(4), 'big')), 'chaosc', 'exec'))\n";
    static char option[] = "-c", name[] = "python";
    char *argv[] = {name, option, bootstrap, NULL};
    int ends[2] = {-1, -1}, output = -1, errors = -1, pidfd = -1;
    int error = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 ? errno : 0;
    python->fd = ends[0];
    if (!error)
        error = open_printed(&python->output, python, "stdout", &output);
    if (!error)
        error = open_printed(&python->errors, python, "stderr", &errors);
    if (!error) {
        fcntl(python->fd, F_SETFL, O_NONBLOCK);
        struct spawn spawn = {
            .path = python->options.interpreter,
            .argv = argv,
            .fds = {-1, output, errors, ends[1]},
            .descriptors = loop_descriptor_limit(python->loop),
            .slots = loop_spawn_slots(python->loop),
        };
        error = spawn_start(&spawn, &python->pid, &pidfd);
    }
    int child_ends[] = {ends[1], output, errors};
    for (int i = 0; i < 3; i++)
        if (child_ends[i] >= 0)
            close(child_ends[i]);
    if (!error)
        loop_child_set(python->loop, &python->child, python->pid, pidfd, handle_exit, python);
    return error;
}

/* The folder of the `chaos` script, which that script would have in sys.path[0]. */
static struct str scripts_folder(struct arena *arena, const char *interpreter)
{
    const char *script = process_which(arena, STR("chaos"));
    struct str path = str_from(script ? script : interpreter);
    const char *slash = memrchr(path.ptr, '/', path.len);
    return slash ? str_slice(path.ptr, slash) : STR("");
}

static void send_beginning(struct python *python)
{
    struct arena arena;
    arena_init(&arena);
    size_t at = open_frame(python);
    buf_add(&python->out, python_worker_text, python_worker_size);
    close_frame(python, at);
    at = open_frame(python);
    struct json_writer writer = jw_start(&python->out, (struct json_style){0});
    jw_open_object(&writer);
    jw_key_string(&writer, "scripts", scripts_folder(&arena, python->options.interpreter));
    jw_key(&writer, STR("experiment"));
    jw_raw(&writer, buf_str(&python->experiment));
    jw_close_object(&writer);
    close_frame(python, at);
    arena_free(&arena);
}

static int start_helper(struct python *python)
{
    if (!python->options.interpreter)
        return ENOENT;
    int error = spawn_helper(python);
    if (error) {
        close_socket(python);
        close_printed(&python->output);
        close_printed(&python->errors);
        return error;
    }
    send_beginning(python);
    return 0;
}

struct python *python_open(struct loop *loop, const struct python_options *options)
{
    struct python *python = mem_alloc(sizeof *python);
    *python = (struct python){
        .loop = loop, .options = *options, .fd = -1, .output.fd = -1, .errors.fd = -1};
    static const struct value none = {.kind = VALUE_NULL};
    struct json_writer writer = jw_start(&python->experiment, (struct json_style){0});
    jw_value(&writer, options->experiment ? options->experiment : &none);
    return python;
}

void python_close(struct python *python)
{
    assert(!python->calls);
    if (python->pid) {
        close_socket(python); /* the worker leaves when it reads the end */
        int64_t deadline = loop_deadline(CLOSE_GRACE * 1000000LL);
        while (python->pid && !python->exited && loop_now() < deadline)
            loop_turn(python->loop, deadline - loop_now());
        if (python->pid)
            bury(python);
    }
    loop_timer_cancel(python->loop, &python->grave);
    buf_free(&python->experiment);
    mem_free(python);
}

bool python_is_started(const struct python *python)
{
    return python->pid != 0;
}

/* ---- calls ---- */

static void send_request(
    struct python *python, const struct python_call *call, const struct value *request)
{
    size_t at = open_frame(python);
    struct json_writer writer = jw_start(&python->out, (struct json_style){0});
    jw_open_object(&writer);
    jw_key_int(&writer, "id", call->id);
    jw_key_text(&writer, "place", call->place == PYTHON_MAIN ? "main" : "thread");
    for (size_t i = 0; i < request->as.object.count; i++) {
        jw_key(&writer, request->as.object.members[i].key);
        jw_value(&writer, &request->as.object.members[i].value);
    }
    jw_close_object(&writer);
    close_frame(python, at);
}

struct python_call *python_start(struct python *python, const struct value *request,
    enum python_place place, python_done_fn *done, void *context)
{
    if (python->dying)
        bury(python);
    struct python_call *call = mem_alloc(sizeof *call);
    *call = (struct python_call){
        .python = python,
        .after = python->calls,
        .id = ++python->last_id,
        .place = place,
        .done = done,
        .context = context,
    };
    if (python->calls)
        python->calls->before = call;
    python->calls = call;
    int error = python->pid ? 0 : start_helper(python);
    if (error)
        end_later(call, PYTHON_NOT_STARTED,
            error == ENOENT && !python->options.interpreter ? "no Python interpreter was found"
                                                            : strerror(error));
    else
        send_request(python, call, request);
    return call;
}

static void handle_ignored(void *context)
{
    struct python_call *call = context;
    struct python *python = call->python;
    if (call->place == PYTHON_MAIN && python->pid) {
        /* It holds the thread that every other call waits for. */
        python->exited = true;
        python->status = -SIGKILL;
        end_later(call, PYTHON_STILL_RUNNING, "");
        bury(python);
        return;
    }
    finish_call(call, PYTHON_STILL_RUNNING, NULL);
}

void python_cancel(struct python_call *call)
{
    struct python *python = call->python;
    if (call->cancelled || call->ended)
        return;
    call->cancelled = true;
    size_t at = open_frame(python);
    struct json_writer writer = jw_start(&python->out, (struct json_style){0});
    jw_open_object(&writer);
    jw_key_int(&writer, "id", call->id);
    jw_key_text(&writer, "op", "cancel");
    jw_close_object(&writer);
    close_frame(python, at);
    loop_timer_set(python->loop, &call->timer, loop_deadline(CANCEL_GRACE), handle_ignored, call);
}
