/* SPDX-License-Identifier: MIT */
/* Finds the entry of a function in its module's .eh_frame, and reads all of it
   but the instructions. */
#include "traceback/eh_frame_entry.h"

#include <string.h>

#include "traceback/object.h"

/* ---- pointers ----------------------------------------------------------- */

/* DW_EH_PE_*: how a pointer is written. */
enum {
  PE_FORM = 0x0f,
  PE_ABSPTR = 0x00,
  PE_UDATA2 = 0x02,
  PE_UDATA4 = 0x03,
  PE_UDATA8 = 0x04,
  PE_SDATA2 = 0x0a,
  PE_SDATA4 = 0x0b,
  PE_SDATA8 = 0x0c,
  PE_BASE = 0x70,
  PE_PCREL = 0x10,
  PE_DATAREL = 0x30,
  PE_TABLE = PE_DATAREL | PE_SDATA4 /* the one form linkers make */
};

int ls_eh_pointer(struct ls_cursor *c, unsigned encoding, uintptr_t *value) {
  uintptr_t here = (uintptr_t)c->at;
  switch (encoding & PE_FORM) {
    case PE_ABSPTR:
    case PE_UDATA8:
    case PE_SDATA8:
      *value = ls_read_bytes(c, 8);
      break;
    case PE_UDATA4:
      *value = ls_read_bytes(c, 4);
      break;
    case PE_SDATA4:
      *value = (uintptr_t)(intptr_t)(int32_t)ls_read_bytes(c, 4);
      break;
    case PE_UDATA2:
      *value = ls_read_bytes(c, 2);
      break;
    case PE_SDATA2:
      *value = (uintptr_t)(intptr_t)(int16_t)ls_read_bytes(c, 2);
      break;
    default:
      return 0;
  }
  if ((encoding & PE_BASE) == PE_PCREL) *value += here;
  return (encoding & PE_BASE) == 0 || (encoding & PE_BASE) == PE_PCREL;
}

/* ---- finding the entry of a pc
 * ----------------------------------------------- */

struct table_entry {
  int32_t pc;  /* relative to the table's header */
  int32_t fde; /* likewise */
};

const uint8_t *ls_eh_find(uintptr_t pc) {
  struct dl_find_object object;
  if (!ls_object_of(pc, &object) || !object.dlfo_eh_frame) return NULL;
  const uint8_t *header = object.dlfo_eh_frame;
  struct ls_cursor c = {header + 4, header + 20};
  uintptr_t ignored, count;
  if (header[0] != 1 || header[3] != PE_TABLE) return NULL;
  if (!ls_eh_pointer(&c, header[1], &ignored) ||
      !ls_eh_pointer(&c, header[2], &count) || !count)
    return NULL;
  const struct table_entry *table = (const void *)c.at;
  intptr_t wanted = (intptr_t)(pc - (uintptr_t)header);
  size_t low = 0, high = count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (table[middle].pc <= wanted)
      low = middle;
    else
      high = middle;
  }
  return table[low].pc <= wanted ? header + table[low].fde : NULL;
}

/* The bytes of a record behind its length; 0 for a form not used here. */
static int open_record(const uint8_t *record, struct ls_cursor *c) {
  uint32_t length;
  memcpy(&length, record, sizeof length);
  if (!length || length >= 0xfffffff0u) return 0;
  c->at = record + sizeof length;
  c->end = c->at + length;
  return 1;
}

/* The letters of an augmentation that begins with 'z'. */
static int read_augmentation(struct ls_cursor *c, const char *letters,
                             struct ls_eh_entry *entry) {
  uintptr_t ignored;
  for (; *letters; letters++) {
    unsigned encoding;
    switch (*letters) {
      case 'R':
        entry->encoding = (uint8_t)ls_read_bytes(c, 1);
        break;
      case 'L':
        (void)ls_read_bytes(c, 1);
        break;
      case 'P':
        /* not followed: only its length matters */
        encoding = (unsigned)ls_read_bytes(c, 1);
        if (!ls_eh_pointer(c, encoding & PE_FORM, &ignored)) return 0;
        break;
      case 'S':
        entry->is_signal = 1;
        break;
      default:
        return 0;
    }
  }
  return 1;
}

static int read_common(const uint8_t *cie, struct ls_eh_entry *entry) {
  enum { RETURN_ADDRESS = 16 };
  struct ls_cursor c;
  if (!open_record(cie, &c)) return 0;
  (void)ls_read_bytes(&c, 4); /* id */
  unsigned version = (unsigned)ls_read_bytes(&c, 1);
  const char *letters = (const char *)c.at;
  while (c.at < c.end && *c.at) c.at++;
  c.at++;
  entry->code_align = (uint32_t)ls_read_uleb(&c);
  entry->data_align = (int32_t)ls_read_sleb(&c);
  uint64_t column = version == 1 ? ls_read_bytes(&c, 1) : ls_read_uleb(&c);
  if (column != RETURN_ADDRESS) return 0;
  entry->encoding = PE_ABSPTR;
  if (*letters == 'z') {
    uint64_t length = ls_read_uleb(&c);
    struct ls_cursor data = {c.at, c.at + length};
    if (!read_augmentation(&data, letters + 1, entry)) return 0;
    c.at += length;
  } else if (*letters) {
    return 0;
  }
  entry->common = c;
  return 1;
}

int ls_eh_read(const uint8_t *fde, struct ls_eh_entry *entry) {
  struct ls_cursor c;
  if (!open_record(fde, &c)) return 0;
  const uint8_t *here = c.at;
  uint32_t back = (uint32_t)ls_read_bytes(&c, 4);
  if (!back || !read_common(here - back, entry)) return 0;
  if (!ls_eh_pointer(&c, entry->encoding, &entry->begin) ||
      !ls_eh_pointer(&c, entry->encoding & PE_FORM, &entry->size))
    return 0;
  c.at += ls_read_uleb(&c); /* augmentation data: of no interest here */
  entry->program = c;
  return 1;
}
