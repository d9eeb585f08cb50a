#include "runtime/exec/journal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/base/json.h"
#include "runtime/base/number.h"
#include "runtime/exec/engine.h"
#include "runtime/exec/journal_text.h"
#include "runtime/loop/process.h"

/* ---- text of times ---- */

/* datetime.isoformat() of a wall clock time in UTC. */
void journal_text_time(struct json_writer *w, const char *key, int64_t wall)
{
    time_t seconds = (time_t)(wall / 1000000000);
    struct tm utc;
    char text[48];
    gmtime_r(&seconds, &utc);
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + n, sizeof text - n, ".%06d+00:00", (int)(wall % 1000000000 / 1000));
    jw_key_text(w, key, text);
}

void journal_text_duration(struct json_writer *w, int64_t span)
{
    jw_key(w, STR("duration"));
    jw_real(w, (double)(span / 1000) / 1e6);
}

/* ---- events ---- */

static struct json_writer write_event(struct buf *text, const char *event)
{
    buf_clear(text);
    struct json_writer w = jw_start(text, (struct json_style){0});
    jw_open_object(&w);
    jw_key_text(&w, "event", event);
    return w;
}

static struct json_writer event_start(struct run *run, const char *event)
{
    return write_event(&run->text, event);
}

/* A full disk ends nothing: what is to come is kept for the journal. */
static void look_at_loss(struct run *run)
{
    if (run->record_lost || !run->events.error)
        return;
    run->record_lost = true;
    log_warning(run->log, "%s cannot be written (%s): from here on a crash would leave no record",
        run->events.path, strerror(run->events.error));
}

/* False if it could not be written. */
static bool event_end(struct run *run, struct json_writer *w)
{
    jw_close_object(w);
    struct events_place place = events_add(&run->events, buf_str(&run->text));
    look_at_loss(run);
    return place.length > 0;
}

/* ---- the document, as the journal shows it ---- */

void journal_overlay(struct run *run, uint32_t row, const char *key, struct value value)
{
    if (row == PLAN_NONE)
        return;
    for (size_t i = 0; i < run->overlay_count; i++)
        if (run->overlays[i].row == row && str_equal(run->overlays[i].key, str_from(key))) {
            run->overlays[i].value = value;
            run->overlays[i].fed = NULL;
            return;
        }
    *ARENA_PUSH(&run->arena, run->overlays, run->overlay_count, run->overlay_room) =
        (struct overlay){row, str_from(key), value, NULL};
}

static const struct overlay *overlay_of(const struct run *run, uint32_t row, struct str key)
{
    for (size_t i = 0; i < run->overlay_count; i++)
        if (run->overlays[i].row == row && str_equal(run->overlays[i].key, key))
            return &run->overlays[i];
    return NULL;
}

static void write_overlay(struct run *run, struct json_writer *w, const struct overlay *overlay)
{
    redact_value(overlay->fed ? overlay->fed : &run->redactor, w, &overlay->value);
}

static void write_object(struct run *run, struct json_writer *w, uint32_t index)
{
    const struct plan_value *row = &run->plan->value_rows[index];
    jw_open_object(w);
    for (uint32_t m = 0; m < row->count; m++) {
        struct str key = plan_text(run->plan, run->plan->key_rows[row->keys + m].text);
        jw_key(w, key);
        const struct overlay *change = overlay_of(run, index, key);
        if (change)
            write_overlay(run, w, change);
        else
            journal_text_row(run, w, row->first + m);
    }
    for (size_t i = 0; i < run->overlay_count; i++) {
        const struct overlay *change = &run->overlays[i];
        if (change->row != index || !change->key.len || value_get(&run->values[index], change->key))
            continue;
        jw_key(w, change->key);
        write_overlay(run, w, change);
    }
    jw_close_object(w);
}

/* Writes a value of the document with the overlays on it. */
void journal_text_row(struct run *run, struct json_writer *w, uint32_t index)
{
    const struct plan_value *row = &run->plan->value_rows[index];
    const struct overlay *instead = overlay_of(run, index, STR(""));
    if (instead) {
        write_overlay(run, w, instead);
    } else if (row->kind == VALUE_OBJECT) {
        write_object(run, w, index);
    } else if (row->kind == VALUE_ARRAY) {
        jw_open_array(w);
        for (uint32_t i = row->first; i < row->first + row->count; i++)
            journal_text_row(run, w, i);
        jw_close_array(w);
    } else {
        redact_value(&run->redactor, w, &run->values[index]);
    }
}

/* ---- records as they happen ---- */

/* Where the experiment was read, from the root, so that a recovery elsewhere finds it. */
static struct str source_path(struct run *run)
{
    struct str file = plan_text(run->plan, run->experiment->file);
    char folder[4096];
    if (str_starts(file, STR("/")) || !getcwd(folder, sizeof folder))
        return file;
    return arena_printf(&run->arena, "%s/%.*s", folder, STR_ARG(file));
}

