#include "frontend/chaos_error.h"

#include "frontend/chaos_report.h"
#include "runtime/base/buf.h"

/* Names of the JSON form, and words that come to mind, with what to write instead. */
static const struct form {
    const char *word, *form;
} forms[] = {
    {"title", "experiment \"...\""},
    {"configuration", "config { name = value }"},
    {"steady-state-hypothesis", "steady-state \"...\" { probe ... }"},
    {"steady_state_hypothesis", "steady-state \"...\" { probe ... }"},
    {"hypothesis", "steady-state \"...\" { probe ... }"},
    {"extensions", "extension { ... }"},
    {"steps", "method { action ... }"},
    {"probes", "probe \"name\": http \"...\" => 200"},
    {"actions", "action \"name\": process \"...\""},
    {"version", "version \"1.0.0\""},
    {"description", "description \"...\""},
    {"tags", "tags first, second"},
    {"contributions", "contributions { reliability: high }"},
    {"secrets", "secrets group { name = env(NAME) }"},
    {"controls", "controls { \"name\": python module }"},
    {"experiment", "experiment \"...\""},
    {"config", "config { name = value }"},
    {"steady-state", "steady-state \"...\" { probe ... }"},
    {"method", "method { action ... }"},
    {"rollbacks", "rollbacks { action ... }"},
    {"runtime", "runtime { rollbacks always }"},
    {"probe", "probe \"name\": http \"...\" => 200"},
    {"action", "action \"name\": process \"...\""},
    {"type", "probe \"name\": ... or action \"name\": ..."},
    {"name", "probe \"name\": ... or action \"name\": ..."},
    {"provider", "the provider behind the activity's name: http, process, shell or python"},
    {"url", "http \"...\""},
    {"path", "process \"...\""},
    {"module", "python module.function(argument: value)"},
    {"func", "python module.function(argument: value)"},
    {"tolerance", "=> 200"},
    {"expect", "=> 200"},
    {"pauses", "pause after 5s"},
    {"sleep", "pause after 5s"},
    {"wait", "pause after 5s"},
    {"delay", "pause after 5s"},
    {"pause-after", "pause after 5s"},
    {"pause-before", "pause before 5s"},
    {"body", "arguments { name: value }"},
    {"data", "arguments { name: value }"},
    {"json", "arguments { name: value }"},
    {"params", "arguments { name: value }"},
    {"query", "arguments { name: value }"},
    {"insecure", "verify-tls false"},
    {"retries", "max-retries 3"},
    {"retry", "max-retries 3"},
    {"run", "process \"ls\" [\"-l\"]"},
    {"exec", "process \"ls\" [\"-l\"]"},
    {"command", "process \"ls\" [\"-l\"]"},
    {"cmd", "process \"ls\" [\"-l\"]"},
    {"bash", "shell \"ls\" \"-l | wc\""},
    {"sh", "shell \"ls\" \"-l | wc\""},
    {"let", "config { name = value }"},
    {"var", "config { name = value }"},
    {"set", "config { name = value }"},
    {"env", "config { name = env(NAME) }"},
    {"timeout", "timeout 3s"},
    {"headers", "headers { Accept: \"...\" }"},
    {"arguments", "arguments { name: value }"},
    {"background", "background action \"name\": ..."},
    {"ref", "ref \"name\""},
    {"dry", "dry actions"},
};

static const char *const runtime_forms[][2] = {
    {"rollbacks", "rollbacks always"},
    {"hypothesis", "hypothesis continuously"},
    {"strategy", "rollbacks always"},
    {"timeout", "timeout 30m"},
};

const char *chaos_form_of(const struct chaos_report *r, struct str word)
{
    bool runtime = r->build->blocks[r->build->block_count - 1].kind == CHAOS_BLOCK_RUNTIME;
    for (size_t i = 0; runtime && i < sizeof runtime_forms / sizeof *runtime_forms; i++)
        if (str_equal(word, str_from(runtime_forms[i][0])))
            return runtime_forms[i][1];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (str_equal(word, str_from(forms[i].word)))
            return forms[i].form;
    return NULL;
}

