/* SPDX-License-Identifier: MIT */
/*
 * Files that are written whole or not at all.
 * Context: above the hook line.
 */
#ifndef LS_PLATFORM_FILE_H
#define LS_PLATFORM_FILE_H

#include <stddef.h>

#include "platform/arena.h"

/*
 * Replaces `path` by `size` bytes at `data`: a temporary file beside it,
 * flushed, then renamed.  What is not a regular file (a pipe, /dev/stdout) is
 * written in place.  Returns 0 or a negative errno; on failure an older file
 * is still there untouched.
 */
int ls_file_replace(const char *path, const void *data, size_t size);

/*
 * The bytes of a regular file of at most `most` bytes, in the arena, with a NUL
 * behind them.  Returns 0, or a negative errno (-EFBIG for a larger one,
 * -EINVAL for what is no regular file: it is not waited for).
 */
int ls_file_read(const char *path, size_t most, struct ls_arena *arena,
                 char **data, size_t *size);

/*
 * open() and close() by number: they are among the functions that this library
 * hooks, and a test program may define them as mocks.  Descriptors are closed
 * on exec; a new file has mode 0666.  -1 and errno on failure.
 */
int ls_file_open(const char *path, int flags);
int ls_file_close(int fd);

/* Writes all of it, through EINTR and short writes; 0 or a negative errno. */
int ls_file_write_all(int fd, const void *data, size_t size);

#endif
