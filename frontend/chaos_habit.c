/* What people write in .chaos who come from another language, each with the form to write instead. */
#include "frontend/chaos_report.h"

static enum chaos_block block_kind(const struct chaos_report *r)
{
    return r->build->blocks[r->build->block_count - 1].kind;
}

static bool is_directly_inside(const struct chaos_report *r)
{
    return r->token->depth == r->build->blocks[r->build->block_count - 1].depth;
}

/* The kind of the token `back` places before the offending one; 0 if there is none. */
static int kind_at(const struct chaos_report *r, size_t back)
{
    return r->index >= back ? (r->token - back)->kind : 0;
}

static struct str text_of(const struct chaos_report *r, const struct chaos_token *token)
{
    return source_slice(r->build->doc->source, token->span);
}

static bool is_one_of(struct str text, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (str_equal(text, str_from(words[i])))
            return true;
    return false;
}

static bool is_adjacent(const struct chaos_token *token)
{
    return token[1].span.lo == token->span.hi;
}

/* A mistake at the offending token, with a line on what to write. */
static bool say(const struct chaos_report *r, const char *message, struct str help)
{
    struct diag *diag = report_add(r, DIAG_E145, str_from(message));
    HELP(r, diag, "%.*s", STR_ARG(help));
    return true;
}

/* The same about some tokens before, from `back` places before the offending one. */
static bool say_before(
    const struct chaos_report *r, size_t back, const char *message, struct str help)
{
    struct diag *diag = report_add(r, DIAG_E145, str_from(message));
    diag->span = (r->token - back)->span;
    HELP(r, diag, "%.*s", STR_ARG(help));
    return true;
}

/* Entries of config and secrets: their separators, where values come from, what holds without one. */
static bool report_entry(const struct chaos_report *r)
{
    static const char *const otherwise[] = {"default", "or", "else", "otherwise", NULL};
    static const char *const readers[] = {
        "os.environ", "os.environ.get", "os.getenv", "process.env", NULL};
    static const char *const defaults[] = {"|", "||", "?", "?:", ":-", NULL};
    const struct str help = STR("write `env(NAME) ?"
                                "? value`");
    if (block_kind(r) != CHAOS_BLOCK_ENTRIES)
        return false;
    if (r->token->kind == CHAOS_TOK_COMMA && is_directly_inside(r)) {
        struct diag *diag = report_add(r, DIAG_E145, STR("entries are not separated by commas"));
        struct diag_fix *fix = diag_fix(
            r->build->bag, diag, DIAG_SAFE, "remove the comma: only lists and objects have them");
        diag_edit(r->build->bag, fix, r->token->span, STR(""));
        return true;
    }
    if (r->token->kind == CHAOS_TOK_COMMA && kind_at(r, 3) == CHAOS_TOK_ENV) {
        struct str name = text_before(r);
        if (kind_before(r) == CHAOS_TOK_STRING && name.len > 2)
            name = (struct str){name.ptr + 1, name.len - 2};
        return say(r, "`env` takes one name",
            MESSAGE(r,
                "with a type and a default it is `env(%.*s: int) ?"
                "? 2`",
                STR_ARG(name)));
    }
    if (expects(r, "=") && kind_at(r, 2) == CHAOS_TOK_RPAREN &&
        is_one_of(text_before(r), otherwise))
        return say_before(r, 1,
            "a default is written with `?"
            "?`",
            help);
    if (kind_before(r) == CHAOS_TOK_RPAREN && is_one_of(r->text, defaults))
        return say(r,
            "a default is written with `?"
            "?`",
            help);
    if (r->token->kind == CHAOS_TOK_DOTTED && expects(r, "vault") && is_one_of(r->text, readers))
        return say(r, "a variable of the environment is read with `env`", help);
    return false;
}

/* Where a list of tags begins, if the token before stands in one on the same line. */
static bool is_behind_tags(const struct chaos_report *r)
{
    size_t back = 1;
    while (kind_at(r, back) == CHAOS_TOK_STRING || kind_at(r, back) == CHAOS_TOK_COMMA ||
           kind_at(r, back) == CHAOS_TOK_WORD) {
        if ((r->token - back)->flags & CHAOS_FIRST_ON_LINE)
            return false;
        back++;
    }
    return back > 1 && kind_at(r, back) == CHAOS_TOK_TAGS;
}

