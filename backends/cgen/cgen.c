#include "backends/cgen/cgen.h"

#include <strings.h>

#include "backends/cgen/cgen_call.h"
#include "backends/cgen/cgen_text.h"

/* A row with its fields by name, wrapped at 100 columns. */
struct row_writer {
    struct buf *out;
    size_t line; /* where the line began */
    bool begun;  /* it has a field */
};

static void add_name(struct row_writer *w, const char *name)
{
    if (w->begun)
        buf_add_char(w->out, ',');
    if (w->out->len - w->line > 70) {
        buf_add_char(w->out, '\n');
        w->line = w->out->len;
        buf_add_repeat(w->out, ' ', 8);
    } else if (w->begun) {
        buf_add_char(w->out, ' ');
    }
    buf_add_char(w->out, '.');
    buf_add_text(w->out, name);
    buf_add_text(w->out, " = ");
    w->begun = true;
}

/* Fields by their type in plan_rows.h. What is 0 is left out, which C makes it: a count of nothing, an index of none. */
static void add_NUMBER(struct row_writer *w, const char *name, uint32_t number)
{
    if (!number)
        return;
    add_name(w, name);
    buf_add_number(w->out, number);
}
#define add_COUNT add_NUMBER
#define add_ACTIVITY_RANGE add_NUMBER
#define add_CONTROL_RANGE add_NUMBER
#define add_VARIABLE_RANGE add_NUMBER
#define add_WORD_RANGE add_NUMBER
#define add_TEXT add_NUMBER
#define add_VALUE add_NUMBER
#define add_ACTIVITY add_NUMBER
#define add_TOLERANCE add_NUMBER

#define NAME(constant) [constant] = #constant
#define ENUMERATION(TYPE, ...)                                                                     \
    static void add_##TYPE(struct row_writer *w, const char *name, uint32_t number)                \
    {                                                                                              \
        static const char *const names[] = {__VA_ARGS__};                                          \
        add_name(w, name);                                                                         \
        buf_add_text(w->out, names[number]);                                                       \
    }
ENUMERATION(ROLE, NAME(PLAN_PROBE), NAME(PLAN_METHOD), NAME(PLAN_ROLLBACK),
    NAME(PLAN_CONFIGURATION), NAME(PLAN_TOLERANCE))
ENUMERATION(KIND, NAME(PLAN_KIND_PROBE), NAME(PLAN_KIND_ACTION), NAME(PLAN_KIND_OTHER))
ENUMERATION(PROVIDER, NAME(PLAN_PROCESS), NAME(PLAN_HTTP), NAME(PLAN_PYTHON),
    NAME(PLAN_PROVIDER_OTHER), NAME(PLAN_PROVIDER_NONE))
ENUMERATION(TOLERANCE_KIND, NAME(PLAN_TOLERANCE_VALUE), NAME(PLAN_TOLERANCE_PROBE),
    NAME(PLAN_TOLERANCE_REGEX), NAME(PLAN_TOLERANCE_JSONPATH), NAME(PLAN_TOLERANCE_RANGE),
    NAME(PLAN_TOLERANCE_OTHER))
ENUMERATION(SOURCE, NAME(PLAN_INLINE), NAME(PLAN_ENVIRONMENT), NAME(PLAN_VAULT), NAME(PLAN_DYNAMIC),
    NAME(PLAN_GROUP))
#undef ENUMERATION
#undef NAME

/* One function a table whose rows are written field by field. */
#define EMIT_FIELD(field, type) add_##type(&w, #field, row->field);
#define ROW_EMITTER(name, NAME)                                                                    \
    static void add_##name##_row(struct buf *out, const struct plan_##name *row)                   \
    {                                                                                              \
        struct row_writer w = {.out = out, .line = out->len};                                      \
        buf_add_text(out, "    {");                                                                \
        PLAN_##NAME##_FIELDS(EMIT_FIELD) buf_add_text(out, "},\n");                                \
    }
