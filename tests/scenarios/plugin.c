/* SPDX-License-Identifier: MIT */
/* A module that is loaded at run time. */
#include <stdlib.h>

void plugin_leak(void);
void plugin_clean(void);

static char *volatile latest;

void plugin_leak(void) { latest = malloc(90); /* leaks */ }

void plugin_clean(void) {
  latest = malloc(90);
  free(latest);
}
