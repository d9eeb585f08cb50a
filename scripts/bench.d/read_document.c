/* Reads one experiment into a document tree and ends: the readers of chaosc alone, each by its file's name. */
#include <stdio.h>

#include "frontend/doc.h"

int main(int argc, char **argv)
{
    struct source source;
    struct diag_bag bag;
    struct doc doc;
    diag_bag_init(&bag);
    if (argc != 2 || source_open(&source, argv[1]) != SOURCE_OK) {
        fprintf(stderr, "usage: read_document FILE\n");
        return 2;
    }
    doc_read(&doc, &source, &bag);
    bool read = !doc.broken;
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
    return read ? 0 : 1;
}
