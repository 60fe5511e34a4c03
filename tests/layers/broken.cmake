# SPDX-License-Identifier: MIT
# Breaks a rule of the layers in a copy of the sources and has it checked.
# usage: cmake -DROOT=<source folder> -DCOPY=<folder> -DBREAK=<what>
#   -P broken.cmake
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${COPY}")
file(COPY "${ROOT}/src" "${ROOT}/check_ext" DESTINATION "${COPY}"
  FILES_MATCHING PATTERN "*.[ch]" PATTERN "README.md")
if(BREAK STREQUAL "include")
  file(APPEND "${COPY}/src/verdict/stats.c" "#include \"tracker/tracker.h\"\n")
elseif(BREAK STREQUAL "check_ext")
  file(APPEND "${COPY}/check_ext/pass.c" "#include \"platform/text.h\"\n")
elseif(BREAK STREQUAL "gate")
  file(APPEND "${COPY}/check_ext/pass.c" "#include \"gate/rerun.h\"\n")
elseif(BREAK STREQUAL "framework")
  file(APPEND "${COPY}/src/gate/plan.c" "#include \"check_leak.h\"\n")
elseif(BREAK STREQUAL "folder")
  file(WRITE "${COPY}/src/attic/attic.c" "int attic;\n")
else()
  file(READ "${COPY}/src/README.md" page)
  if(BREAK STREQUAL "row")
    # a row that allows what lies above
    string(REPLACE "| nothing |" "| `measure` |" page "${page}")
  elseif(BREAK STREQUAL "table")
    string(REPLACE "\n| `" "\n- `" page "${page}")
  endif()
  file(WRITE "${COPY}/src/README.md" "${page}")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" "-DROOT=${COPY}"
  -P "${CMAKE_CURRENT_LIST_DIR}/check_includes.cmake")
