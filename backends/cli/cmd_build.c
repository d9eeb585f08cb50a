/* chaosc build: makes a program of an experiment. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/cgen/bundle.h"
#include "backends/cgen/carried.h"
#include "backends/cgen/cc.h"
#include "backends/cgen/cgen.h"
#include "backends/cgen/pem.h"
#include "backends/cgen/sbom.h"
#include "backends/cli/cli.h"
#include "backends/cli/compile.h"
#include "backends/cli/files.h"
#include "ir/walk.h"

enum { EMIT_NOTHING = -1, EMIT_C };

struct build_options {
    const char *output;
    int emit;
    bool bundle, dynamic, tls, plan_only, allow_python, allow_errors, keep_symbols;
    const char *embed_ca, *target, *kit, *sbom;
};

static const char *const emit_choices[] = {"c", NULL};

#define FIELD(name) offsetof(struct build_options, name)
static const struct option_row build_table[] = {
    {"output", 'o', OPTION_TEXT, FIELD(output), "FILE", NULL,
        "the runner to make [the experiment's name]"},
    {"emit", 0, OPTION_CHOICE, FIELD(emit), "WHAT", emit_choices,
        "write the C source, with the command that compiles it, and compile nothing"},
    {"bundle", 0, OPTION_FLAG, FIELD(bundle), NULL, NULL,
        "append the plan to a prebuilt runner: needs no C compiler"},
    {"plan-only", 0, OPTION_FLAG, FIELD(plan_only), NULL, NULL,
        "make a runner that shows what would be called and has no code to call it"},
    {"allow-python", 0, OPTION_FLAG, FIELD(allow_python), NULL, NULL,
        "build an experiment that calls Python, to be found where it runs"},
    {"allow-errors", 0, OPTION_FLAG, FIELD(allow_errors), NULL, NULL,
        "build in spite of errors that lint finds: the runner meets them as a run would"},
    {"dynamic", 0, OPTION_FLAG, FIELD(dynamic), NULL, NULL, "link the system's shared libraries"},
    {"tls", 0, OPTION_FLAG, FIELD(tls), NULL, NULL,
        "link TLS though every URL is http: as written: a server may redirect to https"},
    {"embed-ca", 0, OPTION_TEXT, FIELD(embed_ca), "FILE", NULL,
        "embed these certificate authorities (PEM) instead of looking for the system's"},
    {"target", 0, OPTION_TEXT, FIELD(target), "TARGET", NULL,
        "machine to build for, such as aarch64-linux"},
    {"kit", 0, OPTION_TEXT, FIELD(kit), "DIR", NULL,
        "where the libraries of runners are [beside chaosc]"},
    {"sbom", 0, OPTION_TEXT, FIELD(sbom), "FILE", NULL, "write what is inside as SPDX 2.3 (JSON)"},
    {"keep-symbols", 0, OPTION_FLAG, FIELD(keep_symbols), NULL, NULL, "do not strip the runner"},
};

static void set_defaults(void *options)
{
    struct build_options *build = options;
    build->emit = EMIT_NOTHING;
}

/* ---- what keeps an experiment from being self-contained ---- */

struct python_finder {
    struct diag_bag *bag;
    struct source *source;
};

static struct diag *report_python(
    struct python_finder *finder, const struct doc_node *node, const char *what, struct str name)
{
    return diag_add(finder->bag, finder->source, DIAG_E900, node->span,
        "%s `%.*s` calls Python, which a self-contained runner has not", what, STR_ARG(name));
}

#define WAY_OUT "--allow-python builds a runner that looks for Python where it runs"

static void find_in_activity(void *context, const struct ir_activity *activity)
{
    struct python_finder *finder = context;
    const struct ir_provider *provider = activity->provider;
    if (!provider || provider->kind != IR_PYTHON)
        return;
    struct diag *diag = report_python(finder, provider->node,
        activity->kind == IR_ACTION ? "action" : "probe", activity->name.text);
    struct str module = provider->as.python.module.text;
    const char *dot = module.len ? memchr(module.ptr, '.', module.len) : NULL;
    diag_help(finder->bag, diag, WAY_OUT ", or for a driver `chaosc-driver-%.*s`",
        (int)(dot ? dot - module.ptr : (ptrdiff_t)module.len), module.ptr ? module.ptr : "");
}

/* Drivers have no controls. */
static void find_in_control(void *context, const struct ir_control *control)
{
    struct python_finder *finder = context;
    if (control->provider && !control->ref.node)
        diag_help(finder->bag,
            report_python(finder, control->provider, "control", control->name.text), WAY_OUT);
}

