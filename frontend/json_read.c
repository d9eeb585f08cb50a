/* The document reader for JSON: the grammar of RFC 8259 with the ways people miss it. It never
 * gives up: each error is reported once, at the place where it was made, and the tree goes on as it
 * was evidently meant. */
#include "frontend/json_read.h"

#include <assert.h>

#include "runtime/base/map.h"

struct doc_node *json_node(struct json_reader *r, enum doc_kind kind, struct span span)
{
    struct doc_node *node = arena_alloc(&r->doc->arena, sizeof *node, alignof(struct doc_node));
    *node = (struct doc_node){.kind = (uint8_t)kind, .span = span};
    return node;
}

static struct str token_string(struct json_reader *r)
{
    const struct json_token *t = &r->token;
    if (t->escaped)
        return json_unquote(&r->doc->arena, r->text, t->lo + 1, t->hi - 1);
    return (struct str){r->text.ptr + t->lo + 1, t->hi - t->lo - 2};
}

static struct doc_node *read_scalar(struct json_reader *r, enum doc_kind kind)
{
    struct doc_node *node = json_node(r, kind, json_token_span(&r->token));
    if (kind == DOC_STRING) {
        node->style = DOC_DOUBLE_QUOTED;
        node->as.text = token_string(r);
    } else if (kind == DOC_BOOL) {
        node->as.truth = r->token.kind == JSON_TRUE;
    } else if (kind != DOC_NULL) {
        node->as.text = source_slice(r->source, node->span);
    }
    json_next(r);
    return node;
}

static bool is_char(const struct json_reader *r, char c)
{
    return r->token.kind == JSON_BAD && r->text.ptr[r->token.lo] == c;
}

/* True if the token could be a value or part of one. */
static bool starts_value(const struct json_reader *r)
{
    switch (r->token.kind) {
    case JSON_OPEN_OBJECT:
    case JSON_OPEN_ARRAY:
    case JSON_STRING:
    case JSON_INT:
    case JSON_REAL:
    case JSON_NOT_FINITE:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        return true;
    case JSON_BAD:
        return r->token.error != JSON_ERROR_CHARACTER;
    case JSON_END:
    case JSON_CLOSE_OBJECT:
    case JSON_CLOSE_ARRAY:
    case JSON_COLON:
    case JSON_COMMA:
        break;
    }
    return false;
}

static bool starts_container(const struct json_reader *r)
{
    return r->token.kind == JSON_OPEN_OBJECT || r->token.kind == JSON_OPEN_ARRAY;
}

static struct doc_node *read_array(struct json_reader *r, struct doc_node *first);
static struct doc_node *read_object(struct json_reader *r, bool is_open);

static struct doc_node *read_container(struct json_reader *r)
{
    if (json_at_template(r)) {
        struct doc_node *node = json_node(r, DOC_ERROR, json_token_span(&r->token));
        json_skip_template(r);
        return node;
    }
    if (r->depth == JSON_MAX_DEPTH)
        return json_skip_deep(r);
    r->depth++;
    struct doc_node *node =
        r->token.kind == JSON_OPEN_ARRAY ? read_array(r, NULL) : read_object(r, false);
    r->depth--;
    return node;
}

/* Reads the value at the token; where none can start, reports so and leaves the token. */
static struct doc_node *read_value(struct json_reader *r)
{
    switch (r->token.kind) {
    case JSON_OPEN_OBJECT:
    case JSON_OPEN_ARRAY:
        return read_container(r);
    case JSON_STRING:
        return read_scalar(r, DOC_STRING);
    case JSON_INT:
        return read_scalar(r, DOC_INT);
    case JSON_REAL:
        return read_scalar(r, DOC_REAL);
    case JSON_TRUE:
    case JSON_FALSE:
        return read_scalar(r, DOC_BOOL);
    case JSON_NULL:
        return read_scalar(r, DOC_NULL);
    case JSON_NOT_FINITE:
        return json_mend_not_finite(r);
    case JSON_BAD:
        return json_mend_value(r);
    case JSON_END:
    case JSON_CLOSE_OBJECT:
    case JSON_CLOSE_ARRAY:
    case JSON_COLON:
    case JSON_COMMA:
        break;
    }
    if (r->token.kind != JSON_END)
        JSON_REPORT(r, DIAG_E100, json_token_span(&r->token), "a value is missing before this `%c`",
            r->text.ptr[r->token.lo]);
    r->doubtful = true;
    return json_node(r, DOC_ERROR, json_behind(r));
}

