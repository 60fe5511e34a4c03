/* SPDX-License-Identifier: MIT */
/*
 * Where the helper program is, and the environment that it gets.
 */
#ifndef LS_SYMBOLIZE_LOCATE_H
#define LS_SYMBOLIZE_LOCATE_H

#include "platform/arena.h"
#include "symbolize/modules.h"

/*
 * The path of leakslope-symbolize, or NULL.  $LEAKSLOPE_SYMBOLIZER, an
 * absolute path for packagers and tests, is the only one tried where it is
 * set.  Else the first that is there: ../libexec seen from the folder of the
 * file that this code is in, LS_SYMBOLIZER_PATH (compiled in), that folder
 * itself, LS_SYMBOLIZER_BUILD_PATH (compiled in).
 */
const char *ls_locate_helper(struct ls_arena *arena,
                             struct ls_modules *modules);

/* This process's environment without what would make the helper trace itself,
   load the host's libraries or ask the network; NULL without memory. */
char **ls_locate_environment(struct ls_arena *arena);

#endif
