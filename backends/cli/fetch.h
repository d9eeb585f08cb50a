/* fetch.h: gets an experiment over HTTP(S), with the credentials that the user's settings have for its host.
 * Texts live in the arena given. */
#ifndef BACKENDS_CLI_FETCH_H
#define BACKENDS_CLI_FETCH_H

#include "frontend/doc.h"
#include "runtime/base/arena.h"
#include "runtime/base/value.h"
#include "runtime/record/log.h"

struct fetch {
    const char *url;
    const struct value *settings; /* `auths` of it, by host; an object */
    bool no_verify_tls;
};

struct fetched {
    struct str text;
    void (*read)(
        struct doc *doc, struct source *source, struct diag_bag *bag); /* by Content-Type */
};

/* True for http:// and https://. */
bool fetch_is_url(const char *path);

/* Fetches; false with the reason logged. The environment's CHAOSTOOLKIT_LOADER_AUTH_BEARER_TOKEN comes before the
 * settings. */
bool fetch_get(
    struct arena *arena, const struct fetch *fetch, struct log *log, struct fetched *got);

#endif
