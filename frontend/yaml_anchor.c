/* Anchors and aliases: an alias shares the value it names, so what it makes of the document is counted, and a
 * value that would contain itself is refused. */
#include "frontend/yaml_reader.h"

static struct yaml_anchor *find_anchor(struct yaml_reader *r, struct str name)
{
    size_t place = (size_t)(uintptr_t)map_get(&r->anchors_by_name, name);
    return place ? &r->anchors[place - 1] : NULL;
}

size_t yaml_add_anchor(struct yaml_reader *r, const yaml_char_t *name, struct span span)
{
    struct str text = arena_str(&r->scratch, str_from((const char *)name));
    struct yaml_anchor *earlier = find_anchor(r, text);
    if (earlier) {
        struct diag *diag = diag_add(r->bag, r->source, DIAG_W124, span,
            "the anchor `&%.*s` is defined twice: the reference refuses to load the file",
            STR_ARG(text));
        diag_relate(r->bag, diag, earlier->span, "first defined here");
    }
    *ARENA_PUSH(&r->scratch, r->anchors, r->anchor_count, r->anchor_room) =
        (struct yaml_anchor){.name = text, .span = span, .open = true};
    map_set(&r->anchors_by_name, text, (void *)(uintptr_t)r->anchor_count);
    return r->anchor_count;
}

void yaml_close_anchor(struct yaml_reader *r, size_t anchor, const struct yaml_slot *value)
{
    if (anchor == 0)
        return;
    r->anchors[anchor - 1].value = *value;
    r->anchors[anchor - 1].open = false;
}

static const struct yaml_anchor *nearest_anchor(struct yaml_reader *r, struct str name)
{
    enum { MOST_LOOKED_FOR = 100 };
    const struct yaml_anchor *best = NULL;
    unsigned least = name.len > 3 ? 2 : 1;
    if (r->looked_for++ == MOST_LOOKED_FOR) {
        r->looked_for--;
        return NULL;
    }
    for (size_t i = 0; i < r->anchor_count; i++) {
        unsigned distance = str_distance(name, r->anchors[i].name, least);
        if (distance <= least) {
            best = &r->anchors[i];
            least = distance ? distance - 1 : 0;
        }
    }
    return best;
}

static void report_unknown_alias(struct yaml_reader *r, struct str name, struct span span)
{
    struct diag *diag = diag_add(r->bag, r->source, DIAG_E123, span,
        "the alias `*%.*s` names no anchor above it", STR_ARG(name));
    const struct yaml_anchor *near = nearest_anchor(r, name);
    if (near) {
        struct diag_fix *fix =
            diag_fix(r->bag, diag, DIAG_UNSAFE, "use the anchor `%.*s`", STR_ARG(near->name));
        diag_edit(r->bag, fix, span_make(span.lo + 1, span.hi), near->name);
    } else {
        diag_help(r->bag, diag,
            "an anchor is set by `&%.*s` before the value; if the text itself is meant, quote it",
            STR_ARG(name));
    }
}

bool yaml_may_expand(struct yaml_reader *r, uint64_t weight, struct span place, const char *what)
{
    r->weight += weight;
    if (r->weight <= YAML_MAX_WEIGHT || weight == 0)
        return true;
    if (!r->too_expanded)
        diag_add(r->bag, r->source, DIAG_E123, place,
            "with %s the file expands to more than %d values", what, YAML_MAX_WEIGHT);
    r->too_expanded = true;
    r->weight -= weight;
    return false;
}

struct yaml_slot yaml_resolve_alias(struct yaml_reader *r, struct str name, struct span span)
{
    struct yaml_slot none = {.node = {.kind = DOC_ERROR, .span = span}, .weight = 1};
    const struct yaml_anchor *anchor = find_anchor(r, name);
    if (!anchor) {
        report_unknown_alias(r, name, span);
        return none;
    }
    if (anchor->open) {
        struct diag *diag = diag_add(r->bag, r->source, DIAG_E123, span,
            "the alias `*%.*s` stands inside the value it names, which would contain itself",
            STR_ARG(name));
        diag_relate(r->bag, diag, anchor->span, "the value starts here");
        return none;
    }
    if (!yaml_may_expand(r, anchor->value.weight, span, "this alias"))
        return none;
    if (r->frame_count + anchor->value.height > YAML_MAX_DEPTH) {
        diag_add(r->bag, r->source, DIAG_E004, span,
            "with the alias `*%.*s` values are nested more than %d deep", STR_ARG(name),
            YAML_MAX_DEPTH);
        return none;
    }
    struct yaml_slot value = anchor->value;
    value.node.span = span;
    value.node.aliased = true;
    return value;
}
