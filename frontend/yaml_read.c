/* The YAML reader: libyaml's events to a document tree, with the meaning that PyYAML's safe_load
 * gives them. */
#include "frontend/yaml_reader.h"

#include "runtime/base/mem.h"
#include "runtime/base/utf8.h"

/* ---- values into their collections ---- */

static struct yaml_frame *innermost(struct yaml_reader *r)
{
    return r->frame_count ? &r->frames[r->frame_count - 1] : NULL;
}

/* True if the next value is a mapping's key. */
static bool key_is_next(struct yaml_reader *r)
{
    struct yaml_frame *frame = innermost(r);
    return frame && (frame->tag == YAML_TAG_MAP || frame->tag == YAML_TAG_SET) &&
           (r->slot_count - frame->first) % 2 == 0;
}

static void push_value(struct yaml_reader *r, const struct yaml_slot *value)
{
    struct yaml_frame *frame = innermost(r);
    if (frame && !frame->flow)
        frame->span = span_join(frame->span, value->node.span);
    if (r->slot_count == r->slot_room) {
        /* Grown in place where the system can: an arena would touch every size it had. */
        r->slot_room = r->slot_room ? r->slot_room * 2 : 64;
        r->slots = mem_realloc(r->slots, sizeof *r->slots * r->slot_room);
    }
    r->slots[r->slot_count++] = *value;
}

/* ---- aliases ---- */

static void read_alias(struct yaml_reader *r, const yaml_event_t *event)
{
    struct span span =
        span_make(yaml_offset(r, &event->start_mark), yaml_offset(r, &event->end_mark));
    yaml_scan_gap(r, span.lo);
    r->gap = span.hi;
    struct str name = str_from((const char *)event->data.alias.anchor);
    struct yaml_slot value = yaml_resolve_alias(r, name, span);
    push_value(r, &value);
}

/* ---- tags ---- */

/* The tag of a collection, or `plain` where it has none that fits: what does not fit is reported.
 */
static enum yaml_tag collection_tag(
    struct yaml_reader *r, const yaml_char_t *name, enum yaml_tag plain, struct span span)
{
    if (!name || (name[0] == '!' && name[1] == '\0'))
        return plain;
    struct str text = str_from((const char *)name);
    enum yaml_tag tag = yaml_tag_of(text);
    const char *what = plain == YAML_TAG_MAP ? "a mapping" : "a list";
    switch (tag) {
    case YAML_TAG_MAP:
    case YAML_TAG_SET:
        if (plain == YAML_TAG_MAP)
            return tag;
        break;
    case YAML_TAG_SEQ:
    case YAML_TAG_OMAP:
    case YAML_TAG_PAIRS:
        if (plain == YAML_TAG_SEQ)
            return tag;
        break;
    case YAML_TAG_UNKNOWN: {
        struct diag *diag = diag_add(r->bag, r->source, DIAG_E122, span,
            "the tag `%.*s` is none that the reference's safe loader knows", STR_ARG(text));
        diag_help(r->bag, diag, "leave the tag out: %s needs none", what);
        return plain;
    }
    case YAML_TAG_BINARY:
    case YAML_TAG_BOOL:
    case YAML_TAG_FLOAT:
    case YAML_TAG_INT:
    case YAML_TAG_MERGE:
    case YAML_TAG_NULL:
    case YAML_TAG_STR:
    case YAML_TAG_TIMESTAMP:
    case YAML_TAG_VALUE:
        break;
    }
    diag_add(r->bag, r->source, DIAG_E122, span,
        "the tag `!!%s` stands on %s, which it cannot make", strrchr((const char *)name, ':') + 1,
        what);
    return plain;
}

static void report_scalar_tag(struct yaml_reader *r, struct str name, struct span span)
{
    static const struct str standard = STR_INIT("tag:yaml.org,2002:");
    struct str near = yaml_tag_near(name), shown = name;
    if (str_starts(name, standard))
        shown = str_slice(name.ptr + standard.len, name.ptr + name.len);
    struct diag *diag = diag_add(r->bag, r->source, DIAG_E122, span,
        "the tag `%s%.*s` is none that the reference's safe loader knows",
        str_starts(name, standard) ? "!!" : "", STR_ARG(shown));
    if (near.len)
        diag_help(r->bag, diag, "did you mean `!!%.*s`?", STR_ARG(near));
    else
        diag_help(r->bag, diag, "if the text itself is meant, put all of it into quotes");
}

