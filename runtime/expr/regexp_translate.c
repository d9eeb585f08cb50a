/* Reads Python's `re` as its own parser does and writes PCRE2 as it goes: flags are spelt out,
 * names become numbers, so that nothing depends on PCRE2's own reading of what both languages
 * share. */
#include "runtime/expr/regexp_parse.h"

#include "runtime/base/pytext.h"

enum {
    DEEPEST_GROUP = 200,  /* PCRE2's own limit is 250, and an item may be wrapped once more */
    MOST_REPEATS = 65535, /* PCRE2's */
    REPEAT_FOREVER = RE_WIDEST
};

enum item_kind { ITEM_NONE, ITEM_POSITION, ITEM_REPEAT, ITEM_ATOM, ITEM_ASSERTION };

/* A run of items without `|`: its width so far, and its last item, which a repetition applies to.
 */
struct run {
    struct re_width width, item_width;
    enum item_kind item;
    size_t item_from; /* in the output */
};

static struct re_width translate_branches(
    struct re_parser *parser, unsigned flags, bool whole_pattern);
static struct re_width translate_run(struct re_parser *parser, unsigned *flags, bool first);

static uint64_t saturate(uint64_t number)
{
    return number < RE_WIDEST ? number : RE_WIDEST;
}

static void add_item(struct run *run, enum item_kind kind, uint64_t lo, uint64_t hi)
{
    run->item = kind;
    run->item_width = (struct re_width){lo, hi};
    run->width.lo = saturate(run->width.lo + lo);
    run->width.hi = saturate(run->width.hi + hi);
}

/* What PCRE2's (?i) must be: under (?a) letters are written in both cases instead. */
static bool is_caseless(unsigned flags)
{
    return (flags & RE_IGNORECASE) && !(flags & RE_ASCII);
}

static unsigned combine_flags(unsigned flags, unsigned on, unsigned off)
{
    if (on & RE_TYPES)
        flags &= ~(unsigned)RE_TYPES;
    return (flags | on) & ~off;
}

/* Reads up to `terminator` and takes that too. */
static struct str read_until(struct re_parser *parser, char terminator, const char *what)
{
    size_t from = re_tell(parser);
    while (parser->token.ptr && !re_is(parser->token, terminator))
        re_take(parser);
    struct str name = {parser->source.ptr + from, re_tell(parser) - from};
    if (!parser->token.ptr && name.len == 0)
        re_fail(parser, 0, "missing %s", what);
    else if (!parser->token.ptr)
        re_fail(parser, name.len, "missing %c, unterminated name", terminator);
    re_accept(parser, terminator);
    if (name.len == 0)
        re_fail(parser, 1, "missing %s", what);
    return name;
}

