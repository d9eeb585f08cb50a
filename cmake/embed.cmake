# chaosc_embed(target file symbol): puts a text file into a target as `const char symbol_text[]`, with its length
# as `symbol_size`.
function(chaosc_embed target file symbol)
  get_filename_component(path ${file} ABSOLUTE)
  set(out ${CMAKE_BINARY_DIR}/generated/embedded/${symbol}.c)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DIN=${path} -DOUT=${out} -DSYMBOL=${symbol}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake
    DEPENDS ${path} ${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
