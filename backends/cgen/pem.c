#include "backends/cgen/pem.h"

#include "runtime/base/buf.h"

/* Where `what` next stands in the text from `at` on, or NULL. */
static const char *find(struct str text, const char *at, struct str what)
{
    return memmem(at, (size_t)(text.ptr + text.len - at), what.ptr, what.len);
}

const char *pem_keep_certificates(struct arena *arena, struct str text, struct str *kept)
{
    const struct str begin = STR("-----BEGIN CERTIFICATE-----"),
                     end = STR("-----END CERTIFICATE-----");
    struct buf out = {0};
    const char *wrong = NULL;
    for (const char *at = find(text, text.ptr, begin), *next; at; at = next) {
        const char *close = find(text, at, end);
        next = find(text, at + begin.len, begin);
        if (!close || (next && next < close)) {
            wrong = "a certificate in it has no end";
            break;
        }
        buf_add_str(&out, str_slice(at, close + end.len));
        buf_add_char(&out, '\n');
    }
    if (!wrong && !out.len)
        wrong = "it holds no certificate in PEM";
    *kept = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return wrong;
}
