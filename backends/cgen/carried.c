#include "backends/cgen/carried.h"

#ifdef CHAOSC_CARRY

/* The assembler puts the file in: as a C array it would be a million numbers to read. */
#define CARRY(name, file)                                                                          \
    __asm__(".pushsection .rodata, \"a\"\n"                                                        \
            ".balign 16\n"                                                                         \
            "carried_" #name "_begin:\n"                                                           \
            ".incbin \"" CHAOSC_CARRY "/" file "\"\n"                                              \
            "carried_" #name "_end:\n"                                                             \
            ".popsection\n");                                                                      \
    extern const char carried_##name##_begin[], carried_##name##_end[];                            \
    struct str carried_##name(void)                                                                \
    {                                                                                              \
        return str_slice(carried_##name##_begin, carried_##name##_end);                            \
    }

#else

#define CARRY(name, file)                                                                          \
    struct str carried_##name(void)                                                                \
    {                                                                                              \
        return (struct str){"", 0};                                                                \
    }

#endif

CARRY(stub, "stub")
CARRY(sources, "sources.tsv")
