#include "runtime/runner/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/exec/preflight.h"
#include "runtime/exec/recover.h"
#include "runtime/exec/vault.h"
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

/* What a run would refuse, a runner refuses too, unless told not to look. */
static bool is_valid(const struct rt_plan *plan, const struct rt_provider *const *providers,
    struct log *log, struct preflight *started)
{
    const struct plan_experiment *e = plan_experiment(plan);
    if (e->refusal != PLAN_NONE) {
        log_error(log, "%.*s", STR_ARG(plan_text(plan, e->refusal)));
        log_error(log, "  at %.*s:%u:%u", STR_ARG(plan_text(plan, e->file)), e->refusal_line,
            e->refusal_column);
        return false;
    }
    return preflight_check(plan, providers, log, started) == 0;
}

/* What variables bring in can be a probe of a provider that the experiment did not need. */
static bool has_parts_for(
    const struct value *configuration, const struct rt_parts *parts, struct log *log)
{
    const struct {
        const char *type;
        const void *part;
    } all[] = {{"process", parts->process}, {"http", parts->http}, {"python", parts->python}};
    for (size_t i = 0; i < configuration->as.object.count; i++) {
        const struct member *member = &configuration->as.object.members[i];
        const struct value *kind = value_get(&member->value, STR("type"));
        bool probe = kind && kind->kind == VALUE_STRING && str_is(kind->as.text, "probe");
        const struct value *provider = probe ? value_get(&member->value, STR("provider")) : NULL;
        const struct value *type = provider ? value_get(provider, STR("type")) : NULL;
        for (size_t k = 0; type && type->kind == VALUE_STRING && k < sizeof all / sizeof *all; k++)
            if (!all[k].part && str_equal(type->as.text, str_from(all[k].type))) {
                log_error(log,
                    "configuration `%.*s` is given as a probe of the %s provider, which this "
                    "runner "
                    "was built without: `chaosc build --bundle` makes one that has all",
                    STR_ARG(member->key), all[k].type);
                return false;
            }
    }
    return true;
}

/* The command that undoes what a run left, to be followed by the record. */
static const char *recover_command(struct arena *arena, const struct runner_options *options)
{
    return arena_printf(arena, "%s --recover", options->program).ptr;
}

static int play_here(
    const struct rt_plan *plan, const struct rt_parts *parts, const struct runner_options *options)
{
    const struct rt_provider *providers[MOST_PROVIDERS];
    struct run_options run = play_run_options(&options->play);
    struct run_outcome outcome;
    struct play_vars vars;
    struct arena arena;
    struct preflight started = {.python = run.python, .drivers = run.drivers};
    struct log log;
    int code = EXIT_FAILURE;

    arena_init(&arena);
    play_log_open(&log, &options->log, is_terminal_with_colors());
    list_providers(parts, providers);
    int wrong = play_change_dir(options->change_dir, &log)
                    ? play_vars_read(&arena, &vars, &options->play, plan, &log)
                    : PLAY_WRONG_USAGE;
    if (!wrong && !has_parts_for(&vars.configuration, parts, &log))
        wrong = PLAY_WRONG_USAGE;
    if (!run.compat)
        started.vars = &vars.configuration;
    if (wrong) {
        code = wrong;
    } else if (options->play.no_validation || is_valid(plan, providers, &log, &started)) {
        run.log = &log;
        run.recover = recover_command(&arena, options);
        run.providers = providers;
        run.regexps = parts->regexps;
        run.vault = parts->vault ? parts->vault->fetch : NULL;
        run.cacerts = parts->cacerts;
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

/* Ends what the killed run left alive, plays the rollbacks that are due, completes its journal. */
static int recover_from(
    struct recovery *recovery, const char *path, const struct job *job, struct log *log)
{
    const struct rt_provider *providers[MOST_PROVIDERS];
    struct run_options run = play_run_options(&job->options->play);
    struct run_outcome outcome;
    struct arena arena;
    char hash[sizeof recovery->plan];
    int code = EXIT_FAILURE;
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)plan_hash(job->plan));
    if (strcmp(hash, recovery->plan) != 0) {
        log_error(log, "%s is of another experiment than the one built in", job->options->recover);
        return EXIT_FAILURE;
    }
    arena_init(&arena);
    list_providers(job->parts, providers);
    run.log = log;
    run.providers = providers;
    run.regexps = job->parts->regexps;
    run.vault = job->parts->vault ? job->parts->vault->fetch : NULL;
    run.cacerts = job->parts->cacerts;
    run.journal_path = recovery_journal(recovery, path);
    run.recover = recover_command(&arena, job->options);
    run.has_rollbacks = true;
    run.rollbacks = RUN_ROLLBACKS_ALWAYS;
    run.timeout = RUN_FOREVER;
    recovery_end_processes(recovery, log);
    if (recovery_play(recovery, job->plan, &run, job->options->skip_unknown, &outcome))
        code = !outcome.rollbacks_failed && !outcome.rollbacks_skipped && !outcome.left_undone &&
                       outcome.journal_written
                   ? EXIT_SUCCESS
                   : EXIT_FAILURE;
    arena_free(&arena);
    return code;
}

static int recover_here(const struct job *job)
{
    struct recovery recovery;
    struct str problem;
    struct log log;
    struct buf path = {0};
    int code = EXIT_FAILURE;
    buf_printf(&path, "%s.events", job->options->recover);
    play_log_open(&log, &job->options->log, is_terminal_with_colors());
    bool there = play_change_dir(job->options->change_dir, &log);
    /* The journal that the run would have written, or the events file it left. */
    const char *events = access(path.data, F_OK) == 0 ? path.data : job->options->recover;
    if (!there) {
        code = PLAY_WRONG_USAGE;
    } else if (!recovery_read(&recovery, events, &problem)) {
        log_error(&log, "%s: %.*s", events, STR_ARG(problem));
    } else {
        code = recover_from(&recovery, events, job, &log);
        recovery_free(&recovery);
    }
    log_close(&log);
    buf_free(&path);
    return code;
}

static int work(void *context)
{
    const struct job *job = context;
    return job->options->recover ? recover_here(job)
                                 : play_here(job->plan, job->parts, job->options);
}

static int play(
    const struct rt_plan *plan, const struct rt_parts *parts, const struct runner_options *options)
{
    return init_run(work, &(struct job){plan, parts, options});
}

const struct rt_engine rt_engine = {play};
