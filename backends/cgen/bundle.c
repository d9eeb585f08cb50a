#include "backends/cgen/bundle.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

#include "runtime/plan/attached.h"

/* Whether the stub, an ELF file, is for a machine of the other byte order. */
static bool is_foreign(struct str stub)
{
    char own = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
    return stub.len > EI_DATA && stub.ptr[EI_DATA] != own;
}

/* A saved plan consists of numbers of 32 bits, but for the magic at its start and the strings at its end. */
static void swap_numbers(char *saved, size_t size, const struct rt_plan *plan)
{
    size_t strings = ((size_t)plan->byte_count + 3) & ~(size_t)3;
    for (size_t at = 8; at < size - strings; at += sizeof(uint32_t)) {
        uint32_t number;
        memcpy(&number, saved + at, sizeof number);
        number = __builtin_bswap32(number);
        memcpy(saved + at, &number, sizeof number);
    }
}

void bundle_write(struct buf *out, struct str stub, const struct rt_plan *plan)
{
    struct attached_trailer trailer = {.magic = ATTACHED_MAGIC};
    buf_add_str(out, stub);
    buf_add_repeat(out, '\0', -out->len % 16u);
    trailer.offset = out->len;
    plan_save(out, plan);
    trailer.length = out->len - trailer.offset;
    if (is_foreign(stub)) {
        swap_numbers(out->data + trailer.offset, (size_t)trailer.length, plan);
        trailer.offset = __builtin_bswap64(trailer.offset);
        trailer.length = __builtin_bswap64(trailer.length);
    }
    buf_add(out, &trailer, sizeof trailer);
}
