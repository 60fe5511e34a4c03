/* SPDX-License-Identifier: MIT */
/* A plug-in that keeps what it allocates, and is unloaded with it. */
#include <stdlib.h>

void *plugin_grow(void);

void *plugin_grow(void) {
  char *p = malloc(33); /* place of test_plugin */
  if (p) *p = 1;
  return p;
}
