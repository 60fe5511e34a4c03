# SPDX-License-Identifier: MIT
# Archives of the layer whose calls of libc's functions meet no mock.
#
# A test program may define read() or fork() itself, or have them replaced by
# --wrap; calls by name from an archive of ours would go there too.  So in the
# finished archive each such name is another one, ck_libc_<name>, which jumps
# to libc's own function (see own_libc_generate.cmake).  Which names these are
# is read from the objects: what the compiler calls by itself is among them.
if(NOT CMAKE_OBJCOPY OR NOT CMAKE_NM)
  message(FATAL_ERROR "leakslope: objcopy and nm are needed to build it")
endif()
execute_process(COMMAND "${CMAKE_C_COMPILER}" -print-file-name=libc.so.6
  OUTPUT_VARIABLE libc OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT IS_ABSOLUTE "${libc}")
  message(FATAL_ERROR "leakslope: the compiler knows no libc.so.6")
endif()
set(LEAKSLOPE_LIBC "${libc}" CACHE INTERNAL "")

# usage: leakslope_own_libc_archive(target object_library...)
function(leakslope_own_libc_archive target)
  set(objects "")
  foreach(part IN LISTS ARGN)
    # What a linker makes of intermediate code has no names to change yet.
    target_compile_options(${part} PRIVATE -fno-lto)
    list(APPEND objects "$<TARGET_OBJECTS:${part}>")
  endforeach()
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${target}_libc")
  set(script "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/own_libc_generate.cmake")
  add_custom_command(OUTPUT "${out}.c" "${out}.h" "${out}.map"
    COMMAND "${CMAKE_COMMAND}" "-DNM=${CMAKE_NM}" "-DLIBC=${LEAKSLOPE_LIBC}"
      "-DOUT=${out}" "-DOBJECTS=$<JOIN:${objects},|>" -P "${script}"
    DEPENDS "${script}" ${objects} VERBATIM
    COMMENT "Calls of ${target} that lead to libc")
  add_library(${target} STATIC "${out}.c" ${objects})
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND "${CMAKE_OBJCOPY}" -D "--redefine-syms=${out}.map"
      "$<TARGET_FILE:${target}>" VERBATIM)
  target_include_directories(${target} PRIVATE
    "$<TARGET_PROPERTY:leakslope,INCLUDE_DIRECTORIES>"
    "${CMAKE_CURRENT_FUNCTION_LIST_DIR}")
  target_compile_options(${target} PRIVATE -fno-lto)
endfunction()
