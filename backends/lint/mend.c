#include "backends/lint/mend.h"

#include "frontend/fix.h"

struct round {
    struct source source;
    struct doc doc;
    struct ir ir;
    struct diag_bag bag;
};

static void start_round(
    struct round *round, struct str name, struct str text, const struct mend_options *options)
{
    source_from_text(&round->source, name, text);
    diag_bag_init(&round->bag);
    doc_read(&round->doc, &round->source, &round->bag);
    ir_build(&round->ir, &round->doc, &round->bag);
    lint_run(&round->ir, options->input, &round->bag);
    if (options->judge)
        options->judge(options->context, &round->bag, &round->doc);
    diag_bag_finish(&round->bag);
}

static void end_round(struct round *round)
{
    ir_free(&round->ir);
    doc_free(&round->doc);
    diag_bag_free(&round->bag);
    source_free(&round->source);
}

/* Two rounds at a time: the text as it is, and what its fixes would make of it. */
size_t mend_text(
    struct buf *out, struct str name, struct str text, const struct mend_options *options)
{
    struct buf next = {0};
    struct round rounds[2];
    unsigned now = 0;
    size_t total = 0;
    buf_add_str(out, text);
    start_round(&rounds[now], name, buf_str(out), options);
    for (int i = 0; i < MEND_ROUNDS; i++) {
        buf_clear(&next);
        size_t applied = fix_apply(&next, &rounds[now].source, &rounds[now].bag, options->most);
        if (applied == 0)
            break;
        start_round(&rounds[1 - now], name, buf_str(&next), options);
        bool worse = rounds[1 - now].bag.errors > rounds[now].bag.errors;
        end_round(&rounds[worse ? 1 - now : now]);
        if (worse)
            break;
        now = 1 - now;
        total += applied;
        buf_clear(out);
        buf_add_str(out, buf_str(&next));
    }
    end_round(&rounds[now]);
    buf_free(&next);
    return total;
}
