# The examples do what their READMEs say.
if(TARGET chaosc)
  add_test(NAME examples.two_workers
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/examples/two_workers_test.py
            $<TARGET_FILE:chaosc> ${CMAKE_SOURCE_DIR}/examples/two-workers)
  set_tests_properties(examples.two_workers PROPERTIES TIMEOUT 120 LABELS slow)
endif()
