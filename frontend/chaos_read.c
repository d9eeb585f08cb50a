/* The .chaos reader: lexes and tries the fast parser; where anything is wrong it starts again, matches
 * brackets, and drives the push parser, which never sees the lexer. */
#include "frontend/doc.h"

#include "frontend/chaos_build.h"
#include "frontend/chaos_error.h"
#include "frontend/chaos_pair.h"
#include "frontend/chaos_parse.h"
#include "runtime/base/json.h"
#include "runtime/base/utf8.h"

static bool is_string(int kind)
{
    return kind == CHAOS_TOK_STRING;
}

/* A line that begins as a statement would, but for its first word: its mistake is worth a message of its own. */
static bool begins_unknown(const struct chaos_token *token)
{
    if (!(token->flags & CHAOS_FIRST_ON_LINE))
        return false;
    return token->kind == CHAOS_TOK_DASH ||
           (token->kind == CHAOS_TOK_WORD && is_string(token[1].kind) &&
               token[2].kind == CHAOS_TOK_COLON);
}

/* Whether a statement of an activity block begins here. */
static bool begins_activity(const struct chaos_token *token)
{
    switch (token->kind) {
    case CHAOS_TOK_PROBE:
    case CHAOS_TOK_ACTION:
        return token[-1].kind != CHAOS_TOK_BACKGROUND && token[-1].kind != CHAOS_TOK_REF &&
               token[-1].kind != CHAOS_TOK_ARROW &&
               (is_string(token[1].kind) || (token->flags & CHAOS_FIRST_ON_LINE));
    case CHAOS_TOK_REF:
        return token[-1].kind != CHAOS_TOK_BACKGROUND;
    case CHAOS_TOK_BACKGROUND:
    case CHAOS_TOK_RAW:
        return true;
    default:
        return begins_unknown(token);
    }
}

/* Whether a statement of the file begins here: most of their words begin clauses too. */
static bool begins_file_statement(const struct chaos_token *token)
{
    bool first = (token->flags & CHAOS_FIRST_ON_LINE) != 0;
    switch (token->kind) {
    case CHAOS_TOK_EXPERIMENT:
    case CHAOS_TOK_STEADY_STATE:
        return first || is_string(token[1].kind);
    case CHAOS_TOK_VERSION:
    case CHAOS_TOK_DESCRIPTION:
    case CHAOS_TOK_TAGS:
    case CHAOS_TOK_EXTENSION:
    case CHAOS_TOK_SECRETS:
    case CHAOS_TOK_CONTROLS:
        return first && token[1].kind != CHAOS_TOK_EQUALS;
    case CHAOS_TOK_CONTRIBUTIONS:
    case CHAOS_TOK_CONFIG:
    case CHAOS_TOK_METHOD:
    case CHAOS_TOK_ROLLBACKS:
    case CHAOS_TOK_RUNTIME:
        return token[1].kind == CHAOS_TOK_LBRACE || (first && token[1].kind == CHAOS_TOK_COLON);
    case CHAOS_TOK_STRING:
        return first && token[1].kind == CHAOS_TOK_COLON;
    case CHAOS_TOK_WORD:
        return first && (is_string(token[1].kind) || token[1].kind == CHAOS_TOK_LBRACE);
    default:
        return false;
    }
}

static bool begins_statement(enum chaos_block kind, const struct chaos_token *token)
{
    switch (kind) {
    case CHAOS_BLOCK_FILE:
        return begins_file_statement(token);
    case CHAOS_BLOCK_ENTRIES:
        return token[1].kind == CHAOS_TOK_EQUALS ||
               ((token->flags & CHAOS_FIRST_ON_LINE) && token[1].kind == CHAOS_TOK_COLON);
    case CHAOS_BLOCK_CONTROLS:
        return token->kind == CHAOS_TOK_RAW || token->kind == CHAOS_TOK_REF ||
               (is_string(token->kind) && token[1].kind == CHAOS_TOK_COLON);
    case CHAOS_BLOCK_ACTIVITIES:
        return begins_activity(token);
    case CHAOS_BLOCK_RUNTIME:
        return (token->flags & CHAOS_FIRST_ON_LINE) &&
               (token->kind == CHAOS_TOK_ROLLBACKS || token->kind == CHAOS_TOK_HYPOTHESIS ||
                   token->kind == CHAOS_TOK_TIMEOUT);
    }
    return false;
}

/* The token to go on with after an error at `build->at`: the next statement of the innermost block,
 * or its end. */
