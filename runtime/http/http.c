#include "runtime/http/http.h"

#include <assert.h>
#include <ctype.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "runtime/base/mem.h"
#include "runtime/http/http_call.h"
#include "runtime/http/http_env.h"

/* One of libcurl's sockets. */
struct socket {
    struct http_client *client;
    struct loop_watch watch;
};

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
    http_decoder_free(call->decoder);
    buf_free(&call->body);
    buf_free(&call->message);
    mem_free(call);
}

/* Takes the hop from libcurl; what it has read of the reply stays. */
void http_leave_hop(struct http_call *call)
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
void http_end_call(struct http_call *call, enum http_error error)
{
    http_leave_hop(call);
    call->error = error;
    call->ended = true;
    loop_timer_set(call->client->loop, &call->timer, 0, handle_end, call);
}

void http_cancel(struct http_call *call)
{
    if (!call->ended)
        http_end_call(call, HTTP_CANCELLED);
}

/* ---- the end of a hop ---- */

/* How long Retry-After asks to wait, or LOOP_NEVER where urllib3 would not ask again. */
static int64_t retry_after(const struct http_call *call)
{
    const struct http_header *after = http_reply_header(call, STR("Retry-After"));
    bool asks = call->status == 413 || call->status == 429 || call->status == 503;
    if (!asks || !after || !call->retries || !http_is_idempotent(call->method))
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

/* A body that ends with the connection is whole when that ends, TLS farewell or not: Python's ssl reads it so
 * (suppress_ragged_eofs), TLS libraries call it an error. */
static bool ends_with_connection(const struct http_call *call, CURLcode code)
{
    return code == CURLE_RECV_ERROR && call->headers_ended && str_is(call->url.scheme, "https") &&
           !http_reply_header(call, STR("Content-Length")) &&
           !http_reply_header(call, STR("Transfer-Encoding"));
}

static void finish_hop(struct http_call *call, CURLcode code)
{
    loop_timer_cancel(call->client->loop, &call->timer);
    if (code != CURLE_OK && !ends_with_connection(call, code)) {
        http_fail_hop(call, code);
        return;
    }
    long status = 0;
    call->client->curl.easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    call->status = (int)status;
    bool moved = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    const struct http_header *location = moved ? http_reply_header(call, STR("Location")) : NULL;
    int64_t wait = retry_after(call);
    if (wait >= 0)
        http_retry(call, wait);
    else if (location && location->value.len) /* requests follows nothing where it is empty */
        http_follow(call, arena_str(&call->hop, location->value));
    else
        http_end_call(call, HTTP_OK);
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

/* urllib3 says "Content-Length: 0" for a method that expects a body and has none; requests does for all but GET and
 * HEAD, but not again where it follows a redirect. */
static bool says_no_body(const struct http_call *call)
{
    static const char *const bare[] = {"GET", "HEAD", "DELETE", "TRACE", "OPTIONS", "CONNECT"};
    for (size_t i = 0; i < sizeof bare / sizeof *bare; i++)
        if (str_equal(call->method, str_from(bare[i])))
            return i > 1 && !call->redirected;
    return true;
}

static void set_method(struct http_call *call)
{
    struct str body = call->sends_body ? call->request->body : STR("");
    if (str_is(call->method, "HEAD")) {
        SET(CURLOPT_NOBODY, 1L);
        return;
    }
    if (call->sends_body || says_no_body(call)) {
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
    if (!request->verify)
        return;
    if (!request->ca_bundle.len && request->ca_text.len) {
        struct curl_blob blob = {
            .data = (void *)(uintptr_t)request->ca_text.ptr, .len = request->ca_text.len};
        SET(CURLOPT_CAINFO_BLOB, &blob); /* copied: libcurl's default */
        return;
    }
    struct str bundle = request->ca_bundle.len ? request->ca_bundle : http_system_ca_bundle();
    if (!bundle.len)
        return;
    struct stat status;
    const char *path = arena_str(&call->hop, bundle).ptr;
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
    SET(CURLOPT_FRESH_CONNECT, 1L); /* a pooled connection would hide what the fault did */
    SET(CURLOPT_FORBID_REUSE, 1L);
    SET(CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, connect < 0 || connect / 1000000 > 0x7FFFFFF ? 0x7FFFFFFL
                                   : connect < 1000000                          ? 1L
                                                       : (long)(connect / 1000000));
    SET(CURLOPT_PREREQFUNCTION, http_on_sending);
    SET(CURLOPT_PREREQDATA, call);
    SET(CURLOPT_HEADERFUNCTION, http_on_header);
    SET(CURLOPT_HEADERDATA, call);
    SET(CURLOPT_WRITEFUNCTION, http_on_body);
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

void http_send_hop(struct http_call *call)
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
    http_decoder_free(call->decoder);
    call->decoder = NULL;
    call->body_begun = false;
    call->received = call->body_total = 0;
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
        http_send_hop(call);
    } else {
        buf_add_text(&call->message, client->unavailable);
        http_end_call(call, HTTP_UNAVAILABLE);
    }
    return call;
}
