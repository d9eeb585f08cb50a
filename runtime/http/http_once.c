#include "runtime/http/http_once.h"

#include <strings.h>

static void answered(void *context, const struct http_result *result)
{
    struct http_answer *answer = context;
    answer->done = true;
    answer->error = result->error;
    answer->status = result->status;
    answer->message = arena_str(answer->arena, result->message);
    answer->body = arena_str(answer->arena, buf_str(result->body));
    for (size_t i = 0; i < result->header_count; i++)
        if (result->headers[i].name.len == 12 &&
            strncasecmp(result->headers[i].name.ptr, "Content-Type", 12) == 0)
            answer->type = arena_str(answer->arena, result->headers[i].value);
}

bool http_once(struct arena *arena, const struct http_request *request, struct http_answer *answer)
{
    struct loop *loop = loop_open();
    if (!loop)
        return false;
    struct http_client *client = http_open(loop);
    *answer = (struct http_answer){.arena = arena};
    http_start(client, request, answered, answer);
    while (!answer->done)
        loop_turn(loop, LOOP_NEVER);
    http_close(client);
    loop_close(loop);
    return true;
}
