/* chaosc lint: finds what is wrong with experiments, offline. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/compile.h"
#include "backends/cli/discover.h"
#include "backends/lint/lint.h"
#include "backends/report/report.h"

static const char *const lint_levels[] = {"info", "warning", "error", NULL};
static const char *const lint_fail_levels[] = {"warning", "error", NULL};

struct lint_options {
    int level;   /* index into lint_levels */
    int fail_on; /* index into lint_fail_levels */
    int format;  /* index into report_formats */
};

static const struct option_row lint_table[] = {
    {"level", 0, OPTION_CHOICE, offsetof(struct lint_options, level), "LEVEL", lint_levels,
        "show findings of at least this level (default: warning)"},
    {"fail-on", 0, OPTION_CHOICE, offsetof(struct lint_options, fail_on), "LEVEL", lint_fail_levels,
        "exit with 1 if there are findings of at least this level (default: error)"},
    {"format", 0, OPTION_CHOICE, offsetof(struct lint_options, format), "FORMAT",
        report_format_names, "how findings are printed (default: text)"},
};

static void lint_defaults(void *options)
{
    struct lint_options *lint = options;
    lint->level = 1;
    lint->fail_on = 1;
}

struct lint_totals {
    size_t looked_at, passed_over, errors, warnings;
    bool unreadable;
};

/* One call of the command. */
struct lint_call {
    struct cli *cli;
    const struct lint_options *options;
    struct buf out;
    struct report report;
    struct lint_totals totals;
};

static void flush(struct lint_call *call)
{
    cli_write(STDOUT_FILENO, buf_str(&call->out));
    buf_clear(&call->out);
}

static void lint_file(struct lint_call *call, const struct discovered *file)
{
    struct lint_totals *totals = &call->totals;
    struct diag_bag bag;
    struct compile_unit unit;
    diag_bag_init(&bag);
    if (!compile_read(call->cli, &unit, file->path, &bag)) {
        totals->unreadable = true;
        diag_bag_free(&bag);
        return;
    }
    if (!file->named && !discover_is_experiment(&unit.doc)) {
        totals->passed_over++;
    } else {
        totals->looked_at++;
        compile_check(&unit, &bag);
        lint_run(&unit.ir, NULL, &bag);
        diag_bag_drop_below(&bag, (enum diag_level)(call->options->level + 1));
        diag_bag_finish(&bag);
        totals->errors += bag.errors;
        totals->warnings += bag.warnings;
        report_file(&call->report, unit.source.name, &bag);
        flush(call);
    }
    compile_free(&unit);
    diag_bag_free(&bag);
}

static void add_count(struct buf *out, size_t count, const char *noun)
{
    buf_printf(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

static void print_summary(const struct lint_totals *totals)
{
    struct buf out = {0};
    add_count(&out, totals->looked_at, "file");
    buf_printf(&out, " looked at, %zu passed over: ", totals->passed_over);
    add_count(&out, totals->errors, "error");
    buf_add_text(&out, ", ");
    add_count(&out, totals->warnings, "warning");
    buf_add_char(&out, '\n');
    cli_write(STDERR_FILENO, buf_str(&out));
    buf_free(&out);
}

static int lint_main(struct cli *cli, void *options, char **paths, size_t count)
{
    const struct lint_options *lint = options;
    if (count == 0) {
        cli_error(cli, "lint needs a file, a directory or - for standard input");
        return CLI_USAGE;
    }
    struct discovery discovery = {0};
    struct lint_call call = {.cli = cli, .options = lint};
    struct lint_totals *totals = &call.totals;
    for (size_t i = 0; i < count; i++)
        discover(&cli->arena, &discovery, paths[i]);
    if (discovery.unreadable) {
        cli_error(cli, "cannot read the directory `%s`: %s", discovery.unreadable, strerror(errno));
        totals->unreadable = true;
    }
    report_start(&call.report, &report_formats[lint->format], &call.out,
        &(struct report_options){.color = cli->color_out});
    for (size_t i = 0; i < discovery.count; i++)
        lint_file(&call, &discovery.files[i]);
    report_finish(&call.report);
    flush(&call);
    buf_free(&call.out);
    print_summary(totals);
    if (totals->unreadable)
        return CLI_USAGE;
    bool failed = totals->errors > 0 || (lint->fail_on == 0 && totals->warnings > 0);
    return failed ? CLI_FINDINGS : CLI_OK;
}

const struct cli_command cmd_lint = {"lint", "FILE|DIR|-...",
    "find what is wrong with experiments, without running or reaching anything",
    "Exit codes: 0 no errors, 1 errors found, 2 wrong usage or unreadable input.",
    CLI_OPTIONS(lint_table), NULL, sizeof(struct lint_options), lint_defaults, false, lint_main};