/* ---- scalars ---- */

static enum doc_style style_of(yaml_scalar_style_t style)
{
    switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        return DOC_SINGLE_QUOTED;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        return DOC_DOUBLE_QUOTED;
    case YAML_LITERAL_SCALAR_STYLE:
        return DOC_LITERAL;
    case YAML_FOLDED_SCALAR_STYLE:
        return DOC_FOLDED;
    case YAML_ANY_SCALAR_STYLE:
    case YAML_PLAIN_SCALAR_STYLE:
        break;
    }
    return DOC_PLAIN;
}

/* The end of a block scalar's text: libyaml's mark stands behind the blank lines that follow. */
static size_t trim_block(const char *text, size_t lo, size_t hi)
{
    size_t header = lo;
    while (header < hi && !memchr(" \t\r\n#", text[header], 5))
        header++;
    size_t first_line = header;
    while (first_line < hi && text[first_line] != '\n' && text[first_line] != '\r')
        first_line++;
    while (hi > first_line && memchr(" \t\r\n", text[hi - 1], 4))
        hi--;
    return hi > first_line ? hi : header;
}

/* The scalar's text: a slice of the source wherever that says the same. */
static struct str keep_text(
    struct yaml_reader *r, const yaml_event_t *event, enum doc_style style, struct span span)
{
    struct str text = {(const char *)event->data.scalar.value, (size_t)event->data.scalar.length};
    size_t quotes = style == DOC_PLAIN ? 0 : 1;
    if (span.hi - span.lo == text.len + 2 * quotes) {
        /* In one line only escapes can change a text and keep its length. */
        const char *inside = r->source->text.ptr + span.lo + quotes;
        bool same = style <= DOC_SINGLE_QUOTED && event->start_mark.line == event->end_mark.line;
        if (same || memcmp(inside, text.ptr, text.len) == 0)
            return (struct str){inside, text.len};
    }
    return arena_str(&r->doc->arena, text);
}

static void report_bad_scalar(
    struct yaml_reader *r, const struct doc_node *node, const char *kind, const char *reason)
{
    struct str text = source_slice(r->source, node->span);
    struct diag *diag = diag_add(r->bag, r->source, DIAG_E125, node->span,
        "`%.*s` is read as %s, but %s: the reference cannot load the file",
        (int)(text.len < 60 ? text.len : 60), text.ptr, kind, reason);
    if (node->style != DOC_PLAIN)
        return;
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_SAFE, "quote it to make it text");
    diag_edit(r->bag, fix, span_make(node->span.lo, node->span.lo), STR("\""));
    diag_edit(r->bag, fix, span_make(node->span.hi, node->span.hi), STR("\""));
}

static const char *kind_of_form(enum yaml_form form)
{
    return form == YAML_DATE || form == YAML_DATETIME ? "a date" : "a number";
}

/* `<<` and `=` have a meaning as keys only. */
static void read_key_sign(
    struct yaml_reader *r, enum yaml_form form, struct str text, struct yaml_slot *slot)
{
    slot->node.kind = DOC_STRING;
    slot->node.as.text = text;
    if (key_is_next(r)) {
        slot->merge = form == YAML_MERGE;
        return;
    }
    slot->node.kind = DOC_ERROR;
    report_bad_scalar(r, &slot->node,
        form == YAML_MERGE ? "YAML 1.1's merge key" : "YAML 1.1's default value",
        "it stands where a value is due");
}

