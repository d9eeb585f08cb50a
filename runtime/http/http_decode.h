/* http_decode.h: takes the content codings of a reply off its body, as urllib3 does it: gzip of any number of members,
 * deflate with zlib's frame or without, several of them one upon the other; anything else is passed on as it is.
 * A decoder owns itself and what zlib allocates for it; what comes out goes to a function, piece by piece. */
#ifndef RUNTIME_HTTP_HTTP_DECODE_H
#define RUNTIME_HTTP_HTTP_DECODE_H

#include <stdbool.h>

#include "runtime/base/str.h"
#include "runtime/http/http_curl.h"

struct http_decoder;

typedef void http_decoded_fn(void *context, const char *bytes, size_t len);

/* A decoder for what Content-Encoding says, or NULL where the body is left as it is. */
struct http_decoder *http_decoder_new(
    const struct curl_api *api, struct str codings, http_decoded_fn *sink, void *context);

/* Decodes a piece. False, now and ever after, once it is not what it was said to be. */
bool http_decoder_feed(struct http_decoder *decoder, const char *bytes, size_t len);

/* What requests says of that; ends with the decoder. */
const char *http_decoder_error(const struct http_decoder *decoder);

/* NULL is allowed. */
void http_decoder_free(struct http_decoder *decoder);

#endif