static void fix_by(
    const struct chaos_report *r, struct diag *diag, const char *title, const char *replacement)
{
    struct diag_fix *fix = diag_fix(r->build->bag, diag, DIAG_SAFE, "%s", title);
    diag_edit(r->build->bag, fix, r->token->span, str_from(replacement));
}

/* Puts `sign` directly behind the token before, in the place of the offending one. */
static void fix_from_before(const struct chaos_report *r, struct diag *diag, const char *sign)
{
    struct diag_fix *fix = diag_fix(
        r->build->bag, diag, DIAG_SAFE, "write `%.*s%s value`", STR_ARG(text_before(r)), sign);
    diag_edit(
        r->build->bag, fix, span_make(r->token[-1].span.hi, r->token->span.hi), str_from(sign));
}

/* Puts `sign` between the token before and the offending one. */
static void fix_between(const struct chaos_report *r, struct diag *diag, const char *sign)
{
    uint32_t end = r->token[-1].span.hi;
    struct diag_fix *fix = diag_fix(
        r->build->bag, diag, DIAG_SAFE, "put a `%s` behind `%.*s`", sign, STR_ARG(text_before(r)));
    diag_edit(r->build->bag, fix, span_make(end, end), str_from(sign));
}

/* Groups of words that are named together; the first one stands for the group. */
static const struct group {
    const char *witness, *second, *text;
} groups[] = {
    {"contributions", "method", "a statement such as `config` or `method`"},
    {"http", "process", "a provider: http, process, shell or python"},
    {"probe", "background", "a probe, an action or a ref"},
    {"timeout", "deadline", "a clause such as `timeout` or `pause`"},
    {"automatic", "with", "a clause such as `automatic` or `secrets`"},
    {"hypothesis", "rollbacks", "`rollbacks`, `hypothesis` or `timeout`"},
    {"probe", "action", "`probe` or `action`"},
    {"before", "after", "`before` or `after`"},
    {"count", NULL, "`count`"},
    {"expect", NULL, "`expect`"},
    {"python", NULL, "`python`"},
    {"module.function", NULL, "a function with its module, as in `module.function`"},
    {"{", NULL, "`{`"},
    {"(", NULL, "`(`"},
    {",", NULL, "`,`"},
    {":", NULL, "`:`"},
    {"=", NULL, "`=`"},
    {"=>", NULL, "`=>`"},
    {"..", NULL, "`..`"},
    {"}", NULL, "`}`"},
    {"]", NULL, "`]`"},
    {")", NULL, "`)`"},
    {"end of the file", NULL, "the end of the file"},
};

static void add_part(struct buf *out, const char *parts[], int count)
{
    for (int i = 0; i < count; i++) {
        if (i)
            buf_add_text(out, i + 1 == count ? " or " : ", ");
        buf_add_text(out, parts[i]);
    }
}

/* "a value", "`,` or `}`" ...: at most four things, the most telling first. */
static void describe_expected(const struct chaos_report *r, struct buf *out)
{
    const char *parts[4];
    int count = 0;
    bool value = expects_value(r), name = expects_name(r),
         text = !value && expects(r, "${variable}");
    bool provider = expects(r, "http") && expects(r, "process") && !name;
    if (value)
        parts[count++] = expects(r, "~") || expects(r, "at") ? "a tolerance"
                         : expects(r, "duration")            ? "a duration such as 3s"
                                                             : "a value";
    else if (text ||
             (expects(r, "string") && !name && !expects(r, "contributions") && !expects(r, "{")))
        parts[count++] = "a string in quotes";
    else if (name)
        parts[count++] = "a name";
    else if (expects(r, "number"))
        parts[count++] = "a number";
    for (size_t i = 0; i < sizeof groups / sizeof *groups && count < 4; i++) {
        const struct group *group = &groups[i];
        bool wordy =
            group->text[0] != '`' || (group->witness[0] >= 'a' && group->witness[0] <= 'z');
        if ((name || value) && wordy && strcmp(group->witness, "module.function") != 0)
            continue;
        bool in_provider = strcmp(group->witness, "{") == 0 || strcmp(group->text, "`python`") == 0;
        if ((value && group->witness[0] == '{') || (provider && in_provider))
            continue;
        if (!expects(r, group->witness) || (group->second && !expects(r, group->second)))
            continue;
        if (i == 6 && expects(r, "background"))
            continue;
        parts[count++] = group->text;
    }
    if (count == 0)
        parts[count++] = "something else";
    add_part(out, parts, count);
}

