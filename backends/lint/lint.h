/* lint.h: the rules that look at a typed experiment, and the one walk that calls them.
 * Rules are constant rows; a run borrows the IR and adds findings to the bag. */
#ifndef BACKENDS_LINT_LINT_H
#define BACKENDS_LINT_LINT_H

#include "frontend/diag.h"
#include "ir/ir.h"

/* What rules see. */
struct lint {
    const struct ir *ir;
    const struct ir_experiment *experiment;
    struct source *source;
    struct diag_bag *bag;
};

/* A rule, or a few that look at the same thing: hooks that may be NULL. Its codes are rows of
 * frontend/codes.def. */
struct lint_rule {
    void (*experiment)(struct lint *lint);
    void (*activity)(struct lint *lint, const struct ir_activity *activity);
    void (*config)(struct lint *lint, const struct ir_config *config);
    void (*secret)(
        struct lint *lint, const struct ir_secret *secret, const struct ir_secret *group);
    void (*control)(struct lint *lint, const struct ir_control *control);
};

/* A file of rules. */
struct lint_group {
    const struct lint_rule *rules;
    size_t count;
};

#define LINT_GROUP(rows)                                                                           \
    {                                                                                              \
        (rows), sizeof(rows) / sizeof((rows)[0])                                                   \
    }

/* Calls every rule on a built IR; findings go to `bag` at their codes' default levels. */
void lint_run(const struct ir *ir, struct diag_bag *bag);

/* A finding of the linted source. */
#define lint_add(lint, code, span, ...)                                                            \
    diag_add((lint)->bag, (lint)->source, DIAG_##code, (span), __VA_ARGS__)

#endif
