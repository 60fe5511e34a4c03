# SPDX-License-Identifier: MIT
#[[
leakslope_gate(<target>)

Relinks an existing Check program so that each of its tests is gated; its
sources need no change.  In a program that is linked by hand the same options
come from `pkg-config --libs leakslope-check`.
]]
function(leakslope_gate target)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "leakslope_gate: ${target} is not a target")
  endif()
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "EXECUTABLE")
    message(FATAL_ERROR "leakslope_gate: ${target} is not an executable: "
      "calls are taken over where the program itself is linked")
  endif()
  # Not target_link_libraries: whether with or without PRIVATE depends on what
  # the target's own calls say, and mixing them is an error.
  set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES leakslope::check)
endfunction()
