#include "backends/cgen/bundle.h"

#include "runtime/plan/attached.h"

void bundle_write(struct buf *out, struct str stub, const struct rt_plan *plan)
{
    struct attached_trailer trailer = {.magic = ATTACHED_MAGIC};
    buf_add_str(out, stub);
    buf_add_repeat(out, '\0', -out->len % 16u);
    trailer.offset = out->len;
    plan_save(out, plan);
    trailer.length = out->len - trailer.offset;
    buf_add(out, &trailer, sizeof trailer);
}