static void report_trailing_comma(struct json_reader *r)
{
    struct diag *diag = JSON_REPORT(r, DIAG_E102, span_make(r->comma, r->comma + 1),
        "a comma before the closing `%c`, which JSON does not allow", r->text.ptr[r->token.lo]);
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_SAFE, "remove the comma");
    diag_edit(r->bag, fix, diag->span, STR(""));
}

static void report_double_comma(struct json_reader *r, bool first)
{
    struct diag *diag = JSON_REPORT(r, DIAG_E100, json_token_span(&r->token), "%s",
        first ? "a comma with nothing before it" : "two commas with nothing between them");
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_SAFE, "remove this comma");
    diag_edit(r->bag, fix, diag->span, STR(""));
}

static void report_missing_comma(struct json_reader *r, const char *what)
{
    if (r->doubtful)
        return;
    struct diag *diag =
        JSON_REPORT(r, DIAG_E103, json_behind(r), "a comma is missing after this %s", what);
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_SAFE, "insert the comma");
    diag_edit(r->bag, fix, diag->span, STR(","));
}

static void replace_token(struct json_reader *r, const char *what, const char *mark)
{
    struct span span = json_token_span(&r->token);
    struct diag *diag = JSON_REPORT(r, DIAG_E100, span, "`%.*s` where JSON has %s",
        STR_ARG(source_slice(r->source, span)), what);
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_SAFE, "write `%s`", mark);
    diag_edit(r->bag, fix, span, str_from(mark));
}

/* Behind a child: the comma, or what stands in its place. Returns false where the container ends.
 */
static bool read_separator(struct json_reader *r, const char *what)
{
    for (;;) {
        if (json_mend_early_quote(r))
            continue;
        r->comma = r->token.lo;
        if (r->token.kind == JSON_COMMA) {
            r->doubtful = false;
            json_next(r);
            return true;
        }
        if (is_char(r, ';')) {
            replace_token(r, "a comma", ",");
            json_next(r);
            return true;
        }
        if (starts_value(r)) {
            report_missing_comma(r, what);
            r->doubtful = false;
            return true;
        }
        if (r->token.kind != JSON_COLON && r->token.kind != JSON_BAD)
            return false;
        if (!r->doubtful)
            JSON_REPORT(r, DIAG_E100, json_token_span(&r->token),
                "`%c` where a comma or the closing bracket is expected", r->text.ptr[r->token.lo]);
        json_next(r);
        if (starts_value(r))
            read_value(r); /* what the stray character led in belongs to nothing */
    }
}

/* Moves the nodes from `base` on, a closed array's, to the document. */
static void take_nodes(struct json_reader *r, size_t base, struct doc_node *array)
{
    size_t count = r->nodes.count - base;
    array->as.array.items = NULL;
    array->as.array.count = count;
    if (count) {
        array->as.array.items = arena_alloc(
            &r->doc->arena, count * sizeof(struct doc_node *), alignof(struct doc_node *));
        memcpy(array->as.array.items, r->nodes.items + base, count * sizeof(struct doc_node *));
    }
    r->nodes.count = base;
}

/* Moves the members from `base` on, a closed object's, to the document. */
static void take_members(struct json_reader *r, size_t base, struct doc_node *object)
{
    size_t count = r->members.count - base;
    object->as.object.members = NULL;
    object->as.object.count = count;
    if (count) {
        object->as.object.members = arena_alloc(
            &r->doc->arena, count * sizeof(struct doc_member), alignof(struct doc_member));
        memcpy(
            object->as.object.members, r->members.items + base, count * sizeof(struct doc_member));
    }
    r->members.count = base;
}

static bool at_end(const struct json_reader *r)
{
    return r->token.kind == JSON_CLOSE_ARRAY || r->token.kind == JSON_CLOSE_OBJECT ||
           r->token.kind == JSON_END;
}

