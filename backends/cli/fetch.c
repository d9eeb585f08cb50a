#include "backends/cli/fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/http/http_once.h"

bool fetch_is_url(const char *path)
{
    return strncmp(path, "http://", 7) == 0 || strncmp(path, "https://", 8) == 0;
}

/* What stands between "//" and the path: the key of `auths`. */
static struct str host_of(const char *url)
{
    const char *host = strstr(url, "//") + 2;
    return (struct str){host, strcspn(host, "/?#")};
}

static struct str trimmed(const char *text)
{
    struct str s = str_from(text);
    while (s.len && strchr(" \t\r\n", s.ptr[s.len - 1]))
        s.len--;
    while (s.len && strchr(" \t\r\n", s.ptr[0]))
        s = str_slice(s.ptr + 1, s.ptr + s.len);
    return s;
}

/* The Authorization header, empty if there is none. */
static struct str authorization(struct arena *arena, const struct fetch *fetch)
{
    const char *token = getenv("CHAOSTOOLKIT_LOADER_AUTH_BEARER_TOKEN");
    if (token && *token)
        return arena_printf(arena, "bearer %.*s", STR_ARG(trimmed(token)));
    const struct value *auths = value_get(fetch->settings, STR("auths"));
    const struct value *auth = auths ? value_get(auths, host_of(fetch->url)) : NULL;
    const struct value *type = auth ? value_get(auth, STR("type")) : NULL;
    const struct value *value = auth ? value_get(auth, STR("value")) : NULL;
    if (!type || !value || type->kind != VALUE_STRING || value->kind != VALUE_STRING)
        return STR("");
    return arena_printf(arena, "%.*s %.*s", STR_ARG(type->as.text), STR_ARG(value->as.text));
}

/* As parse_experiment_from_http chooses; false if it knows no such type. */
static bool choose_reader(const struct http_answer *answer, struct fetched *got)
{
    got->text = answer->body;
    if (str_contains(answer->type, STR("application/json")))
        got->read = doc_read_json;
    else if (str_contains(answer->type, STR("application/x-yaml")) ||
             str_contains(answer->type, STR("text/yaml")))
        got->read = doc_read_yaml;
    else if (str_contains(answer->type, STR("text/plain")))
        got->read = doc_read;
    else
        return false;
    return true;
}

bool fetch_get(struct arena *arena, const struct fetch *fetch, struct log *log, struct fetched *got)
{
    struct member members[] = {
        {STR("Accept"), value_string(STR("application/json, application/x-yaml"))},
        {STR("Authorization"), value_string(authorization(arena, fetch))}};
    struct value headers = {
        .kind = VALUE_OBJECT, .as.object = {members, 1 + (members[1].value.as.text.len > 0)}};
    struct value url = value_string(str_from(fetch->url)),
                 verify = value_bool(!fetch->no_verify_tls);
    struct http_provider provider = {.url = &url, .headers = &headers, .verify_tls = &verify};
    struct http_request request;
    struct failure failure = {0};
    struct http_answer answer;
    if (!http_prepare(arena, &provider, &request, &failure)) {
        log_error(log, "%s cannot be fetched: %.*s", fetch->url, STR_ARG(failure.message));
        return false;
    }
    if (!http_once(arena, &request, &answer)) {
        log_error(log, "the event loop cannot be made: %s", strerror(errno));
        return false;
    }
    if (answer.error != HTTP_OK)
        log_error(log, "%s cannot be fetched: %.*s", fetch->url, STR_ARG(answer.message));
    else if (answer.status != 200)
        log_error(log, "Failed to fetch the experiment: %.*s", STR_ARG(answer.body));
    else if (choose_reader(&answer, got))
        return true;
    else
        log_error(log, "only files with json, yaml or yml extensions are supported");
    return false;
}
