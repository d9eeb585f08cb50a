/* http_call.h: a call under way, shared by the files of the HTTP engine; nobody else includes this.
 * A call owns everything it points to but the request; it lives until its `done` has returned. */
#ifndef RUNTIME_HTTP_HTTP_CALL_H
#define RUNTIME_HTTP_HTTP_CALL_H

#include "runtime/http/http.h"
#include "runtime/http/http_curl.h"
#include "runtime/http/http_decode.h"
#include "runtime/http/http_url.h"

#if LIBCURL_VERSION_NUM < 0x075000
#error "libcurl 7.80 or later is needed (CURLOPT_PREREQFUNCTION)"
#endif

struct http_client {
    struct loop *loop;
    struct curl_api curl;
    CURLM *multi;
    const char *unavailable; /* why there is no libcurl, once it was tried */
    struct loop_timer timer; /* libcurl's */
    size_t calls;
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
    bool body_begun;
    struct http_decoder *decoder; /* of the body, NULL where there is nothing to decode */
    struct buf body;
    uint64_t received, body_total; /* bytes, as they came and decoded */

    enum http_error error;
    bool timed_out, ended;
    struct buf message;
    char curl_text[CURL_ERROR_SIZE];
};

/* ---- http.c ---- */

/* Sends what the call says now: its URL, method and headers. */
void http_send_hop(struct http_call *call);

/* Takes the hop from libcurl; what it has read of the reply stays. */
void http_leave_hop(struct http_call *call);

/* Ends the call; `done` is called from the loop's next turn, never from here. */
void http_end_call(struct http_call *call, enum http_error error);

/* ---- http_fail.c ---- */

/* Ends the call, or has it tried again, after libcurl failed with `code`. */
void http_fail_hop(struct http_call *call, CURLcode code);

/* The same after read_timeout passed without a byte; a loop_timer_fn. */
void http_read_timed_out(void *context);

/* Tries again after `delay` ns if retries are left. */
bool http_retry(struct http_call *call, int64_t delay);

/* Whether urllib3 asks again after a reply was lost. */
bool http_is_idempotent(struct str method);

/* ---- http_reply.c ---- */

/* libcurl's callbacks: the request is about to be sent, a header line, a piece of the body. */
int http_on_sending(void *context, char *peer, char *own, int peer_port, int own_port);
size_t http_on_header(char *bytes, size_t size, size_t count, void *context);
size_t http_on_body(char *bytes, size_t size, size_t count, void *context);

/* The reply's header of that name in any case, or NULL. */
struct http_header *http_reply_header(const struct http_call *call, struct str name);

/* ---- http_redirect.c ---- */

/* Goes where Location says, as requests would, or ends the call where it would not. */
void http_follow(struct http_call *call, struct str location);

#endif
