/* walk.h: visits every node of an IR in the order of the document, for rules and other readers.
 * The IR is only read; the context is the caller's. */
#ifndef IR_WALK_H
#define IR_WALK_H

#include "ir/ir.h"

/* Hooks; NULL ones are skipped. */
struct ir_visitor {
    void (*config)(void *context, const struct ir_config *config);
    void (*secret)(void *context, const struct ir_secret *secret, const struct ir_secret *group);
    void (*control)(void *context, const struct ir_control *control);
    /* Before and after what is inside; also for tolerance probes and probes of the configuration. */
    void (*activity)(void *context, const struct ir_activity *activity);
    void (*activity_end)(void *context, const struct ir_activity *activity);
};

/* Visits the configuration, the secrets (groups first, `group` NULL for them), the controls, then the
 * hypothesis, the method and the rollbacks. */
void ir_walk(
    const struct ir_experiment *experiment, const struct ir_visitor *visitor, void *context);

#endif
