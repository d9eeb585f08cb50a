/* policy.h: what people decided about findings, applied to one file's: levels of the configuration, suppressions,
 * the baseline. Everything is borrowed. */
#ifndef BACKENDS_LINT_POLICY_H
#define BACKENDS_LINT_POLICY_H

#include "backends/lint/baseline.h"
#include "backends/lint/config.h"

struct policy {
    const struct lint_config *config;
    const struct doc *ignore_file; /* read from config->ignore_file, or NULL */
    struct str ignore_folder;      /* absolute: names in the ignore file are relative to it */
    struct baseline *baseline;     /* or NULL */
};

/* Applies all of it to the findings of `doc`, which was read from `file`, before the bag is finished. What is
 * wrong with suppressions is added to the bag. */
void policy_apply(
    const struct policy *policy, const char *file, const struct doc *doc, struct diag_bag *bag);

#endif
