/* fuzz_yaml.c: the YAML reader over any bytes: a root always, spans inside the text and inside each other's order,
 * comments where they are said to be. What is read is held against its prints. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "frontend/doc.h"
#include "tests/fuzz/prints.h"

static void check(const struct source *source, struct span span)
{
    if (span.lo > span.hi || span.hi > source->text.len)
        abort();
}

/* Nodes behind an alias are shared: each is walked where it stands only. */
static void walk(const struct source *source, const struct doc_node *node)
{
    check(source, node->span);
    if (node->aliased)
        return;
    if (node->kind == DOC_ARRAY)
        for (size_t i = 0; i < node->as.array.count; i++)
            walk(source, node->as.array.items[i]);
    if (node->kind != DOC_OBJECT && node->kind != DOC_SET)
        return;
    for (size_t i = 0; i < node->as.object.count; i++) {
        check(source, node->as.object.members[i].key_span);
        if (!node->as.object.members[i].merged)
            walk(source, node->as.object.members[i].value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source source;
    struct diag_bag bag;
    struct doc doc;
    source_from_text(&source, STR("fuzz.yaml"), (struct str){(const char *)data, size});
    diag_bag_init(&bag);
    doc_read_yaml(&doc, &source, &bag);
    walk(&source, doc.root);
    for (size_t i = 0; i < doc.comment_count; i++) {
        check(&source, doc.comments[i].span);
        if (source.text.ptr[doc.comments[i].span.lo] != '#')
            abort();
    }
    for (size_t i = 0; i < bag.count; i++) {
        check(&source, bag.items[i]->span);
        for (size_t j = 0; bag.items[i]->fix && j < bag.items[i]->fix->edit_count; j++)
            check(&source, bag.items[i]->fix->edits[j].span);
    }
    if (doc.broken && bag.count == 0)
        abort();
    for (int notation = 0; notation < 3 && !doc.broken; notation++)
        prints_check(&doc, (enum doc_notation)notation, !bag.count);
    diag_bag_finish(&bag);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
    return 0;
}
