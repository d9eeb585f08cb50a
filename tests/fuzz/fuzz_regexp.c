/* A pattern, a NUL, and a text. What the translator lets through, PCRE2 must compile, or it is too large. */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/expr/regexp.h"

enum { LONGEST = 200 }; /* catastrophic patterns end at a limit, but fuzzing needs them fast */

static void run(struct arena *arena, struct str translation, struct str text)
{
    struct regexp_error error;
    struct regexp *regexp = regexp_compile(arena, translation, &error);
    if (regexp) {
        regexp_search(regexp, text);
        regexp_free(regexp);
    } else if (!str_is(error.message, "regular expression is too large") &&
               !str_is(error.message, "regular expression is too complicated") &&
               !str_is(error.message, "lookbehind assertion is too long")) {
        fprintf(stderr, "'%.*s': %.*s\n", STR_ARG(translation), STR_ARG(error.message));
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > LONGEST)
        return 0;
    struct arena arena;
    arena_init(&arena);
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    size_t len = nul ? (size_t)(nul - data) : size;
    struct str pattern = {(const char *)data, len}, text = STR("abc \xc3\xa9 12\n"), translation;
    if (nul)
        text = (struct str){(const char *)nul + 1, size - len - 1};
    struct regexp_error error = {0};
    if (regexp_translate(&arena, pattern, &translation, &error))
        run(&arena, translation, text);
    else
        assert(error.offset <= len && error.message.len > 0);
    for (int whole = 0; whole < 2; whole++)
        if (regexp_translate_iregexp(&arena, pattern, whole != 0, &translation, &error))
            run(&arena, translation, text);
    arena_free(&arena);
    return 0;
}
