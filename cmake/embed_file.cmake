# Writes IN as a C array to OUT; run by chaosc_embed.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(................................................................................)" "\\1\n"
       bytes "${bytes}")
file(WRITE ${OUT} "#include <stddef.h>\n\nextern const char ${SYMBOL}_text[];\nextern const size_t ${SYMBOL}_size;\n\n\
const char ${SYMBOL}_text[] = {\n${bytes}0};\nconst size_t ${SYMBOL}_size = sizeof ${SYMBOL}_text - 1;\n")
