/* SPDX-License-Identifier: MIT */
/* Copies a shared library for linkers, with another soname. */
#include "cli/run/soname.h"

#include <errno.h>
#include <link.h>
#include <string.h>

#include "cli/cli.h"
#include "platform/file.h"

typedef ElfW(Ehdr) Header;
typedef ElfW(Shdr) Section;
typedef ElfW(Dyn) Dynamic;

/* The sections of a library of ours: as the linker wrote it, not damaged. */
struct parts {
  Section *strings; /* of the dynamic section */
  Section *dynamic;
};

static int find_parts(char *bytes, size_t size, struct parts *parts) {
  Header *header = (Header *)(void *)bytes;
  if (size < sizeof *header || memcmp(bytes, ELFMAG, SELFMAG)) return -ENOEXEC;
  if (header->e_shoff > size ||
      header->e_shnum > (size - header->e_shoff) / sizeof(Section))
    return -ENOEXEC;
  Section *sections = (Section *)(void *)(bytes + header->e_shoff);
  *parts = (struct parts){NULL, NULL};
  for (unsigned i = 0; i < header->e_shnum; i++)
    if (sections[i].sh_type == SHT_DYNAMIC) parts->dynamic = &sections[i];
  if (!parts->dynamic || parts->dynamic->sh_link >= header->e_shnum)
    return -ENOEXEC;
  parts->strings = &sections[parts->dynamic->sh_link];
  for (const Section *part = parts->strings;;) {
    if (part->sh_offset > size || part->sh_size > size - part->sh_offset)
      return -ENOEXEC;
    if (part == parts->dynamic) return 0;
    part = parts->dynamic;
  }
}

/* Strings, with the name as the last, are to stand at `at` in the file. */
static int rename_to(char *bytes, const struct parts *parts, size_t at,
                     size_t length) {
  Dynamic *entry = (Dynamic *)(void *)(bytes + parts->dynamic->sh_offset);
  size_t n = parts->dynamic->sh_size / sizeof *entry;
  int found = 0;
  for (; n && entry->d_tag != DT_NULL; n--, entry++) {
    if (entry->d_tag == DT_STRSZ) entry->d_un.d_val += length;
    if (entry->d_tag != DT_SONAME) continue;
    entry->d_un.d_val = parts->strings->sh_size;
    found = 1;
  }
  parts->strings->sh_offset = at;
  parts->strings->sh_size += length;
  return found ? 0 : -ENOEXEC;
}

int cli_soname_copy(const char *from, const char *to, const char *name) {
  struct ls_arena arena = {0};
  struct ls_text bytes = {.arena = &arena};
  struct ls_text copy = {.arena = &arena};
  struct parts parts;
  int rc = cli_read(from, &bytes);
  if (!rc) rc = find_parts(bytes.data, bytes.length, &parts);
  if (!rc) {
    const Section strings = *parts.strings;
    const size_t length = strlen(name) + 1;
    rc = rename_to(bytes.data, &parts, bytes.length, length);
    ls_text_add_bytes(&copy, bytes.data, bytes.length);
    ls_text_add_bytes(&copy, bytes.data + strings.sh_offset, strings.sh_size);
    ls_text_add_bytes(&copy, name, length);
    if (!rc && copy.truncated) rc = -ENOMEM;
  }
  if (!rc) rc = ls_file_replace(to, copy.data, copy.length);
  ls_arena_release(&arena);
  return rc;
}
