/* SPDX-License-Identifier: MIT */
/* Finds the program's own call behind the frames of a sanitizer's runtime. */
#include "traceback/innermost.h"

#include "traceback/unwind.h"
#ifdef __x86_64__
#include "traceback/walk_x86_64.h"
#endif

/* Frames of a runtime between its malloc and the hook: four to six are seen. */
enum { DEEPEST = 32 };

static struct { uintptr_t begin, end; } runtime;

void ls_innermost_add(uintptr_t begin, uintptr_t end) {
  if (runtime.begin == runtime.end) {
    runtime.begin = begin;
    runtime.end = end;
  }
  if (begin < runtime.begin) runtime.begin = begin;
  if (end > runtime.end) runtime.end = end;
}

int ls_innermost_has(uintptr_t pc) {
  return pc >= runtime.begin && pc < runtime.end;
}

int ls_innermost_learn(const uintptr_t *record, uintptr_t begin,
                       uintptr_t end) {
  uintptr_t pcs[DEEPEST];
  size_t n = ls_unwind(record, pcs, DEEPEST), own = 0;
  while (own < n && (pcs[own] < begin || pcs[own] >= end)) own++;
  if (own == n) return 0;
  /* A return address is not the first byte of a function. */
  for (size_t i = 0; i < own; i++) ls_innermost_add(pcs[i] - 1, pcs[i] + 1);
  return 1;
}

const uintptr_t *ls_innermost_entry(const uintptr_t *record) {
#ifdef __x86_64__
  struct ls_frame_state state = ls_walk_begin(record);
  struct ls_step step;
  for (int i = 0; ls_innermost_has(state.pc); i++)
    if (i == DEEPEST || !ls_walk_step(&state, &step)) return record;
  /* The call left its return address below the caller's stack pointer, and
     a function that asks for its own frame saves rbp next to it.  What does
     not look so is told by the hook's record: the runtime's frames are then
     left out when the path is read. */
  const uintptr_t *entry = (const uintptr_t *)state.rsp - 2;
  if (!state.interrupted && entry > record &&
      ls_bounds_reach(&state.bounds, (uintptr_t)entry) &&
      ls_bounds_reach(&state.bounds, (uintptr_t)&entry[1]) &&
      entry[1] == state.pc && entry[0] == state.rbp)
    return entry;
#endif
  return record;
}

size_t ls_innermost_strip(uintptr_t *pcs, size_t n) {
  size_t kept = 0;
  if (runtime.begin == runtime.end) return n;
  for (size_t i = 0; i < n; i++)
    if (!ls_innermost_has(pcs[i])) pcs[kept++] = pcs[i];
  return kept;
}
