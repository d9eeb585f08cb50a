# chaosc_fuzz(name link...): tests/fuzz/fuzz_<name>.c as a plain binary that ctest runs over
# tests/fuzz/corpus/<name>/, and under CHAOSC_FUZZ as a libFuzzer target as well (scripts/fuzz).
if(CHAOSC_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "CHAOSC_FUZZ needs clang: use the preset fuzz, or scripts/fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

function(chaosc_fuzz name)
  set(source ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_${name}.c)
  set(corpus ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
  list(TRANSFORM ARGN PREPEND chaosc_ OUTPUT_VARIABLE links)

  add_executable(replay_${name} ${source} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.c)
  target_link_libraries(replay_${name} PRIVATE ${links})
  add_test(NAME fuzz.${name} COMMAND replay_${name} ${corpus})
  set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 120)

  if(CHAOSC_FUZZ)
    add_executable(fuzz_${name} ${source})
    target_link_libraries(fuzz_${name} PRIVATE ${links})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()
