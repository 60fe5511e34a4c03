# SPDX-License-Identifier: MIT
# Run by CPack on what is to be packaged: what Debian wants otherwise than it is
# installed.
set(root "${CPACK_TEMPORARY_INSTALL_DIRECTORY}")
set(share "${root}${CPACK_PACKAGING_INSTALL_PREFIX}/share")
set(doc "${share}/doc/leakslope")

# ---- changelogs: the project's, and the package's ----------------------------
file(READ "${doc}/CHANGELOG.md" changes)
if(NOT changes MATCHES "\n## ${CPACK_PACKAGE_VERSION} - ([0-9-]+)\n")
  message(FATAL_ERROR
    "CHANGELOG.md has no \"## ${CPACK_PACKAGE_VERSION} - <date>\"")
endif()
set(ENV{LC_ALL} C)
execute_process(COMMAND date -u -R -d "${CMAKE_MATCH_1}"
  OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
file(WRITE "${doc}/changelog.Debian"
  "leakslope (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) "
  "unstable; urgency=medium\n\n"
  "  * What has changed is in changelog.gz.\n\n"
  " -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
file(RENAME "${doc}/CHANGELOG.md" "${doc}/changelog")

# ---- copyright ---------------------------------------------------------------
file(READ "${doc}/LICENSE" license)
string(REGEX MATCH "Copyright \\(c\\) ([^\n]+)" ignored "${license}")
set(holders "${CMAKE_MATCH_1}")
string(REGEX REPLACE "^.*\nPermission" "Permission" license "${license}")
string(REGEX REPLACE "\n\n" "\n.\n" license "${license}")
string(REGEX REPLACE "\n+$" "" license "${license}")
string(REPLACE "\n" "\n " license "${license}")
file(WRITE "${doc}/copyright"
  "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
  "Upstream-Name: leakslope\n\n"
  "Files: *\nCopyright: ${holders}\nLicense: Expat\n ${license}\n")
file(REMOVE "${doc}/LICENSE")

# ---- compressed: without a name and a time -----------------------------------
file(GLOB pages "${share}/man/man*/*.[0-9]")
execute_process(COMMAND gzip -9n ${pages} "${doc}/changelog"
  "${doc}/changelog.Debian" COMMAND_ERROR_IS_FATAL ANY)

# ---- what CPack's strip leaves: archives -------------------------------------
find_program(STRIP strip REQUIRED)
file(GLOB_RECURSE archives "${root}/*.a")
execute_process(COMMAND "${STRIP}" --strip-debug --enable-deterministic-archives
  ${archives} COMMAND_ERROR_IS_FATAL ANY)

# ---- modes: folders, gzip and file(WRITE) ask the umask ----------------------
set(read OWNER_READ GROUP_READ WORLD_READ)
set(execute OWNER_EXECUTE GROUP_EXECUTE WORLD_EXECUTE)
file(GLOB_RECURSE all LIST_DIRECTORIES TRUE "${root}/*")
foreach(path IN LISTS all)
  if(IS_DIRECTORY "${path}")
    file(CHMOD "${path}" PERMISSIONS ${read} ${execute} OWNER_WRITE)
  endif()
endforeach()
file(GLOB_RECURSE made "${share}/*")
file(CHMOD ${made} PERMISSIONS ${read} OWNER_WRITE)