/* Letters beyond ASCII all pass: Python allows most of them. */
static bool is_identifier(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                      (unsigned char)c >= 0x80;
        if (!letter && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return name.len > 0;
}

static void fail_name(struct re_parser *parser, const char *what, struct str name)
{
    struct buf quoted = {0};
    pytext_add_quoted(&quoted, name);
    re_fail(parser, name.len + 1, "%s %s", what, quoted.data);
    buf_free(&quoted);
}

static unsigned find_group(struct re_parser *parser, struct str name)
{
    for (size_t i = 1; i < parser->group_count; i++)
        if (name.len > 0 && str_equal(parser->groups[i].name, name))
            return (unsigned)i;
    return 0;
}

/* A reference by name to a group that exists; 0 after an error. */
static unsigned read_group_name(struct re_parser *parser, char terminator)
{
    struct str name = read_until(parser, terminator, "group name");
    if (parser->failed)
        return 0;
    if (!is_identifier(name)) {
        fail_name(parser, "bad character in group name", name);
        return 0;
    }
    unsigned group = find_group(parser, name);
    if (!group)
        fail_name(parser, "unknown group name", name);
    else if (!parser->groups[group].closed)
        re_fail(parser, name.len + 1, "cannot refer to an open group");
    return group;
}

static unsigned open_group(struct re_parser *parser, struct str name)
{
    unsigned group = (unsigned)parser->group_count, before = find_group(parser, name);
    if (before) {
        struct buf quoted = {0};
        pytext_add_quoted(&quoted, name);
        re_fail(parser, name.len + 1, "redefinition of group name %s as group %u; was group %u",
            quoted.data, group, before);
        buf_free(&quoted);
    }
    struct re_group *opened =
        ARENA_PUSH(parser->arena, parser->groups, parser->group_count, parser->group_room);
    *opened = (struct re_group){.name = name};
    return group;
}

static void close_parenthesis(struct re_parser *parser, size_t start)
{
    if (!re_accept(parser, ')'))
        re_fail(parser, re_tell(parser) - start, "missing ), unterminated subpattern");
    buf_add_char(&parser->out, ')');
}

static void emit_reference(struct re_parser *parser, struct run *run, unsigned group)
{
    if (parser->failed)
        return;
    buf_printf(&parser->out, "\\g{%u}", group);
    struct re_width width = parser->groups[group].width;
    add_item(run, ITEM_ATOM, width.lo, width.hi);
}

/* (?P<name>...) or (?P=name), behind the P. Gives true and the name if a group follows. */
static bool translate_python_extension(struct re_parser *parser, struct run *run, struct str *name)
{
    if (re_accept(parser, '<')) {
        *name = read_until(parser, '>', "group name");
        if (!parser->failed && !is_identifier(*name))
            fail_name(parser, "bad character in group name", *name);
        return true;
    }
    if (re_accept(parser, '=')) {
        unsigned group = read_group_name(parser, ')');
        if (!parser->failed)
            re_check_lookbehind_group(parser, group);
        emit_reference(parser, run, group);
        return false;
    }
    struct str token = re_take(parser);
    if (!token.ptr)
        re_fail(parser, 0, "unexpected end of pattern");
    else
        re_fail(parser, token.len + 2, "unknown extension ?P%.*s", STR_ARG(token));
    return false;
}

static void skip_comment(struct re_parser *parser, size_t start)
{
    while (parser->token.ptr)
        if (re_is(re_take(parser), ')'))
            return;
    re_fail(parser, re_tell(parser) - start, "missing ), unterminated comment");
}

static void translate_assertion(
    struct re_parser *parser, struct run *run, size_t start, struct str token, unsigned flags)
{
    bool behind = re_is(token, '<'), outermost = parser->lookbehind_groups == 0;
    if (behind) {
        token = re_take(parser);
        if (!token.ptr)
            re_fail(parser, 0, "unexpected end of pattern");
        else if (!re_is(token, '=') && !re_is(token, '!'))
            re_fail(parser, token.len + 2, "unknown extension ?<%.*s", STR_ARG(token));
        if (parser->failed)
            return;
        if (outermost)
            parser->lookbehind_groups = parser->group_count;
    }
    buf_printf(&parser->out, "(?%s%c", behind ? "<" : "", token.ptr[0]);
    struct re_width width = translate_branches(parser, flags, false);
    if (behind && outermost)
        parser->lookbehind_groups = 0;
    close_parenthesis(parser, start);
    if (behind && width.lo != width.hi && !parser->late) {
        parser->late = true;
        parser->late_error.offset = (uint32_t)start;
        parser->late_error.message = STR("look-behind requires fixed-width pattern");
    }
    add_item(run, ITEM_ASSERTION, 0, 0);
}

/* Reads a group's number as Python's int() does: blanks around it, a sign and `_` inside are
 * allowed. */
static bool read_number(struct str text, uint64_t *number)
{
    while (text.len && strchr(" \t\n\r\v\f", text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len && strchr(" \t\n\r\v\f", text.ptr[text.len - 1]))
        text.len--;
    size_t i = text.len && text.ptr[0] == '+' ? 1 : 0;
    bool digit_before = false;
    *number = 0;
    if (i == text.len)
        return false;
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '_' ? !digit_before : c < '0' || c > '9')
            return false;
        digit_before = c != '_';
        if (digit_before)
            *number = saturate(*number * 10 + (uint64_t)(c - '0'));
    }
    return digit_before;
}

/* The group of a condition, which may come later if it is a number; 0 after an error. */
static unsigned read_condition(struct re_parser *parser)
{
    struct str name = read_until(parser, ')', "group name");
    uint64_t number = 0;
    if (parser->failed)
        return 0;
    if (is_identifier(name)) {
        number = find_group(parser, name);
        if (!number)
            fail_name(parser, "unknown group name", name);
    } else if (!read_number(name, &number)) {
        fail_name(parser, "bad character in group name", name);
    } else if (number == 0) {
        re_fail(parser, name.len + 1, "bad group number");
    } else if (number >= RE_WIDEST / 2) {
        re_fail(parser, name.len + 1, "invalid group reference %.*s", STR_ARG(name));
    } else {
        *ARENA_PUSH(
            parser->arena, parser->conditions, parser->condition_count, parser->condition_room) =
            (struct re_reference){(unsigned)number, re_tell(parser) - name.len - 1};
    }
    if (!parser->failed)
        re_check_lookbehind_group(parser, (unsigned)number);
    return (unsigned)number;
}

