/* chaosc driver describe: starts an executable driver and prints the signatures of its functions. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/drivers.h"
#include "backends/lint/signature_file.h"
#include "runtime/base/json_write.h"

struct driver_command {
    struct cli_group group; /* first, for the options before the command's name */
};

/* What the driver says, as text of a signature file. */
static struct str describe_text(struct arena *arena, const struct value *described)
{
    struct buf text = {0};
    struct json_writer writer = jw_start(&text, (struct json_style){.indent = 2});
    jw_value(&writer, described);
    buf_add_char(&text, '\n');
    return buf_finish(&text, arena);
}

/* True if lint could use it; what is wrong is printed to standard error, with its place in the text. */
static bool check_signatures(struct cli *cli, struct str name, struct str text)
{
    struct source source;
    struct diag_bag bag;
    struct doc doc;
    diag_bag_init(&bag);
    source_from_text(&source, name, text);
    doc_read(&doc, &source, &bag);
    const struct signature_package *package = signature_file_read(&cli->arena, &doc, &bag);
    bool right = package && !bag.errors;
    for (size_t i = 0; i < bag.count; i++) {
        struct place place = source_place(&source, bag.items[i]->span.lo);
        cli_error(cli, "%.*s:%u:%u: %.*s", STR_ARG(name), place.line, place.column,
            STR_ARG(bag.items[i]->message));
    }
    doc_free(&doc);
    source_free(&source);
    diag_bag_free(&bag);
    return right;
}

static int describe(struct cli *cli, struct driver *driver)
{
    struct str problem;
    const struct value *described = driver_describe(driver, &problem);
    if (!described) {
        cli_error(cli, "%.*s", STR_ARG(problem));
        return CLI_FINDINGS;
    }
    struct str text = describe_text(&cli->arena, described);
    struct str name = arena_printf(&cli->arena, "%.*s.signatures.json", STR_ARG(driver->name));
    bool right = check_signatures(cli, name, text);
    return cli_write(STDOUT_FILENO, text) && right ? CLI_OK : CLI_FINDINGS;
}

static int driver_run(struct cli *cli, void *options, char **words, size_t count)
{
    const struct driver_command *command = options;
    if (count != 2 || strcmp(words[0], "describe") != 0) {
        cli_error(cli, "driver takes `describe` and the name of a driver");
        return CLI_USAGE;
    }
    struct loop *loop = loop_open();
    if (!loop) {
        cli_error(cli, "the event loop cannot be made: %s", strerror(errno));
        return CLI_FINDINGS;
    }
    struct log log;
    struct play_log_options log_options = command->group.log;
    int code = CLI_USAGE;
    log_options.no_log_file |= !log_options.log_file; /* what a driver says here is no run's */
    play_log_open(&log, &log_options, cli->color_err);
    struct drivers *drivers = drivers_open(loop, drivers_configured(cli, "-", &log), &log);
    struct driver *driver = drivers_find(drivers, str_from(words[1]));
    if (driver)
        code = describe(cli, driver);
    else
        cli_error(cli,
            "there is no driver `%s`: no " DRIVER_PREFIX "%s is on PATH, and `driver-programs` of "
            "a .chaosc.yaml does not name it",
            words[1], words[1]);
    drivers_close(drivers);
    log_close(&log);
    loop_close(loop);
    return code;
}

const struct cli_command cmd_driver = {"driver", "describe NAME",
    "print the signatures of an executable driver's functions, for lint",
    "Starts chaosc-driver-NAME, or the program that `driver-programs` in .chaosc.yaml names. Lint "
    "itself starts\n"
    "none: keep the output in a file that `signatures` names. Exit codes: 0 described, 1 not, 2 no "
    "such driver.",
    {NULL, 0, 0}, NULL, sizeof(struct driver_command), NULL, true, driver_run};
