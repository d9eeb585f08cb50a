/* The journal in the end: streamed from the events, synced, renamed into place. */
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
#include "runtime/exec/fed.h"
#include "runtime/record/journal_file.h"
#include "runtime/exec/journal_text.h"
#include "runtime/loop/process.h"

static const char *const statuses[] = {[RUN_UNSET] = "completed", /* there was nothing to say */
    [RUN_COMPLETED] = "completed",
    [RUN_FAILED] = "failed",
    [RUN_ABORTED] = "aborted",
    [RUN_INTERRUPTED] = "interrupted"};

const char *journal_status(enum run_status status)
{
    return statuses[status];
}

bool journal_status_of(struct str name, enum run_status *status)
{
    for (size_t i = RUN_COMPLETED; i < sizeof statuses / sizeof *statuses; i++)
        if (str_equal(name, str_from(statuses[i]))) {
            *status = (enum run_status)i;
            return true;
        }
    return false;
}

static struct json_writer start_text(struct buf *text)
{
    buf_clear(text);
    return jw_start(text, (struct json_style){0});
}

/* A record that never ended has no text: it was started, and that is all there is to say. */
static void add_unfinished(struct run *run, struct buf *text, const struct record *record)
{
    struct json_writer w = jw_start(text, (struct json_style){0});
    jw_open_object(&w);
    jw_key(&w, STR("output"));
    jw_null(&w);
    journal_text_time(&w, "start", record->start);
    if (!run->options->compat)
        jw_key_text(&w, "status", "failed");
    jw_close_object(&w);
}

/* Puts the inside of the record's own object, "output" and so on. */
static void put_record_members(struct run *run, struct journal_file *file, struct record *record)
{
    enum { PIECE = 64 * 1024 };
    struct buf *text = &run->text;
    size_t end = record->place.length ? record->place.length - 1 : 0; /* its last brace */
    bool read = end > 0;
    for (size_t at = 1; read && at < end; at += PIECE) {
        size_t size = end - at < PIECE ? end - at : PIECE;
        buf_clear(text);
        read = events_read(&run->events, record->place, at, size, text);
        if (!read && at > 1)
            file->error = EIO; /* half of it is there already */
        else if (read)
            journal_file_put(file, buf_str(text));
    }
    if (!read) {
        buf_clear(text);
        if (record->text)
            buf_add_text(text, record->text);
        else
            add_unfinished(run, text, record);
        journal_file_put(file, (struct str){text->data + 1, text->len - 2});
    }
}

static void put_record(struct run *run, struct journal_file *file, struct record *record)
{
    struct buf *text = &run->text;
    struct json_writer w = start_text(text);
    jw_open_object(&w);
    jw_key(&w, STR("activity"));
    journal_text_row(run, &w, run->plan->activity_rows[record->activity].document);
    buf_add_char(text, ',');
    journal_file_put(file, buf_str(text));
    put_record_members(run, file, record);
    if (record->verdict != RECORD_NOT_JUDGED)
        journal_file_put(file, record->verdict == RECORD_MET ? STR(",\"tolerance_met\":true")
                                                             : STR(",\"tolerance_met\":false"));
    journal_file_put(file, STR("}"));
}

static void put_records(struct run *run, struct journal_file *file, struct record_list *list)
{
    journal_file_put(file, STR("["));
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            journal_file_put(file, STR(","));
        put_record(run, file, list->items[i]);
    }
    journal_file_put(file, STR("]"));
}

/* The state of a check; one that a signal or an exception ended leaves none in the reference's
 * journal. */
static void put_check(struct run *run, struct journal_file *file, struct check *check)
{
    if (!check || (check->met < 0 && run->options->compat)) {
        journal_file_put(file, STR("null"));
        return;
    }
    static const char *const met[] = {"null", "false", "true"};
    journal_file_put(file, STR("{\"steady_state_met\":"));
    journal_file_put(file, str_from(met[check->met + 1]));
    journal_file_put(file, STR(",\"probes\":"));
    put_records(run, file, &check->probes);
    journal_file_put(file, STR("}"));
}

static void put_steady_states(struct run *run, struct journal_file *file)
{
    journal_file_put(file, STR(",\"steady_states\":{\"before\":"));
    put_check(run, file, run->before);
    journal_file_put(file, STR(",\"after\":"));
    put_check(run, file, run->after);
    journal_file_put(file, STR(",\"during\":["));
    size_t count = 0;
    for (size_t i = 0; i < run->during.count; i++) {
        if (run->during.items[i]->met < 0 && run->options->compat)
            continue;
        if (count++)
            journal_file_put(file, STR(","));
        put_check(run, file, run->during.items[i]);
    }
    journal_file_put(file, STR("]}"));
}

static void write_host(struct run *run, struct json_writer *w)
{
    struct utsname host;
    if (uname(&host) != 0)
        memset(&host, 0, sizeof host);
    jw_key_text(w, "chaoslib-version", RUN_LIBRARY_VERSION);
    struct str platform =
        arena_printf(&run->arena, "%s-%s-%s", host.sysname, host.release, host.machine);
    jw_key_string(w, "platform", platform);
    jw_key_text(w, "node", host.nodename);
}

static void write_state(struct run *run, struct json_writer *w)
{
    journal_text_time(w, "start", run->started_wall);
    jw_key_text(w, "status", journal_status(run->status));
    jw_key_bool(w, "deviated", run->deviated);
}

static void write_end_of_run(struct run *run, struct json_writer *w)
{
    journal_text_time(w, "end", loop_wall());
    journal_text_duration(w, loop_now() - run->started);
}

