#include "backends/cli/notify.h"

#include <string.h>
#include <strings.h>

#include "backends/cli/files.h"
#include "backends/interp/interp.h"
#include "backends/lower/lower.h"
#include "runtime/base/json.h"
#include "runtime/base/json_write.h"
#include "runtime/http/http.h"
#include "runtime/record/redact.h"

#define END_GRACE 3000000000LL /* what a run's end waits for its last notifications */

/* One channel that is being told. */
struct notice {
    struct notifier *notifier;
    struct notice *before, *after;
    struct http_call *call; /* one of the two */
    void *hook;
    struct str host; /* for the log: the rest of a URL may be a secret */
};

void notify_open(struct notifier *notifier, const struct value *settings, struct preflight *started,
    bool compat, bool shows_secrets, struct log *log)
{
    const struct value *channels = value_get(settings, STR("notifications"));
    *notifier = (struct notifier){
        .log = log, .started = started, .compat = compat, .shows_secrets = shows_secrets};
    arena_init(&notifier->arena);
    if (channels && channels->kind == VALUE_ARRAY && channels->as.array.count)
        notifier->channels = channels;
    else if (channels && value_truthy(channels))
        log_warning(log, "the settings' `notifications` are no list: nobody is notified");
}

/* ---- notices ---- */

static struct notice *add_notice(struct notifier *notifier)
{
    struct notice *notice = ARENA_NEW(&notifier->arena, struct notice);
    *notice = (struct notice){.notifier = notifier, .after = notifier->pending};
    if (notifier->pending)
        notifier->pending->before = notice;
    notifier->pending = notice;
    return notice;
}

static void remove_notice(struct notice *notice)
{
    if (notice->before)
        notice->before->after = notice->after;
    else
        notice->notifier->pending = notice->after;
    if (notice->after)
        notice->after->before = notice->before;
}

static struct loop *loop_of(struct notifier *notifier)
{
    if (notifier->world)
        return notifier->world->loop;
    if (!notifier->started->loop)
        notifier->started->loop = loop_open();
    return notifier->started->loop;
}

/* ---- HTTP ---- */

static struct str host_of(struct arena *arena, struct str url)
{
    struct str text = arena_str(arena, url);
    const char *host = strstr(text.ptr, "//");
    host = host ? host + 2 : text.ptr;
    return (struct str){host, strcspn(host, "/?#")};
}

static void http_told(void *context, const struct http_result *result)
{
    struct notice *notice = context;
    struct log *log = notice->notifier->log;
    if (result->error != HTTP_OK)
        log_debug(log, "failed calling notification endpoint at %.*s: %s", STR_ARG(notice->host),
            result->timed_out                   ? "it takes too long"
            : result->error == HTTP_CANCELLED   ? "it was given up"
            : result->error == HTTP_UNAVAILABLE ? "libcurl cannot be used"
                                                : "the exchange broke off");
    else if (result->status >= 400)
        log_debug(log, "notification sent to %.*s failed with: %d", STR_ARG(notice->host),
            result->status);
    remove_notice(notice);
}

/* The channel's headers, and the type of what is sent unless they have one. */
static struct value headers_of(struct arena *arena, const struct value *channel, bool posts)
{
    static const struct value empty = {.kind = VALUE_OBJECT};
    const struct value *given = value_get(channel, STR("headers"));
    if (!given || given->kind != VALUE_OBJECT)
        given = &empty;
    size_t count = given->as.object.count;
    struct member *members = ARENA_ARRAY(arena, struct member, count + 1);
    bool typed = !posts;
    for (size_t i = 0; i < count; i++) {
        members[i] = given->as.object.members[i];
        typed |=
            members[i].key.len == 12 && strncasecmp(members[i].key.ptr, "Content-Type", 12) == 0;
    }
    if (!typed)
        members[count++] =
            (struct member){STR("Content-Type"), value_string(STR("application/json"))};
    return (struct value){.kind = VALUE_OBJECT, .as.object = {members, count}};
}

/* As requests.post(json=...) spells it. */
static struct str body_of(struct arena *arena, const struct value *payload)
{
    struct buf out = {0};
    struct json_writer writer = jw_start(&out, (struct json_style){.spaced = true, .ascii = true});
    jw_value(&writer, payload);
    return buf_finish(&out, arena);
}