static void describe_found(const struct chaos_report *r, struct buf *out)
{
    switch (r->token->kind) {
    case CHAOS_TOK_END:
        buf_add_text(out, "the end of the file");
        break;
    case CHAOS_TOK_STRING:
        buf_printf(out,
            r->text.len > 30 || memchr(r->text.ptr, '\n', r->text.len) ? "a string"
                                                                       : "the string %.*s",
            STR_ARG(r->text));
        break;
    default:
        if (r->token->flags & CHAOS_VIRTUAL)
            buf_add_text(out, "the end of the block");
        else
            buf_printf(out, "`%.*s`", STR_ARG(r->text));
    }
}

/* Whether a list, an object or a call goes on without the comma that parts its elements. */
static bool is_comma_missing(const struct chaos_report *r)
{
    bool closes = expects(r, "]") || expects(r, ")") || expects(r, "}");
    bool begins = is_word(r->token->kind) || r->token->kind == CHAOS_TOK_STRING ||
                  r->token->kind == CHAOS_TOK_NUMBER || r->token->kind == CHAOS_TOK_VARIABLE ||
                  r->token->kind == CHAOS_TOK_LBRACE || r->token->kind == CHAOS_TOK_LBRACKET;
    if (!expects(r, ",") || !closes || !begins || r->expected->count > 3)
        return false;
    return expects(r, "]") || r->token[1].kind == CHAOS_TOK_COLON;
}

static void report_generic(const struct chaos_report *r)
{
    struct buf text = {0};
    buf_add_text(&text, "expected ");
    describe_expected(r, &text);
    buf_add_text(&text, ", found ");
    describe_found(r, &text);
    struct diag *diag = report_add(r, DIAG_E140, buf_str(&text));
    buf_free(&text);
    bool quotable = is_word(r->token->kind) && expects(r, "string") && !expects_name(r) &&
                    !expects(r, "contributions") && !(r->token->flags & CHAOS_FIRST_ON_LINE);
    if (quotable)
        HELP(r, diag, "write \"%.*s\" for the text", STR_ARG(r->text));
    else if (expects(r, "http") && expects(r, "shell") && !expects_name(r))
        HELP(r, diag, "as in `probe \"front page\": http \"http://localhost/\" => 200`");
    else if (expects(r, "module.function") && r->token->kind == CHAOS_TOK_STRING)
        HELP(r, diag, "write it without quotes");
    else if (expects(r, "module.function") && is_word(r->token->kind))
        HELP(r, diag,
            r->token[1].kind == CHAOS_TOK_LPAREN
                ? "its module stands before it: `python module.%.*s(...)`"
                : "write the module and the function with a dot between them: "
                  "`python %.*s.function`",
            STR_ARG(r->text));
    else if (is_comma_missing(r))
        fix_between(r, diag, ",");
    else if (expects(r, ":") && kind_before(r) == CHAOS_TOK_STRING && r->expected->count == 1)
        HELP(r, diag, "a colon follows a name, as in `probe \"name\": http \"...\"`");
}