static struct value parsed(struct arena *arena, struct buf *text)
{
    struct value value;
    struct str copy = arena_str(arena, buf_str(text));
    if (!json_parse(arena, copy, &(struct json_options){.allow_not_finite = true}, &value, NULL))
        value = value_null();
    buf_free(text);
    return value;
}

struct value journal_record(
    struct run *run, struct arena *arena, struct record *record, const struct call *call)
{
    static const struct redactor nothing;
    struct buf text = {0};
    struct json_writer w = jw_start(&text, (struct json_style){0});
    if (record->status == RECORD_RUNNING)
        add_unfinished(run, &text, record);
    else
        journal_text_record(run, &w, record, call, (struct record_sink){NULL, &nothing});
    struct value value = parsed(arena, &text);
    if (!call->object || value.kind != VALUE_OBJECT)
        return value;
    /* The very object that the call returned. */
    struct member *members = ARENA_ARRAY(arena, struct member, value.as.object.count);
    struct member *handle = ARENA_NEW(arena, struct member);
    *handle = (struct member){STR("$chaosc"), value_int(arena, call->object)};
    memcpy(members, value.as.object.members, value.as.object.count * sizeof *members);
    members[0].value = (struct value){.kind = VALUE_OBJECT, .as.object = {handle, 1}};
    value.as.object.members = members;
    return value;
}

struct value journal_head(struct run *run, bool ended)
{
    struct buf text = {0};
    struct json_writer w = jw_start(&text, (struct json_style){0});
    jw_open_object(&w);
    write_host(run, &w);
    write_state(run, &w);
    if (ended)
        write_end_of_run(run, &w);
    jw_close_object(&w);
    return parsed(&run->arena, &text);
}

static void put_head(struct run *run, struct journal_file *file)
{
    struct buf *text = &run->text;
    struct json_writer w = start_text(text);
    jw_open_object(&w);
    write_host(run, &w);
    jw_key(&w, STR("experiment"));
    journal_text_row(run, &w, PLAN_DOCUMENT);
    write_state(run, &w);
    journal_file_put(file, buf_str(text));
}

static void put_tail(struct run *run, struct journal_file *file)
{
    const struct run_outcome *outcome = run->outcome;
    struct buf *text = &run->text;
    struct json_writer w = start_text(text);
    char hash[24];
    const struct rt_plan *plan = run->controls.original ? run->controls.original : run->plan;
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)plan_hash(plan));
    jw_open_object(&w);
    if (run->controls.journal.kind != VALUE_OBJECT)
        write_end_of_run(run, &w);
    jw_key(&w, STR("x-chaosc"));
    jw_open_object(&w);
    jw_key_text(&w, "version", CHAOSC_VERSION);
    jw_key_text(&w, "plan", hash);
    if (run->stop_reason)
        jw_key_text(&w, "interrupted-by", run->stop_reason);
    jw_key(&w, STR("rollbacks"));
    jw_open_object(&w);
    jw_key_int(&w, "played", (long long)outcome->rollbacks_played);
    jw_key_int(&w, "failed", (long long)outcome->rollbacks_failed);
    jw_key_int(&w, "skipped", (long long)outcome->rollbacks_skipped);
    jw_close_object(&w);
    jw_close_object(&w);
    jw_close_object(&w);
    text->data[0] = ',';
    journal_file_put(file, buf_str(text));
}

/* A value of the journal that controls have seen. What fed a record is known by its activity. */
static void write_controlled(struct run *run, struct json_writer *w, const struct value *value)
{
    const struct value *activity = value_get(value, STR("activity"));
    const struct redactor *fed = NULL;
    if (activity)
        fed = fed_activity(&run->arena, &run->scope, run->log->redactor, activity);
    if (fed || (value->kind != VALUE_OBJECT && value->kind != VALUE_ARRAY)) {
        redact_value(fed ? fed : &run->redactor, w, value);
    } else if (value->kind == VALUE_ARRAY) {
        jw_open_array(w);
        for (size_t i = 0; i < value->as.array.count; i++)
            write_controlled(run, w, &value->as.array.items[i]);
        jw_close_array(w);
    } else {
        jw_open_object(w);
        for (size_t i = 0; i < value->as.object.count; i++) {
            jw_key(w, value->as.object.members[i].key);
            write_controlled(run, w, &value->as.object.members[i].value);
        }
        jw_close_object(w);
    }
}

/* The journal as controls left it. */
static void put_controlled(struct run *run, struct journal_file *file)
{
    const struct value *journal = &run->controls.journal;
    struct buf *text = &run->text;
    struct json_writer w = start_text(text);
    jw_open_object(&w);
    for (size_t i = 0; i < journal->as.object.count; i++) {
        const struct member *member = &journal->as.object.members[i];
        jw_key(&w, member->key);
        if (str_is(member->key, "experiment") && member->value.kind == VALUE_OBJECT)
            journal_text_experiment(run, &w, &member->value);
        else
            write_controlled(run, &w, &member->value);
    }
    journal_file_put(file, buf_str(text));
}

bool journal_write(struct run *run)
{
    struct journal_file file;
    if (!journal_file_open(&file, run->options->journal_path))
        return false;
    if (run->controls.journal.kind == VALUE_OBJECT) {
        put_controlled(run, &file);
        put_tail(run, &file);
        return journal_file_close(&file);
    }
    put_head(run, &file);
    put_steady_states(run, &file);
    journal_file_put(&file, STR(",\"run\":"));
    put_records(run, &file, &run->method_records);
    journal_file_put(&file, STR(",\"rollbacks\":"));
    put_records(run, &file, &run->rollback_records);
    put_tail(run, &file);
    return journal_file_close(&file);
}
