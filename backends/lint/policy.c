#include "backends/lint/policy.h"

#include "backends/lint/path.h"
#include "backends/lint/place.h"
#include "backends/lint/suppress.h"

void policy_apply(const struct lint_config *config, struct baseline *baseline, const char *file,
    const struct doc *doc, struct diag_bag *bag)
{
    enum diag_level levels[DIAG_CODE_COUNT];
    struct suppressions set;
    config_levels(config, file, levels);
    suppress_collect(&set, doc, bag);
    if (config->ignore_file) {
        struct str name = path_below(&set.arena, config->ignore_file->folder, file);
        suppress_add_file(&set, &config->ignore_file->doc, name, doc, bag);
    }
    suppress_apply(&set, doc, levels, config->require_reason, bag);
    suppress_free(&set);
    config_apply(levels, bag);
    place_findings(doc, bag);
    if (!baseline)
        baseline = config->baseline;
    if (baseline)
        baseline_apply(baseline, file, doc, bag);
}
