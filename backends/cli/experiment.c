#include "backends/cli/experiment.h"

#include <string.h>
#include <unistd.h>

#include "backends/lint/lint.h"
#include "backends/report/report.h"

static bool has_known_extension(const char *path)
{
    static const char *const known[] = {".json", ".yaml", ".yml", ".chaos"};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    name += strspn(name, "."); /* ".json" is a name, not an extension */
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_ends(str_from(name), str_from(known[i])) && strlen(name) > strlen(known[i]))
            return true;
    return strcmp(path, "-") == 0;
}

static bool can_be_loaded(const char *path, struct log *log)
{
    if (strcmp(path, "-") != 0 && access(path, F_OK) != 0)
        log_error(log, "Path \"%s\" does not exist.", path);
    else if (!has_known_extension(path))
        log_error(
            log, "only files with json, yaml or yml extensions are supported, and with chaos");
    else
        return true;
    return false;
}

void experiment_report(const struct cli *cli, struct experiment_file *file)
{
    struct buf out = {0};
    report_text(&out, &file->bag, &(struct report_options){.color = cli->color_err});
    cli_write(STDERR_FILENO, buf_str(&out));
    buf_free(&out);
}

void experiment_unload(struct experiment_file *file)
{
    ir_free(&file->ir);
    compile_free(&file->unit);
    diag_bag_free(&file->bag);
}

/* What libyaml reads and the reference's YAML reader refuses. */
static bool is_lenient(const struct diag_bag *bag)
{
    for (size_t i = 0; i < bag->count; i++)
        if (bag->items[i]->code == DIAG_W124)
            return true;
    return false;
}

static bool read_url(
    struct cli *cli, const struct fetch *fetch, struct log *log, struct experiment_file *file)
{
    struct fetched got;
    if (!fetch_get(&cli->arena, fetch, log, &got))
        return false;
    file->unit = (struct compile_unit){0};
    source_from_text(&file->unit.source, str_from(fetch->url), got.text);
    got.read(&file->unit.doc, &file->unit.source, &file->bag);
    return true;
}

bool experiment_read(struct cli *cli, const struct fetch *from, bool compat, struct log *log,
    struct experiment_file *file)
{
    bool is_url = fetch_is_url(from->url);
    if (!is_url && !can_be_loaded(from->url, log))
        return false;
    *file = (struct experiment_file){0};
    diag_bag_init(&file->bag);
    if (is_url ? !read_url(cli, from, log, file)
               : !compile_read(cli, &file->unit, from->url, &file->bag)) {
        diag_bag_free(&file->bag);
        return false;
    }
    if (!file->unit.doc.broken && !(compat && is_lenient(&file->bag)))
        return true;
    diag_bag_finish(&file->bag);
    experiment_report(cli, file);
    experiment_unload(file);
    return false;
}

void experiment_rewrite(struct cli *cli, struct experiment_file *file, struct str text)
{
    struct str name =
        arena_printf(&cli->arena, "%.*s (rewritten by controls)", STR_ARG(file->unit.source.name));
    diag_bag_free(&file->bag);
    compile_free(&file->unit);
    diag_bag_init(&file->bag);
    file->unit = (struct compile_unit){0};
    source_from_text(&file->unit.source, name, text);
    doc_read_json(&file->unit.doc, &file->unit.source, &file->bag);
}

void experiment_check(struct experiment_file *file)
{
    ir_build(&file->ir, &file->unit.doc, &file->bag);
    lint_run(&file->ir, NULL, &file->bag);
    diag_bag_finish(&file->bag);
}

bool experiment_load(struct cli *cli, const struct fetch *from, bool compat, struct log *log,
    struct experiment_file *file)
{
    bool read = experiment_read(cli, from, compat, log, file);
    if (read)
        experiment_check(file);
    return read;
}

/* In the words that scripts may look for in the reference's log. */
static void warn_of_deprecated(const struct ir *ir, struct log *log)
{
    struct ir_deprecated found = ir_reference_deprecated(ir);
    if (found.mapping)
        log_warning(log, "Process arguments should now be a list to keep the ordering of the "
                         "arguments. Dictionary arguments are deprecated for process activities.");
    for (size_t i = 0; i < found.vault_keys; i++)
        log_warning(log,
            "Vault secrets must now specify the `path` property. The `key` property is now a key "
            "of a Vault secret rather than the actual path. For instance: {'my-key': {'type': "
            "'vault', 'key': 'foo'}} now becomes: {'my-key': {'type': 'vault', 'path': 'foo'}}");
}

bool experiment_accept(
    struct experiment_file *file, bool compat, struct log *log, struct ir_refusal *refusal)
{
    log_info(log, "Validating the experiment's syntax");
    if (!ir_reference_invalid(&file->ir, compat, refusal)) {
        warn_of_deprecated(&file->ir, log);
        return true;
    }
    struct place place = source_place(&file->unit.source, refusal->span.lo);
    log_error(log, "%.*s", STR_ARG(refusal->message));
    log_error(log, "  at %.*s:%u:%u", STR_ARG(file->unit.source.name), place.line, place.column);
    return false;
}
