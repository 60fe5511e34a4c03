/* SPDX-License-Identifier: MIT */
/* Turns addresses of this process into places that mean the same anywhere. */
#include <errno.h>
#include <string.h>

#include "snapshot/snapshot.h"

struct placing {
  struct leakslope_snapshot *snapshot;
  struct ls_arena *scratch;
  struct ls_modules modules;
  size_t *cells;    /* by address: 1 + index of its spot, or 0 */
  size_t ncells;    /* a power of two */
  uintptr_t *pcs;   /* of the spots */
  uint32_t *owners; /* of the spots: 1 + index of the module, or 0 */
  const struct ls_module **seen; /* the modules, as ls_modules has them */
  size_t module_room;
};

/* ---- distinct addresses -------------------------------------------------- */

static size_t total_frames(const struct leakslope_snapshot *snapshot) {
  size_t total = 0;
  for (size_t i = 0; i < snapshot->ntraces; i++) total += snapshot->traces[i].n;
  return total;
}

static size_t *cell_of(const struct placing *placing, uintptr_t pc) {
  size_t at = (size_t)(((uint64_t)pc * 0x9e3779b97f4a7c15u) >> 20);
  for (;; at++) {
    size_t *cell = &placing->cells[at & (placing->ncells - 1)];
    if (*cell == 0 || placing->pcs[*cell - 1] == pc) return cell;
  }
}

/* ---- modules ------------------------------------------------------------- */

static int modules_room(struct placing *placing) {
  struct leakslope_snapshot *snapshot = placing->snapshot;
  if (snapshot->nmodules < placing->module_room) return 0;
  size_t room = placing->module_room ? 2 * placing->module_room : 64;
  struct ls_module *modules =
      ls_arena_alloc(&snapshot->arena, room * sizeof *modules);
  const struct ls_module **seen =
      ls_arena_alloc(placing->scratch, room * sizeof *seen);
  if (!modules || !seen) return -ENOMEM;
  if (snapshot->nmodules) {
    memcpy(modules, snapshot->modules, snapshot->nmodules * sizeof *modules);
    memcpy(seen, placing->seen, snapshot->nmodules * sizeof *seen);
  }
  snapshot->modules = modules;
  placing->seen = seen;
  placing->module_room = room;
  return 0;
}

static int is_same(const struct ls_module *a, const struct ls_module *b) {
  return a == b || (a->deleted == b->deleted && !strcmp(a->path, b->path) &&
                    !strcmp(a->build_id, b->build_id));
}

/* The module's index in the snapshot, made if need be; or -ENOMEM. */
static long module_index(struct placing *placing,
                         const struct ls_module *module) {
  struct leakslope_snapshot *snapshot = placing->snapshot;
  for (size_t i = 0; i < snapshot->nmodules; i++)
    if (is_same(placing->seen[i], module)) return (long)i;
  if (modules_room(placing)) return -ENOMEM;
  struct ls_module *copy = &snapshot->modules[snapshot->nmodules];
  copy->path = ls_arena_string(&snapshot->arena, module->path);
  copy->build_id = ls_arena_string(&snapshot->arena, module->build_id);
  copy->deleted = module->deleted;
  if (!copy->path || !copy->build_id) return -ENOMEM;
  placing->seen[snapshot->nmodules] = module;
  return (long)snapshot->nmodules++;
}

/* ---- spots --------------------------------------------------------------- */

static int add_spot(struct placing *placing, uintptr_t pc) {
  struct leakslope_snapshot *snapshot = placing->snapshot;
  struct ls_spot *spot = &snapshot->spots[snapshot->nspots];
  spot->place = ls_modules_place(&placing->modules, pc ? pc - 1 : 0);
  if (spot->place.module) {
    long module = module_index(placing, spot->place.module);
    if (module < 0) return -ENOMEM;
    placing->owners[snapshot->nspots] = (uint32_t)module + 1;
  }
  placing->pcs[snapshot->nspots++] = pc;
  return 0;
}

static int place_trace(struct placing *placing, struct ls_trace *trace) {
  struct leakslope_snapshot *snapshot = placing->snapshot;
  uint32_t *steps = ls_arena_alloc(&snapshot->arena, trace->n * sizeof *steps);
  if (!steps) return -ENOMEM;
  for (size_t i = 0; i < trace->n; i++) {
    size_t *cell = cell_of(placing, trace->pcs[i]);
    if (*cell == 0) {
      if (add_spot(placing, trace->pcs[i])) return -ENOMEM;
      *cell = snapshot->nspots;
    }
    steps[i] = (uint32_t)(*cell - 1);
  }
  trace->steps = steps;
  return 0;
}

static int place_all(struct placing *placing) {
  struct leakslope_snapshot *snapshot = placing->snapshot;
  size_t total = total_frames(snapshot);
  placing->ncells = 16;
  while (placing->ncells < 2 * total) placing->ncells *= 2;
  placing->cells =
      ls_arena_alloc(placing->scratch, placing->ncells * sizeof(size_t));
  placing->pcs = ls_arena_alloc(placing->scratch, total * sizeof(uintptr_t));
  placing->owners = ls_arena_alloc(placing->scratch, total * sizeof(uint32_t));
  snapshot->spots =
      ls_arena_alloc(&snapshot->arena, total * sizeof *snapshot->spots);
  if (!placing->cells || !placing->pcs || !placing->owners || !snapshot->spots)
    return -ENOMEM;
  /* Without the mappings every place is an address of its own. */
  (void)ls_modules_read(&placing->modules, placing->scratch, placing->scratch);
  for (size_t i = 0; i < snapshot->ntraces; i++)
    if (place_trace(placing, &snapshot->traces[i])) return -ENOMEM;
  /* Only now does the table of modules not move any more. */
  for (size_t i = 0; i < snapshot->nspots; i++)
    if (placing->owners[i])
      snapshot->spots[i].place.module =
          &snapshot->modules[placing->owners[i] - 1];
  return 0;
}

int ls_snapshot_place(struct leakslope_snapshot *snapshot) {
  if (snapshot->placed) return 0;
  if (snapshot->list && snapshot->list(snapshot)) return -ENOMEM;
  struct ls_arena scratch = {0};
  struct placing placing = {.snapshot = snapshot, .scratch = &scratch};
  snapshot->nmodules = snapshot->nspots = 0;
  int rc = place_all(&placing);
  ls_arena_release(&scratch);
  snapshot->placed = !rc;
  return rc;
}
