/* SPDX-License-Identifier: MIT */
/*
 * Folded stacks, as flamegraph.pl, inferno and speedscope read them:
 *
 *   main;handle_request;cache_put 10240
 *
 * One line a stack, the oldest frame first.  A function that was inlined is
 * marked as stackcollapse-perf.pl marks it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/snapshot.h"

struct stack {
  const char *names;
  int64_t weight;
};

struct stacks {
  struct ls_arena *arena;
  struct stack *at;
  size_t n;
};

/* ';' ends a frame and a line end the stack: neither may be in a name. */
static void add_name(struct ls_text *text, const char *name) {
  for (; *name; name++) {
    unsigned char c = (unsigned char)*name;
    char safe = c == ';' ? ':' : c < ' ' || c == 0x7f ? '?' : *name;
    ls_text_add_bytes(text, &safe, 1);
  }
}

static void add_frame(struct ls_text *text,
                      const struct leakslope_frame *frame) {
  const char *slash = frame->module ? strrchr(frame->module, '/') : NULL;
  if (text->length) ls_text_add(text, ";");
  if (frame->function && *frame->function) {
    add_name(text, frame->function);
  } else {
    if (frame->module) add_name(text, slash ? slash + 1 : frame->module);
    ls_text_addf(text, "+0x%llx", (unsigned long long)frame->offset);
  }
  if (frame->inlined) ls_text_add(text, "_[i]");
}

static int add_stacks(struct stacks *stacks,
                      const struct leakslope_snapshot *snapshot,
                      enum leakslope_weight weight, int sign) {
  for (size_t i = 0; i < snapshot->ntraces; i++) {
    const struct ls_trace *trace = &snapshot->traces[i];
    struct ls_text names = {.arena = stacks->arena};
    for (size_t k = trace->traceback.nframe; k-- > 0;)
      add_frame(&names, &trace->traceback.frames[k]);
    if (names.truncated) return -ENOMEM;
    int64_t value =
        weight == LEAKSLOPE_WEIGHT_COUNT ? trace->count : trace->bytes;
    stacks->at[stacks->n++] =
        (struct stack){ls_text_string(&names), sign * value};
  }
  return 0;
}

static int compare_stacks(const void *left, const void *right) {
  return strcmp(((const struct stack *)left)->names,
                ((const struct stack *)right)->names);
}

/* Equal stacks are one line; what did not grow has no width to show. */
static void write_sums(struct ls_text *text, const struct stacks *stacks) {
  for (size_t i = 0; i < stacks->n;) {
    const struct stack *first = &stacks->at[i];
    uint64_t sum = 0; /* it wraps where a file says what cannot be */
    for (; i < stacks->n && !compare_stacks(first, &stacks->at[i]); i++)
      sum += (uint64_t)stacks->at[i].weight;
    if ((int64_t)sum > 0 && *first->names)
      ls_text_addf(text, "%s %lld\n", first->names, (long long)sum);
  }
}

static int fold(struct ls_text *text, struct stacks *stacks,
                struct leakslope_snapshot *snapshot,
                struct leakslope_snapshot *baseline,
                enum leakslope_weight weight) {
  int rc = ls_snapshot_resolve(snapshot);
  if (!rc && baseline) rc = ls_snapshot_resolve(baseline);
  if (rc) return rc;
  size_t n = snapshot->ntraces + (baseline ? baseline->ntraces : 0);
  stacks->at = ls_arena_alloc(stacks->arena, (n + 1) * sizeof *stacks->at);
  if (!stacks->at) return -ENOMEM;
  rc = add_stacks(stacks, snapshot, weight, 1);
  if (!rc && baseline) rc = add_stacks(stacks, baseline, weight, -1);
  if (rc) return rc;
  qsort(stacks->at, stacks->n, sizeof *stacks->at, compare_stacks);
  write_sums(text, stacks);
  return text->truncated ? -ENOMEM : 0;
}

int ls_snapshot_fold(struct ls_text *text, struct leakslope_snapshot *snapshot,
                     struct leakslope_snapshot *baseline,
                     enum leakslope_weight weight) {
  struct ls_arena scratch = {0};
  struct stacks stacks = {.arena = &scratch};
  int rc = fold(text, &stacks, snapshot, baseline, weight);
  ls_arena_release(&scratch);
  return rc;
}