static void tell_http(
    struct notifier *notifier, const struct value *channel, const struct value *payload)
{
    struct arena *arena = &notifier->arena;
    const struct value *url = value_get(channel, STR("url")),
                       *forward = value_get(channel, STR("forward_event_payload"));
    bool posts = !forward || value_truthy(forward);
    struct value *headers = ARENA_NEW(arena, struct value),
                 *limits = ARENA_NEW(arena, struct value);
    struct value *spans = ARENA_ARRAY(arena, struct value, 2);
    struct http_request *request = ARENA_NEW(arena, struct http_request);
    struct failure failure;
    if (!url || !value_truthy(url)) {
        log_debug(notifier->log, "missing url in notification channel");
        return;
    }
    *headers = headers_of(arena, channel, posts);
    spans[0] = value_int(arena, 2); /* to connect */
    spans[1] = value_int(arena, 5); /* between any two bytes */
    *limits = (struct value){.kind = VALUE_ARRAY, .as.array = {spans, 2}};
    struct http_provider provider = {.url = url,
        .method = posts ? STR("POST") : STR("GET"),
        .headers = headers,
        .timeout = limits,
        .verify_tls = value_get(channel, STR("verify_tls")),
        .compat = notifier->compat};
    if (!http_prepare(arena, &provider, request, &failure) || !loop_of(notifier)) {
        log_debug(
            notifier->log, "failed calling notification endpoint: %.*s", STR_ARG(failure.message));
        return;
    }
    if (posts)
        request->body = body_of(arena, payload);
    request->has_body = posts;
    if (!notifier->client)
        notifier->client = http_open(loop_of(notifier));
    struct notice *notice = add_notice(notifier);
    notice->host = host_of(arena, url->kind == VALUE_STRING ? url->as.text : STR(""));
    notice->call = http_start(notifier->client, request, http_told, notice);
}

/* ---- Python ---- */

static void python_told(void *context, const struct value *reply, bool lost, struct str message)
{
    struct notice *notice = context;
    if (!reply && lost)
        log_debug(
            notice->notifier->log, "failed calling notification plugin: %.*s", STR_ARG(message));
    remove_notice(notice);
}

/* [class, message], or null */
static struct value error_value(struct arena *arena, const struct notify_error *error)
{
    struct value *items = ARENA_ARRAY(arena, struct value, 2);
    if (!error)
        return value_null();
    items[0] = value_string(arena_printf(arena, "chaoslib.exceptions.%s", error->raised));
    items[1] = value_string(arena_str(arena, error->message));
    return (struct value){.kind = VALUE_ARRAY, .as.array = {items, 2}};
}

static void tell_python(struct notifier *notifier, const struct value *channel,
    const struct value *payload, const struct notify_error *error)
{
    struct arena *arena = &notifier->arena;
    struct member *members = ARENA_ARRAY(arena, struct member, 4);
    members[0] = (struct member){STR("op"), value_string(STR("notify"))};
    members[1] = (struct member){STR("channel"), *channel};
    members[2] = (struct member){STR("payload"), *payload};
    members[3] = (struct member){STR("error"), error_value(arena, error)};
    struct value request = {.kind = VALUE_OBJECT, .as.object = {members, 4}};
    if (!loop_of(notifier))
        return;
    struct notice *notice = add_notice(notifier);
    notice->hook = interp_hook(notifier->started, notifier->world, notifier->log, &request,
        !notifier->compat, python_told, notice);
}

/* ---- events ---- */

static bool is_wanted(const struct value *channel, struct str event)
{
    const struct value *events = value_get(channel, STR("events"));
    if (!events || !value_truthy(events))
        return true;
    if (events->kind == VALUE_STRING)
        return str_contains(events->as.text, event);
    for (size_t i = 0; events->kind == VALUE_ARRAY && i < events->as.array.count; i++) {
        const struct value *item = &events->as.array.items[i];
        if (item->kind == VALUE_STRING && str_equal(item->as.text, event))
            return true;
    }
    return false;
}

static struct value compose(struct arena *arena, const char *phase, const char *event,
    const struct value *payload, const struct notify_error *error)
{
    struct member *members = ARENA_ARRAY(arena, struct member, 5);
    size_t count = 0;
    members[count++] = (struct member){STR("name"), value_string(str_from(event))};
    members[count++] = (struct member){STR("payload"), value_copy(arena, payload)};
    members[count++] = (struct member){STR("phase"), value_string(str_from(phase))};
    members[count++] = (struct member){STR("ts"), value_real(arena, (double)loop_wall() / 1e9)};
    if (error)
        members[count++] = (struct member){
            STR("error"), value_string(arena_printf(arena, "An exception was raised: %s('%.*s')",
                              error->raised, STR_ARG(error->message)))};
    return (struct value){.kind = VALUE_OBJECT, .as.object = {members, count}};
}

