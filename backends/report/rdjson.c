/* reviewdog's diagnostic format (rdjson). Its columns count bytes of UTF-8; a suggestion is one edit, so a fix
 * of several edits is left to chaosc itself. */
#include "backends/report/formats.h"

static void write_position(
    struct json_writer *w, const char *key, struct source *source, uint32_t at)
{
    struct place place = source_place(source, at);
    jw_key(w, str_from(key));
    jw_open_object(w);
    jw_key_int(w, "line", place.line);
    jw_key_int(w, "column", at - source_line_start(source, place.line) + 1);
    jw_close_object(w);
}

static void write_range(struct json_writer *w, struct source *source, struct span span)
{
    jw_key(w, STR("range"));
    jw_open_object(w);
    write_position(w, "start", source, span.lo);
    write_position(w, "end", source, span.hi);
    jw_close_object(w);
}

static void write_location(struct json_writer *w, struct source *source, struct span span)
{
    jw_key(w, STR("location"));
    jw_open_object(w);
    jw_key_string(w, "path", source->name);
    write_range(w, source, span);
    jw_close_object(w);
}

static const char *severity(enum diag_level level)
{
    return level == DIAG_ERROR ? "ERROR" : level == DIAG_WARNING ? "WARNING" : "INFO";
}

static void write_diagnostic(struct report *report, const struct diag *diag)
{
    struct json_writer *w = &report->json;
    jw_open_object(w);
    jw_key_string(w, "message", report_message(report, diag));
    write_location(w, diag->source, diag->span);
    jw_key_text(w, "severity", severity(diag->level));
    jw_key(w, STR("code"));
    jw_open_object(w);
    jw_key_text(w, "value", diag_info(diag->code)->id);
    jw_close_object(w);
    if (diag->related_count) {
        jw_key(w, STR("relatedLocations"));
        jw_open_array(w);
        for (size_t i = 0; i < diag->related_count; i++) {
            jw_open_object(w);
            jw_key_string(w, "message", diag->related[i].text);
            write_location(w, diag->source, diag->related[i].span);
            jw_close_object(w);
        }
        jw_close_array(w);
    }
    const struct diag_fix *fix = diag->fix;
    if (fix && fix->edit_count == 1 && fix->applicability != DIAG_DISPLAY_ONLY) {
        jw_key(w, STR("suggestions"));
        jw_open_array(w);
        jw_open_object(w);
        write_range(w, diag->source, fix->edits[0].span);
        jw_key_string(w, "text", fix->edits[0].text);
        jw_close_object(w);
        jw_close_array(w);
    }
    jw_close_object(w);
}

void report_rdjson_start(struct report *report)
{
    struct json_writer *w = &report->json;
    *w = jw_start(report->out, (struct json_style){.indent = 2});
    jw_open_object(w);
    jw_key(w, STR("source"));
    jw_open_object(w);
    jw_key_text(w, "name", "chaosc");
    jw_close_object(w);
    jw_key(w, STR("diagnostics"));
    jw_open_array(w);
}

void report_rdjson_file(struct report *report, struct str name, const struct diag_bag *bag)
{
    (void)name;
    for (size_t i = 0; i < bag->count; i++)
        if (report_shows(bag->items[i]))
            write_diagnostic(report, bag->items[i]);
}

void report_rdjson_finish(struct report *report)
{
    jw_close_array(&report->json);
    jw_close_object(&report->json);
    buf_add_char(report->out, '\n');
}
