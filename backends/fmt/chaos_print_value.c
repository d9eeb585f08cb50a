/* Words, strings and JSON values of the .chaos printer. */
#include "backends/fmt/chaos_print.h"

#include "frontend/chaos_lex.h"
#include "runtime/base/utf8.h"

/* No line of FMT_WIDTH columns has more bytes. */
enum { MOST_FLAT_BYTES = FMT_WIDTH * 4, HUG_ROOM = 20 };

static bool begins_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool continues_word(char c)
{
    return begins_word(c) || (c >= '0' && c <= '9') || c == '-';
}

bool chaos_is_word(struct str text)
{
    if (!text.len || !begins_word(text.ptr[0]))
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (!continues_word(text.ptr[i]))
            return false;
    return true;
}

bool chaos_is_plain(struct str text)
{
    const struct chaos_word *word = chaos_is_word(text) ? chaos_word(text) : NULL;
    return chaos_is_word(text) && (!word || word->role != CHAOS_LITERAL);
}

bool chaos_is_dotted(struct str text)
{
    const char *end = text.ptr + text.len, *at = text.ptr;
    for (size_t words = 1;; words++) {
        const char *dot = memchr(at, '.', (size_t)(end - at));
        if (!chaos_is_word(str_slice(at, dot ? dot : end)))
            return false;
        if (!dot)
            return words > 1;
        at = dot + 1;
    }
}

bool chaos_flat(struct printer *p, chaos_print_fn *fn, const void *what, struct str *text)
{
    struct buf scratch = {0}, *out = p->out;
    bool flat = p->flat;
    p->out = &scratch;
    p->flat = true;
    p->failed = false;
    fn(p, what, 0);
    bool fits = !p->failed && !memchr(buf_str(&scratch).ptr, '\n', scratch.len);
    if (fits)
        *text = arena_str(&p->arena, buf_str(&scratch));
    buf_free(&scratch);
    p->out = out;
    p->flat = flat;
    p->failed = flat && !fits;
    return fits;
}

bool chaos_fits(const struct printer *p, size_t length)
{
    return print_column(p) + length <= FMT_WIDTH;
}

static bool over_limit(struct printer *p)
{
    if (p->flat && p->out->len > MOST_FLAT_BYTES)
        p->failed = true;
    return p->flat && p->failed;
}

/* Raw quotes change nothing inside, so what they cannot hold is the quote itself and what must be escaped. */
static bool fits_raw(struct str text)
{
    return !memchr(text.ptr, '\'', text.len) && !memchr(text.ptr, '\n', text.len) &&
           !memchr(text.ptr, '\t', text.len) && !yaml_has_hidden(text);
}

void chaos_name(struct printer *p, struct str text)
{
    print_quoted(p, text, DOC_CHAOS);
}

void chaos_key(struct printer *p, struct str text)
{
    if (chaos_is_word(text))
        buf_add_str(p->out, text);
    else
        print_quoted(p, text, DOC_CHAOS);
}

static bool is_variable(struct str text)
{
    return text.len > 3 && str_starts(text, STR("${")) && text.ptr[text.len - 1] == '}' &&
           chaos_is_word((struct str){text.ptr + 2, text.len - 3});
}

static void print_inline_string(struct printer *p, struct str text, bool prefer_raw)
{
    bool escapes = memchr(text.ptr, '"', text.len) || memchr(text.ptr, '\\', text.len);
    if (is_variable(text))
        buf_add_str(p->out, text);
    else if ((prefer_raw || escapes) && fits_raw(text))
        buf_printf(p->out, "'%.*s'", STR_ARG(text));
    else
        print_quoted(p, text, DOC_CHAOS);
}

/* A heredoc loses the indentation that all lines share, blanks in empty lines and carriage returns. */
static bool fits_heredoc(struct str text)
{
    if (!memchr(text.ptr, '\n', text.len) || yaml_has_hidden(text) ||
        str_contains(text, STR("\"\"\"")) || text.ptr[text.len - 1] == '"')
        return false;
    bool flush = false;
    for (size_t i = 0; i < text.len; i++) {
        bool line_start = i == 0 || text.ptr[i - 1] == '\n';
        if (!line_start || text.ptr[i] == '\n')
            continue;
        size_t blank = i;
        while (blank < text.len && (text.ptr[blank] == ' ' || text.ptr[blank] == '\t'))
            blank++;
        if (blank == text.len || text.ptr[blank] == '\n')
            return false;
        flush = flush || blank == i;
    }
    return flush;
}

static void print_heredoc(struct printer *p, struct str text, unsigned indent)
{
    buf_add_text(p->out, "\"\"\"");
    const char *at = text.ptr, *end = text.ptr + text.len;
    for (;;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct str line = str_slice(at, stop ? stop : end);
        buf_add_char(p->out, '\n');
        if (line.len)
            buf_add_repeat(p->out, ' ', indent + 2);
        buf_add_str(p->out, line);
        if (!stop)
            break;
        at = stop + 1;
    }
    buf_add_char(p->out, '\n');
    buf_add_repeat(p->out, ' ', indent);
    buf_add_text(p->out, "\"\"\"");
}

