/* SPDX-License-Identifier: MIT */
/* Notes the first blocks that a forked process allocates and frees. */
#include "tracker/early.h"

#include <sys/single_threaded.h>

#include "platform/guard.h"
#include "platform/lock.h"
#include "platform/together.h"
#include "tracker/count.h"
#include "tracker/counters.h"

enum {
  ROOM = 32,  /* blocks */
  SITES = 8,  /* of objects without a size */
  CALLS = 256 /* after which the process is no longer young */
};

/*
 * A block's address, what is there now, and what the map still has there: a
 * block that was freed since then.  Its site is in the map.  A note is whole
 * whenever a signal handler may look at it.
 */
struct note {
  uintptr_t block;
  uint32_t cell; /* as the map's; 0: no block */
  uint32_t size;
  uint32_t freed_site; /* 0: none was freed */
  uint32_t freed_size;
};

int ls_early_notes LS_TOGETHER;

static struct {
  struct note notes[ROOM];
  struct {
    uint32_t site;
    int32_t objects;
  } sites[SITES];
  unsigned n, nsites, calls;
  int64_t over, high; /* bytes since it began, and the most of them */
  struct ls_lock lock;
} early LS_TOGETHER;

static void notes(int yes) {
  ls_unusual_set(LS_UNUSUAL_EARLY, yes);
  __atomic_store_n(&ls_early_notes, yes, __ATOMIC_RELEASE);
}

void ls_early_begin(void) {
  if (!ls_is_early()) {
    early.n = early.nsites = 0;
    early.over = early.high = 0;
    notes(1);
  }
  early.calls = 0;
}

/* ---- noting -------------------------------------------------------------- */

static struct note *note_of(uintptr_t block) {
  for (unsigned i = 0; i < early.n; i++)
    if (early.notes[i].block == block) return &early.notes[i];
  return NULL;
}

static struct note *add(struct note note) {
  if (early.n == ROOM) return NULL;
  early.notes[early.n] = note;
  __atomic_store_n(&early.n, early.n + 1, __ATOMIC_RELEASE);
  return &early.notes[early.n - 1];
}

static int may_go_on(void) {
  if (early.calls++ < CALLS && __libc_single_threaded) return 1;
  ls_early_write();
  return 0;
}

static void count_bytes(int64_t bytes) {
  early.over += bytes;
  if (early.over > early.high) early.high = early.over;
}

/* A cell is one store; its size is only looked at where it is not 0. */
static void fill(struct note *note, uint32_t cell, size_t size) {
  note->size = (uint32_t)size;
  __atomic_store_n(&note->cell, cell, __ATOMIC_RELEASE);
}

int ls_early_put(uintptr_t block, struct ls_shadow_entry entry, size_t usable) {
  size_t code = ls_shadow_code(entry.size, usable);
  int is_plain = entry.site && !entry.birth && code && code <= LS_CODE_MOST &&
                 entry.size < LS_SHADOW_BIG && !ls_shadow_is_odd(block);
  if (!is_plain) ls_early_write();
  if (!is_plain || !may_go_on()) return 0;
  struct note *note = note_of(block);
  if (!note) note = add((struct note){.block = block});
  if (!note) {
    ls_early_write();
    return 0;
  }
  fill(note, entry.site << LS_CODE_BITS | (uint32_t)code, entry.size);
  count_bytes((int64_t)entry.size);
  return 1;
}

/* The parent's: it stays in the map for now. */
static int take_known(uintptr_t block, const struct ls_shadow_entry *entry) {
  if (!entry->site) return 1;
  if (entry->size < LS_SHADOW_BIG &&
      add((struct note){.block = block,
                        .freed_site = entry->site,
                        .freed_size = (uint32_t)entry->size}))
    return 1;
  ls_early_write();
  return 0;
}

