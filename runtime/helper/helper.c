#include "runtime/helper/helper.h"

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
#include "runtime/loop/spawn.h"

enum {
    READ_SIZE = 64 << 10,
    LAST_WORDS = 4 << 10,
    LONGEST_LINE = 64 << 10,
    LARGEST_FRAME = 1 << 30,
    CLOSE_GRACE = 2000 /* ms */
};

#define CANCEL_GRACE 2000000000LL
#define DEATH_GRACE 200000000LL /* for the last words to arrive */

/* What the helper prints, logged line by line. */
struct printed {
    struct helper *helper;
    const char *name;
    int fd;
    struct loop_watch watch;
    struct buf line;
};

struct helper {
    struct loop *loop;
    struct helper_options options;
    pid_t pid; /* 0: none is running */
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
    struct helper_call *calls;
    int64_t last_id;
    unsigned ended;    /* how many processes have */
    const char *fault; /* against the protocol, NULL if there is none */
};

struct helper_call {
    struct helper *helper;
    struct helper_call *before, *after;
    int64_t id;
    bool blocking;
    bool waiting; /* for what is dying to be gone; `request` is not sent yet */
    bool cancelled;
    bool ended; /* `timer` is about to report `end` */
    enum helper_end end;
    struct buf request, message;
    struct loop_timer timer; /* the grace of a cancellation, or the report of the end */
    helper_done_fn *done;
    void *context;
};

/* ---- ends of calls ---- */

static void finish_call(struct helper_call *call, enum helper_end end, const struct value *reply)
{
    struct helper *helper = call->helper;
    loop_timer_cancel(helper->loop, &call->timer);
    if (call->before)
        call->before->after = call->after;
    else
        helper->calls = call->after;
    if (call->after)
        call->after->before = call->before;
    struct helper_result result = {end, reply, buf_str(&call->message), helper->state_lost};
    if (end == HELPER_REPLIED)
        helper->state_lost = false; /* said once */
    call->done(call->context, &result);
    buf_free(&call->request);
    buf_free(&call->message);
    mem_free(call);
}

static void handle_end(void *context)
{
    struct helper_call *call = context;
    finish_call(call, call->end, NULL);
}

/* Reports the end in the loop's next turn. */
static void end_later(struct helper_call *call, enum helper_end end, const char *message)
{
    call->end = end;
    call->ended = true;
    buf_clear(&call->message);
    buf_add_text(&call->message, message);
    loop_timer_set(call->helper->loop, &call->timer, 0, handle_end, call);
}

/* ---- the helper's end ---- */

static void close_socket(struct helper *helper)
{
    if (helper->fd < 0)
        return;
    loop_watch_cancel(helper->loop, &helper->watch);
    close(helper->fd);
    helper->fd = -1;
}

static void close_printed(struct printed *printed)
{
    if (printed->fd < 0)
        return;
    loop_watch_cancel(printed->helper->loop, &printed->watch);
    close(printed->fd);
    printed->fd = -1;
}

static void say_line(struct printed *printed)
{
    struct helper_options *options = &printed->helper->options;
    if (printed->line.len)
        options->say(options->context, 20, str_from(printed->name), buf_str(&printed->line));
    buf_clear(&printed->line);
}

static void describe_death(const struct helper *helper, struct buf *text)
{
    const char *title = helper->options.title;
    if (helper->fault)
        buf_printf(text, "%s %s", title, helper->fault);
    else if (!helper->exited)
        buf_printf(text, "%s closed its connection", title);
    else if (helper->status < 0)
        buf_printf(text, "%s was ended by signal %d (%s)", title, -helper->status,
            strsignal(-helper->status));
    else
        buf_printf(text, "%s exited with status %d", title, helper->status);
    struct str words = buf_str(&helper->words);
    while (words.len && words.ptr[words.len - 1] == '\n')
        words.len--;
    if (words.len)
        buf_printf(text, "; its last words: %.*s", STR_ARG(words));
}

static void send_waiting(struct helper *helper);

