/* SPDX-License-Identifier: MIT */
/* What the tests of the symbolizer share. */
#ifndef TESTS_SYMBOLIZE_SUPPORT_H
#define TESTS_SYMBOLIZE_SUPPORT_H

#include <check.h>
#include <limits.h>
#include <stddef.h>

#include "fixture.h"
#include "platform/arena.h"
#include "symbolize/symbolize.h"

/* A fresh folder for each test, removed after it with the files in it. */
extern char folder[PATH_MAX];
void folder_make(void);
void folder_remove(void);

/* folder/name, valid until the next call. */
const char *folder_path(const char *name);

/* Writes a file that can be executed. */
void file_write(const char *path, const void *data, size_t size);
void file_copy(const char *from, const char *to);

/* A whole file, terminated; the caller frees it. */
char *file_read(const char *path, size_t *size);

/* Opens a library and calls one of its fixture functions. */
struct spot library_spot(const char *path, const char *function);

/* Runs the tests, each with a folder, and returns main()'s status. */
int tests_run(const char *name, const TTest *const *tests, size_t n);

/* ls_symbolize() of one address, in an arena that lasts for the test. */
int symbolize(uintptr_t pc, struct ls_frames *frames);

/* The same, and 0 is expected. */
struct ls_frames symbolized(uintptr_t pc);

#endif
