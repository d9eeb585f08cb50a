#include "runtime/http/http.h"
#include "runtime/exec/provider.h"

static struct value *substituted(struct call *call, uint32_t field)
{
    const struct value *value = call_field(call, field);
    if (!value)
        return NULL;
    struct value *copy = ARENA_NEW(call->arena, struct value);
    *copy = scope_substitute(call->world->scope, call->arena, value);
    return copy;
}

/* The reference warns of statuses above 399, except where a tolerance will judge them. */
static void warn_of_status(struct call *call, int status)
{
    if (status > 399 && !(call->activity->flags & PLAN_ACTIVITY_TOLERANCE))
        log_warning(call->world->log, "This HTTP call returned a response with a HTTP status code "
                                      "above 400. This may indicate some error and not what you "
                                      "expected. Please have a look at the logs.");
}

static void http_ended(void *context, const struct http_result *result)
{
    struct call *call = context;
    struct str url = *(struct str *)call->handle;
    const struct value *retries = call_field(call, call->activity->max_retries);
    call->truncated = result->body_truncated;
    if (result->error == HTTP_CONNECTION_ERROR && retries && retries->kind > VALUE_REAL) {
        /* counting them down is what fails, where there is something to count */
        call_raise(call, "TypeError",
            STR("unsupported operand type(s) for -=: 'max_retries' is no number"));
    } else if (http_output(call->arena, url, result, &call->output, &call->failure))
        warn_of_status(call, result->status);
    call->handle = NULL;
    call_finish(call);
}

/* Kept while the call runs: the experiment's own URL, which messages name, and the engine's handle.
 */
struct http_state {
    struct str url; /* first: http_ended reads it */
    struct http_call *engine;
};

static void http_begin(struct call *call)
{
    struct call_world *world = call->world;
    const struct value *method = call_field(call, call->activity->method);
    struct http_provider provider = {.url = substituted(call, call->activity->url),
        .headers = substituted(call, call->activity->headers),
        .timeout = substituted(call, call->activity->limit),
        .arguments = call_arguments(call),
        .verify_tls = call_field(call, call->activity->verify_tls),
        .max_retries = call_field(call, call->activity->max_retries),
        .compat = world->compat};
    if (!provider.url || (method && method->kind != VALUE_STRING)) {
        call_raise(call, provider.url ? "AttributeError" : "KeyError",
            provider.url ? STR("the method is no string") : STR("'url'"));
        call_finish(call);
        return;
    }
    if (method)
        provider.method = method->as.text;
    struct http_request *request = ARENA_NEW(call->arena, struct http_request);
    if (call_has_tripped(call) || !http_prepare(call->arena, &provider, request, &call->failure)) {
        call_finish(call);
        return;
    }
    request->body_limit = world->output_limit;
    if (world->cacerts)
        request->ca_text = str_from(world->cacerts);
    if (!world->states[PLAN_HTTP])
        world->states[PLAN_HTTP] = http_open(world->loop);
    struct http_state *state = ARENA_NEW(call->arena, struct http_state);
    state->url = provider.url->kind == VALUE_STRING ? provider.url->as.text : request->url;
    call->handle = state;
    state->engine = http_start(world->states[PLAN_HTTP], request, http_ended, call);
}

static void http_end_now(struct call *call)
{
    struct http_state *state = call->handle;
    if (state && state->engine)
        http_cancel(state->engine);
}

static void http_shut(struct call_world *world)
{
    if (world->states[PLAN_HTTP])
        http_close(world->states[PLAN_HTTP]);
    world->states[PLAN_HTTP] = NULL;
}

const struct rt_provider provider_http = {.id = PLAN_HTTP,
    .name = "http",
    .start = http_begin,
    .cancel = http_end_now,
    .close = http_shut};
