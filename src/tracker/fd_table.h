/* SPDX-License-Identifier: MIT */
/*
 * Which site opened each descriptor.  Context: hook, but for _walk and _clear.
 */
#ifndef LS_TRACKER_FD_TABLE_H
#define LS_TRACKER_FD_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Sets the site of `fd` (0: closed) and gives the one before.  Returns 0, or
   -1 when the number is too large to keep. */
int ls_fd_table_set(int fd, uint32_t site, uint32_t birth, uint32_t *old);

/* Calls visit(fd) for each descriptor that has a site and is not open. */
void ls_fd_table_each_closed(void (*visit)(int fd));

void ls_fd_table_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                      void *arg);
void ls_fd_table_clear(void);

#endif
