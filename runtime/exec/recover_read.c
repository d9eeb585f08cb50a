#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/json.h"
#include "runtime/base/number.h"
#include "runtime/exec/journal.h"
#include "runtime/loop/process.h"
#include "runtime/exec/recover.h"

static int64_t int_of(const struct value *event, struct str key)
{
    const struct value *value = value_get(event, key);
    int64_t number = 0;
    if (value && value->kind == VALUE_INT)
        number_to_int64(value->as.text, &number);
    return number;
}

static struct str text_of(const struct value *event, struct str key)
{
    const struct value *value = value_get(event, key);
    return value && value->kind == VALUE_STRING ? value->as.text : STR("");
}

/* "2026-01-31T12:00:00.123456+00:00" */
static int64_t time_of(const struct value *event, struct str key)
{
    struct str text = text_of(event, key);
    struct tm utc = {0};
    const char *rest = text.len ? strptime(text.ptr, "%Y-%m-%dT%H:%M:%S", &utc) : NULL;
    if (!rest)
        return 0;
    long micros = *rest == '.' ? strtol(rest + 1, NULL, 10) : 0;
    return (int64_t)timegm(&utc) * 1000000000 + micros * 1000;
}

static struct recovered *find(struct recovery *recovery, const struct value *event)
{
    int64_t id = int_of(event, STR("id"));
    for (size_t i = recovery->count; i-- > 0;)
        if (recovery->items[i].id == id)
            return &recovery->items[i];
    return NULL;
}

static void take_begin(struct recovery *recovery, const struct value *event)
{
    const struct value *experiment = value_get(event, STR("experiment"));
    const struct value *configuration = value_get(event, STR("configuration"));
    if (experiment)
        recovery->experiment = *experiment;
    if (configuration)
        recovery->configuration = *configuration;
    recovery->file = text_of(event, STR("file"));
    recovery->source = text_of(event, STR("source"));
    recovery->journal = text_of(event, STR("journal"));
    recovery->compat = value_get(event, STR("compat")) != NULL;
    recovery->started = time_of(event, STR("time"));
    struct process_boot now = process_boot();
    recovery->rebooted =
        !now.text[0] || !str_equal(text_of(event, STR("boot")), str_from(now.text));
    snprintf(recovery->plan, sizeof recovery->plan, "%.*s", STR_ARG(text_of(event, STR("plan"))));
}

/* Controls have changed the experiment: activities are counted anew, and those before are known by their names. */
static void take_change(struct recovery *recovery, const struct value *event)
{
    const struct value *experiment = value_get(event, STR("experiment"));
    const struct value *configuration = value_get(event, STR("configuration"));
    if (configuration)
        recovery->configuration = *configuration;
    if (!experiment)
        return;
    recovery->experiment = *experiment;
    recovery->first = (uint32_t)int_of(event, STR("activities"));
    recovery->changed = true;
    for (size_t i = 0; i < recovery->count; i++)
        recovery->items[i].by_name = true;
}

static void take_finish(struct recovery *recovery, const struct value *event)
{
    const struct value *deviated = value_get(event, STR("deviated"));
    struct str reason = text_of(event, STR("interrupted-by"));
    recovery->finished = true;
    recovery->next = value_null();
    recovery->deviated = deviated && value_truthy(deviated);
    recovery->stop_reason = reason.len ? arena_str(&recovery->arena, reason).ptr : NULL;
    journal_status_of(text_of(event, STR("status")), &recovery->status);
}

static struct recovered *add_item(
    struct recovery *recovery, const struct value *event, struct str phase)
{
    struct recovered *item =
        ARENA_PUSH(&recovery->arena, recovery->items, recovery->count, recovery->room);
    *item = (struct recovered){.id = (uint32_t)int_of(event, STR("id")),
        .row = (uint32_t)int_of(event, STR("activity")) - recovery->first,
        .name = text_of(event, STR("name")),
        .phase = phase,
        .start = time_of(event, STR("time")),
        .met = -1};
    return item;
}

static bool has_started(const struct recovery *recovery, uint32_t row)
{
    for (size_t i = 0; i < recovery->count; i++)
        if (recovery->items[i].row == row)
            return true;
    return false;
}

/* Nothing more is known of the run itself. What a process wrote before it was killed is all here; what it wrote
 * before the machine went down is not, so that what was announced may have started. */
static void settle_next(struct recovery *recovery, struct str phase)
{
    const struct value *names = value_get(&recovery->next, STR("names"));
    uint32_t id = 0;
    for (size_t i = 0; i < recovery->count; i++)
        id = recovery->items[i].id >= id ? recovery->items[i].id + 1 : id;
    if (!recovery->rebooted || !names || names->kind != VALUE_ARRAY)
        return;
    for (uint32_t i = 0; i < names->as.array.count; i++) {
        const struct value *name = &names->as.array.items[i];
        uint32_t row = (uint32_t)int_of(&recovery->next, STR("activity")) + i;
        if (name->kind != VALUE_STRING || has_started(recovery, row))
            continue;
        struct recovered *item = add_item(recovery, &recovery->next, phase);
        item->id = id++;
        item->row = row;
        item->name = name->as.text;
        item->announced = true;
    }
}

static void take_phase(struct recovery *recovery, const struct value *event, struct str *phase)
{
    struct str before = *phase;
    *phase = text_of(event, STR("what"));
    if (str_is(*phase, "recovery")) {
        settle_next(recovery, before);
        recovery->first = 0; /* it has the experiment as it was left, and nothing before it */
    }
    recovery->next = value_null(); /* it went on with something else */
}

