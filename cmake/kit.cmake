# The kit of a target: what `chaosc build` links a runner from, one folder, nothing of this machine.
# scripts/build-kit configures this with cmake/static.cmake and MinSizeRel, and builds `kit`.
set(CHAOSC_KIT ${CMAKE_BINARY_DIR}/lib/chaosc CACHE PATH "The folder of the kit")
set(runtime_objects "")
foreach(layer base expr plan loop http record helper exec runner)
  if(TARGET chaosc_${layer})
    list(APPEND runtime_objects $<TARGET_OBJECTS:chaosc_${layer}>)
  endif()
endforeach()
add_library(chaosrt STATIC EXCLUDE_FROM_ALL ${runtime_objects})
set_target_properties(chaosrt PROPERTIES ARCHIVE_OUTPUT_DIRECTORY ${CHAOSC_KIT} LINKER_LANGUAGE C)

if(CHAOSC_DYNAMIC_KIT)
  # For --dynamic: the runtime against this machine's shared libraries.
  add_custom_target(kit DEPENDS chaosrt)
  return()
endif()

set(kit_files ${CMAKE_BINARY_DIR}/chaosrt/chaosrt.h)
foreach(file crt1.o crti.o crtn.o libc.a libpcre2-8.a libz.a libcares.a libcurl.a
    libmbedtls.a libmbedx509.a libmbedcrypto.a)
  list(APPEND kit_files ${CHAOSC_DEPS}/lib/${file})
endforeach()
add_custom_target(kit
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${kit_files} ${CHAOSC_KIT}
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${CHAOSC_DEPS}/http/lib/libcurl.a
          ${CHAOSC_KIT}/libcurl-plain.a
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${CHAOSC_DEPS}/sources.tsv
          ${CHAOSC_DEPS}/target ${CHAOSC_KIT}
  VERBATIM)
# The prebuilt runner of `chaosc build --bundle`: every part, an experiment is put behind it.
add_executable(stub EXCLUDE_FROM_ALL runtime/stub/stub.c)
target_link_libraries(stub PRIVATE chaosc_runner)
target_link_options(stub PRIVATE -s)
set_target_properties(stub PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CHAOSC_KIT})

add_dependencies(kit chaosrt chaosrt_header stub)