ROW_EMITTER(activity, ACTIVITY)
ROW_EMITTER(tolerance, TOLERANCE)
ROW_EMITTER(control, CONTROL)
ROW_EMITTER(variable, VARIABLE)
ROW_EMITTER(experiment, EXPERIMENT)
#undef ROW_EMITTER
#undef EMIT_FIELD

/* The large tables: bare numbers, as many rows a line as fit. */
#define ADD_NUMBER(field, type)                                                                    \
    buf_add_text(out, comma), buf_add_number(out, row->field), comma = ", ";
#define SHORT_EMITTER(name, NAME)                                                                  \
    static void add_##name##_rows(struct buf *out, const struct rt_plan *plan)                     \
    {                                                                                              \
        size_t line = out->len;                                                                    \
        for (uint32_t i = 0; i < plan->name##_count; i++) {                                        \
            const struct plan_##name *row = &plan->name##_rows[i];                                 \
            const char *comma = "{";                                                               \
            buf_add_text(out, out->len == line ? "    " : " ");                                    \
            PLAN_##NAME##_FIELDS(ADD_NUMBER) buf_add_text(out, "},");                              \
            if (out->len - line > 80 || i + 1 == plan->name##_count) {                             \
                buf_add_char(out, '\n');                                                           \
                line = out->len;                                                                   \
            }                                                                                      \
        }                                                                                          \
    }
SHORT_EMITTER(text, TEXT)
SHORT_EMITTER(value, VALUE)
SHORT_EMITTER(key, KEY)
SHORT_EMITTER(template, TEMPLATE)
#undef SHORT_EMITTER
#undef ADD_NUMBER

/* The words of one program, under a comment with what they were made of. */
static void add_program(
    struct buf *out, const struct rt_plan *plan, struct str text, uint32_t first, uint32_t count)
{
    size_t line = out->len;
    buf_add_text(out, "    /* ");
    cgen_add_comment(out, text, 300);
    buf_add_text(out, " */\n   ");
    for (uint32_t i = first; i < first + count; i++) {
        if (out->len - line > 90) {
            buf_add_text(out, "\n   ");
            line = out->len;
        }
        buf_add_text(out, " {");
        buf_add_number(out, plan->word_rows[i].value);
        buf_add_text(out, "},");
    }
    buf_add_char(out, '\n');
}

/* What a tolerance's program was made of: its `path`, the last of that name. */
static struct str path_of(const struct rt_plan *plan, const struct plan_tolerance *row)
{
    const struct plan_value *object = &plan->value_rows[row->document];
    for (uint32_t i = object->count; i-- > 0;) {
        if (str_is(plan_text(plan, plan->key_rows[object->keys + i].text), "path"))
            return plan_text(plan, plan->value_rows[object->first + i].first);
    }
    return STR("");
}

/* They stand in the order of their owners: paths of tolerances, then templates. */
static void add_word_rows(struct buf *out, const struct rt_plan *plan)
{
    for (uint32_t i = 0; i < plan->tolerance_count; i++) {
        const struct plan_tolerance *row = &plan->tolerance_rows[i];
        if (row->word_count)
            add_program(out, plan, path_of(plan, row), row->words, row->word_count);
    }
    for (uint32_t i = 0; i < plan->template_count; i++) {
        const struct plan_template *row = &plan->template_rows[i];
        add_program(out, plan, plan_text(plan, row->text), row->words, row->word_count);
    }
}

static void add_strings(struct buf *out, const struct rt_plan *plan)
{
    buf_add_text(out, "/* Every distinct string once; text_rows says where each begins. */\n"
                      "static const char bytes[] =\n");
    for (uint32_t i = 0; i < plan->text_count; i++) {
        buf_add_text(out, "    \"");
        cgen_add_literal(out, plan_text(plan, i));
        buf_add_text(out, "\\0\"\n");
    }
    buf_add_text(out, "    \"\";\n\n");
}

