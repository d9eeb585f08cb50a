/* attached.h: how a plan lies behind a prebuilt runner: the program, padding, the plan, this trailer at the very end.
 * All numbers, the plan's too, are in the byte order of the machine that the program is for. */
#ifndef RUNTIME_PLAN_ATTACHED_H
#define RUNTIME_PLAN_ATTACHED_H

#include <stdint.h>

#define ATTACHED_MAGIC                                                                             \
    {                                                                                              \
        'C', 'H', 'A', 'O', 'S', 'E', 'N', 'D'                                                     \
    }

struct attached_trailer {
    uint64_t offset, length; /* of the plan in the file, bytes; the offset is a multiple of 16 */
    char magic[8];
};

#endif
