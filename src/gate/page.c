/* SPDX-License-Identifier: MIT */
/* Keeps what the processes of a run leave for each other, and checks what it
   gives out. */
#include "gate/page.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "gate/heap.h"

/* Address space for reports; only what is written is used. */
enum { REPORTS_SIZE = 32 << 20, REPORTS_LEAST = 256 << 10, PAGE = 4096 };

/* In the shared memory. */
struct common {
  size_t used; /* of the room for reports */
  struct lsg_spending spending;
  pid_t test, copy;
  struct lsg_slot slots[];
};

struct lsg_page {
  size_t size;
  size_t reports; /* offset of the room for reports */
  unsigned n;
  struct common *common;
  struct lsg_progress *progress;
  uint32_t *quits; /* a page of its own, never closed */
};

enum leakslope_outcome lsg_slot_unmeasured(const struct lsg_slot *slot) {
  if (slot->unarmed) return LEAKSLOPE_NOT_ARMED;
  return slot->starved ? LEAKSLOPE_INCONCLUSIVE : LEAKSLOPE_NOT_GATED;
}

static void *map(size_t size) {
  void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return at == MAP_FAILED ? NULL : at;
}

struct lsg_page *lsg_page_new(unsigned n) {
  struct lsg_page *page = lsg_heap_new(sizeof *page);
  if (!page) return NULL;
  page->n = n;
  page->reports = sizeof(struct common) + n * sizeof(struct lsg_slot);
  size_t room = REPORTS_SIZE;
  page->common = map(page->reports + room);
  while (!page->common && room > REPORTS_LEAST)
    page->common = map(page->reports + (room /= 2));
  page->size = page->reports + room;
  page->progress = map(PAGE);
  page->quits = map(PAGE);
  if (page->common && page->progress && page->quits) return page;
  lsg_page_free(page);
  return NULL;
}

void lsg_page_free(struct lsg_page *page) {
  if (!page) return;
  leakslope_quit_when(NULL);
  if (page->common) munmap(page->common, page->size);
  if (page->progress) munmap(page->progress, PAGE);
  if (page->quits) munmap(page->quits, PAGE);
  lsg_heap_free(page);
}

void lsg_page_close(struct lsg_page *page) {
  if (page) (void)mprotect(page->common, page->size, PROT_NONE);
}

void lsg_page_open(struct lsg_page *page) {
  if (page) (void)mprotect(page->common, page->size, PROT_READ | PROT_WRITE);
}

struct lsg_progress *lsg_page_progress(struct lsg_page *page) {
  return page->progress;
}

void lsg_progress_reset(struct lsg_progress *progress) {
  memset(progress, 0, PAGE);
  progress->mark = LSG_PROGRESS_MARK;
}

/* Behind the note and behind the struct there are zeros. */
int lsg_progress_is_intact(const struct lsg_progress *progress) {
  const char *at = memchr(progress->note, '\0', sizeof progress->note);
  const char *end = (const char *)progress + PAGE;
  if (progress->mark != LSG_PROGRESS_MARK || progress->in_pass > 1 ||
      progress->in_fixture > 1 || !at)
    return 0;
  while (at < end && !*at) at++;
  return at == end;
}

/* ---- what is believed ---------------------------------------------------- */

static int is_seconds(double value) {
  return value >= 0 && value < 1e9; /* no NaN is */
}

static int is_text(const char *text, size_t size) {
  return memchr(text, '\0', size) != NULL;
}

/* Whether `size` bytes at the offset are among the reports. */
static int is_inside(const struct lsg_page *page, size_t at, size_t size) {
  return at >= page->reports && at <= page->size && size <= page->size - at;
}

static int has_good_flags(const struct lsg_slot *slot) {
  return slot->ran <= 1 && slot->in_place <= 1 && slot->passed <= 1 &&
         slot->fails <= 1 && slot->unarmed <= 1 && slot->starved <= 1 &&
         slot->unfit <= 1 && slot->judged <= LEAKSLOPE_NOT_ARMED + 1;
}

static int is_good(const struct lsg_page *page, const struct lsg_slot *slot) {
  return has_good_flags(slot) && is_seconds(slot->seconds) &&
         slot->place <= page->n && slot->behind_of <= page->n &&
         is_text(slot->reason, sizeof slot->reason) &&
         is_text(slot->left_out, sizeof slot->left_out) &&
         (!slot->report || is_inside(page, slot->report, slot->report_size)) &&
         (!slot->text || is_inside(page, slot->text, 1));
}

struct lsg_slot *lsg_page_slot(struct lsg_page *page, unsigned i) {
  if (!page || i >= page->n) return NULL;
  struct lsg_slot *slot = &page->common->slots[i];
  if (is_good(page, slot)) return slot;
  memset(slot, 0, sizeof *slot);
  snprintf(slot->reason, sizeof slot->reason,
           "a test wrote over what leakslope keeps of the run");
  return slot;
}

/* Where the next report goes. */
static size_t next(const struct lsg_page *page) {
  size_t room = page->size - page->reports, used = page->common->used;
  return page->reports + (used < room ? used : room);
}

static void *at(const struct lsg_page *page, size_t offset) {
  return (char *)page->common + offset;
}

/* ---- reports and texts --------------------------------------------------- */

/* FNV-1a, 64 bits. */
static uint64_t hash_of(const unsigned char *bytes, size_t n) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < n; i++) hash = (hash ^ bytes[i]) * 0x100000001b3;
  return hash;
}

int lsg_page_keep(struct lsg_page *page, struct lsg_slot *slot,
                  const struct leakslope_report *report) {
  size_t to = next(page);
  size_t n = leakslope_report_encode(report, at(page, to), page->size - to);
  if (!n || n > page->size - to) return 0;
  slot->report = to;
  slot->report_size = n;
  slot->report_hash = hash_of(at(page, to), n);
  page->common->used = to + n - page->reports;
  return 1;
}

struct leakslope_report *lsg_page_report(struct lsg_page *page,
                                         const struct lsg_slot *slot) {
  struct leakslope_report *report;
  size_t n = slot->report_size;
  if (!slot->report || !is_inside(page, slot->report, n) ||
      hash_of(at(page, slot->report), n) != slot->report_hash ||
      leakslope_report_decode(at(page, slot->report), n, &report))
    return NULL;
  return report;
}

char *lsg_page_text_new(struct lsg_page *page, struct lsg_slot *slot,
                        size_t size) {
  size_t to = next(page);
  if (size > page->size - to) return NULL;
  slot->text = to;
  page->common->used = to + size - page->reports;
  return at(page, to);
}

const char *lsg_page_text(struct lsg_page *page, const struct lsg_slot *slot) {
  if (!slot->text || !is_inside(page, slot->text, 1) ||
      !is_text(at(page, slot->text), page->size - slot->text))
    return NULL;
  return at(page, slot->text);
}

struct lsg_spending *lsg_page_spending(struct lsg_page *page) {
  struct lsg_spending *spending = &page->common->spending;
  if (!is_seconds(spending->spent) || !is_seconds(spending->missing) ||
      !is_seconds(spending->cheapest) || !is_seconds(spending->gap))
    memset(spending, 0, sizeof *spending);
  return spending;
}

uint32_t *lsg_page_quits(struct lsg_page *page) { return page->quits; }

pid_t *lsg_page_test(struct lsg_page *page) { return &page->common->test; }

pid_t *lsg_page_copy(struct lsg_page *page) { return &page->common->copy; }
