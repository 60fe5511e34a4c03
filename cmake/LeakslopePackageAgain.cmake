# SPDX-License-Identifier: MIT
# Run by CPack when the package is there: CPack keeps in it the modes that its
# own temporary files have by the umask.  Put together again, without them.
find_program(AR ar REQUIRED)
set(parts debian-binary control.tar.gz data.tar.gz)
foreach(package IN LISTS CPACK_PACKAGE_FILES)
  set(folder "${package}.parts")
  file(MAKE_DIRECTORY "${folder}")
  execute_process(COMMAND "${AR}" x "${package}"
    WORKING_DIRECTORY "${folder}" COMMAND_ERROR_IS_FATAL ANY)
  file(REMOVE "${package}")
  # D: no times, no owners, one mode.
  execute_process(COMMAND "${AR}" qcSD "${package}" ${parts}
    WORKING_DIRECTORY "${folder}" COMMAND_ERROR_IS_FATAL ANY)
  file(REMOVE_RECURSE "${folder}")
endforeach()
