/* chaosc lint: finds what is wrong with experiments, offline. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/compile.h"
#include "backends/cli/discover.h"
#include "backends/cli/lint_fix.h"
#include "backends/cli/lint_jobs.h"
#include "backends/cli/watch.h"
#include "backends/lint/lint.h"
#include "backends/lint/policy.h"
#include "backends/report/report.h"

static const char *const lint_levels[] = {"info", "warning", "error", NULL};
static const char *const lint_fail_levels[] = {"warning", "error", NULL};

struct lint_options {
    int level;   /* index into lint_levels */
    int fail_on; /* index into lint_fail_levels */
    int format;  /* index into report_formats */
    const char *config, *baseline, *write_baseline;
    bool no_config, only_experiments;
    bool fix, unsafe_fixes, diff, watch;
    long jobs; /* -1: as many as are worth it */
};

static const struct option_row lint_table[] = {
    {"level", 0, OPTION_CHOICE, offsetof(struct lint_options, level), "LEVEL", lint_levels,
        "show findings of at least this level (default: warning)"},
    {"fail-on", 0, OPTION_CHOICE, offsetof(struct lint_options, fail_on), "LEVEL", lint_fail_levels,
        "exit with 1 if there are findings of at least this level (default: error)"},
    {"format", 0, OPTION_CHOICE, offsetof(struct lint_options, format), "FORMAT",
        report_format_names, "how findings are printed (default: text)"},
    {"only-experiments", 0, OPTION_FLAG, offsetof(struct lint_options, only_experiments), NULL,
        NULL,
        "pass over named files that are no experiments too, as a hook of all YAML files needs"},
    {"config", 0, OPTION_TEXT, offsetof(struct lint_options, config), "FILE", NULL,
        "use this configuration, not the nearest .chaosc.yaml above each file"},
    {"no-config", 0, OPTION_FLAG, offsetof(struct lint_options, no_config), NULL, NULL,
        "use no configuration"},
    {"baseline", 0, OPTION_TEXT, offsetof(struct lint_options, baseline), "FILE", NULL,
        "keep quiet what this baseline holds"},
    {"write-baseline", 0, OPTION_TEXT, offsetof(struct lint_options, write_baseline), "FILE", NULL,
        "write all findings into a baseline, and succeed"},
    {"jobs", 'j', OPTION_COUNT, offsetof(struct lint_options, jobs), "N", NULL,
        "check this many files at once (default: one a processor)"},
    {"fix", 0, OPTION_FLAG, offsetof(struct lint_options, fix), NULL, NULL,
        "apply the fixes that keep what the experiment evidently means, then report what is left"},
    {"unsafe-fixes", 0, OPTION_FLAG, offsetof(struct lint_options, unsafe_fixes), NULL, NULL,
        "with --fix or --diff: apply fixes that may change what happens too"},
    {"diff", 0, OPTION_FLAG, offsetof(struct lint_options, diff), NULL, NULL,
        "show what --fix would change, and change nothing; exit with 1 if there is anything"},
    {"watch", 0, OPTION_FLAG, offsetof(struct lint_options, watch), NULL, NULL,
        "lint again whenever a file changes, until interrupted"},
};

static void lint_defaults(void *options)
{
    struct lint_options *lint = options;
    lint->level = 1;
    lint->fail_on = 1;
    lint->jobs = -1;
}

struct lint_totals {
    size_t looked_at, passed_over, errors, warnings, fixed, fixable;
    bool unreadable;
};

/* One call of the command. */
struct lint_call {
    struct cli *cli;
    const struct lint_options *options;
    struct buf out;
    struct report report;
    struct lint_totals totals;
    struct config_set configs;
    struct compile_unit known; /* --baseline: its document */
    struct baseline *baseline; /* --baseline, or NULL */
    struct baseline *written;  /* --write-baseline, or NULL */
};

static void flush(struct lint_call *call)
{
    cli_write(STDOUT_FILENO, buf_str(&call->out));
    buf_clear(&call->out);
}

static void report_findings(struct lint_call *call, struct str name, struct diag_bag *bag)
{
    diag_bag_finish(bag);
    call->totals.errors += bag->errors;
    call->totals.warnings += bag->warnings;
    report_file(&call->report, name, bag);
    flush(call);
}

static const struct lint_config *config_of(struct lint_call *call, const char *path)
{
    return call->options->no_config ? &call->configs.fallback : config_for(&call->configs, path);
}

/* What is suppressed, switched off or in the baseline is not fixed. */
struct judge_context {
    struct lint_call *call;
    const char *path;
};

