/* Workflow commands of GitHub Actions: `::error file=...,line=...::message`. */
#include "backends/report/formats.h"

/* Escapes as the runner unescapes: a property's value may hold neither `:` nor `,` either. */
static void add_escaped(struct buf *out, struct str text, bool property)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
            buf_printf(out, "%%%02X", (unsigned char)c);
        else
            buf_add_char(out, c);
    }
}

static const char *command_name(enum diag_level level)
{
    return level == DIAG_ERROR ? "error" : level == DIAG_WARNING ? "warning" : "notice";
}

void report_github_file(struct report *report, struct str name, const struct diag_bag *bag)
{
    struct buf *out = report->out;
    (void)name;
    for (size_t i = 0; i < bag->count; i++) {
        const struct diag *diag = bag->items[i];
        if (!report_shows(diag))
            continue;
        const struct diag_info *info = diag_info(diag->code);
        struct report_region region = report_region(diag->source, diag->span);
        buf_printf(out, "::%s file=", command_name(diag->level));
        add_escaped(out, diag->source->name, true);
        buf_printf(out, ",line=%u,endLine=%u", region.start.line, region.end.line);
        /* The runner refuses columns of a range over several lines. */
        if (region.start.line == region.end.line)
            buf_printf(out, ",col=%u,endColumn=%u", region.start.column, region.end.column);
        buf_printf(out, ",title=%s (%s)::", info->id, info->slug);
        add_escaped(out, report_message(report, diag), false);
        buf_add_char(out, '\n');
    }
}
