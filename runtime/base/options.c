#include "runtime/base/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row *find_long(const struct option_parser *parser, struct str name)
{
    for (size_t t = 0; t < parser->table_count; t++)
        for (size_t i = 0; i < parser->tables[t].count; i++)
            if (str_equal(str_from(parser->tables[t].rows[i].name), name))
                return &parser->tables[t].rows[i];
    return NULL;
}

static const struct option_row *find_letter(const struct option_parser *parser, char letter)
{
    for (size_t t = 0; t < parser->table_count; t++)
        for (size_t i = 0; i < parser->tables[t].count; i++)
            if (parser->tables[t].rows[i].letter == letter)
                return &parser->tables[t].rows[i];
    return NULL;
}

static bool takes_value(const struct option_row *row)
{
    return row->type != OPTION_FLAG && row->type != OPTION_FLAG_OFF;
}

static bool parse_count(const char *text, long *out)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end || errno || value < 0)
        return false;
    *out = value;
    return true;
}

static bool parse_seconds(const char *text, double *out)
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"", 1}, {"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}};
    char *end;
    /* strtod alone would take "inf", "nan" and hexadecimal. */
    if (strspn(text, "0123456789.") == 0 || text[0] == '\0' || strchr(text, 'x') ||
        strchr(text, 'X'))
        return false;
    double value = strtod(text, &end);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (end != text && strcmp(end, units[i].unit) == 0) {
            *out = value * units[i].factor;
            return true;
        }
    }
    return false;
}

static bool store_choice(
    struct option_parser *parser, const struct option_row *row, const char *text, int *out)
{
    for (int i = 0; row->choices[i]; i++) {
        if (strcmp(row->choices[i], text) == 0) {
            *out = i;
            return true;
        }
    }
    struct buf list = {0};
    for (size_t i = 0; row->choices[i]; i++)
        buf_printf(&list, "%s%s",
            i == 0                ? ""
            : row->choices[i + 1] ? ", "
                                  : " or ",
            row->choices[i]);
    parser->message =
        arena_printf(parser->arena, "--%s takes %s, not `%s`", row->name, list.data, text);
    buf_free(&list);
    return false;
}

static void *field_of(const struct option_parser *parser, const struct option_row *row)
{
    size_t base = 0;
    for (size_t t = 0; t < parser->table_count; t++)
        if (row >= parser->tables[t].rows && row < parser->tables[t].rows + parser->tables[t].count)
            base = parser->tables[t].base;
    return (char *)parser->options + base + row->offset;
}

static bool store(struct option_parser *parser, const struct option_row *row, const char *text)
{
    void *field = field_of(parser, row);
    switch (row->type) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return true;
    case OPTION_FLAG_OFF:
        *(bool *)field = false;
        return true;
    case OPTION_TEXT:
        *(const char **)field = text;
        return true;
    case OPTION_COUNT:
        if (parse_count(text, field))
            return true;
        parser->message = arena_printf(
            parser->arena, "--%s takes a number of 0 or more, not `%s`", row->name, text);
        return false;
    case OPTION_SECONDS:
        if (parse_seconds(text, field))
            return true;
        parser->message = arena_printf(parser->arena,
            "--%s takes a duration such as 30, 1.5, 500ms, 2m or 1h, not `%s`", row->name, text);
        return false;
    case OPTION_CHOICE:
        return store_choice(parser, row, text, field);
    case OPTION_LIST: {
        struct option_list *list = field;
        *ARENA_PUSH(parser->arena, list->items, list->count, list->room) = text;
        return true;
    }
    }
    return false;
}

static bool refuse(struct option_parser *parser, const char *text, struct str name)
{
    const char *best = NULL;
    unsigned best_distance = 3;
    for (size_t t = 0; t < parser->table_count; t++) {
        for (size_t i = 0; i < parser->tables[t].count; i++) {
            unsigned distance = str_distance(name, str_from(parser->tables[t].rows[i].name), 2);
            if (distance < best_distance) {
                best_distance = distance;
                best = parser->tables[t].rows[i].name;
            }
        }
    }
    parser->message =
        best ? arena_printf(parser->arena, "`%s` has no option `%s`; did you mean `--%s`?",
                   parser->whose, text, best)
             : arena_printf(parser->arena, "`%s` has no option `%s`; `%s --help` lists them",
                   parser->whose, text, parser->whose);
    return false;
}

/* One `--name[=value]`; *i stands on it and is moved over a value that follows. */
static bool parse_long(struct option_parser *parser, int argc, char **argv, int *i)
{
    const char *text = argv[*i] + 2;
    const char *equals = strchr(text, '=');
    struct str name = {text, equals ? (size_t)(equals - text) : strlen(text)};
    const struct option_row *row = find_long(parser, name);
    if (!row)
        return refuse(parser, argv[*i], name);
    if (!takes_value(row)) {
        if (!equals)
            return store(parser, row, NULL);
        parser->message = arena_printf(parser->arena, "--%s takes no value", row->name);
        return false;
    }
    if (equals)
        return store(parser, row, equals + 1);
    if (*i + 1 < argc)
        return store(parser, row, argv[++*i]);
    parser->message = arena_printf(
        parser->arena, "--%s needs a value: --%s %s", row->name, row->name, row->value);
    return false;
}

/* One `-abc` or `-oVALUE`. */
static bool parse_short(struct option_parser *parser, int argc, char **argv, int *i)
{
    for (const char *letter = argv[*i] + 1; *letter; letter++) {
        const struct option_row *row = find_letter(parser, *letter);
        if (!row)
            return refuse(parser, arena_printf(parser->arena, "-%c", *letter).ptr, STR("?"));
        if (!takes_value(row)) {
            if (!store(parser, row, NULL))
                return false;
            continue;
        }
        if (letter[1])
            return store(parser, row, letter + 1);
        if (*i + 1 < argc)
            return store(parser, row, argv[++*i]);
        parser->message =
            arena_printf(parser->arena, "-%c needs a value: -%c %s", *letter, *letter, row->value);
        return false;
    }
    return true;
}

bool options_parse(struct option_parser *parser, int argc, char **argv, size_t *left)
{
    size_t kept = 0;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            while (++i < argc)
                argv[kept++] = argv[i];
            break;
        }
        if (argv[i][0] != '-' || argv[i][1] == '\0') {
            argv[kept++] = argv[i];
            continue;
        }
        bool good = argv[i][1] == '-' ? parse_long(parser, argc, argv, &i)
                                      : parse_short(parser, argc, argv, &i);
        if (!good)
            return false;
    }
    *left = kept;
    return true;
}

static void add_row(struct buf *out, const struct option_row *row)
{
    enum { COLUMN = 30 };
    size_t start = out->len;
    buf_add_text(out, "  ");
    if (row->letter)
        buf_printf(out, "-%c, ", row->letter);
    buf_printf(out, "--%s", row->name);
    if (takes_value(row))
        buf_printf(out, " %s", row->value);
    if (out->len - start > COLUMN - 2) {
        buf_add_char(out, '\n');
        start = out->len;
    }
    buf_add_repeat(out, ' ', COLUMN - (out->len - start));
    buf_add_text(out, row->help);
    for (size_t i = 0; row->type == OPTION_CHOICE && row->choices[i]; i++)
        buf_printf(out, "%s%s", i ? ", " : ": ", row->choices[i]);
    buf_add_char(out, '\n');
}

void options_help(struct buf *out, const struct option_table *tables, size_t table_count)
{
    for (size_t t = 0; t < table_count; t++)
        for (size_t i = 0; i < tables[t].count; i++)
            add_row(out, &tables[t].rows[i]);
}
