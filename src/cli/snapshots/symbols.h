/* SPDX-License-Identifier: MIT */
#ifndef LS_CLI_SYMBOLS_H
#define LS_CLI_SYMBOLS_H

#include "snapshot/snapshot.h"

/*
 * Lets the modules of a snapshot from another machine be looked for in
 * `folder`: by their whole path below it, by build id (.build-id/ab/cdef.debug,
 * as /usr/lib/debug has them), and by name.  Only a file with the very build
 * id is taken.  To be called before symbols are resolved.  0 or a
 * negative errno, of the folder or -ENOMEM.
 */
int cli_symbols_find(struct leakslope_snapshot *snapshot, const char *folder);

#endif
