# The examples do what their READMEs say.
if(TARGET chaosc)
  add_test(NAME examples.two_workers
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/examples/two_workers_test.py
            $<TARGET_FILE:chaosc> ${CMAKE_SOURCE_DIR}/examples/two-workers)
  set_tests_properties(examples.two_workers PROPERTIES TIMEOUT 120 LABELS slow)
  # Built where the tools of their languages are; else skipped, which ctest shows.
  foreach(language go rust)
    add_test(NAME examples.driver_${language}
      COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/examples/drivers_test.py
              $<TARGET_FILE:chaosc> ${CMAKE_SOURCE_DIR}/examples/drivers ${language})
    set_tests_properties(examples.driver_${language} PROPERTIES TIMEOUT 300 LABELS slow SKIP_RETURN_CODE 77)
  endforeach()
endif()
