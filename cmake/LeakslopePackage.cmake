# SPDX-License-Identifier: MIT
# A Debian package: `cmake --workflow --preset package`.  One package has it
# all: who gates a suite compiles, and needs the headers as much as the library.
# With SOURCE_DATE_EPOCH set, the same sources give the same package.
if(NOT LEAKSLOPE_LIBDIR_IS_SYSTEMS)
  return() # as it is configured it is for other folders
endif()
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "leakslope")
if(NOT CPACK_PACKAGE_CONTACT)
  set(CPACK_PACKAGE_CONTACT "leakslope authors <leakslope@packages.invalid>")
endif()
set(CPACK_PACKAGING_INSTALL_PREFIX "${CMAKE_INSTALL_PREFIX}")
set(CPACK_STRIP_FILES TRUE)
set(CPACK_PRE_BUILD_SCRIPTS
  "${PROJECT_SOURCE_DIR}/cmake/LeakslopePackageDebian.cmake")
set(CPACK_POST_BUILD_SCRIPTS
  "${PROJECT_SOURCE_DIR}/cmake/LeakslopePackageAgain.cmake")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "\
Repeats each test of a suite that uses Check and fails it when a call site's
live memory grows with the repetitions: finds leaks that are still reachable,
of which LeakSanitizer and Valgrind say nothing. Test sources do not change.
.
Also a tracer for C in the words of Python's tracemalloc, and snapshots of
services.")
# Of libraries shlibdeps knows; the headers and pkg-config files need Check's.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS TRUE)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "check (>= 0.13), libc6-dev | libc-dev")
# leakslope shim makes libraries of Check's.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS
  "binutils, gcc | c-compiler, pkg-config | pkgconf")

# What links the library needs this package; CPack's own files for that run
# ldconfig by hand.
set(control "${PROJECT_BINARY_DIR}/debian")
file(CONFIGURE OUTPUT "${control}/shlibs" @ONLY CONTENT
  "libleakslope @PROJECT_VERSION_MAJOR@ leakslope (>= @PROJECT_VERSION@)\n")
file(CONFIGURE OUTPUT "${control}/triggers" @ONLY CONTENT
  "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${control}/shlibs;${control}/triggers")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
include(CPack)