/* Characters that no .chaos file has outside strings. */
static bool report_stray(const struct chaos_report *r)
{
    enum chaos_block block = r->build->blocks[r->build->block_count - 1].kind;
    struct diag *diag;
    if (r->token->kind == CHAOS_TOK_SEMICOLON) {
        diag = report_add(r, DIAG_E145, STR("nothing ends with `;` here"));
        fix_by(r, diag, "remove it: a statement ends where the next one begins", "");
        return true;
    }
    if (r->token->kind == CHAOS_TOK_DASH && (r->token->flags & CHAOS_FIRST_ON_LINE)) {
        diag = report_add(r, DIAG_E145, STR("list items are not marked with `-`, as YAML does"));
        if (block == CHAOS_BLOCK_ACTIVITIES && !expects_value(r))
            HELP(r, diag, "write `probe \"name\": ...` or `action \"name\": ...`");
        else
            HELP(r, diag, "%s",
                expects_value(r) ? "write a list as [1, 2]"
                                 : "write one statement after the other");
        return true;
    }
    if (r->token->kind != CHAOS_TOK_STRAY && r->token->kind != CHAOS_TOK_DASH)
        return false;
    if (str_starts(r->text, STR("\xE2\x80\x9C")) || str_starts(r->text, STR("\xE2\x80\x9D")) ||
        str_starts(r->text, STR("\xE2\x80\x98")) || str_starts(r->text, STR("\xE2\x80\x99"))) {
        diag = report_add(r, DIAG_E150, STR("typographic quotes do not delimit a string"));
        HELP(r, diag, "use plain quotes: \"...\"");
        return true;
    }
    diag = report_add(r, DIAG_E140, MESSAGE(r, "`%.*s` means nothing here", STR_ARG(r->text)));
    if (kind_before(r) == CHAOS_TOK_VARIABLE && r->token[-1].span.hi == r->token->span.lo)
        HELP(r, diag, "put quotes around a text with a variable in it: \"%.*s...\"",
            STR_ARG(text_before(r)));
    else
        HELP(r, diag, "put quotes around a text");
    return true;
}

/* Commas, colons and equals signs where another notation would have them. */
static bool report_punctuation(const struct chaos_report *r)
{
    struct diag *diag;
    const struct chaos_open_block *block = &r->build->blocks[r->build->block_count - 1];
    bool clauses =
        r->token->depth == block->depth && !(expects(r, "string") && r->expected->count < 4);
    if (r->token->kind == CHAOS_TOK_COMMA && clauses && !expects_value(r) && !expects_name(r)) {
        diag = report_add(r, DIAG_E145, STR("statements and clauses are not separated by commas"));
        fix_by(r, diag, "remove the comma: only lists, objects and arguments have them", "");
        return true;
    }
    if (r->token->kind == CHAOS_TOK_COLON && expects(r, "=")) {
        diag = report_add(r, DIAG_E145, STR("an entry is written with `=`, not with `:`"));
        fix_from_before(r, diag, " =");
        return true;
    }
    if (r->token->kind == CHAOS_TOK_EQUALS && expects(r, ":")) {
        diag = report_add(r, DIAG_E145,
            STR("inside an object or call a member is written with `:`, not with `=`"));
        fix_from_before(r, diag, ":");
        return true;
    }
    if (r->token->kind == CHAOS_TOK_EQUALS && expects(r, "=>")) {
        diag = report_add(r, DIAG_E145, STR("a tolerance is written with `=>`"));
        HELP(r, diag, "write `=> 200`");
        return true;
    }
    if (r->token->kind == CHAOS_TOK_COLON && kind_before(r) == CHAOS_TOK_STRING && r->index > 1 &&
        (r->token[-2].kind == CHAOS_TOK_REF ||
            (r->index > 2 && r->token[-3].kind == CHAOS_TOK_REF))) {
        diag = report_add(r, DIAG_E140, STR("no provider follows a ref"));
        HELP(r, diag, "write `ref %.*s` alone: it plays the activity of that name",
            STR_ARG(text_before(r)));
        return true;
    }
    if (r->token->kind == CHAOS_TOK_COLON && is_word(kind_before(r))) {
        struct str word = text_before(r);
        const char *form = chaos_form_of(r, word);
        diag = report_add(r, DIAG_E145, MESSAGE(r, "no colon follows `%.*s`", STR_ARG(word)));
        if (form)
            HELP(r, diag, "write `%s`", form);
        return true;
    }
    return false;
}

