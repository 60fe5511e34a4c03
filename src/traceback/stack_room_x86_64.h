/* SPDX-License-Identifier: MIT */
/*
 * Room for the stacks that a thread keeps.  It grows with use, as long as all
 * threads together have not grown by much: a thread costs a page, and one of
 * thousands not much more.  Context: hook.
 */
#ifndef LS_TRACEBACK_STACK_ROOM_X86_64_H
#define LS_TRACEBACK_STACK_ROOM_X86_64_H

#include <stddef.h>

#include "traceback/stacks_x86_64.h"

/* The calling thread's, made or taken over; NULL when there is no memory. */
struct ls_stacks *ls_stack_room_open(void);

/* A stack was walked: there are more sets from here on, if that was so often.
 */
void ls_stack_room_missed(struct ls_stacks *s);

/* An edge is about to be kept. */
void ls_stack_room_edge(struct ls_stacks *s);

/* A body for so many frames and words at `stack`, which may have one already;
   NULL where there is none.  `not` keeps its own. */
struct ls_stack_body *ls_stack_room_body(struct ls_stacks *s,
                                         struct ls_stack *stack, size_t nframes,
                                         size_t nwords,
                                         const struct ls_stack * not );

#endif