void journal_begin(struct run *run)
{
    struct json_writer w = event_start(run, "begin");
    char hash[24];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)plan_hash(run->plan));
    jw_key_text(&w, "version", CHAOSC_VERSION);
    jw_key_text(&w, "plan", hash);
    jw_key_int(&w, "pid", getpid());
    jw_key_text(&w, "boot", process_boot().text);
    journal_text_time(&w, "time", run->started_wall);
    jw_key_text(&w, "journal", run->options->journal_path);
    if (run->options->compat)
        jw_key_bool(&w, "compat", true);
    jw_key_string(&w, "file", plan_text(run->plan, run->experiment->file));
    jw_key_string(&w, "source", source_path(run));
    jw_key(&w, STR("configuration"));
    struct value configuration = scope_configuration(&run->scope);
    redact_value(&run->redactor, &w, &configuration);
    jw_key(&w, STR("experiment"));
    journal_text_row(run, &w, PLAN_DOCUMENT);
    event_end(run, &w);
}

void journal_note(struct run *run, const char *event, const char *what)
{
    struct json_writer w = event_start(run, event);
    jw_key_text(&w, "what", what);
    journal_text_time(&w, "time", loop_wall());
    event_end(run, &w);
}

void journal_finish(struct run *run)
{
    struct json_writer w = event_start(run, "finish");
    jw_key_text(&w, "status", journal_status(run->status));
    jw_key_bool(&w, "deviated", run->deviated);
    if (run->stop_reason)
        jw_key_text(&w, "interrupted-by", run->stop_reason);
    journal_text_time(&w, "time", loop_wall());
    event_end(run, &w);
}

/* Inline secrets: what stands in a group, or beside the groups, and is no description of where it comes from. */
static struct value hide_inline(struct arena *arena, const struct value *secrets, unsigned depth)
{
    const struct value *type = value_get(secrets, STR("type"));
    if (secrets->kind != VALUE_OBJECT)
        return value_string(STR(REDACT_MARK));
    if (depth == 2 || (depth == 1 && type && type->kind == VALUE_STRING))
        return *secrets;
    struct value copy = *secrets;
    struct member *members = ARENA_ARRAY(arena, struct member, secrets->as.object.count + 1);
    for (size_t i = 0; i < secrets->as.object.count; i++) {
        const struct member *member = &secrets->as.object.members[i];
        members[i] = (struct member){member->key, hide_inline(arena, &member->value, depth + 1)};
    }
    copy.as.object.members = members;
    return copy;
}

/* The experiment as the journal embeds it. */
void journal_text_experiment(struct run *run, struct json_writer *w, const struct value *experiment)
{
    jw_open_object(w);
    for (size_t i = 0; i < experiment->as.object.count; i++) {
        const struct member *member = &experiment->as.object.members[i];
        struct value value = member->value;
        if (run->log->redactor && str_is(member->key, "secrets"))
            value = hide_inline(&run->arena, &value, 0);
        jw_key(w, member->key);
        redact_value(&run->redactor, w, &value);
    }
    jw_close_object(w);
}

void journal_change(struct run *run, const struct value *document, uint32_t count)
{
    struct json_writer w = event_start(run, "change");
    struct value configuration = scope_configuration(&run->scope);
    jw_key(&w, STR("configuration"));
    redact_value(&run->redactor, &w, &configuration);
    if (document) {
        jw_key_int(&w, "activities", run->plan->activity_count - count);
        jw_key(&w, STR("experiment"));
        journal_text_experiment(run, &w, document);
    }
    event_end(run, &w);
}

struct record *journal_start(struct run *run, uint32_t row, uint32_t written)
{
    struct record *record = ARENA_NEW(&run->arena, struct record);
    record->id = run->next_id++;
    record->activity = row;
    record->written = written;
    record->start = loop_wall();
    record->began = loop_now();
    struct json_writer w = event_start(run, "start");
    jw_key_int(&w, "id", record->id);
    jw_key_int(&w, "activity", written);
    jw_key_string(&w, "name", plan_text(run->plan, run->plan->activity_rows[row].name));
    journal_text_time(&w, "time", record->start);
    event_end(run, &w);
    return record;
}

bool journal_announce(struct run *run, uint32_t first, uint32_t count)
{
    struct json_writer w = event_start(run, "next");
    jw_key_int(&w, "activity", first);
    jw_key(&w, STR("names"));
    jw_open_array(&w);
    for (uint32_t row = first; row < first + count; row++)
        jw_string(&w, plan_text(run->plan,
                          run->plan->activity_rows[run->plan->activity_rows[row].target].name));
    jw_close_array(&w);
    journal_text_time(&w, "time", loop_wall());
    return event_end(run, &w);
}

void journal_spawn(struct run *run, const struct record *record, pid_t pid)
{
    struct json_writer w = event_start(run, "spawn");
    jw_key_int(&w, "id", record->id);
    jw_key_int(&w, "pid", pid);
    jw_key_int(&w, "birth", (long long)process_birth(pid));
    event_end(run, &w);
}

static enum record_status status_of(const struct failure *failure)
{
    switch (failure->kind) {
    case FAILURE_NONE:
        return RECORD_SUCCEEDED;
    case FAILURE_ACTIVITY:
        return RECORD_FAILED;
    case FAILURE_EXCEPTION:
        return RECORD_RAISED;
    case FAILURE_CANCELLED:
        break;
    }
    return RECORD_INTERRUPTED;
}

