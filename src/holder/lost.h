/* SPDX-License-Identifier: MIT */
/*
 * What no root reaches: which blocks of it are heads, that nothing points at,
 * and which hang from another.
 */
#ifndef LS_HOLDER_LOST_H
#define LS_HOLDER_LOST_H

#include "holder/mark.h"

/* After a search: goes on from the heads of what is lost.  head_of[i] gets the
   head (index plus one) of each lost node, 0 of all others.  0 without
   memory. */
int ls_lost_find(struct ls_search *search, uint32_t nsites, uint32_t *head_of);

/* Lost blocks of interest, addresses going up, and the shown site of each. */
enum { LS_SAMPLE = 256 };
struct ls_sample {
  size_t n;
  uint32_t nodes[LS_SAMPLE];
  uint8_t groups[LS_SAMPLE];
};

/* The form of pointers by which at least half of the sample of one shown site
   are found; LS_BY_POINTER where there is none.  *unsure gets a bit for each
   shown site of which some are found in a way in which the next search will not
   look. */
enum ls_holder_by ls_second_look(struct ls_search *search,
                                 const struct ls_sample *sample,
                                 uint32_t *unsure);

#endif
