#include "runtime/http/http_decode.h"

#include <ctype.h>
#include <stdio.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"

enum { MAX_CODINGS = 5, PIECE = 16 * 1024 };
enum { BITS_GZIP = 16 + MAX_WBITS, BITS_ZLIB = MAX_WBITS, BITS_RAW = -MAX_WBITS };

/* One coding. A reply said to be `deflate` may lack zlib's frame, which the first bytes that come out tell; until then
 * what went in is kept. */
struct stage {
    struct stage *next; /* what decodes what comes out; NULL for the last */
    z_stream zlib;
    bool is_gzip;
    bool is_undecided;
    bool is_later_member; /* of a gzip file: what is no member is not read any more, and no error */
    bool is_over;
    struct buf tried;
};

struct http_decoder {
    const struct curl_api *api;
    http_decoded_fn *sink;
    void *context;
    struct stage stages[MAX_CODINGS]; /* in the order of decoding */
    size_t count;
    struct buf codings; /* as the reply has them, in lower case */
    char error[256];
};

static void *allocate(void *context, unsigned count, unsigned size)
{
    (void)context;
    return mem_alloc((size_t)count * size);
}

static void release(void *context, void *memory)
{
    (void)context;
    mem_free(memory);
}

/* ---- what there is to decode ---- */

static struct str trim(struct str text)
{
    while (text.len && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text = (struct str){text.ptr + 1, text.len - 1};
    while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

static bool is_gzip(struct str coding)
{
    return str_is(coding, "gzip") || str_is(coding, "x-gzip");
}

static void add_stage(struct http_decoder *decoder, struct str coding)
{
    struct stage *stage = &decoder->stages[decoder->count];
    if (decoder->count++)
        stage[-1].next = stage;
    stage->is_gzip = is_gzip(coding);
    stage->is_undecided =
        !stage->is_gzip; /* in a list, urllib3 takes for deflate what it does not know */
    stage->zlib.zalloc = allocate;
    stage->zlib.zfree = release;
    decoder->api->inflateInit2_(&stage->zlib, stage->is_gzip ? BITS_GZIP : BITS_ZLIB, ZLIB_VERSION,
        (int)sizeof stage->zlib);
}

/* Cuts the last coding off the list. */
static struct str take_last(struct str *list)
{
    size_t start = list->len;
    while (start && list->ptr[start - 1] != ',')
        start--;
    struct str last = trim((struct str){list->ptr + start, list->len - start});
    list->len = start ? start - 1 : 0;
    return last;
}

static void add_stages(struct http_decoder *decoder, size_t count)
{
    struct str rest = buf_str(&decoder->codings);
    if (count > MAX_CODINGS) {
        snprintf(decoder->error, sizeof decoder->error,
            "Too many content encodings in the chain: %zu > %d", count, MAX_CODINGS);
        return;
    }
    for (size_t i = 0; i < count; i++)
        add_stage(decoder, take_last(&rest));
}

struct http_decoder *http_decoder_new(
    const struct curl_api *api, struct str codings, http_decoded_fn *sink, void *context)
{
    struct http_decoder *decoder = mem_alloc(sizeof *decoder);
    *decoder = (struct http_decoder){.api = api, .sink = sink, .context = context};
    size_t count = 1;
    bool any_known = false;
    for (size_t i = 0; i < codings.len; i++) {
        buf_add_char(&decoder->codings, (char)tolower((unsigned char)codings.ptr[i]));
        count += codings.ptr[i] == ',';
    }
    for (struct str rest = buf_str(&decoder->codings); rest.len;) {
        struct str coding = take_last(&rest);
        any_known |= is_gzip(coding) || str_is(coding, "deflate");
    }
    if (any_known) {
        add_stages(decoder, count);
        return decoder;
    }
    http_decoder_free(decoder);
    return NULL;
}

/* ---- decoding ---- */

static bool feed(struct http_decoder *decoder, struct stage *stage, const char *bytes, size_t len);

/* As Python's zlib words it. */
static bool fail(struct http_decoder *decoder, const struct stage *stage, int code)
{
    const char *detail = stage->zlib.msg          ? stage->zlib.msg
                         : code == Z_STREAM_ERROR ? "inconsistent stream state"
                                                  : "invalid input data";
    snprintf(decoder->error, sizeof decoder->error,
        "('Received response with content-encoding: %.*s, but failed to decode it.', "
        "error('Error %d while decompressing data: %s'))",
        (int)(decoder->codings.len < 100 ? decoder->codings.len : 100), decoder->codings.data, code,
        detail);
    return false;
}

/* Starts the stage again without zlib's frame, with all that went in so far. */
static bool decide_for_raw(struct http_decoder *decoder, struct stage *stage)
{
    struct buf tried = stage->tried;
    stage->tried = (struct buf){0};
    stage->is_undecided = false;
    decoder->api->inflateReset2(&stage->zlib, BITS_RAW);
    bool ok = feed(decoder, stage, tried.data, tried.len);
    buf_free(&tried);
    return ok;
}

static void end_stream(const struct http_decoder *decoder, struct stage *stage)
{
    if (!stage->is_gzip) {
        stage->is_over = true;
        return;
    }
    stage->is_later_member = true;
    decoder->api->inflateReset2(&stage->zlib, BITS_GZIP);
}

static bool feed(struct http_decoder *decoder, struct stage *stage, const char *bytes, size_t len)
{
    if (!stage) {
        decoder->sink(decoder->context, bytes, len);
        return true;
    }
    char piece[PIECE];
    int code = Z_OK;
    if (stage->is_undecided)
        buf_add(&stage->tried, bytes, len);
    stage->zlib.next_in = (const Bytef *)bytes;
    stage->zlib.avail_in = (uInt)len;
    stage->zlib.avail_out = 0;
    while (!stage->is_over && code != Z_BUF_ERROR &&
           (stage->zlib.avail_in || !stage->zlib.avail_out)) {
        stage->zlib.next_out = (Bytef *)piece;
        stage->zlib.avail_out = PIECE;
        code = decoder->api->inflate(&stage->zlib, Z_NO_FLUSH);
        size_t got = PIECE - stage->zlib.avail_out;
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
            if (stage->is_undecided)
                return decide_for_raw(decoder, stage);
            stage->is_over = true;
            return stage->is_later_member || fail(decoder, stage, code);
        }
        if (got)
            stage->is_undecided = false;
        if (got && !feed(decoder, stage->next, piece, got))
            return false;
        if (code == Z_STREAM_END)
            end_stream(decoder, stage);
    }
    return true;
}

bool http_decoder_feed(struct http_decoder *decoder, const char *bytes, size_t len)
{
    return !decoder->error[0] && feed(decoder, decoder->stages, bytes, len);
}

const char *http_decoder_error(const struct http_decoder *decoder)
{
    return decoder->error;
}

void http_decoder_free(struct http_decoder *decoder)
{
    if (!decoder)
        return;
    for (size_t i = 0; i < decoder->count; i++) {
        decoder->api->inflateEnd(&decoder->stages[i].zlib);
        buf_free(&decoder->stages[i].tried);
    }
    buf_free(&decoder->codings);
    mem_free(decoder);
}