/* A member of the JSON or YAML form where a statement or clause is expected. */
static bool report_member(const struct chaos_report *r)
{
    bool quoted = r->token->kind == CHAOS_TOK_STRING;
    if ((!quoted && !is_word(r->token->kind)) || r->token[1].kind != CHAOS_TOK_COLON)
        return false;
    struct str word = r->text;
    if (quoted && word.len >= 2)
        word = (struct str){word.ptr + 1, word.len - 2};
    const char *form = chaos_form_of(r, word);
    if (expects_value(r) || (expects_name(r) && !expects(r, "contributions")) || (!quoted && !form))
        return false;
    struct diag *diag = report_add(r, DIAG_E145,
        MESSAGE(r, "`%.*s:` is written as in %s", STR_ARG(r->text), quoted ? "JSON" : "YAML"));
    if (form)
        HELP(r, diag, "write `%s`", form);
    else
        HELP(r, diag, "a member that .chaos has no form for stands in `with { %.*s: ... }`",
            STR_ARG(r->text));
    return true;
}

/* All that stands there without a blank: an address is more than one token. */
static struct span unquoted_run(const struct chaos_report *r)
{
    struct str text = r->build->doc->source->text;
    uint32_t end = r->token->span.hi;
    while (end < text.len && (unsigned char)text.ptr[end] > ' ' &&
           !strchr(",)]}{([\"'#", text.ptr[end]))
        end++;
    return span_make(r->token->span.lo, end);
}

/* A title or description without quotes: the words up to the line's end or a bracket. */
static struct span unquoted_words(const struct chaos_report *r, struct span run)
{
    const struct chaos_token *token = r->token;
    bool prose = kind_before(r) == CHAOS_TOK_DESCRIPTION ||
                 kind_before(r) == CHAOS_TOK_EXPERIMENT || kind_before(r) == CHAOS_TOK_STEADY_STATE;
    for (token++; prose && is_word(token->kind) && !(token->flags & CHAOS_FIRST_ON_LINE); token++)
        run.hi = token->span.hi;
    return run;
}

/* `=> status 200`, `=> between 1 and 2`: a word that goes on with something else than an operator. */
static bool is_other_tolerance(const struct chaos_report *r)
{
    const struct chaos_token *next = &r->token[1];
    struct diag *diag;
    if ((next->flags & CHAOS_FIRST_ON_LINE) || next->kind == CHAOS_TOK_END ||
        next->kind == CHAOS_TOK_RBRACE)
        return false;
    diag =
        report_add(r, DIAG_E140, MESSAGE(r, "no tolerance begins like `%.*s`", STR_ARG(r->text)));
    if (str_is(r->text, "status"))
        HELP(r, diag, "http is judged by its status as it is: write `=> 200`");
    else if (str_is(r->text, "jsonpath"))
        HELP(r, diag, "write `=> body at '$.path' expect 3`");
    else if (str_is(r->text, "regex") || next->kind == CHAOS_TOK_EQUALS ||
             str_is(source_slice(r->build->doc->source, next->span), "contains") ||
             str_is(source_slice(r->build->doc->source, next->span), "matches"))
        HELP(r, diag, "a text is searched with `=> %.*s ~ '...'`",
            STR_ARG(str_is(r->text, "regex") ? STR("body") : r->text));
    else if (str_is(r->text, "range") || str_is(r->text, "between"))
        HELP(r, diag, "write `=> in 1..2`");
    else
        HELP(r, diag,
            "a tolerance is a value, `[target] ~ 'regex'`, `[target] at 'jsonpath'` or "
            "`[target] in 1..2`");
    return true;
}

static bool is_address(const struct chaos_report *r)
{
    struct str text = r->build->doc->source->text;
    return str_starts(str_slice(text.ptr + r->token->span.hi, text.ptr + text.len), STR("://"));
}