/* Takes away what is left of the helper. Calls that were with it fail; the next call starts another. */
static void bury(void *context)
{
    struct helper *helper = context;
    struct buf text = {0};
    describe_death(helper, &text);
    kill(-helper->pid, SIGKILL);
    close_socket(helper);
    say_line(&helper->output);
    say_line(&helper->errors);
    close_printed(&helper->output);
    close_printed(&helper->errors);
    loop_timer_cancel(helper->loop, &helper->grave);
    if (!loop_child_reap(helper->loop, &helper->child))
        loop_child_leave(helper->loop, &helper->child);
    buf_free(&helper->in);
    buf_free(&helper->out);
    buf_free(&helper->words);
    buf_free(&helper->output.line);
    buf_free(&helper->errors.line);
    helper->pid = 0;
    helper->sent = 0;
    helper->exited = helper->dying = false;
    helper->state_lost = true;
    helper->ended++;
    helper->fault = NULL;
    for (struct helper_call *call = helper->calls; call; call = call->after)
        if (!call->ended && !call->waiting)
            end_later(call, call->cancelled ? HELPER_CANCELLED : HELPER_DIED, text.data);
    buf_free(&text);
    send_waiting(helper);
}

static void bury_if_quiet(struct helper *helper)
{
    if (helper->dying && helper->exited && helper->fd < 0 && helper->errors.fd < 0 &&
        helper->output.fd < 0)
        bury(helper);
}

/* It is gone, or of no use; what it still has to say is awaited for a moment. */
static void helper_ends(struct helper *helper)
{
    if (!helper->dying)
        loop_timer_set(helper->loop, &helper->grave, loop_deadline(DEATH_GRACE), bury, helper);
    helper->dying = true;
    bury_if_quiet(helper);
}

static void handle_exit(void *context, int status)
{
    struct helper *helper = context;
    helper->exited = true;
    helper->status = status;
    helper_ends(helper);
}

/* ---- what it prints ---- */

