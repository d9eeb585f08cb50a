/* Inline flags of Python's `re`: (?i), (?i:...), (?s-i:...), after the reading order of its parser. */
#include "runtime/expr/regexp_parse.h"

unsigned re_flag_of(struct str token)
{
    static const char letters[] = "imsxauLt";
    const char *found = token.len == 1 && token.ptr[0] ? strchr(letters, token.ptr[0]) : NULL;
    return found ? 1U << (found - letters) : 0;
}

static bool is_letter_token(struct str token)
{
    uint32_t code = re_code(token);
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code >= 0xAA;
}

static void fail_flag(struct re_parser *parser, struct str token, const char *otherwise)
{
    bool letter = token.ptr[0] != '\\' && is_letter_token(token);
    re_fail(parser, token.len, "%s", letter ? "unknown flag" : otherwise);
}

/* Reads flags that are turned on, the first being `token`; gives what follows them: `)`, `-` or
 * `:`. */
static struct str read_flags_on(struct re_parser *parser, struct str token, unsigned *on)
{
    for (;;) {
        unsigned flag = re_flag_of(token);
        if (flag == RE_LOCALE)
            re_fail(parser, 0, "bad inline flags: cannot use 'L' flag with a str pattern");
        *on |= flag;
        if ((flag & RE_TYPES) && (*on & RE_TYPES) != flag)
            re_fail(parser, 0, "bad inline flags: flags 'a', 'u' and 'L' are incompatible");
        token = re_take(parser);
        if (!token.ptr)
            re_fail(parser, 0, "missing -, : or )");
        else if (!re_is(token, ')') && !re_is(token, '-') && !re_is(token, ':') &&
                 !re_flag_of(token))
            fail_flag(parser, token, "missing -, : or )");
        if (!token.ptr || parser->failed || !re_flag_of(token))
            return token;
    }
}

/* Reads flags that are turned off, behind the `-`, with the colon. */
static void read_flags_off(struct re_parser *parser, unsigned *off)
{
    struct str token = re_take(parser);
    if (!token.ptr)
        re_fail(parser, 0, "missing flag");
    else if (!re_flag_of(token))
        fail_flag(parser, token, "missing flag");
    while (!parser->failed && !re_is(token, ':')) {
        if (re_flag_of(token) & RE_TYPES)
            re_fail(parser, 0, "bad inline flags: cannot turn off flags 'a', 'u' and 'L'");
        *off |= re_flag_of(token);
        token = re_take(parser);
        if (!token.ptr)
            re_fail(parser, 0, "missing :");
        else if (!re_is(token, ':') && !re_flag_of(token))
            fail_flag(parser, token, "missing :");
    }
}

bool re_read_flags(struct re_parser *parser, struct str token, unsigned *on, unsigned *off)
{
    *on = *off = 0;
    if (!re_is(token, '-')) {
        token = read_flags_on(parser, token, on);
        if (parser->failed)
            return true;
        if (re_is(token, ')')) {
            parser->global_flags |= *on;
            return false;
        }
    }
    if (*on & RE_TEMPLATE)
        re_fail(parser, 1, "bad inline flags: cannot turn on global flag");
    if (!parser->failed && re_is(token, '-'))
        read_flags_off(parser, off);
    if (*off & RE_TEMPLATE)
        re_fail(parser, 1, "bad inline flags: cannot turn off global flag");
    else if (*on & *off)
        re_fail(parser, 1, "bad inline flags: flag turned on and off");
    return true;
}
