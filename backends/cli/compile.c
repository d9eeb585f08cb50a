#include "backends/cli/compile.h"

#include <errno.h>
#include <string.h>

bool compile_read(
    const struct cli *cli, struct compile_unit *unit, const char *path, struct diag_bag *bag)
{
    *unit = (struct compile_unit){0};
    switch (source_open(&unit->source, path)) {
    case SOURCE_OK:
        break;
    case SOURCE_UNREADABLE:
        cli_error(cli, "cannot read `%s`: %s", path, strerror(errno));
        return false;
    case SOURCE_IS_DIRECTORY:
        cli_error(cli, "`%s` is a directory; this command takes files", path);
        return false;
    case SOURCE_TOO_LARGE:
        cli_error(cli, "`%s` is larger than 1 GiB, which no experiment is", path);
        return false;
    }
    doc_read(&unit->doc, &unit->source, bag);
    return true;
}

void compile_check(struct compile_unit *unit, struct diag_bag *bag)
{
    ir_build(&unit->ir, &unit->doc, bag);
}

void compile_free(struct compile_unit *unit)
{
    ir_free(&unit->ir);
    doc_free(&unit->doc);
    source_free(&unit->source);
}