static void translate_condition(
    struct re_parser *parser, struct run *run, size_t start, unsigned flags)
{
    unsigned group = read_condition(parser);
    buf_printf(&parser->out, "(?(%u)", group);
    unsigned inside = flags;
    struct re_width yes = translate_run(parser, &inside, false), no = {0, 0};
    if (re_accept(parser, '|')) {
        buf_add_char(&parser->out, '|');
        no = translate_run(parser, &inside, false);
        if (re_is(parser->token, '|'))
            re_fail(parser, 0, "conditional backref with more than two branches");
        yes.hi = yes.hi > no.hi ? yes.hi : no.hi;
    }
    close_parenthesis(parser, start);
    add_item(run, ITEM_ASSERTION, yes.lo < no.lo ? yes.lo : no.lo, yes.hi);
}

/* Writes the start of a group that captures nothing: PCRE2 gets only (?i), the rest is spelt out.
 */
static void emit_group_start(struct re_parser *parser, unsigned outside, unsigned inside)
{
    if (is_caseless(inside) == is_caseless(outside))
        buf_add_text(&parser->out, "(?:");
    else
        buf_add_text(&parser->out, is_caseless(inside) ? "(?i:" : "(?-i:");
}

static void translate_group(struct re_parser *parser, struct run *run, size_t start, unsigned flags,
    bool captures, struct str name)
{
    unsigned group = captures ? open_group(parser, name) : 0;
    struct re_width width = translate_branches(parser, flags, false);
    close_parenthesis(parser, start);
    if (group) {
        parser->groups[group].width = width;
        parser->groups[group].closed = true;
    }
    add_item(run, ITEM_ATOM, width.lo, width.hi);
}

/* What follows `(`; `first` if nothing stands before it, so that global flags may come. */
static void translate_parenthesis(
    struct re_parser *parser, struct run *run, unsigned *flags, bool first)
{
    size_t start = re_tell(parser) - 1;
    struct str name = {0}, token;
    unsigned inside = *flags, on, off;
    if (!re_accept(parser, '?')) {
        buf_add_char(&parser->out, '(');
        translate_group(parser, run, start, inside, true, name);
        return;
    }
    token = re_take(parser);
    if (!token.ptr) {
        re_fail(parser, 0, "unexpected end of pattern");
    } else if (re_is(token, 'P')) {
        if (translate_python_extension(parser, run, &name) && !parser->failed) {
            buf_add_char(&parser->out, '(');
            translate_group(parser, run, start, inside, true, name);
        }
    } else if (re_is(token, '#')) {
        skip_comment(parser, start);
    } else if (re_is(token, '=') || re_is(token, '!') || re_is(token, '<')) {
        translate_assertion(parser, run, start, token, inside);
    } else if (re_is(token, '(')) {
        translate_condition(parser, run, start, inside);
    } else if (re_is(token, ':') || re_is(token, '>')) {
        buf_printf(&parser->out, "(?%c", token.ptr[0]);
        translate_group(parser, run, start, inside, false, name);
    } else if (!re_flag_of(token) && !re_is(token, '-')) {
        re_fail(parser, token.len + 1, "unknown extension ?%.*s", STR_ARG(token));
    } else if (re_read_flags(parser, token, &on, &off)) {
        inside = combine_flags(inside, on, off);
        emit_group_start(parser, *flags, inside);
        translate_group(parser, run, start, inside, false, name);
    } else {
        if (!first || run->item != ITEM_NONE)
            re_fail(
                parser, re_tell(parser) - start, "global flags not at the start of the expression");
        if ((parser->global_flags & RE_ASCII) && (parser->global_flags & RE_UNICODE) &&
            !parser->late) {
            parser->late = true;
            parser->late_error.offset = (uint32_t)start;
            parser->late_error.message = STR("ASCII and UNICODE flags are incompatible");
        }
        *flags |= parser->global_flags;
    }
}

/* Puts the last item between `before` and `after`. */
static void wrap_item(
    struct re_parser *parser, struct run *run, const char *before, const char *after)
{
    size_t len = parser->out.len - run->item_from, added = strlen(before);
    buf_add_text(&parser->out, before);
    buf_add_text(&parser->out, after);
    char *item = parser->out.data + run->item_from;
    memmove(item + added, item, len);
    memcpy(item, before, added);
    memcpy(item + added + len, after, strlen(after));
}

