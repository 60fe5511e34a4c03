# SPDX-License-Identifier: MIT
# A lower layer never includes a higher one.
# usage: cmake -DROOT=<source folder> -P check_includes.cmake
#
# The table is the one of src/README.md: what each folder may include.
set(may_platform platform)
set(may_interpose platform interpose)
set(may_traceback platform traceback)
set(may_tracker platform interpose/sink.h traceback tracker)
set(may_symbolize platform symbolize leakslope.h)
set(may_callsite callsite leakslope.h)
set(may_accept platform accept leakslope.h)
set(may_snapshot platform tracker symbolize callsite snapshot leakslope.h)
set(may_verdict verdict)
set(may_report platform/arena.h platform/file.h platform/text.h symbolize/symbolize.h
  accept/accept.h verdict report leakslope.h)
set(may_measure platform tracker symbolize callsite accept verdict report
  measure leakslope.h)
set(may_cli platform accept snapshot symbolize callsite cli verdict report leakslope.h)
set(layers platform interpose traceback tracker symbolize callsite accept
  snapshot verdict report measure cli)

set(wrong 0)
set(seen 0)
foreach(layer IN LISTS layers)
  file(GLOB_RECURSE files "${ROOT}/src/${layer}/*.[ch]")
  foreach(file IN LISTS files)
    file(STRINGS "${file}" lines REGEX "^#include \"")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" header "${line}")
      math(EXPR seen "${seen} + 1")
      set(allowed FALSE)
      foreach(may IN LISTS may_${layer})
        if(header STREQUAL may OR header MATCHES "^${may}/")
          set(allowed TRUE)
        endif()
      endforeach()
      if(NOT allowed)
        message(SEND_ERROR "${file}: ${layer} may not include ${header}")
        math(EXPR wrong "${wrong} + 1")
      endif()
    endforeach()
  endforeach()
endforeach()

# The Check layer sees what a user of the installed library sees.
file(GLOB files "${ROOT}/check_ext/*.[ch]")
foreach(file IN LISTS files)
  get_filename_component(folder "${file}" DIRECTORY)
  file(STRINGS "${file}" lines REGEX "^#include")
  foreach(line IN LISTS lines)
    math(EXPR seen "${seen} + 1")
    if(line MATCHES "^#include \"([^\"]+)\"" AND
       NOT EXISTS "${folder}/${CMAKE_MATCH_1}")
      message(SEND_ERROR "${file}: check_ext may not include ${CMAKE_MATCH_1}")
    endif()
  endforeach()
endforeach()

if(seen LESS 50)
  message(FATAL_ERROR "only ${seen} includes seen: the check checks nothing")
endif()
message(STATUS "${seen} includes, ${wrong} wrong")
