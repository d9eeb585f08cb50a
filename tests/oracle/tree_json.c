/* tree_json.c: prints what a reader made of each file, one JSON line a file: the tree with its kinds spelt out,
 * and the findings. compare_yaml.py holds it against PyYAML. */
#include <stdio.h>
#include <string.h>

#include "frontend/doc.h"
#include "runtime/base/json_write.h"
#include "runtime/base/number.h"

static void print_node(struct json_writer *w, const struct doc_node *node);

static void print_tagged(struct json_writer *w, const char *tag, struct str text)
{
    jw_open_object(w);
    jw_key_string(w, tag, text);
    jw_close_object(w);
}

static void print_real(struct json_writer *w, struct str text)
{
    char spelt[NUMBER_REPR_SIZE];
    size_t len = number_repr(number_to_double(text), spelt);
    print_tagged(w, "real", (struct str){spelt, len});
}

static void print_members(struct json_writer *w, const struct doc_node *node)
{
    jw_open_object(w);
    jw_key(w, node->kind == DOC_SET ? STR("set") : STR("map"));
    jw_open_array(w);
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        if (member->repeated)
            continue;
        jw_open_array(w);
        jw_string(w, member->key);
        print_node(w, member->value);
        jw_close_array(w);
    }
    jw_close_array(w);
    jw_close_object(w);
}

static void print_node(struct json_writer *w, const struct doc_node *node)
{
    switch ((enum doc_kind)node->kind) {
    case DOC_ERROR:
        print_tagged(w, "error", STR(""));
        return;
    case DOC_NULL:
        jw_null(w);
        return;
    case DOC_BOOL:
        jw_bool(w, node->as.truth);
        return;
    case DOC_INT:
        print_tagged(w, "int", node->as.text);
        return;
    case DOC_REAL:
        print_real(w, node->as.text);
        return;
    case DOC_STRING:
        jw_string(w, node->as.text);
        return;
    case DOC_ARRAY:
        jw_open_array(w);
        for (size_t i = 0; i < node->as.array.count; i++)
            print_node(w, node->as.array.items[i]);
        jw_close_array(w);
        return;
    case DOC_OBJECT:
    case DOC_SET:
        print_members(w, node);
        return;
    case DOC_DATE:
        print_tagged(w, "date", node->as.text);
        return;
    case DOC_DATETIME:
        print_tagged(w, "datetime", node->as.text);
        return;
    case DOC_BINARY:
        print_tagged(w, "binary", node->as.text);
        return;
    }
}

static void print_file(const char *path)
{
    struct source source;
    struct doc doc;
    struct diag_bag bag;
    struct buf out = {0};
    if (source_open(&source, path) != SOURCE_OK) {
        puts("null");
        return;
    }
    diag_bag_init(&bag);
    doc_read_yaml(&doc, &source, &bag);
    struct json_writer w = jw_start(&out, (struct json_style){.ascii = true});
    jw_open_object(&w);
    jw_key(&w, STR("tree"));
    print_node(&w, doc.root);
    jw_key_bool(&w, "broken", doc.broken);
    jw_key(&w, STR("findings"));
    jw_open_array(&w);
    for (size_t i = 0; i < bag.count; i++) {
        jw_open_array(&w);
        jw_string(&w, str_from(diag_info(bag.items[i]->code)->id));
        jw_string(&w, bag.items[i]->message);
        jw_close_array(&w);
    }
    jw_close_array(&w);
    jw_close_object(&w);
    puts(out.data);
    buf_free(&out);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        print_file(argv[i]);
    return 0;
}
