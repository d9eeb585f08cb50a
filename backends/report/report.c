#include "backends/report/report.h"

#include "backends/report/formats.h"

const struct report_format report_formats[] = {
#define FORMAT(name, start, finish, summary) {#name, summary, start, report_##name##_file, finish},
#include "backends/report/formats.def"
#undef FORMAT
};

const char *const report_format_names[] = {
#define FORMAT(name, start, finish, summary) #name,
#include "backends/report/formats.def"
#undef FORMAT
    NULL};

void report_text_file(struct report *report, struct str name, const struct diag_bag *bag)
{
    (void)name;
    report_text(report->out, bag, &report->options);
}

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
