/* SARIF 2.1.0 (OASIS): one run; the results come first, so that only the rules that fired need be listed. */
#include "backends/report/formats.h"

static const char *sarif_level(enum diag_level level)
{
    switch (level) {
    case DIAG_ERROR:
        return "error";
    case DIAG_WARNING:
        return "warning";
    case DIAG_INFO:
        return "note";
    case DIAG_OFF:
        break;
    }
    return "none";
}

static void write_text(struct json_writer *w, const char *key, struct str text)
{
    jw_key(w, str_from(key));
    jw_open_object(w);
    jw_key_string(w, "text", text);
    jw_close_object(w);
}

static void write_region(
    struct json_writer *w, const char *key, struct source *source, struct span span)
{
    struct report_region region = report_region(source, span);
    jw_key(w, str_from(key));
    jw_open_object(w);
    jw_key_int(w, "startLine", region.start.line);
    jw_key_int(w, "startColumn", region.start.column);
    jw_key_int(w, "endLine", region.end.line);
    jw_key_int(w, "endColumn", region.end.column);
    jw_key_int(w, "byteOffset", span.lo);
    jw_key_int(w, "byteLength", span.hi - span.lo);
    jw_close_object(w);
}

static void write_artifact(struct report *report, struct str name)
{
    struct json_writer *w = &report->json;
    jw_key(w, STR("artifactLocation"));
    jw_open_object(w);
    jw_key_string(w, "uri", report_uri(report, name));
    jw_close_object(w);
}

static void write_physical(struct report *report, struct source *source, struct span span)
{
    struct json_writer *w = &report->json;
    jw_key(w, STR("physicalLocation"));
    jw_open_object(w);
    write_artifact(report, source->name);
    write_region(w, "region", source, span);
    jw_close_object(w);
}

static void write_location(struct report *report, const struct diag *diag)
{
    struct json_writer *w = &report->json;
    jw_key(w, STR("locations"));
    jw_open_array(w);
    jw_open_object(w);
    write_physical(report, diag->source, diag->span);
    if (diag->pointer.len) {
        jw_key(w, STR("logicalLocations"));
        jw_open_array(w);
        jw_open_object(w);
        jw_key_string(w, "fullyQualifiedName", diag->pointer);
        jw_close_object(w);
        jw_close_array(w);
    }
    jw_close_object(w);
    jw_close_array(w);
}

static void write_related(struct report *report, const struct diag *diag)
{
    struct json_writer *w = &report->json;
    jw_key(w, STR("relatedLocations"));
    jw_open_array(w);
    for (size_t i = 0; i < diag->related_count; i++) {
        jw_open_object(w);
        jw_key_int(w, "id", (long long)i);
        write_physical(report, diag->source, diag->related[i].span);
        write_text(w, "message", diag->related[i].text);
        jw_close_object(w);
    }
    jw_close_array(w);
}

static void write_fix(struct report *report, const struct diag *diag)
{
    struct json_writer *w = &report->json;
    const struct diag_fix *fix = diag->fix;
    jw_key(w, STR("fixes"));
    jw_open_array(w);
    jw_open_object(w);
    write_text(w, "description", fix->title);
    jw_key(w, STR("artifactChanges"));
    jw_open_array(w);
    jw_open_object(w);
    write_artifact(report, diag->source->name);
    jw_key(w, STR("replacements"));
    jw_open_array(w);
    for (size_t i = 0; i < fix->edit_count; i++) {
        jw_open_object(w);
        write_region(w, "deletedRegion", diag->source, fix->edits[i].span);
        write_text(w, "insertedContent", fix->edits[i].text);
        jw_close_object(w);
    }
    jw_close_array(w);
    jw_close_object(w);
    jw_close_array(w);
    jw_key(w, STR("properties"));
    jw_open_object(w);
    jw_key_bool(w, "safe", fix->applicability == DIAG_SAFE);
    jw_close_object(w);
    jw_close_object(w);
    jw_close_array(w);
}