/* A text without quotes, or another language's constant. */
static bool report_unquoted(const struct chaos_report *r)
{
    static const char *const constants[][2] = {{"True", "true"}, {"False", "false"},
        {"None", "null"}, {"yes", "true"}, {"no", "false"}, {"nil", "null"}, {"undefined", "null"},
        {"on", "true"}, {"off", "false"}, {"TRUE", "true"}, {"FALSE", "false"}, {"NULL", "null"}};
    bool wordy = r->token->kind == CHAOS_TOK_WORD || r->token->kind == CHAOS_TOK_DOTTED ||
                 (r->is_value && is_word(r->token->kind)) ||
                 (is_word(r->token->kind) && is_address(r));
    bool text = r->is_value || (expects(r, "string") && expects(r, "${variable}"));
    bool string = expects(r, "string") && r->expected->count <= 3;
    struct span next = r->token[1].span;
    bool key =
        r->token[1].kind == CHAOS_TOK_COLON && next.hi == unquoted_run(r).hi && !is_address(r);
    if (!wordy || (!text && !string) || key)
        return false;
    if (r->is_value && is_other_tolerance(r))
        return true;
    bool value = r->is_value || expects_value(r);
    for (size_t i = 0; i < sizeof constants / sizeof *constants && value; i++) {
        if (!str_equal(r->text, str_from(constants[i][0])))
            continue;
        struct diag *diag =
            report_add(r, DIAG_E150, MESSAGE(r, "`%.*s` is no value", STR_ARG(r->text)));
        HELP(r, diag, "write `%s`, or \"%.*s\" for the text", constants[i][1], STR_ARG(r->text));
        return true;
    }
    struct span span = unquoted_words(r, unquoted_run(r));
    struct str run = source_slice(r->build->doc->source, span);
    struct diag *diag =
        report_add(r, DIAG_E150, MESSAGE(r, "`%.*s` is a text and needs quotes", STR_ARG(run)));
    diag->span = span;
    struct str quoted = MESSAGE(r, "\"%.*s\"", STR_ARG(run));
    struct diag_fix *fix = diag_fix(r->build->bag, diag, DIAG_SAFE, "write %.*s", STR_ARG(quoted));
    diag_edit(r->build->bag, fix, span, quoted);
    return true;
}

/* The nearest of the expected words, or NULL. */
static const char *nearest_word(const struct chaos_report *r)
{
    const char *best = NULL;
    size_t best_distance = 3;
    for (int i = 0; i < r->expected->count; i++) {
        struct str name = str_from(r->expected->names[i]);
        if (!chaos_word(name))
            continue;
        size_t distance = str_distance(r->text, name, 2);
        if (distance < best_distance && distance * 3 <= r->text.len + 1) {
            best = r->expected->names[i];
            best_distance = distance;
        }
    }
    return best;
}

/* A word where a statement, clause or provider is expected, but none of theirs. */
static bool report_unknown_word(const struct chaos_report *r)
{
    if (!is_word(r->token->kind) || expects_name(r) || expects_value(r))
        return false;
    bool known = r->token->kind != CHAOS_TOK_WORD;
    if (known && expects(r, "http"))
        return false;
    const char *nearest = nearest_word(r), *form = chaos_form_of(r, r->text);
    bool statement = expects(r, "contributions") || expects(r, "background") ||
                     expects(r, "timeout") || expects(r, "http") || expects(r, "hypothesis");
    if (!statement || (known && !form))
        return false;
    if (!nearest && !form && expects(r, "http"))
        return false;
    struct diag *diag = report_add(r, DIAG_E146,
        MESSAGE(r, "there is no %s `%.*s` here",
            expects(r, "http")            ? "provider"
            : expects(r, "contributions") ? "statement"
            : expects(r, "timeout")       ? "clause or statement"
                                          : "statement",
            STR_ARG(r->text)));
    bool form_first = known || expects(r, "timeout") || !nearest;
    if (form && form_first) {
        HELP(r, diag, "write `%s`", form);
    } else if (nearest) {
        struct diag_fix *fix = diag_fix(
            r->build->bag, diag, DIAG_SAFE, "change `%.*s` to `%s`", STR_ARG(r->text), nearest);
        diag_edit(r->build->bag, fix, r->token->span, str_from(nearest));
    } else {
        struct buf text = {0};
        describe_expected(r, &text);
        HELP(r, diag, "expected %.*s", STR_ARG(buf_str(&text)));
        buf_free(&text);
    }
    return true;
}

