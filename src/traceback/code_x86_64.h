/* SPDX-License-Identifier: MIT */
/*
 * What code itself says of a call path: whether a return address is one, and,
 * where no table covers a function, whether it keeps a frame pointer.
 *
 * A stale word on a stack, or what a coroutine's first function would return
 * to, is no return address: no call lies in front of it.
 * Context: hook.  Reads code that is mapped; _dl_find_object takes no lock.
 */
#ifndef LS_TRACEBACK_CODE_X86_64_H
#define LS_TRACEBACK_CODE_X86_64_H

#include <stdint.h>

/* Whether instructions lie in front of this address. */
int ls_code_is_behind(uintptr_t pc);

/* Whether a call lies in front of this address, which is code. */
int ls_code_follows_call(uintptr_t pc);

/* The same in a function that begins there, and is mapped. */
int ls_code_in_function(uintptr_t begin, uintptr_t pc);

/*
 * Whether the function of `pc`, which no table covers, has a frame of the usual
 * form and was called from in front of `back`, so that the word at rbp is its
 * caller's rbp and `back` lies above it.  Only what is certain counts: the
 * function is the one that the call names, or, where the call names none, what
 * begins nearest before pc with nothing that returns in between.
 * `interrupted`: pc may lie before that frame is made, or behind its end.
 */
int ls_code_keeps_frame(uintptr_t pc, uintptr_t back, int interrupted);

/* Where the call in front of `back` goes; 0 where the call does not say so. */
uintptr_t ls_code_called(uintptr_t back);

/* Whether a word of the stack may be the return address of a call into code
   that begins behind `begin` and in which `pc` lies. */
int ls_code_may_enter(uintptr_t word, uintptr_t begin, uintptr_t pc);

#endif
