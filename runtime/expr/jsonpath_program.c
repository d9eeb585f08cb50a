#include "runtime/expr/jsonpath_program.h"

void jp_add(struct jp_builder *builder, uint32_t word)
{
    *ARENA_PUSH(builder->arena, builder->words, builder->count, builder->room) = word;
}

void jp_add_int64(struct jp_builder *builder, int64_t number)
{
    jp_add(builder, (uint32_t)((uint64_t)number & 0xFFFFFFFF));
    jp_add(builder, (uint32_t)((uint64_t)number >> 32));
}

void jp_add_text(struct jp_builder *builder, struct str text)
{
    jp_add(builder, (uint32_t)builder->text_count);
    jp_add(builder, (uint32_t)text.len);
    for (size_t i = 0; i < text.len; i++)
        *ARENA_PUSH(builder->arena, builder->text, builder->text_count, builder->text_room) =
            text.ptr[i];
}

size_t jp_begin(struct jp_builder *builder, enum jp_operation operation)
{
    jp_add(builder, operation);
    return builder->count - 1;
}

void jp_end(struct jp_builder *builder, size_t at)
{
    builder->words[at] = (builder->words[at] & 0xFF) | (uint32_t)(builder->count - at) << 8;
}

void jp_wrap(struct jp_builder *builder, size_t at, enum jp_operation operation, int argument)
{
    size_t added = argument < 0 ? 1 : 2, inside = builder->count - at;
    for (size_t i = 0; i < added; i++)
        jp_add(builder, 0);
    uint32_t *words = builder->words + at;
    memmove(words + added, words, inside * sizeof *words);
    words[0] = operation;
    if (argument >= 0)
        words[1] = (uint32_t)argument;
}
