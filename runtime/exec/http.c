#include "runtime/exec/http.h"

#include <assert.h>
#include <ctype.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "runtime/base/mem.h"
#include "runtime/exec/http_curl.h"
#include "runtime/exec/http_env.h"
#include "runtime/exec/http_url.h"

#if LIBCURL_VERSION_NUM < 0x075000
#error "libcurl 7.80 or later is needed (CURLOPT_PREREQFUNCTION)"
#endif

enum { MAX_REDIRECTS = 30 };

struct http_client {
    struct loop *loop;
    struct curl_api curl;
    CURLM *multi;
    const char *unavailable; /* why there is no libcurl, once it was tried */
    struct loop_timer timer; /* libcurl's */
    size_t calls;
};

/* One of libcurl's sockets. */
struct socket {
    struct http_client *client;
    struct loop_watch watch;
};

struct http_call {
    struct http_client *client;
    const struct http_request *request;
    http_done_fn *done;
    void *context;
    struct loop_timer timer; /* the wait for bytes; or before a retry; or the report of the end */

    /* The hop under way. */
    struct arena hop; /* what it needs: URL, headers */
    CURL *easy;
    struct curl_slist *lines;
    bool under_way;
    struct http_url url;
    struct str method;
    struct http_header *headers;
    size_t header_count;
    bool sends_body, redirected;
    unsigned redirects, retries;

    /* The reply to it. */
    struct arena reply;
    struct http_header *reply_headers;
    size_t reply_count, reply_room;
    int status;
    bool headers_ended, waited;
    struct buf body;
    uint64_t body_total;

    enum http_error error;
    bool timed_out, ended;
    struct buf message;
    char curl_text[CURL_ERROR_SIZE];
};

static void send_hop(struct http_call *call);

/* ---- the end ---- */

static void handle_end(void *context)
{
    struct http_call *call = context;
    struct http_client *client = call->client;
    struct http_result result = {
        .error = call->error,
        .timed_out = call->timed_out,
        .message = buf_str(&call->message),
        .url = http_url_text(&call->hop, &call->url),
        .status = call->status,
        .headers = call->reply_headers,
        .header_count = call->reply_count,
        .body = &call->body,
        .body_total = call->body_total,
        .body_truncated = call->body_total > call->body.len,
    };
    call->done(call->context, &result);
    client->calls--;
    if (call->easy)
        client->curl.easy_cleanup(call->easy);
    arena_free(&call->hop);
    arena_free(&call->reply);
    buf_free(&call->body);
    buf_free(&call->message);
    mem_free(call);
}

/* Takes the hop from libcurl; what it has read of the reply stays. */
static void leave_hop(struct http_call *call)
{
    loop_timer_cancel(call->client->loop, &call->timer);
    if (call->under_way)
        call->client->curl.multi_remove_handle(call->client->multi, call->easy);
    call->under_way = false;
    if (call->lines)
        call->client->curl.slist_free_all(call->lines);
    call->lines = NULL;
}

/* Ends the call; `done` is called from the loop's next turn, never from here. */
static void end_call(struct http_call *call, enum http_error error)
{
    leave_hop(call);
    call->error = error;
    call->ended = true;
    loop_timer_set(call->client->loop, &call->timer, 0, handle_end, call);
}

void http_cancel(struct http_call *call)
{
    if (!call->ended)
        end_call(call, HTTP_CANCELLED);
}

/* ---- failures and retries ---- */

/* urllib3 retries what reached no server whatever the method, and other breaks only where the
 * method allows. */
static bool is_idempotent(struct str method)
{
    static const char *const names[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal(method, str_from(names[i])))
            return true;
    return false;
}

static void add_pool(struct buf *out, const struct http_call *call, const char *suffix)
{
    buf_printf(out, "HTTP%sConnection%s(host='%.*s', port=%d)",
        str_is(call->url.scheme, "https") ? "S" : "", suffix, STR_ARG(call->url.host),
        http_url_port(&call->url));
}

static double seconds(int64_t span)
{
    return (double)span / 1e9;
}

