/* SPDX-License-Identifier: MIT */
/*
 * libc's own functions, whatever the program calls by their names.
 *
 * A test program may define read(), fork() or strlen() itself, as a mock.  The
 * dynamic linker then binds this library's calls to that definition too: a
 * verdict would hang on what a mock answers, and the mock would count calls
 * that no code under test made.  So this library looks functions up in libc
 * itself and binds its own calls once more.
 * Context: any.  Nothing here calls a function by name.
 */
#ifndef LS_PLATFORM_OWN_LIBC_H
#define LS_PLATFORM_OWN_LIBC_H

/* The address of a function in libc; NULL where libc has none of that name. */
void *ls_libc_function(const char *name);

/* Binds each call of this library that leads to code outside of libc to libc's
   function of that name.  The functions that this library hooks stay as they
   are: the program's call of them is handed on. */
void ls_libc_bind(void);

#endif
