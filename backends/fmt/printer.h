/* printer.h: what the three printers share: the state of one print, comments, blank lines, lines.
 * The state borrows document and buffer; its arena dies with the print. */
#ifndef BACKENDS_FMT_PRINTER_H
#define BACKENDS_FMT_PRINTER_H

#include "backends/fmt/fmt.h"
#include "backends/fmt/order.h"
#include "backends/fmt/trivia.h"

struct printer {
    struct buf *out;
    const struct doc *doc;
    struct arena arena;
    struct trivia trivia;
    struct fmt_report *report;
    bool same_notation; /* formatting, not converting */
    size_t
        literal_end; /* YAML: where a literal block ended: what follows on its line would be part of it */
    bool flat;       /* .chaos: everything must stay on one line ... */
    bool failed; /* ... and does not */
};

/* The three printers; the buffer ends with a line end afterwards. */
void fmt_json(struct printer *p);
void fmt_yaml(struct printer *p);
void fmt_chaos(struct printer *p);

/* Ends the current line, if it is not empty, and indents the next one. */
void print_line(struct printer *p, unsigned indent);

/* The same with an empty line between, where the source has one before `place` and something was printed already. */
void print_line_for(struct printer *p, unsigned indent, uint32_t place, bool first);

/* Comments on lines of their own, each followed by a new line; `place` is where the element stands in the source.
 * Starts the element's line in any case. */
void print_leading(
    struct printer *p, unsigned indent, const void *owner, uint32_t place, bool first);

/* The comment behind what was just printed, if it has one. */
void print_trailing(struct printer *p, const void *owner);

/* Comments behind the last child of a container. */
void print_dangling(struct printer *p, unsigned indent, const struct doc_node *container);

/* One comment, as it stands in the source. */
void print_comment(struct printer *p, struct note *note);

/* How many columns of the current line are used. */
size_t print_column(const struct printer *p);

/* A string in double quotes. What no notation shows is escaped; past U+FFFF as `target` spells that. */
void print_quoted(struct printer *p, struct str text, enum doc_notation target);

/* Whether a string would be read as something else by YAML 1.1 if it stood without quotes (yaml_plain.re). */
bool yaml_needs_quotes(struct str text);

/* Whether it holds a character that no notation shows: such a string is written with escapes. */
bool yaml_has_hidden(struct str text);

#endif
