#include "ir/ir.h"

#include "ir/check.h"

void ir_build(struct ir *ir, const struct doc *doc, struct diag_bag *bag)
{
    *ir = (struct ir){.doc = doc};
    arena_init(&ir->arena);
    ir->experiment = ARENA_NEW(&ir->arena, struct ir_experiment);
    struct check c = {
        .ir = ir,
        .arena = &ir->arena,
        .doc = doc,
        .source = doc->source,
        .bag = bag,
        .partial = doc->broken,
    };
    check_experiment(&c, doc->root);
    names_resolve(&c);
    ir->experiment->uses = c.uses;
    ir->experiment->use_count = c.use_count;
    ir->experiment->has_controls = c.has_controls;
}

void ir_free(struct ir *ir)
{
    arena_free(&ir->arena);
    *ir = (struct ir){0};
}
