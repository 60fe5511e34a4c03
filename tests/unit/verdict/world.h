/* SPDX-License-Identifier: MIT */
/*
 * A call site in a small simulated world: which of its blocks are alive, how
 * large they are and in which iteration they were born.
 */
#ifndef LS_TESTS_WORLD_H
#define LS_TESTS_WORLD_H

#include <stdint.h>

enum { WORLD_BLOCKS = 1 << 16, WORLD_PARAMETERS = 3 };

struct block {
  uint32_t born; /* 0: before the baseline */
  uint32_t dies; /* for families that give a block a time to live */
  int64_t size;
};

struct world {
  uint64_t random;
  uint32_t now;  /* the iteration; 0 in the warm-up */
  uint32_t time; /* passes made, those of the warm-up included */
  unsigned live;
  int64_t bytes;
  int64_t p[WORLD_PARAMETERS];
  int64_t memory; /* what a family remembers */
  uint64_t seen[64];
  struct block blocks[WORLD_BLOCKS];
};

struct parameter {
  int64_t least, most;
};

struct family {
  const char *name;
  void (*step)(struct world *world);
  struct parameter p[WORLD_PARAMETERS];
  int64_t limit; /* of a kernel object, else 0 */
};

extern const struct family families[];
extern const unsigned family_count;

uint64_t random_next(uint64_t *state);
int64_t random_between(uint64_t *state, int64_t least, int64_t most);

void world_begin(struct world *world, const struct family *family,
                 uint64_t seed);

#endif
