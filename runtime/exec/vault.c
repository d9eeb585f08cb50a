#include "runtime/exec/vault.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/json.h"
#include "runtime/base/json_write.h"
#include "runtime/base/pytext.h"
#include "runtime/http/http_once.h"

static bool refuse(struct failure *failure, struct str message)
{
    *failure = (struct failure){.kind = FAILURE_EXCEPTION,
        .class_name = STR("chaoslib.exceptions.InvalidExperiment"),
        .message = message};
    return false;
}

/* A configuration key as a string; empty if it is not there. */
static struct str setting(const struct scope *scope, const char *name)
{
    struct value configuration = scope_configuration(scope);
    const struct value *value = value_get(&configuration, str_from(name));
    return value && value->kind != VALUE_NULL ? pytext_str(scope->arena, value) : STR("");
}

static struct str setting_or(const struct scope *scope, const char *name, const char *otherwise)
{
    struct str text = setting(scope, name);
    return text.len ? text : str_from(otherwise);
}

static struct str address(const struct scope *scope)
{
    const char *environment = getenv("VAULT_ADDR");
    struct str url = setting_or(
        scope, "vault_addr", environment && *environment ? environment : "http://localhost:8200");
    while (url.len && url.ptr[url.len - 1] == '/')
        url.len--;
    return url;
}

/* Sends one request to Vault: `body` is JSON for POST, or empty for GET. The reply must be a JSON object. */
static bool ask(const struct scope *scope, struct str path, struct str token, struct value *body,
    struct value *reply, struct failure *failure)
{
    struct arena *arena = scope->arena;
    struct member headers[] = {{STR("X-Vault-Request"), value_string(STR("true"))},
        {STR("Content-Type"), value_string(STR("application/json"))},
        {STR("X-Vault-Token"), value_string(token)}};
    struct value header_object = {.kind = VALUE_OBJECT, .as.object = {headers, token.len ? 3 : 2}};
    struct str full = arena_printf(arena, "%.*s/v1/%.*s", STR_ARG(address(scope)), STR_ARG(path));
    struct value url = value_string(full);
    struct http_provider provider = {.url = &url,
        .method = body ? STR("POST") : STR("GET"),
        .headers = &header_object,
        .arguments = body};
    struct http_request request;
    struct http_answer answer;
    if (!http_prepare(arena, &provider, &request, failure))
        return refuse(failure, arena_printf(arena, "Vault at %.*s cannot be asked: %.*s",
                                   STR_ARG(full), STR_ARG(failure->message)));
    if (!http_once(arena, &request, &answer))
        return refuse(failure, str_from(strerror(errno)));
    if (answer.error != HTTP_OK)
        return refuse(failure, arena_printf(arena, "Vault at %.*s cannot be asked: %.*s",
                                   STR_ARG(full), STR_ARG(answer.message)));
    if (answer.status != 200)
        return refuse(
            failure, arena_printf(arena, "Vault answers %d to %.*s%s", answer.status, STR_ARG(full),
                         answer.status == 403   ? ": the token may not read it"
                         : answer.status == 404 ? ": there is no such secret"
                         : answer.status == 503 ? ": it is sealed, or stands by"
                                                : ""));
    if (!json_parse(arena, answer.body, NULL, reply, NULL) || reply->kind != VALUE_OBJECT)
        return refuse(failure,
            arena_printf(arena, "what Vault answers to %.*s is no JSON object", STR_ARG(full)));
    return true;
}

/* Logs in at `path` with two members; the token is in the reply. */
static bool log_in(const struct scope *scope, struct str path, const struct member members[2],
    struct str *token, struct failure *failure)
{
    struct value body = {.kind = VALUE_OBJECT, .as.object = {members, 2}}, reply;
    if (!ask(scope, path, STR(""), &body, &reply, failure))
        return false;
    const struct value *auth = value_get(&reply, STR("auth"));
    const struct value *got = auth ? value_get(auth, STR("client_token")) : NULL;
    if (!got || got->kind != VALUE_STRING)
        return refuse(failure, STR("Vault's login gave no token"));
    *token = got->as.text;
    return true;
}

static bool read_service_account(
    const struct scope *scope, struct str *jwt, struct failure *failure)
{
    struct str path = setting_or(
        scope, "vault_sa_token_path", "/var/run/secrets/kubernetes.io/serviceaccount/token");
    char text[16 * 1024];
    FILE *file = fopen(arena_str(scope->arena, path).ptr, "re");
    if (!file)
        return refuse(failure, arena_printf(scope->arena,
                                   "Failed to get service account token at: %.*s", STR_ARG(path)));
    size_t n = fread(text, 1, sizeof text, file);
    fclose(file);
    *jwt = arena_str(scope->arena, (struct str){text, n});
    return true;
}

static bool get_token(const struct scope *scope, struct str *token, struct failure *failure)
{
    struct str role = setting(scope, "vault_role_id"), secret = setting(scope, "vault_role_secret"),
               account = setting(scope, "vault_sa_role");
    *token = setting(scope, "vault_token");
    if (token->len)
        return true;
    if (role.len && secret.len) {
        struct member members[] = {
            {STR("role_id"), value_string(role)}, {STR("secret_id"), value_string(secret)}};
        return log_in(scope, STR("auth/approle/login"), members, token, failure);
    }
    if (account.len) {
        struct str jwt;
        if (!read_service_account(scope, &jwt, failure))
            return false;
        struct member members[] = {
            {STR("role"), value_string(account)}, {STR("jwt"), value_string(jwt)}};
        struct str mount = setting_or(scope, "vault_k8s_mount_point", "kubernetes");
        return log_in(scope, arena_printf(scope->arena, "auth/%.*s/login", STR_ARG(mount)), members,
            token, failure);
    }
    const char *environment = getenv("VAULT_TOKEN");
    *token = str_from(environment ? environment : "");
    return true;
}

bool vault_fetch(
    struct scope *scope, const struct value *source, struct value *secret, struct failure *failure)
{
    const struct value *path = value_get(source, STR("path")), *key = value_get(source, STR("key"));
    struct str token, mount = setting_or(scope, "vault_secrets_mount_point", "secret");
    bool first = str_is(setting_or(scope, "vault_kv_version", "2"), "1");
    struct value reply;
    /* The reference warns of a missing path and goes on with an empty secret. */
    *secret = (struct value){.kind = VALUE_OBJECT};
    if (!path || path->kind != VALUE_STRING)
        return true;
    if (!get_token(scope, &token, failure) ||
        !ask(scope,
            arena_printf(scope->arena, "%.*s/%s%.*s", STR_ARG(mount), first ? "" : "data/",
                STR_ARG(path->as.text)),
            token, NULL, &reply, failure))
        return false;
    const struct value *data = value_get(&reply, STR("data"));
    if (data && !first)
        data = value_get(data, STR("data"));
    if (data && key && key->kind == VALUE_STRING)
        data = value_get(data, key->as.text);
    if (!data)
        return refuse(
            failure, arena_printf(scope->arena, "Vault's secret at %.*s has no '%.*s'",
                         STR_ARG(path->as.text), STR_ARG(key ? key->as.text : STR("data"))));
    *secret = *data;
    return true;
}

const struct rt_vault rt_vault = {vault_fetch};