static void look_for_python(const struct ir *ir, struct source *source, struct diag_bag *bag)
{
    static const struct ir_visitor visitor = {
        .activity = find_in_activity, .control = find_in_control};
    ir_walk(ir->experiment, &visitor, &(struct python_finder){bag, source});
}

/* ---- making ---- */

struct job {
    struct cli *cli;
    const struct build_options *build;
    const struct rt_plan *plan;
    struct kit kit; /* without a folder: what chaosc itself carries */
    const char *output;
    struct str cacerts;
    unsigned needs;
};

static bool find_kit(struct job *job)
{
    struct str looked;
    const char *target = job->build->target ? job->build->target : kit_native_target();
    if (kit_find(&job->cli->arena, job->build->kit, target, &job->kit, &looked))
        return true;
    bool carried =
        !job->build->kit && carried_stub().len && strcmp(target, kit_native_target()) == 0;
    if (carried && job->build->bundle) {
        job->kit = (struct kit){.target = target};
        return true;
    }
    struct str others = kit_targets(&job->cli->arena, job->build->kit);
    cli_error(job->cli, "there are no runner libraries for %s: looked for %.*s%s%.*s%s", target,
        STR_ARG(looked), others.len ? "; there are some for " : "; --kit says where they are",
        STR_ARG(others), carried ? "; --bundle needs none" : "");
    return false;
}

/* A file of the kit, or `carried` where there is no folder. */
static bool read_from_kit(
    const struct job *job, const char *name, struct str carried, struct str *bytes)
{
    *bytes = carried;
    if (!job->kit.folder)
        return true;
    const char *path = arena_printf(&job->cli->arena, "%s/%s", job->kit.folder, name).ptr;
    if (files_read(&job->cli->arena, path, bytes))
        return true;
    cli_error(job->cli, "cannot read %s of the runner libraries: %s", path, strerror(errno));
    return false;
}

static bool has_dynamic_kit(const struct job *job)
{
    struct str library = arena_printf(&job->cli->arena, "%s/dynamic/libchaosrt.a", job->kit.folder);
    if (access(library.ptr, R_OK) == 0)
        return true;
    cli_error(job->cli, "there is nothing for %s to link shared libraries with: no %.*s",
        job->kit.target, STR_ARG(library));
    return false;
}

/* A prebuilt runner has every part in it, whatever its experiment needs. */
static unsigned linked_parts(const struct job *job)
{
    return job->build->bundle ? CGEN_EVERYTHING : job->build->plan_only ? 0 : job->needs;
}

static bool write_sbom(const struct job *job)
{
    struct str sources;
    struct buf out = {0};
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (!read_from_kit(job, "sources.tsv", carried_sources(), &sources))
        return false;
    sbom_write(&out, &(struct sbom_request){.plan = job->plan,
                         .runner = str_from(job->output ? job->output : "runner"),
                         .sources = sources,
                         .needs = linked_parts(job),
                         .dynamic = job->build->dynamic && !job->build->bundle,
                         .created = epoch ? (time_t)strtoll(epoch, NULL, 10) : time(NULL)});
    bool written = files_write(job->build->sbom, buf_str(&out), 0666);
    if (!written)
        cli_error(job->cli, "cannot write %s: %s", job->build->sbom, strerror(errno));
    buf_free(&out);
    return written;
}

static int bundle(struct job *job)
{
    struct buf out = {0};
    struct str stub;
    int code = CLI_FINDINGS;
    if (!read_from_kit(job, "stub", carried_stub(), &stub))
        return CLI_FINDINGS;
    bundle_write(&out, stub, job->plan);
    if (files_write(job->output, buf_str(&out), 0777))
        code = CLI_OK;
    else
        cli_error(job->cli, "cannot write %s: %s", job->output, strerror(errno));
    buf_free(&out);
    return code;
}

/* The emitted source, with the command that compiles it. */
static void emit(const struct job *job, const char *const *command, struct buf *out)
{
    cgen_emit(out, job->plan,
        &(struct cgen_options){.plan_only = job->build->plan_only,
            .command = cc_command_line(&job->cli->arena, command),
            .cacerts = job->cacerts});
}

static struct cc_request request(
    const struct job *job, const char *const *compiler, const char *source)
{
    return (struct cc_request){.kit = &job->kit,
        .compiler = compiler,
        .source = source,
        .output = job->output,
        .needs = linked_parts(job),
        .dynamic = job->build->dynamic,
        .keep_symbols = job->build->keep_symbols};
}

