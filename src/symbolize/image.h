/* SPDX-License-Identifier: MIT */
/*
 * The few facts of an ELF file that place an address in it: its loaded
 * segments and its build id.
 *
 * The file is read through a descriptor, either of the file itself or of
 * /proc/self/mem, where it begins at `base` for `size` bytes: the latter is
 * what really runs, also after the file was deleted or rebuilt, and a bad
 * address is an error there instead of a signal.
 */
#ifndef LS_SYMBOLIZE_IMAGE_H
#define LS_SYMBOLIZE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "platform/arena.h"

/* Where an ELF file can be read. */
struct ls_image {
  int fd;
  uint64_t base;
  uint64_t size; /* readable from base on */
};

/* A PT_LOAD segment. */
struct ls_segment {
  uint64_t position; /* in the file */
  uint64_t size;     /* in the file */
  uint64_t address;  /* link-time */
};

struct ls_elf {
  size_t nsegments;
  struct ls_segment *segments;
  const char *build_id; /* in hexadecimal, "" when there is none */
};

/* 0; -ENOEXEC for what is not an ELF file of this machine's word size;
   -ENOMEM; or what reading gave. */
int ls_elf_read(struct ls_arena *arena, const struct ls_image *image,
                struct ls_elf *elf);

/* The link-time address of a file position: 1, or 0 if it is never loaded. */
int ls_elf_address(const struct ls_elf *elf, uint64_t position,
                   uint64_t *address);

#endif
