/* SPDX-License-Identifier: MIT */
/* Filters as those of tracemalloc: Filter, and DomainFilter where there is no
   pattern. */
#include <errno.h>

#include "snapshot/file.h"
#include "snapshot/fnmatch.h"
#include "snapshot/snapshot.h"

/* Without debug information the module stands for the file. */
static int matches_frame(const struct leakslope_filter *filter,
                         const struct leakslope_frame *frame) {
  const char *name = frame->filename ? frame->filename : frame->module;
  if (!ls_fnmatch(filter->filename_pattern, name ? name : "")) return 0;
  return !filter->lineno || filter->lineno == frame->lineno;
}

static int matches_traceback(const struct leakslope_filter *filter,
                             const struct ls_trace *trace) {
  const struct leakslope_traceback *tb = &trace->traceback;
  if (!filter->all_frames)
    return tb->nframe && matches_frame(filter, &tb->frames[trace->named]);
  for (size_t i = 0; i < tb->nframe; i++)
    if (matches_frame(filter, &tb->frames[i])) return 1;
  return 0;
}

/* Whether the filter lets the trace through. */
static int lets_through(const struct leakslope_filter *filter,
                        const struct ls_trace *trace) {
  int any_domain = filter->domain == LEAKSLOPE_DOMAIN_ANY;
  int is_domain = any_domain || (uint32_t)filter->domain == trace->domain;
  int matches = !filter->filename_pattern || matches_traceback(filter, trace);
  return (is_domain && matches) != !filter->inclusive;
}

/* One inclusive filter at least, where there are any, and all exclusive. */
static int is_kept(const struct leakslope_filter *filters, size_t n,
                   const struct ls_trace *trace) {
  int inclusive = 0, included = 0;
  for (size_t i = 0; i < n; i++) {
    int through = lets_through(&filters[i], trace);
    if (!filters[i].inclusive && !through) return 0;
    inclusive |= filters[i].inclusive;
    included |= filters[i].inclusive && through;
  }
  return !inclusive || included;
}

int ls_snapshot_filter(struct leakslope_snapshot *snapshot,
                       const struct leakslope_filter *filters, size_t n,
                       struct leakslope_snapshot **out) {
  *out = NULL;
  for (size_t i = 0; i < n; i++)
    if (filters[i].domain < LEAKSLOPE_DOMAIN_ANY) return -EINVAL;
  int rc = ls_snapshot_resolve(snapshot);
  if (rc) return rc;
  struct ls_arena scratch = {0};
  /* What is kept, as a snapshot that shares everything else: its bytes are
     the new one. */
  struct leakslope_snapshot view = *snapshot;
  view.ntraces = 0;
  view.traces =
      ls_arena_alloc(&scratch, snapshot->ntraces * sizeof *snapshot->traces);
  if (!view.traces) return -ENOMEM;
  for (size_t i = 0; i < snapshot->ntraces; i++)
    if (is_kept(filters, n, &snapshot->traces[i]))
      view.traces[view.ntraces++] = snapshot->traces[i];
  rc = ls_snapshot_copy(&view, out);
  ls_arena_release(&scratch);
  if (!rc) (*out)->asked = 1;
  return rc;
}
