/* prints.h: what fuzz targets hold of the printers: what was read is printed in every notation, with all its comments where
 * the notation has any, reads back equal, and is printed the same again. Borrows the document; frees what it made. */
#ifndef TESTS_FUZZ_PRINTS_H
#define TESTS_FUZZ_PRINTS_H

#include <stdlib.h>

#include "backends/fmt/fmt.h"
#include "frontend/doc.h"

static inline void prints_expect(bool holds)
{
    if (!holds)
        abort();
}

/* Whether a printer leaves a comment as it stands: it replaces what no notation allows in one. */
static inline bool prints_is_plain(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || (unsigned char)text.ptr[i] > '~')
            return false;
    return true;
}

static inline void prints_check_comments(const struct doc *doc, struct str text)
{
    for (size_t i = 0; i < doc->comment_count; i++) {
        struct str comment = source_slice(doc->source, doc->comments[i].span);
        while (comment.len && comment.ptr[comment.len - 1] == ' ')
            comment.len--;
        prints_expect(!prints_is_plain(comment) || str_contains(text, comment));
    }
}

/* Whether the tree holds only what every notation can: no dates, bytes and sets of YAML. */
static inline bool prints_is_common(const struct doc_node *node)
{
    bool common = node->kind != DOC_DATE && node->kind != DOC_DATETIME &&
                  node->kind != DOC_BINARY && node->kind != DOC_SET;
    for (size_t i = 0; node->kind == DOC_ARRAY && common && i < node->as.array.count; i++)
        common = prints_is_common(node->as.array.items[i]);
    for (size_t i = 0; node->kind == DOC_OBJECT && common && i < node->as.object.count; i++)
        common = prints_is_common(node->as.object.members[i].value);
    return common;
}

/* Prints a document that is not broken. `faultless`: nothing was found in it, so no comment may be missing. */
static inline void prints_check(const struct doc *doc, enum doc_notation notation, bool faultless)
{
    static void (*const readers[])(struct doc *, struct source *, struct diag_bag *) = {
        [DOC_JSON] = doc_read_json, [DOC_YAML] = doc_read_yaml, [DOC_CHAOS] = doc_read_chaos};
    struct buf text = {0}, again = {0};
    struct fmt_report report;
    if (fmt_convert(&text, doc, notation, &report)) {
        struct source source;
        struct diag_bag bag;
        struct doc other;
        if (faultless && notation != DOC_JSON)
            prints_check_comments(doc, buf_str(&text));
        source_from_text(&source, STR("again"), buf_str(&text));
        diag_bag_init(&bag);
        readers[notation](&other, &source, &bag);
        prints_expect(!other.broken);
        prints_expect(!prints_is_common(doc->root) || doc_equal(doc->root, other.root));
        prints_expect(fmt_print(&again, &other, notation, &report));
        prints_expect(str_equal(buf_str(&text), buf_str(&again)));
        doc_free(&other);
        diag_bag_free(&bag);
        source_free(&source);
    }
    buf_free(&text);
    buf_free(&again);
}

#endif
