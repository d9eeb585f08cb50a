#include "backends/report/report.h"

const struct report_format report_formats[] = {
    {"text", "each finding with its source line, an underline, notes and the fix", report_text},
};
const size_t report_format_count = sizeof report_formats / sizeof report_formats[0];

const struct report_format *report_find(struct str name)
{
    for (size_t i = 0; i < report_format_count; i++)
        if (str_equal(name, str_from(report_formats[i].name)))
            return &report_formats[i];
    return NULL;
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
