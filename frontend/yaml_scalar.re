/* The lexer of yaml_scalar.h: PyYAML's resolver patterns (resolver.py, 6.0), as one automaton. Where two rules
 * match the same text the first wins, so the narrow forms stand before the wide ones. */
#include "frontend/yaml_scalar.h"

#include <stdbool.h>

/* Most plain scalars are words: their first byte says that no pattern can match. */
static bool may_be_special(char c)
{
    static const bool first[256] = {['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1,
        ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1,
        ['<'] = 1, ['='] = 1, ['~'] = 1, ['f'] = 1, ['F'] = 1, ['n'] = 1, ['N'] = 1, ['o'] = 1,
        ['O'] = 1, ['t'] = 1, ['T'] = 1, ['y'] = 1, ['Y'] = 1};
    return first[(unsigned char)c];
}

enum yaml_form yaml_form(const char *text, size_t len)
{
    if (len == 0)
        return YAML_EMPTY;
    if (!may_be_special(*text))
        return YAML_TEXT;
    const unsigned char *p = (const unsigned char *)text;
    const unsigned char *marker;
    const unsigned char *limit = p + len;
    enum yaml_form form;
    /*!re2c
        re2c:define:YYCTYPE = "unsigned char";
        re2c:define:YYCURSOR = p;
        re2c:define:YYMARKER = marker;
        re2c:define:YYLIMIT = limit;
        re2c:yyfill:enable = 0;
        re2c:eof = 0;

        sign   = [-+];
        digit  = [0-9];
        digits = [0-9_]*;
        sixty  = ( ":" [0-5]? digit )+;
        power  = [eE] sign digit+;
        date   = digit{4} "-" digit{1,2} "-" digit{1,2};
        time   = digit{1,2} ":" digit{2} ":" digit{2} ( "." digit* )?;
        zone   = "Z" | sign digit{1,2} ( ":" digit{2} )?;
        blank  = [ \t];

        "~"                                               { form = YAML_TILDE; goto matched; }
        "null" | "Null" | "NULL"                          { form = YAML_NULL; goto matched; }
        "true" | "True" | "TRUE"                          { form = YAML_TRUE; goto matched; }
        "false" | "False" | "FALSE"                       { form = YAML_FALSE; goto matched; }
        "yes" | "Yes" | "YES" | "on" | "On" | "ON"        { form = YAML_YES; goto matched; }
        "no" | "No" | "NO" | "off" | "Off" | "OFF"        { form = YAML_NO; goto matched; }
        [yYnN]                                            { form = YAML_TEXT_LETTER; goto matched; }
        "<<"                                              { form = YAML_MERGE; goto matched; }
        "="                                               { form = YAML_VALUE; goto matched; }

        "-"? ( "0" | [1-9] digit* )                       { form = YAML_INT; goto matched; }
        "+" ( "0" | [1-9] digit* )                        { form = YAML_INT_PLUS; goto matched; }
        sign? "0b" [01_]+                                 { form = YAML_INT_BINARY; goto matched; }
        sign? "0x" [0-9a-fA-F_]+                          { form = YAML_INT_HEX; goto matched; }
        sign? "0" [0-7_]+                                 { form = YAML_INT_OCTAL; goto matched; }
        sign? [1-9] digits                                { form = YAML_INT_UNDERSCORE; goto matched; }
        sign? [1-9] digits sixty                          { form = YAML_INT_SEXAGESIMAL; goto matched; }

        "-"? ( "0" | [1-9] digit* ) "." digit+ power?     { form = YAML_REAL; goto matched; }
        sign? digit+ "." digit* power?                    { form = YAML_REAL_OTHER; goto matched; }
        "." digit+ power?                                 { form = YAML_REAL_OTHER; goto matched; }
        sign? "." ( "inf" | "Inf" | "INF" )               { form = YAML_REAL_OTHER; goto matched; }
        "." ( "nan" | "NaN" | "NAN" )                     { form = YAML_REAL_OTHER; goto matched; }
        sign? digit digits "." digits power?              { form = YAML_REAL_UNDERSCORE; goto matched; }
        "." digit digits power?                           { form = YAML_REAL_UNDERSCORE; goto matched; }
        sign? digit digits sixty "." digits               { form = YAML_REAL_SEXAGESIMAL; goto matched; }
        sign? digit+ ( "." digit* )? [eE] sign? digit+    { form = YAML_TEXT_EXPONENT; goto matched; }

        digit{4} "-" digit{2} "-" digit{2}                { form = YAML_DATE; goto matched; }
        date ( [Tt] | blank+ ) time ( blank* zone )?      { form = YAML_DATETIME; goto matched; }

        $                                                 { return YAML_TEXT; }
        *                                                 { return YAML_TEXT; }
    */
matched:
    /* The longest match is the only one that can reach the end. */
    return p == limit ? form : YAML_TEXT;
}
