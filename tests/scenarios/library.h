/* SPDX-License-Identifier: MIT */
/* A library under test that is built without debug information. */
#ifndef SCENARIO_LIBRARY_H
#define SCENARIO_LIBRARY_H

/* Adds a value to the library's table. */
void library_remember(int value);

/* Takes the latest value out again. */
void library_forget(void);

#endif
