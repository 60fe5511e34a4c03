/* SPDX-License-Identifier: MIT */
/*
 * Which site opened each descriptor.  Context: hook, but for _walk and _clear.
 */
#ifndef LS_TRACKER_FD_TABLE_H
#define LS_TRACKER_FD_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Sets the site of `fd` (0: closed) and gives the one before, 0 if it had
   none.  Returns 0, or -1 when the number is too large to keep. */
int ls_fd_table_set(int fd, uint32_t site, uint32_t birth, uint32_t *old);

/* Notes that `fd` was opened before measuring, by whomever; it has no site.
   Context: runner. */
void ls_fd_table_set_before(int fd);

/* Whether `fd` has a site or was opened before. */
int ls_fd_table_knows(int fd);

/* Calls visit(fd) for each descriptor that is known and is not open. */
void ls_fd_table_each_closed(void (*visit)(int fd));

/* Calls visit(fd) for each known one from `first` to `last`. */
void ls_fd_table_each(unsigned first, unsigned last, void (*visit)(int fd));

void ls_fd_table_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                      void *arg);
void ls_fd_table_clear(void);

#endif
