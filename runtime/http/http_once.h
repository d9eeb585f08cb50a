/* http_once.h: one HTTP request outside of a run, waited for: what is fetched before anything is started.
 * The answer's texts live in the arena given. */
#ifndef RUNTIME_HTTP_HTTP_ONCE_H
#define RUNTIME_HTTP_HTTP_ONCE_H

#include "runtime/http/http.h"

struct http_answer {
    struct arena *arena;
    bool done;
    enum http_error error;
    int status;
    struct str message;    /* of an error */
    struct str body, type; /* the body is NUL-terminated; type: Content-Type, or empty */
};

/* Sends the request and waits for the end of the answer. False with errno set if no loop can be made. */
bool http_once(struct arena *arena, const struct http_request *request, struct http_answer *answer);

#endif
