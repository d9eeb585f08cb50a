/* fuzz_chaos.c: the .chaos reader and the printers over any bytes. Findings and nodes stand inside the text; what parses
 * is held against its prints. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "backends/report/report.h"
#include "frontend/doc.h"
#include "tests/fuzz/prints.h"

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
        prints_check(&doc, (enum doc_notation)notation, !bag.count);
    diag_bag_finish(&bag);
    report_text(&out, &bag, &(struct report_options){0});
    buf_free(&out);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
    return 0;
}
