/* http.h: the HTTP provider's engine, a client of the loop on libcurl; it behaves as Python's
 * requests does. A handle is the engine's; it is gone once `done` has returned. */
#ifndef RUNTIME_HTTP_HTTP_H
#define RUNTIME_HTTP_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/value.h"
#include "runtime/loop/failure.h"
#include "runtime/loop/loop.h"

enum { HTTP_BODY_LIMIT = 64 << 20 };

struct http_client;
struct http_call;

struct http_header {
    /* as the server spelt them; of equal names (in any case) the values are joined by ", " */
    struct str name, value;
};

/* A request that is ready to send; http_prepare makes it from what an experiment says. */
struct http_request {
    struct str method, url; /* the URL quoted, its query included, its user part removed */
    const struct http_header *headers;
    size_t header_count;
    struct str body;
    bool has_body;
    int64_t connect_timeout; /* ns or LOOP_NEVER */
    int64_t read_timeout;    /* the same; it bounds each wait for bytes, not the whole */
    bool verify;
    struct str ca_bundle; /* file or folder with CA certificates; empty: ca_text, or the system's */
    struct str ca_text;   /* PEM to trust where no bundle is named; empty: none is built in */
    unsigned retries;
    size_t body_limit; /* bytes of the decoded body that are kept; 0 means HTTP_BODY_LIMIT */
};

/* In requests' terms: which class of exception would have been raised. */
enum http_error {
    HTTP_OK,
    HTTP_CONNECTION_ERROR, /* with what derives from it: ConnectTimeout, SSLError, ProxyError */
    HTTP_READ_TIMEOUT,
    HTTP_TOO_MANY_REDIRECTS,
    HTTP_CHUNKED_ENCODING_ERROR, /* the connection broke within the body */
    HTTP_CONTENT_DECODING_ERROR, /* gzip or deflate that is none */
    HTTP_INVALID_URL,            /* of a redirect */
    HTTP_INVALID_SCHEMA,         /* a redirect to what is not HTTP */
    HTTP_INVALID_LOCATION,       /* of a redirect: no UTF-8 */
    HTTP_CANCELLED,
    HTTP_UNAVAILABLE, /* libcurl cannot be loaded or set up */
};

struct http_result {
    enum http_error error;
    bool timed_out;     /* a timeout was the reason, whatever `error` is */
    struct str message; /* one line, in requests' wording as far as it is worth it */
    struct str url;     /* the last one asked */
    int status;
    const struct http_header *headers;
    size_t header_count;
    struct buf *body; /* what was kept, decoded from gzip and deflate */
    uint64_t body_total;
    bool body_truncated;
};

/* The result and its texts are valid during the call only: copy, or use http_output. */
typedef void http_done_fn(void *context, const struct http_result *result);

/* Makes the client; libcurl is loaded and set up by the first call. Proxies and .netrc are looked
 * up when a request is sent. */
struct http_client *http_open(struct loop *loop);

/* Frees the client; no call may be under way. */
void http_close(struct http_client *client);

/* Sends the request; `done` is called exactly once, later, from the loop. The request's strings
 * must live until then. Name resolution runs beside the loop. */
struct http_call *http_start(struct http_client *client, const struct http_request *request,
    http_done_fn *done, void *context);

/* Ends the call; `done` follows from the loop with HTTP_CANCELLED. Never waits, not even for a name
 * server. */
void http_cancel(struct http_call *call);

/* ---- what the experiment says, as chaoslib/provider/http.py reads it ---- */

struct http_provider {
    const struct value *url; /* after substitution, as are headers, timeout and arguments */
    struct str method;       /* sent in capitals; absent (no pointer): GET */
    const struct value *headers, *timeout, *arguments; /* NULL if absent */
    const struct value *verify_tls, *max_retries;      /* NULL if absent */
    bool compat; /* call ourselves python-requests, as a server may expect */
};

/* Fills `request` (strings in the arena). False with `failure` where requests would raise before it
 * connects. */
bool http_prepare(struct arena *arena, const struct http_provider *provider,
    struct http_request *request, struct failure *failure);

/* What the reference would journal as `output`: {"status", "headers", "body"}, the body parsed
 * where Content-Type is exactly application/json, else text. `url` is the provider's. The body is
 * moved into the arena: in the result it is empty afterwards. False with `failure` in all other
 * cases. */
bool http_output(struct arena *arena, struct str url, const struct http_result *result,
    struct value *output, struct failure *failure);

#endif
