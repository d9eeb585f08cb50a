#include "runtime/record/redact_forms.h"

#include <ctype.h>
#include <string.h>

#include "runtime/base/pytext.h"

enum { SHORTEST_BASE64 = 6 /* digits: fewer stand in any text of Base64 */ };

struct forms {
    redact_form_fn *add;
    void *context;
    struct buf out;
};

static void give(struct forms *forms)
{
    forms->add(forms->context, buf_str(&forms->out));
    buf_clear(&forms->out);
}

/* `kept` are the characters that stay as they are beside letters and digits. */
static void give_url(struct forms *forms, struct str text, const char *kept, bool plus, bool lower)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (isalnum(c) || (c && strchr(kept, c)))
            buf_add_char(&forms->out, (char)c);
        else if (c == ' ' && plus)
            buf_add_char(&forms->out, '+');
        else
            buf_printf(&forms->out, lower ? "%%%02x" : "%%%02X", c);
    }
    give(forms);
}

static void give_urls(struct forms *forms, struct str text)
{
    static const char *const kept[] = {
        "_.-~", "_.-~/", "_.-*", "_.-~!#$%&'()*+,/:;=?@[]", "_.-~!*'();:@&=+$,/?#"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        give_url(forms, text, kept[i], false, false);
        give_url(forms, text, kept[i], false, true);
        give_url(forms, text, kept[i], true, false);
    }
}

/* The digits that the text alone decides where it begins `offset` bytes into a group of three. */
static void give_base64_at(struct forms *forms, struct str text, size_t offset, const char *digits)
{
    size_t bits = offset * 8, end = bits + text.len * 8;
    for (size_t bit = (bits + 5) / 6 * 6; bit + 6 <= end; bit += 6) {
        unsigned digit = 0;
        for (size_t b = bit; b < bit + 6; b++) {
            size_t at = b - bits;
            digit = digit << 1 | ((unsigned char)text.ptr[at / 8] >> (7 - at % 8) & 1);
        }
        buf_add_char(&forms->out, digits[digit]);
    }
    if (forms->out.len >= SHORTEST_BASE64)
        give(forms);
    buf_clear(&forms->out);
}

static void give_base64(struct forms *forms, struct str text)
{
    static const char *const alphabets[] = {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"};
    for (size_t i = 0; i < sizeof alphabets / sizeof *alphabets; i++)
        for (size_t offset = 0; offset < 3; offset++)
            give_base64_at(forms, text, offset, alphabets[i]);
}

static void give_hex(struct forms *forms, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        buf_printf(&forms->out, "%02x", (unsigned char)text.ptr[i]);
    give(forms);
}

/* The inside of what json.dumps or a logger of JSON makes of it, once and in JSON within JSON. */
static void give_json(struct forms *forms, struct str text)
{
    struct buf once = {0};
    for (int ascii = 0; ascii < 2; ascii++) {
        buf_clear(&once);
        json_quote(&once, text, ascii);
        struct str inside = {once.data + 1, once.len - 2};
        forms->add(forms->context, inside);
        json_quote(&forms->out, inside, ascii);
        struct str twice = {forms->out.data + 1, forms->out.len - 2};
        forms->add(forms->context, twice);
        buf_clear(&forms->out);
    }
    buf_free(&once);
}

/* The inside of Python's repr(), in either quotes: which it takes depends on what stands around. */
static void give_repr(struct forms *forms, struct str text)
{
    struct buf quoted = {0};
    pytext_add_quoted(&quoted, text);
    struct str inside = {quoted.data + 1, quoted.len - 2};
    forms->add(forms->context, inside);
    for (size_t i = 0; i < inside.len; i++) { /* with quotes of the other kind */
        char c = inside.ptr[i];
        bool escaped = c == '\\' && i + 1 < inside.len;
        if (escaped && inside.ptr[i + 1] == '\'') {
            buf_add_char(&forms->out, inside.ptr[++i]);
        } else if (escaped) {
            buf_add(&forms->out, inside.ptr + i++, 2);
        } else {
            if (c == '\'')
                buf_add_char(&forms->out, '\\');
            buf_add_char(&forms->out, c);
        }
    }
    give(forms);
    buf_free(&quoted);
}

static void give_html(struct forms *forms, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '&':
            buf_add_text(&forms->out, "&amp;");
            break;
        case '<':
            buf_add_text(&forms->out, "&lt;");
            break;
        case '>':
            buf_add_text(&forms->out, "&gt;");
            break;
        case '"':
            buf_add_text(&forms->out, "&quot;");
            break;
        case '\'':
            buf_add_text(&forms->out, "&#x27;");
            break;
        default:
            buf_add_char(&forms->out, text.ptr[i]);
        }
    }
    give(forms);
}

/* As a shell quotes it: 'it'\''s'. */
static void give_shell(struct forms *forms, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\'')
            buf_add_text(&forms->out, "'\\''");
        else
            buf_add_char(&forms->out, text.ptr[i]);
    give(forms);
}

void redact_forms(struct str text, redact_form_fn *add, void *context)
{
    struct forms forms = {.add = add, .context = context};
    add(context, text);
    give_urls(&forms, text);
    give_json(&forms, text);
    give_repr(&forms, text);
    give_html(&forms, text);
    give_shell(&forms, text);
    give_base64(&forms, text);
    give_hex(&forms, text);
    buf_free(&forms.out);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

struct str redact_trimmed(struct str text)
{
    while (text.len && is_blank(text.ptr[0]))
        text = str_slice(text.ptr + 1, text.ptr + text.len);
    while (text.len && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}