/* traceback.format_exception()'s last line; the lines before it would be Python's own. */
static void write_exception(struct run *run, struct json_writer *w, const struct failure *failure,
    const struct redactor *redactor)
{
    struct buf line = {0};
    if (failure->kind == FAILURE_CANCELLED)
        buf_printf(&line, "chaoslib.exceptions.ActivityFailed: interrupted by %s\n",
            run->stop_reason ? run->stop_reason : "the end of the run");
    else if (failure->message.len)
        buf_printf(&line, "%.*s: %.*s\n", STR_ARG(failure->class_name), STR_ARG(failure->message));
    else
        buf_printf(&line, "%.*s\n", STR_ARG(failure->class_name));
    struct value text = value_string(buf_str(&line));
    jw_key(w, STR("exception"));
    jw_open_array(w);
    redact_value(redactor, w, &text);
    jw_close_array(w);
    buf_free(&line);
}

/* The event that says how an activity ended: kept in `text` until that gets long, then written on and on. */
struct end_event {
    struct buf text;
    struct events_stream stream;
    bool streams, never; /* never: there is no file to write on */
};

enum { SPILL_AT = 256 * 1024 };

static void spill_end(void *context)
{
    struct end_event *event = context;
    if (event->text.len < SPILL_AT || event->never)
        return;
    event->streams = true;
    events_stream_put(&event->stream, buf_str(&event->text));
    buf_clear(&event->text);
}

static size_t end_length(const struct end_event *event)
{
    return event->stream.length + event->text.len;
}

/* The record without its activity, which the journal adds from the document. */
void journal_text_record(struct run *run, struct json_writer *w, struct record *record,
    const struct call *call, struct record_sink sink)
{
    int64_t span = record->span;
    /* The reference's record of what an exception or signal ended has no status. */
    bool plain = record->status <= RECORD_FAILED || !run->options->compat;
    jw_open_object(w);
    jw_key(w, STR("output"));
    if (sink.event)
        redact_stream(sink.redactor, w, &call->output, call->truncated,
            (struct redact_spill){spill_end, sink.event});
    else
        redact_value(sink.redactor, w, &call->output);
    journal_text_time(w, "start", record->start);
    if (plain)
        jw_key_text(w, "status", record->status == RECORD_SUCCEEDED ? "succeeded" : "failed");
    if (plain && record->status != RECORD_SUCCEEDED)
        write_exception(run, w, &call->failure, sink.redactor);
    journal_text_time(w, "end", record->start + span);
    journal_text_duration(w, span);
    if (call->truncated || call->state_lost) {
        jw_key(w, STR("x-chaosc"));
        jw_open_object(w);
        if (call->truncated)
            jw_key_bool(w, "truncated", true);
        if (call->state_lost)
            jw_key_bool(w, "module-state-lost", true);
        jw_close_object(w);
    }
    jw_close_object(w);
}

/* Writes the whole event; `place` gets where the record's own text stands in it. */
static void write_end(struct run *run, struct record *record, const struct call *call,
    struct end_event *event, struct events_place *place)
{
    struct json_writer w = write_event(&event->text, "end");
    jw_key_int(&w, "id", record->id);
    jw_key(&w, STR("record"));
    place->at = (off_t)event->text.len;
    const struct redactor *redactor = call->fed ? call->fed : &run->redactor;
    journal_text_record(run, &w, record, call, (struct record_sink){event, redactor});
    place->length = end_length(event) - (size_t)place->at;
    jw_close_object(&w);
}

void journal_end(struct run *run, struct record *record, const struct call *call)
{
    struct end_event event = {.text = run->text};
    struct events_place inside, whole;
    record->status = status_of(&call->failure);
    record->span = loop_now() - record->began;
    events_stream_open(&event.stream, &run->events);
    write_end(run, record, call, &event, &inside);
    if (event.streams) {
        events_stream_put(&event.stream, buf_str(&event.text));
        whole = events_stream_close(&event.stream);
    } else {
        whole = events_add(&run->events, buf_str(&event.text));
    }
    if (whole.length) {
        record->place = (struct events_place){whole.at + inside.at, inside.length};
    } else { /* no file, or none that takes it */
        bool again = event.streams;
        if (again) {
            buf_clear(&event.text);
            event = (struct end_event){.text = event.text, .never = true};
            write_end(run, record, call, &event, &inside);
        }
        record->text = mem_alloc(inside.length + 1);
        memcpy(record->text, event.text.data + inside.at, inside.length);
        record->text[inside.length] = '\0';
        look_at_loss(run);
    }
    run->text = event.text;
}

void journal_judge(struct run *run, struct record *record, bool met)
{
    record->verdict = met ? RECORD_MET : RECORD_NOT_MET;
    struct json_writer w = event_start(run, "judge");
    jw_key_int(&w, "id", record->id);
    jw_key_bool(&w, "met", met);
    event_end(run, &w);
}
