# SPDX-License-Identifier: MIT
# What every target of ours is compiled with.
function(leakslope_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wpointer-arith -Wwrite-strings -Wvla
    # A parent project's -Werror is not meant for us.
    $<IF:$<BOOL:${LEAKSLOPE_WERROR}>,-Werror,-Wno-error>)
  if(NOT PROJECT_IS_TOP_LEVEL)
    # Nor are its sanitizers and its coverage: we are inside of every malloc.
    target_compile_options(${target} PRIVATE
      -fno-sanitize=all "-fprofile-exclude-files=.*")
  endif()
endfunction()