struct string {
    struct str text;
    bool prefer_raw;
};

static void print_string_flat(struct printer *p, const void *what, unsigned indent)
{
    const struct string *string = what;
    (void)indent;
    print_inline_string(p, string->text, string->prefer_raw);
}

static void print_string(
    struct printer *p, const struct doc_node *node, bool prefer_raw, unsigned indent)
{
    struct string string = {node->as.text, prefer_raw};
    bool literal = node->style == DOC_LITERAL || node->style == DOC_FOLDED;
    bool heredoc = fits_heredoc(string.text);
    if (p->flat) {
        print_string_flat(p, &string, indent);
        p->failed = p->failed || (heredoc && literal);
        return;
    }
    struct str flat;
    bool fits = chaos_flat(p, print_string_flat, &string, &flat);
    if (heredoc && (literal || !fits || !chaos_fits(p, utf8_count(flat) + 1)))
        print_heredoc(p, string.text, indent);
    else
        print_inline_string(p, string.text, prefer_raw);
}

void chaos_pattern(struct printer *p, const struct doc_node *node)
{
    print_inline_string(p, node->as.text, true);
}

/* One member or item of a list that wraps. */
struct element {
    const struct doc_member *member; /* NULL for an item */
    const struct doc_node *node;
    bool words;
    bool time;
};

static void print_element(struct printer *p, const void *what, unsigned indent)
{
    const struct element *element = what;
    if (element->member) {
        chaos_key(p, element->member->key);
        buf_add_text(p->out, ": ");
    }
    if (element->time)
        chaos_time(p, element->node, indent);
    else if (element->words && element->node->kind == DOC_STRING &&
             chaos_is_plain(element->node->as.text))
        buf_add_str(p->out, element->node->as.text);
    else
        chaos_value(p, element->node, indent);
}

struct list {
    const struct doc_node *node;
    struct element *elements;
    size_t count;
    char open, close;
};

static void print_list_flat(struct printer *p, const void *what, unsigned indent)
{
    const struct list *list = what;
    const char *pad = list->open == '{' && list->count ? " " : "";
    buf_printf(p->out, "%c%s", list->open, pad);
    for (size_t i = 0; i < list->count; i++) {
        if (over_limit(p))
            return;
        if (i)
            buf_add_text(p->out, ", ");
        print_element(p, &list->elements[i], indent);
    }
    buf_printf(p->out, "%s%c", pad, list->close);
    over_limit(p);
}

static bool is_container(const struct doc_node *node)
{
    return node->kind == DOC_ARRAY || node->kind == DOC_OBJECT || node->kind == DOC_SET;
}

/* One element a line, each with its comments. */
static void print_list_noted(struct printer *p, const struct list *list, unsigned indent)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct element *element = &list->elements[i];
        const void *owner = element->member ? (const void *)element->member : element->node;
        uint32_t place = element->member ? element->member->key_span.lo : element->node->span.lo;
        print_leading(p, indent + 2, owner, place, i == 0);
        print_element(p, element, indent + 2);
        if (i + 1 < list->count)
            buf_add_char(p->out, ',');
        print_trailing(p, owner);
    }
    print_dangling(p, indent + 2, list->node);
    print_line(p, indent);
}

/* As many elements a line as fit; what does not fit on one line stands by itself. */
static void print_list_filled(struct printer *p, const struct list *list, unsigned indent)
{
    bool alone = true;
    for (size_t i = 0; i < list->count; i++) {
        const struct element *element = &list->elements[i];
        uint32_t place = element->member ? element->member->key_span.lo : element->node->span.lo;
        struct str flat;
        bool fits = chaos_flat(p, print_element, element, &flat);
        size_t length = fits ? utf8_count(flat) + 2 : 0;
        bool apart = i > 0 && p->same_notation && trivia_blank_before(p->doc, place);
        if (alone || !fits || apart || !chaos_fits(p, length + 1))
            print_line_for(p, indent + 2, place, i == 0);
        else
            buf_add_char(p->out, ' ');
        alone = !fits || !chaos_fits(p, length);
        if (alone)
            print_element(p, element, indent + 2);
        else
            buf_add_str(p->out, flat);
        if (i + 1 < list->count)
            buf_add_char(p->out, ',');
    }
    if (list->open != '(')
        print_line(p, indent);
}

