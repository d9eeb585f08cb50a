/* chaos_pair.h: matches the brackets of a .chaos file before it is parsed.
 * Tokens are changed in place; what had to be put in or taken out is reported where the mistake
 * most likely is. */
#ifndef FRONTEND_CHAOS_PAIR_H
#define FRONTEND_CHAOS_PAIR_H

#include "frontend/chaos_lex.h"

/* Sets the depth of every token. An opening bracket without its closing one gets a virtual one
 * where the layout says the bracket ends; a closing bracket without an opening one goes. Returns
 * whether anything was wrong. */
bool chaos_pair(
    struct arena *arena, struct doc *doc, struct diag_bag *bag, struct chaos_tokens *tokens);

/* Reports the closing brackets that were taken out, once the file is parsed: one that ends a statement with another
 * mistake in it (the diagnostics from `first` on) most likely lost its opening bracket there. */
void chaos_report_extra(
    struct doc *doc, struct diag_bag *bag, const struct chaos_tokens *tokens, size_t first);

/* Whether the token begins a statement that only a file has, at the start of a line without
 * indentation. */
bool chaos_begins_file_statement(
    const struct doc *doc, const struct chaos_tokens *tokens, size_t index);

#endif
