/* SPDX-License-Identifier: MIT */
/* Tells whether memory grows that no traced call explains. */
#include "measure/untraced.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "measure/limits.h"
#include "measure/measurement.h"
#include "measure/static_memory.h"
#include "platform/arena.h"
#include "tracker/threads.h"

enum {
  GROUPS = 8,      /* of samples; start-up is left out before */
  LEAST_RISES = 6, /* of the 7 steps from group to group */
  LEAST_PAGES = 16,
  ITERATIONS_PER_PAGE = 64, /* slower growth is noise */
  OVERHEAD = 2,             /* what a traced byte may take, at most, */
  OVERHEAD_OF_BLOCK = 32,   /* and a block: glibc's smallest is as large */
  TRACER_SITE = 4096        /* bytes that the tracer needs for one, at most */
};

/* What libc takes for each thread that there is beside the others, at most: a
   stack and an arena. */
static const int64_t THREAD_SPACE = 80LL << 20, THREAD_RESIDENT = 512 << 10;

/* What glibc keeps of freed blocks for each thread, at most: seven of each of
   64 sizes up to 1040 bytes; and as much for the tracer's notes on that memory.
   A heap grows until that is full; where it has grown less, it may. */
static const int64_t THREAD_CACHE = 2LL * 7 * 64 * 528;

/* Of the growth, what must fall into the second half: linear .5. */
static const double LATE_SHARE = 0.35;

/* ---- samples ------------------------------------------------------------- */

static int64_t blocks_alive(void) {
  int64_t blocks = 0;
  uint32_t n = ls_tracker_sites();
  for (uint32_t site = 1; site <= n; site++)
    if (ls_tracker_domain(site) == LS_DOMAIN_MALLOC)
      blocks += ls_tracker_live(site).count;
  return blocks;
}

/* The end of the heap that grows by the break; 0 is asked of the kernel. */
static int64_t break_of_heap(void) { return (int64_t)syscall(SYS_brk, 0L); }

static void take(struct leakslope_measurement *m) {
  struct ls_memory_samples *samples = &m->memory;
  char text[256], *at = text;
  size_t bytes;
  if (!ls_limits_read("/proc/self/statm", text, sizeof text)) return;
  int64_t page = sysconf(_SC_PAGESIZE);
  int64_t space = strtoll(at, &at, 10), all = strtoll(at, &at, 10);
  int64_t shared = strtoll(at, &at, 10);
  ls_tracker_memory(&bytes, NULL);
  samples->at[samples->n++] = (struct ls_memory_sample){
      .iteration = m->iterations,
      .sites = ls_tracker_sites(),
      .threads = ls_threads_peak(),
      .space = space * page - (int64_t)ls_pages_total(),
      .resident = (all - shared) * page - (int64_t)ls_pages_resident() -
                  ls_static_resident(&m->statics),
      .heap_end = break_of_heap(),
      .traced = OVERHEAD * ((int64_t)bytes + ls_tracker_mapped()) +
                OVERHEAD_OF_BLOCK * blocks_alive()};
}

void ls_untraced_baseline(struct leakslope_measurement *m) {
  m->memory.n = 0;
  m->memory.spacing = 1 + m->target / LS_MEMORY_SAMPLES;
  ls_static_find(&m->statics);
  take(m);
}

static void thin_out(struct ls_memory_samples *samples) {
  uint32_t kept = 0;
  samples->spacing *= 2;
  for (uint32_t i = 0; i < samples->n; i++)
    if (samples->at[i].iteration % samples->spacing == 0)
      samples->at[kept++] = samples->at[i];
  samples->n = kept;
}

void ls_untraced_boundary(struct leakslope_measurement *m) {
  struct ls_memory_samples *samples = &m->memory;
  if (samples->n == LS_MEMORY_SAMPLES) thin_out(samples);
  if (m->iterations % samples->spacing == 0) take(m);
}

/* ---- do they climb? ------------------------------------------------------ */

/* What is left of a measure when the most that traced memory can explain so
   far is taken off. */
