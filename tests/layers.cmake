# The house stands: includes point down, and every header compiles alone (and twice).

get_property(layer_rows GLOBAL PROPERTY CHAOSC_LAYER_ROWS)
list(JOIN layer_rows "\n" layer_table)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/layers.txt CONTENT "${layer_table}\n" @ONLY)

add_test(NAME layers.includes
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/layers/check_includes.py
          ${CMAKE_CURRENT_BINARY_DIR}/layers.txt ${CMAKE_SOURCE_DIR})
add_test(NAME layers.includes_test
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/layers/check_includes_test.py)

# One source a header; that they compile is the test, so it runs with the build.
set(alone_sources "")
set(alone_layers "")
foreach(row IN LISTS layer_rows)
  string(REGEX MATCH "^([^ ]+) ([^ ]+)" _ "${row}")
  set(name ${CMAKE_MATCH_1})
  set(folder ${CMAKE_MATCH_2})
  if(NOT TARGET chaosc_${name})
    continue()
  endif()
  list(APPEND alone_layers chaosc_${name})
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
    ${CMAKE_SOURCE_DIR}/${folder}/*.h)
  foreach(header IN LISTS headers)
    set(alone_source ${CMAKE_CURRENT_BINARY_DIR}/headers/${header}.c)
    file(CONFIGURE OUTPUT ${alone_source}
      CONTENT "#include \"${header}\"\n#include \"${header}\"\n" @ONLY)
    list(APPEND alone_sources ${alone_source})
  endforeach()
endforeach()
list(REMOVE_DUPLICATES alone_sources)
add_library(headers_alone OBJECT ${alone_sources})
target_link_libraries(headers_alone PRIVATE ${alone_layers})
