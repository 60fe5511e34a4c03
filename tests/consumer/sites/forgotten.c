/* SPDX-License-Identifier: MIT */
/* Nothing of it is linked into any program. */
#include <stdlib.h>

void *forgotten(void);

void *forgotten(void) { return malloc(23); /* site: never malloc */ }
