#include "backends/cli/compile.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "backends/lint/lint.h"
#include "backends/lower/lower.h"
#include "backends/report/report.h"

enum source_status compile_open(struct compile_unit *unit, const char *path, struct diag_bag *bag)
{
    *unit = (struct compile_unit){0};
    enum source_status status = source_open(&unit->source, path);
    if (status == SOURCE_OK)
        doc_read(&unit->doc, &unit->source, bag);
    return status;
}

void compile_say_unreadable(
    const struct cli *cli, const char *path, enum source_status status, int error)
{
    switch (status) {
    case SOURCE_OK:
        break;
    case SOURCE_UNREADABLE:
        cli_error(cli, "cannot read `%s`: %s", path, strerror(error));
        break;
    case SOURCE_IS_DIRECTORY:
        cli_error(cli, "`%s` is a directory; this command takes files", path);
        break;
    case SOURCE_TOO_LARGE:
        cli_error(cli, "`%s` is larger than 1 GiB, which no experiment is", path);
        break;
    }
}

bool compile_read(
    const struct cli *cli, struct compile_unit *unit, const char *path, struct diag_bag *bag)
{
    enum source_status status = compile_open(unit, path, bag);
    compile_say_unreadable(cli, path, status, errno);
    return status == SOURCE_OK;
}

void compile_check(struct compile_unit *unit, struct diag_bag *bag)
{
    ir_build(&unit->ir, &unit->doc, bag);
}

/* Prints why the unit is not taken; true if it is. What `look` found is never allowed. */
static bool accept(struct cli *cli, struct compile_unit *unit, enum compile_errors errors,
    size_t looked, struct diag_bag *bag)
{
    bool allowed = errors == COMPILE_ALLOW_ERRORS && !unit->doc.broken && looked == 0;
    if (bag->errors > 0 && !allowed) {
        struct buf out = {0};
        diag_bag_drop_below(bag, DIAG_ERROR);
        report_text(&out, bag, &(struct report_options){.color = cli->color_err});
        cli_write(STDERR_FILENO, buf_str(&out));
        buf_free(&out);
        cli_error(cli, "`%.*s` has errors: see above, or `%s lint`", STR_ARG(unit->source.name),
            cli->program);
        return false;
    }
    return true;
}

static struct str base_name(struct str path)
{
    const char *slash = path.len ? memrchr(path.ptr, '/', path.len) : NULL;
    return slash ? str_slice(slash + 1, path.ptr + path.len) : path;
}

bool compile_plan(
    struct cli *cli, const char *path, const struct compile_request *request, struct rt_plan *plan)
{
    struct compile_unit unit;
    struct diag_bag bag;
    diag_bag_init(&bag);
    if (!compile_read(cli, &unit, path, &bag)) {
        diag_bag_free(&bag);
        return false;
    }
    compile_check(&unit, &bag);
    lint_run(&unit.ir, NULL, &bag);
    size_t before = bag.count;
    if (request->look)
        request->look(&unit.ir, &unit.source, &bag);
    size_t looked = bag.count - before;
    diag_bag_finish(&bag);
    bool accepted = accept(cli, &unit, request->errors, looked, &bag);
    if (accepted)
        lower_experiment_as(&cli->arena, &unit.ir,
            request->by_base_name ? base_name(unit.source.name) : unit.source.name, plan);
    compile_free(&unit);
    diag_bag_free(&bag);
    return accepted;
}

void compile_free(struct compile_unit *unit)
{
    ir_free(&unit->ir);
    doc_free(&unit->doc);
    source_free(&unit->source);
}
