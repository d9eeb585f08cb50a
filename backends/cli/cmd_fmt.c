/* chaosc fmt: writes experiments in the canonical layout of their notation. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/compile.h"
#include "backends/cli/discover.h"
#include "backends/fmt/fmt.h"
#include "backends/report/report.h"

struct fmt_options {
    bool check, diff, write;
};

static const struct option_row fmt_table[] = {
    {"check", 0, OPTION_FLAG, offsetof(struct fmt_options, check), NULL, NULL,
        "print only the names of files that are not formatted, and exit with 1 if there are any"},
    {"diff", 0, OPTION_FLAG, offsetof(struct fmt_options, diff), NULL, NULL,
        "print what would change instead of the result"},
    {"write", 'w', OPTION_FLAG, offsetof(struct fmt_options, write), NULL, NULL,
        "write the result to the file it came from"},
};

/* Replaces a file by way of a new one beside it, so that a crash leaves one of the two whole. */
static bool replace_file(struct cli *cli, const char *name, struct str text)
{
    char *path = realpath(name, NULL); /* a link stays a link */
    struct stat info;
    bool done = false;
    if (path && stat(path, &info) == 0) {
        struct str temporary = arena_printf(&cli->arena, "%s.chaosc-%ld", path, (long)getpid());
        int fd = open(temporary.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, info.st_mode & 07777);
        if (fd >= 0) {
            done = fchmod(fd, info.st_mode & 07777) == 0 && cli_write(fd, text) && fsync(fd) == 0;
            done = close(fd) == 0 && done && rename(temporary.ptr, path) == 0;
            int reason = errno;
            if (!done)
                unlink(temporary.ptr);
            errno = reason;
        }
    }
    if (!done)
        cli_error(cli, "cannot write %s: %s", name, strerror(errno));
    free(path);
    return done;
}

static void report_findings(struct cli *cli, struct diag_bag *bag)
{
    struct buf out = {0};
    diag_bag_finish(bag);
    report_text(&out, bag, &(struct report_options){.color = cli->color_err});
    cli_write(STDERR_FILENO, buf_str(&out));
    buf_free(&out);
}

/* Shows or writes what became of a file; CLI_FINDINGS if a check found it not formatted. */
static int deliver(struct cli *cli, const struct fmt_options *options, const char *path,
    struct str before, struct str after)
{
    bool same = str_equal(before, after);
    struct buf out = {0};
    int code = options->check && !same ? CLI_FINDINGS : CLI_OK;
    if (options->diff)
        fmt_diff(&out, str_from(path), before, after);
    else if (options->check && !same)
        buf_printf(&out, "%s\n", path);
    else if (!options->check && !options->write)
        buf_add_str(&out, after);
    cli_write(STDOUT_FILENO, buf_str(&out));
    buf_free(&out);
    if (options->write && !same && !replace_file(cli, path, after))
        code = CLI_USAGE;
    return code;
}

static int format_file(
    struct cli *cli, const struct fmt_options *options, const struct discovered *file)
{
    const char *path = file->path;
    struct diag_bag bag;
    struct compile_unit unit;
    diag_bag_init(&bag);
    if (!compile_read(cli, &unit, path, &bag)) {
        diag_bag_free(&bag);
        return CLI_USAGE;
    }
    int code = CLI_FINDINGS;
    struct buf text = {0};
    struct fmt_report report;
    if (!file->named && !discover_is_experiment(&unit.doc)) {
        code = CLI_OK;
    } else if (unit.doc.broken) {
        report_findings(cli, &bag);
    } else if (!fmt_print(&text, &unit.doc, unit.doc.notation, &report)) {
        struct place place = source_place(&unit.source, report.where.lo);
        cli_error(cli, "%s:%u:%u: %s", path, place.line, place.column, report.refusal);
    } else {
        code = deliver(cli, options, path, unit.source.text, buf_str(&text));
    }
    buf_free(&text);
    compile_free(&unit);
    diag_bag_free(&bag);
    return code;
}

static int fmt_run(struct cli *cli, void *options, char **files, size_t count)
{
    const struct fmt_options *fmt = options;
    int worst = CLI_OK;
    if (count == 0) {
        cli_error(cli, "name at least one file or directory to format, or - for standard input");
        return CLI_USAGE;
    }
    if (fmt->write && fmt->check) {
        cli_error(cli, "--check looks and --write changes: choose one");
        return CLI_USAGE;
    }
    struct discovery discovery = {0};
    for (size_t i = 0; i < count; i++) {
        if (fmt->write && strcmp(files[i], "-") == 0) {
            cli_error(cli, "standard input cannot be written back; leave --write out");
            return CLI_USAGE;
        }
        discover(&cli->arena, &discovery, files[i]);
    }
    if (discovery.unreadable) {
        cli_error(cli, "cannot read `%s`: %s", discovery.unreadable, strerror(errno));
        return CLI_USAGE;
    }
    for (size_t i = 0; i < discovery.count; i++) {
        int code = format_file(cli, fmt, &discovery.files[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}

const struct cli_command cmd_fmt = {"fmt", "FILE|DIRECTORY|-...",
    "write experiments in the canonical layout of their notation",
    "Comments and empty lines stay; what the experiment means does not change. Without an option "
    "the result goes to "
    "standard output. A file with syntax errors is left alone; of a directory, what is an "
    "experiment "
    "is formatted.",
    CLI_OPTIONS(fmt_table), NULL, sizeof(struct fmt_options), NULL, false, fmt_run};