static void write_suppression(struct json_writer *w, const struct diag *diag)
{
    jw_key(w, STR("suppressions"));
    jw_open_array(w);
    if (diag->suppressed) {
        jw_open_object(w);
        jw_key_text(w, "kind", diag->suppressed_outside ? "external" : "inSource");
        if (diag->suppression.len)
            jw_key_string(w, "justification", diag->suppression);
        jw_close_object(w);
    }
    jw_close_array(w);
}

static void write_result(struct report *report, const struct diag *diag)
{
    struct json_writer *w = &report->json;
    if (report->rule_index[diag->code] == 0)
        report->rule_index[diag->code] = ++report->rule_count;
    jw_open_object(w);
    jw_key_text(w, "ruleId", diag_info(diag->code)->id);
    jw_key_int(w, "ruleIndex", report->rule_index[diag->code] - 1);
    jw_key_text(w, "level", sarif_level(diag->level));
    write_text(w, "message", report_message(report, diag));
    write_location(report, diag);
    jw_key(w, STR("partialFingerprints"));
    jw_open_object(w);
    jw_key_string(w, "chaosc/v1", report_fingerprint(report, diag));
    jw_close_object(w);
    if (diag->related_count)
        write_related(report, diag);
    if (diag->fix && diag->fix->edit_count && diag->fix->applicability != DIAG_DISPLAY_ONLY)
        write_fix(report, diag);
    write_suppression(w, diag);
    jw_close_object(w);
}

void report_sarif_start(struct report *report)
{
    struct json_writer *w = &report->json;
    *w = jw_start(report->out, (struct json_style){.indent = 2});
    jw_open_object(w);
    jw_key_text(w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    jw_key_text(w, "version", "2.1.0");
    jw_key(w, STR("runs"));
    jw_open_array(w);
    jw_open_object(w);
    jw_key_text(w, "columnKind", "unicodeCodePoints");
    jw_key(w, STR("results"));
    jw_open_array(w);
}

void report_sarif_file(struct report *report, struct str name, const struct diag_bag *bag)
{
    (void)name;
    for (size_t i = 0; i < bag->count; i++)
        if (bag->items[i]->level != DIAG_OFF)
            write_result(report, bag->items[i]);
}

static void write_rule(struct json_writer *w, enum diag_code code)
{
    const struct diag_info *info = diag_info(code);
    jw_open_object(w);
    jw_key_text(w, "id", info->id);
    jw_key_text(w, "name", info->slug);
    write_text(w, "shortDescription", str_from(info->summary));
    jw_key(w, STR("defaultConfiguration"));
    jw_open_object(w);
    jw_key_text(w, "level", sarif_level(info->level));
    jw_close_object(w);
    jw_key(w, STR("properties"));
    jw_open_object(w);
    jw_key(w, STR("tags"));
    jw_open_array(w);
    jw_string(w, str_from(info->group));
    jw_close_array(w);
    jw_close_object(w);
    jw_close_object(w);
}

void report_sarif_finish(struct report *report)
{
    struct json_writer *w = &report->json;
    uint16_t codes[DIAG_CODE_COUNT];
    for (int code = 0; code < DIAG_CODE_COUNT; code++)
        if (report->rule_index[code])
            codes[report->rule_index[code] - 1] = (uint16_t)code;
    jw_close_array(w);
    jw_key(w, STR("tool"));
    jw_open_object(w);
    jw_key(w, STR("driver"));
    jw_open_object(w);
    jw_key_text(w, "name", "chaosc");
    jw_key_text(w, "version", CHAOSC_VERSION);
    jw_key(w, STR("rules"));
    jw_open_array(w);
    for (unsigned i = 0; i < report->rule_count; i++)
        write_rule(w, (enum diag_code)codes[i]);
    jw_close_array(w);
    jw_close_object(w);
    jw_close_object(w);
    jw_close_object(w);
    jw_close_array(w);
    jw_close_object(w);
    buf_add_char(report->out, '\n');
}
