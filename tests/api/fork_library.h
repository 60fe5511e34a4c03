/* SPDX-License-Identifier: MIT */
#ifndef FORK_LIBRARY_H
#define FORK_LIBRARY_H

/* Allocates and frees, from a call path of its own. */
void allocate_anew(void);

/* Handlers of fork that do so too, and wait for a thread that does. */
void set_handlers(void);

#endif
