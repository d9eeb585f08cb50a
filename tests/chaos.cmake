# The .chaos notation: reader, printers, fixtures.
chaosc_unit(chaos frontend)
chaosc_unit(chaos_errors report)
chaosc_unit(fmt fmt ir)
chaosc_fuzz(chaos report fmt)
add_test(NAME docs.language
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/chaos_docs_test.py
          ${CMAKE_SOURCE_DIR} $<TARGET_FILE:chaosc> ${BISON})
add_test(NAME chaos.random
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/chaos_random_test.py
          ${CMAKE_SOURCE_DIR} $<TARGET_FILE:chaosc> $<TARGET_FILE:replay_chaos> ${BISON} 400 1)
set_tests_properties(chaos.random PROPERTIES TIMEOUT 120)
add_test(NAME editors.words
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/scripts/editors --check)
add_test(NAME chaos.commands
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/chaos_cli_test.py $<TARGET_FILE:chaosc>)
