# SPDX-License-Identifier: MIT
# leakslope_unit_test(<name> <source>... LAYERS <layer>... [OWN_MALLOC]
#   [LIBRARIES x...] [OPTIONS x...])
# A Check program of our own, linked with the layers named and nothing else.
function(leakslope_unit_test name)
  cmake_parse_arguments(arg "OWN_MALLOC" "" "LAYERS;LIBRARIES;OPTIONS" ${ARGN})
  # A program that defines malloc has no place for a sanitizer's.
  if(arg_OWN_MALLOC AND LEAKSLOPE_SANITIZE MATCHES "address|thread|leak")
    return()
  endif()
  string(REPLACE "." "_" target "unit_${name}")
  add_executable(${target} ${arg_UNPARSED_ARGUMENTS})
  foreach(layer IN LISTS arg_LAYERS)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:ls_${layer}>)
  endforeach()
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
  target_compile_options(${target} PRIVATE -Wall -Wextra ${arg_OPTIONS})
  target_link_libraries(${target} PRIVATE Check::check m ${CMAKE_DL_LIBS}
    ${arg_LIBRARIES})
  add_test(NAME unit.${name} COMMAND ${target})
  string(REGEX REPLACE "\\..*" "" layer "${name}")
  set_tests_properties(unit.${name} PROPERTIES LABELS "unit;${layer}"
    TIMEOUT 300)
endfunction()
