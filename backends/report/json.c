/* The formats json and jsonl: findings as chaosc itself sees them, nothing left out. */
#include "backends/report/formats.h"

static void write_place(struct json_writer *w, const char *key, struct source *source, uint32_t at)
{
    struct place place = source_place(source, at);
    jw_key(w, str_from(key));
    jw_open_object(w);
    jw_key_int(w, "line", place.line);
    jw_key_int(w, "column", place.column);
    jw_key_int(w, "offset", at);
    jw_close_object(w);
}

static void write_span(struct json_writer *w, struct source *source, struct span span)
{
    write_place(w, "start", source, span.lo);
    write_place(w, "end", source, span.hi);
}

static const char *applicability_name(enum diag_applicability applicability)
{
    switch (applicability) {
    case DIAG_SAFE:
        return "safe";
    case DIAG_UNSAFE:
        return "unsafe";
    case DIAG_DISPLAY_ONLY:
        break;
    }
    return "display-only";
}

static void write_fix(struct json_writer *w, const struct diag *diag)
{
    const struct diag_fix *fix = diag->fix;
    jw_key(w, STR("fix"));
    jw_open_object(w);
    jw_key_text(w, "applicability", applicability_name(fix->applicability));
    jw_key_string(w, "title", fix->title);
    jw_key(w, STR("edits"));
    jw_open_array(w);
    for (size_t i = 0; i < fix->edit_count; i++) {
        jw_open_object(w);
        write_span(w, diag->source, fix->edits[i].span);
        jw_key_string(w, "text", fix->edits[i].text);
        jw_close_object(w);
    }
    jw_close_array(w);
    jw_close_object(w);
}

static void write_related(struct json_writer *w, const struct diag *diag)
{
    jw_key(w, STR("related"));
    jw_open_array(w);
    for (size_t i = 0; i < diag->related_count; i++) {
        jw_open_object(w);
        jw_key_string(w, "message", diag->related[i].text);
        write_span(w, diag->source, diag->related[i].span);
        jw_close_object(w);
    }
    jw_close_array(w);
}

void report_json_finding(struct json_writer *w, const struct diag *diag)
{
    const struct diag_info *info = diag_info(diag->code);
    jw_open_object(w);
    jw_key_string(w, "file", diag->source->name);
    jw_key_text(w, "code", info->id);
    jw_key_text(w, "slug", info->slug);
    jw_key_text(w, "group", info->group);
    jw_key_text(w, "level", report_level_name(diag->level));
    jw_key_string(w, "message", diag->message);
    write_span(w, diag->source, diag->span);
    if (diag->pointer.len)
        jw_key_string(w, "pointer", diag->pointer);
    if (diag->help.len)
        jw_key_string(w, "help", diag->help);
    if (diag->related_count)
        write_related(w, diag);
    if (diag->fix)
        write_fix(w, diag);
    if (diag->suppressed) {
        jw_key(w, STR("suppressed"));
        jw_open_object(w);
        jw_key_string(w, "reason", diag->suppression);
        jw_close_object(w);
    }
    jw_close_object(w);
}

void report_json_start(struct report *report)
{
    report->json = jw_start(report->out, (struct json_style){.indent = 2});
    jw_open_object(&report->json);
    jw_key_text(&report->json, "tool", "chaosc");
    jw_key_text(&report->json, "version", CHAOSC_VERSION);
    jw_key(&report->json, STR("findings"));
    jw_open_array(&report->json);
}

void report_json_file(struct report *report, struct str name, const struct diag_bag *bag)
{
    (void)name;
    for (size_t i = 0; i < bag->count; i++)
        if (bag->items[i]->level != DIAG_OFF)
            report_json_finding(&report->json, bag->items[i]);
}

void report_json_finish(struct report *report)
{
    struct json_writer *w = &report->json;
    jw_close_array(w);
    jw_key(w, STR("summary"));
    jw_open_object(w);
    jw_key_int(w, "files", (long long)report->files);
    jw_key_int(w, "findings", (long long)report->findings);
    jw_key_int(w, "errors", (long long)report->errors);
    jw_key_int(w, "warnings", (long long)report->warnings);
    jw_close_object(w);
    jw_close_object(w);
    buf_add_char(report->out, '\n');
}

void report_jsonl_file(struct report *report, struct str name, const struct diag_bag *bag)
{
    (void)name;
    for (size_t i = 0; i < bag->count; i++) {
        if (bag->items[i]->level == DIAG_OFF)
            continue;
        struct json_writer w = jw_start(report->out, (struct json_style){0});
        report_json_finding(&w, bag->items[i]);
        buf_add_char(report->out, '\n');
    }
}
