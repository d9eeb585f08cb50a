#include "runtime/http/http_url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/pytext.h"

#define LETTERS_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define UNRESERVED LETTERS_DIGITS "-._~"
#define USER_INFO UNRESERVED "!$&'()*+,;=:"
#define PATH USER_INFO "@/"
#define QUERY PATH "?"

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "%XX" at the start of `s` stands for, or -1. */
static int quoted_byte(struct str s)
{
    if (s.len < 3 || s.ptr[0] != '%' || hex_digit(s.ptr[1]) < 0 || hex_digit(s.ptr[2]) < 0)
        return -1;
    return hex_digit(s.ptr[1]) * 16 + hex_digit(s.ptr[2]);
}

static struct str skip(struct str s, size_t count)
{
    return (struct str){s.ptr + count, s.len - count};
}

static struct str lower(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.len + 1, 1);
    for (size_t i = 0; i < s.len; i++)
        copy[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] | 0x20 : s.ptr[i]);
    copy[s.len] = '\0';
    return (struct str){copy, s.len};
}

/* ---- splitting ---- */

/* Cuts `s` before the first byte out of `set`; what is before is returned, `s` keeps the rest. */
static struct str cut(struct str *s, const char *set)
{
    size_t at = 0;
    while (at < s->len && !is_one_of(s->ptr[at], set))
        at++;
    struct str before = {s->ptr, at};
    *s = skip(*s, at);
    return before;
}

static void split_authority(struct arena *arena, struct str authority, struct http_url *url)
{
    url->has_authority = true;
    for (size_t i = authority.len; i > 0; i--) {
        if (authority.ptr[i - 1] == '@') {
            url->user_info = (struct str){authority.ptr, i - 1};
            authority = skip(authority, i);
            break;
        }
    }
    size_t digits = 0;
    while (
        digits < authority.len && isdigit((unsigned char)authority.ptr[authority.len - 1 - digits]))
        digits++;
    size_t colon = authority.len - digits;
    if (colon > 0 && authority.ptr[colon - 1] == ':' && digits <= 9) {
        if (digits)
            url->port = atoi(arena_str(arena, skip(authority, colon)).ptr);
        authority.len = colon - 1;
    }
    url->host = lower(arena, authority);
}

struct http_url http_url_split(struct arena *arena, struct str text)
{
    struct http_url url = {.port = -1};
    size_t letters = 0;
    while (letters < text.len &&
           (isalnum((unsigned char)text.ptr[letters]) || is_one_of(text.ptr[letters], "+-.")))
        letters++;
    if (letters && letters < text.len && text.ptr[letters] == ':' &&
        isalpha((unsigned char)text.ptr[0])) {
        url.scheme = lower(arena, (struct str){text.ptr, letters});
        text = skip(text, letters + 1);
    }
    if (str_starts(text, STR("//"))) {
        text = skip(text, 2);
        split_authority(arena, cut(&text, "/?#\\"), &url);
    }
    url.path = cut(&text, "?#");
    if (text.len && text.ptr[0] == '?') {
        text = skip(text, 1);
        url.query = cut(&text, "#");
    }
    if (text.len)
        url.fragment = skip(text, 1);
    return url;
}

/* ---- quoting ---- */

/* Quotes what is not in `allowed`. If every % starts a %XX they stay (in upper case), else each is
 * quoted. */
static struct str encode_invalid(struct arena *arena, struct str s, const char *allowed)
{
    bool encoded = true;
    for (size_t i = 0; i < s.len; i++)
        encoded &= s.ptr[i] != '%' || quoted_byte(skip(s, i)) >= 0;
    struct buf out = {0};
    for (size_t i = 0; i < s.len; i++) {
        int byte = quoted_byte(skip(s, i));
        if (byte >= 0) { /* urllib3 normalises the case even where it then quotes the % */
            buf_printf(&out, encoded ? "%%%02X" : "%%25%02X", (unsigned)byte);
            i += 2;
        } else if (is_one_of(s.ptr[i], allowed)) {
            buf_add_char(&out, s.ptr[i]);
        } else {
            buf_printf(&out, "%%%02X", (unsigned char)s.ptr[i]);
        }
    }
    return buf_finish(&out, arena);
}

struct str http_requote(struct arena *arena, struct str text)
{
    bool invalid = false; /* "%zz" makes requests give up unquoting, and quote every % */
    for (size_t i = 0; i + 2 < text.len; i++)
        invalid |= text.ptr[i] == '%' && quoted_byte(skip(text, i)) < 0 &&
                   isalnum((unsigned char)text.ptr[i + 1]) &&
                   isalnum((unsigned char)text.ptr[i + 2]);
    struct buf out = {0};
    for (size_t i = 0; i < text.len; i++) {
        int byte = invalid ? -1 : quoted_byte(skip(text, i));
        if (byte >= 0 && is_one_of((char)byte, UNRESERVED)) {
            buf_add_char(&out, (char)byte);
            i += 2;
        } else if (is_one_of(text.ptr[i], UNRESERVED "!#$&'()*+,/:;=?@[]") ||
                   (text.ptr[i] == '%' && !invalid)) {
            buf_add_char(&out, text.ptr[i]);
        } else {
            buf_printf(&out, "%%%02X", (unsigned char)text.ptr[i]);
        }
    }
    return buf_finish(&out, arena);
}

