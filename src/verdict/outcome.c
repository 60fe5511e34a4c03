/* SPDX-License-Identifier: MIT */
/* Decides the outcome of a run from its facts: the closed table. */
#include "verdict/rule.h"

enum {
  /* Below, a filling cache and a leak are the same to the rule. */
  RULE_ITERATIONS = 251,
  /* The least that "in nearly every iteration" can be said of. */
  SHORT_ITERATIONS = 20,
  /* Blocks; no cache that the longest ladder would have seen full takes so
     many. */
  BEYOND_A_CACHE = 4093
};

/* Flat iterations that rule out a leak, the least.  Nothing ended above the
   baseline, so at no site more was kept than given back: a leak in each
   iteration, or in each second one, would show. */
enum { FLAT_ITERATIONS = 8 };

/* From how many iterations on growth is a leak, where the run could not go
   on: with a rise in every one, and by the rule. */
struct least {
  uint32_t every;
  uint32_t rule;
  enum ls_reason reason;
};
/* A table that is full after 8 iterations has taken one entry in each. */
static const struct least ENDED = {8, SHORT_ITERATIONS,
                                   LS_REASON_ENDED_GROWING};
/* Memory stops a run only when each iteration took a great deal of it. */
static const struct least MEMORY = {5, RULE_ITERATIONS, LS_REASON_MEMORY_STOP};
/* Kernel objects do not grow by hundreds unless they leak. */
static const struct least LIMIT = {8, 0, LS_REASON_LIMIT};

static struct ls_decision decide(enum ls_outcome outcome,
                                 enum ls_reason reason) {
  return (struct ls_decision){outcome, reason};
}

/* Nearly every one of at least SHORT_ITERATIONS. */
static int grew_throughout(const struct ls_run_facts *facts) {
  return facts->iterations >= SHORT_ITERATIONS &&
         ls_nearly_every(facts->worst_rises, facts->iterations);
}

static int grew(const struct ls_run_facts *facts, const struct least *least) {
  uint32_t iterations = facts->iterations;
  if (iterations >= least->every && facts->worst_rises >= iterations) return 1;
  if (iterations >= least->rule && facts->worst == LS_SITE_LEAK) return 1;
  return grew_throughout(facts);
}

static struct ls_decision decide_stopped(const struct ls_run_facts *facts,
                                         const struct least *least,
                                         struct ls_decision otherwise) {
  return grew(facts, least) ? decide(LS_LEAK, least->reason) : otherwise;
}

/* Why a suspicion was not resolved. */
static struct ls_decision unresolved(const struct ls_run_facts *facts) {
  enum ls_reason reason =
      facts->fixed ? LS_REASON_TOO_FEW : LS_REASON_UNRESOLVED;
  if (facts->stop == LS_STOP_TIME) reason = LS_REASON_TOO_SLOW;
  return decide(LS_INCONCLUSIVE, reason);
}

static struct ls_decision decide_unsuspicious(
    const struct ls_run_facts *facts) {
  if (facts->stop == LS_STOP_TIME && facts->iterations < facts->planned &&
      facts->iterations < FLAT_ITERATIONS)
    return unresolved(facts);
  if (facts->untraced_growth)
    return decide(LS_INCONCLUSIVE, LS_REASON_UNTRACED);
  return decide(LS_CLEAN, LS_REASON_NONE);
}

/* Too few iterations for the rule: only a rise in nearly every one decides,
   and only where no further iterations can. */
static struct ls_decision decide_short(const struct ls_run_facts *facts) {
  int is_final = facts->fixed || facts->stop == LS_STOP_TIME;
  if (is_final && grew_throughout(facts))
    return decide(LS_LEAK, LS_REASON_SHORT_RUN);
  return unresolved(facts);
}

/* Time ended the run before the ladder did. */
static int is_cut_short(const struct ls_run_facts *facts) {
  return facts->iterations < facts->last &&
         (facts->stop == LS_STOP_TIME || facts->shortened);
}

/* A cache that is still filling is a leak to the rule; the rest of the ladder
   would have told them apart.  So time turns into a leak only what no ladder
   would have made clean. */
static struct ls_decision decide_cut_short(const struct ls_run_facts *facts) {
  if (grew_throughout(facts)) return decide(LS_LEAK, LS_REASON_SHORT_RUN);
  if (facts->worst == LS_SITE_LEAK && facts->growth >= BEYOND_A_CACHE)
    return decide(LS_LEAK, LS_REASON_NONE);
  return decide(LS_INCONCLUSIVE, LS_REASON_TOO_SLOW);
}

static struct ls_decision decide_suspicious(const struct ls_run_facts *facts) {
  if (facts->iterations < RULE_ITERATIONS) return decide_short(facts);
  if (is_cut_short(facts)) return decide_cut_short(facts);
  if (facts->worst == LS_SITE_LEAK) return decide(LS_LEAK, LS_REASON_NONE);
  if (facts->worst == LS_SITE_FADING)
    return decide(LS_SATURATING, LS_REASON_NONE);
  /* Something rose once, and all the iterations there were did not turn it
     into evidence: that is resolved, unless time cut them short. */
  if (facts->worst == LS_SITE_SUSPECT && facts->stop == LS_STOP_DONE)
    return decide_unsuspicious(facts);
  return unresolved(facts);
}

/* A block from before tracing that is freed while a new one takes its place
   looks like growth: the frees could explain all of it. */
static int foreign_frees_explain(const struct ls_run_facts *facts) {
  return facts->worst > LS_SITE_OK && facts->growth > 0 &&
         facts->foreign_frees >= facts->growth;
}

static struct ls_decision decide_by_stop(const struct ls_run_facts *facts) {
  struct ls_decision ended = decide(LS_NOT_REPEATABLE, LS_REASON_ENDED);
  struct ls_decision open = decide(LS_INCONCLUSIVE, LS_REASON_UNRESOLVED);
  if (facts->stop == LS_STOP_ENDED) return decide_stopped(facts, &ENDED, ended);
  if (facts->stop == LS_STOP_MEMORY)
    return decide_stopped(facts, &MEMORY, open);
  if (facts->stop == LS_STOP_LIMIT) return decide_stopped(facts, &LIMIT, open);
  if (facts->worst > LS_SITE_OK) return decide_suspicious(facts);
  return decide_unsuspicious(facts);
}

struct ls_decision ls_outcome_of(const struct ls_run_facts *facts) {
  if (facts->worst == LS_SITE_LIMIT) return decide(LS_LEAK, LS_REASON_LIMIT);
  if (facts->drops > 0) return decide(LS_INCONCLUSIVE, LS_REASON_DROPS);
  if (foreign_frees_explain(facts))
    return decide(LS_INCONCLUSIVE, LS_REASON_FOREIGN_FREES);
  return decide_by_stop(facts);
}

int ls_outcome_fails(enum ls_outcome outcome, int strict) {
  if (outcome == LS_LEAK || outcome == LS_NOT_ARMED) return 1;
  if (outcome == LS_CLEAN || outcome == LS_NOT_GATED) return 0;
  return strict != 0;
}
