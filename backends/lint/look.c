#include "backends/lint/lint.h"

#include <strings.h>

const struct signature *look_signature(const struct lint *lint, const struct ir_provider *provider)
{
    if (!provider || provider->kind != IR_PYTHON)
        return NULL;
    return driver_find(
        &lint->drivers, provider->as.python.module.node, provider->as.python.function.node);
}

/* ---- texts ---- */

static struct str host_of(struct str url)
{
    const char *at = memmem(url.ptr, url.len, "://", 3);
    struct str rest = at ? str_slice(at + 3, url.ptr + url.len) : url;
    size_t end = 0;
    while (end < rest.len && !strchr("/?#", rest.ptr[end]))
        end++;
    rest.len = end;
    const char *user = memrchr(rest.ptr, '@', rest.len);
    if (user)
        rest = str_slice(user + 1, rest.ptr + rest.len);
    if (rest.len > 0 && rest.ptr[0] == '[') {
        const char *close = memchr(rest.ptr, ']', rest.len);
        return close ? str_slice(rest.ptr, close + 1) : rest;
    }
    const char *colon = memchr(rest.ptr, ':', rest.len);
    return colon && !memchr(rest.ptr, '$', rest.len) ? str_slice(rest.ptr, colon) : rest;
}

static bool is_private_address(struct str host)
{
    static const struct str prefixes[] = {STR_INIT("127."), STR_INIT("10."), STR_INIT("192.168."),
        STR_INIT("169.254."), STR_INIT("0.0.0.0"), STR_INIT("[::1]"), STR_INIT("[fc"),
        STR_INIT("[fd"), STR_INIT("[fe80")};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (str_starts(host, prefixes[i]))
            return true;
    if (!str_starts(host, STR("172.")) || host.len < 6)
        return false;
    int second = (host.ptr[4] - '0') * 10 + (host.ptr[5] - '0');
    return host.ptr[5] != '.' && second >= 16 && second <= 31;
}

bool look_is_local(struct str url)
{
    struct str host = host_of(url);
    if (host.len == 0 || host.ptr[0] == '$' || memchr(host.ptr, '$', host.len))
        return true;
    static const struct str endings[] = {STR_INIT(".local"), STR_INIT(".svc"),
        STR_INIT(".localhost"), STR_INIT(".internal"), STR_INIT(".test"), STR_INIT(".lan")};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (str_ends(host, endings[i]))
            return true;
    return !memchr(host.ptr, '.', host.len) || is_private_address(host) ||
           str_contains(host, STR(".svc."));
}

static bool contains_nocase(struct str text, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= text.len; i++)
        if (strncasecmp(text.ptr + i, word, len) == 0)
            return true;
    return false;
}

bool look_is_placeholder(struct str value)
{
    static const char *const words[] = {"xyz", "xxx", "change", "example", "your", "placeholder",
        "dummy", "todo", "fixme", "secret", "password", "token", "abc", "123456", "...", "***",
        "insert", "replace", "redacted", "foobar", "sample", "test"};
    if (value.len < 6 || strchr("<{$%/.~", value.ptr[0]) || str_contains(value, STR("://")))
        return true; /* a variable, a path or an address, which say where the secret is */
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (contains_nocase(value, words[i]))
            return true;
    return false;
}

bool look_is_secret_name(struct str name)
{
    static const char *const words[] = {"password", "passwd", "token", "secret", "api_key",
        "apikey", "api-key", "access_key", "private_key", "credential", "authorization"};
    /* Names that hold where or what a secret is, not the secret. */
    static const char *const around[] = {"_name", "_path", "_file", "_url", "_id", "_ttl", "_type",
        "-name", "_uri", "_endpoint", "_header", "_version", "_namespace"};
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++)
        if (str_ends(name, str_from(around[i])))
            return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (contains_nocase(name, words[i]))
            return true;
    return false;
}
