/* SPDX-License-Identifier: MIT */
/*
 * The other source of events: a program that is built with a sanitizer has
 * that one's malloc in front of ours, and taking its place breaks it.  Its
 * runtime tells of its blocks where it is asked to.
 */
#ifndef LS_INTERPOSE_SANITIZER_HOOKS_H
#define LS_INTERPOSE_SANITIZER_HOOKS_H

/* Whose malloc the program was built with ("AddressSanitizer"); NULL: with
   none that is known. */
const char *ls_sanitizer_name(void);

/* 1 where its runtime tells of its blocks, all of them. */
int ls_sanitizer_tells(void);

/* 1 where we stand in front of it, by LD_PRELOAD: neither can then do its
   work. */
int ls_sanitizer_is_behind_us(void);

/* Has it tell us from now on.  0, or a negative errno with a constant text in
 *cause.  Tracing must have begun.  Context: runner. */
int ls_sanitizer_install(const char **cause);

#endif
