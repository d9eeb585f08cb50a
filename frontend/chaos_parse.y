/* The grammar of .chaos files, in the order in which docs/language.md explains it. Actions only call the builders of
 * chaos_build.h; the driver in chaos_read.c owns the loop, feeds the tokens and says where reading goes on after an
 * error (RESUME). Newlines mean nothing; what ends a statement is the word that begins the next.
 *
 * Two parsers are made of it (cmake/layers.cmake): the push parser that the lines below describe, and chaos_valid_parse,
 * a pull parser without LAC, which is fast and gives up at the first error. */

%define api.pure full
%define api.push-pull push
%define api.prefix {chaos_}
%define api.token.prefix {CHAOS_TOK_}
%define api.token.raw
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0

%param {struct chaos_build *build}

%code requires {
#include "frontend/chaos_build.h"
}

%code {
#include "frontend/chaos_error.h"
#include "runtime/base/mem.h"

/* A place between two tokens where a rule is empty, else everything the rule covers. */
#define YYLLOC_DEFAULT(current, rhs, n)                                                            \
    ((current) = (n) ? span_make(YYRHSLOC(rhs, 1).lo, YYRHSLOC(rhs, n).hi)                         \
                     : span_make(YYRHSLOC(rhs, 0).hi, YYRHSLOC(rhs, 0).hi))
#define YYMALLOC mem_alloc
#define YYFREE mem_free

static void yyerror(struct span *span, struct chaos_build *build, const char *message);
#if YYPULL
static int yylex(YYSTYPE *value, struct span *span, struct chaos_build *build);
#endif
}

%union {
    struct chaos_list list;
    struct chaos_steady *steady;
    struct chaos_name name;
    struct doc_node *node;
    struct chaos_provider *provider;
}

%token
  EXPERIMENT    "experiment"
  VERSION       "version"
  DESCRIPTION   "description"
  TAGS          "tags"
  CONTRIBUTIONS "contributions"
  CONFIG        "config"
  SECRETS       "secrets"
  CONTROLS      "controls"
  EXTENSION     "extension"
  STEADY_STATE  "steady-state"
  METHOD        "method"
  ROLLBACKS     "rollbacks"
  RUNTIME       "runtime"
  BACKGROUND    "background"
  PROBE         "probe"
  ACTION        "action"
  REF           "ref"
  RAW           "raw"
  HYPOTHESIS    "hypothesis"
  HTTP          "http"
  PROCESS       "process"
  SHELL         "shell"
  PYTHON        "python"
  HEADERS       "headers"
  ARGUMENTS     "arguments"
  VERIFY_TLS    "verify-tls"
  MAX_RETRIES   "max-retries"
  EXPECTED_STATUS "expected-status"
  TIMEOUT       "timeout"
  DEADLINE      "deadline"
  PAUSE         "pause"
  DRY           "dry"
  AUTOMATIC     "automatic"
  WITH          "with"
  BEFORE        "before"
  AFTER         "after"
  PROVIDER      "provider"
  ENV           "env"
  VAULT         "vault"
  AT            "at"
  COUNT         "count"
  EXPECT        "expect"
  IN            "in"
  TRUE          "true"
  FALSE         "false"
  NULL          "null"

%token
  WORD          "word"
  DOTTED        "module.function"
  STRING        "string"
  VARIABLE      "${variable}"
  NUMBER        "number"
  DURATION      "duration"
  LBRACE        "{"
  RBRACE        "}"
  LBRACKET      "["
  RBRACKET      "]"
  LPAREN        "("
  RPAREN        ")"
  COMMA         ","
  COLON         ":"
  EQUALS        "="
  ARROW         "=>"
  OTHERWISE     "??"
  MATCHES       "~"
  TO            ".."

/* Never in a valid file: known to the lexer so that the message can say what to write instead. */
%token
  SEMICOLON     ";"
  DASH          "-"
  STRAY         "stray character"

/* Put in by the driver behind an error, where the next statement of the block begins. */
%token RESUME

/* The end of the text is a token like any other, so that an error there can be recovered from. */
%token END "end of the file"

%type <node> value literal scalar text time object array source strategy word_or_value flag count expect
%type <node> background activity tolerance tolerance_opt control
%type <list> members members_some items times times_some contributions contributions_some
%type <list> words entries controls clauses control_clauses activities runtime_items steady_head probe_body
%type <steady> steady_body steady_probes
%type <name> plain word_or_string kind target module
%type <provider> provider control_provider

%%

file: statements END;

statements:
  %empty
| statements statement
| statements error RESUME               { yyerrok; }
;

