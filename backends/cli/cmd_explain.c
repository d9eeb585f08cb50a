/* chaosc explain: the page of a rule. */
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/lint/pages.h"
#include "frontend/diag.h"

static const char *find_page(const char *id)
{
    for (size_t i = 0; i < lint_page_count; i++)
        if (strcmp(lint_pages[i].code, id) == 0)
            return lint_pages[i].text;
    return NULL;
}

static const struct diag_info *nearest(struct str word)
{
    const struct diag_info *best = NULL;
    unsigned best_distance = 4;
    for (int code = 0; code < DIAG_CODE_COUNT; code++) {
        const struct diag_info *info = diag_info((enum diag_code)code);
        unsigned distance = str_distance(word, str_from(info->slug), best_distance);
        if (distance < best_distance) {
            best = info;
            best_distance = distance;
        }
    }
    return best;
}

static int explain_main(struct cli *cli, void *options, char **words, size_t count)
{
    (void)options;
    enum diag_code code;
    if (count != 1) {
        cli_error(
            cli, "explain takes the code or the name of one rule, such as E204 or misplaced-key");
        return CLI_USAGE;
    }
    if (!diag_find(str_from(words[0]), &code)) {
        const struct diag_info *near = nearest(str_from(words[0]));
        if (near)
            cli_error(cli, "there is no rule `%s`; did you mean `%s` (%s)?", words[0], near->slug,
                near->id);
        else
            cli_error(cli, "there is no rule `%s`; `%s rules` lists them", words[0], cli->program);
        return CLI_USAGE;
    }
    const char *page = find_page(diag_info(code)->id);
    return page && cli_write(STDOUT_FILENO, str_from(page)) ? CLI_OK : CLI_FINDINGS;
}

const struct cli_command cmd_explain = {"explain", "CODE",
    "say what a rule finds, why it matters, and show a bad and a good example", NULL, {NULL, 0, 0},
    NULL, 0, NULL, false, explain_main};
