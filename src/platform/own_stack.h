/* SPDX-License-Identifier: MIT */
/*
 * Calls a function on a stack of ours: a handler of signals may stand on one
 * that has hardly room for its frame.
 * Context: anywhere; one call at a time for each stack.
 */
#ifndef LS_PLATFORM_OWN_STACK_H
#define LS_PLATFORM_OWN_STACK_H

#include <stddef.h>

/* run(arg), with its frames below `end`.  On a machine that we cannot do that
   on, on the stack at hand. */
void ls_own_stack_call(void *end, void (*run)(void *arg), void *arg);

#endif
