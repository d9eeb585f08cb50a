/* http_env.h: what the environment says about HTTP calls: .netrc, proxies, CA bundles, read as
 * requests reads it. Results live in the arena, or in the environment itself. */
#ifndef RUNTIME_HTTP_HTTP_ENV_H
#define RUNTIME_HTTP_HTTP_ENV_H

#include <stdbool.h>

#include "runtime/base/arena.h"
#include "runtime/base/str.h"
#include "runtime/http/http_url.h"

/* The login for a host in $NETRC, ~/.netrc or ~/_netrc, its default entry included. */
bool http_netrc(struct arena *arena, struct str host, struct str *user, struct str *password);

/* The proxy for a URL: <scheme>_proxy or all_proxy, lower case before upper, unless no_proxy names
 * the host. Empty for none. */
struct str http_proxy(struct arena *arena, const struct http_url *url);

/* REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE or SSL_CERT_DIR, the first that is not empty;
 * else empty. */
struct str http_ca_bundle(void);

/* Where this system keeps its certificate authorities; empty if in no known place. */
struct str http_system_ca_bundle(void);

#endif
