/* What libcurl hands over of a reply. */
#include <strings.h>

#include "runtime/http/http_call.h"

static void await_bytes(struct http_call *call)
{
    loop_timer_set(call->client->loop, &call->timer, loop_deadline(call->request->read_timeout),
        http_read_timed_out, call);
}

int http_on_sending(void *context, char *peer, char *own, int peer_port, int own_port)
{
    (void)peer, (void)own, (void)peer_port, (void)own_port;
    await_bytes(context);
    return CURL_PREREQFUNC_OK;
}

struct http_header *http_reply_header(const struct http_call *call, struct str name)
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

static void keep_header(struct http_call *call, struct str name, struct str value)
{
    struct http_header *header = http_reply_header(call, name);
    value = from_latin1(&call->reply, value);
    if (header) {
        header->value =
            arena_printf(&call->reply, "%.*s, %.*s", STR_ARG(header->value), STR_ARG(value));
    } else {
        header = ARENA_PUSH(&call->reply, call->reply_headers, call->reply_count, call->reply_room);
        *header = (struct http_header){from_latin1(&call->reply, name), value};
    }
}

size_t http_on_header(char *bytes, size_t size, size_t count, void *context)
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

static void keep_body(void *context, const char *bytes, size_t len)
{
    struct http_call *call = context;
    size_t limit = call->request->body_limit ? call->request->body_limit : HTTP_BODY_LIMIT;
    call->body_total += len;
    buf_add_within(&call->body, bytes, len, limit);
}

/* The body is decoded here and not by libcurl, which fails at codings that urllib3 passes on. */
static void begin_body(struct http_call *call)
{
    const struct http_header *codings = http_reply_header(call, STR("Content-Encoding"));
    call->body_begun = true;
    if (codings)
        call->decoder = http_decoder_new(&call->client->curl, codings->value, keep_body, call);
}

size_t http_on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct http_call *call = context;
    size_t len = size * count;
    await_bytes(call);
    if (!call->body_begun)
        begin_body(call);
    call->received += len;
    if (!call->decoder)
        keep_body(call, bytes, len);
    else if (!http_decoder_feed(call->decoder, bytes, len) &&
             !http_reply_header(call, STR("Location"))) /* nobody reads the body of a redirect */
        return 0;
    return len;
}
