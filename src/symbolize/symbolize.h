/* SPDX-License-Identifier: MIT */
/*
 * From addresses to functions, files and lines, by a helper process.
 *
 *   pc --modules--> (module, offset) --helper process--> frames
 *
 * The gated process may be testing the very library that reads debug
 * information, so it reads none itself: it starts leakslope-symbolize, which
 * uses libdw, asks over a socket and waits for a limited time.  When the
 * helper is not there or does not answer, frames carry module and offset only.
 *
 * A frame's `offset` is the link-time address of the call (modules.h), as
 * `addr2line -e <module> <offset>` takes it; without a module, the address in
 * the process.
 *
 * Context: above the hook line.
 */
#ifndef LS_SYMBOLIZE_SYMBOLIZE_H
#define LS_SYMBOLIZE_SYMBOLIZE_H

#include <stddef.h>
#include <stdint.h>

#include "leakslope.h" /* types only: struct leakslope_frame */
#include "platform/arena.h"
#include "symbolize/modules.h"

/* The frames of one address: those inlined into it first, itself last. */
struct ls_frames {
  size_t n;
  struct leakslope_frame *frames;
  unsigned char *shapes; /* of their functions, see shape.h; NULL: unknown */
};

/*
 * Resolves `n` addresses at once.  pcs[i] is an address of this process, as
 * found in a traceback: a return address, so that the instruction meant is the
 * one before it.  out[i] gets at least one frame, in `arena`.
 * Returns 0, or a negative errno when the helper could not be used or did not
 * answer it all (out is filled all the same, with what is known), or -ENOMEM
 * (out is not filled).
 */
int ls_symbolize(struct ls_arena *arena, const uintptr_t *pcs, size_t n,
                 struct ls_frames *out);

/*
 * The same for `n` distinct places, of this process or of another one, on
 * another machine even: what counts is that the module's file is here, with
 * its build id.  Each place is that of the call.  The frames name the modules'
 * paths as they are, uncopied.
 */
int ls_symbolize_places(struct ls_arena *arena, const struct ls_place *places,
                        size_t n, struct ls_frames *out);

/* The same, with whole file names: with the folder of the compiler in front of
   those that were given relative to it. */
int ls_symbolize_whole(struct ls_arena *arena, const struct ls_place *places,
                       size_t n, struct ls_frames *out);

/* Limit for one call, in milliseconds. */
#define LS_SYMBOLIZE_TIMEOUT_MS 5000

#endif