/* The urllib3 exception inside "(Caused by ...)". */
static void add_cause(struct buf *out, const struct http_call *call, CURLcode code)
{
    int host_len = (int)call->url.host.len;
    const char *host = call->url.host.ptr;
    switch ((int)code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        buf_add_text(out, "NameResolutionError(\"");
        add_pool(out, call, "");
        buf_printf(out, ": Failed to resolve '%.*s' ([Errno -2] Name or service not known)\")",
            host_len, host);
        break;
    case CURLE_OPERATION_TIMEDOUT:
        buf_add_text(out, "ConnectTimeoutError(");
        add_pool(out, call, "");
        buf_printf(out, ", 'Connection to %.*s timed out. (connect timeout=%g)')", host_len, host,
            seconds(call->request->connect_timeout));
        break;
    case CURLE_COULDNT_CONNECT: {
        long error = 0;
        call->client->curl.easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &error);
        buf_add_text(out, "NewConnectionError(\"");
        add_pool(out, call, "");
        buf_add_text(out, ": Failed to establish a new connection: ");
        if (error)
            buf_printf(out, "[Errno %ld] %s\")", error, strerror((int)error));
        else
            buf_printf(out, "%s\")", call->curl_text);
        break;
    }
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
        buf_printf(out, "ProxyError('Unable to connect to proxy', %s)", call->curl_text);
        break;
    default:
        buf_printf(out, "SSLError(%s)", call->curl_text);
    }
}

static void say_exhausted(struct http_call *call, CURLcode code)
{
    buf_clear(&call->message);
    add_pool(&call->message, call, "Pool");
    buf_printf(&call->message, ": Max retries exceeded with url: %.*s (Caused by ",
        STR_ARG(http_url_target(&call->hop, &call->url)));
    if (call->waited) {
        buf_add_text(&call->message, "ReadTimeoutError(\"");
        add_pool(&call->message, call, "Pool");
        buf_printf(&call->message, ": Read timed out. (read timeout=%g)\")",
            seconds(call->request->read_timeout));
    } else {
        add_cause(&call->message, call, code);
    }
    buf_add_char(&call->message, ')');
}

static bool retry(struct http_call *call, int64_t delay);

/* The server was never reached, or not in time. */
static void fail_to_connect(struct http_call *call, CURLcode code)
{
    call->timed_out = code == CURLE_OPERATION_TIMEDOUT;
    say_exhausted(call, code);
    if (!retry(call, 0))
        end_call(call, HTTP_CONNECTION_ERROR);
}

/* The connection broke after the request was sent and before the reply's headers were read. */
static void fail_to_read(struct http_call *call, CURLcode code)
{
    const char *cause = code == CURLE_GOT_NOTHING
                            ? "RemoteDisconnected('Remote end closed connection without response')"
                        : code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR
                            ? "ConnectionResetError(104, 'Connection reset by peer')"
                            : "BadStatusLine";
    buf_clear(&call->message);
    buf_printf(&call->message, "('Connection aborted.', %s)", cause);
    if (!(is_idempotent(call->method) && retry(call, 0)))
        end_call(call, HTTP_CONNECTION_ERROR);
}

/* It broke within the body. */
static void fail_in_body(struct http_call *call)
{
    buf_clear(&call->message);
    buf_printf(&call->message, "('Connection broken: IncompleteRead(%llu bytes read)', %s)",
        (unsigned long long)call->body_total, call->curl_text);
    end_call(call, HTTP_CHUNKED_ENCODING_ERROR);
}

static void fail_hop(struct http_call *call, CURLcode code)
{
    if (!call->curl_text[0])
        strncat(
            call->curl_text, call->client->curl.easy_strerror(code), sizeof call->curl_text - 1);
    switch ((int)code) {
    case CURLE_BAD_CONTENT_ENCODING:
        buf_add_text(&call->message, call->curl_text);
        end_call(call, HTTP_CONTENT_DECODING_ERROR);
        break;
    case CURLE_URL_MALFORMAT:
        buf_printf(&call->message, "Failed to parse: %.*s",
            STR_ARG(http_url_text(&call->hop, &call->url)));
        end_call(call, HTTP_INVALID_URL);
        break;
    case CURLE_PARTIAL_FILE:
        fail_in_body(call);
        break;
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9 */
        if (call->headers_ended)
            fail_in_body(call);
        else
            fail_to_read(call, code);
        break;
    default:
        fail_to_connect(call, code);
    }
}

