#include "backends/report/formats.h"

#include "runtime/base/utf8.h"

struct report_region report_region(struct source *source, struct span span)
{
    return (struct report_region){source_place(source, span.lo), source_place(source, span.hi)};
}

struct str report_message(struct report *report, const struct diag *diag)
{
    struct str help = diag->help;
    if (help.len == 0 && diag->fix)
        help = diag->fix->title;
    if (help.len == 0)
        return diag->message;
    return arena_printf(&report->arena, "%.*s; %.*s", STR_ARG(diag->message), STR_ARG(help));
}

struct str report_fingerprint(struct report *report, const struct diag *diag)
{
    struct arena *arena = &report->arena;
    struct str place = diag->pointer.len ? diag->pointer : diag->message;
    for (unsigned n = 0;; n++) {
        struct str key = arena_printf(arena, "%.*s\n%s\n%.*s\n%u", STR_ARG(diag->source->name),
            diag_info(diag->code)->id, STR_ARG(place), n);
        struct str hash = arena_printf(arena, "%016llx", str_hash(key));
        if (!map_get(&report->fingerprints, hash)) {
            map_set(&report->fingerprints, hash, report);
            return hash;
        }
    }
}

struct str report_uri(struct report *report, struct str name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-._~/!$&'()*+,;=@";
    struct buf out = {0};
    if (str_starts(name, STR("/")))
        buf_add_text(&out, "file://");
    while (str_starts(name, STR("./")))
        name = (struct str){name.ptr + 2, name.len - 2};
    for (size_t i = 0; i < name.len; i++) {
        if (memchr(plain, name.ptr[i], sizeof plain - 1))
            buf_add_char(&out, name.ptr[i]);
        else
            buf_printf(&out, "%%%02X", (unsigned char)name.ptr[i]);
    }
    struct str uri = arena_str(&report->arena, buf_str(&out));
    buf_free(&out);
    return uri;
}

static bool is_xml(uint32_t code)
{
    return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0xFFFE) ||
           (code > 0xFFFF && code != UTF8_INVALID);
}

void report_xml(struct buf *out, struct str text)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    while (p < end) {
        const char *from = p;
        uint32_t code = utf8_decode(&p, end);
        if (!is_xml(code))
            buf_add_text(out, "\xEF\xBF\xBD");
        else if (code == '&')
            buf_add_text(out, "&amp;");
        else if (code == '<')
            buf_add_text(out, "&lt;");
        else if (code == '>')
            buf_add_text(out, "&gt;");
        else if (code == '"')
            buf_add_text(out, "&quot;");
        else if (code < 0x20)
            buf_printf(out, "&#%u;", (unsigned)code);
        else
            buf_add(out, from, (size_t)(p - from));
    }
}
