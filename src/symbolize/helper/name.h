/* SPDX-License-Identifier: MIT */
/*
 * Names of C++ as people read them.
 *
 *   _ZN4acme5cacheISsiE3putERKSsi   acme::cache<..>::put
 *
 * With their scope; without what they take and return, and without the
 * arguments of templates, which can be longer than a screen.
 */
#ifndef LS_SYMBOLIZE_HELPER_NAME_H
#define LS_SYMBOLIZE_HELPER_NAME_H

/* The readable name of a linker's; NULL for one that is not C++'s, or where
   nobody can read it.  Good until names_forget(). */
const char *name_readable(const char *linked);
void names_forget(void);

/* Shortens a demangled name in its place. */
void name_shorten(char *name);

#endif
