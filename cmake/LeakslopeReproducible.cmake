# SPDX-License-Identifier: MIT
# The same sources give the same bytes, in whatever folder, by whomever and
# whenever they are built: tests/package compares.

# No folder of whoever built it: in debug information, and in what names a file
# ("not armed" is a check that failed in a file of ours).
function(leakslope_reproducible target)
  # The last that fits counts: the build is mostly inside of the sources.
  target_compile_options(${target} PRIVATE
    "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/="
    "-ffile-prefix-map=${PROJECT_BINARY_DIR}=build")
  set_target_properties(${target} PROPERTIES BUILD_RPATH_USE_ORIGIN TRUE)
endfunction()

# D: no owners and times in archives, whatever ar was configured to do.
set(CMAKE_C_ARCHIVE_CREATE "<CMAKE_AR> qcD <TARGET> <LINK_FLAGS> <OBJECTS>")
set(CMAKE_C_ARCHIVE_APPEND "<CMAKE_AR> qD <TARGET> <LINK_FLAGS> <OBJECTS>")
set(CMAKE_C_ARCHIVE_FINISH "<CMAKE_RANLIB> -D <TARGET>")