/* Statements of the file: tags, groups of secrets, `=` behind a keyword. */
static bool report_statement(const struct chaos_report *r)
{
    static const char *const separated = "tags are separated by commas";
    const struct str tags = STR("write `tags first, second`");
    if (r->token->kind == CHAOS_TOK_EQUALS && kind_before(r) == CHAOS_TOK_SECRETS)
        return say(
            r, "a group of secrets has a name", STR("write `secrets group { name = env(NAME) }`"));
    if (kind_before(r) == CHAOS_TOK_LBRACE && kind_at(r, 2) == CHAOS_TOK_SECRETS &&
        r->expected->count == 1)
        return say(r, "the name of a group of secrets stands before the brace",
            MESSAGE(r, "write `secrets %.*s { name = env(NAME) }`", STR_ARG(r->text)));
    if (kind_before(r) == CHAOS_TOK_LBRACKET && kind_at(r, 2) == CHAOS_TOK_TAGS)
        return say_before(r, 1, "tags stand without brackets", tags);
    if (expects(r, ":") && kind_before(r) == CHAOS_TOK_STRING && r->expected->count == 1 &&
        !(r->token[-1].flags & CHAOS_FIRST_ON_LINE) && is_behind_tags(r))
        return say_before(r, 1, separated, tags);
    if (r->token->kind == CHAOS_TOK_WORD && !(r->token->flags & CHAOS_FIRST_ON_LINE) &&
        expects(r, "contributions") && is_behind_tags(r))
        return say(r, separated, tags);
    if (r->token->kind != CHAOS_TOK_EQUALS || !is_word(kind_before(r)) || expects(r, "=>") ||
        expects(r, ":") || expects(r, "="))
        return false;
    const char *form = chaos_form_of(r, text_before(r));
    struct diag *diag =
        report_add(r, DIAG_E145, MESSAGE(r, "no `=` follows `%.*s`", STR_ARG(text_before(r))));
    if (form)
        HELP(r, diag, "write `%s`", form);
    return true;
}

/* Comments of other languages. */
static bool report_comment(const struct chaos_report *r)
{
    bool dashes = r->token->kind == CHAOS_TOK_DASH && r->token[1].kind == CHAOS_TOK_DASH &&
                  is_adjacent(r->token);
    bool slash = r->token->kind == CHAOS_TOK_STRAY && str_starts(r->text, STR("/*"));
    return (dashes || slash) &&
           say(r, "comments begin with `#`", STR("write `# ...`, on each line of the comment"));
}

static bool begins_clause(int kind)
{
    return (kind >= CHAOS_TOK_HEADERS && kind <= CHAOS_TOK_DRY) || kind == CHAOS_TOK_SECRETS ||
           kind == CHAOS_TOK_CONTROLS || kind == CHAOS_TOK_WITH;
}

/* The head of an activity: its name, the braces and the word `background`. */
static bool report_activity(const struct chaos_report *r)
{
    const struct str background = STR("write `background action \"name\": ...`");
    bool named = expects(r, ":") && r->expected->count == 1 && kind_before(r) == CHAOS_TOK_STRING &&
                 (kind_at(r, 2) == CHAOS_TOK_PROBE || kind_at(r, 2) == CHAOS_TOK_ACTION);
    if (named && r->token->kind == CHAOS_TOK_LBRACE)
        return say(r, "an activity has no braces of its own",
            MESSAGE(
                r, "write `%.*s: http \"...\"`, and its clauses behind", STR_ARG(text_before(r))));
    if (named && r->token->kind == CHAOS_TOK_EQUALS) {
        struct diag *diag =
            report_add(r, DIAG_E145, STR("a colon follows the name of an activity"));
        struct diag_fix *fix =
            diag_fix(r->build->bag, diag, DIAG_SAFE, "write `%.*s:`", STR_ARG(text_before(r)));
        diag_edit(r->build->bag, fix, span_make(r->token[-1].span.hi, r->token->span.hi), STR(":"));
        return true;
    }
    if (kind_before(r) == CHAOS_TOK_BACKGROUND && !is_word(r->token->kind))
        return say_before(r, 1, "`background` stands before the activity", background);
    if (r->token->kind == CHAOS_TOK_BACKGROUND &&
        (kind_before(r) == CHAOS_TOK_ACTION || kind_before(r) == CHAOS_TOK_PROBE))
        return say(r, "`background` stands before the activity", background);
    if (r->token->kind == CHAOS_TOK_LBRACE && expects(r, "background") && !expects(r, "("))
        return say(r, "an activity is no object here",
            STR("write `probe \"name\": ...` or `action \"name\": ...`"));
    return false;
}

/* Behind a provider: arguments in another language's form, the method behind the address. */
static bool report_provider(const struct chaos_report *r)
{
    static const char *const methods[] = {
        "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", NULL};
    int kind = r->token->kind;
    if (kind == CHAOS_TOK_WORD && kind_before(r) == CHAOS_TOK_STRING && is_one_of(r->text, methods))
        return say(r, "the method stands before the address",
            MESSAGE(r, "write `http %.*s \"...\"`", STR_ARG(r->text)));
    if ((kind == CHAOS_TOK_STRING || kind == CHAOS_TOK_LPAREN) &&
        kind_at(r, 2) == CHAOS_TOK_PROCESS && expects(r, "["))
        return say(r, "the arguments of a process are a list",
            STR("write `process \"ls\" [\"-l\"]`; one string of arguments is what `shell` takes"));
    if (kind_at(r, 2) == CHAOS_TOK_SHELL && kind_before(r) == CHAOS_TOK_STRING &&
        expects(r, "string") && !expects(r, ":"))
        return say_before(r, 1, "`shell` takes the program and its arguments as two strings",
            STR("write `shell \"ls\" \"-l | wc\"`"));
    if (kind == CHAOS_TOK_LBRACE && kind_before(r) == CHAOS_TOK_DOTTED && expects(r, "("))
        return say(r, "the arguments of a function stand in parentheses",
            MESSAGE(r, "write `python %.*s(name: value)`", STR_ARG(text_before(r))));
    if (kind == CHAOS_TOK_DOTTED && (expects(r, "python") || expects(r, "shell")))
        return say(r, "a function is called with `python`",
            MESSAGE(r, "write `python %.*s`", STR_ARG(r->text)));
    bool first = kind_at(r, 2) == CHAOS_TOK_LPAREN || kind_at(r, 2) == CHAOS_TOK_COMMA;
    if (kind == CHAOS_TOK_RPAREN && kind_before(r) == CHAOS_TOK_STRING && first && expects(r, ":"))
        return say_before(r, 1, "arguments have names",
            MESSAGE(r, "write `(name: %.*s)`", STR_ARG(text_before(r))));
    return false;
}

