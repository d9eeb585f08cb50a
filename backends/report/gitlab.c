/* GitLab's code quality report: the subset of Code Climate's format that merge requests show. */
#include "backends/report/formats.h"

static const char *severity(enum diag_level level)
{
    return level == DIAG_ERROR ? "major" : level == DIAG_WARNING ? "minor" : "info";
}

void report_gitlab_start(struct report *report)
{
    report->json = jw_start(report->out, (struct json_style){.indent = 2});
    jw_open_array(&report->json);
}

static void write_issue(struct report *report, const struct diag *diag)
{
    struct json_writer *w = &report->json;
    struct report_region region = report_region(diag->source, diag->span);
    jw_open_object(w);
    jw_key_text(w, "type", "issue");
    jw_key_text(w, "check_name", diag_info(diag->code)->id);
    jw_key_string(w, "description", report_message(report, diag));
    jw_key_text(w, "severity", severity(diag->level));
    jw_key_string(w, "fingerprint", report_fingerprint(report, diag));
    jw_key(w, STR("location"));
    jw_open_object(w);
    jw_key_string(w, "path", diag->source->name);
    jw_key(w, STR("lines"));
    jw_open_object(w);
    jw_key_int(w, "begin", region.start.line);
    jw_key_int(w, "end", region.end.line);
    jw_close_object(w);
    jw_close_object(w);
    jw_close_object(w);
}

void report_gitlab_file(struct report *report, struct str name, const struct diag_bag *bag)
{
    (void)name;
    for (size_t i = 0; i < bag->count; i++)
        if (report_shows(bag->items[i]))
            write_issue(report, bag->items[i]);
}

void report_gitlab_finish(struct report *report)
{
    jw_close_array(&report->json);
    buf_add_char(report->out, '\n');
}
