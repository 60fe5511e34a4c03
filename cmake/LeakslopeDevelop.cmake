# SPDX-License-Identifier: MIT
# Targets for whoever works on leakslope: format, lint, coverage-report.
file(GLOB_RECURSE own_code
  "${PROJECT_SOURCE_DIR}/src/*.[ch]" "${PROJECT_SOURCE_DIR}/check_ext/*.[ch]"
  "${PROJECT_SOURCE_DIR}/tests/*.[ch]")

find_program(CLANG_FORMAT clang-format)
if(CLANG_FORMAT)
  add_custom_target(format COMMAND "${CLANG_FORMAT}" -i ${own_code}
    COMMENT "Formatting")
endif()

find_program(CLANG_TIDY clang-tidy)
if(CLANG_TIDY)
  file(GLOB_RECURSE own_sources
    "${PROJECT_SOURCE_DIR}/src/*.c" "${PROJECT_SOURCE_DIR}/check_ext/*.c")
  
  add_custom_target(lint
    COMMAND "${CLANG_FORMAT}" --dry-run --Werror ${own_code}
    COMMAND "${CLANG_TIDY}" --quiet -p "${PROJECT_BINARY_DIR}" ${own_sources}
    COMMENT "Linting")
endif()

find_program(GCOVR gcovr)
if(GCOVR AND LEAKSLOPE_COVERAGE)
  set(report_dir "${PROJECT_BINARY_DIR}/coverage")
  add_custom_target(coverage-report
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${report_dir}"
    COMMAND "${GCOVR}" --root "${PROJECT_SOURCE_DIR}"
      --object-directory "${PROJECT_BINARY_DIR}"
      --filter "${PROJECT_SOURCE_DIR}/src/"
      --filter "${PROJECT_SOURCE_DIR}/check_ext/"
      --txt "${report_dir}/coverage.txt"
      --html-details "${report_dir}/index.html"
      --cobertura "${report_dir}/cobertura.xml" --print-summary
    COMMENT "Coverage of our own code: ${report_dir}" VERBATIM)
endif()
