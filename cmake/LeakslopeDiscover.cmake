# SPDX-License-Identifier: MIT
#[[
leakslope_discover_tests(<target> [ARGS <argument>...]
  [WORKING_DIRECTORY <folder>] [TEST_PREFIX <text>] [LABELS <label>...]
  [ENVIRONMENT <name>=<value>...] [JUNIT <folder>]
  [PROPERTIES <name> <value>...] [DISCOVERY_TIMEOUT <seconds>])

Gates the Check program <target> (leakslope_gate) and makes each of its test
cases a CTest test of its own, named <prefix><target>.<suite>.<tcase> and
labelled "leak-gate": `ctest -j` spreads them over the processors.  Which there
are, the program is asked each time that it was built (CK_LEAK_LIST); if it
cannot say so, that is an error of the build.

A test runs its test case alone (CK_RUN_SUITE, CK_RUN_CASE), so that together
they are what the program is by itself, but for the scopes over many test cases
(CK_LEAK_SCOPE).  ENVIRONMENT sets options, as CK_LEAK_ITERATIONS=100; JUNIT is
a folder, relative to the current binary folder, in which each test has a file.
ARGS, WORKING_DIRECTORY and ENVIRONMENT hold for asking, too.  PROPERTIES are
those of set_tests_properties(): a test needs its own time and
CK_LEAK_TOTAL_BUDGET (60 s) with a tenth on top, which is far from the TIMEOUT
that CTest has by itself (1500 s).
]]
function(leakslope_discover_tests target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG ""
    "WORKING_DIRECTORY;TEST_PREFIX;JUNIT;DISCOVERY_TIMEOUT"
    "ARGS;LABELS;ENVIRONMENT;PROPERTIES")
  foreach(kind UNPARSED_ARGUMENTS KEYWORDS_MISSING_VALUES)
    if(ARG_${kind})
      message(FATAL_ERROR
        "leakslope_discover_tests: what is '${ARG_${kind}}'?")
    endif()
  endforeach()
  leakslope_gate(${target})

  get_property(known TARGET ${target} PROPERTY LEAKSLOPE_DISCOVERED)
  math(EXPR number "0${known} + 1")
  set_property(TARGET ${target} PROPERTY LEAKSLOPE_DISCOVERED ${number})
  set(base "${CMAKE_CURRENT_BINARY_DIR}/${target}.leakslope${number}")
  set(tests "${base}.tests.cmake")
  get_property(is_multi GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(is_multi)
    set(tests "${base}.tests-$<CONFIG>.cmake")
  endif()
  if(NOT DEFINED ARG_WORKING_DIRECTORY)
    set(ARG_WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
  endif()
  if(NOT DEFINED ARG_DISCOVERY_TIMEOUT)
    set(ARG_DISCOVERY_TIMEOUT 60)
  endif()
  set(junit "")
  if(DEFINED ARG_JUNIT)
    get_filename_component(junit "${ARG_JUNIT}" ABSOLUTE
      BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
    file(MAKE_DIRECTORY "${junit}")
  endif()
  get_property(emulator TARGET ${target} PROPERTY CROSSCOMPILING_EMULATOR)

  # What is asked for goes by a file: a command line has other rules for each
  # generator and shell.
  set(script "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/LeakslopeDiscoverTests.cmake")
  set(request "")
  foreach(name TEST_PREFIX WORKING_DIRECTORY DISCOVERY_TIMEOUT ARGS LABELS
          ENVIRONMENT PROPERTIES)
    string(APPEND request "set(${name} [====[${ARG_${name}}]====])\n")
  endforeach()
  set(json "$<TARGET_PROPERTY:${target},LEAKSLOPE_REPORTS>")
  string(APPEND request "set(TARGET [====[${target}]====])\n"
    "set(JSON [====[${json}]====])\n"
    "set(EMULATOR [====[${emulator}]====])\nset(JUNIT [====[${junit}]====])\n")
  file(GENERATE OUTPUT "${base}.request-$<CONFIG>.cmake" CONTENT "${request}")
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND "${CMAKE_COMMAND}" "-DPROGRAM=$<TARGET_FILE:${target}>"
      "-DREQUEST=${base}.request-$<CONFIG>.cmake" "-DTESTS=${tests}"
      -P "${script}"
    VERBATIM)

  string(REPLACE "$<CONFIG>" "\${CTEST_CONFIGURATION_TYPE}" tests "${tests}")
  file(WRITE "${base}.include.cmake" "\
if(EXISTS \"${tests}\")
  include(\"${tests}\")
else()
  add_test(\"${ARG_TEST_PREFIX}${target}_NOT_BUILT\" ${target}_NOT_BUILT)
endif()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES
    "${base}.include.cmake")
endfunction()
