#include "backends/lint/policy.h"

#include "backends/lint/path.h"
#include "backends/lint/place.h"
#include "backends/lint/suppress.h"

void policy_apply(
    const struct policy *policy, const char *file, const struct doc *doc, struct diag_bag *bag)
{
    enum diag_level levels[DIAG_CODE_COUNT];
    struct suppressions set;
    config_levels(policy->config, file, levels);
    suppress_collect(&set, doc, bag);
    if (policy->ignore_file) {
        struct str name = path_below(&set.arena, policy->ignore_folder, file);
        suppress_add_file(&set, policy->ignore_file, name, doc, bag);
    }
    suppress_apply(&set, doc, levels, policy->config->require_reason, bag);
    suppress_free(&set);
    config_apply(levels, bag);
    place_findings(doc, bag);
    if (policy->baseline)
        baseline_apply(policy->baseline, file, doc, bag);
}
