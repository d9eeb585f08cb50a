# Emitted C is compiled by every compiler found and compared with the plan it was made from.
chaosc_unit(cgen cgen plan base)
add_library(cgen_save STATIC cgen/save_plan.c)
target_link_libraries(cgen_save PRIVATE chaosc_plan)
add_dependencies(check_cgen cgen_save chaosrt_header)
target_compile_definitions(check_cgen PRIVATE HEADER_DIR="${CMAKE_BINARY_DIR}/chaosrt"
  RUNTIME_LIBS="$<TARGET_FILE:cgen_save> $<TARGET_FILE:chaosc_plan> $<TARGET_FILE:chaosc_expr> $<TARGET_FILE:chaosc_base>$<$<BOOL:${CHAOSC_SANITIZE}>: -fsanitize=address,undefined>")

# Plans behind prebuilt runners.
chaosc_unit(bundle cgen plan base)

# Whole runners, where scripts/build-kit has made what they are linked from.
set(backends_test_which --grid short --random 40)
foreach(part IN ITEMS backends_test runner_test making_test machines_test corpus_test emit_fuzz sbom_test init_test driver_test)
  add_test(NAME build.${part}
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/build/${part}.py $<TARGET_FILE:chaosc>
            ${${part}_which})
  set_tests_properties(build.${part} PROPERTIES LABELS slow SKIP_RETURN_CODE 77 TIMEOUT 900)
endforeach()