int ls_early_take(uintptr_t block, size_t usable,
                  struct ls_shadow_entry *entry) {
  if (!may_go_on()) return 0;
  struct note *note = note_of(block);
  if (note) {
    *entry = (struct ls_shadow_entry){.site = note->cell >> LS_CODE_BITS,
                                      .size = note->cell ? note->size : 0};
    __atomic_store_n(&note->cell, 0, __ATOMIC_RELEASE);
  } else {
    *entry = ls_shadow_get(block, usable);
    if (!take_known(block, entry)) return 0;
  }
  count_bytes(-(int64_t)entry->size);
  return 1;
}

int ls_early_count(uint32_t site, int64_t objects) {
  unsigned at = 0;
  if (!may_go_on()) return 0;
  while (at < early.nsites && early.sites[at].site != site) at++;
  if (at == SITES || objects != (int32_t)objects) {
    ls_early_write();
    return 0;
  }
  if (at == early.nsites) {
    early.sites[at].site = site;
    early.sites[at].objects = 0;
    __atomic_store_n(&early.nsites, at + 1, __ATOMIC_RELEASE);
  }
  early.sites[at].objects += (int32_t)objects;
  return 1;
}

int ls_early_knows(uintptr_t block) {
  const struct note *note = ls_is_early() ? note_of(block) : NULL;
  return note ? note->cell != 0 : ls_shadow_get(block, 0).site != 0;
}

/* ---- writing ------------------------------------------------------------- */

static void count(uint32_t site, int64_t blocks, int64_t bytes) {
  if (!ls_counters_add(site, blocks, bytes)) ls_count_drop();
}

/* First of all notes, so that at no moment more bytes are counted than there
   were. */
static void write_freed(const struct note *note) {
  if (!note->freed_site) return;
  (void)ls_shadow_take(note->block, note->freed_size);
  count(note->freed_site, -1, -(int64_t)note->freed_size);
}

static void write_block(const struct note *note) {
  if (!note->cell) return;
  struct ls_shadow_entry entry = {.site = note->cell >> LS_CODE_BITS,
                                  .size = note->size};
  size_t usable = ls_shadow_usable(note->size, note->cell & LS_CODE_MOST);
  if (ls_shadow_set(note->block, entry, usable))
    count(entry.site, 1, (int64_t)entry.size);
  else
    ls_count_drop();
}

static void write_all(void) {
  for (unsigned i = 0; i < early.nsites; i++)
    if (!ls_counters_add_other(early.sites[i].site, early.sites[i].objects, 0))
      ls_count_drop();
  if (early.n) ls_counters_reached(early.high);
  for (unsigned i = 0; i < early.n; i++) write_freed(&early.notes[i]);
  for (unsigned i = 0; i < early.n; i++) write_block(&early.notes[i]);
  notes(0);
}

/* Two threads may come here at once, when a process has got its second.  A lock
   that cannot be had is nobody's here. */
void ls_early_write(void) {
  int is_locked = ls_lock_take(&early.lock);
  if (ls_is_early()) write_all();
  if (is_locked) ls_lock_release(&early.lock);
}

/* ---- context: runner ----------------------------------------------------- */

static void add_to(struct ls_live *to, int64_t blocks, int64_t bytes) {
  to->count += blocks;
  to->bytes += bytes;
}

void ls_early_sum(struct ls_live *to, uint32_t n) {
  if (!ls_is_early()) return;
  for (unsigned i = 0; i < early.n; i++) {
    const struct note *note = &early.notes[i];
    uint32_t site = note->cell >> LS_CODE_BITS, freed = note->freed_site;
    if (freed && freed < n) add_to(&to[freed], -1, -(int64_t)note->freed_size);
    if (site && site < n) add_to(&to[site], 1, (int64_t)note->size);
  }
  for (unsigned i = 0; i < early.nsites; i++)
    if (early.sites[i].site < n)
      add_to(&to[early.sites[i].site], early.sites[i].objects, 0);
}