static void handle_read_timeout(void *context)
{
    struct http_call *call = context;
    leave_hop(call);
    call->timed_out = call->waited = true;
    if (call->headers_ended) { /* requests makes a ConnectionError of a timeout within the body */
        buf_clear(&call->message);
        add_pool(&call->message, call, "Pool");
        buf_add_text(&call->message, ": Read timed out.");
        end_call(call, HTTP_CONNECTION_ERROR);
    } else if (call->request->retries && is_idempotent(call->method)) {
        say_exhausted(call, CURLE_OK);
        if (!retry(call, 0))
            end_call(call, HTTP_CONNECTION_ERROR);
    } else {
        end_call(call, HTTP_READ_TIMEOUT);
    }
}

static void handle_retry(void *context)
{
    send_hop(context);
}

static bool retry(struct http_call *call, int64_t delay)
{
    if (!call->retries)
        return false;
    call->retries--;
    leave_hop(call);
    loop_timer_set(call->client->loop, &call->timer, loop_deadline(delay), handle_retry, call);
    return true;
}

/* ---- the reply ---- */

static void await_bytes(struct http_call *call)
{
    loop_timer_set(call->client->loop, &call->timer, loop_deadline(call->request->read_timeout),
        handle_read_timeout, call);
}

static int on_sending(void *context, char *peer, char *own, int peer_port, int own_port)
{
    (void)peer, (void)own, (void)peer_port, (void)own_port;
    await_bytes(context);
    return CURL_PREREQFUNC_OK;
}

static struct http_header *find_reply_header(const struct http_call *call, struct str name)
{
    for (size_t i = 0; i < call->reply_count; i++) {
        struct http_header *header = &call->reply_headers[i];
        if (header->name.len == name.len && strncasecmp(header->name.ptr, name.ptr, name.len) == 0)
            return header;
    }
    return NULL;
}

/* Header bytes are ISO-8859-1. */
static struct str from_latin1(struct arena *arena, struct str bytes)
{
    char *out = arena_alloc(arena, bytes.len * 2 + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if (c >= 0x80) {
            out[len++] = (char)(0xC0 | c >> 6);
            c = 0x80 | (c & 0x3F);
        }
        out[len++] = (char)c;
    }
    out[len] = '\0';
    return (struct str){out, len};
}

/* What urllib3 does not decode it passes on; libcurl would fail. */
static bool is_known_encoding(struct str value)
{
    return value.len == 0 || strcasecmp(value.ptr, "gzip") == 0 ||
           strcasecmp(value.ptr, "x-gzip") == 0 || strcasecmp(value.ptr, "deflate") == 0 ||
           memchr(value.ptr, ',', value.len);
}

