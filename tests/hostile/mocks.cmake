# SPDX-License-Identifier: MIT
# Programs that define libc's functions as mocks, or have --wrap replace them:
# no call of ours may meet one.  The target hostile-mocks tries each function.
find_package(PkgConfig REQUIRED)
pkg_check_modules(HOSTILE_CHECK check)
if(NOT HOSTILE_CHECK_FOUND)
  message(STATUS "hostile: no check.pc, the tests with mocks are left out")
  return()
endif()
get_target_property(hostile_wrap leakslope_check INTERFACE_LINK_OPTIONS)
list(TRANSFORM hostile_wrap REPLACE "^LINKER:" "-Wl,")
list(JOIN hostile_wrap " " hostile_wrap)
list(JOIN HOSTILE_CHECK_CFLAGS " " hostile_cflags)
list(JOIN HOSTILE_CHECK_LDFLAGS " " hostile_check)
set(hostile_mocks "${CMAKE_CURRENT_BINARY_DIR}/mocks.txt")
string(JOIN "\n" hostile_setup
  "cc ${CMAKE_C_COMPILER}"
  "nm ${CMAKE_NM}"
  "libc ${LEAKSLOPE_LIBC}"
  "library $<TARGET_FILE:leakslope>"
  "archive $<TARGET_FILE:leakslope_check>"
  "archives $<TARGET_FILE:leakslope_check> $<TARGET_FILE:leakslope_check_named> $<TARGET_FILE:leakslope_check_next> $<TARGET_FILE:leakslope_check_preload_archive>"
  "wrap ${hostile_wrap}"
  "cflags ${hostile_cflags}"
  "check ${hostile_check}"
  "")
file(GENERATE OUTPUT "${hostile_mocks}" CONTENT "${hostile_setup}")
set(hostile_command Python3::Interpreter -B
  "${CMAKE_CURRENT_SOURCE_DIR}/mocks.py" "${hostile_mocks}")
foreach(name names calls fork few)
  add_test(NAME hostile.mocks.${name} COMMAND ${hostile_command} ${name})
  set_tests_properties(hostile.mocks.${name} PROPERTIES LABELS "hostile"
    TIMEOUT 400 SKIP_RETURN_CODE 77)
endforeach()
add_custom_target(hostile-mocks COMMAND ${hostile_command} all
  DEPENDS leakslope leakslope_check USES_TERMINAL VERBATIM
  COMMENT "Each function of libc's that is called, as a mock")
