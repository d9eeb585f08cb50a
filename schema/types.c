#include "schema/types.h"

#include <stddef.h>

static const struct {
    type_set type;
    const char *name;
} names[] = {
    {TYPE_BOOLEAN, "a boolean"},
    {TYPE_NUMBER, "a number"},
    {TYPE_INTEGER, "an integer"},
    {TYPE_REAL, "a number with a fraction"},
    {TYPE_STRING, "a string"},
    {TYPE_ARRAY, "an array"},
    {TYPE_OBJECT, "an object"},
    {TYPE_NULL, "null"},
};

void type_describe(struct buf *out, type_set type)
{
    if (type == TYPE_ANY) {
        buf_add_text(out, "any value");
        return;
    }
    if (type == TYPE_NEVER) {
        buf_add_text(out, "nothing");
        return;
    }
    for (bool first = true; type != TYPE_NEVER; first = false) {
        size_t i = 0;
        while ((type & names[i].type) != names[i].type)
            i++;
        type = (type_set)(type & ~names[i].type);
        if (!first)
            buf_add_text(out, type == TYPE_NEVER ? " or " : ", ");
        buf_add_text(out, names[i].name);
    }
}
