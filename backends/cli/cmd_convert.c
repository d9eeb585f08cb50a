/* chaosc convert: writes an experiment in another notation. */
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/compile.h"
#include "backends/fmt/fmt.h"
#include "backends/report/report.h"

static const char *const convert_targets[] = {"json", "yaml", "chaos", NULL};
enum { NO_TARGET = -1 };

struct convert_options {
    int to; /* index into convert_targets */
};

static const struct option_row convert_table[] = {
    {"to", 0, OPTION_CHOICE, offsetof(struct convert_options, to), "NOTATION", convert_targets,
        "the notation to write: json, yaml or chaos"},
};

static void convert_defaults(void *options)
{
    ((struct convert_options *)options)->to = NO_TARGET;
}

static int convert_unit(struct cli *cli, const struct compile_unit *unit, const char *path, int to)
{
    static const enum doc_notation notations[] = {DOC_JSON, DOC_YAML, DOC_CHAOS};
    struct buf text = {0};
    struct fmt_report report;
    int code = CLI_OK;
    if (fmt_convert(&text, &unit->doc, notations[to], &report)) {
        cli_write(STDOUT_FILENO, buf_str(&text));
        if (report.lost_comments) {
            buf_clear(&text);
            buf_printf(&text, "%s: note: %zu comment%s left out: JSON has none\n", path,
                report.lost_comments, report.lost_comments == 1 ? "" : "s");
            cli_write(STDERR_FILENO, buf_str(&text));
        }
    } else {
        struct source *source = unit->doc.source;
        struct place place = source_place(source, report.where.lo);
        cli_error(cli, "%s:%u:%u: %s", path, place.line, place.column, report.refusal);
        code = CLI_FINDINGS;
    }
    buf_free(&text);
    return code;
}

static int convert_run(struct cli *cli, void *options, char **files, size_t count)
{
    const struct convert_options *convert = options;
    if (count != 1 || convert->to == NO_TARGET) {
        cli_error(cli, count != 1 ? "convert takes exactly one file"
                                  : "say what to write: --to json, yaml or chaos");
        return CLI_USAGE;
    }
    struct diag_bag bag;
    struct compile_unit unit;
    diag_bag_init(&bag);
    if (!compile_read(cli, &unit, files[0], &bag)) {
        diag_bag_free(&bag);
        return CLI_USAGE;
    }
    int code = CLI_FINDINGS;
    if (!unit.doc.broken) {
        code = convert_unit(cli, &unit, files[0], convert->to);
    } else {
        struct buf out = {0};
        diag_bag_finish(&bag);
        report_text(&out, &bag, &(struct report_options){.color = cli->color_err});
        cli_write(STDERR_FILENO, buf_str(&out));
        buf_free(&out);
    }
    compile_free(&unit);
    diag_bag_free(&bag);
    return code;
}

const struct cli_command cmd_convert = {"convert", "FILE|- --to json|yaml|chaos",
    "write an experiment in another notation",
    "The result goes to standard output and means the same; comments are carried where the target "
    "has them.",
    CLI_OPTIONS(convert_table), NULL, sizeof(struct convert_options), convert_defaults, false,
    convert_run};
