# chaosc_layer(name dir [TABLES dir] [LINKS target...]): one static library from the sources of one folder.
# *.re goes through re2c and *.y through bison; main.c stays out (it belongs to an executable).
# A folder without sources yet makes no target, and links to it are dropped.
function(chaosc_layer name dir)
  cmake_parse_arguments(ARG "" "TABLES" "LINKS" ${ARGN})
  # tests/layers.cmake holds the includes against these rows.
  list(JOIN ARG_LINKS " " links)
  set_property(GLOBAL APPEND PROPERTY CHAOSC_LAYER_ROWS "${name} ${dir} ${links}")
  file(GLOB sources CONFIGURE_DEPENDS ${dir}/*.c)
  if(ARG_TABLES)
    file(GLOB tables CONFIGURE_DEPENDS ${ARG_TABLES}/*.c)
    list(APPEND sources ${tables})
  endif()
  list(FILTER sources EXCLUDE REGEX "/main\\.c$")
  file(GLOB lexers CONFIGURE_DEPENDS ${dir}/*.re)
  file(GLOB grammars CONFIGURE_DEPENDS ${dir}/*.y)
  set(generated "")
  set(gendir ${CMAKE_BINARY_DIR}/generated/${dir})
  file(MAKE_DIRECTORY ${gendir})
  foreach(lexer IN LISTS lexers)
    get_filename_component(stem ${lexer} NAME_WE)
    add_custom_command(OUTPUT ${gendir}/${stem}.c
      COMMAND ${RE2C} -W -Werror --no-debug-info --no-generation-date -o ${gendir}/${stem}.c ${lexer}
      DEPENDS ${lexer} VERBATIM)
    list(APPEND generated ${gendir}/${stem}.c)
  endforeach()
  foreach(grammar IN LISTS grammars)
    get_filename_component(stem ${grammar} NAME_WE)
    add_custom_command(OUTPUT ${gendir}/${stem}.c ${gendir}/${stem}.h
      COMMAND ${BISON} -Wall -Wcounterexamples -Werror --no-lines --defines=${gendir}/${stem}.h
              -o ${gendir}/${stem}.c ${grammar}
      DEPENDS ${grammar} VERBATIM)
    # The same grammar once more, for texts without errors: X_parse.y makes X_valid.c with X_valid_parse.
    string(REGEX REPLACE "_parse$" "_valid" valid ${stem})
    add_custom_command(OUTPUT ${gendir}/${valid}.c
      COMMAND ${BISON} -Wall -Werror --no-lines -F api.prefix={${valid}_} -F api.push-pull=pull
              -F parse.lac=none -F parse.error=simple -o ${gendir}/${valid}.c ${grammar}
      DEPENDS ${grammar} VERBATIM)
    list(APPEND generated ${gendir}/${stem}.c ${gendir}/${stem}.h ${gendir}/${valid}.c)
  endforeach()
  if(NOT sources AND NOT generated)
    return()
  endif()
  add_library(chaosc_${name} STATIC ${sources} ${generated})
  target_include_directories(chaosc_${name} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
  foreach(link IN LISTS ARG_LINKS)
    if(link MATCHES "::")
      target_link_libraries(chaosc_${name} PUBLIC ${link})
    elseif(TARGET chaosc_${link})
      target_link_libraries(chaosc_${name} PUBLIC chaosc_${link})
    endif()
  endforeach()
endfunction()