/* At what ends a container: true if the token is its closing bracket or stands for it. */
static bool at_closer(struct json_reader *r)
{
    if (r->token.kind == JSON_END) {
        json_report_unclosed(r);
        return false;
    }
    return r->text.ptr[r->token.lo] == r->open->closer || json_mend_wrong_closer(r);
}

/* True at the innermost container's own bracket, for all but the outermost: that may come too early. */
static bool is_closed(const struct json_reader *r)
{
    return r->token.kind != JSON_END && r->text.ptr[r->token.lo] == r->open->closer &&
           r->open->around;
}

/* Where a container ends whose bracket was forgotten: before the comma, if that was read already. */
static uint32_t cut_container(struct json_reader *r, bool comma)
{
    r->open = r->open->around;
    return (uint32_t)(comma ? r->comma : r->behind);
}

/* Behind the last child: the bracket, and where the container ends. */
static uint32_t read_closer(struct json_reader *r, bool comma)
{
    if (comma && r->token.kind != JSON_END)
        report_trailing_comma(r);
    if (at_closer(r)) {
        json_next(r);
        r->doubtful = false;
    }
    r->open = r->open->around;
    return (uint32_t)r->behind;
}

/* True at a string with a colon behind it. */
static bool at_key(const struct json_reader *r)
{
    if (r->token.kind != JSON_STRING)
        return false;
    char after = r->text.ptr[r->token.hi];
    if (after != ' ' && after != '\t' && after != '\n' && after != '\r')
        return after == ':';
    struct json_lexer ahead = r->lexer;
    struct json_token token;
    json_lex(&ahead, &token);
    return token.kind == JSON_COLON;
}

/* Reads an array; without its bracket if `first`, an item that was read already, is given. */
static struct doc_node *read_array(struct json_reader *r, struct doc_node *first)
{
    struct span span = first ? first->span : json_token_span(&r->token);
    struct json_open open = {r->open, span.lo, ']'};
    struct doc_node *node = json_node(r, DOC_ARRAY, span);
    size_t base = r->nodes.count;
    bool comma = false, is_cut = false;
    r->open = &open;
    if (first)
        *ARENA_PUSH(&r->scratch, r->nodes.items, r->nodes.count, r->nodes.room) = first;
    else
        json_next(r);
    while (!is_cut) {
        if (at_end(r)) {
            if (is_closed(r) || !json_mend_extra_closer(r))
                break;
        } else if (r->token.kind == JSON_COMMA) {
            is_cut = json_mend_at_once(r);
            if (is_cut)
                break;
            report_double_comma(r, !comma);
            json_next(r);
            continue;
        } else if (at_key(r) && json_mend_lost_end(r)) {
            is_cut = true;
            break;
        } else {
            bool lost = at_key(r) && json_mend_lost_brace(r);
            struct doc_node *item = lost ? read_object(r, true) : read_value(r);
            *ARENA_PUSH(&r->scratch, r->nodes.items, r->nodes.count, r->nodes.room) = item;
        }
        comma = read_separator(r, "item");
    }
    node->span.hi = is_cut ? cut_container(r, comma) : read_closer(r, comma);
    take_nodes(r, base, node);
    return node;
}

/* Between a key and its value. */
static void read_colon(struct json_reader *r, struct str key)
{
    if (r->token.kind == JSON_COLON) {
        json_next(r);
    } else if (is_char(r, '=')) {
        replace_token(r, "a colon", ":");
        json_next(r);
    } else if (starts_value(r) && !r->doubtful) {
        struct diag *diag = JSON_REPORT(
            r, DIAG_E100, json_behind(r), "a colon is missing after the key `%.*s`", STR_ARG(key));
        struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_SAFE, "insert the colon");
        diag_edit(r->bag, fix, diag->span, STR(":"));
    }
}

/* Where a key should stand but none can be made of the token: passes over the value that stands
 * there. */
