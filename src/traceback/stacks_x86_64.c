/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/arena.h"
#include "traceback/intern.h"
#include "traceback/rules.h"
#include "traceback/stacks_x86_64.h"
#include "traceback/unwind.h"
#include "traceback/walk_x86_64.h"

enum { SETS = LS_STACK_SETS, WAYS = LS_STACK_WAYS };

_Thread_local struct ls_stacks *ls_stacks_mine;
_Atomic uint32_t ls_stacks_generation = 1;

static _Atomic(struct ls_stacks *) all;

int ls_unwind_init(const char **cause) {
  if (ls_rules_init()) {
    *cause = "no memory for tables";
    return -ENOMEM;
  }
  return 0;
}

void ls_unwind_after_fork(void) {
  /* The child's thread has another id: its stacks are not to be had. */
  if (ls_stacks_mine)
    atomic_store(&ls_stacks_mine->tid, (int)syscall(SYS_gettid));
}

void ls_unwind_flush(void) {
  ls_rules_flush();
  atomic_fetch_add(&ls_stacks_generation, 1);
}

size_t ls_unwind(const uintptr_t *record, uintptr_t *pcs, size_t max) {
  struct ls_frame_state state = ls_walk_begin(record);
  struct ls_step step;
  size_t n = 0;
  pcs[n++] = state.pc;
  while (n < max && ls_walk_step(&state, &step) &&
         !ls_unwind_is_outermost(state.pc))
    pcs[n++] = state.pc;
  return n;
}

/* ---- a thread's stacks
 * ---------------------------------------------------------- */

static int is_gone(int tid) {
  return syscall(SYS_tgkill, getpid(), tid, 0) == -1 && errno == ESRCH;
}

static struct ls_stacks *take_over(int tid) {
  struct ls_stacks *s = atomic_load(&all);
  for (; s; s = s->next) {
    int owner = atomic_load(&s->tid);
    if (is_gone(owner) && atomic_compare_exchange_strong(&s->tid, &owner, tid))
      return s;
  }
  return NULL;
}

/* Slow, once a thread. */
static struct ls_stacks *open_stacks(void) {
  int tid = (int)syscall(SYS_gettid);
  struct ls_stacks *s = take_over(tid);
  if (!s) {
    s = ls_pages_map(sizeof *s, 0);
    if (!s) return NULL;
    atomic_store(&s->tid, tid);
    struct ls_stacks *first = atomic_load(&all);
    do s->next = first;
    while (!atomic_compare_exchange_weak(&all, &first, s));
  }
  s->generation = 0; /* what a former owner left is not of this stack */
  ls_stacks_mine = s;
  return s;
}

static void forget(struct ls_stacks *s, uint32_t now) {
  for (unsigned set = 0; set < SETS; set++)
    for (unsigned way = 0; way < WAYS; way++) s->ways[set][way].site = 0;
  s->generation = now;
}

/* ---- a miss
 * ----------------------------------------------------------------------- */

/* Keeps what decided each step.  From the outside in: rbp matters at a frame
   if its own rule or one further out uses it before it is loaded again.  `need`
   says whether the end of the walk depended on it. */
static int keep_words(struct ls_stack *stack, const struct ls_step *steps,
                      size_t n, int need) {
  uint8_t needed[LS_STACK_FRAMES + 1]; /* the rbp that step i loads */
  for (size_t i = n; i-- > 0;) {
    const struct ls_rule *rule = &steps[i].rule;
    needed[i] = (uint8_t)(need && steps[i].rbp_slot);
    if (steps[i].rbp_slot) need = 0;
    if (rule->cfa == LS_CFA_RBP || rule->cfa == LS_CFA_AT_RBP ||
        (needed[i] && rule->rbp == LS_RBP_AT_RBP))
      need = 1;
  }
  stack->needs_rbp = (uint16_t)need;
  unsigned words = 0;
  for (size_t i = 0; i < n; i++) {
    const uintptr_t *slots[3] = {steps[i].cfa_slot, steps[i].return_slot,
                                 needed[i] ? steps[i].rbp_slot : NULL};
    for (int k = 0; k < 3; k++) {
      if (!slots[k]) continue;
      if (words == LS_STACK_WORDS) return 0;
      stack->words[words].at = slots[k];
      stack->words[words++].value = *slots[k];
    }
  }
  stack->nwords = (uint16_t)words;
  return 1;
}

static uint32_t walk_and_keep(struct ls_stack *stack, const uintptr_t *record,
                              size_t nframe) {
  struct ls_step steps[LS_STACK_FRAMES + 1];
  uintptr_t pcs[LS_STACK_FRAMES];
  struct ls_frame_state state = ls_walk_begin(record);
  struct ls_frame_state begin = state;
  size_t n = 0, taken = 0;
  int ended = 0;
  struct ls_rule last = {0};
  pcs[n++] = state.pc;
  while (n < nframe && !ended) {
    ended = !ls_walk_step(&state, &steps[taken]);
    last = steps[taken].rule;
    /* A step that read a zero ended the walk by what it read. */
    if (!ended || steps[taken].return_slot) taken++;
    if (ended || ls_unwind_is_outermost(state.pc)) break;
    pcs[n++] = state.pc;
  }
  /* ... and one that read nothing, by its rule alone or by where rbp was. */
  int by_rbp = ended && last.cfa != LS_CFA_END && last.cfa != LS_CFA_BAD;
  stack->site = 0;
  uint32_t site = ls_intern(pcs, n);
  stack->pc = begin.pc;
  stack->rsp = begin.rsp;
  stack->rbp = begin.rbp;
  if (keep_words(stack, steps, taken, by_rbp)) stack->site = site;
  return site;
}

static uint32_t walk_only(const uintptr_t *record, size_t nframe) {
  uintptr_t pcs[LS_UNWIND_MAX];
  return ls_intern(pcs, ls_unwind(record, pcs, nframe));
}

uint32_t ls_stacks_miss(const uintptr_t *record, size_t nframe) {
  int saved = errno;
  struct ls_stacks *s = ls_stacks_mine;
  uint32_t now =
      atomic_load_explicit(&ls_stacks_generation, memory_order_relaxed);
  uint32_t site;
  if (!s) s = open_stacks();
  if (!s || nframe > LS_STACK_FRAMES) {
    site = walk_only(record, nframe);
  } else {
    if (s->generation != now) forget(s, now);
    unsigned set = ls_stacks_set(record[1], (uintptr_t)(record + 2));
    unsigned way = s->victim[set];
    s->victim[set] = (uint8_t)(way ^ 1);
    site = walk_and_keep(&s->ways[set][way], record, nframe);
  }
  errno = saved;
  return site;
}

uint32_t ls_unwind_site(const uintptr_t *record, size_t nframe) {
  return ls_stacks_site(record, nframe);
}
