/* drivers.h: the executable drivers that a configuration file names (docs/driver-protocol.md), for runs.
 * The rows live in the process's arena. */
#ifndef BACKENDS_CLI_DRIVERS_H
#define BACKENDS_CLI_DRIVERS_H

#include "backends/cli/cli.h"
#include "runtime/helper/driver.h"
#include "runtime/record/log.h"

/* The rows of the `.chaosc.yaml` that holds for an experiment, a file or a URL. What is wrong in it is logged as
 * warnings and left out. */
const struct driver_search *drivers_configured(
    struct cli *cli, const char *experiment, struct log *log);

#endif
