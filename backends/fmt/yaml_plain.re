/* Which strings YAML 1.1 would not read as themselves without quotes: the implicit types of its repository, as PyYAML
 * and libyaml's users resolve them, and what the syntax gives a meaning. */
#include "backends/fmt/printer.h"

#include <stdbool.h>
#include <string.h>

/* How many leading bytes of the text are in the set. */
static size_t strspn_of(struct str text, const char *set)
{
    size_t i = 0;
    while (i < text.len && text.ptr[i] && strchr(set, text.ptr[i]))
        i++;
    return i;
}

enum { LONGEST_TYPED = 64 };

/* Whether the text is an implicit type: null, boolean, number, timestamp, merge key or default value. */
static bool is_typed(struct str text)
{
    unsigned char copy[LONGEST_TYPED + 1];
    if (text.len > LONGEST_TYPED) /* only a number is that long */
        return strspn_of(text, "0123456789abcdefABCDEFxX_.:+-") == text.len;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    const unsigned char *p = copy, *limit = copy + text.len, *marker;
    /*!re2c
        re2c:define:YYCTYPE = "unsigned char";
        re2c:define:YYCURSOR = p;
        re2c:define:YYMARKER = marker;
        re2c:define:YYLIMIT = limit;
        re2c:yyfill:enable = 0;
        re2c:eof = 0;

        digit   = [0-9];
        nulls   = "~" | "null" | "Null" | "NULL";
        bools   = "y" | "Y" | "n" | "N" | "yes" | "Yes" | "YES" | "no" | "No" | "NO" | "true" | "True" | "TRUE"
                | "false" | "False" | "FALSE" | "on" | "On" | "ON" | "off" | "Off" | "OFF";
        sign    = [-+]?;
        ints    = sign ( "0b" [0-1_]+ | "0" [0-7_]+ | "0" | [1-9] [0-9_]* | "0x" [0-9a-fA-F_]+
                | "0o" [0-7]+ | [1-9] [0-9_]* ( ":" [0-5]? digit )+ );
        floats  = sign ( digit [0-9_]* "." [0-9_]* | "." digit [0-9_]* ) ( [eE] [-+]? digit+ )?
                | sign digit [0-9_]* [eE] [-+]? digit+
                | sign digit [0-9_]* ( ":" [0-5]? digit )+ "." [0-9_]*
                | sign "." ( "inf" | "Inf" | "INF" ) | "." ( "nan" | "NaN" | "NAN" );
        day     = digit{4} "-" digit{2} "-" digit{2};
        date    = digit{4} "-" digit{1,2} "-" digit{1,2};
        time    = digit{1,2} ":" digit{2} ":" digit{2} ( "." digit* )?;
        zone    = [ \t]* ( "Z" | [-+] digit{1,2} ( ":" digit{2} )? );
        stamp   = day | date ( [Tt] | [ \t]+ ) time zone?;

        ( nulls | bools | ints | floats | stamp | "<<" | "=" )  { return p == limit; }
        $                                                       { return true; }
        *                                                       { return false; }
    */
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Characters that begin something else where a plain scalar would begin. */
static bool has_indicator(struct str text)
{
    char first = text.ptr[0];
    if (memchr(",[]{}#&*!|>'\"%@`", first, 17))
        return true;
    if (first == '-' || first == '?' || first == ':')
        return text.len == 1 || is_blank(text.ptr[1]);
    return false;
}

/* C1 controls, line separators, the byte order mark, non-characters and surrogates cannot stand unescaped. */
static bool is_hidden(const unsigned char *p)
{
    switch (p[0]) {
    case 0xC2:
        return p[1] < 0xA0;
    case 0xE2:
        return p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9);
    case 0xED:
        return p[1] >= 0xA0;
    case 0xEF:
        return (p[1] == 0xBB && p[2] == 0xBF) || (p[1] == 0xBF && p[2] >= 0xBE);
    default:
        return false;
    }
}

bool yaml_has_hidden(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
            return true;
        if (c >= 0xC2 && is_hidden((const unsigned char *)text.ptr + i))
            return true;
    }
    return false;
}

bool yaml_needs_quotes(struct str text)
{
    if (!text.len || is_blank(text.ptr[0]) || is_blank(text.ptr[text.len - 1]))
        return true;
    if (has_indicator(text) || text.ptr[text.len - 1] == ':' || is_typed(text))
        return true;
    if (str_starts(text, STR("---")) || str_starts(text, STR("...")))
        return true;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == 0x7F)
            return true;
        if (c == ':' && is_blank(text.ptr[i + 1 < text.len ? i + 1 : i]))
            return true;
        if (c == '#' && is_blank(text.ptr[i - 1]))
            return true;
        if (c >= 0xC2 && is_hidden((const unsigned char *)text.ptr + i))
            return true;
    }
    return false;
}
