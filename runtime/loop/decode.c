#include "runtime/loop/decode.h"

#include <errno.h>
#include <iconv.h>

#include "runtime/base/buf.h"
#include "runtime/base/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD"

/* How many bytes of an invalid sequence stand for one replacement: the longest start of a valid
 * one. */
static size_t broken_length(const unsigned char *p, size_t left)
{
    unsigned char low = 0x80, high = 0xBF;
    size_t more;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        more = 1;
    else if (p[0] >= 0xE0 && p[0] <= 0xEF)
        more = 2;
    else if (p[0] >= 0xF0 && p[0] <= 0xF4)
        more = 3;
    else
        return 1;
    if (p[0] == 0xE0)
        low = 0xA0;
    else if (p[0] == 0xED)
        high = 0x9F;
    else if (p[0] == 0xF0)
        low = 0x90;
    else if (p[0] == 0xF4)
        high = 0x8F;
    size_t length = 1;
    while (length < left && length <= more && p[length] >= low && p[length] <= high) {
        length++;
        low = 0x80;
        high = 0xBF;
    }
    return length;
}

struct str decode_utf8(struct arena *arena, struct str bytes)
{
    size_t good = utf8_first_invalid(bytes);
    if (good == bytes.len)
        return bytes;
    struct buf text = {0};
    while (bytes.len) {
        good = utf8_first_invalid(bytes);
        buf_add(&text, bytes.ptr, good);
        if (good < bytes.len) {
            buf_add_text(&text, REPLACEMENT);
            good += broken_length((const unsigned char *)bytes.ptr + good, bytes.len - good);
        }
        bytes = (struct str){bytes.ptr + good, bytes.len - good};
    }
    return buf_finish(&text, arena);
}

struct str decode_buf(struct arena *arena, struct buf *bytes)
{
    if (utf8_first_invalid(buf_str(bytes)) == bytes->len)
        return buf_finish(bytes, arena);
    struct str text = decode_utf8(arena, buf_str(bytes));
    buf_free(bytes);
    return text;
}

static void convert(iconv_t converter, struct str bytes, struct buf *text)
{
    char chunk[4096];
    char *from = (char *)(uintptr_t)bytes.ptr; /* iconv's prototype lacks a const */
    size_t left = bytes.len;
    while (left) {
        char *to = chunk;
        size_t room = sizeof chunk;
        size_t done = iconv(converter, &from, &left, &to, &room);
        buf_add(text, chunk, sizeof chunk - room);
        if (done == (size_t)-1 && errno != E2BIG) {
            buf_add_text(text, REPLACEMENT);
            if (errno == EINVAL || !left)
                break;
            from++;
            left--;
        }
    }
}

/* Python takes "latin-1" for "latin1": where a name is not known, it may be without its dashes. */
static iconv_t open_converter(struct str charset)
{
    struct buf name = {0}, plain = {0};
    buf_add_str(&name, charset);
    for (size_t i = 0; i < charset.len; i++)
        if (charset.ptr[i] != '-' && charset.ptr[i] != '_')
            buf_add_char(&plain, charset.ptr[i]);
    iconv_t converter = name.len ? iconv_open("UTF-8", name.data) : (iconv_t)-1;
    if (converter == (iconv_t)-1 && plain.len)
        converter = iconv_open("UTF-8", plain.data);
    buf_free(&name);
    buf_free(&plain);
    return converter;
}

struct str decode_charset(struct arena *arena, struct buf *bytes, struct str charset)
{
    iconv_t converter = open_converter(charset);
    if (converter == (iconv_t)-1)
        return decode_buf(arena, bytes);
    struct buf text = {0};
    convert(converter, buf_str(bytes), &text);
    iconv_close(converter);
    buf_free(bytes);
    return buf_finish(&text, arena);
}
