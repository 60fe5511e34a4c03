/* SPDX-License-Identifier: MIT */
/* Reads the loaded segments and the build id of an ELF file, or of one in
   memory. */
#include "symbolize/image.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <string.h>

#include "symbolize/sys.h"

/* A linker makes about ten program headers and notes of 100 bytes; a build id
   has 20 bytes, 64 at most. */
enum { HEADERS_MAX = 256, NOTES_MAX = 64 * 1024, BUILD_ID_MAX = 64 };

static int image_read(const struct ls_image *image, uint64_t position, void *to,
                      size_t size) {
  if (position > image->size || size > image->size - position) return -ENOEXEC;
  long n = ls_sys_pread(image->fd, to, size, image->base + position);
  if (n < 0) return (int)n;
  return (size_t)n == size ? 0 : -ENOEXEC;
}

static int header_read(const struct ls_image *image, ElfW(Ehdr) * header) {
  int rc = image_read(image, 0, header, sizeof *header);
  if (rc) return rc;
  const unsigned char class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
  if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_ident[EI_CLASS] != class ||
      header->e_phentsize != sizeof(ElfW(Phdr)) || header->e_phnum == 0 ||
      header->e_phnum > HEADERS_MAX)
    return -ENOEXEC;
  return 0;
}

static int segments_take(struct ls_arena *arena, const ElfW(Phdr) * headers,
                         size_t n, struct ls_elf *elf) {
  elf->segments = ls_arena_alloc(arena, n * sizeof *elf->segments);
  if (!elf->segments) return -ENOMEM;
  for (size_t i = 0; i < n; i++) {
    if (headers[i].p_type != PT_LOAD) continue;
    elf->segments[elf->nsegments++] =
        (struct ls_segment){.position = headers[i].p_offset,
                            .size = headers[i].p_filesz,
                            .address = headers[i].p_vaddr};
  }
  return 0;
}

static const char *hexadecimal(struct ls_arena *arena,
                               const unsigned char *bytes, size_t n) {
  char *text = ls_arena_alloc(arena, 2 * n + 1);
  if (!text) return NULL;
  for (size_t i = 0; i < n; i++) {
    text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
    text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
  }
  return text;
}

static size_t aligned(size_t size, size_t alignment) {
  return (size + alignment - 1) & ~(alignment - 1);
}

/* The build id among `size` bytes of notes, or NULL. */
static const unsigned char *build_id_find(const unsigned char *notes,
                                          size_t size, size_t alignment,
                                          size_t *length) {
  size_t at = 0;
  ElfW(Nhdr) note;
  while (size - at >= sizeof note) {
    memcpy(&note, notes + at, sizeof note);
    at += sizeof note;
    if (note.n_namesz > size - at || note.n_descsz > size - at) return NULL;
    size_t description = aligned(at + note.n_namesz, alignment);
    if (description > size || note.n_descsz > size - description) return NULL;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof "GNU" &&
        memcmp(notes + at, "GNU", sizeof "GNU") == 0) {
      *length = note.n_descsz;
      return notes + description;
    }
    at = aligned(description + note.n_descsz, alignment);
    if (at > size) return NULL;
  }
  return NULL;
}

static const char *build_id_read(struct ls_arena *arena,
                                 const struct ls_image *image,
                                 const ElfW(Phdr) * header) {
  size_t size = header->p_filesz;
  if (header->p_type != PT_NOTE || size > NOTES_MAX) return NULL;
  unsigned char *notes = ls_arena_alloc(arena, size);
  if (!notes || image_read(image, header->p_offset, notes, size)) return NULL;
  size_t length = 0;
  const unsigned char *id =
      build_id_find(notes, size, header->p_align == 8 ? 8 : 4, &length);
  if (!id || length == 0 || length > BUILD_ID_MAX) return NULL;
  return hexadecimal(arena, id, length);
}

int ls_elf_read(struct ls_arena *arena, const struct ls_image *image,
                struct ls_elf *elf) {
  *elf = (struct ls_elf){.build_id = ""};
  ElfW(Ehdr) header;
  int rc = header_read(image, &header);
  if (rc) return rc;
  size_t n = header.e_phnum;
  ElfW(Phdr) *headers = ls_arena_alloc(arena, n * sizeof *headers);
  if (!headers) return -ENOMEM;
  rc = image_read(image, header.e_phoff, headers, n * sizeof *headers);
  if (rc) return rc;
  rc = segments_take(arena, headers, n, elf);
  for (size_t i = 0; i < n && !rc && !*elf->build_id; i++) {
    const char *id = build_id_read(arena, image, &headers[i]);
    if (id) elf->build_id = id;
  }
  return rc;
}

int ls_elf_address(const struct ls_elf *elf, uint64_t position,
                   uint64_t *address) {
  for (size_t i = 0; i < elf->nsegments; i++) {
    const struct ls_segment *segment = &elf->segments[i];
    if (position < segment->position ||
        position - segment->position >= segment->size)
      continue;
    *address = segment->address + (position - segment->position);
    return 1;
  }
  return 0;
}
