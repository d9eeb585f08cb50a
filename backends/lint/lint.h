/* lint.h: the rules that look at a typed experiment, and the one walk that calls them.
 * Rules are constant rows; a run borrows the IR and adds findings to the bag. */
#ifndef BACKENDS_LINT_LINT_H
#define BACKENDS_LINT_LINT_H

#include "backends/lint/driver_call.h"
#include "frontend/diag.h"
#include "ir/ir.h"
#include "runtime/base/map.h"

/* What a run of the linter is given beside the IR; all zero is right for most. */
struct lint_input {
    const struct signature_package *const *signatures; /* a project's own tables */
    size_t signature_count;
    const struct driver_pin *pins; /* versions of extensions that the project uses */
    size_t pin_count;
};

/* What rules see. */
struct lint {
    const struct ir *ir;
    const struct ir_experiment *experiment;
    struct source *source;
    struct diag_bag *bag;
    struct driver_context drivers;
    /* Activities by what they call, "module.function": of equal calls the last. Empty without Python. */
    struct map method_calls, rollback_calls;
    struct map secret_groups; /* by name */
    unsigned near_groups;     /* how often a near one was looked for */
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

/* Calls every rule on a built IR; findings go to `bag` at their codes' default levels. `input` may be
 * NULL. */
void lint_run(const struct ir *ir, const struct lint_input *input, struct diag_bag *bag);

/* A finding of the linted source. */
#define lint_add(lint, code, span, ...)                                                            \
    diag_add((lint)->bag, (lint)->source, DIAG_##code, (span), __VA_ARGS__)

/* ---- questions that several rules ask (look.c) ---- */

/* The signature of a Python provider's function, or NULL if no table knows it. */
const struct signature *look_signature(const struct lint *lint, const struct ir_provider *provider);

/* True for a URL whose host is this machine or a private network's: localhost, 127.x, 10.x, 172.16-31.x,
 * 192.168.x, *.local, *.svc, a name without dots, or one that starts with a variable. */
bool look_is_local(struct str url);

/* True for a value that stands for one that is filled in elsewhere: XYZ, changeme, <token>, ${x} ... */
bool look_is_placeholder(struct str value);

/* True if the name says that its value is secret: token, password, api_key ... */
bool look_is_secret_name(struct str name);

#endif