static void give_value(struct yaml_reader *r, const yaml_event_t *event, struct yaml_slot *slot)
{
    struct doc_node *node = &slot->node;
    struct arena *arena = &r->doc->arena;
    struct str text = keep_text(r, event, (enum doc_style)node->style, node->span);
    const yaml_char_t *name = event->data.scalar.tag;
    bool bare = name && name[0] == '!' && name[1] == '\0';
    if (bare || (!name && node->style == DOC_PLAIN)) {
        /* A lone `!` makes PyYAML look at the form, in quotes too. */
        const char *value = (const char *)event->data.scalar.value;
        enum yaml_form form = yaml_form(value, (size_t)event->data.scalar.length);
        if (form == YAML_MERGE || form == YAML_VALUE) {
            read_key_sign(r, form, text, slot);
            return;
        }
        const char *failure = yaml_resolve(arena, form, text, node);
        if (failure)
            report_bad_scalar(r, node, kind_of_form(form), failure);
        return;
    }
    if (!name) {
        node->kind = DOC_STRING;
        node->as.text = text;
        return;
    }
    struct str tag_name = str_from((const char *)name);
    enum yaml_tag tag = yaml_tag_of(tag_name);
    if (tag == YAML_TAG_MERGE || tag == YAML_TAG_VALUE) {
        read_key_sign(r, tag == YAML_TAG_MERGE ? YAML_MERGE : YAML_VALUE, text, slot);
        return;
    }
    struct span place = span_make(yaml_offset(r, &event->start_mark), node->span.hi);
    if (tag == YAML_TAG_UNKNOWN) {
        node->kind = DOC_ERROR;
        report_scalar_tag(r, tag_name, place);
        return;
    }
    const char *failure = yaml_construct(arena, tag, text, node);
    if (failure)
        diag_add(r->bag, r->source,
            tag == YAML_TAG_SEQ || tag == YAML_TAG_MAP || tag == YAML_TAG_SET ||
                    tag == YAML_TAG_OMAP || tag == YAML_TAG_PAIRS
                ? DIAG_E122
                : DIAG_E125,
            place, "the tag `!!%s` does not fit: %s; the reference cannot load the file",
            strrchr((const char *)name, ':') + 1, failure);
}

static void read_scalar(struct yaml_reader *r, const yaml_event_t *event)
{
    size_t lo = yaml_offset(r, &event->start_mark), end = yaml_offset(r, &event->end_mark);
    enum doc_style style = style_of(event->data.scalar.style);
    if (event->data.scalar.anchor || event->data.scalar.tag)
        lo = yaml_skip_properties(r, lo, end);
    size_t hi = style == DOC_LITERAL || style == DOC_FOLDED
                    ? trim_block(r->source->text.ptr, lo, end)
                    : end;
    struct yaml_slot slot = {
        .node = {.style = (uint8_t)style, .span = span_make(lo, hi)}, .weight = 1};
    yaml_scan_gap(r, lo);
    if (r->has_hash || r->has_tab)
        yaml_scan_scalar(r, style, span_make(lo, end));
    r->gap = end;
    size_t anchor = 0;
    if (event->data.scalar.anchor)
        anchor = yaml_add_anchor(r, event->data.scalar.anchor, slot.node.span);
    give_value(r, event, &slot);
    yaml_close_anchor(r, anchor, &slot);
    r->weight++;
    push_value(r, &slot);
}

/* ---- collections ---- */

