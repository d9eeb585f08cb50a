/* policy.h: what people decided about findings, applied to one file's: levels of the configuration, suppressions,
 * the baseline. Everything is borrowed. */
#ifndef BACKENDS_LINT_POLICY_H
#define BACKENDS_LINT_POLICY_H

#include "backends/lint/config.h"

/* Applies all of it to the findings of `doc`, which was read from `file`, before the bag is finished. What is
 * wrong with suppressions is added to the bag. The baseline is the one given, or else the configuration's; either
 * may be NULL. Findings get their JSON pointers. */
void policy_apply(const struct lint_config *config, struct baseline *baseline, const char *file,
    const struct doc *doc, struct diag_bag *bag);

#endif
