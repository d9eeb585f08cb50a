#include "backends/cgen/sbom.h"

#include <stdio.h>

#include "backends/cgen/cgen.h"
#include "runtime/base/json_write.h"

/* What a runner can hold, and which need brings it in (0: always). Licences as their sources state
 * them. */
static const struct component {
    const char *name, *licence;
    unsigned need;
} components[] = {
    {"musl", "MIT", 0},
    {"pcre2", "BSD-3-Clause", CGEN_REGEXP},
    {"curl", "curl", CGEN_HTTP},
    {"c-ares", "MIT", CGEN_HTTP},
    {"zlib", "Zlib", CGEN_HTTP},
    {"mbedtls", "Apache-2.0", CGEN_TLS},
};

/* The fields of the line of `sources` that begins with `name`; empty if there is none. */
static void find_source(struct str sources, struct str name, struct str *version, struct str *hash)
{
    *version = *hash = (struct str){"", 0};
    while (sources.len) {
        const char *end = memchr(sources.ptr, '\n', sources.len);
        struct str line = end ? str_slice(sources.ptr, end) : sources;
        sources = end ? str_slice(end + 1, sources.ptr + sources.len) : (struct str){0};
        if (!str_starts(line, name) || line.len <= name.len || line.ptr[name.len] != '\t')
            continue;
        struct str rest = str_slice(line.ptr + name.len + 1, line.ptr + line.len);
        const char *tab = memchr(rest.ptr, '\t', rest.len);
        *version = tab ? str_slice(rest.ptr, tab) : rest;
        if (tab)
            *hash = str_slice(tab + 1, rest.ptr + rest.len);
        return;
    }
}

static void add_package(struct json_writer *w, const char *name, struct str version,
    struct str hash, const char *licence)
{
    char id[80];
    snprintf(id, sizeof id, "SPDXRef-%s", name);
    jw_open_object(w);
    jw_key_text(w, "SPDXID", id);
    jw_key_text(w, "name", name);
    jw_key_string(w, "versionInfo", version);
    jw_key_text(w, "downloadLocation", "NOASSERTION");
    jw_key_bool(w, "filesAnalyzed", false);
    jw_key_text(w, "licenseConcluded", licence);
    jw_key_text(w, "licenseDeclared", licence);
    jw_key_text(w, "copyrightText", "NOASSERTION");
    if (hash.len) {
        jw_key(w, STR("checksums"));
        jw_open_array(w);
        jw_open_object(w);
        jw_key_text(w, "algorithm", "SHA256");
        jw_key_string(w, "checksumValue", hash);
        jw_close_object(w);
        jw_close_array(w);
        jw_key_text(w, "comment", "the checksum is that of the source package");
    }
    jw_close_object(w);
}

static void add_relation(struct json_writer *w, const char *from, const char *type, const char *to)
{
    char id[80];
    snprintf(id, sizeof id, "SPDXRef-%s", to);
    jw_open_object(w);
    jw_key_text(w, "spdxElementId", from);
    jw_key_text(w, "relationshipType", type);
    jw_key_text(w, "relatedSpdxElement", id);
    jw_close_object(w);
}

static void add_creation(struct json_writer *w, time_t created)
{
    char text[32];
    struct tm utc;
    gmtime_r(&created, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    jw_key(w, STR("creationInfo"));
    jw_open_object(w);
    jw_key_text(w, "created", text);
    jw_key(w, STR("creators"));
    jw_open_array(w);
    jw_string(w, STR("Tool: chaosc-" CHAOSC_VERSION));
    jw_close_array(w);
    jw_close_object(w);
}

static bool is_inside(const struct component *component, const struct sbom_request *request)
{
    return !request->dynamic && (component->need == 0 || (request->needs & component->need) != 0);
}

void sbom_write(struct buf *out, const struct sbom_request *request)
{
    enum { COUNT = sizeof components / sizeof components[0] };
    struct json_writer w = jw_start(out, (struct json_style){.indent = 2});
    struct buf space = {0};
    buf_printf(&space, "urn:chaosc:plan:%016llx", (unsigned long long)plan_hash(request->plan));
    jw_open_object(&w);
    jw_key_text(&w, "spdxVersion", "SPDX-2.3");
    jw_key_text(&w, "dataLicense", "CC0-1.0");
    jw_key_text(&w, "SPDXID", "SPDXRef-DOCUMENT");
    jw_key_string(&w, "name", request->runner);
    jw_key_string(&w, "documentNamespace", buf_str(&space));
    add_creation(&w, request->created);
    jw_key(&w, STR("packages"));
    jw_open_array(&w);
    add_package(&w, "chaosc-runtime", STR(CHAOSC_VERSION), (struct str){0}, "Apache-2.0");
    for (size_t i = 0; i < COUNT; i++) {
        struct str version, hash;
        find_source(request->sources, str_from(components[i].name), &version, &hash);
        if (is_inside(&components[i], request))
            add_package(&w, components[i].name, version, hash, components[i].licence);
    }
    jw_close_array(&w);
    jw_key(&w, STR("relationships"));
    jw_open_array(&w);
    add_relation(&w, "SPDXRef-DOCUMENT", "DESCRIBES", "chaosc-runtime");
    for (size_t i = 0; i < COUNT; i++)
        if (is_inside(&components[i], request))
            add_relation(&w, "SPDXRef-chaosc-runtime", "STATIC_LINK", components[i].name);
    jw_close_array(&w);
    jw_close_object(&w);
    buf_add_char(out, '\n');
    buf_free(&space);
}
