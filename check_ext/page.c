/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <sys/mman.h>

/* Address space for reports; only what is written is used. */
enum { REPORTS_SIZE = 32 << 20, REPORTS_LEAST = 256 << 10 };

struct ck_page {
  size_t size;
  size_t reports; /* offset of the room for reports */
  size_t used;
  struct ck_spending spending;
  unsigned n;
  struct ck_slot slots[];
};

enum leakslope_outcome ck_slot_unmeasured(const struct ck_slot *slot) {
  if (slot->unarmed) return LEAKSLOPE_NOT_ARMED;
  return slot->starved ? LEAKSLOPE_INCONCLUSIVE : LEAKSLOPE_NOT_GATED;
}

static void *map(size_t size) {
  void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return at == MAP_FAILED ? NULL : at;
}

struct ck_page *ck_page_new(unsigned n) {
  size_t reports = sizeof(struct ck_page) + n * sizeof(struct ck_slot);
  size_t room = REPORTS_SIZE;
  struct ck_page *page = map(reports + room);
  while (!page && room > REPORTS_LEAST) page = map(reports + (room /= 2));
  if (!page) return NULL;
  page->size = reports + room;
  page->reports = reports;
  page->n = n;
  return page;
}

void ck_page_free(struct ck_page *page) {
  if (page) munmap(page, page->size);
}

struct ck_slot *ck_page_slot(struct ck_page *page, unsigned i) {
  return page && i < page->n ? &page->slots[i] : NULL;
}

int ck_page_keep(struct ck_page *page, struct ck_slot *slot,
                 const struct leakslope_report *report) {
  size_t at = page->reports + page->used;
  size_t n =
      leakslope_report_encode(report, (char *)page + at, page->size - at);
  if (!n || n > page->size - at) return 0;
  slot->report = at;
  slot->report_size = n;
  page->used += n;
  return 1;
}

struct leakslope_report *ck_page_report(struct ck_page *page,
                                        const struct ck_slot *slot) {
  struct leakslope_report *report;
  if (!slot->report ||
      leakslope_report_decode((const char *)page + slot->report,
                              slot->report_size, &report))
    return NULL;
  return report;
}

char *ck_page_text_new(struct ck_page *page, struct ck_slot *slot,
                       size_t size) {
  size_t at = page->reports + page->used;
  if (size > page->size - at) return NULL;
  slot->text = at;
  page->used += size;
  return (char *)page + at;
}

const char *ck_page_text(struct ck_page *page, const struct ck_slot *slot) {
  return slot->text ? (const char *)page + slot->text : NULL;
}

struct ck_spending *ck_page_spending(struct ck_page *page) {
  return &page->spending;
}