statement:
  "experiment" STRING                   { build_title(build, @1, @2); }
| "experiment" "null"                   { build_no_title(build, @$); }
| "version" value                       { build_statement(build, @1, "version", $2); }
| "description" value                   { build_statement(build, @1, "description", $2); }
| "tags" words                          { build_statement(build, @1, "tags", build_array(build, $2, @2)); }
| "tags" "[" "]"                        { build_statement(build, @1, "tags", build_array(build, build_list(), span_join(@2, @3))); }
| "contributions" "{" contributions "}" { build_statement(build, @1, "contributions", build_object(build, $3, span_join(@2, @4))); }
| "config" open_entries entries "}"     { build_statement(build, @1, "configuration", build_block_object(build, $3, span_join(@2, @4))); }
| "secrets" "{" "}"                     { build_no_secrets(build, @1, span_join(@2, @3)); }
| "secrets" word_or_string open_entries entries "}" { build_secrets(build, @1, $2, build_block_object(build, $4, span_join(@3, @5))); }
| "secrets" word_or_string "=" source   { build_secrets(build, @1, $2, $4); }
| "controls" open_controls controls "}" { build_statement(build, @1, "controls", build_block_array(build, $3, span_join(@2, @4))); }
| "extension" object                    { build_extension(build, @1, $2); }
| "steady-state" open_steady steady_body "}" { build_steady_state(build, @1, NULL, $3, span_join(@2, @4)); }
| "steady-state" STRING open_steady steady_body "}" { build_steady_state(build, @1, &@2, $4, span_join(@3, @5)); }
| "method" open_activities activities "}" { build_statement(build, @1, "method", build_block_array(build, $3, span_join(@2, @4))); }
| "rollbacks" open_activities activities "}" { build_statement(build, @1, "rollbacks", build_block_array(build, $3, span_join(@2, @4))); }
| "runtime" open_runtime runtime_items "}" { build_statement(build, @1, "runtime", build_block_object(build, $3, span_join(@2, @4))); }
| "dry" flag                            { build_statement(build, @1, "dry", $2); }
| STRING ":" value                      { build_unknown_statement(build, @1, $3); }
;

/* The braces of a block tell the driver where reading may go on after an error. */
open_entries: "{"                       { build_open_block(build, CHAOS_BLOCK_ENTRIES); };
open_controls: "{"                      { build_open_block(build, CHAOS_BLOCK_CONTROLS); };
open_steady: "{"                        { build_open_block(build, CHAOS_BLOCK_ACTIVITIES); };
open_activities: "{"                    { build_open_block(build, CHAOS_BLOCK_ACTIVITIES); };
open_runtime: "{"                       { build_open_block(build, CHAOS_BLOCK_RUNTIME); };

/* Configuration and secrets. */

entries:
  %empty                                { $$ = build_list(); }
| entries word_or_string "=" source     { $$ = build_member(build, $1, $2, $4); }
| entries error RESUME                  { $$ = $1; yyerrok; }
;

source:
  value
| "env" "(" word_or_string ")"          { $$ = build_env(build, @$, $3, NULL, NULL); }
| "env" "(" word_or_string ")" "??" value { $$ = build_env(build, @$, $3, NULL, $6); }
| "env" "(" word_or_string ":" strategy ")" { $$ = build_env(build, @$, $3, $5, NULL); }
| "env" "(" word_or_string ":" strategy ")" "??" value { $$ = build_env(build, @$, $3, $5, $8); }
| "vault" "(" text ")"                  { $$ = build_vault(build, @$, $3, NULL); }
| "vault" "(" text "," text ")"         { $$ = build_vault(build, @$, $3, $5); }
| "probe" STRING probe_body             { $$ = build_inner_probe(build, @1, &@2, $3, @$); }
| "probe" probe_body                    { $$ = build_inner_probe(build, @1, NULL, $2, @$); }
;

/* Controls. */

controls:
  %empty                                { $$ = build_list(); }
| controls control                      { $$ = build_item(build, $1, $2); }
| controls error RESUME                 { $$ = build_lost_item(build, $1, @2); yyerrok; }
;

control:
  STRING ":" control_provider control_clauses { $$ = build_control(build, @1, $3, $4, @$); }
| "ref" STRING                          { $$ = build_control_ref(build, @1, @2, @$); }
| "raw" value                           { $$ = $2; }
;

control_provider:
  "python" module                       { $$ = build_control_python(build, @1, $2, NULL); }
| "python" module "(" members ")"       { $$ = build_control_python(build, @1, $2, build_object(build, $4, span_join(@3, @5))); }
| object                                { $$ = build_json_provider(build, $1); }
;