static void keep_header(struct http_call *call, struct str name, struct str value)
{
    struct http_header *header = find_reply_header(call, name);
    value = from_latin1(&call->reply, value);
    if (name.len == 16 && strncasecmp(name.ptr, "Content-Encoding", 16) == 0 &&
        !is_known_encoding(value))
        call->client->curl.easy_setopt(call->easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    if (header) {
        header->value =
            arena_printf(&call->reply, "%.*s, %.*s", STR_ARG(header->value), STR_ARG(value));
    } else {
        header = ARENA_PUSH(&call->reply, call->reply_headers, call->reply_count, call->reply_room);
        *header = (struct http_header){from_latin1(&call->reply, name), value};
    }
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct http_call *call = context;
    struct str line = {bytes, size * count};
    await_bytes(call);
    while (line.len && (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r'))
        line.len--;
    const char *colon = memchr(line.ptr, ':', line.len);
    if (str_starts(
            line, STR("HTTP/"))) { /* a new reply: what came before was 100 Continue or the like */
        call->reply_count = 0;
        call->headers_ended = false;
    } else if (!line.len) {
        call->headers_ended = true;
    } else if (colon && !call->headers_ended) {
        struct str name = str_slice(line.ptr, colon);
        struct str value = str_slice(colon + 1, line.ptr + line.len);
        while (value.len && (value.ptr[0] == ' ' || value.ptr[0] == '\t'))
            value = (struct str){value.ptr + 1, value.len - 1};
        keep_header(call, name, value);
    }
    return size * count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct http_call *call = context;
    size_t len = size * count;
    size_t limit = call->request->body_limit ? call->request->body_limit : HTTP_BODY_LIMIT;
    size_t room = limit - call->body.len;
    await_bytes(call);
    call->body_total += len;
    buf_add(&call->body, bytes, len < room ? len : room);
    return len;
}

/* ---- redirects ---- */

static void drop_header(struct http_call *call, const char *name)
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
        drop_header(call, "Content-Length");
        drop_header(call, "Content-Type");
        drop_header(call, "Transfer-Encoding");
        call->sends_body = false;
    }
    drop_header(call, "Cookie"); /* libcurl sends those it was told by the servers */
}

static void follow(struct http_call *call, struct str location)
{
    struct http_url to;
    struct arena *arena = &call->hop;
    if (call->redirects++ >= MAX_REDIRECTS) {
        buf_printf(&call->message, "Exceeded %d redirects.", MAX_REDIRECTS);
        end_call(call, HTTP_TOO_MANY_REDIRECTS);
        return;
    }
    if (str_starts(location, STR("//")))
        location = arena_printf(arena, "%.*s:%.*s", STR_ARG(call->url.scheme), STR_ARG(location));
    struct str base = http_url_text(arena, &call->url);
    struct str target = http_url_join(arena, base, http_requote(arena, location));
    to = http_url_split(arena, target);
    if (!str_is(to.scheme, "http") && !str_is(to.scheme, "https")) {
        buf_printf(&call->message, "No connection adapters were found for '%.*s'", STR_ARG(target));
        end_call(call, HTTP_INVALID_SCHEMA);
        return;
    }
    const char *error = http_url_parse(arena, target, &to);
    if (error || !to.host.len) {
        buf_add_text(&call->message, error ? error : "Failed to parse: no host supplied");
        end_call(call, HTTP_INVALID_URL);
        return;
    }
    redirect_method(call);
    if (leaves_home(&call->url, &to))
        drop_header(call, "Authorization");
    struct str user, password;
    if (http_netrc(arena, to.host, &user, &password)) {
        drop_header(call, "Authorization");
        call->headers[call->header_count++] =
            (struct http_header){STR("Authorization"), http_basic_auth(arena, user, password)};
    }
    call->url = to;
    call->redirected = true;
    call->retries = call->request->retries;
    leave_hop(call);
    send_hop(call);
}

/* How long Retry-After asks to wait, or LOOP_NEVER where urllib3 would not ask again. */
static int64_t retry_after(const struct http_call *call)
{
    const struct http_header *after = find_reply_header(call, STR("Retry-After"));
    bool asks = call->status == 413 || call->status == 429 || call->status == 503;
    if (!asks || !after || !call->retries || !is_idempotent(call->method))
        return LOOP_NEVER;
    int64_t wait = 0;
    for (size_t i = 0; i < after->value.len; i++) {
        if (!isdigit((unsigned char)after->value.ptr[i])) {
            time_t when = call->client->curl.getdate(after->value.ptr, NULL);
            wait = when < 0 ? 0 : when - (time_t)(loop_wall() / 1000000000);
            break;
        }
        wait = wait < 1000000 ? wait * 10 + (after->value.ptr[i] - '0') : wait;
    }
    return wait > 0 ? wait * 1000000000 : 0;
}

static void finish_hop(struct http_call *call, CURLcode code)
{
    loop_timer_cancel(call->client->loop, &call->timer);
    if (code != CURLE_OK) {
        fail_hop(call, code);
        return;
    }
    long status = 0;
    call->client->curl.easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    call->status = (int)status;
    bool moved = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    const struct http_header *location = moved ? find_reply_header(call, STR("Location")) : NULL;
    int64_t wait = retry_after(call);
    if (wait >= 0)
        retry(call, wait);
    else if (location)
        follow(call, arena_str(&call->hop, location->value));
    else
        end_call(call, HTTP_OK);
}

/* ---- sending ---- */

static void add_line(struct http_call *call, struct str name, struct str value)
{
    /* libcurl takes "Name;" for a header without a value, and "Name:" for none at all. */
    struct str line = value.len
                          ? arena_printf(&call->hop, "%.*s: %.*s", STR_ARG(name), STR_ARG(value))
                          : arena_printf(&call->hop, "%.*s;", STR_ARG(name));
    call->lines = call->client->curl.slist_append(call->lines, line.ptr);
}

static bool has_header(const struct http_call *call, const char *name)
{
    for (size_t i = 0; i < call->header_count; i++)
        if (call->headers[i].name.len == strlen(name) &&
            strncasecmp(call->headers[i].name.ptr, name, strlen(name)) == 0)
            return true;
    return false;
}

/* The headers as they are, and nothing that libcurl would add on its own. */
static void set_headers(struct http_call *call)
{
    static const char *const unasked[] = {"Accept", "Content-Type", "Expect", "User-Agent"};
    for (size_t i = 0; i < call->header_count; i++) {
        if (!(call->sends_body && call->headers[i].name.len == 14 &&
                strncasecmp(call->headers[i].name.ptr, "Content-Length", 14) == 0))
            add_line(call, call->headers[i].name, call->headers[i].value);
    }
    for (size_t i = 0; i < sizeof unasked / sizeof *unasked; i++)
        if (!has_header(call, unasked[i]))
            call->lines = call->client->curl.slist_append(
                call->lines, arena_printf(&call->hop, "%s:", unasked[i]).ptr);
    if (!has_header(call, "Accept-Encoding"))
        add_line(call, STR("Accept-Encoding"), STR("identity"));
    call->client->curl.easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->lines);
}

