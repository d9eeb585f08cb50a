# Emitted C is compiled by every compiler found and compared with the plan it was made from.
chaosc_unit(cgen cgen plan base)
add_library(cgen_save STATIC cgen/save_plan.c)
target_link_libraries(cgen_save PRIVATE chaosc_plan)
add_dependencies(check_cgen cgen_save chaosrt_header)
target_compile_definitions(check_cgen PRIVATE HEADER_DIR="${CMAKE_BINARY_DIR}/chaosrt"
  RUNTIME_LIBS="$<TARGET_FILE:cgen_save> $<TARGET_FILE:chaosc_plan> $<TARGET_FILE:chaosc_base>$<$<BOOL:${CHAOSC_SANITIZE}>: -fsanitize=address,undefined>")
