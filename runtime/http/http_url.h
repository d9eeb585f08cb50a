/* http_url.h: URLs and form data quoted as Python's requests and urllib3 quote them.
 * All results live in the arena or are slices of the input. */
#ifndef RUNTIME_HTTP_HTTP_URL_H
#define RUNTIME_HTTP_HTTP_URL_H

#include <stdbool.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/str.h"
#include "runtime/base/value.h"

struct http_url {
    struct str scheme;    /* lower case; empty if there is none */
    struct str user_info; /* before the @, still quoted */
    struct str host;      /* lower case, an IPv6 address in its brackets */
    int port;             /* -1 if there is none */
    struct str path, query, fragment;
    bool has_authority;
};

/* Splits a URL into its parts as they stand (RFC 3986, appendix B); never fails. A port that is no
 * number stays in the host. */
struct http_url http_url_split(struct arena *arena, struct str text);

/* urllib3's parse_url: splits, checks the host and the port, removes dot segments, quotes what
 * needs it. Returns NULL, or what is wrong as the text of requests' InvalidURL. */
const char *http_url_parse(struct arena *arena, struct str text, struct http_url *url);

/* The parts put together again. */
struct str http_url_text(struct arena *arena, const struct http_url *url);

/* The same without user information and fragment: what is sent. */
struct str http_url_sent(struct arena *arena, const struct http_url *url);

/* The path and query of it, for messages. */
struct str http_url_target(struct arena *arena, const struct http_url *url);

/* The port that is used: the one named, or the scheme's. */
int http_url_port(const struct http_url *url);

/* requests' requote_uri: unquotes what needs no quoting, quotes what is not allowed in a URL. */
struct str http_requote(struct arena *arena, struct str text);

/* Resolves a reference against a base (urllib's urljoin, RFC 3986 section 5.2). */
struct str http_url_join(struct arena *arena, struct str base, struct str reference);

/* %XX of `text` undone. */
struct str http_unquote(struct arena *arena, struct str text);

/* requests' encoding of a mapping, or of a list of pairs, as a form or a query: None dropped, a
 * list repeats its key, a text stays as it is. False for what requests does not take; `error` is
 * then the exception's text. */
bool http_encode_form(
    struct arena *arena, const struct value *data, struct str *form, const char **error);

/* "Basic ..." of a user and a password. */
struct str http_basic_auth(struct arena *arena, struct str user, struct str password);

#endif
