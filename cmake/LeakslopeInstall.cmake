# SPDX-License-Identifier: MIT
# What is installed, and the files by which other builds find it.
include(CMakePackageConfigHelpers)

install(TARGETS leakslope leakslope_check leakslope_static
  EXPORT leakslope-targets
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(TARGETS leakslope_check_preload leakslope_check_named
  leakslope_check_next
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/leakslope"
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}/leakslope")
if(TARGET leakslope_cmocka)
  install(TARGETS leakslope_cmocka EXPORT leakslope-targets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(TARGETS leakslope_cmocka_preload
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/leakslope")
endif()
install(TARGETS leakslope-symbolize
  RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}")
install(TARGETS leakslope-command EXPORT leakslope-targets
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(FILES src/leakslope.h check_ext/check_leak.h
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(DIRECTORY src/leakslope DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h")
install(FILES src/report/writers/report.schema.json src/cli/sites/sites.schema.json
  DESTINATION "${CMAKE_INSTALL_DATADIR}/leakslope")
install(FILES cmake/leakslope.m4
  DESTINATION "${CMAKE_INSTALL_DATADIR}/aclocal")
foreach(page leakslope.1 leakslope.3 check_leak.3 leakslope.7)
  string(REGEX MATCH "[0-9]$" section "${page}")
  install(FILES "cmake/man/${page}"
    DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}")
endforeach()
install(DIRECTORY cmake/doc/ DESTINATION "${CMAKE_INSTALL_DOCDIR}"
  FILES_MATCHING PATTERN "*.md" PATTERN "*.svg")
install(FILES README.md LICENSE cmake/CHANGELOG.md
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# ---- CMake -----------------------------------------------------------------
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/leakslope")
install(EXPORT leakslope-targets NAMESPACE leakslope::
  DESTINATION "${package_dir}")
configure_package_config_file(cmake/leakslope-config.cmake.in
  "${PROJECT_BINARY_DIR}/leakslope-config.cmake"
  INSTALL_DESTINATION "${package_dir}")
# Before 1.0 a minor version may change what programs rely on.
set(compatible SameMajorVersion)
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(compatible SameMinorVersion)
endif()
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/leakslope-config-version.cmake"
  COMPATIBILITY ${compatible})
install(FILES "${PROJECT_BINARY_DIR}/leakslope-config.cmake"
  "${PROJECT_BINARY_DIR}/leakslope-config-version.cmake"
  cmake/FindCheck.cmake cmake/LeakslopeGate.cmake cmake/LeakslopeCoverage.cmake
  cmake/LeakslopeDiscover.cmake cmake/LeakslopeDiscoverTests.cmake
  DESTINATION "${package_dir}")

# ---- pkg-config ------------------------------------------------------------
set(pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
if(LEAKSLOPE_LIBDIR_IS_SYSTEMS)
  # The run-time linker finds the system's folders by itself, and pkg-config
  # leaves out -L and -I of those it knows.
  set(LEAKSLOPE_PC_RPATH "")
  set(LEAKSLOPE_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
else()
  set(LEAKSLOPE_PC_RPATH "-Wl,-rpath,\${libdir} ")
  # From where the file is, so that `cmake --install --prefix` holds, and
  # moving the whole folder afterwards.
  file(RELATIVE_PATH up "/root/${pc_dir}" "/root")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(LEAKSLOPE_PC_PREFIX "\${pcfiledir}/${up}")
endif()
foreach(dir LIBDIR INCLUDEDIR)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${dir}}")
    set(LEAKSLOPE_PC_${dir} "${CMAKE_INSTALL_${dir}}")
  else()
    set(LEAKSLOPE_PC_${dir} "\${prefix}/${CMAKE_INSTALL_${dir}}")
  endif()
endforeach()
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(LEAKSLOPE_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
endif()
get_target_property(LEAKSLOPE_WRAP_FLAGS leakslope_check INTERFACE_LINK_OPTIONS)
list(TRANSFORM LEAKSLOPE_WRAP_FLAGS REPLACE "^LINKER:" "-Wl,")
list(JOIN LEAKSLOPE_WRAP_FLAGS " " LEAKSLOPE_WRAP_FLAGS)
set(pcs leakslope leakslope-check)
if(TARGET leakslope_cmocka)
  list(APPEND pcs leakslope-cmocka)
endif()
foreach(pc IN LISTS pcs)
  configure_file("cmake/${pc}.pc.in" "${PROJECT_BINARY_DIR}/${pc}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${pc}.pc" DESTINATION "${pc_dir}")
endforeach()
