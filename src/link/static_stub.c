/* SPDX-License-Identifier: MIT */
/*
 * For programs that are linked with -static: the hooks need the dynamic
 * linker, so nothing is traced, and whoever asks is told why.
 */
#include <errno.h>

#include "interpose/hooks.h"
#include "interpose/new_hooks.h"
#include "interpose/owner.h"
#include "interpose/sanitizer_hooks.h"
#include "traceback/innermost.h"
#include "traceback/unwind.h"
#ifdef __x86_64__
#include "traceback/stacks_x86_64.h"

_Atomic uint32_t ls_stacks_generation;

void ls_stack_room_late(void) {}

uint32_t ls_stacks_miss(const uintptr_t *record, size_t nframe,
                        struct ls_stack **kept) {
  *kept = NULL;
  return ls_unwind_site(record, nframe);
}
#endif

struct ls_real ls_real;

void ls_hooks_resolve(void) {}

void ls_hooks_examine(void) {}

int ls_new_is_behind(void) { return 0; }

void ls_new_withdraw(void) {}

const char *ls_malloc_owner(void) { return "malloc is the program's own"; }

/* There is no static program with one. */
const char *ls_sanitizer_name(void) { return NULL; }

int ls_sanitizer_tells(void) { return 0; }

int ls_sanitizer_is_behind_us(void) { return 0; }

int ls_sanitizer_install(const char **cause) {
  *cause = "there is no sanitizer";
  return -ENOTSUP;
}

void ls_innermost_add(uintptr_t begin, uintptr_t end) {
  (void)begin;
  (void)end;
}

int ls_innermost_learn(const uintptr_t *record, uintptr_t begin,
                       uintptr_t end) {
  (void)record;
  (void)begin;
  (void)end;
  return 0;
}

const uintptr_t *ls_innermost_entry(const uintptr_t *record) { return record; }

size_t ls_innermost_strip(uintptr_t *pcs, size_t n) {
  (void)pcs;
  return n;
}

int ls_unwind_init(const char **cause) {
  *cause = "statically linked: the tracer needs the dynamic linker";
  return -ENOTSUP;
}

size_t ls_unwind(const uintptr_t *record, uintptr_t *pcs, size_t max) {
  (void)max;
  pcs[0] = record[1];
  return 1;
}

uint32_t ls_unwind_site(const uintptr_t *record, size_t nframe) {
  (void)record;
  (void)nframe;
  return 0;
}

uint32_t ls_unwind_marked_site(uintptr_t mark, const uintptr_t *record,
                               size_t nframe) {
  (void)mark;
  (void)record;
  (void)nframe;
  return 0;
}

int ls_unwind_passes(const uintptr_t *record, uintptr_t target, uintptr_t begin,
                     uintptr_t end) {
  (void)record;
  (void)target;
  (void)begin;
  (void)end;
  return 0;
}

int ls_unwind_outermost(uintptr_t begin, uintptr_t end) {
  (void)begin;
  (void)end;
  return 0;
}

int ls_unwind_is_outermost(uintptr_t pc) {
  (void)pc;
  return 0;
}

void ls_unwind_flush(void) {}
