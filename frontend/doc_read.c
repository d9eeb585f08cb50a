/* Which reader a text goes to: the one place that knows file name extensions. */
#include "frontend/doc.h"

static const struct {
    struct str extension;
    enum doc_notation notation;
} extensions[] = {
    {STR_INIT(".json"), DOC_JSON},
    {STR_INIT(".yaml"), DOC_YAML},
    {STR_INIT(".yml"), DOC_YAML},
    {STR_INIT(".chaos"), DOC_CHAOS},
};

static size_t skip_blank(struct str text, size_t i)
{
    if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0 && i == 0)
        i = 3;
    while (i < text.len && memchr(" \t\r\n", text.ptr[i], 4))
        i++;
    return i;
}

/* The first word that is not in a comment: `experiment` opens a .chaos file, a bracket JSON, else
 * it is YAML. */
static enum doc_notation guess_by_text(struct str text)
{
    size_t i = skip_blank(text, 0);
    while (i < text.len && text.ptr[i] == '#') {
        while (i < text.len && text.ptr[i] != '\n')
            i++;
        i = skip_blank(text, i);
    }
    struct str rest = {text.ptr + i, text.len - i};
    if (rest.len && (rest.ptr[0] == '{' || rest.ptr[0] == '['))
        return DOC_JSON;
    if (str_starts(rest, STR("experiment")) && rest.len > 10 &&
        memchr(" \t\r\n\"'#", rest.ptr[10], 7))
        return DOC_CHAOS;
    return DOC_YAML;
}

enum doc_notation doc_guess_notation(const struct source *source)
{
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
        if (str_ends(source->name, extensions[i].extension))
            return extensions[i].notation;
    return guess_by_text(source->text);
}

void doc_read(struct doc *doc, struct source *source, struct diag_bag *bag)
{
    static void (*const readers[])(struct doc *, struct source *, struct diag_bag *) = {
        [DOC_JSON] = doc_read_json, [DOC_YAML] = doc_read_yaml, [DOC_CHAOS] = doc_read_chaos};
    readers[doc_guess_notation(source)](doc, source, bag);
}
