# SPDX-License-Identifier: MIT
# The warnings that every target of ours is built with.
function(leakslope_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wpointer-arith -Wwrite-strings -Wvla
    $<$<BOOL:${LEAKSLOPE_WERROR}>:-Werror>)
endfunction()
