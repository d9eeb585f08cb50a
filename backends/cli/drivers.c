#include "backends/cli/drivers.h"

#include <errno.h>
#include <string.h>

#include "backends/cli/fetch.h"
#include "backends/lint/config.h"

static void log_findings(
    const struct lint_config *config, const struct diag_bag *bag, struct log *log)
{
    for (size_t i = 0; i < bag->count; i++) {
        const struct diag *diag = bag->items[i];
        struct place place = source_place(diag->source, diag->span.lo);
        log_warning(log, "%.*s:%u:%u: %.*s", STR_ARG(config->path), place.line, place.column,
            STR_ARG(diag->message));
    }
}

static void copy_rows(
    struct arena *arena, const struct lint_config *config, struct driver_search *search)
{
    struct driver_row *rows = ARENA_ARRAY(arena, struct driver_row, config->program_count);
    for (size_t i = 0; i < config->program_count; i++)
        rows[i] = (struct driver_row){arena_str(arena, config->programs[i].name),
            arena_str(arena, config->programs[i].path).ptr};
    *search = (struct driver_search){rows, config->program_count};
}

const struct driver_search *drivers_configured(
    struct cli *cli, const char *experiment, struct log *log)
{
    struct driver_search *search = ARENA_NEW(&cli->arena, struct driver_search);
    struct lint_config config;
    struct diag_bag bag;
    struct str path = config_find(&cli->arena, fetch_is_url(experiment) ? "-" : experiment);
    if (!path.len)
        return search;
    diag_bag_init(&bag);
    if (config_read(&config, path.ptr, &bag)) {
        copy_rows(&cli->arena, &config, search);
        log_findings(&config, &bag, log);
    } else {
        log_warning(log, "%s cannot be read: %s", path.ptr, strerror(errno));
    }
    diag_bag_free(&bag);
    config_free(&config);
    return search;
}