static int emit_only(const struct job *job)
{
    struct buf out = {0};
    const char *source = job->build->output ? job->build->output : "-";
    struct cc_request wanted = request(
        job, cc_usual(&job->cli->arena, &job->kit), strcmp(source, "-") == 0 ? "runner.c" : source);
    const char *slash = strrchr(source, '/');
    wanted.output = strcmp(slash ? slash + 1 : source, "runner") == 0 ? "runner.out" : "runner";
    emit(job, cc_command(&job->cli->arena, &wanted), &out);
    bool written = strcmp(source, "-") == 0 ? cli_write(STDOUT_FILENO, buf_str(&out))
                                            : files_write(source, buf_str(&out), 0666);
    if (!written)
        cli_error(job->cli, "cannot write %s: %s", source, strerror(errno));
    buf_free(&out);
    return written ? CLI_OK : CLI_FINDINGS;
}

/* What the compiler made goes to its place whole or not at all, over a runner that may be running. */
static int put_in_place(const struct job *job, const char *made)
{
    struct str bytes;
    if (!files_read(&job->cli->arena, made, &bytes)) {
        cli_error(job->cli,
            "the compiler succeeded and made no program (looked for %s): is $CC one?", made);
        return CLI_FINDINGS;
    }
    if (files_write(job->output, bytes, 0777))
        return CLI_OK;
    cli_error(job->cli, "cannot write %s: %s", job->output, strerror(errno));
    return CLI_FINDINGS;
}

static int run_compiler(const struct job *job, const char **command)
{
    struct buf output = {0};
    int status = cc_run(command, &output);
    struct str said = buf_str(&output);
    if (status < 0)
        cli_error(job->cli, "%s could not be run: %s", command[0], strerror(errno));
    else if (status > 128)
        cli_error(job->cli, "%s was ended by signal %d%s%.*s", command[0], status - 128,
            said.len ? ":\n" : "", STR_ARG(said));
    else if (status)
        cli_error(job->cli, "%s failed with %d%s%.*s", command[0], status, said.len ? ":\n" : "",
            STR_ARG(said));
    buf_free(&output);
    return status;
}

static int compile(const struct job *job, const char *const *compiler, const char *folder)
{
    struct buf source = {0};
    struct arena *arena = &job->cli->arena;
    const char *path = arena_printf(arena, "%s/experiment.c", folder).ptr;
    const char *made = arena_printf(arena, "%s/runner", folder).ptr;
    struct cc_request wanted = request(job, compiler, path);
    wanted.output = made;
    const char **command = cc_command(arena, &wanted);
    int code = CLI_FINDINGS;
    emit(job, command, &source);
    if (!files_write(path, buf_str(&source), 0666))
        cli_error(job->cli, "cannot write %s: %s", path, strerror(errno));
    else if (run_compiler(job, command) == 0)
        code = put_in_place(job, made);
    unlink(path);
    unlink(made);
    buf_free(&source);
    return code;
}

static int compile_in_folder(const struct job *job)
{
    struct str looked;
    const char *const *compiler = cc_find(&job->cli->arena, &job->kit, &looked);
    if (!compiler) {
        cli_error(job->cli,
            "there is no C compiler (looked for %.*s): %s, or use --bundle, which needs none",
            STR_ARG(looked), cc_advice(&job->cli->arena, &job->kit));
        return CLI_FINDINGS;
    }
    const char *tmp = getenv("TMPDIR");
    struct str pattern =
        arena_printf(&job->cli->arena, "%s/chaosc-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    char *folder = arena_alloc(&job->cli->arena, pattern.len + 1, 1);
    memcpy(folder, pattern.ptr, pattern.len + 1);
    /* Who ends us waits until the folder is gone; cc_run sees it and ends the compiler. */
    sigset_t before, ending = cc_ending_signals();
    sigprocmask(SIG_BLOCK, &ending, &before);
    if (!mkdtemp(folder)) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        cli_error(job->cli, "cannot make a folder for the source in %s: %s", tmp ? tmp : "/tmp",
            strerror(errno));
        return CLI_FINDINGS;
    }
    int code = compile(job, compiler, folder);
    rmdir(folder);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return code;
}

/* "dir/exp.chaos.yaml" makes "exp.chaos": the last extension goes. What has none gets one. */
static const char *default_output(struct cli *cli, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    if (strcmp(path, "-") == 0)
        return "experiment";
    if (!dot || dot == base)
        return arena_printf(&cli->arena, "%s.runner", base).ptr;
    return arena_printf(&cli->arena, "%.*s", (int)(dot - base), base).ptr;
}

