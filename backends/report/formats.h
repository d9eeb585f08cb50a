/* formats.h: what the machine-readable formats share: which findings count, places, names, fingerprints.
 * Everything is borrowed and written into the report's buffer. */
#ifndef BACKENDS_REPORT_FORMATS_H
#define BACKENDS_REPORT_FORMATS_H

#include "backends/report/report.h"

/* Where a span begins and ends, as people count. */
struct report_region {
    struct place start, end;
};

struct report_region report_region(struct source *source, struct span span);

/* True if a format without suppressions shows the finding. */
static inline bool report_shows(const struct diag *diag)
{
    return diag->level != DIAG_OFF && !diag->suppressed;
}

/* The message with the help behind it; made in the report's arena where there is any. */
struct str report_message(struct report *report, const struct diag *diag);

/* 16 hexadecimal digits that stay the same while file, rule and place by names do; never given out twice. */
struct str report_fingerprint(struct report *report, const struct diag *diag);

/* Adds a file name as a relative or `file:` URI. */
struct str report_uri(struct report *report, struct str name);

/* Adds text for an XML attribute or element; what XML cannot hold becomes U+FFFD. */
void report_xml(struct buf *out, struct str text);

/* A finding as the member objects of the formats json and jsonl. */
void report_json_finding(struct json_writer *w, const struct diag *diag);

/* What the rows of formats.def name. */
void report_text_file(struct report *report, struct str name, const struct diag_bag *bag);
void report_json_file(struct report *report, struct str name, const struct diag_bag *bag);
void report_jsonl_file(struct report *report, struct str name, const struct diag_bag *bag);
void report_sarif_file(struct report *report, struct str name, const struct diag_bag *bag);
void report_github_file(struct report *report, struct str name, const struct diag_bag *bag);
void report_gitlab_file(struct report *report, struct str name, const struct diag_bag *bag);
void report_junit_file(struct report *report, struct str name, const struct diag_bag *bag);
void report_checkstyle_file(struct report *report, struct str name, const struct diag_bag *bag);
void report_rdjson_file(struct report *report, struct str name, const struct diag_bag *bag);
void report_json_start(struct report *report);
void report_json_finish(struct report *report);
void report_sarif_start(struct report *report);
void report_sarif_finish(struct report *report);
void report_gitlab_start(struct report *report);
void report_gitlab_finish(struct report *report);
void report_junit_start(struct report *report);
void report_junit_finish(struct report *report);
void report_checkstyle_start(struct report *report);
void report_checkstyle_finish(struct report *report);
void report_rdjson_start(struct report *report);
void report_rdjson_finish(struct report *report);

#endif
