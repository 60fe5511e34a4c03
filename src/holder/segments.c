/* SPDX-License-Identifier: MIT */
/* Finds the writable segments of the program and its libraries by the program
   headers in memory: the loader is not asked, a thread may have held its lock
   when this process was forked. */
#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

#include "holder/roots.h"
#include "platform/own_pages.h"

enum { HEADERS = 4096 };

struct image {
  const ElfW(Ehdr) * header;
  const ElfW(Phdr) * program;
  uintptr_t bias;
  const char *path;
};

/* 1 if a mapping begins with an ELF file. */
static int image_at(const struct ls_mapped *mapped, struct image *image) {
  if (!mapped->is_readable || mapped->is_anonymous || mapped->file_offset ||
      mapped->path[0] != '/' || mapped->end - mapped->begin < HEADERS)
    return 0;
  /* NOLINTNEXTLINE(performance-no-int-to-ptr): what is mapped there */
  const ElfW(Ehdr) *header = (const void *)mapped->begin;
  if (memcmp(header->e_ident, ELFMAG, SELFMAG) ||
      header->e_phentsize != sizeof(ElfW(Phdr)) ||
      header->e_phoff + header->e_phnum * sizeof(ElfW(Phdr)) > HEADERS)
    return 0;
  image->header = header;
  /* NOLINTNEXTLINE(performance-no-int-to-ptr): likewise */
  image->program = (const void *)(mapped->begin + header->e_phoff);
  image->path = mapped->path;
  for (unsigned i = 0; i < header->e_phnum; i++) {
    if (image->program[i].p_type != PT_LOAD) continue;
    image->bias =
        mapped->begin - (image->program[i].p_vaddr & ~(ElfW(Addr))4095);
    return 1;
  }
  return 0;
}

static void next_image(const struct ls_memory *memory, size_t *i,
                       struct image *image) {
  image->header = NULL;
  while (*i < memory->n && !image_at(&memory->at[*i], image)) {
    image->header = NULL;
    ++*i;
  }
  ++*i;
}

/* The program's own headers lie where the kernel says. */
static int is_program(const struct image *image) {
  uintptr_t headers = getauxval(AT_PHDR);
  return headers == (uintptr_t)image->program;
}

static int is_loader_or_libc(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  return !strncmp(name, "libc.so", 7) || !strncmp(name, "libc-", 5) ||
         !strncmp(name, "ld-linux", 8) || !strncmp(name, "ld-2", 4);
}

static int is_ours(const struct image *image) {
  uintptr_t ours = (uintptr_t)ls_roots_segments;
  for (unsigned i = 0; i < image->header->e_phnum; i++) {
    const ElfW(Phdr) *segment = &image->program[i];
    if (segment->p_type == PT_LOAD &&
        ours - (image->bias + segment->p_vaddr) < segment->p_memsz)
      return 1;
  }
  return 0;
}

static void add_segments(struct ls_roots *roots, const struct image *image,
                         enum ls_root_kind kind) {
  for (unsigned i = 0; i < image->header->e_phnum; i++) {
    const ElfW(Phdr) *segment = &image->program[i];
    if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_W)) continue;
    uintptr_t begin = image->bias + segment->p_vaddr;
    ls_roots_add(roots,
                 (struct ls_root){.begin = begin,
                                  .end = begin + segment->p_memsz,
                                  .kind = kind,
                                  .begins_only = is_loader_or_libc(image->path),
                                  .module = image->path,
                                  .bias = image->bias});
  }
}

void ls_roots_segments(struct ls_roots *roots, const struct ls_memory *memory) {
  struct image image;
  for (int programs = 1; programs >= 0; programs--)
    for (size_t i = 0; i < memory->n;) {
      next_image(memory, &i, &image);
      if (!image.header || is_program(&image) != programs) continue;
      if (programs || !is_ours(&image))
        add_segments(roots, &image,
                     programs ? LS_ROOT_PROGRAM : LS_ROOT_MODULE);
    }
}

size_t ls_roots_tls_size(const struct ls_memory *memory) {
  enum { SURPLUS = 4096 }; /* for libraries that are loaded later */
  size_t size = SURPLUS;
  struct image image;
  for (size_t i = 0; i < memory->n;) {
    next_image(memory, &i, &image);
    for (unsigned k = 0; image.header && k < image.header->e_phnum; k++)
      if (image.program[k].p_type == PT_TLS)
        size += image.program[k].p_memsz + image.program[k].p_align;
  }
  return size;
}