static void apply_policy(void *context, struct diag_bag *bag, const struct doc *doc)
{
    const struct judge_context *judge = context;
    policy_apply(config_of(judge->call, judge->path), judge->call->baseline, judge->path, doc, bag);
}

/* False if the file is done with, and then has findings of no concern. */
static bool mend(struct lint_call *call, const struct discovered *file, struct compile_unit *unit,
    struct diag_bag *bag)
{
    const struct lint_options *options = call->options;
    struct judge_context judge = {call, file->path};
    struct lint_input input = config_input(config_of(call, file->path));
    struct mend_options how = {
        options->unsafe_fixes ? DIAG_UNSAFE : DIAG_SAFE, &input, apply_policy, &judge};
    switch (lint_fix(call->cli, unit, &how, options->diff, &call->out, &call->totals.fixed)) {
    case LINT_FIX_NOTHING:
        call->totals.looked_at += options->diff;
        return !options->diff;
    case LINT_FIX_SHOWN:
        call->totals.looked_at++;
        call->totals.fixable++;
        flush(call);
        return false;
    case LINT_FIX_FAILED:
        call->totals.unreadable = true;
        return false;
    case LINT_FIX_WRITTEN:
        break;
    }
    compile_free(unit);
    diag_bag_free(bag);
    diag_bag_init(bag);
    call->totals.unreadable |= !compile_read(call->cli, unit, file->path, bag);
    return unit->doc.root != NULL;
}

static bool mends(const struct lint_options *options)
{
    return options->fix || options->diff;
}

/* What is done in the order of the files: mending, the policy, the report. */
static void finish_file(struct lint_call *call, const struct discovered *file, struct lint_job *job)
{
    if (job->only_read) {
        if (!mend(call, file, &job->unit, &job->bag))
            return;
        compile_check(&job->unit, &job->bag);
        lint_run(&job->unit.ir, &job->input, &job->bag);
    }
    call->totals.looked_at++;
    policy_apply(
        config_of(call, file->path), call->baseline, file->path, &job->unit.doc, &job->bag);
    diag_bag_drop_below(&job->bag, (enum diag_level)(call->options->level + 1));
    if (call->written)
        baseline_add(call->written, file->path, &job->unit.doc, &job->bag);
    report_findings(call, job->unit.source.name, &job->bag);
}

static void give_file(struct lint_call *call, struct lint_jobs *jobs, const struct discovered *file)
{
    lint_jobs_give(jobs, &(struct lint_job){.path = file->path,
                             .input = config_input(config_of(call, file->path)),
                             .named = file->named && !call->options->only_experiments,
                             .only_read = mends(call->options)});
}

static void take_file(struct lint_call *call, struct lint_jobs *jobs, const struct discovered *file)
{
    struct lint_job *job = lint_jobs_wait(jobs);
    if (job->status != SOURCE_OK) {
        compile_say_unreadable(call->cli, file->path, job->status, job->error);
        call->totals.unreadable = true;
    } else if (job->passed_over) {
        call->totals.passed_over++;
    } else {
        finish_file(call, file, job);
    }
    lint_jobs_drop(jobs);
}

/* All files, in order. One that is mended is read again, which is done alone. */
static void take_files(struct lint_call *call, const struct discovery *discovery)
{
    long wanted = mends(call->options) ? 0 : call->options->jobs;
    size_t threads = wanted < 0 ? lint_jobs_default(discovery->count) : (size_t)wanted;
    struct arena arena;
    arena_init(&arena);
    struct lint_jobs *jobs = lint_jobs_start(&arena, threads > 1 ? threads : 0);
    for (size_t given = 0, i = 0; i < discovery->count; i++) {
        for (; given < discovery->count && lint_jobs_has_room(jobs); given++)
            give_file(call, jobs, &discovery->files[given]);
        take_file(call, jobs, &discovery->files[i]);
    }
    lint_jobs_end(jobs);
    arena_free(&arena);
}

