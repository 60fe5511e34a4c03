/* SPDX-License-Identifier: MIT */
/*
 * Tracks as it is told on stdin, and says what is tracked in the end.
 *   t DOMAIN PTR SIZE PLACE   u DOMAIN PTR   then, for each of the three
 * places, its size and count.
 */
#include <leakslope.h>
#include <stdio.h>

enum { PLACES = 3 };

__attribute__((noinline)) static int first(unsigned d, uintptr_t p, size_t n) {
  int rc = leakslope_track(d, p, n);
  __asm__ volatile("");
  return rc;
}

__attribute__((noinline)) static int second(unsigned d, uintptr_t p, size_t n) {
  int rc = leakslope_track(d, p, n);
  __asm__ volatile("");
  return rc;
}

__attribute__((noinline)) static int third(unsigned d, uintptr_t p, size_t n) {
  int rc = leakslope_track(d, p, n);
  __asm__ volatile("");
  return rc;
}

static int (*const track_at[PLACES])(unsigned, uintptr_t, size_t) = {
    first, second, third};
static const char *const names[PLACES] = {"first", "second", "third"};

static int is_of(const struct leakslope_frame *frame, int place) {
  const char *a = frame->function ? frame->function : "", *b = names[place];
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

static int tell(void) {
  struct leakslope_filter tracked = {.inclusive = 1,
                                     .domain = LEAKSLOPE_DOMAIN_TRACKED};
  struct leakslope_snapshot *all = leakslope_take_snapshot();
  struct leakslope_snapshot *snapshot =
      leakslope_snapshot_filter_traces(all, &tracked, 1);
  const struct leakslope_statistic *stats;
  size_t n;
  if (leakslope_snapshot_statistics(snapshot, LEAKSLOPE_LINENO, 0, &stats, &n))
    return 1;
  for (int place = 0; place < PLACES; place++) {
    long size = 0, count = 0;
    for (size_t i = 0; i < n; i++) {
      if (!is_of(&stats[i].traceback.frames[0], place)) continue;
      size += (long)stats[i].size;
      count += (long)stats[i].count;
    }
    printf("%ld %ld\n", size, count);
  }
  leakslope_snapshot_free(snapshot);
  leakslope_snapshot_free(all);
  return 0;
}

int main(void) {
  char what;
  unsigned domain;
  unsigned long ptr, size;
  int place;
  while (scanf(" %c %u %lu", &what, &domain, &ptr) == 3) {
    int rc = what == 'u' ? leakslope_untrack(domain, ptr)
             : scanf("%lu %d", &size, &place) == 2
                 ? track_at[place](domain, ptr, size)
                 : 1;
    if (rc) return 2;
  }
  return tell();
}
