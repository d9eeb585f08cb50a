/* A path, a NUL, and a JSON document: compiled in every dialect and evaluated within few steps. */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "runtime/base/json.h"
#include "runtime/expr/jsonpath.h"
#include "runtime/expr/regexp.h"

static void evaluate(struct arena *arena, struct str path, enum jsonpath_dialect dialect,
    const struct value *document)
{
    struct jsonpath program;
    struct jsonpath_error error;
    if (!jsonpath_compile(arena, path, dialect, &program, &error)) {
        assert(error.from <= error.to && error.to <= path.len + 1 && error.message.len > 0);
        return;
    }
    struct jsonpath_nodes nodes = jsonpath_eval(arena, &program, document, 20000, &rt_regexps);
    assert(nodes.status != JSONPATH_DONE || nodes.count <= 20000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena);
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    size_t len = nul ? (size_t)(nul - data) : size;
    struct str path = {(const char *)data, len};
    struct value document = value_null();
    if (nul)
        json_parse(&arena, arena_str(&arena, (struct str){(const char *)nul + 1, size - len - 1}),
            NULL, &document, NULL);
    for (int dialect = JSONPATH_AUTO; dialect <= JSONPATH_JSONPATH2; dialect++)
        evaluate(&arena, path, (enum jsonpath_dialect)dialect, &document);
    uint32_t from = 0, to = 0;
    if (jsonpath_compare_readings(&arena, path, &from, &to) != JSONPATH_SAME)
        assert(from < to && to <= path.len);
    arena_free(&arena);
    return 0;
}
