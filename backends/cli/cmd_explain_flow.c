/* chaosc explain-flow: which blocks of an experiment are played on which way out, and for how long. */
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/compile.h"
#include "backends/lint/flow.h"
#include "backends/report/report.h"
#include "runtime/expr/duration.h"

struct flow_options {
    bool json;
};

static const struct option_row flow_table[] = {
    {"json", 0, OPTION_FLAG, offsetof(struct flow_options, json), NULL, NULL, "as a JSON object"},
};

static const char *const played_names[] = {"no", "yes", "cut short"};

static struct str name_of(const struct ir_activity *activity)
{
    return activity->kind == IR_REF ? activity->ref.text : activity->name.text;
}

/* ---- for people ---- */

static void add_duration(struct buf *out, const char *what, const struct flow_duration *duration)
{
    char shortest[64], longest[64];
    duration_spell(duration->shortest, shortest, sizeof shortest);
    duration_spell(duration->longest, longest, sizeof longest);
    buf_printf(out, "%s: at least %s of pauses", what, shortest);
    if (duration->unbounded)
        buf_printf(
            out, "; no upper bound: nothing ends `%.*s`", STR_ARG(name_of(duration->unbounded)));
    else if (duration->longest_background)
        buf_printf(out, ", at most %s, by timeouts and pauses; at the end `%.*s` is waited for",
            longest, STR_ARG(name_of(duration->longest_background)));
    else
        buf_printf(out, ", at most %s, by timeouts and pauses", longest);
    buf_add_text(out,
        duration->varies ? "; variables whose value is not in the file count nothing\n" : "\n");
}

static void add_table(struct buf *out, const struct ir_experiment *experiment)
{
    buf_printf(
        out, "%-26s  %-10s  %-16s  %s\n", "outcome", "method", "after-hypothesis", "rollbacks");
    for (int i = 0; i < FLOW_OUTCOME_COUNT; i++) {
        struct flow_row row = flow_row(experiment, (enum flow_outcome)i);
        if (!row.possible)
            continue;
        buf_printf(out, "%-26s  %-10s  %-16s  ", row.name, played_names[row.method],
            played_names[row.after]);
        for (size_t k = 0; row.rollbacks && k < experiment->rollbacks.count; k++)
            buf_printf(
                out, "%s%.*s", k ? ", " : "", STR_ARG(name_of(&experiment->rollbacks.items[k])));
        buf_add_text(out, !experiment->rollbacks.count ? "there are none\n"
                          : row.rollbacks              ? "\n"
                                                       : "none\n");
    }
}

/* ---- for programs ---- */

static void add_quoted(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < 0x20)
            buf_printf(out, "\\u%04x", c);
        else
            buf_add_char(out, (char)c);
    }
    buf_add_char(out, '"');
}

static void add_json_duration(
    struct buf *out, const char *what, const struct flow_duration *duration)
{
    buf_printf(out, "    \"%s\": {\"shortest\": %.17g, \"longest\": ", what, duration->shortest);
    if (duration->unbounded)
        buf_add_text(out, "null, \"unbounded\": ");
    else
        buf_printf(out, "%.17g, \"unbounded\": ", duration->longest);
    if (duration->unbounded)
        add_quoted(out, name_of(duration->unbounded));
    else
        buf_add_text(out, "null");
    buf_printf(out, ", \"varies\": %s}", duration->varies ? "true" : "false");
}

static void add_json(struct buf *out, const struct ir_experiment *experiment)
{
    bool first = true;
    buf_add_text(out, "{\n  \"outcomes\": [\n");
    for (int i = 0; i < FLOW_OUTCOME_COUNT; i++) {
        struct flow_row row = flow_row(experiment, (enum flow_outcome)i);
        if (!row.possible)
            continue;
        buf_printf(out,
            "%s    {\"outcome\": \"%s\", \"method\": \"%s\", \"after-hypothesis\": \"%s\", "
            "\"rollbacks\": [",
            first ? "" : ",\n", row.name, played_names[row.method], played_names[row.after]);
        first = false;
        for (size_t k = 0; k < experiment->rollbacks.count; k++) {
            buf_printf(out, "%s{\"name\": ", k ? ", " : "");
            add_quoted(out, name_of(&experiment->rollbacks.items[k]));
            buf_printf(out, ", \"played\": %s}", row.rollbacks ? "true" : "false");
        }
        buf_add_text(out, "]}");
    }
    buf_add_text(out, "\n  ],\n  \"durations\": {\n");
    struct flow_duration method = flow_duration(experiment, &experiment->method);
    struct flow_duration rollbacks = flow_duration(experiment, &experiment->rollbacks);
    add_json_duration(out, "method", &method);
    buf_add_text(out, ",\n");
    add_json_duration(out, "rollbacks", &rollbacks);
    buf_add_text(out, "\n  }\n}\n");
}

static void add_text(struct buf *out, const struct ir_experiment *experiment)
{
    struct flow_duration method = flow_duration(experiment, &experiment->method);
    struct flow_duration rollbacks = flow_duration(experiment, &experiment->rollbacks);
    add_table(out, experiment);
    buf_add_char(out, '\n');
    add_duration(out, "method", &method);
    add_duration(out, "rollbacks", &rollbacks);
}

static int flow_main(struct cli *cli, void *options, char **files, size_t count)
{
    const struct flow_options *flow = options;
    if (count != 1) {
        cli_error(cli, "explain-flow takes exactly one file");
        return CLI_USAGE;
    }
    struct diag_bag bag;
    struct compile_unit unit;
    diag_bag_init(&bag);
    if (!compile_read(cli, &unit, files[0], &bag)) {
        diag_bag_free(&bag);
        return CLI_USAGE;
    }
    compile_check(&unit, &bag);
    diag_bag_drop_below(&bag, DIAG_ERROR);
    diag_bag_finish(&bag);
    struct buf out = {0};
    report_text(&out, &bag, &(struct report_options){.color = cli->color_err});
    cli_write(STDERR_FILENO, buf_str(&out));
    buf_clear(&out);
    bool usable = !unit.doc.broken && unit.doc.root->kind == DOC_OBJECT;
    if (usable && flow->json)
        add_json(&out, unit.ir.experiment);
    else if (usable)
        add_text(&out, unit.ir.experiment);
    cli_write(STDOUT_FILENO, buf_str(&out));
    buf_free(&out);
    int code = bag.errors ? CLI_FINDINGS : CLI_OK;
    compile_free(&unit);
    diag_bag_free(&bag);
    return code;
}

const struct cli_command cmd_explain_flow = {"explain-flow", "FILE",
    "show which blocks are played on which way out, and how long they take",
    "Strategies are those of the experiment's `runtime`; the command line of a run may override "
    "them.",
    CLI_OPTIONS(flow_table), NULL, sizeof(struct flow_options), NULL, false, flow_main};
