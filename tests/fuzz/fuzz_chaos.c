/* fuzz_chaos.c: the .chaos reader and the printers over any bytes. Findings and nodes stand inside the text; what parses,
 * is printed in every notation, with all comments where there are any, reads back equal, and is printed the same again. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "backends/fmt/fmt.h"
#include "backends/report/report.h"
#include "frontend/doc.h"

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void check_span(const struct source *source, struct span span)
{
    expect(span.lo <= span.hi && span.hi <= source->text.len);
}

static void walk(const struct source *source, const struct doc_node *node, unsigned depth)
{
    check_span(source, node->span);
    expect(depth < 10000);
    if (node->kind == DOC_ARRAY)
        for (size_t i = 0; i < node->as.array.count; i++)
            walk(source, node->as.array.items[i], depth + 1);
    if (node->kind != DOC_OBJECT)
        return;
    for (size_t i = 0; i < node->as.object.count; i++) {
        check_span(source, node->as.object.members[i].key_span);
        walk(source, node->as.object.members[i].value, depth + 1);
    }
}

/* What a printer may change in a comment: what no notation allows in one. */
static bool is_plain(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || (unsigned char)text.ptr[i] > '~')
            return false;
    return true;
}

static void check_comments(const struct doc *doc, struct str text)
{
    for (size_t i = 0; i < doc->comment_count; i++) {
        struct str comment = source_slice(doc->source, doc->comments[i].span);
        while (comment.len && comment.ptr[comment.len - 1] == ' ')
            comment.len--;
        expect(!is_plain(comment) || str_contains(text, comment));
    }
}

static void read_back(const struct doc *doc, enum doc_notation notation, bool faultless)
{
    static void (*const readers[])(struct doc *, struct source *, struct diag_bag *) = {
        [DOC_JSON] = doc_read_json, [DOC_YAML] = doc_read_yaml, [DOC_CHAOS] = doc_read_chaos};
    struct buf text = {0}, again = {0};
    struct fmt_report report;
    if (fmt_print(&text, doc, notation, &report)) {
        if (faultless && notation != DOC_JSON)
            check_comments(doc, buf_str(&text));
        struct source source;
        struct diag_bag bag;
        struct doc other;
        source_from_text(&source, STR("again"), buf_str(&text));
        diag_bag_init(&bag);
        readers[notation](&other, &source, &bag);
        expect(!other.broken && doc_equal(doc->root, other.root));
        expect(fmt_print(&again, &other, notation, &report));
        expect(str_equal(buf_str(&text), buf_str(&again)));
        doc_free(&other);
        diag_bag_free(&bag);
        source_free(&source);
    }
    buf_free(&text);
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source source;
    struct diag_bag bag;
    struct doc doc;
    struct buf out = {0};
    source_from_text(&source, STR("fuzz.chaos"), (struct str){(const char *)data, size});
    diag_bag_init(&bag);
    doc_read_chaos(&doc, &source, &bag);
    walk(&source, doc.root, 0);
    for (size_t i = 0; i < bag.count; i++)
        check_span(&source, bag.items[i]->span);
    for (size_t i = 0; i < doc.comment_count; i++)
        check_span(&source, doc.comments[i].span);
    expect(!doc.broken || bag.count > 0);
    for (int notation = 0; notation < 3 && !doc.broken; notation++)
        read_back(&doc, (enum doc_notation)notation, !bag.count);
    diag_bag_finish(&bag);
    report_text(&out, &bag, &(struct report_options){0});
    buf_free(&out);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
    return 0;
}
