# Toolchain file of static binaries: the musl compiler and the libraries below CHAOSC_DEPS, and
# nothing else of this machine. scripts/setup-static makes that folder, itself with this file.
set(CHAOSC_DEPS ${CMAKE_CURRENT_LIST_DIR}/../build/deps CACHE PATH
  "Static libraries and their compiler, made by scripts/setup-static")
file(REAL_PATH ${CHAOSC_DEPS} deps)
if(NOT EXISTS ${deps}/bin/musl-gcc)
  message(FATAL_ERROR "no static libraries in ${CHAOSC_DEPS}: run scripts/setup-static")
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES CHAOSC_DEPS)

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${deps}/bin/musl-gcc)
execute_process(COMMAND ${CMAKE_C_COMPILER} -dumpmachine OUTPUT_VARIABLE machine)
string(REGEX MATCH "^[^-]+" CMAKE_SYSTEM_PROCESSOR ${machine})
foreach(tool ar ranlib strip)
  string(TOUPPER ${tool} variable)
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-prog-name=${tool}
    OUTPUT_VARIABLE CMAKE_${variable} OUTPUT_STRIP_TRAILING_WHITESPACE)
  find_program(CMAKE_${variable} ${CMAKE_${variable}})
endforeach()
set(CMAKE_C_FLAGS_INIT
  "-fno-pie -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -no-pie -Wl,--gc-sections")

set(CMAKE_FIND_ROOT_PATH ${deps})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${deps}/lib/pkgconfig)
set(PKG_CONFIG_ARGN --static)
