/* SPDX-License-Identifier: MIT */
/*
 * What the environment says of the life of the library.
 */
#ifndef LS_LIFE_H
#define LS_LIFE_H

/* LEAKSLOPE: see the definition. */
int ls_life_start_wanted(void);

#endif