static size_t find_resumption(const struct chaos_build *build)
{
    const struct chaos_open_block *block = &build->blocks[build->block_count - 1];
    const struct chaos_token *items = build->tokens.items;
    /* A token that failed twice begins nothing. */
    size_t at = build->at > build->resumed ? build->at : build->at + 1;
    while (at < build->tokens.count && items[at].kind != CHAOS_TOK_END) {
        if (items[at].depth < block->depth)
            break;
        if (items[at].depth == block->depth && at > 0 && begins_statement(block->kind, &items[at]))
            break;
        at++;
    }
    return at < build->tokens.count ? at : build->tokens.count - 1;
}

static int push(chaos_pstate *parser, struct chaos_build *build, int kind, struct span span)
{
    return chaos_push_parse(parser, kind, NULL, &span, build);
}

static void parse(struct chaos_build *build)
{
    chaos_pstate *parser = chaos_pstate_new();
    int status = YYPUSH_MORE;
    while (status == YYPUSH_MORE && build->at < build->tokens.count) {
        const struct chaos_token *token = &build->tokens.items[build->at];
        status = push(parser, build, token->kind, token->span);
        if (status == YYPUSH_MORE && build->failed) {
            build->failed = false;
            build->at = build->resumed = find_resumption(build);
            status = push(parser, build, CHAOS_TOK_RESUME, build->tokens.items[build->at].span);
        } else {
            build->at++;
        }
    }
    if (status == YYPUSH_MORE)
        push(parser, build, CHAOS_TOK_YYEOF, span_make(0, 0));
    chaos_pstate_delete(parser);
}

static bool is_too_deep(struct chaos_build *build)
{
    for (size_t i = 0; i < build->tokens.count; i++) {
        if (build->tokens.items[i].depth < JSON_DEFAULT_DEPTH)
            continue;
        diag_add(build->bag, build->doc->source, DIAG_E004, build->tokens.items[i].span,
            "brackets are nested more than %d deep", JSON_DEFAULT_DEPTH);
        return true;
    }
    return false;
}

static bool is_utf8(struct source *source, struct diag_bag *bag)
{
    size_t at = utf8_first_invalid(source->text);
    if (at == source->text.len)
        return true;
    diag_add(bag, source, DIAG_E002, span_make(at, at + 1), "this byte is not valid UTF-8");
    return false;
}

/* Whether the tree lacks something that the text has: a repeated key is the only mistake that leaves it whole. */
static bool is_partial(const struct diag_bag *bag, size_t first)
{
    for (size_t i = first; i < bag->count; i++)
        if (bag->items[i]->code != DIAG_E110)
            return true;
    return false;
}

static void start_doc(struct doc *doc, struct source *source)
{
    *doc = (struct doc){.source = source, .notation = DOC_CHAOS, .broken = true};
    arena_init(&doc->arena);
}

/* Reads a text of which nothing has to be said, without looking for what that might be. False if
 * there is something after all: of the document nothing is left then. */
static bool read_faultless(struct doc *doc, struct source *source)
{
    struct diag_bag unheard;
    struct chaos_build build;
    diag_bag_init(&unheard);
    start_doc(doc, source);
    build_start(&build, doc, &unheard);
    chaos_lex_start(&build.lexer, doc, &unheard, &build.tokens);
    build.tokens.items = &build.lexer.token; /* the only one there ever is */
    build.tokens.count = 1;
    doc->broken = chaos_valid_parse(&build) != 0 || !build.title.hi ||
                  build.tokens.deepest >= JSON_DEFAULT_DEPTH;
    if (!doc->broken) {
        build_finish(&build);
        doc->broken = unheard.count > 0;
    }
    arena_free(&build.scratch);
    diag_bag_free(&unheard);
    if (!doc->broken)
        return true;
    doc_free(doc);
    return false;
}

static void read_faulty(struct doc *doc, struct source *source, struct diag_bag *bag, bool is_text)
{
    struct chaos_build build;
    start_doc(doc, source);
    build_start(&build, doc, bag);
    doc->root = build_lost(&build, span_make(0, source->text.len));
    if (is_text) {
        size_t reported = bag->count;
        chaos_lex(&build.scratch, doc, bag, &build.tokens);
        if (build.tokens.count == 1) {
            diag_add(bag, source, DIAG_E003, span_make(0, 0), "the file holds no experiment");
        } else if (!chaos_report_foreign(&build)) {
            chaos_pair(&build.scratch, doc, bag, &build.tokens);
            if (!is_too_deep(&build)) {
                parse(&build);
                chaos_report_extra(doc, bag, &build.tokens, reported);
                if (bag->count == reported && !build.title.hi)
                    chaos_report_no_title(&build);
                build_finish(&build);
                doc->broken = is_partial(bag, reported);
            }
        }
    }
    arena_free(&build.scratch);
}

void doc_read_chaos(struct doc *doc, struct source *source, struct diag_bag *bag)
{
    bool is_text = is_utf8(source, bag);
    if (!is_text || !read_faultless(doc, source))
        read_faulty(doc, source, bag, is_text);
}
