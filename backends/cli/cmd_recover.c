/* chaosc recover: undoes what a run that was killed had done, and completes its journal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/compile.h"
#include "backends/cli/drivers.h"
#include "backends/interp/interp.h"
#include "backends/lower/lower.h"
#include "ir/ir.h"
#include "runtime/exec/recover.h"
#include "runtime/plan/plan_build.h"

struct recover_command {
    struct cli_group group; /* first, for the options before the command's name */
    bool skip_unknown, no_redaction;
    double rollback_timeout;
    int exit_codes;
};

static const char *const exit_code_choices[] = {"reference", "detailed", NULL};

#define FIELD(name) offsetof(struct recover_command, name)
static const struct option_row recover_table[] = {
    {"skip-unknown", 0, OPTION_FLAG, FIELD(skip_unknown), NULL, NULL,
        "leave out a rollback that had started and of which nobody knows how far it came"},
    {"rollback-timeout", 0, OPTION_SECONDS, FIELD(rollback_timeout), "TIME", NULL,
        "end the rollbacks after this time"},
    {"exit-codes", 0, OPTION_CHOICE, FIELD(exit_codes), "WHICH", exit_code_choices,
        "detailed: 7 if a rollback failed or was skipped"},
    {"no-redaction", 0, OPTION_FLAG, FIELD(no_redaction), NULL, NULL,
        "leave secrets readable in log and journal"},
};

static void set_defaults(void *options)
{
    ((struct recover_command *)options)->rollback_timeout = RUN_FOREVER;
}

/* The events file of a journal, or the argument itself if it is one. */
static const char *events_path(struct cli *cli, const char *argument)
{
    const char *path = arena_printf(&cli->arena, "%s.events", argument).ptr;
    return access(path, F_OK) == 0 ? path : argument;
}

/* The plan of the experiment as controls had changed it, with the secrets of the file. */
static void plan_of_change(const struct recovery *recovery, const struct value *source,
    struct arena *arena, struct rt_plan *plan)
{
    const struct value *secrets = value_get(source, STR("secrets"));
    struct value document = recovery->experiment;
    size_t count = document.as.object.count;
    struct member *members = ARENA_ARRAY(arena, struct member, count + 1);
    for (size_t i = 0; i < count; i++) {
        members[i] = document.as.object.members[i];
        if (secrets && str_is(members[i].key, "secrets"))
            members[i].value = *secrets;
    }
    document.as.object.members = members;
    plan_build(arena, &(struct plan_input){.document = &document, .file = recovery->file}, plan);
}

/* The plan of the file that was run, if it is still what it was: only there inline secrets stand. */
static bool plan_of_source(
    struct cli *cli, const struct recovery *recovery, struct arena *arena, struct rt_plan *plan)
{
    const char *path = arena_str(arena, recovery->source).ptr;
    struct compile_unit unit;
    struct diag_bag bag;
    struct ir ir;
    struct value source = value_null();
    char hash[sizeof recovery->plan];
    if (access(path, R_OK) != 0)
        return false;
    diag_bag_init(&bag);
    bool read = compile_read(cli, &unit, path, &bag);
    if (read) {
        unit.source.name = recovery->file;
        ir_build(&ir, &unit.doc, &bag);
        lower_experiment(arena, &ir, plan);
        source = lower_value(arena, unit.doc.root);
        ir_free(&ir);
        compile_free(&unit);
        snprintf(hash, sizeof hash, "%016llx", (unsigned long long)plan_hash(plan));
        read = strcmp(hash, recovery->plan) == 0;
    }
    if (read && recovery->changed)
        plan_of_change(recovery, &source, arena, plan);
    diag_bag_free(&bag);
    return read;
}