static void unexplained(const struct ls_memory_samples *samples, int resident,
                        int64_t left[LS_MEMORY_SAMPLES]) {
  const struct ls_memory_sample *first = &samples->at[0];
  int64_t most = 0;
  for (uint32_t i = 0; i < samples->n; i++) {
    const struct ls_memory_sample *s = &samples->at[i];
    if (s->traced - first->traced > most) most = s->traced - first->traced;
    left[i] = (resident ? s->resident : s->space) - most -
              s->threads * (resident ? THREAD_RESIDENT : THREAD_SPACE);
    if (resident) left[i] -= (int64_t)s->sites * TRACER_SITE;
  }
}

/* The lowest of each group: what comes and goes does not raise it. */
static void floors_of(const int64_t *left, uint32_t n, int64_t floors[GROUPS]) {
  uint32_t start = n / GROUPS;
  for (uint32_t group = 0; group < GROUPS; group++) {
    uint32_t from = start + (n - start) * group / GROUPS;
    uint32_t to = start + (n - start) * (group + 1) / GROUPS;
    floors[group] = left[from];
    for (uint32_t i = from; i < to; i++)
      if (left[i] < floors[group]) floors[group] = left[i];
  }
}

/* What the threads' caches may have taken of it. */
static int64_t caches_of(const struct ls_memory_samples *samples) {
  const struct ls_memory_sample *last = &samples->at[samples->n - 1];
  int64_t heap = 2 * (last->heap_end - samples->at[0].heap_end);
  if (heap > THREAD_CACHE) heap = THREAD_CACHE;
  return (heap > 0 ? heap : 0) + last->threads * THREAD_CACHE;
}

static int climbs(const int64_t floors[GROUPS],
                  const struct ls_memory_samples *samples) {
  int rises = 0;
  uint32_t iterations = samples->at[samples->n - 1].iteration;
  int64_t growth = floors[GROUPS - 1] - floors[0];
  int64_t late = floors[GROUPS - 1] - floors[GROUPS / 2 - 1];
  int64_t pages = (growth - caches_of(samples)) / sysconf(_SC_PAGESIZE);
  for (unsigned i = 1; i < GROUPS; i++) rises += floors[i] > floors[i - 1];
  return pages >= LEAST_PAGES && pages >= iterations / ITERATIONS_PER_PAGE &&
         rises >= LEAST_RISES && floors[GROUPS - 1] > floors[GROUPS - 2] &&
         (double)late >= LATE_SHARE * (double)growth;
}

/* AddressSanitizer and its kin; one that is linked statically tells nothing of
   its blocks, but it is there. */
extern void __asan_init(void) __attribute__((weak));
extern void __hwasan_init(void) __attribute__((weak));

static int has_quarantine(void) { return __asan_init || __hwasan_init; }

static int may_tell(const struct leakslope_measurement *m) {
  /* A sanitizer keeps freed blocks back, up to hundreds of MiB. */
  if (ls_tracker_is_told() || has_quarantine()) return 0;
  return m->memory.n >= 2 * GROUPS && m->plan.domains & 1u << LS_DOMAIN_MALLOC;
}

int ls_untraced_rises(const struct leakslope_measurement *m) {
  int64_t left[LS_MEMORY_SAMPLES], floors[GROUPS];
  if (!may_tell(m)) return 0;
  unexplained(&m->memory, 1, left);
  floors_of(left, m->memory.n, floors);
  return floors[GROUPS - 1] >= floors[GROUPS / 2 - 1] + sysconf(_SC_PAGESIZE);
}

static double rate_of(const struct ls_memory_samples *samples, int resident) {
  int64_t left[LS_MEMORY_SAMPLES], floors[GROUPS];
  uint32_t last = samples->n - 1, half = samples->n / 2;
  unexplained(samples, resident, left);
  floors_of(left, samples->n, floors);
  uint32_t iterations = samples->at[last].iteration;
  if (!climbs(floors, samples)) return 0;
  return (double)(left[last] - left[half]) /
         (iterations - samples->at[half].iteration);
}

double ls_untraced_rate(const struct leakslope_measurement *m) {
  const unsigned threads = 1u << LS_DOMAIN_THREAD;
  if (!may_tell(m)) return 0;
  /* Stacks of threads take addresses, which is for the domain thread to say. */
  double space = m->plan.domains & threads ? rate_of(&m->memory, 0) : 0;
  return space > 0 ? space : rate_of(&m->memory, 1);
}
