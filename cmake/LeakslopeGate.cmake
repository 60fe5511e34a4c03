# SPDX-License-Identifier: MIT
#[[
leakslope_gate(<target>)

Relinks an existing Check program, or one that is linked with cmocka, so that
each of its tests is gated; its sources need no change.  In a program that is
linked by hand the same options
come from `pkg-config --libs leakslope-check`.
]]
function(leakslope_gate target)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "leakslope_gate: ${target} is not a target")
  endif()
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "EXECUTABLE")
    message(FATAL_ERROR "leakslope_gate: ${target} is not an executable: "
      "calls are taken over where the program itself is linked")
  endif()
  get_target_property(libraries ${target} LINK_LIBRARIES)
  if("leakslope::check" IN_LIST libraries OR
      "leakslope::cmocka" IN_LIST libraries)
    return()
  endif()
  list(FILTER libraries INCLUDE REGEX "(^|[/:])(lib)?cmocka([.]so[.0-9]*)?$")
  if(libraries AND TARGET leakslope::cmocka)
    set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES
      leakslope::cmocka)
    return()
  endif()
  # Not target_link_libraries: whether with or without PRIVATE depends on what
  # the target's own calls say, and mixing them is an error.
  set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES leakslope::check)
endfunction()

# Seconds that CTest gives to a gated test: those that it would give to the plain
# one, and what its repetitions may take.
function(_leakslope_limit out total)
  set(limit 1500)
  if(DART_TESTING_TIMEOUT GREATER 0)
    set(limit "${DART_TESTING_TIMEOUT}")
  endif()
  string(REGEX MATCH "^[0-9]+" limit "${limit}")
  string(REGEX MATCH "^[0-9]*" total "${total}")
  math(EXPR limit "0${limit} + (0${total} + 1) * 11 / 10 + 1")
  set(${out} "${limit}" PARENT_SCOPE)
endfunction()

#[[
leakslope_add_test(NAME <name> TARGET <target>
  [ARGS <argument>...] [LABELS <label>...] [RUN_SUITE <suite>]
  [RUN_CASE <case>] [TEST <test>] [JUNIT <folder>] [JSON <folder>]
  [HTML <folder>]
  [LEAK yes|report|no] [ITERATIONS <n>] [FIRST_RUNG <n>] [WARMUP <n>]
  [BUDGET <seconds>] [TOTAL_BUDGET <seconds>] [NFRAME <n>] [SCOPE <scope>]
  [DOMAINS <domain>...]
  [SUPPRESSIONS <file>] [BASELINE <file>] [WORSE <times>]
  [JUDGED <number>|<percent>] [HOLDERS yes|no]
  [STRICT yes|no] [OUTPUT yes|no] [LIST yes|no])

Gates the Check program <target> (leakslope_gate) and adds it as a test with
the label "leak-gate": `ctest -L leak-gate` runs all such tests.

The options are those of leakslope(7), as CK_LEAK_<OPTION> in the environment
of the test; what is not given here can be set outside, as for any gated
program.  SUPPRESSIONS and BASELINE are files, relative to the current source
folder.  JUNIT is a folder, relative to the current binary folder; the file
is <folder>/TEST-<program>.xml.  In a target of leakslope_coverage() JSON is
that function's folder of reports unless it is given.

CTest ends a test that takes too long by SIGTERM (from CMake 3.27 on), which the
program answers with a report on what it has judged so far.  Where TOTAL_BUDGET
or the project's DART_TESTING_TIMEOUT is set, the test's TIMEOUT is the latter,
or CTest's 1500 s, and the total budget with a tenth on top.

