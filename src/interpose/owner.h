/* SPDX-License-Identifier: MIT */
#ifndef LS_INTERPOSE_OWNER_H
#define LS_INTERPOSE_OWNER_H

/* Where malloc is not ours: whose it is, and what to do; a text that stays.
   Context: runner. */
const char *ls_malloc_owner(void);

#endif
