/* SPDX-License-Identifier: MIT */
/*
 * Tracebacks by number: each distinct call path is kept once.
 *
 *            root
 *           /    \             node = (parent, pc); a path is read from its
 *        main    clone3        innermost node outward, by the parents
 *        /  \
 *   handle  setup   <- a node at which an allocation was made has a site
 *
 * Site ids are dense, from 1, so that counters can be an array.  Nodes and
 * sites are never removed.
 *
 * Look-ups take no lock; insertions take one of our own, released in a forked
 * child.  Context: hook.
 */
#ifndef LS_TRACEBACK_INTERN_H
#define LS_TRACEBACK_INTERN_H

#include <stddef.h>
#include <stdint.h>

/* Site ids fit 24 bits; 0 is no site. */
enum { LS_SITE_LIMIT_ID = 1 << 24 };

/* The site of a path, innermost pc first; 0 when there is no room for it. */
uint32_t ls_intern(const uintptr_t *pcs, size_t n);

/* The same step by step, outermost frame first: the node of `pc` below `parent`
   (0 is the root), made if need be, and the site at a node.  0 when there is no
   room. */
uint32_t ls_intern_child(uint32_t parent, uintptr_t pc);
uint32_t ls_intern_site_at(uint32_t node);

/* The path of a site, innermost first; returns how many (<= max). */
size_t ls_intern_path(uint32_t site, uintptr_t *pcs, size_t max);

/* A number of 8 bits that is kept with a site; 0 at first. */
void ls_intern_set_tag(uint32_t site, uint8_t tag);
uint8_t ls_intern_tag(uint32_t site);

/* Sites so far: ids 1 to this. */
uint32_t ls_intern_sites(void);

/* Around fork: the child must find the tables whole and the lock free. */
void ls_intern_before_fork(void);
void ls_intern_after_fork(void);

#endif