/* Reads {m,n} behind its brace. False if it is no repetition, and the brace a character. */
static bool read_counts(struct re_parser *parser, size_t here, uint64_t *lo, uint64_t *hi)
{
    bool any = false, any_hi = false;
    *lo = 0;
    *hi = 0;
    while (parser->token.len == 1 && parser->token.ptr[0] >= '0' && parser->token.ptr[0] <= '9') {
        *lo = saturate(*lo * 10 + (uint64_t)(re_take(parser).ptr[0] - '0'));
        any = true;
    }
    if (re_accept(parser, ',')) {
        while (
            parser->token.len == 1 && parser->token.ptr[0] >= '0' && parser->token.ptr[0] <= '9') {
            *hi = saturate(*hi * 10 + (uint64_t)(re_take(parser).ptr[0] - '0'));
            any_hi = true;
        }
    } else {
        *hi = *lo;
        any_hi = any;
    }
    if (!re_accept(parser, '}'))
        return false;
    if (any_hi && *hi < *lo)
        re_fail(parser, re_tell(parser) - here, "min repeat greater than max repeat");
    else if (*lo > MOST_REPEATS || (any_hi && *hi > MOST_REPEATS))
        re_fail(parser, re_tell(parser) - here, "more than %d repetitions are not supported",
            (int)MOST_REPEATS);
    if (!any_hi)
        *hi = REPEAT_FOREVER;
    return true;
}

static void seek(struct re_parser *parser, size_t at)
{
    if (parser->failed)
        return;
    parser->at = at;
    parser->token = (struct str){0};
    re_take(parser);
}

static void emit_counts(struct re_parser *parser, uint64_t lo, uint64_t hi)
{
    if (hi != REPEAT_FOREVER)
        buf_printf(&parser->out, "{%u,%u}", (unsigned)lo, (unsigned)hi);
    else if (lo < 2)
        buf_add_char(&parser->out, lo ? '+' : '*');
    else
        buf_printf(&parser->out, "{%u,}", (unsigned)lo);
}

/* Writes the repetition of the last item, with the `?` or `+` that may follow it. */
static void emit_repetition(struct re_parser *parser, struct run *run, uint64_t lo, uint64_t hi)
{
    bool lazy = re_accept(parser, '?'), possessive = !lazy && re_accept(parser, '+');
    if (run->item_width.hi == 0 && hi > 0) {
        /* What matches no character is matched once or not at all; so it has a fixed width for PCRE2 too, which a
         * lookbehind needs. */
        if (lo == 0)
            wrap_item(parser, run, lazy ? "(?:|" : possessive ? "(?>" : "(?:", lazy ? ")" : "|)");
        return;
    }
    if (run->item == ITEM_ASSERTION)
        wrap_item(parser, run, "(?:", ")");
    emit_counts(parser, lo, hi);
    if (lazy || possessive)
        buf_add_char(&parser->out, lazy ? '?' : '+');
}

/* A repetition whose first character was `token`. Returns false if it was no repetition after all.
 */
static bool translate_repetition(struct re_parser *parser, struct run *run, struct str token)
{
    size_t here = re_tell(parser);
    uint64_t lo = re_is(token, '+') ? 1 : 0, hi = re_is(token, '?') ? 1 : REPEAT_FOREVER;
    if (re_is(token, '{')) {
        if (re_is(parser->token, '}'))
            return false;
        if (!read_counts(parser, here, &lo, &hi)) {
            seek(parser, here);
            return false;
        }
    }
    if (run->item == ITEM_NONE || run->item == ITEM_POSITION)
        re_fail(parser, re_tell(parser) - here + token.len, "nothing to repeat");
    else if (run->item == ITEM_REPEAT)
        re_fail(parser, re_tell(parser) - here + token.len, "multiple repeat");
    if (parser->failed)
        return true;
    emit_repetition(parser, run, lo, hi);

    struct re_width once = run->item_width;
    run->width.lo -= once.lo <= run->width.lo ? once.lo : 0;
    run->width.hi -= once.hi <= run->width.hi ? once.hi : 0;
    bool endless = hi == REPEAT_FOREVER && once.hi > 0;
    add_item(run, ITEM_REPEAT, saturate(once.lo * lo),
        endless ? (uint64_t)RE_WIDEST : saturate(once.hi * (hi == REPEAT_FOREVER ? 0 : hi)));
    return true;
}

static void translate_escape(
    struct re_parser *parser, struct run *run, struct str token, unsigned flags)
{
    struct re_escape escape = re_read_escape(parser, token, false);
    switch (escape.kind) {
    case RE_LITERAL:
        re_emit_literal(parser, escape.code, flags);
        add_item(run, ITEM_ATOM, 1, 1);
        return;
    case RE_CATEGORY:
        re_emit_category(parser, (char)escape.code, flags);
        add_item(run, ITEM_ATOM, 1, 1);
        return;
    case RE_POSITION:
        re_emit_position(parser, (char)escape.code, flags);
        add_item(run, ITEM_POSITION, 0, 0);
        return;
    case RE_GROUP:
        emit_reference(parser, run, escape.code);
        return;
    case RE_NO_ESCAPE:
        return;
    }
}

