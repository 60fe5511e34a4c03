/* SPDX-License-Identifier: MIT */
#include "shelf.h"

void *loft_gated(void) { return calloc(1, 21); /* site: gated calloc */ }

void *loft_never(void) { return calloc(1, 22); /* site: never calloc */ }