static void open_collection(struct yaml_reader *r, const yaml_event_t *event, bool is_map)
{
    const yaml_char_t *tag =
        is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    const yaml_char_t *anchor =
        is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const char *text = r->source->text.ptr;
    size_t start = yaml_offset(r, &event->start_mark), lo = start;
    if (tag || anchor)
        lo = yaml_skip_properties(r, lo, r->source->text.len);
    bool flow = text[lo] == (is_map ? '{' : '[') &&
                (is_map ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                        : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
    struct yaml_frame frame = {.flow = flow, .span = span_make(lo, flow ? lo + 1 : lo)};
    yaml_scan_gap(r, lo);
    if (flow)
        r->gap = lo + 1;
    struct span place = span_make(start, frame.span.hi > start ? frame.span.hi : start + 1);
    frame.tag = collection_tag(r, tag, is_map ? YAML_TAG_MAP : YAML_TAG_SEQ, place);
    frame.anchor = anchor ? yaml_add_anchor(r, anchor, place) : 0;
    frame.first = r->slot_count;
    *ARENA_PUSH(&r->scratch, r->frames, r->frame_count, r->frame_room) = frame;
}

/* An item of !!omap or !!pairs, a mapping of one member, becomes the list [key, value]. */
static void make_pair(struct yaml_reader *r, struct doc_node *item)
{
    if (item->kind == DOC_ERROR)
        return;
    if (item->kind != DOC_OBJECT || item->as.object.count != 1) {
        diag_add(r->bag, r->source, DIAG_E122, item->span,
            "an ordered mapping (`!!omap`, `!!pairs`) is a list of mappings with one key each");
        item->kind = DOC_ERROR;
        return;
    }
    const struct doc_member *member = item->as.object.members;
    struct doc_node *key = ARENA_NEW(&r->doc->arena, struct doc_node);
    *key = (struct doc_node){
        .kind = member->key_kind, .style = member->key_style, .span = member->key_span};
    if (key->kind == DOC_BOOL)
        key->as.truth = str_is(member->key, "True");
    else if (key->kind != DOC_NULL)
        key->as.text = member->key;
    struct doc_node **items = ARENA_ARRAY(&r->doc->arena, struct doc_node *, 2);
    items[0] = key;
    items[1] = member->value;
    item->kind = DOC_ARRAY;
    item->as.array.items = items;
    item->as.array.count = 2;
}

static void finish_sequence(
    struct yaml_reader *r, const struct yaml_frame *frame, struct doc_node *node)
{
    size_t count = r->slot_count - frame->first;
    struct arena *arena = &r->doc->arena;
    struct doc_node *values = arena_alloc(arena, sizeof *values * count, alignof(struct doc_node));
    struct doc_node **items = arena_alloc(arena, sizeof *items * count, alignof(struct doc_node *));
    for (size_t i = 0; i < count; i++) {
        values[i] = r->slots[frame->first + i].node;
        items[i] = &values[i];
        if (frame->tag != YAML_TAG_SEQ)
            make_pair(r, &values[i]);
    }
    node->kind = DOC_ARRAY;
    node->as.array.items = items;
    node->as.array.count = count;
}

/* Ends the innermost collection; `hi` is the end of its bracket where it has one. */
static void close_collection(struct yaml_reader *r, size_t hi)
{
    struct yaml_frame frame = r->frames[--r->frame_count];
    if (frame.flow) {
        yaml_scan_gap(r, hi > 0 ? hi - 1 : 0);
        frame.span.hi = (uint32_t)hi;
        r->gap = hi;
    }
    struct yaml_slot slot = {
        .node = {.style = frame.flow ? DOC_FLOW : DOC_PLAIN, .span = frame.span},
        .height = 1,
        .weight = 1};
    for (size_t i = frame.first; i < r->slot_count; i++) {
        slot.weight += r->slots[i].weight;
        if (slot.height <= r->slots[i].height)
            slot.height = (uint16_t)(r->slots[i].height + 1);
    }
    if (frame.tag == YAML_TAG_MAP || frame.tag == YAML_TAG_SET)
        yaml_finish_mapping(r, frame.first, frame.tag, &slot.node);
    else
        finish_sequence(r, &frame, &slot.node);
    r->slot_count = frame.first;
    yaml_close_anchor(r, frame.anchor, &slot);
    r->weight++;
    push_value(r, &slot);
}

/* ---- documents ---- */

static bool nests_too_deep(struct yaml_reader *r, const yaml_event_t *event)
{
    if (r->frame_count < YAML_MAX_DEPTH)
        return false;
    size_t at = yaml_offset(r, &event->start_mark);
    diag_add(r->bag, r->source, DIAG_E004, span_make(at, at + 1),
        "values are nested more than %d deep here", YAML_MAX_DEPTH);
    r->doc->broken = true;
    return true;
}

static void report_documents(struct yaml_reader *r, const yaml_event_t *event)
{
    size_t at = yaml_offset(r, &event->start_mark), end = yaml_offset(r, &event->end_mark);
    struct diag *diag = diag_add(r->bag, r->source, DIAG_E121, span_make(at, end),
        "a second document starts here: an experiment is one document, and the reference refuses "
        "more");
    diag_relate(r->bag, diag, r->slots[0].node.span, "the first document");
    diag_help(r->bag, diag, "put each experiment into a file of its own");
}

/* Takes one event; false at the end of what is to be read. */
static bool take_event(struct yaml_reader *r, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        read_scalar(r, event);
        return true;
    case YAML_ALIAS_EVENT:
        read_alias(r, event);
        return true;
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        if (nests_too_deep(r, event))
            return false;
        open_collection(r, event, event->type == YAML_MAPPING_START_EVENT);
        return true;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_collection(r, yaml_offset(r, &event->end_mark));
        return true;
    case YAML_DOCUMENT_START_EVENT:
        if (r->slot_count == 0)
            return true;
        report_documents(r, event);
        return false;
    case YAML_STREAM_END_EVENT:
        yaml_scan_gap(r, r->source->text.len);
        return false;
    case YAML_NO_EVENT:
        return false;
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    }
    return true;
}

