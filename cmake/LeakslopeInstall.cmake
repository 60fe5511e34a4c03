# SPDX-License-Identifier: MIT
# What is installed, and the files by which other builds find it.
include(CMakePackageConfigHelpers)

install(TARGETS leakslope leakslope_check leakslope_static
  EXPORT leakslope-targets
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(TARGETS leakslope-symbolize
  RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}")
install(FILES src/leakslope.h DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")

# ---- CMake -----------------------------------------------------------------
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/leakslope")
install(EXPORT leakslope-targets NAMESPACE leakslope::
  DESTINATION "${package_dir}")
configure_package_config_file(cmake/leakslope-config.cmake.in
  "${PROJECT_BINARY_DIR}/leakslope-config.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/leakslope-config-version.cmake"
  COMPATIBILITY SameMajorVersion)
install(FILES "${PROJECT_BINARY_DIR}/leakslope-config.cmake"
  "${PROJECT_BINARY_DIR}/leakslope-config-version.cmake"
  cmake/FindCheck.cmake cmake/LeakslopeGate.cmake
  DESTINATION "${package_dir}")

# ---- pkg-config ------------------------------------------------------------
# The run-time linker finds the system's folders by itself.
set(LEAKSLOPE_RPATH "-Wl,-rpath,\${libdir} ")
if(CMAKE_INSTALL_FULL_LIBDIR MATCHES "^(/usr)?/lib(64|/[^/]+-linux-gnu[^/]*)?$")
  set(LEAKSLOPE_RPATH "")
endif()
list(TRANSFORM LEAKSLOPE_WRAPPED PREPEND "-Wl,--wrap="
  OUTPUT_VARIABLE LEAKSLOPE_WRAP_FLAGS)
list(JOIN LEAKSLOPE_WRAP_FLAGS " " LEAKSLOPE_WRAP_FLAGS)
foreach(pc leakslope leakslope-check)
  configure_file("cmake/${pc}.pc.in" "${PROJECT_BINARY_DIR}/${pc}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${pc}.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endforeach()