/* Rows that call something, each under a comment that says what. */
#define ADD_CALLS(name, what)                                                                      \
    static void add_##name##_rows(struct buf *out, const struct rt_plan *plan)                     \
    {                                                                                              \
        struct arena arena;                                                                        \
        arena_init(&arena);                                                                        \
        const struct value *values = plan_values(&arena, plan);                                    \
        for (uint32_t i = 0; i < plan->name##_count; i++) {                                        \
            cgen_add_##what(out, plan, values, i);                                                 \
            add_##name##_row(out, &plan->name##_rows[i]);                                          \
        }                                                                                          \
        arena_free(&arena);                                                                        \
    }
ADD_CALLS(activity, call)
ADD_CALLS(control, control)
#undef ADD_CALLS

#define ADD_EACH(name)                                                                             \
    static void add_##name##_rows(struct buf *out, const struct rt_plan *plan)                     \
    {                                                                                              \
        for (uint32_t i = 0; i < plan->name##_count; i++)                                          \
            add_##name##_row(out, &plan->name##_rows[i]);                                          \
    }
ADD_EACH(tolerance)
ADD_EACH(variable)
ADD_EACH(experiment)
#undef ADD_EACH

/* An empty table stays a null pointer: C has no empty arrays. */
static void add_tables(struct buf *out, const struct rt_plan *plan)
{
#define ADD_TABLE(name, NAME)                                                                      \
    if (plan->name##_count) {                                                                      \
        buf_printf(out, "static const struct plan_" #name " " #name "_rows[%u] = {\n",             \
            (unsigned)plan->name##_count);                                                         \
        add_##name##_rows(out, plan);                                                              \
        buf_add_text(out, "};\n\n");                                                               \
    }
    PLAN_TABLES(ADD_TABLE)
#undef ADD_TABLE
    buf_printf(out,
        "static const struct rt_plan plan = {\n    .bytes = bytes,\n    .byte_count = %u,\n",
        (unsigned)plan->byte_count);
#define ADD_POINTER(name, NAME)                                                                    \
    if (plan->name##_count)                                                                        \
        buf_printf(out, "    ." #name "_rows = " #name "_rows,\n    ." #name "_count = %u,\n",     \
            (unsigned)plan->name##_count);
    PLAN_TABLES(ADD_POINTER)
#undef ADD_POINTER
    buf_add_text(out, "};\n\n");
}

/* What does not plainly say `http:` may turn out to be anything: it may hold variables, or blanks in front. */
static bool could_be_https(struct str url)
{
    return url.len < 5 || strncasecmp(url.ptr, "http:", 5) != 0 ||
           memchr(url.ptr, '$', url.len) != NULL;
}

/* Whether any string of a tolerance holds `text`: its rows lie behind its own in the value table. */
static bool mentions(const struct rt_plan *plan, uint32_t value, struct str text)
{
    const struct plan_value *row = &plan->value_rows[value];
    if (row->kind == VALUE_STRING)
        return str_contains(plan_text(plan, row->first), text);
    for (uint32_t i = 0; i < row->count; i++)
        if (mentions(plan, row->first + i, text))
            return true;
    return false;
}

/* A path has regular expressions in match() and search(); one with templates may get them at run time. */
static bool needs_regexps(const struct rt_plan *plan, const struct plan_tolerance *row)
{
    if (row->kind == PLAN_TOLERANCE_JSONPATH)
        return mentions(plan, row->document, STR("match(")) ||
               mentions(plan, row->document, STR("search(")) ||
               mentions(plan, row->document, STR("${"));
    /* A string that is a variable is judged by that variable's type, an object among others. */
    return row->kind == PLAN_TOLERANCE_REGEX ||
           (row->kind == PLAN_TOLERANCE_VALUE && mentions(plan, row->document, STR("${")));
}

unsigned cgen_needs(const struct rt_plan *plan)
{
    unsigned needs = plan->control_count ? CGEN_PYTHON : 0;
    for (uint32_t i = 0; i < plan->activity_count; i++) {
        const struct plan_activity *row = &plan->activity_rows[i];
        if (row->provider == PLAN_PROCESS)
            needs |= CGEN_PROCESS;
        if (row->provider == PLAN_PYTHON)
            needs |= CGEN_PYTHON;
        if (row->provider != PLAN_HTTP)
            continue;
        needs |= CGEN_HTTP;
        const struct plan_value *url = row->url == PLAN_NONE ? NULL : &plan->value_rows[row->url];
        if (url && url->kind == VALUE_STRING && could_be_https(plan_text(plan, url->first)))
            needs |= CGEN_TLS;
    }
    for (uint32_t i = 0; i < plan->tolerance_count; i++)
        if (needs_regexps(plan, &plan->tolerance_rows[i]))
            needs |= CGEN_REGEXP;
    /* Its address is only known where the runner runs: TLS must be there. */
    for (uint32_t i = 0; i < plan->variable_count; i++)
        if (plan->variable_rows[i].source == PLAN_VAULT)
            needs |= CGEN_VAULT | CGEN_HTTP | CGEN_TLS;
    return needs;
}

static void add_part(struct buf *out, bool used, const char *field, const char *symbol)
{
    if (used)
        buf_printf(out, "    .%s = &%s,\n", field, symbol);
}

/* The runtime's parts that are named here are all that the linker keeps. */
static void add_parts(
    struct buf *out, const struct rt_plan *plan, const struct cgen_options *options)
{
    unsigned needs = cgen_needs(plan);
    if (options->cacerts.len) {
        buf_add_text(out, "/* The certificate authorities that servers are checked against. */\n"
                          "static const char cacerts[] =\n    \"");
        for (size_t i = 0; i < options->cacerts.len; i++) {
            cgen_add_literal(out, (struct str){options->cacerts.ptr + i, 1});
            if (options->cacerts.ptr[i] == '\n' && i + 1 < options->cacerts.len)
                buf_add_text(out, "\"\n    \"");
        }
        buf_add_text(out, "\";\n\n");
    }
    buf_add_text(out, "/* What this experiment needs of the runtime; the rest is not linked. */\n"
                      "static const struct rt_parts parts = {\n");
    if (options->plan_only) {
        buf_add_text(out, "    .plan_only = 1,\n");
    } else {
        add_part(out, true, "engine", "rt_engine");
        add_part(out, needs & CGEN_PROCESS, "process", "provider_process");
        add_part(out, needs & CGEN_HTTP, "http", "provider_http");
        add_part(out, needs & CGEN_PYTHON, "python", "provider_python");
        add_part(out, needs & CGEN_REGEXP, "regexps", "rt_regexps");
        add_part(out, needs & CGEN_VAULT, "vault", "rt_vault");
    }
    if (options->cacerts.len)
        buf_add_text(out, "    .cacerts = cacerts,\n");
    buf_add_text(out, "};\n\n");
}

void cgen_emit(struct buf *out, const struct rt_plan *plan, const struct cgen_options *options)
{
    const struct plan_experiment *experiment = plan_experiment(plan);
    buf_add_text(out, "/* Experiment \"");
    cgen_add_comment(out, plan_text(plan, experiment->title), 300);
    buf_add_text(out, "\", from ");
    cgen_add_comment(out, plan_text(plan, experiment->file), 300);
    buf_add_text(out, "\n * Written by chaosc " CHAOSC_VERSION ".");
    if (options->command.len) {
        buf_add_text(out, " Compile with:\n *   ");
        cgen_add_comment(out, options->command, SIZE_MAX);
    }
    buf_add_text(out, "\n */\n#include \"chaosrt.h\"\n\n");
    add_strings(out, plan);
    add_tables(out, plan);
    add_parts(out, plan, options);
    buf_add_text(out,
        "int main(int argc, char **argv)\n{\n    return rt_main(&plan, &parts, argc, argv);\n}\n");
}
