/* SPDX-License-Identifier: MIT */
/*
 * A program that answers one question: started, asked, ended.
 *
 * The process that starts it is a host with habits of its own, so:
 *   - no malloc: posix_spawn's file actions would need it;
 *   - signals wait from start to end, and a SIGCHLD that tells of our child is
 *     taken back, so that no handler of the host's sees a child it never made;
 *   - the child has a socket as 0 and 1, /dev/null as 2 and nothing else;
 *   - it is killed with the thread that started it, and at the time limit.
 */
#ifndef LS_SYMBOLIZE_CHILD_H
#define LS_SYMBOLIZE_CHILD_H

#include <signal.h>

#include "platform/arena.h"
#include "platform/text.h"

struct ls_child {
  int pid;
  int fd;
  sigset_t mask; /* of the host's thread, before */
};

/* Starts the program at `path`: 0, then ls_child_end() is to be called; or a
   negative errno. */
int ls_child_start(struct ls_child *child, struct ls_arena *scratch,
                   const char *path, char *const *environment);

/*
 * Sends `request` and the end of it, and reads `answer` until its end.
 * 0; -ETIMEDOUT after `timeout` milliseconds; -EPROTO when the child ended
 * without having read it all; or what else went wrong.  What was read until
 * then is in `answer`.
 */
int ls_child_ask(struct ls_child *child, const struct ls_text *request,
                 struct ls_text *answer, int timeout);

/* Kills the child if it still runs, and reaps it. */
void ls_child_end(struct ls_child *child);

#endif
