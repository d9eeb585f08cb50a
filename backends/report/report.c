#include "backends/report/report.h"

#include "backends/report/formats.h"

static void text_file(struct report *report, struct str name, const struct diag_bag *bag)
{
    (void)name;
    report_text(report->out, bag, &report->options);
}

const struct report_format report_formats[] = {
    {"text", "each finding with its source line, an underline, notes and the fix", NULL, text_file,
        NULL},
    {"json", "one JSON object with all findings, their places in bytes, lines and columns",
        report_json_start, report_json_file, report_json_finish},
    {"jsonl", "a JSON object a finding, one a line", NULL, report_jsonl_file, NULL},
    {"sarif", "SARIF 2.1.0, with fixes, related places and suppressions", report_sarif_start,
        report_sarif_file, report_sarif_finish},
    {"github", "annotations of GitHub Actions", NULL, report_github_file, NULL},
    {"gitlab", "GitLab's code quality report", report_gitlab_start, report_gitlab_file,
        report_gitlab_finish},
    {"junit", "JUnit's XML, a test suite a file", report_junit_start, report_junit_file,
        report_junit_finish},
    {"checkstyle", "Checkstyle's XML", report_checkstyle_start, report_checkstyle_file,
        report_checkstyle_finish},
    {"rdjson", "reviewdog's diagnostic format, with suggestions", report_rdjson_start,
        report_rdjson_file, report_rdjson_finish},
};
const size_t report_format_count = sizeof report_formats / sizeof report_formats[0];

const struct report_format *report_find(struct str name)
{
    for (size_t i = 0; i < report_format_count; i++)
        if (str_equal(name, str_from(report_formats[i].name)))
            return &report_formats[i];
    return NULL;
}

void report_start(struct report *report, const struct report_format *format, struct buf *out,
    const struct report_options *options)
{
    *report = (struct report){.format = format, .options = *options, .out = out};
    arena_init(&report->arena);
    map_init(&report->fingerprints, &report->arena);
    if (format->start)
        format->start(report);
}

void report_file(struct report *report, struct str name, const struct diag_bag *bag)
{
    report->format->file(report, name, bag);
    report->files++;
    for (size_t i = 0; i < bag->count; i++) {
        const struct diag *diag = bag->items[i];
        if (!report_shows(diag))
            continue;
        report->findings++;
        report->errors += diag->level == DIAG_ERROR;
        report->warnings += diag->level == DIAG_WARNING;
    }
}

void report_finish(struct report *report)
{
    if (report->format->finish)
        report->format->finish(report);
    arena_free(&report->arena);
}

const char *report_level_name(enum diag_level level)
{
    switch (level) {
    case DIAG_ERROR:
        return "error";
    case DIAG_WARNING:
        return "warning";
    case DIAG_INFO:
        return "info";
    case DIAG_OFF:
        break;
    }
    return "off";
}