module:
  plain
| constant                              { $$ = build_name(build, @1); }
| DOTTED                                { $$ = build_name(build, @1); }
;

control_clauses:
  %empty                                { $$ = build_list(); }
| control_clauses "before"              { $$ = build_clause(build, $1, @2, CHAOS_IN_ACTIVITY, STR("scope"), build_string(build, @2)); }
| control_clauses "after"               { $$ = build_clause(build, $1, @2, CHAOS_IN_ACTIVITY, STR("scope"), build_string(build, @2)); }
| control_clauses "automatic" value     { $$ = build_clause(build, $1, @2, CHAOS_IN_ACTIVITY, STR("automatic"), $3); }
| control_clauses "secrets" words       { $$ = build_clause(build, $1, @2, CHAOS_IN_PROVIDER, STR("secrets"), build_array(build, $3, @3)); }
| control_clauses "with" object         { $$ = build_with(build, $1, @2, CHAOS_IN_ACTIVITY, $3); }
| control_clauses "with" "provider" object { $$ = build_with(build, $1, @2, CHAOS_IN_PROVIDER, $4); }
;

/* Steady state, method, rollbacks. */

steady_body:
  steady_head                           { $$ = build_steady(build, $1); }
| steady_probes
;

steady_head:
  %empty                                { $$ = build_list(); }
| steady_head "controls" open_controls controls "}" { $$ = build_key(build, $1, @2, STR("controls"), build_block_array(build, $4, span_join(@3, @5))); }
| steady_head STRING ":" value          { $$ = build_member(build, $1, build_name(build, @2), $4); }
| steady_head error RESUME              { $$ = $1; yyerrok; }
;

steady_probes:
  steady_head activity                  { $$ = build_steady_item(build, build_steady(build, $1), $2); }
| steady_head "raw" value               { $$ = build_steady_item(build, build_steady(build, $1), $3); }
| steady_probes activity                { $$ = build_steady_item(build, $1, $2); }
| steady_probes "raw" value             { $$ = build_steady_item(build, $1, $3); }
| steady_probes error RESUME            { $$ = build_steady_item(build, $1, build_lost(build, @2)); yyerrok; }
;

activities:
  %empty                                { $$ = build_list(); }
| activities activity                   { $$ = build_item(build, $1, $2); }
| activities "raw" value                { $$ = build_item(build, $1, $3); }
| activities error RESUME               { $$ = build_lost_item(build, $1, @2); yyerrok; }
;

activity:
  kind STRING ":" provider clauses tolerance_opt { $$ = build_activity(build, NULL, $1, @2, $4, $5, $6, @$); }
| background kind STRING ":" provider clauses tolerance_opt { $$ = build_activity(build, $1, $2, @3, $5, $6, $7, @$); }
| "ref" STRING clauses tolerance_opt    { $$ = build_ref(build, NULL, @1, NULL, @2, $3, $4, @$); }
| "ref" kind STRING clauses tolerance_opt { $$ = build_ref(build, NULL, @1, &$2, @3, $4, $5, @$); }
| background "ref" STRING clauses tolerance_opt { $$ = build_ref(build, $1, @2, NULL, @3, $4, $5, @$); }
| background "ref" kind STRING clauses tolerance_opt { $$ = build_ref(build, $1, @2, &$3, @4, $5, $6, @$); }
;

background:
  "background"                          { $$ = build_bool(build, @1, true); }
| "background" "true"                   { $$ = build_bool(build, @$, true); }
| "background" "false"                  { $$ = build_bool(build, @$, false); }
;

kind:
  "probe"                               { $$ = build_name(build, @1); }
| "action"                              { $$ = build_name(build, @1); }
;

provider:
  "http" text                           { $$ = build_http(build, @1, NULL, $2); }
| "http" WORD text                      { $$ = build_http(build, @1, &@2, $3); }
| "process" text                        { $$ = build_process(build, @1, $2, NULL); }
| "process" text array                  { $$ = build_process(build, @1, $2, $3); }
| "process" text object                 { $$ = build_process(build, @1, $2, $3); }
| "shell" text text                     { $$ = build_process(build, @1, $2, $3); }
| "python" DOTTED                       { $$ = build_python(build, @1, @2, NULL); }
| "python" DOTTED "(" members ")"       { $$ = build_python(build, @1, @2, build_object(build, $4, span_join(@3, @5))); }
| object                                { $$ = build_json_provider(build, $1); }
;

clauses:
  %empty                                { $$ = build_list(); }