/* The record stands last in its event: {"event":"end","id":7,"record":{...}} */
static void take_end(
    struct recovery *recovery, const struct value *event, struct str text, off_t at)
{
    struct recovered *item = find(recovery, event);
    const struct value *record = value_get(event, STR("record"));
    const char *from = memmem(text.ptr, text.len, "\"record\":", 9);
    if (!item || !record || !from)
        return;
    size_t skip = (size_t)(from + 9 - text.ptr);
    item->ended = true;
    item->status = text_of(record, STR("status"));
    item->place = (struct events_place){at + (off_t)skip, text.len - skip - 1};
}

static void take_event(struct recovery *recovery, const struct value *event, struct str text,
    off_t at, struct str *phase)
{
    struct str what = text_of(event, STR("event"));
    struct recovered *item = NULL;
    if (str_is(what, "begin"))
        take_begin(recovery, event);
    else if (str_is(what, "change"))
        take_change(recovery, event);
    else if (str_is(what, "finish"))
        take_finish(recovery, event);
    else if (str_is(what, "phase"))
        take_phase(recovery, event, phase);
    else if (str_is(what, "start"))
        add_item(recovery, event, *phase);
    else if (str_is(what, "next"))
        recovery->next = *event;
    else if (str_is(what, "end"))
        take_end(recovery, event, text, at);
    else if (str_is(what, "judge") && (item = find(recovery, event))) {
        const struct value *met = value_get(event, STR("met"));
        item->met = met && value_truthy(met);
    } else if (str_is(what, "spawn") && (item = find(recovery, event))) {
        item->pid = int_of(event, STR("pid"));
        item->birth = (uint64_t)int_of(event, STR("birth"));
    }
}

/* The event inside a line, or false if length or checksum do not fit. */
static bool unwrap(struct str line, struct str *text)
{
    size_t length;
    unsigned crc;
    int head = 0;
    if (sscanf(line.ptr, "{\"length\":%zu,\"crc32\":\"%8x\",\"event\":%n", &length, &crc, &head) !=
            2 ||
        head == 0 || line.len != (size_t)head + length + 1)
        return false;
    *text = (struct str){line.ptr + head, length};
    return events_crc32(*text) == crc;
}

static void read_lines(struct recovery *recovery, struct str content)
{
    struct str phase = STR("");
    const char *end = content.ptr + content.len;
    off_t good = 0;
    for (const char *p = content.ptr; p < end;) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        if (eol == p) { /* room for lines that were not written */
            p++;
            continue;
        }
        struct str text, copy;
        struct value event;
        if (eol && unwrap(str_slice(p, eol), &text) &&
            (copy = arena_str(&recovery->arena, text),
                json_parse(&recovery->arena, copy, &(struct json_options){.allow_not_finite = true},
                    &event, NULL))) {
            take_event(recovery, &event, text, (off_t)(text.ptr - content.ptr), &phase);
            good = (off_t)(eol + 1 - content.ptr);
        } else {
            recovery->bad_lines++;
        }
        p = eol ? eol + 1 : end;
    }
    settle_next(recovery, phase);
    recovery->events.end = good;
}

static bool read_file(struct recovery *recovery, int fd, struct str *content)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return false;
    char *data = arena_alloc(&recovery->arena, (size_t)st.st_size + 1, 1);
    ssize_t n = pread(fd, data, (size_t)st.st_size, 0);
    if (n < 0)
        return false;
    data[n] = '\0';
    *content = (struct str){data, (size_t)n};
    return true;
}

static bool fail(struct recovery *recovery, struct str *problem, const char *text)
{
    *problem = str_from(text);
    recovery_free(recovery);
    return false;
}

bool recovery_read(struct recovery *recovery, const char *path, struct str *problem)
{
    *recovery = (struct recovery){
        .experiment = value_null(), .next = value_null(), .configuration = {.kind = VALUE_OBJECT}};
    arena_init(&recovery->arena);
    int error = events_reopen(&recovery->events, path);
    if (error)
        return fail(
            recovery, problem, error == EWOULDBLOCK ? "a run still writes it" : strerror(error));
    struct str content;
    if (!read_file(recovery, recovery->events.fd, &content))
        return fail(recovery, problem, strerror(errno));
    read_lines(recovery, content);
    if (recovery->experiment.kind != VALUE_OBJECT)
        return fail(recovery, problem, "it holds no run: nothing was started");
    return true;
}

const char *recovery_journal(struct recovery *recovery, const char *path)
{
    static const char mark[] = ".events";
    const char *name = strrchr(path, '/'), *last = NULL;
    for (const char *at = name ? name : path; (at = strstr(at, mark)); at++)
        last = at;
    if (!last)
        return arena_printf(&recovery->arena, "%s.json", path).ptr;
    return arena_printf(
        &recovery->arena, "%.*s%s", (int)(last - path), path, last + sizeof mark - 1)
        .ptr;
}

void recovery_free(struct recovery *recovery)
{
    events_close(&recovery->events, false);
    arena_free(&recovery->arena);
}

size_t recovery_end_processes(const struct recovery *recovery, struct log *log)
{
    size_t ended = 0;
    for (size_t i = 0; i < recovery->count; i++) {
        const struct recovered *item = &recovery->items[i];
        if (item->ended || item->pid <= 1 || !item->birth ||
            process_birth((pid_t)item->pid) != item->birth)
            continue;
        if (kill(-(pid_t)item->pid, SIGKILL) == 0) {
            log_warning(log, "Ended what '%.*s' had left running (process group %lld)",
                STR_ARG(item->name), (long long)item->pid);
            ended++;
        }
    }
    return ended;
}