static void translate_item(
    struct re_parser *parser, struct run *run, struct str token, unsigned *flags, bool first)
{
    size_t from = parser->out.len;
    char special = token.len == 1 ? token.ptr[0] : '\0';
    if (token.ptr[0] == '\\') {
        translate_escape(parser, run, token, *flags);
    } else if (special == '[') {
        re_translate_set(parser, *flags);
        add_item(run, ITEM_ATOM, 1, 1);
    } else if (special == '*' || special == '+' || special == '?' || special == '{') {
        if (translate_repetition(parser, run, token))
            return;
        re_emit_literal(parser, '{', *flags);
        add_item(run, ITEM_ATOM, 1, 1);
    } else if (special == '.') {
        buf_add_text(&parser->out, *flags & RE_DOTALL ? "(?s:.)" : ".");
        add_item(run, ITEM_ATOM, 1, 1);
    } else if (special == '(') {
        translate_parenthesis(parser, run, flags, first);
    } else if (special == '^') {
        buf_add_text(&parser->out, *flags & RE_MULTILINE ? "(?m:^)" : "\\A");
        add_item(run, ITEM_POSITION, 0, 0);
    } else if (special == '$') {
        buf_add_text(&parser->out, *flags & RE_MULTILINE ? "(?m:$)" : "$");
        add_item(run, ITEM_POSITION, 0, 0);
    } else {
        re_emit_literal(parser, re_code(token), *flags);
        add_item(run, ITEM_ATOM, 1, 1);
    }
    /* Comments and global flags write nothing: then the item before stays the one to repeat. */
    if (parser->out.len > from)
        run->item_from = from;
}

/* Reads up to a `|`, a `)` or the end. Global flags, which only the `first` run may have, go to
 * *flags. */
static struct re_width translate_run(struct re_parser *parser, unsigned *flags, bool first)
{
    struct run run = {0};
    while (parser->token.ptr && !re_is(parser->token, '|') && !re_is(parser->token, ')')) {
        struct str token = re_take(parser);
        if (*flags & RE_VERBOSE) {
            if (token.len == 1 && token.ptr[0] && strchr(" \t\n\r\v\f", token.ptr[0]))
                continue;
            if (re_is(token, '#')) {
                while (token.ptr && !re_is(token, '\n'))
                    token = re_take(parser);
                continue;
            }
        }
        translate_item(parser, &run, token, flags, first);
    }
    return run.width;
}

static struct re_width translate_branches(
    struct re_parser *parser, unsigned flags, bool whole_pattern)
{
    if (++parser->depth > DEEPEST_GROUP)
        re_fail(parser, 0, "groups are nested too deeply");
    struct re_width all = translate_run(parser, &flags, whole_pattern);
    while (re_accept(parser, '|')) {
        buf_add_char(&parser->out, '|');
        struct re_width width = translate_run(parser, &flags, false);
        all.lo = width.lo < all.lo ? width.lo : all.lo;
        all.hi = width.hi > all.hi ? width.hi : all.hi;
    }
    parser->depth--;
    return all;
}

static void check_conditions(struct re_parser *parser)
{
    for (size_t i = 0; i < parser->condition_count && !parser->failed; i++)
        if (parser->conditions[i].group >= parser->group_count) {
            re_fail(parser, 0, "invalid group reference %u", parser->conditions[i].group);
            parser->error.offset = (uint32_t)parser->conditions[i].offset;
        }
}

bool regexp_translate(
    struct arena *arena, struct str pattern, struct str *translation, struct regexp_error *error)
{
    struct re_parser parser = {.arena = arena, .source = pattern};
    *ARENA_PUSH(arena, parser.groups, parser.group_count, parser.group_room) = (struct re_group){0};
    re_take(&parser);
    translate_branches(&parser, 0, true);
    if (parser.token.ptr)
        re_fail(&parser, 0, "unbalanced parenthesis");
    check_conditions(&parser);
    if (!parser.failed && parser.late) {
        parser.failed = true;
        parser.error = parser.late_error;
        parser.error.unplaced = true;
    }
    if (parser.failed) {
        *error = parser.error;
    } else {
        bool caseless = is_caseless(parser.global_flags);
        *translation = arena_printf(
            arena, "%s%s", caseless ? "(?i)" : "", parser.out.data ? parser.out.data : "");
    }
    buf_free(&parser.out);
    return !parser.failed;
}
