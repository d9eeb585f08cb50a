/* The face of a built runner: options, help, description, preview; playing is the engine's. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/runner/chaosrt.h"
#include "runtime/runner/describe.h"
#include "runtime/runner/engine.h"
#include "runtime/runner/play_vars.h"
#include "runtime/runner/preview.h"

#define FIELD(name) offsetof(struct runner_options, name)
static const struct option_row rows[] = {
    {"plan", 0, OPTION_FLAG, FIELD(plan), NULL, NULL, "print every call in order and make none"},
    {"describe", 0, OPTION_FLAG, FIELD(describe), NULL, NULL,
        "print what the experiment is and needs, as JSON"},
    {"json", 0, OPTION_FLAG, FIELD(json), NULL, NULL, "with --plan: print JSON"},
    {"change-dir", 0, OPTION_TEXT, FIELD(change_dir), "DIR", NULL,
        "change to this directory first"},
};

/* What only a runner that can act has. */
static const struct option_row acting_rows[] = {
    {"recover", 0, OPTION_TEXT, FIELD(recover), "JOURNAL", NULL,
        "undo what a run that was killed had done, and complete its journal"},
    {"skip-unknown", 0, OPTION_FLAG, FIELD(skip_unknown), NULL, NULL,
        "with --recover: leave out a rollback that had started and may have ended"},
    {"no-version-check", 0, OPTION_FLAG, FIELD(no_version_check), NULL, NULL,
        "accepted for compatibility: nothing is ever looked up"},
};

static bool write_all(int fd, struct str text)
{
    while (text.len > 0) {
        ssize_t n = write(fd, text.ptr, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text.ptr += n;
        text.len -= (size_t)n;
    }
    return true;
}

/* Prints and frees `out`; the exit code. */
static int finish(struct buf *out, int fd, int code)
{
    bool written = write_all(fd, buf_str(out));
    buf_free(out);
    return written || code != 0 ? code : 1;
}

/* A runner that cannot play has no options of playing. */
static size_t list_tables(const struct rt_parts *parts, struct option_table tables[4])
{
    tables[0] = OPTION_TABLE(rows);
    if (parts->plan_only) {
        tables[1] = play_var_option_table(FIELD(play));
        return 2;
    }
    tables[1] = play_option_table(FIELD(play));
    tables[2] = play_log_option_table(FIELD(log));
    tables[3] = OPTION_TABLE(acting_rows);
    return 4;
}

static int print_help(const struct rt_plan *plan, const struct option_table *tables,
    size_t table_count, const char *program)
{
    struct buf out = {0};
    buf_printf(&out, "Usage: %s [OPTION]...\n\n", program);
    describe_text(&out, plan);
    buf_add_text(&out, "\nOptions:\n");
    options_help(&out, tables, table_count);
    buf_add_text(&out, "      --version               print the version of chaosc that made this\n"
                       "  -h, --help                  show this help\n");
    return finish(&out, STDOUT_FILENO, 0);
}

static int say(const char *program, struct str message, int code)
{
    struct buf out = {0};
    buf_printf(&out, "%s: error: %.*s\n", program, STR_ARG(message));
    return finish(&out, STDERR_FILENO, code);
}

static int say_wrong(const char *program, struct str message)
{
    return say(program, message, PLAY_WRONG_USAGE);
}

static bool is_asked(const char *long_name, const char *short_name, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], long_name) == 0 || (short_name && strcmp(argv[i], short_name) == 0))
            return true;
    return false;
}

/* What goes only with another option does nothing alone: it was meant otherwise. NULL, or what is wrong. */
static const char *find_misuse(const struct runner_options *options, bool plan_only)
{
    if (options->json && !options->plan && !options->describe && !plan_only)
        return "--json goes with --plan: nothing was run";
    if (options->skip_unknown && !options->recover)
        return "--skip-unknown goes with --recover: nothing was run";
    if (options->recover && (options->plan || options->describe))
        return "--recover acts, --plan and --describe show: one of them at a time";
    return NULL;
}

static int show_plan(
    struct arena *arena, const struct rt_plan *plan, const struct runner_options *options)
{
    struct log log;
    struct play_vars vars;
    struct buf out = {0};
    log_open(&log, &(struct log_options){.level = LOG_WARNING});
    int wrong = play_change_dir(options->change_dir, &log)
                    ? play_vars_read(arena, &vars, &options->play, plan, &log)
                    : PLAY_WRONG_USAGE;
    log_close(&log);
    uint32_t refusal = plan_experiment(plan)->refusal;
    if (!wrong && refusal != PLAN_NONE)
        wrong = say(options->program, plan_text(plan, refusal), EXIT_FAILURE);
    if (wrong)
        return wrong;
    preview_write(&out, plan,
        &(struct preview_options){.vars = &vars.configuration,
            .hypothesis = play_hypothesis_name(&options->play),
            .rollbacks = play_rollback_name(&options->play),
            .json = options->json});
    return finish(&out, STDOUT_FILENO, 0);
}

int rt_main(const struct rt_plan *plan, const struct rt_parts *parts, int argc, char **argv)
{
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *program = slash ? slash + 1 : argc > 0 ? argv[0] : "runner";
    struct option_table tables[4];
    size_t left = 0, table_count = list_tables(parts, tables);
    struct runner_options options = {.program = argc > 0 ? argv[0] : "runner"};
    struct arena arena;
    struct buf out = {0};

    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (is_asked("--help", "-h", argc, argv))
        return print_help(plan, tables, table_count, program);
    if (is_asked("--version", NULL, argc, argv)) {
        buf_printf(&out, "%s, made by chaosc %s\n", program, CHAOSC_VERSION);
        return finish(&out, STDOUT_FILENO, 0);
    }
    arena_init(&arena);
    play_options_init(&options.play);
    struct option_parser parser = {.arena = &arena,
        .tables = tables,
        .table_count = table_count,
        .options = &options,
        .whose = program};
    const char *misuse;
    int code;
    if (!options_parse(&parser, argc - 1, argv + 1, &left)) {
        code = say_wrong(program, parser.message);
    } else if (left > 0) {
        code = say_wrong(program,
            arena_printf(&arena, "the experiment is built in: `%s` is not wanted", argv[1]));
    } else if ((misuse = find_misuse(&options, parts->plan_only))) {
        code = say_wrong(program, str_from(misuse));
    } else if (options.describe) {
        describe_json(&out, plan);
        code = finish(&out, STDOUT_FILENO, 0);
    } else if (options.plan || parts->plan_only) {
        code = show_plan(&arena, plan, &options);
    } else {
        code = parts->engine->play(plan, parts, &options);
    }
    arena_free(&arena);
    return code;
}
