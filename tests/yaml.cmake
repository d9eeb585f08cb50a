# YAML: the reader against PyYAML, its messages, its traps.
add_executable(tree_json oracle/tree_json.c)
target_link_libraries(tree_json PRIVATE chaosc_frontend)
chaosc_unit(yaml_scalar frontend)
chaosc_unit(yaml_read report)

# Skips, and says so, where the reference (scripts/reference) is not installed.
set(yaml_texts ${CMAKE_CURRENT_SOURCE_DIR}/syntax/yaml)
if(EXISTS ${CMAKE_SOURCE_DIR}/../shared/corpus)
  list(APPEND yaml_texts ${CMAKE_SOURCE_DIR}/../shared/corpus)
else()
  message(WARNING "tests: SKIPPED the corpus in yaml.reference: no ../shared/corpus")
endif()
add_test(NAME yaml.reference
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/oracle/compare_yaml.py
          $<TARGET_FILE:tree_json> ${yaml_texts} --random 2000)
set_tests_properties(yaml.reference PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120)

chaosc_fuzz(yaml fmt)

add_test(NAME yaml.lenient
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/yaml/lenient_test.py
          $<TARGET_FILE:chaosc> ${CMAKE_SOURCE_DIR})
set_tests_properties(yaml.lenient PROPERTIES TIMEOUT 120)
