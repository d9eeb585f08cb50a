/* What an experiment says about an HTTP call, read as chaoslib and requests read it. */
#include <ctype.h>
#include <math.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/buf.h"
#include "runtime/base/json.h"
#include "runtime/base/json_write.h"
#include "runtime/base/pytext.h"
#include "runtime/base/utf8.h"
#include "runtime/loop/decode.h"
#include "runtime/http/http.h"
#include "runtime/http/http_env.h"
#include "runtime/http/http_url.h"

#define REQUESTS "requests.exceptions."

static bool fail(struct failure *failure, const char *class_name, struct str message)
{
    *failure = (struct failure){FAILURE_EXCEPTION, str_from(class_name), message, false};
    return false;
}

static bool is_set(const struct value *value)
{
    return value && value->kind != VALUE_NULL;
}

/* ---- headers ---- */

struct headers {
    struct arena *arena;
    struct http_header *items;
    size_t count, room;
};

static bool same_name(struct str a, struct str b)
{
    return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

static struct http_header *find_header(const struct headers *headers, struct str name)
{
    for (size_t i = 0; i < headers->count; i++)
        if (same_name(headers->items[i].name, name))
            return &headers->items[i];
    return NULL;
}

/* A name that is there already keeps its place but takes the new spelling. */
static void set_header(struct headers *headers, struct str name, struct str value)
{
    struct http_header *header = find_header(headers, name);
    if (!header)
        header = ARENA_PUSH(headers->arena, headers->items, headers->count, headers->room);
    *header = (struct http_header){name, value};
}

static void drop_header(struct headers *headers, struct str name)
{
    struct http_header *header = find_header(headers, name);
    if (!header)
        return;
    size_t after = headers->count - (size_t)(header - headers->items) - 1;
    memmove(header, header + 1, after * sizeof *header);
    headers->count--;
}

static bool is_header_name(struct str name)
{
    return name.len && name.ptr[0] != ':' && !isspace((unsigned char)name.ptr[0]) &&
           !memchr(name.ptr + 1, ':', name.len - 1) && !memchr(name.ptr, '\r', name.len) &&
           !memchr(name.ptr, '\n', name.len);
}

static bool is_header_value(struct str value)
{
    return !value.len ||
           (!isspace((unsigned char)value.ptr[0]) && !memchr(value.ptr, '\r', value.len) &&
               !memchr(value.ptr, '\n', value.len));
}

/* Header values travel as ISO-8859-1; false if the text has other characters. */
static bool to_latin1(struct arena *arena, struct str text, struct str *bytes)
{
    char *out = arena_alloc(arena, text.len + 1, 1);
    size_t len = 0;
    for (const char *p = text.ptr, *end = p + text.len; p < end;) {
        uint32_t code = utf8_decode(&p, end);
        if (code > 0xFF)
            return false;
        out[len++] = (char)code;
    }
    *bytes = (struct str){out, len};
    return true;
}

static bool bad_header(
    struct arena *arena, const char *part, struct str text, struct failure *failure)
{
    struct buf out = {0};
    buf_printf(&out,
        "Invalid leading whitespace, reserved character(s), or return character(s) in header %s: ",
        part);
    pytext_add_quoted(&out, text);
    return fail(failure, REQUESTS "InvalidHeader", buf_finish(&out, arena));
}

static bool add_header(
    struct headers *headers, const struct member *member, struct failure *failure)
{
    struct arena *arena = headers->arena;
    const struct value *value = &member->value;
    struct str bytes;
    if (value->kind == VALUE_NULL) {
        drop_header(headers, member->key);
        return true;
    }
    if (value->kind != VALUE_STRING) {
        struct buf out = {0};
        buf_add_text(&out, "Header part (");
        pytext_add_repr(&out, value);
        buf_add_text(&out, ") from (");
        pytext_add_quoted(&out, member->key);
        buf_add_text(&out, ", ");
        pytext_add_repr(&out, value);
        buf_add_text(&out, ") must be of type str or bytes");
        return fail(failure, REQUESTS "InvalidHeader", buf_finish(&out, arena));
    }
    if (!is_header_name(member->key))
        return bad_header(arena, "name", member->key, failure);
    if (!is_header_value(value->as.text))
        return bad_header(arena, "value", value->as.text, failure);
    if (!to_latin1(arena, value->as.text, &bytes))
        return fail(failure, "UnicodeEncodeError",
            STR("'latin-1' codec can't encode characters: ordinal not in range(256)"));
    set_header(headers, member->key, bytes);
    return true;
}

/* Without those given, those of a requests session. An empty text or list in place of a mapping takes them all away. */
static bool add_headers(
    struct headers *headers, const struct value *given, bool compat, struct failure *failure)
{
    bool is_mapping = is_set(given) && given->kind == VALUE_OBJECT;
    if (is_set(given) && !is_mapping && value_truthy(given))
        return fail(failure, "AttributeError", STR("headers have no attribute 'items'"));
    if (is_set(given) && !is_mapping)
        return true;
    set_header(headers, STR("User-Agent"),
        compat ? STR("python-requests/2.34.2") : STR("chaosc/" CHAOSC_VERSION));
    set_header(headers, STR("Accept-Encoding"), STR("gzip, deflate"));
    set_header(headers, STR("Accept"), STR("*/*"));
    set_header(headers, STR("Connection"), STR("keep-alive"));
    for (size_t i = 0; is_mapping && i < given->as.object.count; i++)
        if (!add_header(headers, &given->as.object.members[i], failure))
            return false;
    return true;
}

static bool read_headers(
    struct headers *headers, const struct http_provider *provider, struct failure *failure)
{
    if (!add_headers(headers, provider->headers, provider->compat, failure))
        return false;
    if (!find_header(headers, STR("User-Agent"))) /* urllib3 says its own then */
        set_header(headers, STR("User-Agent"),
            provider->compat ? STR("python-urllib3/2.8.0") : STR("chaosc/" CHAOSC_VERSION));
    return true;
}

/* ---- URL, body, credentials ---- */

static bool read_url(struct arena *arena, const struct http_provider *provider, bool with_query,
    struct http_url *url, struct failure *failure)
{
    struct str text = pytext_str(arena, provider->url);
    while (text.len && isspace((unsigned char)text.ptr[0]))
        text = (struct str){text.ptr + 1, text.len - 1};
    bool http = text.len >= 4 && strncasecmp(text.ptr, "http", 4) == 0;
    if (memchr(text.ptr, ':', text.len) && !http)
        return fail(failure, REQUESTS "InvalidSchema",
            arena_printf(arena, "No connection adapters were found for '%.*s'", STR_ARG(text)));
    const char *error = http_url_parse(arena, text, url);
    if (error)
        return fail(failure, REQUESTS "InvalidURL", str_from(error));
    if (!url->scheme.len)
        return fail(failure, REQUESTS "MissingSchema",
            arena_printf(arena,
                "Invalid URL '%.*s': No scheme supplied. Perhaps you meant https://%.*s?",
                STR_ARG(text), STR_ARG(text)));
    if (!url->host.len)
        return fail(failure, REQUESTS "InvalidURL",
            arena_printf(arena, "Invalid URL '%.*s': No host supplied", STR_ARG(text)));
    if (url->host.ptr[0] == '*' || url->host.ptr[0] == '.')
        return fail(failure, REQUESTS "InvalidURL", STR("URL has an invalid label."));
    if (with_query && provider->arguments && value_truthy(provider->arguments)) {
        struct str query;
        if (!http_encode_form(arena, provider->arguments, &query, &error))
            return fail(failure, "ValueError", str_from(error));
        if (url->query.len && query.len)
            query = arena_printf(arena, "%.*s&%.*s", STR_ARG(url->query), STR_ARG(query));
        if (query.len)
            url->query = query;
    }
    url->query = http_requote(arena, url->query);
    url->path = http_requote(arena, url->path);
    if (!str_is(url->scheme, "http") && !str_is(url->scheme, "https"))
        return fail(failure, REQUESTS "InvalidSchema",
            arena_printf(arena, "No connection adapters were found for '%.*s'",
                STR_ARG(http_url_text(arena, url))));
    return true;
}

/* The rule is exact: a header spelt "Content-Type" whose value is "application/json", nothing near
 * it. */
static bool wants_json(const struct value *headers)
{
    const struct value *type = headers ? value_get(headers, STR("Content-Type")) : NULL;
    return type && type->kind == VALUE_STRING && str_is(type->as.text, "application/json");
}

static bool has_number_without_json(const struct value *value)
{
    if (value->kind == VALUE_REAL)
        return !isfinite(value_to_double(value));
    if (value->kind == VALUE_ARRAY)
        for (size_t i = 0; i < value->as.array.count; i++)
            if (has_number_without_json(&value->as.array.items[i]))
                return true;
    if (value->kind == VALUE_OBJECT)
        for (size_t i = 0; i < value->as.object.count; i++)
            if (has_number_without_json(&value->as.object.members[i].value))
                return true;
    return false;
}

static bool read_body(struct headers *headers, const struct http_provider *provider,
    struct http_request *request, struct failure *failure)
{
    const struct value *arguments = provider->arguments;
    if (!is_set(arguments))
        return true;
    if (wants_json(provider->headers)) {
        if (has_number_without_json(arguments))
            return fail(failure, REQUESTS "InvalidJSONError",
                STR("Out of range float values are not JSON compliant"));
        struct buf out = {0};
        struct json_writer writer =
            jw_start(&out, (struct json_style){.spaced = true, .ascii = true});
        jw_value(&writer, arguments);
        request->body = buf_finish(&out, headers->arena);
        request->has_body = true;
        return true;
    }
    if (!value_truthy(arguments))
        return true;
    const char *error;
    if (!http_encode_form(headers->arena, arguments, &request->body, &error))
        return fail(
            failure, arguments->kind == VALUE_ARRAY ? "ValueError" : "TypeError", str_from(error));
    request->has_body = true;
    if (!request->body.len) /* requests sends an empty body of unknown length */
        set_header(headers, STR("Transfer-Encoding"), STR("chunked"));
    if (arguments->kind != VALUE_STRING && !find_header(headers, STR("Content-Type")))
        set_header(headers, STR("Content-Type"), STR("application/x-www-form-urlencoded"));
    return true;
}

/* .netrc first, then the URL's; either replaces an Authorization header, as in requests. */
static void read_credentials(struct headers *headers, const struct http_url *url)
{
    struct arena *arena = headers->arena;
    struct str user, password;
    if (!http_netrc(arena, url->host, &user, &password)) {
        const char *colon =
            memchr(url->user_info.ptr ? url->user_info.ptr : "", ':', url->user_info.len);
        if (!colon)
            return;
        user = http_unquote(arena, str_slice(url->user_info.ptr, colon));
        password =
            http_unquote(arena, str_slice(colon + 1, url->user_info.ptr + url->user_info.len));
        if (!user.len && !password.len)
            return;
    }
    set_header(headers, STR("Authorization"), http_basic_auth(arena, user, password));
}

/* ---- timeouts, TLS, retries ---- */

static bool read_timeout(struct arena *arena, const char *name, const struct value *value,
    int64_t *span, struct failure *failure)
{
    *span = LOOP_NEVER;
    if (!is_set(value))
        return true;
    if (value->kind == VALUE_BOOL)
        return fail(failure, "ValueError",
            STR("Timeout cannot be a boolean value. It must be an int, float or None."));
    if (value->kind != VALUE_INT && value->kind != VALUE_REAL)
        return fail(failure, "ValueError",
            arena_printf(arena, "Timeout value %s was %.*s, but it must be an int, float or None.",
                name, STR_ARG(pytext_str(arena, value))));
    double seconds = value_to_double(value);
    if (seconds <= 0)
        return fail(failure, "ValueError",
            arena_printf(arena,
                "Attempted to set %s timeout to %.*s, but the timeout cannot be set to a value "
                "less than or "
                "equal to 0.",
                name, STR_ARG(pytext_str(arena, value))));
    if (seconds * 1e9 >= (double)INT64_MAX)
        return fail(failure, "OverflowError", STR("timestamp too large to convert to C _PyTime_t"));
    *span = (int64_t)(seconds * 1e9);
    return true;
}

static bool read_timeouts(struct arena *arena, const struct value *timeout,
    struct http_request *request, struct failure *failure)
{
    const struct value *connect = timeout, *read = timeout;
    if (timeout && timeout->kind == VALUE_ARRAY) {
        if (timeout->as.array.count != 2)
            return fail(failure, "ValueError",
                arena_printf(arena,
                    "Invalid timeout %.*s. Pass a (connect, read) timeout tuple, or a single float "
                    "to set both "
                    "timeouts to the same value.",
                    STR_ARG(pytext_str(arena, timeout))));
        connect = &timeout->as.array.items[0];
        read = &timeout->as.array.items[1];
    }
    return read_timeout(arena, "connect", connect, &request->connect_timeout, failure) &&
           read_timeout(arena, "read", read, &request->read_timeout, failure);
}

static bool read_tls(struct arena *arena, const struct value *verify, bool tls,
    struct http_request *request, struct failure *failure)
{
    request->verify = !is_set(verify) || value_truthy(verify);
    if (!request->verify)
        return true;
    if (tls && is_set(verify) && verify->kind != VALUE_STRING && verify->kind != VALUE_BOOL)
        return fail(failure, "TypeError", STR("`verify_tls` is neither a truth nor a path"));
    if (is_set(verify) && verify->kind == VALUE_STRING)
        request->ca_bundle = verify->as.text;
    else
        request->ca_bundle = http_ca_bundle();
    struct stat status;
    if (tls && request->ca_bundle.len &&
        stat(arena_str(arena, request->ca_bundle).ptr, &status) != 0)
        return fail(failure, "OSError",
            arena_printf(arena,
                "Could not find a suitable TLS CA certificate bundle, invalid path: %.*s",
                STR_ARG(request->ca_bundle)));
    return true;
}

/* What requests does not do: SOCKS without another package, a proxy without a name. */
static bool check_proxy(struct arena *arena, const struct http_url *url, struct failure *failure)
{
    struct str proxy = http_proxy(arena, url);
    if (str_starts(proxy, STR("socks")))
        return fail(
            failure, REQUESTS "InvalidSchema", STR("Missing dependencies for SOCKS support."));
    const char *colon = proxy.len ? memmem(proxy.ptr, proxy.len, "://", 3) : NULL;
    if (colon && colon + 3 == proxy.ptr + proxy.len)
        return fail(failure, REQUESTS "InvalidProxyURL",
            STR("Please check proxy URL. It is malformed and could be missing the host."));
    return true;
}

static unsigned read_retries(const struct value *retries)
{
    enum { URLLIB3_DEFAULT = 3, MOST = 1000 };
    if (!retries)
        return 0;
    if (retries->kind == VALUE_NULL)
        return URLLIB3_DEFAULT;
    if (retries->kind == VALUE_BOOL)
        return retries->as.truth;
    double count = value_to_double(retries);
    return count > MOST ? MOST : count >= 1 ? (unsigned)count : 0;
}

/* What http.client takes for a method: nothing but characters of an HTTP token. */
static bool is_method(struct str method)
{
    for (size_t i = 0; i < method.len; i++)
        if (!isalnum((unsigned char)method.ptr[i]) &&
            (!method.ptr[i] || !strchr("!#$%&'*+-.^_`|~", method.ptr[i])))
            return false;
    return true;
}

bool http_prepare(struct arena *arena, const struct http_provider *provider,
    struct http_request *request, struct failure *failure)
{
    *request = (struct http_request){0};
    *failure = (struct failure){0};
    struct headers headers = {.arena = arena};
    struct http_url url;
    struct str named = provider->method.ptr ? provider->method : STR("GET");
    char *method = arena_alloc(arena, named.len + 1, 1);
    for (size_t i = 0; i < named.len; i++)
        method[i] = (char)toupper((unsigned char)named.ptr[i]);
    request->method = (struct str){method, named.len};
    bool get = str_is(request->method, "GET");
    if (!read_url(arena, provider, get, &url, failure) ||
        !read_headers(&headers, provider, failure) ||
        (!get && !read_body(&headers, provider, request, failure)))
        return false;
    read_credentials(&headers, &url);
    request->url = http_url_sent(arena, &url);
    request->headers = headers.items;
    request->header_count = headers.count;
    request->retries = read_retries(provider->max_retries);
    if (!read_timeouts(arena, provider->timeout, request, failure) ||
        !read_tls(arena, provider->verify_tls, str_is(url.scheme, "https"), request, failure) ||
        !check_proxy(arena, &url, failure))
        return false;
    if (!is_method(request->method))
        return fail(failure, "ValueError",
            arena_printf(arena, "Method cannot contain non-token characters '%.*s'",
                STR_ARG(request->method)));
    return true;
}

/* ---- the outcome ---- */

static const struct http_header *find_in(const struct http_result *result, struct str name)
{
    for (size_t i = 0; i < result->header_count; i++)
        if (same_name(result->headers[i].name, name))
            return &result->headers[i];
    return NULL;
}

/* requests' get_encoding_from_headers: the charset named; ISO-8859-1 for a text without; else
 * empty. */
static struct str find_charset(struct str type)
{
    const char *end = type.ptr + type.len, *p = memchr(type.ptr, ';', type.len);
    while (p) {
        p++;
        while (p < end && (*p == ' ' || *p == '\t'))
            p++;
        const char *stop = memchr(p, ';', (size_t)(end - p));
        struct str parameter = str_slice(p, stop ? stop : end);
        if (parameter.len > 8 && strncasecmp(parameter.ptr, "charset=", 8) == 0) {
            struct str name = {parameter.ptr + 8, parameter.len - 8};
            while (name.len && strchr("'\" ", name.ptr[0]))
                name = (struct str){name.ptr + 1, name.len - 1};
            while (name.len && strchr("'\" ", name.ptr[name.len - 1]))
                name.len--;
            return name;
        }
        p = stop;
    }
    const char *semicolon = memchr(type.ptr, ';', type.len);
    struct str media = str_slice(type.ptr, semicolon ? semicolon : end);
    return str_contains(media, STR("text")) ? STR("ISO-8859-1") : STR("");
}

static struct str read_text(struct arena *arena, const struct http_result *result)
{
    const struct http_header *type = find_in(result, STR("Content-Type"));
    struct str charset = type ? find_charset(type->value) : STR("");
    if (!charset.len || same_name(charset, STR("utf-8")) || same_name(charset, STR("utf8")))
        return decode_buf(arena, result->body);
    return decode_charset(arena, result->body, charset);
}

static bool read_reply(struct arena *arena, const struct http_result *result, struct value *body,
    struct failure *failure)
{
    const struct http_header *type = find_in(result, STR("Content-Type"));
    struct str text = read_text(arena, result);
    *body = value_string(text);
    if (!type || !str_is(type->value, "application/json"))
        return true;
    struct json_failure where;
    struct json_options options = {.allow_not_finite = true, .merge_keys = true};
    if (json_parse(arena, text, &options, body, &where))
        return true;
    return fail(failure, REQUESTS "JSONDecodeError",
        arena_printf(
            arena, "%s at byte %zu of the body", json_error_text(where.error), where.offset));
}

bool http_output(struct arena *arena, struct str url, const struct http_result *result,
    struct value *output, struct failure *failure)
{
    static const char *const classes[] = {
        [HTTP_TOO_MANY_REDIRECTS] = REQUESTS "TooManyRedirects",
        [HTTP_CHUNKED_ENCODING_ERROR] = REQUESTS "ChunkedEncodingError",
        [HTTP_CONTENT_DECODING_ERROR] = REQUESTS "ContentDecodingError",
        [HTTP_INVALID_URL] = REQUESTS "InvalidURL",
        [HTTP_INVALID_SCHEMA] = REQUESTS "InvalidSchema",
        [HTTP_INVALID_LOCATION] = "UnicodeDecodeError",
        [HTTP_UNAVAILABLE] = "OSError",
    };
    *failure = (struct failure){0};
    switch (result->error) {
    case HTTP_OK:
        break;
    case HTTP_CONNECTION_ERROR:
    case HTTP_READ_TIMEOUT:
        failure->kind = FAILURE_ACTIVITY;
        failure->class_name = STR("chaoslib.exceptions.ActivityFailed");
        failure->timed_out = result->timed_out;
        failure->message = result->error == HTTP_READ_TIMEOUT
                               ? STR("activity took too long to complete")
                               : arena_printf(arena, "failed to connect to %.*s: %.*s",
                                     STR_ARG(url), STR_ARG(result->message));
        return false;
    case HTTP_CANCELLED:
        *failure = (struct failure){
            FAILURE_CANCELLED, STR(""), STR("http activity was interrupted"), false};
        return false;
    case HTTP_TOO_MANY_REDIRECTS:
    case HTTP_CHUNKED_ENCODING_ERROR:
    case HTTP_CONTENT_DECODING_ERROR:
    case HTTP_INVALID_URL:
    case HTTP_INVALID_SCHEMA:
    case HTTP_INVALID_LOCATION:
    case HTTP_UNAVAILABLE:
        return fail(failure, classes[result->error], arena_str(arena, result->message));
    }
    struct member *members = ARENA_ARRAY(arena, struct member, 3);
    struct member *headers = ARENA_ARRAY(arena, struct member, result->header_count);
    for (size_t i = 0; i < result->header_count; i++) {
        headers[i].key = arena_str(arena, result->headers[i].name);
        headers[i].value = value_string(arena_str(arena, result->headers[i].value));
    }
    members[0] = (struct member){STR("status"), value_int(arena, result->status)};
    members[1].key = STR("headers");
    members[1].value =
        (struct value){.kind = VALUE_OBJECT, .as.object = {headers, result->header_count}};
    members[2].key = STR("body");
    *output = (struct value){.kind = VALUE_OBJECT, .as.object = {members, 3}};
    return read_reply(arena, result, &members[2].value, failure);
}
