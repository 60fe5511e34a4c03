/* SPDX-License-Identifier: MIT */
/* Says how far a measurement may let the program grow, by what the machine has.
 */
#include "measure/limits.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "measure/children.h"

static const int64_t GROWTH_STOP = 64LL << 20; /* bytes */
static const int64_t GROWTH_SMALL = 1 << 20;   /* no business of ours */
enum {
  GROWTH_MIN_ITERATIONS = 20, /* unless memory runs short */
  SHORT_MIN_ITERATIONS = 5,   /* what a judgement on memory alone needs */
  SHARE = 4,                  /* anything runs short at a quarter of it */
  OBJECTS_STOP = 256,
  OBJECTS_LEAST = 8 /* what a judgement on them needs */
};

size_t ls_limits_read(const char *path, char *text, size_t size) {
  long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  ssize_t n = fd < 0 ? 0 : syscall(SYS_read, fd, text, size - 1);
  if (fd >= 0) (void)syscall(SYS_close, fd);
  text[n > 0 ? n : 0] = '\0';
  return n > 0 ? (size_t)n : 0;
}

/* ---- what is allowed ----------------------------------------------------- */

static int64_t resource_limit(int resource) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) || limit.rlim_cur == RLIM_INFINITY)
    return INT64_MAX;
  return (int64_t)limit.rlim_cur;
}

/* The number in a file; "max" and no such file are no limit. */
static int64_t file_limit(const char *path) {
  char text[64];
  if (!ls_limits_read(path, text, sizeof text)) return INT64_MAX;
  return text[0] >= '0' && text[0] <= '9' ? strtoll(text, NULL, 10) : INT64_MAX;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* The least that the row of a domain names; 0 where nothing does. */
static int64_t allowed(const struct ls_domain_row *row) {
  int64_t most = row->resource < 0 ? INT64_MAX : resource_limit(row->resource);
  for (const char *file = row->files; *file;) {
    char path[64];
    size_t n = strcspn(file, " ");
    if (n < sizeof path) {
      memcpy(path, file, n);
      path[n] = '\0';
      most = least(most, file_limit(path));
    }
    file += n + (file[n] == ' ');
  }
  return most == INT64_MAX ? 0 : most;
}

/* Bytes of address space, and of memory, in use now. */
static void in_use(int64_t *space, int64_t *resident) {
  char text[256], *end;
  *space = *resident = 0;
  if (!ls_limits_read("/proc/self/statm", text, sizeof text)) return;
  int64_t page = sysconf(_SC_PAGESIZE);
  *space = strtoll(text, &end, 10) * page;
  *resident = strtoll(end, NULL, 10) * page;
}

static int64_t memory_available(int64_t space_used) {
  char text[4096];
  int64_t available = INT64_MAX;
  if (ls_limits_read("/proc/meminfo", text, sizeof text)) {
    const char *at = strstr(text, "MemAvailable:");
    if (at) available = strtoll(at + strlen("MemAvailable:"), NULL, 10) * 1024;
  }
  int64_t space = resource_limit(RLIMIT_AS);
  return space == INT64_MAX ? available : least(available, space - space_used);
}

void ls_limits_baseline(struct leakslope_measurement *m) {
  size_t bytes;
  int64_t space;
  in_use(&space, &m->base_resident);
  ls_tracker_memory(&bytes, NULL);
  m->base_bytes = (int64_t)bytes;
  m->base_mapped = ls_tracker_mapped();
  m->available = memory_available(space);
  for (unsigned i = 0; i < LS_DOMAINS; i++)
    m->limits[i] = allowed(&ls_domains[i]);
}

/* ---- when it is enough --------------------------------------------------- */

/* Pages that were mapped and never touched take nothing but addresses: they
   count only where those are limited. */
static int64_t mapped_growth(const struct leakslope_measurement *m) {
  int64_t mapped = ls_tracker_mapped() - m->base_mapped;
  if (mapped < GROWTH_SMALL || resource_limit(RLIMIT_AS) != INT64_MAX)
    return mapped;
  int64_t space, resident;
  in_use(&space, &resident);
  int64_t touched = resident - m->base_resident;
  return touched > 0 ? least(mapped, touched) : 0;
}

int ls_limits_memory_stops(const struct leakslope_measurement *m) {
  size_t now;
  ls_tracker_memory(&now, NULL);
  int64_t growth = (int64_t)now - m->base_bytes + mapped_growth(m);
  int64_t share = m->available / SHARE;
  if (growth < GROWTH_STOP && growth < share) return 0;
  if (growth < GROWTH_SMALL) return 0;
  if (m->iterations >= GROWTH_MIN_ITERATIONS) return growth >= GROWTH_STOP;
  if (growth < share) return 0;
  /* Short of memory: go on to what a judgement needs, if that still fits. */
  int64_t each = growth / (int64_t)m->iterations;
  return m->iterations >= SHORT_MIN_ITERATIONS ||
         growth + 2 * each > m->available;
}

/* Growth of one site that is enough; 0 where there is no end to it.  Objects
   that are counted for the whole user end early: others need some as well. */
static int64_t stop_of(const struct leakslope_measurement *m, uint32_t domain) {
  int64_t share = m->limits[domain] / SHARE;
  if (ls_domains[domain].enough == LS_ENOUGH_MEMORY) return 0;
  if (ls_domains[domain].enough == LS_ENOUGH_SHARE) return share;
  if (share == 0 || share > OBJECTS_STOP) return OBJECTS_STOP;
  return share < OBJECTS_LEAST ? OBJECTS_LEAST : share;
}

int ls_limits_objects_stop(const struct leakslope_measurement *m) {
  if (ls_children_stop(m)) return 1;
  for (uint32_t i = 0; i < m->nrecords; i++) {
    const struct ls_series *series = &m->records[i].series;
    int64_t stop = stop_of(m, m->records[i].domain);
    if (stop && series->count.held - series->base_count >= stop) return 1;
  }
  return 0;
}
