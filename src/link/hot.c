/* SPDX-License-Identifier: MIT */
/*
 * Compiles the way of an allocation as one translation unit: hooks and sink
 * stay apart as layers, but the compiler may put what most calls need into the
 * hook.
 */
/* NOLINTBEGIN(bugprone-suspicious-include) */
#include "interpose/malloc_hooks.c"
#include "tracker/tracker.c"
/* NOLINTEND(bugprone-suspicious-include) */
