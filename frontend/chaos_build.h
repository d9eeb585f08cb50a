/* chaos_build.h: from constructs of .chaos to the document tree: what each action of chaos_parse.y
 * calls. Nodes live in the document's arena, lists and heads in the scratch arena of one read;
 * strings point into the source. */
#ifndef FRONTEND_CHAOS_BUILD_H
#define FRONTEND_CHAOS_BUILD_H

#include "frontend/chaos_lex.h"
#include "frontend/doc.h"

/* Where a member of an activity, control or probe belongs in the JSON form. */
enum chaos_place {
    CHAOS_IN_ACTIVITY, /* the activity's or control's own object */
    CHAOS_IN_PROVIDER,
    CHAOS_IN_HTTP, /* the provider's, which must be http */
    CHAOS_IN_PAUSES
};

/* One member or item of a list under construction; items use only the value. */
struct chaos_cell {
    struct doc_member member;
    enum chaos_place place;
    struct chaos_cell *next;
};

struct chaos_list {
    struct chaos_cell *first, *last;
    size_t count;
};

/* The body of a steady-state block: members first, then probes. */
struct chaos_steady {
    struct chaos_list members, probes;
};

/* A word or quoted name with its place. */
struct chaos_name {
    struct str text;
    struct span span;
};

/* A provider's head, before its clauses are known. */
struct chaos_provider {
    struct chaos_list members;
    struct doc_node *object; /* written as a JSON object; else NULL and `members` counts */
    bool is_http;
    struct span span;
};

/* Blocks are where reading goes on after an error; what begins a statement depends on the kind. */
enum chaos_block {
    CHAOS_BLOCK_FILE,
    CHAOS_BLOCK_ENTRIES,
    CHAOS_BLOCK_CONTROLS,
    CHAOS_BLOCK_ACTIVITIES,
    CHAOS_BLOCK_RUNTIME
};

struct chaos_open_block {
    enum chaos_block kind;
    uint32_t depth; /* of the tokens directly inside */
};

struct chaos_build {
    struct doc *doc;
    struct diag_bag *bag;
    struct arena scratch;
    struct chaos_lexer lexer; /* of a read without errors, which keeps one token at a time */
    struct chaos_tokens tokens;
    size_t at;      /* the token the parser is reading */
    size_t resumed; /* where reading went on after the last error */
    struct chaos_cell
        *spare; /* cells of lists that were built: most lists are short and die young */
    struct chaos_provider *spare_provider; /* one that was built; NULL if there is none */
    struct chaos_open_block *blocks;
    size_t block_count, block_room;
    struct chaos_list root;                /* the experiment's members */
    struct chaos_list secrets, extensions; /* gathered from several statements */
    struct span title;                     /* of `experiment ...`; empty until it is read */
    bool failed;                           /* the parser met an error and waits for RESUME */
};

/* Begins and ends a read: the end adds what was gathered and sets the document's root. */
void build_start(struct chaos_build *build, struct doc *doc, struct diag_bag *bag);
void build_finish(struct chaos_build *build);

/* The parser for texts without errors: takes its tokens from build->lexer; 0 if they follow the
 * grammar and nothing was reported. */
int chaos_valid_parse(struct chaos_build *build);

/* Lists. */
static inline struct chaos_list build_list(void)
{
    return (struct chaos_list){0};
}

static inline struct chaos_list build_key(struct chaos_build *build, struct chaos_list list,
    struct span key_span, struct str key, struct doc_node *value)
{
    struct chaos_cell *cell = build->spare;
    if (cell)
        build->spare = cell->next;
    else
        cell = arena_alloc(&build->scratch, sizeof *cell, alignof(struct chaos_cell));
    cell->member = (struct doc_member){
        .key = key, .key_span = key_span, .key_kind = DOC_STRING, .value = value};
    cell->place = CHAOS_IN_ACTIVITY;
    cell->next = NULL;
    if (list.last)
        list.last->next = cell;
    else
        list.first = cell;
    list.last = cell;
    list.count++;
    return list;
}

static inline struct chaos_list build_item(
    struct chaos_build *build, struct chaos_list list, struct doc_node *item)
{
    return build_key(build, list, span_make(0, 0), STR(""), item);
}

static inline struct chaos_list build_member(struct chaos_build *build, struct chaos_list list,
    struct chaos_name key, struct doc_node *value)
{
    return build_key(build, list, key.span, key.text, value);
}

/* Takes a list apart once its members have been copied; it must not be used again. */
void build_release(struct chaos_build *build, struct chaos_list *list);

/* What stands for a statement that could not be read: later stages accept it as anything. */
struct doc_node *build_lost(struct chaos_build *build, struct span span);
struct chaos_list build_lost_item(
    struct chaos_build *build, struct chaos_list list, struct span span);

