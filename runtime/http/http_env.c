#include "runtime/http/http_env.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "runtime/base/buf.h"

static struct str getenv_str(const char *name)
{
    return str_from(getenv(name));
}

/* ---- .netrc ---- */

enum { NETRC_LIMIT = 1 << 20 };

static bool read_whole(struct arena *arena, const char *path, struct str *text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    struct buf out = {0};
    char chunk[4096];
    ssize_t got;
    while (out.len < NETRC_LIMIT && (got = read(fd, chunk, sizeof chunk)) > 0)
        buf_add(&out, chunk, (size_t)got);
    close(fd);
    *text = buf_finish(&out, arena);
    return true;
}

/* The next word; quotes keep blanks together, # at the start of a word ends the line. */
static bool next_word(struct arena *arena, struct str *text, struct str *word)
{
    const char *p = text->ptr, *end = p + text->len;
    for (; p < end; p++) {
        if (*p == '#')
            while (p < end && *p != '\n')
                p++;
        else if (!isspace((unsigned char)*p))
            break;
    }
    if (p >= end)
        return false;
    struct buf out = {0};
    bool quoted = *p == '"';
    if (quoted)
        p++;
    for (; p < end && (quoted ? *p != '"' : !isspace((unsigned char)*p)); p++) {
        if (*p == '\\' && p + 1 < end)
            p++;
        buf_add_char(&out, *p);
    }
    if (quoted && p < end)
        p++;
    *text = str_slice(p, end);
    *word = buf_finish(&out, arena);
    return true;
}

/* A macro definition ends at the first empty line. */
static void skip_macro(struct str *text)
{
    const char *end = memmem(text->ptr, text->len, "\n\n", 2);
    *text = end ? str_slice(end + 2, text->ptr + text->len) : str_slice(text->ptr, text->ptr);
}

bool http_netrc(struct arena *arena, struct str host, struct str *user, struct str *password)
{
    struct str text, word;
    const char *home = getenv("HOME"), *named = getenv("NETRC");
    bool there =
        named ? read_whole(arena, named, &text)
              : home && (read_whole(arena, arena_printf(arena, "%s/.netrc", home).ptr, &text) ||
                            read_whole(arena, arena_printf(arena, "%s/_netrc", home).ptr, &text));
    if (!there)
        return false;
    bool ours = false, found = false, exact = false;
    while (next_word(arena, &text, &word)) {
        if (str_is(word, "machine") || str_is(word, "default")) {
            bool fallback = str_is(word, "default");
            if (!fallback && !next_word(arena, &text, &word))
                break;
            ours = fallback ? !exact : str_equal(word, host);
            exact |= ours && !fallback;
            if (ours)
                *user = *password = STR("");
            found |= ours;
        } else if (str_is(word, "macdef")) {
            skip_macro(&text);
        } else {
            bool login = str_is(word, "login") || str_is(word, "user"),
                 secret = str_is(word, "password");
            bool account = str_is(word, "account");
            if ((!login && !secret && !account) || !next_word(arena, &text, &word))
                return false; /* a file that Python's netrc refuses counts for nothing */
            if (ours && login)
                *user = word;
            if (ours && secret)
                *password = word;
        }
    }
    return found && (user->len || password->len);
}

/* ---- proxies ---- */

static bool in_network(struct arena *arena, struct str host, struct str network)
{
    struct in_addr address, base;
    const char *slash = memchr(network.ptr, '/', network.len);
    if (!slash)
        return str_equal(host, network);
    int bits = atoi(arena_str(arena, str_slice(slash + 1, network.ptr + network.len)).ptr);
    if (bits < 1 || bits > 32 ||
        inet_aton(arena_str(arena, str_slice(network.ptr, slash)).ptr, &base) == 0 ||
        inet_aton(arena_str(arena, host).ptr, &address) == 0)
        return false;
    uint32_t mask = htonl(0xFFFFFFFFu << (32 - bits));
    return (address.s_addr & mask) == (base.s_addr & mask);
}

/* The host or "host:port" is the entry or ends with it behind a dot. */
static bool ends_in(struct str host, struct str entry)
{
    while (entry.len && entry.ptr[0] == '.')
        entry = (struct str){entry.ptr + 1, entry.len - 1};
    if (!entry.len || entry.len > host.len)
        return false;
    struct str tail = {host.ptr + host.len - entry.len, entry.len};
    return strncasecmp(tail.ptr, entry.ptr, entry.len) == 0 &&
           (tail.len == host.len || tail.ptr[-1] == '.');
}

static bool bypasses_proxy(struct arena *arena, const struct http_url *url)
{
    struct str left = getenv_str("no_proxy");
    if (!left.len)
        left = getenv_str("NO_PROXY");
    struct str with_port = arena_printf(arena, "%.*s:%d", STR_ARG(url->host), url->port);
    struct in_addr address;
    bool number = inet_aton(arena_str(arena, url->host).ptr, &address) != 0;
    while (left.len) {
        const char *comma = memchr(left.ptr, ',', left.len);
        struct str entry = str_slice(left.ptr, comma ? comma : left.ptr + left.len);
        left = comma ? str_slice(comma + 1, left.ptr + left.len) : STR("");
        while (entry.len && isspace((unsigned char)entry.ptr[0]))
            entry = (struct str){entry.ptr + 1, entry.len - 1};
        while (entry.len && isspace((unsigned char)entry.ptr[entry.len - 1]))
            entry.len--;
        if (str_is(entry, "*") || (number && in_network(arena, url->host, entry)) ||
            ends_in(url->host, entry) || (url->port >= 0 && ends_in(with_port, entry)))
            return true;
    }
    return false;
}

/* <name>_proxy, then <NAME>_PROXY; HTTP_PROXY not where a web server may have set it from a header.
 */
static struct str proxy_variable(struct arena *arena, const char *scheme)
{
    struct str name = arena_printf(arena, "%s_proxy", scheme);
    const char *value = getenv(name.ptr);
    if (!value && !(strcmp(scheme, "http") == 0 && getenv("REQUEST_METHOD"))) {
        char *upper = arena_alloc(arena, name.len + 1, 1);
        for (size_t i = 0; i <= name.len; i++)
            upper[i] = (char)toupper((unsigned char)name.ptr[i]);
        value = getenv(upper);
    }
    return str_from(value);
}

struct str http_proxy(struct arena *arena, const struct http_url *url)
{
    if (bypasses_proxy(arena, url))
        return STR("");
    struct str proxy = proxy_variable(arena, str_is(url->scheme, "https") ? "https" : "http");
    if (!proxy.len)
        proxy = proxy_variable(arena, "all");
    return proxy;
}

struct str http_ca_bundle(void)
{
    static const char *const names[] = {
        "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str value = getenv_str(names[i]);
        if (value.len)
            return value;
    }
    return STR("");
}

struct str http_system_ca_bundle(void)
{
    /* Debian, Ubuntu, Arch; Fedora, RHEL; openSUSE; Alpine, BSDs; RHEL from 7 on; a folder of hashed names. */
    static const char *const places[] = {"/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/certs"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], R_OK) == 0)
            return str_from(places[i]);
    return STR("");
}