#define SET(option, value) call->client->curl.easy_setopt(call->easy, option, value)

static void set_method(struct http_call *call)
{
    bool get = str_is(call->method, "GET");
    struct str body = call->sends_body ? call->request->body : STR("");
    if (str_is(call->method, "HEAD")) {
        SET(CURLOPT_NOBODY, 1L);
        return;
    }
    if (call->sends_body ||
        (!get && !call->redirected)) { /* "Content-Length: 0" where there is none */
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
        SET(CURLOPT_POSTFIELDS, body.ptr);
    }
    SET(CURLOPT_CUSTOMREQUEST, arena_str(&call->hop, call->method).ptr);
}

static void set_tls(struct http_call *call)
{
    const struct http_request *request = call->request;
    SET(CURLOPT_SSL_VERIFYPEER, request->verify ? 1L : 0L);
    SET(CURLOPT_SSL_VERIFYHOST, request->verify ? 2L : 0L);
    if (!request->verify || !request->ca_bundle.len)
        return;
    struct stat status;
    const char *path = arena_str(&call->hop, request->ca_bundle).ptr;
    bool folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    SET(CURLOPT_CAINFO, folder ? NULL : path);
    SET(CURLOPT_CAPATH, folder ? path : NULL);
}

static void set_options(struct http_call *call)
{
    int64_t connect = call->request->connect_timeout;
    SET(CURLOPT_PRIVATE, call);
    SET(CURLOPT_ERRORBUFFER, call->curl_text);
    SET(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    SET(CURLOPT_QUICK_EXIT, 1L); /* a cancelled call does not wait for the resolver's thread */
#endif
    SET(CURLOPT_URL, http_url_sent(&call->hop, &call->url).ptr);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_PROXY, arena_str(&call->hop, http_proxy(&call->hop, &call->url)).ptr);
    SET(CURLOPT_NOPROXY, "");
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_ACCEPT_ENCODING,
        "");                        /* decode all it can; what is asked for is among the headers */
    SET(CURLOPT_FRESH_CONNECT, 1L); /* a pooled connection would hide what the fault did */
    SET(CURLOPT_FORBID_REUSE, 1L);
    SET(CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, connect < 0 || connect / 1000000 > 0x7FFFFFF ? 0x7FFFFFFL
                                   : connect < 1000000                          ? 1L
                                                       : (long)(connect / 1000000));
    SET(CURLOPT_PREREQFUNCTION, on_sending);
    SET(CURLOPT_PREREQDATA, call);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, call);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, call);
}

/* A handle that keeps cookies, for as long as the call. COOKIEFILE would do it too, but until curl
 * 8 each easy_reset loses its list of files; a cookie that has expired already switches them on. */
static void *init_handle(struct http_call *call)
{
    void *easy = call->client->curl.easy_init();
    call->client->curl.easy_setopt(
        easy, CURLOPT_COOKIELIST, "Set-Cookie: none=; Expires=Thu, 01 Jan 1970 00:00:01 GMT");
    return easy;
}

