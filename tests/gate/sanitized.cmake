# SPDX-License-Identifier: MIT
find_program(GATE_CLANG clang)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GATE_CHECK QUIET check)

# What leakslope_gate() adds to a link line, as words for another compiler.
get_target_property(gate_wrap leakslope_check INTERFACE_LINK_OPTIONS)
list(TRANSFORM gate_wrap REPLACE "^LINKER:" "-Wl,")

# 1 in `result` if `compiler` can build with -fsanitize=<kind>.
function(gate_can_sanitize result compiler kind)
  if(NOT DEFINED ${result})
    set(source "${CMAKE_CURRENT_BINARY_DIR}/probe.c")
    file(WRITE "${source}" "int main(void) { return 0; }\n")
    execute_process(COMMAND "${compiler}" -fsanitize=${kind} "${source}"
        -o "${CMAKE_CURRENT_BINARY_DIR}/probe"
      RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
    if(failed)
      set(${result} 0 CACHE INTERNAL "")
    else()
      set(${result} 1 CACHE INTERNAL "")
    endif()
  endif()
endfunction()

# <name>_<flavour>, by clang; more arguments come behind the source.
function(gate_clang flavour kind name)
  set(output "${bin}/${name}_${flavour}")
  set(sanitize "")
  if(kind)
    set(sanitize -fsanitize=${kind})
  endif()
  add_custom_command(OUTPUT "${output}"
    COMMAND "${GATE_CLANG}" -g -O0 -D_GNU_SOURCE ${sanitize}
      "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/="
      ${GATE_CHECK_CFLAGS} "${CMAKE_CURRENT_SOURCE_DIR}/programs/${name}.c" ${ARGN}
      ${gate_wrap} "$<TARGET_FILE:leakslope_check>"
      -Wl,--push-state,--no-as-needed "$<TARGET_FILE:leakslope>"
      -Wl,--pop-state "-Wl,-rpath,$<TARGET_FILE_DIR:leakslope>"
      ${GATE_CHECK_LDFLAGS} -pthread -o "${output}"
    DEPENDS programs/${name}.c programs/suite.h leakslope leakslope_check
    VERBATIM)
  add_custom_target(gate_${name}_${flavour} ALL DEPENDS "${output}")
endfunction()

function(gate_sanitized flavour kind)
  gate_can_sanitize(GATE_HAS_${flavour} "${CMAKE_C_COMPILER}" ${kind})
  if(GATE_CLANG)
    gate_can_sanitize(GATE_CLANG_HAS_${flavour} "${GATE_CLANG}" ${kind})
  endif()
  foreach(name IN LISTS ARGN)
    if(GATE_HAS_${flavour})
      gate_flavour(${name}_${flavour} ${name} -fsanitize=${kind})
      leakslope_gate(${name}_${flavour})
    endif()
    if(GATE_CLANG_HAS_${flavour})
      gate_clang(clang_${flavour} ${kind} ${name})
    endif()
  endforeach()
endfunction()
