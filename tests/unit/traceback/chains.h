/* SPDX-License-Identifier: MIT */
/* Random call chains with every kind of frame that a C compiler makes. */
#ifndef CHAINS_H
#define CHAINS_H

#include <stdint.h>

/* Runs one chain of `depth` calls drawn from `*seed`; probe() is called at its
   end, and now and then on the way. */
void chains_run(uint64_t *seed, int depth, void (*probe)(void));

#endif
