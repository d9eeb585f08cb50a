#include "runtime/base/pytext.h"
#include "runtime/loop/process.h"
#include "runtime/exec/provider.h"

/* The reference warns of exit codes above 0, except where a tolerance will judge them. */
static void warn_of_status(struct call *call, int status)
{
    if (status > 0 && !(call->activity->flags & PLAN_ACTIVITY_TOLERANCE))
        log_warning(call->world->log, "This process returned a non-zero exit code. This may "
                                      "indicate some error and not what you expected. Please "
                                      "have a look at the logs.");
}

static void process_ended(void *context, const struct process_result *result)
{
    struct call *call = context;
    call->handle = NULL;
    call->truncated = result->output.truncated || result->errors.truncated;
    if (process_output(call->arena, result, &call->output, &call->failure))
        warn_of_status(call, result->status);
    call_finish(call);
}

/* "Running: ['/bin/sleep', '2']", or the shell's command line. */
static void say_running(struct call *call, const struct process_request *request, bool shell)
{
    struct log *log = call->world->log;
    const struct redactor *before = log_hide(log, call->fed);
    struct buf list = {0}, word = {0};
    for (char *const *arg = request->argv; *arg && !shell; arg++) {
        if (list.len)
            buf_add_text(&list, ", ");
        buf_clear(&word);
        if (log->redactor)
            redact_text(log->redactor, &word, str_from(*arg));
        else
            buf_add_text(&word, *arg);
        pytext_add_quoted(&list, buf_str(&word));
    }
    if (shell)
        log_debug(log, "Running: %s", request->argv[2]);
    else
        log_debug(log, "Running: [%s]", list.data);
    log_hide(log, before);
    buf_free(&list);
    buf_free(&word);
}

static void process_begin(struct call *call)
{
    const struct value *path = call_field(call, call->activity->path);
    if (!path || path->kind != VALUE_STRING) {
        call_raise(call, path ? "TypeError" : "KeyError",
            path ? STR("expected str, bytes or os.PathLike object") : STR("'path'"));
        call_finish(call);
        return;
    }
    struct process_provider provider = {.path = path->as.text,
        .arguments = call_arguments(call),
        .timeout = call_field(call, call->activity->limit)};
    struct process_request request;
    if (call_has_tripped(call) ||
        !process_prepare(call->arena, &provider, &request, &call->failure)) {
        call_finish(call);
        return;
    }
    say_running(call, &request, provider.arguments && provider.arguments->kind == VALUE_STRING);
    request.output_limit = call->world->output_limit;
    request.spare_group = call->world->compat;
    call->handle = process_start(call->world->loop, &request, process_ended, call);
    call->pid = process_pid(call->handle);
    if (call->pid && call->spawned)
        call->spawned(call->context, call);
}

static void process_end_now(struct call *call)
{
    if (call->handle)
        process_cancel(call->handle);
}

/* shutil.which of the path as written: the reference's validation does not expand `~`. */
static bool process_is_ready(struct call_world *world, const struct plan_activity *activity,
    struct arena *arena, struct str *missing)
{
    const struct value *path = activity->path == PLAN_NONE ? NULL : &world->values[activity->path];
    if (!path || path->kind != VALUE_STRING || process_which(arena, path->as.text))
        return true;
    *missing = arena_printf(arena, "path '%.*s' cannot be found, in activity '%.*s'",
        STR_ARG(path->as.text), STR_ARG(plan_text(world->plan, activity->name)));
    return false;
}

const struct rt_provider provider_process = {.id = PLAN_PROCESS,
    .name = "process",
    .start = process_begin,
    .cancel = process_end_now,
    .ready = process_is_ready};
