/* SPDX-License-Identifier: MIT */
#ifndef TESTS_HOSTILE_WALK_SYMBOLS_H
#define TESTS_HOSTILE_WALK_SYMBOLS_H

/* The function of this program in which an instruction lies, until the next
   call; NULL where there is none. */
const char *symbol_at(unsigned long offset);

#endif
