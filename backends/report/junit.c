/* JUnit's XML as CI servers read it: a suite a file, a failed case a finding, one passed case where there is none. */
#include "backends/report/formats.h"

static void add_attribute(struct buf *out, const char *name, struct str value)
{
    buf_printf(out, " %s=\"", name);
    report_xml(out, value);
    buf_add_char(out, '"');
}

void report_junit_start(struct report *report)
{
    buf_add_text(report->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                              "<testsuites name=\"chaosc lint\">\n");
}

static void add_case(struct report *report, const struct diag *diag)
{
    struct buf *out = report->out;
    const struct diag_info *info = diag_info(diag->code);
    struct place place = source_place(diag->source, diag->span.lo);
    buf_printf(out, "    <testcase name=\"%s (%s)\"", info->id, info->slug);
    add_attribute(out, "classname", diag->source->name);
    buf_printf(out, " line=\"%u\">\n      <failure type=\"%s\"", place.line,
        report_level_name(diag->level));
    add_attribute(out, "message", diag->message);
    buf_add_char(out, '>');
    report_xml(out, diag->source->name);
    buf_printf(out, ":%u:%u: ", place.line, place.column);
    report_xml(out, report_message(report, diag));
    buf_add_text(out, "</failure>\n    </testcase>\n");
}

void report_junit_file(struct report *report, struct str name, const struct diag_bag *bag)
{
    struct buf *out = report->out;
    size_t shown = 0;
    for (size_t i = 0; i < bag->count; i++)
        shown += report_shows(bag->items[i]);
    buf_add_text(out, "  <testsuite");
    add_attribute(out, "name", name);
    buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n", shown ? shown : 1, shown);
    for (size_t i = 0; i < bag->count; i++)
        if (report_shows(bag->items[i]))
            add_case(report, bag->items[i]);
    if (shown == 0) {
        buf_add_text(out, "    <testcase name=\"no findings\"");
        add_attribute(out, "classname", name);
        buf_add_text(out, "/>\n");
    }
    buf_add_text(out, "  </testsuite>\n");
}

void report_junit_finish(struct report *report)
{
    buf_add_text(report->out, "</testsuites>\n");
}
