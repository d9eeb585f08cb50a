/* chaosc dump: shows what a stage made of a file; the conformance suites run it. */
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/compile.h"
#include "backends/report/report.h"
#include "ir/ir_print.h"

struct dump_options {
    bool tree, ir, no_spans;
};

static const struct option_row dump_table[] = {
    {"tree", 0, OPTION_FLAG, offsetof(struct dump_options, tree), NULL, NULL,
        "the document tree, a node a line, with byte spans"},
    {"ir", 0, OPTION_FLAG, offsetof(struct dump_options, ir), NULL, NULL,
        "the typed experiment, a node a line, with byte spans"},
    {"no-spans", 0, OPTION_FLAG, offsetof(struct dump_options, no_spans), NULL, NULL,
        "leave the spans of the typed experiment out, so that notations compare"},
};

static int dump_run(struct cli *cli, void *options, char **files, size_t count)
{
    const struct dump_options *dump = options;
    if (count != 1 || dump->tree == dump->ir) {
        cli_error(
            cli, count != 1 ? "dump takes exactly one file" : "say what to dump: --tree or --ir");
        return CLI_USAGE;
    }
    struct diag_bag bag;
    struct compile_unit unit;
    diag_bag_init(&bag);
    if (!compile_read(cli, &unit, files[0], &bag)) {
        diag_bag_free(&bag);
        return CLI_USAGE;
    }
    struct buf out = {0};
    if (dump->tree) {
        doc_print(&out, &unit.doc);
    } else {
        compile_check(&unit, &bag);
        ir_print(&out, &unit.ir, (struct ir_print_options){.spans = !dump->no_spans});
    }
    cli_write(STDOUT_FILENO, buf_str(&out));
    diag_bag_finish(&bag);
    buf_clear(&out);
    report_text(&out, &bag, &(struct report_options){.color = cli->color_err});
    cli_write(STDERR_FILENO, buf_str(&out));
    int code = bag.errors ? CLI_FINDINGS : CLI_OK;
    buf_free(&out);
    compile_free(&unit);
    diag_bag_free(&bag);
    return code;
}

const struct cli_command cmd_dump = {"dump", "--tree|--ir FILE",
    "show the tree or the IR that a file becomes", NULL, CLI_OPTIONS(dump_table), NULL,
    sizeof(struct dump_options), NULL, false, dump_run};
