#include "runtime/runner/engine.h"

#include <stdlib.h>
#include <unistd.h>

#include "runtime/exec/preflight.h"
#include "runtime/runner/init.h"
#include "runtime/runner/play_vars.h"

enum { MOST_PROVIDERS = 4 };

static bool is_terminal_with_colors(void)
{
    const char *no = getenv("NO_COLOR");
    return !(no && *no) && isatty(STDERR_FILENO);
}

static void list_providers(
    const struct rt_parts *parts, const struct rt_provider *providers[MOST_PROVIDERS])
{
    const struct rt_provider *all[] = {parts->process, parts->http, parts->python};
    size_t count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i])
            providers[count++] = all[i];
    providers[count] = NULL;
}

struct job {
    const struct rt_plan *plan;
    const struct rt_parts *parts;
    const struct runner_options *options;
};

static int play_here(
    const struct rt_plan *plan, const struct rt_parts *parts, const struct runner_options *options)
{
    const struct rt_provider *providers[MOST_PROVIDERS];
    struct run_options run = play_run_options(&options->play);
    struct run_outcome outcome;
    struct play_vars vars;
    struct arena arena;
    struct str message;
    struct preflight started = {0};
    struct log log;
    int code = EXIT_FAILURE;

    arena_init(&arena);
    play_vars_init(&vars);
    play_log_open(&log, &options->log, is_terminal_with_colors());
    list_providers(parts, providers);
    play_vars_add_files(&arena, &vars, &options->play.var_files, play_vars_read_json, &log);
    if (!play_vars_add(&arena, &vars, &options->play.vars, &message)) {
        log_error(&log, "--var: %.*s", STR_ARG(message));
    } else if (options->play.no_validation ||
               preflight_check(plan, providers, &log, &started) == 0) {
        run.log = &log;
        run.providers = providers;
        run.regexps = parts->regexps;
        run.started = &started;
        run.vars = &vars.configuration;
        run.secret_vars = &vars.secrets;
        if (run_play(plan, &run, &outcome))
            code = run_exit_code(&outcome, options->play.exit_codes == 1);
    }
    preflight_close(&started, providers, &log);
    log_close(&log);
    arena_free(&arena);
    return code;
}

static int work(void *context)
{
    const struct job *job = context;
    return play_here(job->plan, job->parts, job->options);
}

static int play(
    const struct rt_plan *plan, const struct rt_parts *parts, const struct runner_options *options)
{
    return init_run(work, &(struct job){plan, parts, options});
}

const struct rt_engine rt_engine = {play};