static void send_hop(struct http_call *call)
{
    if (call->easy)
        call->client->curl.easy_reset(call->easy); /* keeps the cookies */
    else
        call->easy = init_handle(call);
    arena_free(&call->reply);
    buf_clear(&call->body);
    buf_clear(&call->message);
    call->reply_headers = NULL;
    call->reply_count = call->reply_room = 0;
    call->body_total = 0;
    call->status = 0;
    call->curl_text[0] = '\0';
    call->headers_ended = call->timed_out = call->waited = false;
    set_options(call);
    set_method(call);
    set_tls(call);
    set_headers(call);
    call->under_way = true;
    call->client->curl.multi_add_handle(call->client->multi, call->easy);
}

#undef SET

/* ---- libcurl as a client of the loop ---- */

static void act(struct http_client *client, curl_socket_t fd, int events)
{
    int running, left;
    CURLMsg *message;
    client->curl.multi_socket_action(client->multi, fd, events, &running);
    while ((message = client->curl.multi_info_read(client->multi, &left))) {
        void *call = NULL;
        CURLcode code = message->data.result; /* the message is gone once its handle is removed */
        if (message->msg != CURLMSG_DONE)
            continue;
        client->curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        finish_hop(call, code);
    }
}

static void handle_timer(void *context)
{
    act(context, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer(CURLM *multi, long milliseconds, void *context)
{
    (void)multi;
    struct http_client *client = context;
    int64_t deadline = milliseconds < 0 ? LOOP_NEVER : loop_deadline(milliseconds * 1000000LL);
    loop_timer_set(client->loop, &client->timer, deadline, handle_timer, client);
    return 0;
}

static void handle_socket(void *context, int events)
{
    const struct socket *socket = context;
    int ready =
        (events & LOOP_READ ? CURL_CSELECT_IN : 0) | (events & LOOP_WRITE ? CURL_CSELECT_OUT : 0);
    act(socket->client, socket->watch.fd, ready); /* may free the socket */
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *assigned)
{
    (void)easy;
    struct http_client *client = context;
    struct socket *socket = assigned;
    if (what == CURL_POLL_REMOVE) {
        if (socket)
            loop_watch_cancel(client->loop, &socket->watch);
        client->curl.multi_assign(client->multi, fd, NULL);
        mem_free(socket);
        return 0;
    }
    if (!socket) {
        socket = mem_alloc(sizeof *socket);
        *socket = (struct socket){.client = client};
        client->curl.multi_assign(client->multi, fd, socket);
    }
    int events = (what & CURL_POLL_IN ? LOOP_READ : 0) | (what & CURL_POLL_OUT ? LOOP_WRITE : 0);
    loop_watch_set(client->loop, &socket->watch, fd, events, handle_socket, socket);
    return 0;
}

static bool load(struct http_client *client)
{
    if (client->multi)
        return true;
    if (client->unavailable || !curl_api_load(&client->curl, &client->unavailable))
        return false;
    if (client->curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        client->unavailable = "libcurl cannot be set up";
        return false;
    }
    client->multi = client->curl.multi_init();
    client->curl.multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    client->curl.multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
    client->curl.multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    client->curl.multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
    return true;
}

struct http_client *http_open(struct loop *loop)
{
    struct http_client *client = mem_alloc(sizeof *client);
    *client = (struct http_client){.loop = loop};
    return client;
}

void http_close(struct http_client *client)
{
    assert(client->calls == 0);
    if (client->multi) {
        client->curl.multi_cleanup(client->multi);
        client->curl.global_cleanup();
    }
    loop_timer_cancel(client->loop, &client->timer);
    mem_free(client);
}

struct http_call *http_start(struct http_client *client, const struct http_request *request,
    http_done_fn *done, void *context)
{
    struct http_call *call = mem_alloc(sizeof *call);
    *call = (struct http_call){
        .client = client,
        .request = request,
        .done = done,
        .context = context,
        .method = request->method,
        .header_count = request->header_count,
        .sends_body = request->has_body,
        .retries = request->retries,
    };
    client->calls++;
    arena_init(&call->hop);
    arena_init(&call->reply);
    /* One more than given: a redirect may add Authorization. */
    call->headers = ARENA_ARRAY(&call->hop, struct http_header, request->header_count + 1);
    memcpy(call->headers, request->headers, request->header_count * sizeof *call->headers);
    call->url = http_url_split(&call->hop, request->url);
    if (load(client)) {
        send_hop(call);
    } else {
        buf_add_text(&call->message, client->unavailable);
        end_call(call, HTTP_UNAVAILABLE);
    }
    return call;
}
