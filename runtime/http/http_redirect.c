/* Redirects as requests follows them. */
#include <strings.h>

#include "runtime/base/utf8.h"
#include "runtime/http/http_call.h"
#include "runtime/http/http_env.h"

enum { MAX_REDIRECTS = 30 };

static void http_drop_header(struct http_call *call, const char *name)
{
    for (size_t i = 0; i < call->header_count; i++) {
        if (call->headers[i].name.len == strlen(name) &&
            strncasecmp(call->headers[i].name.ptr, name, strlen(name)) == 0) {
            memmove(&call->headers[i], &call->headers[i + 1],
                (call->header_count - i - 1) * sizeof *call->headers);
            call->header_count--;
            return;
        }
    }
}

/* requests' should_strip_auth: credentials stay on the same host and port, and from http to https
 * of it. */
static bool leaves_home(const struct http_url *from, const struct http_url *to)
{
    if (!str_equal(from->host, to->host))
        return true;
    bool from_default = http_url_port(from) == (str_is(from->scheme, "https") ? 443 : 80);
    bool to_default = http_url_port(to) == (str_is(to->scheme, "https") ? 443 : 80);
    if (str_is(from->scheme, "http") && str_is(to->scheme, "https") && from_default && to_default)
        return false;
    return http_url_port(from) != http_url_port(to) || !str_equal(from->scheme, to->scheme);
}

static void redirect_method(struct http_call *call)
{
    bool head = str_is(call->method, "HEAD");
    if ((call->status == 303 || call->status == 302) && !head)
        call->method = STR("GET");
    if (call->status == 301 && str_is(call->method, "POST"))
        call->method = STR("GET");
    if (call->status != 307 && call->status != 308) {
        http_drop_header(call, "Content-Length");
        http_drop_header(call, "Content-Type");
        http_drop_header(call, "Transfer-Encoding");
        call->sends_body = false;
    }
    http_drop_header(call, "Cookie"); /* libcurl sends those it was told by the servers */
}

/* The bytes of a header's text, which was read as ISO-8859-1: a Location is UTF-8 all the same. */
static struct str header_bytes(struct arena *arena, struct str text)
{
    char *bytes = arena_alloc(arena, text.len + 1, 1);
    size_t len = 0;
    for (const char *p = text.ptr, *end = p + text.len; p < end;)
        bytes[len++] = (char)utf8_decode(&p, end);
    bytes[len] = '\0';
    return (struct str){bytes, len};
}

void http_follow(struct http_call *call, struct str location)
{
    struct http_url to;
    struct arena *arena = &call->hop;
    if (call->redirects++ >= MAX_REDIRECTS) {
        buf_printf(&call->message, "Exceeded %d redirects.", MAX_REDIRECTS);
        http_end_call(call, HTTP_TOO_MANY_REDIRECTS);
        return;
    }
    location = header_bytes(arena, location);
    if (utf8_first_invalid(location) != location.len) {
        buf_add_text(&call->message, "the redirect's Location is not UTF-8");
        http_end_call(call, HTTP_INVALID_LOCATION);
        return;
    }
    if (str_starts(location, STR("//")))
        location = arena_printf(arena, "%.*s:%.*s", STR_ARG(call->url.scheme), STR_ARG(location));
    struct str base = http_url_text(arena, &call->url);
    struct str target = http_url_join(arena, base, http_requote(arena, location));
    to = http_url_split(arena, target);
    if (!str_is(to.scheme, "http") && !str_is(to.scheme, "https")) {
        buf_printf(&call->message, "No connection adapters were found for '%.*s'", STR_ARG(target));
        http_end_call(call, HTTP_INVALID_SCHEMA);
        return;
    }
    const char *error = http_url_parse(arena, target, &to);
    if (error || !to.host.len) {
        buf_add_text(&call->message, error ? error : "Failed to parse: no host supplied");
        http_end_call(call, HTTP_INVALID_URL);
        return;
    }
    redirect_method(call);
    if (leaves_home(&call->url, &to))
        http_drop_header(call, "Authorization");
    struct str user, password;
    if (http_netrc(arena, to.host, &user, &password)) {
        http_drop_header(call, "Authorization");
        call->headers[call->header_count++] =
            (struct http_header){STR("Authorization"), http_basic_auth(arena, user, password)};
    }
    call->url = to;
    call->redirected = true;
    call->retries = call->request->retries;
    http_leave_hop(call);
    http_send_hop(call);
}