/* False if the record lacks secrets that stood in the experiment itself; they are named. */
static bool has_all_secrets(const struct rt_plan *plan, const struct recovery *recovery,
    struct arena *arena, struct log *log)
{
    const struct plan_experiment *e = plan_experiment(plan);
    const struct value *values = plan_values(arena, plan);
    static const struct value mark = {.kind = VALUE_STRING, .as.text = STR_INIT(REDACT_MARK)};
    bool all = true;
    for (uint32_t i = e->secrets; e->secret_count && i < plan->variable_count; i++) {
        const struct plan_variable *row = &plan->variable_rows[i];
        if (row->source != PLAN_INLINE || !value_equal(&values[row->document], &mark))
            continue;
        log_error(log, "the value of secret '%.*s' stands only in %.*s, which is gone or changed",
            STR_ARG(plan_text(plan, row->name)), STR_ARG(recovery->source));
        all = false;
    }
    return all;
}

static bool make_plan(struct cli *cli, const struct recovery *recovery, struct arena *arena,
    struct rt_plan *plan, struct log *log)
{
    if (plan_of_source(cli, recovery, arena, plan))
        return true;
    log_info(
        log, "%.*s is gone or changed: the record's own copy is used", STR_ARG(recovery->source));
    plan_build(arena,
        &(struct plan_input){.document = &recovery->experiment, .file = recovery->file}, plan);
    return has_all_secrets(plan, recovery, arena, log);
}

static int recover(struct cli *cli, const struct recover_command *command, const char *path,
    struct recovery *recovery, struct log *log)
{
    struct arena arena;
    struct rt_plan plan;
    struct run_outcome outcome;
    int code = EXIT_FAILURE;
    arena_init(&arena);
    const char *journal = recovery_journal(recovery, path);
    struct run_options options = {.log = log,
        .journal_path = journal,
        .recover = CLI_RECOVER,
        .has_rollbacks = true,
        .rollbacks = RUN_ROLLBACKS_ALWAYS,
        .timeout = RUN_FOREVER,
        .rollback_timeout = command->rollback_timeout,
        .no_redaction = command->no_redaction,
        .drivers = recovery->compat
                       ? NULL /* as the run had none */
                       : drivers_configured(cli, arena_str(&arena, recovery->source).ptr, log)};
    log_info(log, "Recovering the run of %.*s recorded in %s; its journal goes to %s",
        STR_ARG(recovery->file), path, journal);
    if (recovery->bad_lines)
        log_warning(log, "%zu lines of the record are damaged or incomplete", recovery->bad_lines);
    recovery_end_processes(recovery, log);
    if (make_plan(cli, recovery, &arena, &plan, log) && interp_supports(&plan, log) &&
        interp_recover(recovery, &plan, &options, command->skip_unknown, &outcome))
        code = outcome.rollbacks_failed || outcome.rollbacks_skipped || outcome.left_undone ||
                       !outcome.journal_written
                   ? (command->exit_codes ? 7 : EXIT_FAILURE)
                   : EXIT_SUCCESS;
    arena_free(&arena);
    return code;
}

static int recover_run(struct cli *cli, void *options, char **arguments, size_t count)
{
    const struct recover_command *command = options;
    if (count != 1) {
        cli_error(cli, "recover takes exactly one journal");
        return CLI_USAGE;
    }
    const char *path = events_path(cli, arguments[0]);
    struct recovery recovery;
    struct str problem;
    if (!recovery_read(&recovery, path, &problem)) {
        cli_error(cli, "%s: %.*s", path, STR_ARG(problem));
        return EXIT_FAILURE;
    }
    struct log log;
    play_log_open(&log, &command->group.log, cli->color_err);
    int code = recover(cli, command, path, &recovery, &log);
    log_close(&log);
    recovery_free(&recovery);
    return code;
}

const struct cli_command cmd_recover = {"recover", "JOURNAL",
    "undo what a run that was killed, or left something undone, had done",
    "JOURNAL is the journal the run would have written, or the events file it left.\n"
    "Exit codes: 0 everything is undone, 1 it is not, 2 a wrong command line.",
    CLI_OPTIONS(recover_table), NULL, sizeof(struct recover_command), set_defaults, true,
    recover_run};
