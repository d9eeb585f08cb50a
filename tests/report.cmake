# The formats of findings, suppressions, the baseline and the configuration.
chaosc_unit(report report)
chaosc_unit(policy lint)

add_test(NAME report.formats
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/report/validate.py
          ${CMAKE_CURRENT_SOURCE_DIR}/golden/report)
add_test(NAME report.sarif_schema
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/report/validate.py --schema
          ${CMAKE_CURRENT_SOURCE_DIR}/golden/report)
set_tests_properties(report.sarif_schema PROPERTIES SKIP_RETURN_CODE 77 LABELS slow TIMEOUT 300)

add_test(NAME report.living
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/report/living_test.py
          $<TARGET_FILE:chaosc> ${CMAKE_SOURCE_DIR})
