/* How a hop fails, in the words of requests and urllib3, and what is tried again. */
#include "runtime/http/http_call.h"

/* urllib3 retries what reached no server whatever the method, and other breaks only where the
 * method allows. */
bool http_is_idempotent(struct str method)
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

/* The server was never reached, or not in time. */
static void fail_to_connect(struct http_call *call, CURLcode code)
{
    call->timed_out = code == CURLE_OPERATION_TIMEDOUT;
    say_exhausted(call, code);
    if (!http_retry(call, 0))
        http_end_call(call, HTTP_CONNECTION_ERROR);
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
    if (!(http_is_idempotent(call->method) && http_retry(call, 0)))
        http_end_call(call, HTTP_CONNECTION_ERROR);
}

/* It broke within the body. */
static void fail_in_body(struct http_call *call)
{
    buf_clear(&call->message);
    buf_printf(&call->message, "('Connection broken: IncompleteRead(%llu bytes read)', %s)",
        (unsigned long long)call->received, call->curl_text);
    http_end_call(call, HTTP_CHUNKED_ENCODING_ERROR);
}

/* A runner whose URLs are all http: may be sent elsewhere. */
static bool lacks_tls(const struct http_call *call)
{
    const curl_version_info_data *curl = call->client->curl.version_info(CURLVERSION_NOW);
    return str_is(call->url.scheme, "https") && !(curl->features & CURL_VERSION_SSL);
}

static void fail_without_tls(struct http_call *call)
{
    buf_clear(&call->message);
    buf_printf(&call->message,
        "%.*s needs TLS, which this runner was built without: `chaosc build --tls` links it",
        STR_ARG(http_url_text(&call->hop, &call->url)));
    http_end_call(call, HTTP_CONNECTION_ERROR);
}

void http_fail_hop(struct http_call *call, CURLcode code)
{
    if (lacks_tls(call)) {
        fail_without_tls(call);
        return;
    }
    if (!call->curl_text[0])
        strncat(
            call->curl_text, call->client->curl.easy_strerror(code), sizeof call->curl_text - 1);
    switch ((int)code) {
    case CURLE_WRITE_ERROR: /* by http_on_body */
        buf_add_text(&call->message, http_decoder_error(call->decoder));
        http_end_call(call, HTTP_CONTENT_DECODING_ERROR);
        break;
    case CURLE_URL_MALFORMAT:
        buf_printf(&call->message, "Failed to parse: %.*s",
            STR_ARG(http_url_text(&call->hop, &call->url)));
        http_end_call(call, HTTP_INVALID_URL);
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

void http_read_timed_out(void *context)
{
    struct http_call *call = context;
    http_leave_hop(call);
    call->timed_out = call->waited = true;
    if (call->headers_ended) { /* requests makes a ConnectionError of a timeout within the body */
        buf_clear(&call->message);
        add_pool(&call->message, call, "Pool");
        buf_add_text(&call->message, ": Read timed out.");
        http_end_call(call, HTTP_CONNECTION_ERROR);
    } else if (call->request->retries && http_is_idempotent(call->method)) {
        say_exhausted(call, CURLE_OK);
        if (!http_retry(call, 0))
            http_end_call(call, HTTP_CONNECTION_ERROR);
    } else {
        http_end_call(call, HTTP_READ_TIMEOUT);
    }
}

static void handle_retry(void *context)
{
    http_send_hop(context);
}

bool http_retry(struct http_call *call, int64_t delay)
{
    if (!call->retries)
        return false;
    call->retries--;
    http_leave_hop(call);
    loop_timer_set(call->client->loop, &call->timer, loop_deadline(delay), handle_retry, call);
    return true;
}