/* What cannot be asked of one build together; false after saying it. */
static bool is_possible(struct cli *cli, const struct build_options *build)
{
    const char *refused = !build->bundle          ? NULL
                          : build->plan_only      ? "--plan-only"
                          : build->embed_ca       ? "--embed-ca"
                          : build->dynamic        ? "--dynamic"
                          : build->tls            ? "--tls"
                          : build->keep_symbols   ? "--keep-symbols"
                          : build->emit == EMIT_C ? "--emit"
                                                  : NULL;
    if (refused)
        cli_error(cli, "a prebuilt runner cannot be changed: --bundle takes no %s", refused);
    else if (build->tls && build->plan_only)
        cli_error(cli, "--plan-only makes a runner that requests nothing: it takes no --tls");
    else if (build->tls && build->dynamic)
        cli_error(cli, "--dynamic links the system's libcurl, which has TLS: it takes no --tls");
    else
        return true;
    return false;
}

/* What is read must not be written over, nor one result over the other; false after saying it. */
static bool is_safe(
    struct cli *cli, const struct build_options *build, const char *experiment, const char *output)
{
    const char *written[] = {output, build->sbom}, *read[] = {experiment, build->embed_ca};
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            if (written[i] && read[j] && files_are_same(written[i], read[j])) {
                cli_error(cli,
                    "%s is what is read, and would be written over: give -o or --sbom another name",
                    read[j]);
                return false;
            }
    if (build->sbom && output &&
        (strcmp(build->sbom, output) == 0 || files_are_same(build->sbom, output))) {
        cli_error(cli, "-o and --sbom name the same file, %s", output);
        return false;
    }
    return true;
}

static bool read_certificates(struct cli *cli, const char *path, struct str *cacerts)
{
    struct str text;
    if (!files_read(&cli->arena, path, &text)) {
        cli_error(cli, "--embed-ca: cannot read %s: %s", path, strerror(errno));
        return false;
    }
    const char *wrong = pem_keep_certificates(&cli->arena, text, cacerts);
    if (wrong)
        cli_error(cli, "--embed-ca: %s: %s", path, wrong);
    return !wrong;
}

static int build_main(struct cli *cli, void *options, char **arguments, size_t count)
{
    const struct build_options *build = options;
    struct rt_plan plan;
    struct job job = {.cli = cli, .build = build, .plan = &plan};
    if (count != 1) {
        cli_error(cli, "build takes exactly one experiment");
        return CLI_USAGE;
    }
    if (!is_possible(cli, build))
        return CLI_USAGE;
    if (build->embed_ca && !read_certificates(cli, build->embed_ca, &job.cacerts))
        return CLI_USAGE;
    /* The C source goes to standard output unless it is given a place. */
    job.output = build->output           ? build->output
                 : build->emit == EMIT_C ? NULL
                                         : default_output(cli, arguments[0]);
    if (!is_safe(cli, build, arguments[0], job.output))
        return CLI_USAGE;
    struct compile_request request = {
        .errors = build->allow_errors ? COMPILE_ALLOW_ERRORS : COMPILE_REFUSE_ERRORS,
        .look = build->allow_python ? NULL : look_for_python,
        .by_base_name = true};
    if (!compile_plan(cli, arguments[0], &request, &plan))
        return CLI_FINDINGS;
    job.needs = cgen_needs(&plan);
    if (build->tls && !(job.needs & CGEN_HTTP)) {
        cli_error(cli, "--tls: the experiment makes no requests over HTTP");
        return CLI_USAGE;
    }
    job.needs |= build->tls ? CGEN_TLS : 0;
    if (!find_kit(&job) || (build->dynamic && !has_dynamic_kit(&job)))
        return CLI_FINDINGS;
    int code = build->emit == EMIT_C ? emit_only(&job)
               : build->bundle       ? bundle(&job)
                                     : compile_in_folder(&job);
    if (code == CLI_OK && build->sbom && !write_sbom(&job))
        code = CLI_FINDINGS;
    return code;
}

const struct cli_command cmd_build = {"build", "FILE", "make a program of an experiment",
    "The runner needs nothing of the machine it runs on. `./runner --help` describes it.\n"
    "Exit codes: 0 made, 1 the experiment has errors or it could not be made, 2 wrong usage.",
    CLI_OPTIONS(build_table), NULL, sizeof(struct build_options), set_defaults, false, build_main};
