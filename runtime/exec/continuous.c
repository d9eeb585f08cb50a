#include "runtime/exec/check.h"

#include "runtime/base/pytext.h"
#include "runtime/exec/engine.h"

struct continuous {
    struct run *run;
    struct loop_timer timer;
    size_t iteration, failed;
    bool stopped, ended, over;
    struct control_hook hook; /* that tells of the end */
    struct failure failure;   /* the exception that ended it, and what that makes of the run */
    enum run_status status;
};

static void begin(void *context);

static void told(struct control_hook *hook)
{
    struct continuous *c = hook->context;
    c->over = true;
    c->run->checks_aside = false;
    if (c->failure.kind != FAILURE_NONE) {
        c->run->status = c->status;
        log_critical(c->run->log, "%.*s", STR_ARG(c->failure.message));
    }
    log_info(c->run->log, "Continuous steady state hypothesis terminated");
}

static void end(struct continuous *c)
{
    c->ended = true;
    c->hook.context = c;
    if (!control_tell_continuous(c->run, &c->hook, &c->failure, told, c))
        told(&c->hook);
}

static bool has_ended(const struct run *run)
{
    return run->status == RUN_FAILED || run->status == RUN_INTERRUPTED ||
           run->status == RUN_ABORTED;
}

/* One check was not met; true if that ends the experiment. */
static bool count_deviation(struct continuous *c, struct check *check)
{
    struct run *run = c->run;
    c->failed++;
    double percent = (double)c->failed * 100 / (double)c->iteration;
    log_warning(run->log, "Continuous steady state probe '%.*s' is not in the given tolerance",
        STR_ARG(check_last_name(check)));
    if (!run->options->fail_fast || percent < run->options->fail_fast_percent)
        return false;
    log_info(run->log, "Terminating immediately the experiment after %.1f%% hypothesis deviated",
        percent);
    run->status = RUN_FAILED;
    return true;
}

static void checked(struct check *check)
{
    struct continuous *c = check->context;
    struct run *run = c->run;
    run->running = NULL;
    *ARENA_PUSH(&run->arena, run->during.items, run->during.count, run->during.room) = check;
    if (check->interrupted) {
        c->failure = (struct failure){.kind = FAILURE_EXCEPTION,
            .class_name = STR("chaoslib.exceptions.InterruptExecution"),
            .message = check->interruption};
        c->status = RUN_INTERRUPTED;
    } else if (check->raised && str_is(check->failure.class_name, "SystemExit")) {
        end(c); /* with its thread, which nobody is told */
        return;
    } else if (check->raised) {
        c->failure = check->failure;
        c->status = RUN_ABORTED;
    }
    if (c->failure.kind != FAILURE_NONE) {
        end(c);
        return;
    }
    if (check->met == 0 && count_deviation(c, check)) {
        end(c);
        return;
    }
    if (c->stopped || check->met < 0) {
        end(c);
        return;
    }
    c->iteration++;
    /* From the end of one check to the start of the next. */
    double seconds = run->options->frequency;
    run->last_check = loop_now();
    run->next_check = loop_deadline(seconds > 9e9 ? INT64_MAX / 4
                                    : seconds > 0 ? (int64_t)(seconds * 1e9)
                                                  : 0);
    loop_timer_set(run->world.loop, &c->timer, run->next_check, begin, c);
}

static void begin(void *context)
{
    struct continuous *c = context;
    c->run->next_check = 0;
    if (c->stopped || has_ended(c->run)) {
        end(c);
        return;
    }
    struct check *check = check_start(c->run, "during", c->iteration, checked, c);
    if (!check->done)
        c->run->running = check;
}

struct continuous *continuous_start(struct run *run)
{
    struct continuous *c = ARENA_NEW(&run->arena, struct continuous);
    *c = (struct continuous){.run = run, .iteration = 1};
    run->checks_aside = true;
    struct value frequency = value_real(&run->arena, run->options->frequency);
    log_info(run->log, "Executing the steady-state hypothesis continuously every %.*s seconds",
        STR_ARG(pytext_str(&run->arena, &frequency)));
    begin(c);
    return c;
}

void continuous_stop(struct continuous *c)
{
    c->stopped = true;
    if (!c->ended && c->timer.place) {
        loop_timer_cancel(c->run->world.loop, &c->timer);
        c->run->next_check = 0;
        end(c);
    }
}

bool continuous_is_over(const struct continuous *c)
{
    return c->over;
}