struct str http_unquote(struct arena *arena, struct str text)
{
    struct buf out = {0};
    for (size_t i = 0; i < text.len; i++) {
        int byte = quoted_byte(skip(text, i));
        buf_add_char(&out, byte >= 0 ? (char)byte : text.ptr[i]);
        if (byte >= 0)
            i += 2;
    }
    return buf_finish(&out, arena);
}

/* Drops "." and ".." segments (RFC 3986, section 5.2.4). */
static struct str remove_dots(struct arena *arena, struct str path)
{
    struct buf out = {0};
    while (path.len) {
        struct str rest = path;
        if (rest.ptr[0] == '/')
            rest = skip(rest, 1);
        struct str name = cut(&rest, "/");
        bool last = rest.len == 0;
        if (str_is(name, ".") || str_is(name, "..")) {
            if (name.len == 2) {
                while (out.len && out.data[out.len - 1] != '/')
                    out.len--;
                if (out.len)
                    out.len--;
            }
            if (last)
                buf_add_char(&out, '/');
        } else {
            buf_add_str(&out, str_slice(path.ptr, rest.ptr));
        }
        path = rest;
    }
    return buf_finish(&out, arena);
}

/* ---- checking ---- */

static bool is_ipv6(struct arena *arena, struct str host)
{
    struct str inside = {host.ptr + 1, host.len - 2};
    inside = cut(&inside, "%");
    struct in6_addr address;
    return host.len > 2 && str_ends(host, STR("]")) &&
           inet_pton(AF_INET6, arena_str(arena, inside).ptr, &address) == 1;
}

static bool is_host(struct arena *arena, struct str host)
{
    if (str_starts(host, STR("[")))
        return is_ipv6(arena, host);
    for (size_t i = 0; i < host.len; i++) {
        unsigned char c = (unsigned char)host.ptr[i];
        if (is_one_of((char)c, "[]:\\") || c <= ' ' || c == 0x7F ||
            (c == '%' && quoted_byte(skip(host, i)) < 0))
            return false;
    }
    return true;
}

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

const char *http_url_parse(struct arena *arena, struct str text, struct http_url *url)
{
    bool slash = str_starts(text, STR("/"));
    *url = http_url_split(arena, text);
    if (!url->scheme.len && !slash) /* "host/path" */
        *url = http_url_split(arena, arena_printf(arena, "//%.*s", STR_ARG(text)));
    if (!is_host(arena, url->host))
        return arena_printf(
            arena, "Failed to parse: '%.*s' is not a valid host or port", STR_ARG(url->host))
            .ptr;
    if (!is_ascii(url->host)) /* a static libcurl would ask for it as it is */
        return arena_printf(arena,
            "Failed to parse: the host '%.*s' is not ASCII; write it in its encoded form (xn--...)",
            STR_ARG(url->host))
            .ptr;
    if (url->port > 65535)
        return arena_printf(arena, "Failed to parse: %.*s", STR_ARG(text)).ptr;
    url->user_info = encode_invalid(arena, url->user_info, USER_INFO);
    url->path = encode_invalid(arena, remove_dots(arena, url->path), PATH);
    url->query = encode_invalid(arena, url->query, QUERY);
    url->fragment = encode_invalid(arena, url->fragment, QUERY);
    if (url->path.len && url->path.ptr[0] != '/')
        url->path = arena_printf(arena, "/%.*s", STR_ARG(url->path));
    return NULL;
}

/* ---- putting together ---- */

static void add_authority(struct buf *out, const struct http_url *url, bool with_user)
{
    if (url->scheme.len)
        buf_printf(out, "%.*s:", STR_ARG(url->scheme));
    if (url->has_authority)
        buf_add_text(out, "//");
    if (with_user && url->user_info.len)
        buf_printf(out, "%.*s@", STR_ARG(url->user_info));
    buf_add_str(out, url->host);
    if (url->port >= 0)
        buf_printf(out, ":%d", url->port);
}

static void add_target(struct buf *out, const struct http_url *url)
{
    buf_add_str(out, url->path);
    if (url->query.len)
        buf_printf(out, "?%.*s", STR_ARG(url->query));
}

struct str http_url_text(struct arena *arena, const struct http_url *url)
{
    struct buf out = {0};
    add_authority(&out, url, true);
    add_target(&out, url);
    if (url->fragment.len)
        buf_printf(&out, "#%.*s", STR_ARG(url->fragment));
    return buf_finish(&out, arena);
}

struct str http_url_sent(struct arena *arena, const struct http_url *url)
{
    struct buf out = {0};
    add_authority(&out, url, false);
    if (!url->path.len)
        buf_add_char(&out, '/');
    add_target(&out, url);
    return buf_finish(&out, arena);
}

