/* yaml_reader.h: what the parts of the YAML reader share: yaml_read.c turns events into values, yaml_anchor.c
 * knows anchors, yaml_map.c ends mappings, yaml_gap.c sees what libyaml drops, yaml_error.c says what it refused.
 * The reader lives for one doc_read_yaml; its scratch arena dies with it, results are in the document's. */
#ifndef FRONTEND_YAML_READER_H
#define FRONTEND_YAML_READER_H

#include <yaml.h>

#include "frontend/doc.h"
#include "frontend/yaml_value.h"
#include "runtime/base/map.h"

/* A value, or a mapping's key, that waits for its collection's end. */
struct yaml_slot {
    struct doc_node node;
    uint32_t weight; /* values it stands for, aliases expanded */
    uint16_t height; /* collections inside each other, itself included */
    bool merge;      /* a key that is `<<` */
};

/* An open collection. */
struct yaml_frame {
    enum yaml_tag tag; /* YAML_TAG_MAP, SET, SEQ, OMAP or PAIRS */
    bool flow;         /* written in brackets */
    struct span span;  /* of what has been read of it */
    size_t first;      /* its first slot */
    size_t anchor;     /* index + 1, or 0 */
};

struct yaml_anchor {
    struct str name;
    struct span span; /* of the value it names */
    bool open;        /* its collection has not ended: an alias to it would contain itself */
    struct yaml_slot value;
};

struct yaml_reader {
    struct doc *doc;
    struct source *source;
    struct diag_bag *bag;
    size_t first_finding; /* in the bag: what was there before is not ours */
    yaml_parser_t parser;
    struct arena scratch;

    /* libyaml counts code points behind the byte order mark: the pair that was asked for last. */
    bool ascii;
    size_t base, mark_index, mark_byte;

    /* Text before this offset belongs to tokens that have been read. */
    size_t gap;
    bool has_hash, has_tab;
    struct span *tabs; /* where only libyaml allows them */
    size_t tab_count, tab_room;

    struct yaml_slot *slots;
    size_t slot_count, slot_room;
    struct yaml_frame *frames;
    size_t frame_count, frame_room;
    struct yaml_anchor *anchors;
    size_t anchor_count, anchor_room;
    struct map anchors_by_name; /* the latest of a name: its index + 1 */
    unsigned looked_for;        /* unknown names for which a near one was looked for */
    uint64_t weight;            /* values in the document so far, aliases expanded */
    bool too_expanded;          /* they are too many, and that has been said */
};

enum { YAML_MAX_DEPTH = 512, YAML_MAX_WEIGHT = 4000000 };

/* The byte offset of a code point's index (yaml_offset has the mark of libyaml's). */
size_t yaml_find_offset(struct yaml_reader *r, size_t index);

/* Collects the comments and tabs between the last token and the one at `to`. */
void yaml_collect_gap(struct yaml_reader *r, size_t to);

/* The byte offset of a mark of libyaml's. Both of these are called for every token: what is done for nearly all
 * of them stands here. */
static inline size_t yaml_offset(struct yaml_reader *r, const yaml_mark_t *mark)
{
    size_t offset = r->base + mark->index;
    if (!r->ascii)
        return yaml_find_offset(r, mark->index);
    return offset < r->source->text.len ? offset : r->source->text.len;
}

static inline void yaml_scan_gap(struct yaml_reader *r, size_t to)
{
    if (r->has_hash || r->has_tab)
        yaml_collect_gap(r, to);
    if (to > r->gap)
        r->gap = to;
}

/* Collects tabs inside a plain scalar and what stands in a block scalar's first line. */
void yaml_scan_scalar(struct yaml_reader *r, enum doc_style style, struct span span);

/* The offset behind the tags, anchors, blanks and comments that start at `at`, at most `end`. */
size_t yaml_skip_properties(const struct yaml_reader *r, size_t at, size_t end);

/* Reports the tabs that only libyaml allows. */
void yaml_report_tabs(struct yaml_reader *r);

/* Registers the anchor of a value that begins, and returns its index + 1. */
size_t yaml_add_anchor(struct yaml_reader *r, const yaml_char_t *name, struct span span);

/* Ends the anchor's value; 0 is none. */
void yaml_close_anchor(struct yaml_reader *r, size_t anchor, const struct yaml_slot *value);

/* The value an alias stands for: the anchor's own, which it shares, under the alias's place. */
struct yaml_slot yaml_resolve_alias(struct yaml_reader *r, struct str name, struct span span);

/* Counts `weight` more values; false once aliases have made too many, which is reported at the
 * first `place`. */
bool yaml_may_expand(struct yaml_reader *r, uint64_t weight, struct span place, const char *what);

/* Makes an object or set of the slots from `first` on: keys, values, keys ...; merge keys are
 * expanded, repeated keys reported. */
void yaml_finish_mapping(
    struct yaml_reader *r, size_t first, enum yaml_tag tag, struct doc_node *node);

/* Reports in our words what libyaml's parser stopped at. */
void yaml_report_failure(struct yaml_reader *r);

#endif