/* Whether an earlier mistake on the same line was reported: a second message there is rarely about a second one. */
static bool is_line_reported(const struct chaos_build *build, const struct chaos_token *token)
{
    struct str text = build->doc->source->text;
    for (size_t i = build->bag->count; i-- > 0;) {
        const struct diag *diag = build->bag->items[i];
        if (diag->source != build->doc->source || diag->span.hi > token->span.lo)
            continue;
        return !memchr(text.ptr + diag->span.lo, '\n', token->span.lo - diag->span.lo);
    }
    return false;
}

/* Whether the lexer reported something on the token's line, near it: before it, or a string that is never closed, which
 * leaves nothing on its line what it seems. */
static bool is_line_bad(const struct chaos_build *build, const struct chaos_token *token)
{
    enum { NEAR = 64 };
    size_t before = build->at < NEAR ? build->at : NEAR, behind = build->tokens.count - build->at;
    for (size_t i = 0; i < before && !(token[-(ptrdiff_t)i].flags & CHAOS_FIRST_ON_LINE); i++)
        if (token[-(ptrdiff_t)i - 1].flags & CHAOS_BAD)
            return true;
    for (size_t i = 1; i < behind && i < NEAR && build->tokens.unclosed; i++) {
        if (token[i].flags & CHAOS_FIRST_ON_LINE)
            break;
        if (token[i].kind == CHAOS_TOK_STRING && (token[i].flags & CHAOS_BAD))
            return true;
    }
    return false;
}

void chaos_report(struct chaos_build *build, const struct chaos_expected *expected)
{
    const struct chaos_token *token = &build->tokens.items[build->at];
    build->failed = true;
    if (((token->flags & CHAOS_MUTED) && build->bag->count > 0) || is_line_reported(build, token) ||
        is_line_bad(build, token))
        return;
    struct chaos_report report = {
        build, expected, token, build->at, source_slice(build->doc->source, token->span), false};
    const struct chaos_report *r = &report;
    /* `=> True`: only what follows shows that the word was no target. */
    if (expects(r, "~") && expects(r, "at") && expects(r, "in") && !expects_value(r) &&
        is_word(kind_before(r))) {
        report.token--;
        report.index--;
        report.text = source_slice(build->doc->source, report.token->span);
        report.is_value = true;
    }
    (void)(chaos_report_habit(r) || report_stray(r) || report_punctuation(r) || report_member(r) ||
           report_unquoted(r) || report_unknown_word(r) || (report_generic(r), true));
}

bool chaos_report_foreign(struct chaos_build *build)
{
    const struct chaos_token *items = build->tokens.items;
    struct source *source = build->doc->source;
    struct diag *diag;
    if (items[0].kind == CHAOS_TOK_LBRACE) {
        diag = diag_add(build->bag, source, DIAG_E145, items[0].span,
            "the file is JSON, but its name says .chaos");
        diag_help(build->bag, diag,
            "rename it to .json; `chaosc convert FILE.json --to chaos` then writes it as .chaos");
        return true;
    }
    struct str first = source_slice(source, items[0].span);
    bool yaml =
        str_is(first, "---") || (is_word(items[0].kind) && items[1].kind == CHAOS_TOK_COLON);
    if (!yaml)
        return false;
    diag = diag_add(
        build->bag, source, DIAG_E145, items[0].span, "the file is YAML, but its name says .chaos");
    diag_help(build->bag, diag,
        "rename it to .yaml; `chaosc convert FILE.yaml --to chaos` then writes it as .chaos");
    return true;
}

void chaos_report_no_title(struct chaos_build *build)
{
    struct diag *diag = diag_add(build->bag, build->doc->source, DIAG_E149,
        build->tokens.items[0].span, "the file does not say which experiment it is");
    diag_help(build->bag, diag, "begin it with `experiment \"title\"`");
}