| clauses "headers" object              { $$ = build_clause(build, $1, @2, CHAOS_IN_HTTP, STR("headers"), $3); }
| clauses "arguments" value             { $$ = build_clause(build, $1, @2, CHAOS_IN_HTTP, STR("arguments"), $3); }
| clauses "verify-tls" value            { $$ = build_clause(build, $1, @2, CHAOS_IN_HTTP, STR("verify_tls"), $3); }
| clauses "max-retries" value           { $$ = build_clause(build, $1, @2, CHAOS_IN_HTTP, STR("max_retries"), $3); }
| clauses "expected-status" value       { $$ = build_clause(build, $1, @2, CHAOS_IN_HTTP, STR("expected_status"), $3); }
| clauses "timeout" time                { $$ = build_clause(build, $1, @2, CHAOS_IN_PROVIDER, STR("timeout"), $3); }
| clauses "secrets" words               { $$ = build_clause(build, $1, @2, CHAOS_IN_PROVIDER, STR("secrets"), build_array(build, $3, @3)); }
| clauses "deadline" time               { $$ = build_clause(build, $1, @2, CHAOS_IN_ACTIVITY, STR("timeout"), $3); }
| clauses "pause" "before" time         { $$ = build_clause(build, $1, span_join(@2, @3), CHAOS_IN_PAUSES, STR("before"), $4); }
| clauses "pause" "after" time          { $$ = build_clause(build, $1, span_join(@2, @3), CHAOS_IN_PAUSES, STR("after"), $4); }
| clauses "dry" flag                    { $$ = build_clause(build, $1, @2, CHAOS_IN_ACTIVITY, STR("dry"), $3); }
| clauses "controls" open_controls controls "}" { $$ = build_clause(build, $1, @2, CHAOS_IN_ACTIVITY, STR("controls"), build_block_array(build, $4, span_join(@3, @5))); }
| clauses "with" object                 { $$ = build_with(build, $1, @2, CHAOS_IN_ACTIVITY, $3); }
| clauses "with" "provider" object      { $$ = build_with(build, $1, @2, CHAOS_IN_PROVIDER, $4); }
;

tolerance_opt:
  %empty                                { $$ = NULL; }
| "=>" tolerance                        { $$ = $2; }
;

tolerance:
  value
| "~" text                              { $$ = build_regex(build, @1, NULL, $2, @$); }
| target "~" text                       { $$ = build_regex(build, @2, &$1, $3, @$); }
| "at" text count expect                { $$ = build_jsonpath(build, @1, NULL, $2, $3, $4, @$); }
| target "at" text count expect         { $$ = build_jsonpath(build, @2, &$1, $3, $4, $5, @$); }
| "in" NUMBER ".." NUMBER               { $$ = build_range(build, @1, NULL, @2, @4, @$); }
| target "in" NUMBER ".." NUMBER        { $$ = build_range(build, @2, &$1, @3, @5, @$); }
| "probe" STRING probe_body             { $$ = build_inner_probe(build, @1, &@2, $3, @$); }
| "probe" probe_body                    { $$ = build_inner_probe(build, @1, NULL, $2, @$); }
;

target: word_or_string;

count:
  %empty                                { $$ = NULL; }
| "count" value                         { $$ = $2; }
;

expect:
  %empty                                { $$ = NULL; }
| "expect" value                        { $$ = $2; }
;

/* A probe that is part of a tolerance or of the configuration. */
probe_body:
  "{" provider clauses "}"              { $$ = build_probe_body(build, $2, $3, @$); }
;

/* Runtime. */

runtime_items:
  %empty                                { $$ = build_list(); }
| runtime_items "rollbacks" strategy    { $$ = build_strategy(build, $1, @2, $3); }
| runtime_items "hypothesis" strategy   { $$ = build_strategy(build, $1, @2, $3); }
| runtime_items "timeout" time          { $$ = build_key(build, $1, @2, STR("timeout"), $3); }
| runtime_items STRING ":" value        { $$ = build_member(build, $1, build_name(build, @2), $4); }
| runtime_items error RESUME            { $$ = $1; yyerrok; }
;

/* Words. A keyword is a word wherever a word may stand. */

words:
  word_or_string                        { $$ = build_item(build, build_list(), build_string(build, $1.span)); }
| words "," word_or_string              { $$ = build_item(build, $1, build_string(build, $3.span)); }
;

contributions:
  %empty                                { $$ = build_list(); }
| contributions_some
| contributions_some ","
;

contributions_some:
  word_or_string ":" word_or_value      { $$ = build_member(build, build_list(), $1, $3); }
| contributions_some "," word_or_string ":" word_or_value { $$ = build_member(build, $1, $3, $5); }
;

word_or_value:
  value