struct str http_url_target(struct arena *arena, const struct http_url *url)
{
    struct buf out = {0};
    if (!url->path.len)
        buf_add_char(&out, '/');
    add_target(&out, url);
    return buf_finish(&out, arena);
}

int http_url_port(const struct http_url *url)
{
    if (url->port >= 0)
        return url->port;
    return str_is(url->scheme, "https") ? 443 : 80;
}

struct str http_url_join(struct arena *arena, struct str base, struct str reference)
{
    if (!reference.len)
        return base;
    struct http_url from = http_url_split(arena, base), to = http_url_split(arena, reference);
    if (to.scheme.len && !str_equal(to.scheme, from.scheme))
        return reference;
    to.scheme = from.scheme;
    if (to.has_authority)
        return http_url_text(arena, &to);
    to.has_authority = from.has_authority;
    to.user_info = from.user_info;
    to.host = from.host;
    to.port = from.port;
    if (!to.path.len) {
        to.path = from.path;
        if (!to.query.len)
            to.query = from.query;
        return http_url_text(arena, &to);
    }
    if (to.path.ptr[0] != '/') {
        size_t folder = from.path.len;
        while (folder && from.path.ptr[folder - 1] != '/')
            folder--;
        to.path = arena_printf(
            arena, "%s%.*s%.*s", folder ? "" : "/", (int)folder, from.path.ptr, STR_ARG(to.path));
    }
    to.path = remove_dots(arena, to.path);
    return http_url_text(arena, &to);
}

/* ---- forms ---- */

/* urllib's quote_plus. */
static void add_quoted_plus(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_one_of(text.ptr[i], UNRESERVED))
            buf_add_char(out, text.ptr[i]);
        else if (text.ptr[i] == ' ')
            buf_add_char(out, '+');
        else
            buf_printf(out, "%%%02X", (unsigned char)text.ptr[i]);
    }
}

static void add_pair(
    struct arena *arena, struct buf *out, struct str key, const struct value *value)
{
    if (out->len)
        buf_add_char(out, '&');
    add_quoted_plus(out, key);
    buf_add_char(out, '=');
    add_quoted_plus(out, pytext_str(arena, value));
}

/* One entry of a list: itself, or what it holds in turn (urlencode's doseq). */
static void add_item(struct arena *arena, struct buf *out, struct str key, const struct value *item)
{
    if (item->kind == VALUE_NULL)
        return;
    if (item->kind == VALUE_ARRAY) {
        for (size_t i = 0; i < item->as.array.count; i++)
            add_pair(arena, out, key, &item->as.array.items[i]);
    } else if (item->kind == VALUE_OBJECT) {
        for (size_t i = 0; i < item->as.object.count; i++) {
            struct value name = value_string(item->as.object.members[i].key);
            add_pair(arena, out, key, &name);
        }
    } else {
        add_pair(arena, out, key, item);
    }
}

static void add_field(
    struct arena *arena, struct buf *out, struct str key, const struct value *value)
{
    if (value->kind == VALUE_ARRAY) {
        for (size_t i = 0; i < value->as.array.count; i++)
            add_item(arena, out, key, &value->as.array.items[i]);
    } else {
        add_item(arena, out, key, value);
    }
}

bool http_encode_form(
    struct arena *arena, const struct value *data, struct str *form, const char **error)
{
    struct buf out = {0};
    if (data->kind == VALUE_STRING) {
        *form = data->as.text;
        return true;
    }
    if (data->kind == VALUE_OBJECT) {
        for (size_t i = 0; i < data->as.object.count; i++)
            add_field(
                arena, &out, data->as.object.members[i].key, &data->as.object.members[i].value);
    } else if (data->kind == VALUE_ARRAY) {
        for (size_t i = 0; i < data->as.array.count; i++) {
            const struct value *pair = &data->as.array.items[i];
            if (pair->kind != VALUE_ARRAY || pair->as.array.count != 2) {
                buf_free(&out);
                *error = "cannot encode objects that are not 2-tuples";
                return false;
            }
            add_field(
                arena, &out, pytext_str(arena, &pair->as.array.items[0]), &pair->as.array.items[1]);
        }
    } else {
        *error = "a bytes-like object is required, not a number";
        return false;
    }
    *form = buf_finish(&out, arena);
    return true;
}

struct str http_basic_auth(struct arena *arena, struct str user, struct str password)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct str plain = arena_printf(arena, "%.*s:%.*s", STR_ARG(user), STR_ARG(password));
    struct buf out = {0};
    buf_add_text(&out, "Basic ");
    for (size_t i = 0; i < plain.len; i += 3) {
        unsigned bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < plain.len ? (unsigned char)plain.ptr[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            buf_add_char(&out, i + k > plain.len ? '=' : digits[bits >> (18 - 6 * k) & 63]);
    }
    return buf_finish(&out, arena);
}
