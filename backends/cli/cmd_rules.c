/* chaosc rules: every rule of the linter. */
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "frontend/diag.h"

struct rules_options {
    bool json;
};

static const struct option_row rules_table[] = {
    {"json", 0, OPTION_FLAG, offsetof(struct rules_options, json), NULL, NULL,
        "as a JSON array of objects"},
};

static const char *const level_names[] = {"off", "info", "warning", "error"};
static const char *const fix_names[] = {"never", "sometimes", "always"};

static void add_row(struct buf *out, const struct diag_info *info)
{
    buf_printf(out, "%s  %-8s %-28s %s%s\n", info->id, level_names[info->level], info->slug,
        info->summary, info->fixability == DIAG_FIX_NEVER ? "" : " (fix)");
}

static void add_member(struct buf *out, const char *key, const char *value, bool last)
{
    buf_printf(out, "\"%s\": \"", key);
    for (const char *p = value; *p; p++) {
        if (*p == '"' || *p == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, *p);
    }
    buf_add_text(out, last ? "\"" : "\", ");
}

static void add_object(struct buf *out, const struct diag_info *info)
{
    buf_add_text(out, "  {");
    add_member(out, "code", info->id, false);
    add_member(out, "slug", info->slug, false);
    add_member(out, "level", level_names[info->level], false);
    add_member(out, "group", info->group, false);
    add_member(out, "fix", fix_names[info->fixability], false);
    add_member(out, "summary", info->summary, true);
    buf_add_char(out, '}');
}

static int rules_main(struct cli *cli, void *options, char **words, size_t count)
{
    const struct rules_options *rules = options;
    (void)words;
    if (count > 0) {
        cli_error(cli, "rules takes no arguments; `%s explain CODE` shows one", cli->program);
        return CLI_USAGE;
    }
    struct buf out = {0};
    buf_add_text(&out, rules->json ? "[\n" : "");
    for (int code = 0; code < DIAG_CODE_COUNT; code++) {
        const struct diag_info *info = diag_info((enum diag_code)code);
        if (rules->json) {
            add_object(&out, info);
            buf_add_text(&out, code + 1 < DIAG_CODE_COUNT ? ",\n" : "\n");
        } else {
            add_row(&out, info);
        }
    }
    buf_add_text(&out, rules->json ? "]\n" : "");
    bool written = cli_write(STDOUT_FILENO, buf_str(&out));
    buf_free(&out);
    return written ? CLI_OK : CLI_FINDINGS;
}

const struct cli_command cmd_rules = {"rules", "", "list every rule of lint", NULL,
    CLI_OPTIONS(rules_table), NULL, sizeof(struct rules_options), NULL, false, rules_main};
