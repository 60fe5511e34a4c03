# SPDX-License-Identifier: MIT
#[[
leakslope_gate(<target>)

Relinks an existing Check program so that each of its tests is gated; its
sources need no change.  In a program that is linked by hand the same options
come from `pkg-config --libs leakslope-check`.
]]

# Check's functions that the program's calls are taken over of.
set(LEAKSLOPE_WRAPPED _tcase_add_test tcase_create tcase_set_timeout
  tcase_set_tags tcase_add_checked_fixture suite_create suite_add_tcase
  srunner_create srunner_add_suite srunner_free srunner_run srunner_run_all
  srunner_run_tagged check_set_max_msg_size _ck_assert_failed _mark_point)

function(leakslope_gate target)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "leakslope_gate: ${target} is not a target")
  endif()
  list(TRANSFORM LEAKSLOPE_WRAPPED PREPEND "LINKER:--wrap="
    OUTPUT_VARIABLE wrap)
  target_link_options(${target} PRIVATE ${wrap})
  # A program may call malloc in its shared libraries only; the linker would
  # then find ours unneeded and leave it out.
  target_link_libraries(${target} PRIVATE leakslope::check Check::check
    "-Wl,--push-state,--no-as-needed,$<TARGET_FILE:leakslope::leakslope>,--pop-state")
  add_dependencies(${target} leakslope::leakslope)
endfunction()