/* Values (chaos_value.c). A string may be quoted, raw, a heredoc, a variable or a word. */
struct chaos_name build_name(struct chaos_build *build, struct span span);
struct doc_node *build_string(struct chaos_build *build, struct span span);
struct doc_node *build_text(struct chaos_build *build, struct span span, struct str text);
struct doc_node *build_number(struct chaos_build *build, struct span span);
struct doc_node *build_bool(struct chaos_build *build, struct span span, bool truth);
struct doc_node *build_null(struct chaos_build *build, struct span span);
struct doc_node *build_array(struct chaos_build *build, struct chaos_list items, struct span span);
struct doc_node *build_object(
    struct chaos_build *build, struct chaos_list members, struct span span);

/* A duration as the number of seconds it stands for, spelt exactly. */
struct doc_node *build_duration(struct chaos_build *build, struct span span);

/* Blocks: opened at the brace just read, closed when their array or object is built. */
void build_open_block(struct chaos_build *build, enum chaos_block kind);
struct doc_node *build_block_array(
    struct chaos_build *build, struct chaos_list items, struct span span);
struct doc_node *build_block_object(
    struct chaos_build *build, struct chaos_list members, struct span span);

/* Statements of a file. */
void build_title(struct chaos_build *build, struct span keyword, struct span title);
void build_no_title(struct chaos_build *build, struct span span);
void build_statement(
    struct chaos_build *build, struct span keyword, const char *key, struct doc_node *value);
void build_unknown_statement(struct chaos_build *build, struct span key, struct doc_node *value);
void build_no_secrets(struct chaos_build *build, struct span keyword, struct span braces);
void build_secrets(struct chaos_build *build, struct span keyword, struct chaos_name group,
    struct doc_node *value);
void build_extension(struct chaos_build *build, struct span keyword, struct doc_node *value);
void build_steady_state(struct chaos_build *build, struct span keyword, const struct span *title,
    const struct chaos_steady *body, struct span span);
struct chaos_steady *build_steady(struct chaos_build *build, struct chaos_list members);
struct chaos_steady *build_steady_item(
    struct chaos_build *build, struct chaos_steady *body, struct doc_node *item);
struct chaos_list build_strategy(struct chaos_build *build, struct chaos_list list,
    struct span keyword, struct doc_node *strategy);

/* Sources of configuration and secrets; `span` is the whole construct. */
struct doc_node *build_env(struct chaos_build *build, struct span span, struct chaos_name name,
    struct doc_node *type, struct doc_node *otherwise);
struct doc_node *build_vault(
    struct chaos_build *build, struct span span, struct doc_node *path, struct doc_node *key);

/* Providers and their clauses (chaos_activity.c). */
struct chaos_provider *build_http(struct chaos_build *build, struct span keyword,
    const struct span *method, struct doc_node *url);
struct chaos_provider *build_process(struct chaos_build *build, struct span keyword,
    struct doc_node *path, struct doc_node *arguments);
struct chaos_provider *build_python(
    struct chaos_build *build, struct span keyword, struct span path, struct doc_node *arguments);
struct chaos_provider *build_control_python(struct chaos_build *build, struct span keyword,
    struct chaos_name module, struct doc_node *arguments);
struct chaos_provider *build_json_provider(struct chaos_build *build, struct doc_node *object);
struct chaos_list build_clause(struct chaos_build *build, struct chaos_list clauses,
    struct span keyword, enum chaos_place place, struct str key, struct doc_node *value);
struct chaos_list build_with(struct chaos_build *build, struct chaos_list clauses,
    struct span keyword, enum chaos_place place, struct doc_node *object);

/* Activities, controls and probes inside others. */
struct doc_node *build_activity(struct chaos_build *build, struct doc_node *background,
    struct chaos_name kind, struct span name, struct chaos_provider *provider,
    struct chaos_list clauses, struct doc_node *tolerance, struct span span);
struct doc_node *build_ref(struct chaos_build *build, struct doc_node *background,
    struct span keyword, const struct chaos_name *kind, struct span name, struct chaos_list clauses,
    struct doc_node *tolerance, struct span span);
struct doc_node *build_control(struct chaos_build *build, struct span name,
    struct chaos_provider *provider, struct chaos_list clauses, struct span span);
struct doc_node *build_control_ref(
    struct chaos_build *build, struct span keyword, struct span name, struct span span);
struct chaos_list build_probe_body(struct chaos_build *build, struct chaos_provider *provider,
    struct chaos_list clauses, struct span span);
struct doc_node *build_inner_probe(struct chaos_build *build, struct span keyword,
    const struct span *name, struct chaos_list body, struct span span);

/* Tolerances; `keyword` is the operator, `span` the whole tolerance. */
struct doc_node *build_regex(struct chaos_build *build, struct span keyword,
    const struct chaos_name *target, struct doc_node *pattern, struct span span);
struct doc_node *build_jsonpath(struct chaos_build *build, struct span keyword,
    const struct chaos_name *target, struct doc_node *path, struct doc_node *count,
    struct doc_node *expect, struct span span);
struct doc_node *build_range(struct chaos_build *build, struct span keyword,
    const struct chaos_name *target, struct span low, struct span high, struct span span);

#endif