/* Until nothing is under way, or the time is over. */
static void wait_for_all(struct notifier *notifier, int64_t span)
{
    int64_t deadline = loop_deadline(span);
    while (notifier->pending && (span == LOOP_NEVER || loop_now() < deadline))
        loop_turn(loop_of(notifier), span == LOOP_NEVER ? LOOP_NEVER : deadline - loop_now());
}

void notify_send(struct notifier *notifier, const char *phase, const char *event,
    const struct value *payload, const struct notify_error *error)
{
    if (!notifier->channels)
        return;
    struct value told = compose(&notifier->arena, phase, event, payload, error);
    for (size_t i = 0; i < notifier->channels->as.array.count; i++) {
        const struct value *channel = &notifier->channels->as.array.items[i];
        const struct value *type =
            channel->kind == VALUE_OBJECT ? value_get(channel, STR("type")) : NULL;
        if (!type || type->kind != VALUE_STRING || !is_wanted(channel, str_from(event)))
            continue;
        if (str_is(type->as.text, "http"))
            tell_http(notifier, channel, &told);
        else if (str_is(type->as.text, "plugin"))
            tell_python(notifier, channel, &told, error);
        if (notifier->compat)
            wait_for_all(notifier, LOOP_NEVER);
    }
}

/* The journal as it was written, which is also what may be shown of it. */
static bool read_journal(struct arena *arena, const char *path, struct value *journal)
{
    struct str text;
    return files_read(arena, path, &text) &&
           json_parse(arena, text, &(struct json_options){.allow_not_finite = true}, journal, NULL);
}

void notify_run_ended(void *context, struct call_world *world, const struct run_options *options,
    const struct run_outcome *outcome)
{
    struct notifier *notifier = context;
    struct value journal;
    notifier->world = world;
    if (notifier->channels && outcome->journal_written &&
        read_journal(&notifier->arena, options->journal_path, &journal)) {
        bool completed = outcome->status == RUN_COMPLETED;
        notify_send(notifier, "run", completed ? "run-completed" : "run-failed", &journal, NULL);
        if (outcome->deviated)
            notify_send(notifier, "run", "run-deviated", &journal, NULL);
    }
    notify_close(notifier);
    notifier->world = NULL;
}

void notify_close(struct notifier *notifier)
{
    if (notifier->pending)
        wait_for_all(notifier, END_GRACE);
    for (struct notice *notice = notifier->pending; notice; notice = notice->after) {
        log_debug(notifier->log, "a notification is given up: it takes too long");
        if (notice->call)
            http_cancel(notice->call);
        else
            interp_cancel_hook(notice->hook);
    }
    if (notifier->pending)
        wait_for_all(notifier, LOOP_NEVER);
    if (notifier->client)
        http_close(notifier->client);
    notifier->client = NULL;
    notifier->channels = NULL;
    arena_free(&notifier->arena);
}

/* ---- what is not told ---- */

static bool is_source(const struct value *value)
{
    const struct value *type = value->kind == VALUE_OBJECT ? value_get(value, STR("type")) : NULL;
    return type && type->kind == VALUE_STRING &&
           (str_is(type->as.text, "env") || str_is(type->as.text, "vault"));
}

static struct value hidden(struct arena *arena, const struct value *value)
{
    if (is_source(value))
        return *value;
    if (value->kind != VALUE_OBJECT)
        return value_string(STR(REDACT_MARK));
    struct value copy = *value;
    struct member *members = ARENA_ARRAY(arena, struct member, value->as.object.count);
    for (size_t i = 0; i < value->as.object.count; i++)
        members[i] = (struct member){
            value->as.object.members[i].key, hidden(arena, &value->as.object.members[i].value)};
    copy.as.object.members = members;
    return copy;
}

static struct value without_secrets(struct arena *arena, const struct value *experiment)
{
    struct value copy = *experiment;
    if (experiment->kind != VALUE_OBJECT)
        return copy;
    size_t count = experiment->as.object.count;
    struct member *members = ARENA_ARRAY(arena, struct member, count);
    for (size_t i = 0; i < count; i++) {
        members[i] = experiment->as.object.members[i];
        if (str_is(members[i].key, "secrets") && members[i].value.kind == VALUE_OBJECT)
            members[i].value = hidden(arena, &members[i].value);
    }
    copy.as.object.members = members;
    return copy;
}

void notify_of_experiment(struct notifier *notifier, const char *phase, const char *event,
    const struct doc *experiment, const struct notify_error *error)
{
    if (!notifier->channels)
        return;
    struct value document = lower_value(&notifier->arena, experiment->root);
    if (!notifier->shows_secrets)
        document = without_secrets(&notifier->arena, &document);
    notify_send(notifier, phase, event, &document, error);
}