static void skip_keyless(struct json_reader *r)
{
    struct span span = json_token_span(&r->token);
    bool colon = r->token.kind == JSON_COLON;
    if (colon) {
        JSON_REPORT(r, DIAG_E100, span, "a key is missing before this colon");
        json_next(r);
    } else if (!r->doubtful) {
        JSON_REPORT(r, DIAG_E100, span, "%s where a key is expected",
            r->token.kind == JSON_OPEN_OBJECT ? "an object" : "an array");
    }
    if (starts_value(r))
        read_value(r);
    r->doubtful = !colon;
}

/* Reads a member's key; false if the token cannot be one, which is then reported and passed over. */
static bool read_key(struct json_reader *r, struct doc_member *member)
{
    if (r->token.kind == JSON_STRING && r->text.ptr[r->token.hi] == ':') {
        member->key = token_string(r);
        json_next(r);
        return true;
    }
    if (r->token.kind == JSON_COLON || (starts_container(r) && !json_at_template(r))) {
        skip_keyless(r);
        return false;
    }
    bool is_read = json_mend_open_key(r, &member->key) || json_mend_key(r, &member->key);
    member->key_span.hi = (uint32_t)r->behind;
    if (is_read)
        json_mend_early_quote(r);
    return is_read;
}

/* At a key where the value of `member` should start: its bracket was forgotten, or it has no value. */
static struct doc_node *read_lost_value(struct json_reader *r, const struct doc_member *member)
{
    struct str between = source_slice(r->source, span_make(member->key_span.hi, r->token.lo));
    if (json_mend_lost_brace(r))
        return read_object(r, true);
    if (!memchr(between.ptr, '\n', between.len))
        return read_value(r);
    JSON_REPORT(
        r, DIAG_E100, member->key_span, "the key `%.*s` has no value", STR_ARG(member->key));
    r->doubtful = true; /* that there is no comma is no news */
    return json_node(r, DOC_ERROR, json_behind(r));
}

/* Reads a key and its value into `member`; false if there is none to be kept. */
static bool read_member(struct json_reader *r, struct doc_member *member)
{
    *member = (struct doc_member){.key_span = json_token_span(&r->token),
        .key_kind = DOC_STRING,
        .key_style = DOC_DOUBLE_QUOTED};
    if (!read_key(r, member))
        return false;
    read_colon(r, member->key);
    if (at_key(r)) {
        member->value = read_lost_value(r, member);
        return true;
    }
    if (starts_value(r)) {
        member->value = read_value(r);
        return true;
    }
    if (json_mend_lost_pair(r)) {
        enum doc_kind kind = r->token.kind == JSON_CLOSE_ARRAY ? DOC_ARRAY : DOC_OBJECT;
        member->value = json_node(r, kind, json_token_span(&r->token));
        json_next(r);
        return true;
    }
    if (r->token.kind != JSON_END && !r->doubtful)
        JSON_REPORT(
            r, DIAG_E100, member->key_span, "the key `%.*s` has no value", STR_ARG(member->key));
    member->value = json_node(r, DOC_ERROR, json_behind(r));
    return true;
}

static void report_repeated(
    struct json_reader *r, struct doc_member *earlier, const struct doc_member *later)
{
    earlier->repeated = true;
    if (++r->repeated > JSON_MOST_ERRORS)
        return; /* a file of one habit is reported well enough */
    /* Both values are read and the file is JSON: the document is not broken. */
    struct diag *diag = diag_add(r->bag, r->source, DIAG_E110, later->key_span,
        "the key `%.*s` is given again; its earlier value has no effect", STR_ARG(later->key));
    diag_relate(r->bag, diag, earlier->key_span, "first given here");
}

static void find_repeated_in_table(struct json_reader *r, struct doc_member *members, size_t count)
{
    struct arena scratch;
    struct map table;
    arena_init(&scratch);
    map_init(&table, &scratch);
    for (size_t i = 0; i < count; i++) {
        struct doc_member *earlier = map_add(&table, members[i].key, &members[i]);
        if (earlier != &members[i]) {
            report_repeated(r, earlier, &members[i]);
            map_set(&table, members[i].key, &members[i]);
        }
    }
    arena_free(&scratch);
}

/* Marks every member that a later one of the same key hides. Most objects are small, and comparing
 * lengths settles most pairs. */