| plain                                 { $$ = build_string(build, $1.span); }
;

strategy:
  plain                                 { $$ = build_string(build, $1.span); }
| STRING                                { $$ = build_string(build, @1); }
;

flag:
  scalar
| plain                                 { $$ = build_string(build, $1.span); }
;

word_or_string:
  WORD                                  { $$ = build_name(build, @1); }
| keyword                               { $$ = build_name(build, @1); }
| constant                              { $$ = build_name(build, @1); }
| STRING                                { $$ = build_name(build, @1); }
;

plain:
  WORD                                  { $$ = build_name(build, @1); }
| keyword                               { $$ = build_name(build, @1); }
;

keyword:
  "experiment" | "version" | "description" | "tags" | "contributions" | "config" | "secrets"
| "controls" | "extension" | "steady-state" | "method" | "rollbacks" | "runtime" | "background" | "probe"
| "action" | "ref" | "raw" | "hypothesis" | "http" | "process" | "shell" | "python" | "headers" | "arguments"
| "verify-tls" | "max-retries" | "expected-status" | "timeout" | "deadline" | "pause" | "dry" | "automatic"
| "with" | "before" | "after" | "provider" | "env" | "vault" | "at" | "count" | "expect" | "in"
;

constant: "true" | "false" | "null";

/* Values: JSON with words for keys, commas that may trail, and ${x} for "${x}". */

value:
  STRING                                { $$ = build_string(build, @1); }
| VARIABLE                              { $$ = build_string(build, @1); }
| NUMBER                                { $$ = build_number(build, @1); }
| literal
| object
| array
;

literal:
  "true"                                { $$ = build_bool(build, @1, true); }
| "false"                               { $$ = build_bool(build, @1, false); }
| "null"                                { $$ = build_null(build, @1); }
;

text:
  STRING                                { $$ = build_string(build, @1); }
| VARIABLE                              { $$ = build_string(build, @1); }
;

scalar:
  text
| NUMBER                                { $$ = build_number(build, @1); }
| literal
;

object: "{" members "}"                 { $$ = build_object(build, $2, @$); };

members:
  %empty                                { $$ = build_list(); }
| members_some
| members_some ","
;

members_some:
  word_or_string ":" value              { $$ = build_member(build, build_list(), $1, $3); }
| members_some "," word_or_string ":" value { $$ = build_member(build, $1, $3, $5); }
;

array:
  "[" "]"                               { $$ = build_array(build, build_list(), @$); }
| "[" items "]"                         { $$ = build_array(build, $2, @$); }
| "[" items "," "]"                     { $$ = build_array(build, $2, @$); }
;

items:
  value                                 { $$ = build_item(build, build_list(), $1); }
| items "," value                       { $$ = build_item(build, $1, $3); }
;

/* Where seconds are meant a unit may follow the number. */
time:
  DURATION                              { $$ = build_duration(build, @1); }
| scalar
| object
| "[" times "]"                         { $$ = build_array(build, $2, @$); }
;

times:
  %empty                                { $$ = build_list(); }
| times_some
| times_some ","
;

times_some:
  time                                  { $$ = build_item(build, build_list(), $1); }
| times_some "," time                   { $$ = build_item(build, $1, $3); }
;

%%

#if YYPULL

/* The tokens as they stand, one at a time; behind the last one, and behind an error, the end. */
static int yylex(YYSTYPE *value, struct span *span, struct chaos_build *build)
{
    (void)value;
    if (build->failed)
        return CHAOS_TOK_YYEOF;
    const struct chaos_token *token = chaos_lex_next(&build->lexer);
    build->failed = token->kind == CHAOS_TOK_END || build->bag->count > 0;
    *span = token->span;
    return token->kind;
}

/* What is wrong is found and said by the other parser. */
static void yyerror(struct span *span, struct chaos_build *build, const char *message)
{
    (void)span;
    (void)message;
    build->failed = true;
}

#else

static int yyreport_syntax_error(const yypcontext_t *context, struct chaos_build *build)
{
    yysymbol_kind_t expected[YYNTOKENS];
    int count = yypcontext_expected_tokens(context, expected, YYNTOKENS);
    struct chaos_expected set = {0};
    for (int i = 0; i < count; i++)
        chaos_expect(&set, yysymbol_name(expected[i]));
    chaos_report(build, &set);
    return 0;
}

/* Called for what is no syntax error: the parser's stack is at its limit. */
static void yyerror(struct span *span, struct chaos_build *build, const char *message)
{
    (void)message;
    diag_add(build->bag, build->doc->source, DIAG_E004, *span, "the statement is nested too deep");
}

#endif
