/* fuzz_json.c: both JSON readers over any bytes. They agree on what is JSON; what is read, is written and read again
 * unchanged, in every notation; the recovering reader's spans nest, its findings can be printed and its fixes applied. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "backends/report/report.h"
#include "frontend/doc.h"
#include "runtime/base/json.h"
#include "runtime/base/json_write.h"
#include "tests/fuzz/prints.h"

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static bool is_inside(struct span inner, struct span outer)
{
    return inner.lo <= inner.hi && inner.lo >= outer.lo && inner.hi <= outer.hi;
}

static void walk(const struct doc_node *node, struct span around)
{
    expect(is_inside(node->span, around));
    if (node->kind == DOC_ARRAY)
        for (size_t i = 0; i < node->as.array.count; i++)
            walk(node->as.array.items[i], node->span);
    if (node->kind != DOC_OBJECT)
        return;
    for (size_t i = 0; i < node->as.object.count; i++) {
        expect(is_inside(node->as.object.members[i].key_span, node->span));
        walk(node->as.object.members[i].value, node->span);
    }
}

static void check_findings(const struct source *source, const struct diag_bag *bag)
{
    struct span all = {0, (uint32_t)source->text.len};
    for (size_t i = 0; i < bag->count; i++) {
        const struct diag *diag = bag->items[i];
        expect(is_inside(diag->span, all));
        for (size_t j = 0; j < diag->related_count; j++)
            expect(is_inside(diag->related[j].span, all));
        for (size_t j = 0; diag->fix && j < diag->fix->edit_count; j++) {
            expect(is_inside(diag->fix->edits[j].span, all));
            expect(j == 0 || diag->fix->edits[j].span.lo >= diag->fix->edits[j - 1].span.hi);
        }
    }
}

/* Gives whether the recovering reader found the text to be JSON. */
static bool read_recovering(struct str text)
{
    struct source source;
    struct diag_bag bag;
    struct doc doc;
    struct buf out = {0};
    source_from_text(&source, STR("fuzz.json"), text);
    diag_bag_init(&bag);
    doc_read_json(&doc, &source, &bag);
    walk(doc.root, (struct span){0, (uint32_t)source.text.len});
    check_findings(&source, &bag);
    bool broken = doc.broken;
    expect(!broken || bag.count > 0);
    for (int notation = 0; notation < 3 && !broken; notation++)
        prints_check(&doc, (enum doc_notation)notation, !bag.count);
    diag_bag_finish(&bag);
    report_text(&out, &bag, &(struct report_options){.color = true, .width = 40});
    doc_print(&out, &doc);
    buf_free(&out);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
    return !broken;
}

/* Gives whether the strict reader read the text. */
static bool read_strict(struct str text)
{
    struct json_options options = {.allow_not_finite = true};
    struct json_style style = {.ascii = text.len % 2 == 1, .indent = (unsigned)(text.len % 3)};
    struct arena arena;
    struct value value, again;
    struct json_failure failure;
    struct buf out = {0}, twice = {0};
    arena_init(&arena);
    bool ok = json_parse(&arena, text, &options, &value, &failure);
    expect(ok || (failure.error != JSON_OK && failure.offset <= text.len));
    if (ok) {
        struct json_writer writer = jw_start(&out, style);
        jw_value(&writer, &value);
        expect(json_parse(&arena, buf_str(&out), &options, &again, NULL));
        writer = jw_start(&twice, style);
        jw_value(&writer, &again);
        expect(str_equal(buf_str(&out), buf_str(&twice)));
    }
    buf_free(&out);
    buf_free(&twice);
    arena_free(&arena);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena);
    struct str text = arena_str(&arena, (struct str){(const char *)data, size});
    expect(read_recovering(text) == read_strict(text));
    arena_free(&arena);
    return 0;
}
