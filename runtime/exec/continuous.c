#include "runtime/exec/check.h"

#include "runtime/base/pytext.h"
#include "runtime/exec/engine.h"

struct continuous {
    struct run *run;
    struct loop_timer timer;
    size_t iteration, failed;
    bool stopped, over;
};

static void begin(void *context);

static void end(struct continuous *c)
{
    c->over = true;
    log_info(c->run->log, "Continuous steady state hypothesis terminated");
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
        control_interrupt(run, check->interruption);
        end(c);
        return;
    }
    if (check->raised) {
        run->status = RUN_ABORTED;
        log_critical(run->log, "%.*s", STR_ARG(check->failure.message));
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
    run->next_check = loop_deadline(seconds > 0 ? (int64_t)(seconds * 1e9) : 0);
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
    struct check *check = check_start(c->run, checked, c);
    if (!check->done)
        c->run->running = check;
}

struct continuous *continuous_start(struct run *run)
{
    struct continuous *c = ARENA_NEW(&run->arena, struct continuous);
    *c = (struct continuous){.run = run, .iteration = 1};
    struct value frequency = value_real(&run->arena, run->options->frequency);
    log_info(run->log, "Executing the steady-state hypothesis continuously every %.*s seconds",
        STR_ARG(pytext_str(&run->arena, &frequency)));
    begin(c);
    return c;
}

void continuous_stop(struct continuous *c)
{
    c->stopped = true;
    if (!c->over && c->timer.place) {
        loop_timer_cancel(c->run->world.loop, &c->timer);
        c->run->next_check = 0;
        end(c);
    }
}

bool continuous_is_over(const struct continuous *c)
{
    return c->over;
}
