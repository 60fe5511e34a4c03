# SPDX-License-Identifier: MIT
# A target for whoever works on leakslope: coverage-report.  Targets format and
# lint are in tests/lint.
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
