#include "runtime/runner/preview_time.h"

/* A duration of the document: a number, a list whose numbers add up (connect and read), or a template. */
static bool read_seconds(const struct value *value, double *seconds, bool *templates)
{
    *seconds = 0;
    if (value->kind == VALUE_INT || value->kind == VALUE_REAL) {
        *seconds = value_to_double(value);
        return *seconds >= 0;
    }
    if (value->kind == VALUE_STRING) {
        *templates = true;
        return true;
    }
    if (value->kind != VALUE_ARRAY)
        return false;
    for (size_t i = 0; i < value->as.array.count; i++) {
        double part;
        if (!read_seconds(&value->as.array.items[i], &part, templates))
            return false;
        *seconds += part;
    }
    return true;
}

static double pause(const struct value *values, uint32_t pauses, struct str when, bool *templates)
{
    double seconds = 0;
    const struct value *value = pauses == PLAN_NONE ? NULL : value_get(&values[pauses], when);
    if (value && !read_seconds(value, &seconds, templates))
        return 0;
    return seconds;
}

/* The time limit of a call: the shorter of the activity's and the provider's. */
static bool call_limit(
    const struct plan_activity *row, const struct value *values, double *seconds, bool *templates)
{
    bool bounded = false;
    const uint32_t limits[] = {row->timeout, row->limit};
    *seconds = 0;
    for (size_t i = 0; i < 2; i++) {
        double limit;
        if (limits[i] == PLAN_NONE || !read_seconds(&values[limits[i]], &limit, templates))
            continue;
        /* A list or number of http bounds connecting and each read, not the whole. */
        if (limits[i] == row->limit && row->provider == PLAN_HTTP)
            continue;
        *seconds = bounded && *seconds < limit ? *seconds : limit;
        bounded = true;
    }
    return bounded;
}

struct preview_time preview_time(
    const struct rt_plan *plan, const struct value *values, uint32_t first, uint32_t count)
{
    struct preview_time time = {.bounded = true};
    double background = 0;
    for (uint32_t i = first; i < first + count; i++) {
        const struct plan_activity *written = &plan->activity_rows[i];
        const struct plan_activity *row =
            written->target == PLAN_NONE ? written : &plan->activity_rows[written->target];
        double limit;
        double pauses = pause(values, row->pauses, STR("before"), &time.templates) +
                        pause(values, row->pauses, STR("after"), &time.templates);
        bool bounded = call_limit(row, values, &limit, &time.templates);
        if (!bounded && time.bounded) {
            time.bounded = false;
            time.unbounded = i;
        }
        if (written->flags & PLAN_ACTIVITY_BACKGROUND) {
            double whole = time.most + pauses + limit;
            background = whole > background ? whole : background;
        } else {
            time.least += pauses;
            time.most += pauses + limit;
        }
    }
    if (background > time.most)
        time.most = background;
    return time;
}

void preview_time_text(struct buf *out, const struct preview_time *time)
{
    buf_printf(out, "at least %g s, ", time->least);
    if (time->bounded)
        buf_printf(out, "at most %g s", time->most);
    else
        buf_add_text(out, "no upper bound");
    if (time->templates)
        buf_add_text(out, " (and what its variables add)");
}

static void add_block(struct json_writer *w, const char *key, const struct preview_time *time)
{
    jw_key(w, str_from(key));
    jw_open_object(w);
    jw_key(w, STR("least"));
    jw_real(w, time->least);
    jw_key(w, STR("most"));
    if (time->bounded)
        jw_real(w, time->most);
    else
        jw_null(w);
    jw_close_object(w);
}

void preview_time_json(
    struct json_writer *w, const struct rt_plan *plan, const struct value *values)
{
    const struct plan_experiment *e = plan_experiment(plan);
    struct preview_time method = preview_time(plan, values, e->method, e->method_count);
    struct preview_time rollbacks = preview_time(plan, values, e->rollbacks, e->rollback_count);
    jw_key(w, STR("duration"));
    jw_open_object(w);
    add_block(w, "method", &method);
    add_block(w, "rollbacks", &rollbacks);
    jw_close_object(w);
}
