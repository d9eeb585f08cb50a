# The runtime: plans, runs, journals, signals; and runs beside the reference implementation.
chaosc_unit(plan plan)
chaosc_unit(buf base)
chaosc_unit(redact record base)
chaosc_unit(events record base)
chaosc_unit(scope exec plan expr base)

if(TARGET chaosc)
  # The reference is where scripts/reference puts it; without it the test is skipped, and says so.
  add_test(NAME compat.reference
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/compat/compare.py $<TARGET_FILE:chaosc>
      --grid short --random 60 --sweep 120)
  set_tests_properties(compat.reference PROPERTIES LABELS slow SKIP_RETURN_CODE 77 TIMEOUT 900)
  # What is shipped has another C library, another libcurl and its own PCRE2: scripts/test builds it.
  add_test(NAME compat.shipped
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/compat/compare.py
      ${CMAKE_SOURCE_DIR}/build/release/chaosc --only http --only regex)
  set_tests_properties(compat.shipped PROPERTIES LABELS slow SKIP_RETURN_CODE 77 TIMEOUT 600)
  add_test(NAME compat.reference_tests
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/compat/reference_tests/run.py $<TARGET_FILE:chaosc>)
  set_tests_properties(compat.reference_tests PROPERTIES LABELS slow SKIP_RETURN_CODE 77 TIMEOUT 600)
  add_test(NAME compat.lines
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/compat/lines_test.py $<TARGET_FILE:chaosc>)
  set_tests_properties(compat.lines PROPERTIES LABELS slow SKIP_RETURN_CODE 77 TIMEOUT 300)
  add_test(NAME compat.kill
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/compat/kill_test.py $<TARGET_FILE:chaosc>)
  add_test(NAME compat.power
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/compat/power_test.py $<TARGET_FILE:chaosc>)
  set_tests_properties(compat.power PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120)
  add_test(NAME compat.signals
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/compat/signals_test.py $<TARGET_FILE:chaosc>)
  add_test(NAME build.signals
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/compat/signals_test.py $<TARGET_FILE:chaosc> --built)
  set_tests_properties(build.signals PROPERTIES LABELS slow SKIP_RETURN_CODE 77 TIMEOUT 600)
  add_test(NAME compat.recover
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/compat/recover_test.py $<TARGET_FILE:chaosc>)
  add_test(NAME compat.recover_controls
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/compat/recover_controls_test.py $<TARGET_FILE:chaosc>)
  add_test(NAME compat.face
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/compat/face_test.py $<TARGET_FILE:chaosc>)
  set_tests_properties(compat.face PROPERTIES TIMEOUT 120)
  # Extensions against their peers, where scripts/peers has put them; a test each, so that each skip is named.
  foreach(peer prometheus toxiproxy aws addons reliably opentracing vault)
    add_test(NAME compat.peers_${peer}
      COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/compat/peers_test.py $<TARGET_FILE:chaosc>
              --short --peer ${peer})
    set_tests_properties(compat.peers_${peer} PROPERTIES LABELS slow SKIP_RETURN_CODE 77 TIMEOUT 300)
  endforeach()
  add_test(NAME run.driver
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/run/driver_test.py $<TARGET_FILE:chaosc>)
  set_tests_properties(run.driver PROPERTIES LABELS slow TIMEOUT 120)
  add_test(NAME run.notify
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/run/notify_test.py $<TARGET_FILE:chaosc>
            ${CMAKE_SOURCE_DIR}/build/reference)
  set_tests_properties(run.notify PROPERTIES LABELS slow TIMEOUT 120)
  add_test(NAME run.controls
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/run/controls_test.py $<TARGET_FILE:chaosc>)
  add_test(NAME run.settings
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/run/settings_test.py $<TARGET_FILE:chaosc>)
  add_test(NAME run.limits
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/run/limits_test.py $<TARGET_FILE:chaosc>)
  set_tests_properties(run.limits PROPERTIES LABELS slow TIMEOUT 300)
  add_test(NAME run.canaries
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/run/canary_test.py $<TARGET_FILE:chaosc>)
  set_tests_properties(run.canaries PROPERTIES LABELS slow TIMEOUT 300)
  set_tests_properties(compat.kill compat.signals compat.recover PROPERTIES LABELS slow TIMEOUT 300)
endif()