static void read_events(struct yaml_reader *r)
{
    yaml_parser_t *parser = &r->parser;
    yaml_event_t event;
    if (!yaml_parser_initialize(parser))
        return;
    struct str text = r->source->text;
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(
        parser, (const unsigned char *)text.ptr + r->base, text.len - r->base);
    for (bool more = true; more;) {
        if (!yaml_parser_parse(parser, &event)) {
            r->doc->broken = true;
            yaml_report_failure(r);
            break;
        }
        more = take_event(r, &event);
        yaml_event_delete(&event);
    }
    /* What is still open after an error keeps what it has; a key without value loses it. */
    while (r->frame_count) {
        struct yaml_frame *frame = innermost(r);
        bool is_map = frame->tag == YAML_TAG_MAP || frame->tag == YAML_TAG_SET;
        if (is_map && (r->slot_count - frame->first) % 2 != 0) {
            struct yaml_slot none = {
                .node = {.kind = DOC_ERROR, .span = span_make(r->gap, r->gap)}};
            push_value(r, &none);
        }
        close_collection(r, r->gap);
    }
    yaml_parser_delete(parser);
}

/* Broken is what the reference cannot load: every error but a repeated key, which its reader lets pass. */
static bool is_refused(const struct yaml_reader *r)
{
    for (size_t i = r->first_finding; i < r->bag->count; i++)
        if (r->bag->items[i]->level == DIAG_ERROR && r->bag->items[i]->code != DIAG_E110)
            return true;
    return false;
}

static void finish_document(struct yaml_reader *r)
{
    struct doc *doc = r->doc;
    doc->root = ARENA_NEW(&doc->arena, struct doc_node);
    if (r->slot_count) {
        *doc->root = r->slots[0].node;
    } else if (!doc->broken) {
        diag_add(r->bag, r->source, DIAG_E003, span_make(0, 0), "the file holds no value");
    }
    doc->broken = is_refused(r);
    yaml_report_tabs(r);
    if (doc->comment_count) {
        struct doc_comment *comments =
            arena_alloc(&doc->arena, sizeof *comments * doc->comment_count, alignof(max_align_t));
        memcpy(comments, doc->comments, sizeof *comments * doc->comment_count);
        doc->comments = comments;
        doc->comment_room = doc->comment_count;
    }
}

/* One look at every byte: is it UTF-8, and is it ASCII, where libyaml's code points are our bytes?
 */
static bool is_ascii(struct str text)
{
    uint64_t word, high = 0;
    size_t i = 0;
    for (; i + sizeof word <= text.len; i += sizeof word) {
        memcpy(&word, text.ptr + i, sizeof word);
        high |= word;
    }
    for (; i < text.len; i++)
        high |= (unsigned char)text.ptr[i];
    return (high & 0x8080808080808080U) == 0;
}

void doc_read_yaml(struct doc *doc, struct source *source, struct diag_bag *bag)
{
    *doc = (struct doc){.source = source, .notation = DOC_YAML};
    arena_init(&doc->arena);
    struct str text = source->text;
    struct yaml_reader r = {.doc = doc,
        .source = source,
        .bag = bag,
        .first_finding = bag->count,
        .ascii = is_ascii(text)};
    arena_init(&r.scratch);
    map_init(&r.anchors_by_name, &r.scratch);
    if (!r.ascii) {
        size_t bad = utf8_first_invalid(text);
        if (bad < text.len) {
            diag_add(bag, source, DIAG_E002, span_make(bad, bad + 1),
                "the byte 0x%02X here is not UTF-8: the reference cannot read the file",
                (unsigned char)text.ptr[bad]);
            doc->broken = true;
        }
    }
    r.base = str_starts(text, STR("\xEF\xBB\xBF")) ? 3 : 0;
    r.mark_byte = r.gap = r.base;
    r.has_hash = memchr(text.ptr, '#', text.len);
    r.has_tab = memchr(text.ptr, '\t', text.len);
    if (!doc->broken)
        read_events(&r);
    finish_document(&r);
    mem_free(r.slots);
    arena_free(&r.scratch);
}