static void keep_words(struct helper *helper, const char *bytes, size_t count)
{
    buf_add(&helper->words, bytes, count);
    if (helper->words.len > 2 * LAST_WORDS) {
        size_t dropped = helper->words.len - LAST_WORDS;
        memmove(helper->words.data, helper->words.data + dropped, LAST_WORDS + 1);
        helper->words.len = LAST_WORDS;
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
        bury_if_quiet(printed->helper);
        return;
    }
    if (printed == &printed->helper->errors)
        keep_words(printed->helper, bytes, (size_t)got);
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

/* -1 for what is no number of ours. */
static int64_t number_of(const struct value *value)
{
    double number = value_to_double(value);
    return number >= 0 && number < 9e15 ? (int64_t)number : -1;
}

static void take_log(const struct helper *helper, const struct value *record)
{
    if (record->kind != VALUE_ARRAY || record->as.array.count != 3)
        return;
    const struct value *items = record->as.array.items;
    helper->options.say(
        helper->options.context, (int)number_of(&items[0]), text_of(&items[1]), text_of(&items[2]));
}

static void take_reply(struct helper *helper, const struct value *frame, const struct value *id)
{
    int64_t number = number_of(id);
    const struct value *cancelled = value_get(frame, STR("cancelled"));
    for (struct helper_call *call = helper->calls; call; call = call->after) {
        if (call->id != number)
            continue;
        if (!call->ended)
            finish_call(call, cancelled ? HELPER_CANCELLED : HELPER_REPLIED, frame);
        return;
    }
    /* of a call that was given up */
}

static void take_frame(struct helper *helper, struct str text)
{
    struct arena arena;
    struct value frame;
    struct json_options options = {.allow_not_finite = true};
    arena_init(&arena);
    text = arena_str(&arena, text); /* with the NUL that the reader wants */
    if (!json_parse(&arena, text, &options, &frame, NULL) || frame.kind != VALUE_OBJECT) {
        helper->fault = "sent a frame that is no JSON object";
        close_socket(helper);
        helper_ends(helper);
    } else {
        const struct value *id = value_get(&frame, STR("id")), *log = value_get(&frame, STR("log"));
        const struct value *signal_number = value_get(&frame, STR("signal"));
        if (log)
            take_log(helper, log);
        else if (signal_number)
            helper->options.signalled(helper->options.context, (int)number_of(signal_number));
        else if (id)
            take_reply(helper, &frame, id);
    }
    arena_free(&arena);
}

static size_t frame_length(const char *frame)
{
    const unsigned char *head = (const unsigned char *)frame;
    return (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
}

/* Takes all whole frames. A callback may bury this helper and start another: the rest is then dropped. */
static void take_frames(struct helper *helper)
{
    struct buf frames = helper->in;
    unsigned ended = helper->ended;
    size_t at = 0;
    helper->in = (struct buf){0};
    while (helper->ended == ended && helper->fd >= 0 && frames.len - at >= 4) {
        size_t length = frame_length(frames.data + at);
        if (frames.len - at - 4 < length)
            break;
        take_frame(helper, (struct str){frames.data + at + 4, length});
        at += 4 + length;
    }
    if (helper->ended == ended)
        buf_add(&helper->in, frames.data + at, frames.len - at);
    buf_free(&frames);
}

static void flush(struct helper *helper);

static void handle_socket(void *context, int events)
{
    struct helper *helper = context;
    if (events & LOOP_WRITE)
        flush(helper);
    if (!(events & LOOP_READ) || helper->fd < 0)
        return;
    char bytes[READ_SIZE];
    ssize_t got = recv(helper->fd, bytes, sizeof bytes, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got > 0) {
        buf_add(&helper->in, bytes, (size_t)got);
        if (helper->in.len < 4)
            return;
        size_t length = frame_length(helper->in.data);
        if (length <= LARGEST_FRAME) {
            if (helper->in.len >= 4 + length)
                take_frames(helper);
            return;
        }
        helper->fault = "sent a frame of more than 1 GiB";
    }
    close_socket(helper);
    helper_ends(helper);
}

static void flush(struct helper *helper)
{
    while (helper->fd >= 0 && helper->sent < helper->out.len) {
        ssize_t done = send(helper->fd, helper->out.data + helper->sent,
            helper->out.len - helper->sent, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            break; /* full, or closed: reading tells */
        helper->sent += (size_t)done;
    }
    if (helper->sent == helper->out.len) {
        buf_clear(&helper->out);
        helper->sent = 0;
    }
    if (helper->fd >= 0)
        loop_watch_set(helper->loop, &helper->watch, helper->fd,
            LOOP_READ | (helper->out.len ? LOOP_WRITE : 0), handle_socket, helper);
}

/* Leaves room for the length in front of a frame and returns where it goes. */
static size_t open_frame(struct helper *helper)
{
    size_t at = helper->out.len;
    buf_add(&helper->out, "\0\0\0\0", 4);
    return at;
}

static void close_frame(struct helper *helper, size_t at)
{
    size_t length = helper->out.len - at - 4;
    for (int i = 0; i < 4; i++)
        helper->out.data[at + (size_t)i] = (char)(unsigned char)(length >> (24 - 8 * i));
    flush(helper);
}

/* ---- starting ---- */

static int open_printed(
    struct printed *printed, struct helper *helper, const char *name, int *child_end)
{
    int ends[2];
    *printed = (struct printed){.helper = helper, .name = name, .fd = -1};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    printed->fd = ends[0];
    *child_end = ends[1];
    return loop_watch_set(
        helper->loop, &printed->watch, ends[0], LOOP_READ, handle_printed, printed);
}

static int spawn_helper(struct helper *helper)
{
    int ends[2] = {-1, -1}, output = -1, errors = -1, pidfd = -1;
    int error = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 ? errno : 0;
    helper->fd = ends[0];
    if (!error)
        error = open_printed(&helper->output, helper, "stdout", &output);
    if (!error)
        error = open_printed(&helper->errors, helper, "stderr", &errors);
    if (!error) {
        fcntl(helper->fd, F_SETFL, O_NONBLOCK);
        struct spawn spawn = {
            .path = helper->options.path,
            .argv = helper->options.argv,
            .fds = {-1, output, errors, ends[1]},
            .descriptors = loop_descriptor_limit(helper->loop),
            .slots = loop_spawn_slots(helper->loop),
        };
        error = spawn_start(&spawn, &helper->pid, &pidfd);
    }
    int child_ends[] = {ends[1], output, errors};
    for (int i = 0; i < 3; i++)
        if (child_ends[i] >= 0)
            close(child_ends[i]);
    if (!error)
        loop_child_set(helper->loop, &helper->child, helper->pid, pidfd, handle_exit, helper);
    return error;
}

static void send_greetings(struct helper *helper)
{
    for (size_t i = 0; i < helper->options.greeting_count; i++) {
        size_t at = open_frame(helper);
        buf_add(&helper->out, helper->options.greetings[i].ptr, helper->options.greetings[i].len);
        close_frame(helper, at);
    }
}

static int start_helper(struct helper *helper)
{
    if (!helper->options.path)
        return ENOENT;
    int error = spawn_helper(helper);
    if (error) {
        close_socket(helper);
        close_printed(&helper->output);
        close_printed(&helper->errors);
        return error;
    }
    send_greetings(helper);
    return 0;
}

struct helper *helper_open(struct loop *loop, const struct helper_options *options)
{
    struct helper *helper = mem_alloc(sizeof *helper);
    *helper = (struct helper){
        .loop = loop, .options = *options, .fd = -1, .output.fd = -1, .errors.fd = -1};
    return helper;
}

void helper_close(struct helper *helper)
{
    assert(!helper->calls);
    if (helper->pid) {
        close_socket(helper); /* it leaves when it reads the end */
        int64_t deadline = loop_deadline(CLOSE_GRACE * 1000000LL);
        while (helper->pid && !helper->exited && loop_now() < deadline)
            loop_turn(helper->loop, deadline - loop_now());
        if (helper->pid)
            bury(helper);
    }
    loop_timer_cancel(helper->loop, &helper->grave);
    mem_free(helper);
}

bool helper_is_started(const struct helper *helper)
{
    return helper->pid != 0;
}

/* ---- calls ---- */

static void write_request(
    struct buf *out, const struct helper_call *call, const struct value *request)
{
    struct json_writer writer = jw_start(out, (struct json_style){0});
    jw_open_object(&writer);
    jw_key_int(&writer, "id", call->id);
    for (size_t i = 0; i < request->as.object.count; i++) {
        jw_key(&writer, request->as.object.members[i].key);
        jw_value(&writer, &request->as.object.members[i].value);
    }
    jw_close_object(&writer);
}

/* Starts the process where there is none. */
static void send_request(struct helper_call *call)
{
    struct helper *helper = call->helper;
    int error = helper->pid ? 0 : start_helper(helper);
    call->waiting = false;
    if (error) {
        end_later(call, HELPER_NOT_STARTED,
            helper->options.path ? strerror(error) : helper->options.missing);
        return;
    }
    size_t at = open_frame(helper);
    buf_add_str(&helper->out, buf_str(&call->request));
    buf_free(&call->request);
    close_frame(helper, at);
}

/* Those that came first are sent first. */
static void send_waiting(struct helper *helper)
{
    struct helper_call *call = helper->calls;
    while (call && call->after)
        call = call->after;
    for (; call; call = call->before)
        if (call->waiting)
            send_request(call);
}

struct helper_call *helper_start(struct helper *helper, const struct value *request, bool blocking,
    helper_done_fn *done, void *context)
{
    struct helper_call *call = mem_alloc(sizeof *call);
    *call = (struct helper_call){
        .helper = helper,
        .after = helper->calls,
        .id = ++helper->last_id,
        .blocking = blocking,
        .done = done,
        .context = context,
    };
    if (helper->calls)
        helper->calls->before = call;
    helper->calls = call;
    write_request(&call->request, call, request);
    if (helper->dying)
        call->waiting = true; /* its last words are still to come */
    else
        send_request(call);
    return call;
}

static void handle_ignored(void *context)
{
    struct helper_call *call = context;
    struct helper *helper = call->helper;
    if (call->blocking && helper->pid) {
        /* Every other call waits for it. */
        helper->exited = true;
        helper->status = -SIGKILL;
        end_later(call, HELPER_STILL_RUNNING, "");
        bury(helper);
        return;
    }
    finish_call(call, HELPER_STILL_RUNNING, NULL);
}

void helper_cancel(struct helper_call *call)
{
    struct helper *helper = call->helper;
    if (call->cancelled || call->ended)
        return;
    call->cancelled = true;
    if (call->waiting) {
        call->waiting = false;
        end_later(call, HELPER_CANCELLED, "");
        return;
    }
    size_t at = open_frame(helper);
    struct json_writer writer = jw_start(&helper->out, (struct json_style){0});
    jw_open_object(&writer);
    jw_key_int(&writer, "id", call->id);
    jw_key_text(&writer, "op", "cancel");
    jw_close_object(&writer);
    close_frame(helper, at);
    loop_timer_set(helper->loop, &call->timer, loop_deadline(CANCEL_GRACE), handle_ignored, call);
}