RUN_SUITE, RUN_CASE and TEST choose a part of the program, as CK_RUN_SUITE and
CK_RUN_CASE do for Check, and CK_LEAK_TEST for the gate.  The part is in the
files' names, so one target takes a folder once for each part.
]]
function(leakslope_add_test)
  set(kinds JUNIT JSON HTML)
  set(settings LEAK ITERATIONS FIRST_RUNG WARMUP BUDGET TOTAL_BUDGET NFRAME
    SCOPE WORSE JUDGED HOLDERS STRICT OUTPUT LIST)
  cmake_parse_arguments(PARSE_ARGV 0 ARG ""
    "NAME;TARGET;RUN_SUITE;RUN_CASE;TEST;JUNIT;JSON;HTML;SUPPRESSIONS;BASELINE;\
${settings}"
    "ARGS;LABELS;DOMAINS")
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "leakslope_add_test: what is "
      "'${ARG_UNPARSED_ARGUMENTS}'?")
  endif()
  if(ARG_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "leakslope_add_test: no value for "
      "'${ARG_KEYWORDS_MISSING_VALUES}'")
  endif()
  foreach(needed NAME TARGET)
    if(NOT DEFINED ARG_${needed})
      message(FATAL_ERROR "leakslope_add_test: ${needed} is missing")
    endif()
  endforeach()

  leakslope_gate(${ARG_TARGET})
  set(environment)
  foreach(setting IN LISTS settings)
    if(DEFINED ARG_${setting})
      if(setting STREQUAL "LEAK")
        list(APPEND environment "CK_LEAK=${ARG_LEAK}")
      else()
        list(APPEND environment "CK_LEAK_${setting}=${ARG_${setting}}")
      endif()
    endif()
  endforeach()
  foreach(file SUPPRESSIONS BASELINE)
    if(DEFINED ARG_${file})
      get_filename_component(path "${ARG_${file}}" ABSOLUTE)
      list(APPEND environment "CK_LEAK_${file}=${path}")
    endif()
  endforeach()
  if(DEFINED ARG_DOMAINS)
    list(JOIN ARG_DOMAINS "," domains)
    list(APPEND environment "CK_LEAK_DOMAINS=${domains}")
  endif()
  set(part)
  foreach(filter RUN_SUITE RUN_CASE TEST)
    if(DEFINED ARG_${filter})
      string(REPLACE ";" "\\;" value "${ARG_${filter}}")
      if(filter STREQUAL "TEST")
        list(APPEND environment "CK_LEAK_TEST=${value}")
      else()
        list(APPEND environment "CK_${filter}=${value}")
      endif()
      string(SHA1 value "${ARG_${filter}}")
      string(APPEND part "?${filter}=${value}")
    endif()
  endforeach()
  foreach(kind IN LISTS kinds)
    set(variable "CK_LEAK_${kind}_FILE_NAME")
    if(kind STREQUAL "JUNIT")
      set(variable CK_JUNIT_LOG_FILE_NAME)
    endif()
    if(DEFINED ARG_${kind})
      get_filename_component(folder "${ARG_${kind}}" ABSOLUTE
        BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
      get_target_property(used ${ARG_TARGET} LEAKSLOPE_${kind})
      if("${folder}${part}" IN_LIST used)
        message(FATAL_ERROR "leakslope_add_test: ${ARG_NAME}: another test of "
          "${ARG_TARGET} writes its ${kind} file to ${folder}")
      endif()
      set_property(TARGET ${ARG_TARGET} APPEND PROPERTY LEAKSLOPE_${kind}
        "${folder}${part}")
      file(MAKE_DIRECTORY "${folder}")
      list(APPEND environment "${variable}=${folder}/")
    endif()
  endforeach()

  if(NOT DEFINED ARG_JSON)
    # Also where leakslope_coverage() is called later.  A file for each test:
    # several may be of one program.
    set(reports "$<TARGET_PROPERTY:${ARG_TARGET},LEAKSLOPE_REPORTS>")
    string(SHA1 unique "${ARG_NAME}")
    string(SUBSTRING "${unique}" 0 8 unique)
    string(MAKE_C_IDENTIFIER "${ARG_NAME}" file)
    list(APPEND environment "$<$<BOOL:${reports}>:\
CK_LEAK_JSON_FILE_NAME=${reports}/${file}-${unique}.json>")
  endif()

  add_test(NAME "${ARG_NAME}" COMMAND ${ARG_TARGET} ${ARG_ARGS})
  set_tests_properties("${ARG_NAME}" PROPERTIES
    LABELS "leak-gate;${ARG_LABELS}" ENVIRONMENT "${environment}"
    TIMEOUT_SIGNAL_NAME SIGTERM TIMEOUT_SIGNAL_GRACE_PERIOD 15)
  if(DEFINED ARG_TOTAL_BUDGET OR DART_TESTING_TIMEOUT GREATER 0)
    if(NOT DEFINED ARG_TOTAL_BUDGET)
      set(ARG_TOTAL_BUDGET 60)
    endif()
    _leakslope_limit(limit "${ARG_TOTAL_BUDGET}")
    set_tests_properties("${ARG_NAME}" PROPERTIES TIMEOUT "${limit}")
  endif()
endfunction()