static void add_count(struct buf *out, size_t count, const char *noun)
{
    buf_printf(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

static void print_summary(const struct lint_totals *totals)
{
    struct buf out = {0};
    add_count(&out, totals->looked_at, "file");
    buf_printf(&out, " looked at, %zu passed over: ", totals->passed_over);
    add_count(&out, totals->errors, "error");
    buf_add_text(&out, ", ");
    add_count(&out, totals->warnings, "warning");
    if (totals->fixed > 0)
        buf_printf(&out, ", %zu fixed", totals->fixed);
    buf_add_char(&out, '\n');
    cli_write(STDERR_FILENO, buf_str(&out));
    buf_free(&out);
}

/* Opens what --config, --baseline and --write-baseline name. False after saying what is missing. */
static bool open_policy(struct lint_call *call)
{
    const struct lint_options *options = call->options;
    config_set_init(&call->configs, options->config);
    if (options->config && access(options->config, R_OK) != 0) {
        cli_error(call->cli, "cannot read `%s`: %s", options->config, strerror(errno));
        return false;
    }
    if (options->write_baseline) {
        call->written = ARENA_NEW(&call->cli->arena, struct baseline);
        baseline_init(call->written, options->write_baseline);
    }
    if (!options->baseline)
        return true;
    if (!compile_read(call->cli, &call->known, options->baseline, &call->configs.bag))
        return false;
    call->baseline = ARENA_NEW(&call->cli->arena, struct baseline);
    baseline_init(call->baseline, options->baseline);
    baseline_read(call->baseline, &call->known.doc, &call->configs.bag);
    return true;
}

/* What is wrong in configurations and baselines comes last, under their own names. */
static void close_policy(struct lint_call *call)
{
    struct diag_bag *bag = &call->configs.bag;
    if (bag->count)
        report_findings(call, bag->items[0]->source->name, bag);
    if (call->configs.unreadable) {
        cli_error(call->cli, "cannot read `%s`: %s", call->configs.unreadable, strerror(errno));
        call->totals.unreadable = true;
    }
}

static void free_policy(struct lint_call *call)
{
    config_set_free(&call->configs);
    if (call->baseline) {
        baseline_free(call->baseline);
        compile_free(&call->known);
    }
    if (call->written)
        baseline_free(call->written);
}

/* Writes the new baseline; false after saying why it cannot be written. */
static bool write_baseline(struct lint_call *call)
{
    struct buf text = {0};
    const char *path = call->options->write_baseline;
    FILE *file = fopen(path, "w");
    baseline_write(&text, call->written);
    bool written = file && fwrite(text.data, 1, text.len, file) == text.len;
    written = file && fclose(file) == 0 && written;
    if (!written)
        cli_error(call->cli, "cannot write `%s`: %s", path, strerror(errno));
    buf_free(&text);
    return written;
}

static void lint_files(struct lint_call *call, const struct discovery *discovery)
{
    report_start(&call->report, &report_formats[call->options->format], &call->out,
        &(struct report_options){.color = call->cli->color_out});
    take_files(call, discovery);
    close_policy(call);
    report_finish(&call->report);
    flush(call);
    buf_free(&call->out);
    print_summary(&call->totals);
}

static int lint_once(struct cli *cli, const struct lint_options *lint, char **paths, size_t count)
{
    struct discovery discovery = {0};
    struct lint_call call = {.cli = cli, .options = lint};
    struct lint_totals *totals = &call.totals;
    for (size_t i = 0; i < count; i++)
        discover(&cli->arena, &discovery, paths[i]);
    if (discovery.unreadable) {
        cli_error(cli, "cannot read the directory `%s`: %s", discovery.unreadable, strerror(errno));
        totals->unreadable = true;
    }
    if (open_policy(&call))
        lint_files(&call, &discovery);
    else
        totals->unreadable = true;
    bool written = call.written && write_baseline(&call);
    free_policy(&call);
    if (totals->unreadable || written != (lint->write_baseline != NULL))
        return CLI_USAGE;
    bool failed =
        totals->errors > 0 || totals->fixable > 0 || (lint->fail_on == 0 && totals->warnings > 0);
    return failed && !written ? CLI_FINDINGS : CLI_OK;
}

static int lint_main(struct cli *cli, void *options, char **paths, size_t count)
{
    const struct lint_options *lint = options;
    if (count == 0) {
        cli_error(cli, "lint needs a file, a directory or - for standard input");
        return CLI_USAGE;
    }
    for (size_t i = 0; i < count; i++)
        if ((lint->fix || lint->diff || lint->watch) && strcmp(paths[i], "-") == 0) {
            cli_error(cli, "--fix, --diff and --watch need files: standard input is read once");
            return CLI_USAGE;
        }
    for (;;) {
        /* Before, so that a change while it is linted is not missed. */
        uint64_t state = lint->watch ? watch_state(paths, count) : 0;
        int code = lint_once(cli, lint, paths, count);
        if (!lint->watch)
            return code;
        watch_wait(paths, count, state);
    }
}

const struct cli_command cmd_lint = {"lint", "FILE|DIR|-...",
    "find what is wrong with experiments, without running or reaching anything",
    "Exit codes: 0 no errors, 1 errors found, 2 wrong usage or unreadable input.",
    CLI_OPTIONS(lint_table), NULL, sizeof(struct lint_options), lint_defaults, false, lint_main};