/* Clauses: a pause without its side, and one behind the tolerance. */
static bool report_clause(const struct chaos_report *r)
{
    bool time = r->token->kind == CHAOS_TOK_DURATION || r->token->kind == CHAOS_TOK_NUMBER;
    if (time && kind_before(r) == CHAOS_TOK_PAUSE)
        return say(r, "a pause is before or after its activity",
            MESSAGE(r, "write `pause after %.*s`", STR_ARG(r->text)));
    if (begins_clause(r->token->kind) && expects(r, "background") && !expects(r, "with") &&
        kind_before(r) != CHAOS_TOK_LBRACE && !expects(r, "string"))
        return say(r, "the tolerance stands last",
            MESSAGE(r, "move `%.*s` before the `=>`", STR_ARG(r->text)));
    return false;
}

/* Comparisons and patterns as other languages write them. */
static bool report_tolerance(const struct chaos_report *r)
{
    static const char *const orders[] = {">", "<", "≥", "≤", NULL};
    static const char *const joins[] = {"and", "or", "AND", "OR", "&&", "||", "&", "|", NULL};
    struct str text = r->build->doc->source->text;
    bool arrow = r->token->kind == CHAOS_TOK_DASH && r->token->span.hi < text.len &&
                 text.ptr[r->token->span.hi] == '>';
    bool value_before = kind_before(r) == CHAOS_TOK_NUMBER || kind_before(r) == CHAOS_TOK_STRING ||
                        kind_before(r) == CHAOS_TOK_TRUE || kind_before(r) == CHAOS_TOK_FALSE;
    if (arrow && expects(r, "=>"))
        return say(r, "a tolerance is written with `=>`", STR("write `=> 200`"));
    if (expects(r, "~") && expects(r, "at") && is_one_of(r->text, orders))
        return say(
            r, "a number is judged by a range", STR("write `=> in 0..3`, or `=> stdout in 0..3`"));
    if (r->token->kind == CHAOS_TOK_TO && kind_before(r) == CHAOS_TOK_NUMBER)
        return say(r, "a range begins with `in`",
            MESSAGE(r, "write `=> in %.*s..%.*s`", STR_ARG(text_before(r)),
                STR_ARG(text_of(r, &r->token[1]))));
    if (r->token->kind == CHAOS_TOK_STRAY && kind_before(r) == CHAOS_TOK_MATCHES)
        return say(r, "a regular expression stands in quotes", STR("write `~ '^ok$'`"));
    if (r->token->kind == CHAOS_TOK_EQUALS && expects(r, "expect") && !expects(r, "~"))
        return say(r, "what a path must find is written with `expect`",
            STR("write `=> body at '$.path' expect 3`"));
    if (value_before && expects(r, "background") && !expects(r, "with") &&
        is_one_of(r->text, joins))
        return say(r, "a probe has one tolerance", STR("write a second probe for the second one"));
    return false;
}

/* A unit where plain JSON stands, or one that stands apart from its number. */
static bool report_duration(const struct chaos_report *r)
{
    static const char *const units[] = {"s", "sec", "secs", "second", "seconds", "ms", "m", "min",
        "minute", "minutes", "h", "hour", "hours"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (kind_before(r) != CHAOS_TOK_NUMBER || !str_equal(r->text, str_from(units[i])))
            continue;
        struct diag *diag =
            report_add(r, DIAG_E144, STR("a unit stands directly behind its number"));
        HELP(r, diag, "write `%.*s%c`, without a blank and with ms, s, m or h",
            STR_ARG(text_before(r)), r->text.ptr[0]);
        return true;
    }
    if (r->token->kind != CHAOS_TOK_DURATION || !expects_value(r))
        return false;
    struct diag *diag = report_add(r, DIAG_E144,
        MESSAGE(r, "`%.*s` has a unit, which a plain value cannot have", STR_ARG(r->text)));
    HELP(r, diag,
        "units are understood after timeout, deadline and pause; write the number of seconds, or a "
        "text in quotes");
    return true;
}

bool chaos_report_habit(const struct chaos_report *r)
{
    return report_comment(r) || report_entry(r) || report_statement(r) || report_activity(r) ||
           report_provider(r) || report_clause(r) || report_tolerance(r) || report_duration(r);
}
