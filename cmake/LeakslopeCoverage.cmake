# SPDX-License-Identifier: MIT
#[[
leakslope_coverage(<target>... [NAME <name>] [FILTER <regex>...]
  [EXCLUDE <regex>...] [FOLDER <folder>] [REPORTS <folder>])

Instruments the targets for coverage (gcc or clang) and adds the target <name>
("coverage"), which writes what the tests that were run until then have
covered:

  <folder>/coverage.txt, index.html, cobertura.xml, coverage.json
  <folder>/allocation-sites.txt, .html, .json: the calls of malloc and the like
    in the targets, and which of them no gated test has exercised (see `leakslope
    sites` in leakslope(1))

The latter takes the JSON reports in REPORTS, by default <folder>-reports.  Tests
of leakslope_add_test() and leakslope_discover_tests() write theirs there by
themselves; others have it in CK_LEAK_JSON_FILE_NAME.

<folder> is "coverage" in the current binary folder.  FILTER and EXCLUDE are
gcovr's; without FILTER it is everything below the current source folder.
What the gate repeats is not counted: a covered line is covered by the tests.

  leakslope_coverage(store check_store EXCLUDE ".*/tests/.*")
  ctest; cmake --build . --target coverage
]]
function(leakslope_coverage)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "NAME;FOLDER;REPORTS" "FILTER;EXCLUDE")
  if(NOT ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "leakslope_coverage: of which targets?")
  endif()
  if(NOT DEFINED ARG_NAME)
    set(ARG_NAME coverage)
  endif()
  if(NOT DEFINED ARG_FOLDER)
    set(ARG_FOLDER coverage)
  endif()
  get_filename_component(folder "${ARG_FOLDER}" ABSOLUTE
    BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
  set(reports "${folder}-reports") # outlives the folder
  if(DEFINED ARG_REPORTS)
    get_filename_component(reports "${ARG_REPORTS}" ABSOLUTE
      BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
  endif()

  # A tail call leaves no frame from which it could be known.
  set(compile --coverage -g -fno-optimize-sibling-calls)
  set(objects)
  foreach(target IN LISTS ARG_UNPARSED_ARGUMENTS)
    if(NOT TARGET ${target})
      message(FATAL_ERROR "leakslope_coverage: ${target} is not a target")
    endif()
    set_property(TARGET ${target} APPEND PROPERTY COMPILE_OPTIONS ${compile})
    set_property(TARGET ${target} APPEND PROPERTY LINK_OPTIONS --coverage)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "STATIC_LIBRARY" OR type STREQUAL "OBJECT_LIBRARY")
      set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_OPTIONS
        --coverage)
      list(APPEND objects "$<TARGET_OBJECTS:${target}>")
    else()
      list(APPEND objects "$<TARGET_FILE:${target}>")
    endif()
    set_property(TARGET ${target} PROPERTY LEAKSLOPE_REPORTS "${reports}")
  endforeach()
  file(MAKE_DIRECTORY "${reports}")

  find_program(LEAKSLOPE_GCOVR gcovr)
  mark_as_advanced(LEAKSLOPE_GCOVR)
  if(NOT LEAKSLOPE_GCOVR)
    add_custom_target(${ARG_NAME}
      COMMAND "${CMAKE_COMMAND}" -E echo "leakslope_coverage: install gcovr"
      COMMAND "${CMAKE_COMMAND}" -E false VERBATIM)
    return()
  endif()
  if(NOT ARG_FILTER)
    string(REGEX REPLACE "([][+.*()^$?|\\\\])" "\\\\\\1" ARG_FILTER
      "${CMAKE_CURRENT_SOURCE_DIR}/")
  endif()
  set(options)
  foreach(regex IN LISTS ARG_FILTER)
    list(APPEND options --filter "${regex}")
  endforeach()
  foreach(regex IN LISTS ARG_EXCLUDE)
    list(APPEND options --exclude "${regex}")
  endforeach()
  if(CMAKE_C_COMPILER_ID MATCHES "Clang")
    list(APPEND options --gcov-executable "llvm-cov gcov")
  endif()
  # A sanitized build of leakslope itself has no command.
  set(sites)
  if(TARGET leakslope::command)
    set(sites COMMAND leakslope::command sites
      --gcovr "${folder}/coverage.json" --root "${CMAKE_CURRENT_SOURCE_DIR}"
      --text "${folder}/allocation-sites.txt"
      --html "${folder}/allocation-sites.html"
      --json "${folder}/allocation-sites.json" "${reports}" ${objects})
  endif()
  add_custom_target(${ARG_NAME}
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${folder}" "${reports}"
    COMMAND "${LEAKSLOPE_GCOVR}" --root "${CMAKE_CURRENT_SOURCE_DIR}"
      --object-directory "${CMAKE_BINARY_DIR}" ${options}
      --txt "${folder}/coverage.txt"
      --html-details "${folder}/index.html"
      --cobertura "${folder}/cobertura.xml"
      --json "${folder}/coverage.json" --print-summary "${CMAKE_BINARY_DIR}"
    ${sites}
    COMMENT "Coverage: ${folder}" VERBATIM COMMAND_EXPAND_LISTS)
endfunction()
