/* A template: its segments cover it, and expanding it with values of every kind ends. */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "runtime/expr/duration.h"
#include "runtime/expr/template.h"

static const struct value *look_up(void *context, struct str name)
{
    const struct value *values = context;
    assert(name.len > 0);
    return name.ptr[0] == 'z' ? NULL : &values[name.len % 4];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena);
    struct str text = {(const char *)data, size};
    struct value item = value_string(STR("it's"));
    struct value values[] = {value_null(), value_bool(true), value_string(STR("${a}")),
        {.kind = VALUE_ARRAY, .as.array = {&item, 1}}};

    struct template template = template_parse(&arena, text);
    size_t at = 0, references = 0;
    for (struct template_segment segment = {0}; template_next(&template, &segment);) {
        assert(segment.from == at && segment.to > at);
        at = segment.to;
        references += segment.kind == TEMPLATE_NAMED || segment.kind == TEMPLATE_BRACED;
    }
    assert(at == size);
    assert(template_is_program(template.words, template.count, size));
    assert(template_has_reference(text) == (references > 0));
    const struct template_source source = {look_up, NULL, values};
    struct value expanded = template_expand(&arena, &template, &source);
    bool unchanged = expanded.kind == VALUE_STRING && str_equal(expanded.as.text, text);
    assert(template_can_change(text) || unchanged);

    double seconds = 0;
    size_t wrong_at = 0;
    if (duration_parse(text, &seconds, &wrong_at))
        assert(seconds >= 0);
    else
        assert(wrong_at <= size);
    arena_free(&arena);
    return 0;
}