static void print_list(struct printer *p, const struct list *list, unsigned indent)
{
    size_t notes = trivia_inside(&p->trivia, list->node, NULL);
    if (p->flat) {
        p->failed = p->failed || notes > 0;
        if (!p->failed)
            print_list_flat(p, list, indent);
        return;
    }
    struct str flat;
    if (!notes && chaos_flat(p, print_list_flat, list, &flat) &&
        chaos_fits(p, utf8_count(flat) + 1)) {
        buf_add_str(p->out, flat);
        return;
    }
    if (!list->count && !notes) {
        print_list_flat(p, list, indent);
        return;
    }
    bool hugs = list->count == 1 && is_container(list->elements[0].node) &&
                chaos_fits(p, HUG_ROOM); /* else a deep tree would run off the line */
    buf_add_char(p->out, list->open);
    if (!notes && hugs)
        print_element(p, &list->elements[0], indent);
    else if (notes)
        print_list_noted(p, list, indent);
    else
        print_list_filled(p, list, indent);
    buf_add_char(p->out, list->close);
}

static void print_array(struct printer *p, const struct doc_node *node, bool time, unsigned indent)
{
    size_t count = node->as.array.count;
    struct list list = {node, ARENA_ARRAY(&p->arena, struct element, count + 1), count, '[', ']'};
    for (size_t i = 0; i < count; i++)
        list.elements[i] = (struct element){.node = node->as.array.items[i], .time = time};
    print_list(p, &list, indent);
}

void chaos_members(struct printer *p, const struct doc_node *object, const char *brackets,
    bool words, unsigned indent)
{
    struct ordered ordered = order_members(&p->arena, SCHEMA_KIND_NONE, object, p->same_notation);
    struct list list = {object, ARENA_ARRAY(&p->arena, struct element, ordered.count + 1),
        ordered.count, brackets[0], brackets[1]};
    for (size_t i = 0; i < ordered.count; i++)
        list.elements[i] = (struct element){
            .member = ordered.members[i], .node = ordered.members[i]->value, .words = words};
    print_list(p, &list, indent);
}

void chaos_value(struct printer *p, const struct doc_node *node, unsigned indent)
{
    if (over_limit(p))
        return;
    switch ((enum doc_kind)node->kind) {
    case DOC_OBJECT:
    case DOC_SET:
        chaos_members(p, node, "{}", false, indent);
        break;
    case DOC_ARRAY:
        print_array(p, node, false, indent);
        break;
    case DOC_BOOL:
        buf_add_text(p->out, node->as.truth ? "true" : "false");
        break;
    case DOC_INT:
    case DOC_REAL:
        buf_add_str(p->out, node->as.text);
        break;
    case DOC_STRING:
        print_string(p, node, false, indent);
        break;
    case DOC_DATE:
    case DOC_DATETIME:
    case DOC_BINARY:
        print_quoted(p, node->as.text, DOC_CHAOS);
        break;
    case DOC_NULL:
    case DOC_ERROR: /* a broken document is never printed */
        buf_add_text(p->out, "null");
        break;
    }
}

/* Whole seconds in the largest unit that keeps them whole, from two minutes on. */
static bool print_whole_seconds(struct printer *p, struct str text)
{
    unsigned long seconds = 0;
    if (text.len > 8 || (text.len > 1 && text.ptr[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        seconds = seconds * 10 + (unsigned long)(text.ptr[i] - '0');
    }
    if (seconds >= 3600 && seconds % 3600 == 0)
        buf_printf(p->out, "%luh", seconds / 3600);
    else if (seconds >= 120 && seconds % 60 == 0)
        buf_printf(p->out, "%lum", seconds / 60);
    else
        buf_printf(p->out, "%lus", seconds);
    return true;
}

/* 0.5 as 500ms, 1.5 as 1.5s: only spellings that come back the same. */
static bool print_part_seconds(struct printer *p, struct str text)
{
    const char *point = memchr(text.ptr, '.', text.len);
    if (!point || text.len > 12 || text.ptr[text.len - 1] == '0')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr + i != point && (text.ptr[i] < '0' || text.ptr[i] > '9'))
            return false;
    size_t decimals = (size_t)(text.ptr + text.len - point) - 1;
    if (text.ptr[0] != '0') {
        buf_printf(p->out, "%.*ss", STR_ARG(text));
        return true;
    }
    if (point != text.ptr + 1 || decimals > 3)
        return false;
    unsigned long thousandths = 0;
    for (size_t i = 0; i < 3; i++)
        thousandths = thousandths * 10 + (i < decimals ? (unsigned long)(point[1 + i] - '0') : 0);
    buf_printf(p->out, "%lums", thousandths);
    return true;
}

void chaos_time(struct printer *p, const struct doc_node *node, unsigned indent)
{
    if (node->kind == DOC_ARRAY) {
        print_array(p, node, true, indent);
        return;
    }
    bool number = node->kind == DOC_INT || node->kind == DOC_REAL;
    if (number && p->same_notation)
        buf_add_str(p->out, source_slice(p->doc->source, node->span));
    else if (!number ||
             !(print_whole_seconds(p, node->as.text) || print_part_seconds(p, node->as.text)))
        chaos_value(p, node, indent);
}

void chaos_names(struct printer *p, const struct doc_node *array)
{
    for (size_t i = 0; i < array->as.array.count; i++) {
        if (i)
            buf_add_text(p->out, ", ");
        chaos_key(p, array->as.array.items[i]->as.text);
    }
}
