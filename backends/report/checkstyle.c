/* Checkstyle's XML: a file element for each file with findings. */
#include "backends/report/formats.h"

void report_checkstyle_start(struct report *report)
{
    buf_add_text(
        report->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">\n");
}

static void add_error(struct report *report, const struct diag *diag)
{
    struct buf *out = report->out;
    const struct diag_info *info = diag_info(diag->code);
    struct place place = source_place(diag->source, diag->span.lo);
    buf_printf(out, "    <error line=\"%u\" column=\"%u\" severity=\"%s\" message=\"", place.line,
        place.column, report_level_name(diag->level));
    report_xml(out, report_message(report, diag));
    buf_printf(out, "\" source=\"chaosc.%s.%s\"/>\n", info->group, info->id);
}

void report_checkstyle_file(struct report *report, struct str name, const struct diag_bag *bag)
{
    struct buf *out = report->out;
    buf_add_text(out, "  <file name=\"");
    report_xml(out, name);
    buf_add_text(out, "\">\n");
    for (size_t i = 0; i < bag->count; i++)
        if (report_shows(bag->items[i]))
            add_error(report, bag->items[i]);
    buf_add_text(out, "  </file>\n");
}

void report_checkstyle_finish(struct report *report)
{
    buf_add_text(report->out, "</checkstyle>\n");
}