static void find_repeated(struct json_reader *r, struct doc_member *members, size_t count)
{
    enum { FEW = 12 };
    if (count > FEW) {
        find_repeated_in_table(r, members, count);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        for (size_t j = i; j-- > 0;) {
            if (str_equal(members[j].key, members[i].key)) {
                report_repeated(r, &members[j], &members[i]);
                break;
            }
        }
    }
}

/* True if the token can only be an item: a container, or a scalar with a comma or `]` behind it. */
static bool at_item(const struct json_reader *r)
{
    if (starts_container(r))
        return true;
    if (!starts_value(r) || r->token.kind == JSON_BAD)
        return false;
    struct json_lexer ahead = r->lexer;
    struct json_token token;
    json_lex(&ahead, &token);
    return token.kind == JSON_COMMA || token.kind == JSON_CLOSE_ARRAY;
}

/* Where a key or the end should stand: true if the value of the last member was the first item of an array whose `[`
 * was forgotten. The array is then read to its end. */
static bool read_lost_array(struct json_reader *r, size_t base)
{
    size_t last = r->members.count - 1;
    if (r->members.count == base || !(at_item(r) || r->token.kind == JSON_CLOSE_ARRAY) ||
        !json_mend_lost_bracket(r, r->members.items[last].value))
        return false;
    struct doc_node *array = read_array(r, r->members.items[last].value);
    r->members.items[last].value = array;
    return true;
}

/* Reads an object; without its bracket if `is_open`, at its first key. */
static struct doc_node *read_object(struct json_reader *r, bool is_open)
{
    struct json_open open = {r->open, r->token.lo, '}'};
    struct doc_node *node = json_node(r, DOC_OBJECT, json_token_span(&r->token));
    size_t base = r->members.count;
    bool comma = false, is_cut = false;
    r->open = &open;
    if (!is_open)
        json_next(r);
    for (;;) {
        struct doc_member member;
        if (at_end(r)) {
            if (is_closed(r) || (!read_lost_array(r, base) && !json_mend_extra_closer(r)))
                break;
        } else if (r->token.kind == JSON_COMMA) {
            is_cut = json_mend_at_once(r);
            if (is_cut)
                break;
            report_double_comma(r, !comma);
            json_next(r);
            continue;
        } else if (comma && starts_container(r) && json_mend_next_item(r)) {
            is_cut = true;
            break;
        } else if (!(comma && !at_key(r) && read_lost_array(r, base)) && read_member(r, &member)) {
            *ARENA_PUSH(&r->scratch, r->members.items, r->members.count, r->members.room) = member;
        }
        comma = read_separator(r, "member");
    }
    node->span.hi = is_cut ? cut_container(r, comma) : read_closer(r, comma);
    take_members(r, base, node);
    find_repeated(r, node->as.object.members, node->as.object.count);
    return node;
}

static struct doc_node *read_root(struct json_reader *r)
{
    if (json_is_foreign(r) || json_is_yaml(r))
        return json_node(r, DOC_ERROR, span_make(0, 0));
    json_next(r);
    if (r->token.kind == JSON_END) {
        if (!r->stopped) {
            JSON_REPORT(r, DIAG_E003, span_make(0, 0), "%s",
                r->text.len ? "the file holds no value" : "the file is empty");
        }
        return json_node(r, DOC_ERROR, span_make(0, 0));
    }
    bool lost = at_key(r) && json_mend_lost_brace(r);
    struct doc_node *root = lost ? read_object(r, true) : read_value(r);
    if (r->token.kind != JSON_END && !r->stopped)
        json_report_extra(r, root);
    return root;
}

void doc_read_json(struct doc *doc, struct source *source, struct diag_bag *bag)
{
    assert(source->text.ptr[source->text.len] == '\0');
    *doc = (struct doc){.source = source, .notation = DOC_JSON};
    arena_init(&doc->arena);
    struct json_reader r = {.doc = doc,
        .source = source,
        .bag = bag,
        .text = source->text,
        .lexer = json_lexer(source->text)};
    arena_init(&r.scratch);
    doc->root = read_root(&r);
    arena_free(&r.scratch);
}
