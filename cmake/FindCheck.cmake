# SPDX-License-Identifier: MIT
#[[
Finds Check (libcheck) >= 0.13 and makes the target Check::check.

Debian's Check has no CMake files, so pkg-config is asked; an upstream
CheckConfig.cmake is taken where it is all there is.  Sets Check_FOUND and
Check_VERSION.
]]
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(PC_CHECK QUIET IMPORTED_TARGET check)
endif()
if(TARGET PkgConfig::PC_CHECK)
  set(Check_VERSION "${PC_CHECK_VERSION}")
  if(NOT TARGET Check::check)
    add_library(Check::check INTERFACE IMPORTED)
    target_link_libraries(Check::check INTERFACE PkgConfig::PC_CHECK)
  endif()
else()
  find_package(Check CONFIG QUIET)
  if(Check_FOUND AND NOT TARGET Check::check)
    unset(Check_VERSION)
  endif()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Check
  REQUIRED_VARS Check_VERSION VERSION_VAR Check_VERSION
  REASON_FAILURE_MESSAGE "install Debian's 'check' or Fedora's 'check-devel'")
