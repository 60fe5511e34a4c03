/* SPDX-License-Identifier: MIT */
/*
 * What one test did, pass by pass, as a file.
 *
 *   header | sites | changes | births
 *
 * A change says what a site holds at the end of a pass; where there is none it
 * holds what it held before.  Births: at the end of iteration `rung`, how many
 * living blocks were born in a window of 64 or fewer that the run was then
 * divided into.  Iterations count from BASELINE passes on, as leakslope's do:
 * the test's own pass and three to warm up.
 */
#ifndef RECORDING_H
#define RECORDING_H

#include <stdint.h>

enum { RECORDING_MAGIC = 0x4c535231, BASELINE = 4 };
enum recording_level { LEVEL_PATH, LEVEL_CALL };
enum recording_domain { DOMAIN_MEMORY, DOMAIN_DESCRIPTORS };

struct recording_header {
  uint32_t magic;
  uint32_t passes;
  uint32_t is_early; /* an assertion ended the last pass */
  uint32_t nsites, nchanges, nbirths;
};

struct recording_site {
  uint32_t level, domain;
};

struct recording_change {
  uint32_t site, pass;
  int64_t count, bytes;
};

struct recording_births {
  uint32_t site, rung, window, count;
};

#endif
