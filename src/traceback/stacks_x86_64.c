/* SPDX-License-Identifier: MIT */
/*
 * Verified stacks: the site of a call path without walking it.
 *
 * A step of a walk is a function of (pc, rsp, rbp), of the rule of pc, which
 * does not change, and of the words of memory that it reads.  A stack that was
 * walked once is kept with just those words:
 *
 *   tag     the hook's return address and rsp (and rbp, where it matters)
 *   words   the return-address slot of every frame; the saved-rbp slot of a
 *           frame if a frame further out finds its own by rbp
 *
 * If the tag and all words are what they were, every state of the walk is, by
 * induction, and so is the path, however the frames came about: longjmp,
 * coroutines, alloca or a signal stack need no hook.  Return addresses alone
 * would not do: a frame whose size varies can leave all of them in place and
 * still be found elsewhere.
 *
 * Words are compared from the inside outward and only as far as they are
 * equal, so nothing is read that a walk would not read.
 */
#include <errno.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/arena.h"
#include "traceback/intern.h"
#include "traceback/rules.h"
#include "traceback/unwind.h"
#include "traceback/walk_x86_64.h"

enum {
  SETS = 64,
  WAYS = 2,
  FRAMES_KEPT = 64, /* deeper paths are walked each time */
  WORDS = 2 * FRAMES_KEPT + 16
};

struct word {
  const uintptr_t *at;
  uintptr_t value;
};

struct stack {
  uintptr_t pc, rsp, rbp;
  uint32_t site;
  uint16_t nwords;
  uint16_t needs_rbp;
  struct word words[WORDS];
};

/* Of one thread at a time; handed on when that thread is gone. */
struct stacks {
  struct stacks *next;
  _Atomic int tid;
  uint32_t generation;
  uint8_t victim[SETS]; /* the way to be replaced next */
  struct stack ways[SETS][WAYS];
};

static _Thread_local struct stacks *mine
    __attribute__((tls_model("initial-exec")));

static _Atomic(struct stacks *) all;
static _Atomic uint32_t generation = 1;

int ls_unwind_init(const char **cause) {
  if (ls_rules_init()) {
    *cause = "no memory for tables";
    return -ENOMEM;
  }
  return 0;
}

void ls_unwind_after_fork(void) {
  /* The child's thread has another id: its stacks are not to be had. */
  if (mine) atomic_store(&mine->tid, (int)syscall(SYS_gettid));
}

void ls_unwind_flush(void) {
  ls_rules_flush();
  atomic_fetch_add(&generation, 1);
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

static struct stacks *take_over(int tid) {
  struct stacks *s = atomic_load(&all);
  for (; s; s = s->next) {
    int owner = atomic_load(&s->tid);
    if (is_gone(owner) && atomic_compare_exchange_strong(&s->tid, &owner, tid))
      return s;
  }
  return NULL;
}

/* Slow, once a thread. */
static struct stacks *open_stacks(void) {
  int tid = (int)syscall(SYS_gettid);
  struct stacks *s = take_over(tid);
  if (!s) {
    s = ls_pages_map(sizeof *s, 0);
    if (!s) return NULL;
    atomic_store(&s->tid, tid);
    struct stacks *first = atomic_load(&all);
    do s->next = first;
    while (!atomic_compare_exchange_weak(&all, &first, s));
  }
  s->generation = 0; /* what a former owner left is not of this stack */
  mine = s;
  return s;
}

static void forget(struct stacks *s, uint32_t now) {
  for (unsigned set = 0; set < SETS; set++)
    for (unsigned way = 0; way < WAYS; way++) s->ways[set][way].site = 0;
  s->generation = now;
}

/* ---- a hit
 * ------------------------------------------------------------------------ */

static inline int holds(const struct stack *stack, uintptr_t rbp) {
  if (stack->needs_rbp && stack->rbp != rbp) return 0;
  for (unsigned i = 0; i < stack->nwords; i++)
    if (*stack->words[i].at != stack->words[i].value) return 0;
  return 1;
}

static inline unsigned set_of(uintptr_t pc, uintptr_t rsp) {
  uint64_t mixed = (pc ^ rsp << 13) * 0x9e3779b97f4a7c15u;
  return (unsigned)(mixed >> 58); /* six bits: SETS */
}

/* ---- a miss
 * ----------------------------------------------------------------------- */

/* Keeps what decided each step.  From the outside in: rbp matters at a frame
   if its own rule or one further out uses it before it is loaded again.  `need`
   says whether the end of the walk depended on it. */
static int keep_words(struct stack *stack, const struct ls_step *steps,
                      size_t n, int need) {
  uint8_t needed[FRAMES_KEPT + 1]; /* the rbp that step i loads */
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
      if (words == WORDS) return 0;
      stack->words[words].at = slots[k];
      stack->words[words++].value = *slots[k];
    }
  }
  stack->nwords = (uint16_t)words;
  return 1;
}

static uint32_t walk_and_keep(struct stack *stack, const uintptr_t *record,
                              size_t nframe) {
  struct ls_step steps[FRAMES_KEPT + 1];
  uintptr_t pcs[FRAMES_KEPT];
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

uint32_t ls_unwind_site(const uintptr_t *record, size_t nframe) {
  struct stacks *s = mine;
  uint32_t now = atomic_load_explicit(&generation, memory_order_relaxed);
  if (__builtin_expect(!s, 0)) s = open_stacks();
  if (!s || nframe > FRAMES_KEPT) return walk_only(record, nframe);
  if (__builtin_expect(s->generation != now, 0)) forget(s, now);
  uintptr_t pc = record[1], rsp = (uintptr_t)(record + 2);
  unsigned set = set_of(pc, rsp);
  for (unsigned way = 0; way < WAYS; way++) {
    const struct stack *stack = &s->ways[set][way];
    if (stack->pc == pc && stack->rsp == rsp && stack->site &&
        holds(stack, record[0])) {
      s->victim[set] = (uint8_t)(way ^ 1);
      return stack->site;
    }
  }
  unsigned way = s->victim[set];
  s->victim[set] = (uint8_t)(way ^ 1);
  return walk_and_keep(&s->ways[set][way], record, nframe);
}
