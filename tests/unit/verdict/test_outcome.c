/* SPDX-License-Identifier: MIT */
/* The closed table, row by row. */
#include <stdio.h>

#include "suite.h"
#include "verdict/verdict.h"

struct row {
  const char *name;
  struct ls_run_facts facts;
  enum ls_outcome outcome;
  enum ls_reason reason;
};

#define DONE(n, state) .iterations = n, .planned = n, .worst = LS_SITE_##state
#define FIXED(n, state) DONE(n, state), .fixed = 1
#define STOPPED(why, n, state) DONE(n, state), .stop = LS_STOP_##why
#define ROSE(n) .worst_rises = n, .growth = n

static const struct row rows[] = {
    /* limit and drops come first */
    {"at the limit", {DONE(8, LIMIT)}, LS_LEAK, LS_REASON_LIMIT},
    {"limit, dropped", {DONE(8, LIMIT), .drops = 1}, LS_LEAK, LS_REASON_LIMIT},
    {"dropped, suspect",
     {DONE(1021, LEAK), .drops = 1},
     LS_INCONCLUSIVE,
     LS_REASON_DROPS},
    {"dropped, clean",
     {DONE(1021, OK), .drops = 1},
     LS_INCONCLUSIVE,
     LS_REASON_DROPS},
    {"dropped, ended",
     {STOPPED(ENDED, 300, LEAK), .drops = 1},
     LS_INCONCLUSIVE,
     LS_REASON_DROPS},

    /* frees from before tracing */
    {"foreign frees explain it",
     {DONE(1021, LEAK), .growth = 9, .foreign_frees = 9},
     LS_INCONCLUSIVE,
     LS_REASON_FOREIGN_FREES},
    {"foreign frees explain it, memory",
     {STOPPED(MEMORY, 9, SUSPECT), ROSE(9), .foreign_frees = 9},
     LS_INCONCLUSIVE,
     LS_REASON_FOREIGN_FREES},
    {"too few foreign frees",
     {DONE(1021, LEAK), .growth = 10, .foreign_frees = 9},
     LS_LEAK,
     LS_REASON_NONE},
    {"foreign frees, bytes grow",
     {DONE(1021, LEAK), .growth = 0, .foreign_frees = 9},
     LS_LEAK,
     LS_REASON_NONE},
    {"foreign frees, nothing suspect",
     {DONE(1021, OK), .growth = 1, .foreign_frees = 9},
     LS_CLEAN,
     LS_REASON_NONE},

    /* an iteration could not be completed */
    {"ended, never grew",
     {STOPPED(ENDED, 100, OK)},
     LS_NOT_REPEATABLE,
     LS_REASON_ENDED},
    {"ended at once",
     {STOPPED(ENDED, 0, OK)},
     LS_NOT_REPEATABLE,
     LS_REASON_ENDED},
    {"ended, grew in each of 7",
     {STOPPED(ENDED, 7, SUSPECT), ROSE(7)},
     LS_NOT_REPEATABLE,
     LS_REASON_ENDED},
    {"ended, grew in each of 8",
     {STOPPED(ENDED, 8, SUSPECT), ROSE(8)},
     LS_LEAK,
     LS_REASON_ENDED_GROWING},
    {"ended, grew in 18 of 19",
     {STOPPED(ENDED, 19, SUSPECT), ROSE(18)},
     LS_NOT_REPEATABLE,
     LS_REASON_ENDED},
    {"ended, grew in 19 of 20",
     {STOPPED(ENDED, 20, SUSPECT), ROSE(19)},
     LS_LEAK,
     LS_REASON_ENDED_GROWING},
    {"ended, grew in 18 of 20",
     {STOPPED(ENDED, 20, SUSPECT), ROSE(18)},
     LS_NOT_REPEATABLE,
     LS_REASON_ENDED},
    {"ended, leak by the rule",
     {STOPPED(ENDED, 24, LEAK), ROSE(12)},
     LS_LEAK,
     LS_REASON_ENDED_GROWING},
    {"ended, leak after many",
     {STOPPED(ENDED, 251, LEAK), ROSE(25)},
     LS_LEAK,
     LS_REASON_ENDED_GROWING},
    {"ended, rule on too few",
     {STOPPED(ENDED, 19, LEAK), ROSE(10)},
     LS_NOT_REPEATABLE,
     LS_REASON_ENDED},
    {"ended, thin",
     {STOPPED(ENDED, 251, THIN), ROSE(25)},
     LS_NOT_REPEATABLE,
     LS_REASON_ENDED},

    /* growth reached the stop for memory */
    {"memory, grew in each of 4",
     {STOPPED(MEMORY, 4, SUSPECT), ROSE(4)},
     LS_INCONCLUSIVE,
     LS_REASON_UNRESOLVED},
    {"memory, grew in each of 5",
     {STOPPED(MEMORY, 5, SUSPECT), ROSE(5)},
     LS_LEAK,
     LS_REASON_MEMORY_STOP},
    {"memory, grew in 4 of 5",
     {STOPPED(MEMORY, 5, SUSPECT), ROSE(4)},
     LS_INCONCLUSIVE,
     LS_REASON_UNRESOLVED},
    {"memory, grew in 19 of 20",
     {STOPPED(MEMORY, 20, SUSPECT), ROSE(19)},
     LS_LEAK,
     LS_REASON_MEMORY_STOP},
    {"memory, rule below 251",
     {STOPPED(MEMORY, 250, LEAK), ROSE(200)},
     LS_INCONCLUSIVE,
     LS_REASON_UNRESOLVED},
    {"memory, rule",
     {STOPPED(MEMORY, 251, LEAK), ROSE(200)},
     LS_LEAK,
     LS_REASON_MEMORY_STOP},

    /* a kernel object reached its stop */
    {"object, grew in each of 7",
     {STOPPED(LIMIT, 7, SUSPECT), ROSE(7)},
     LS_INCONCLUSIVE,
     LS_REASON_UNRESOLVED},
    {"object, grew in each of 8",
     {STOPPED(LIMIT, 8, SUSPECT), ROSE(8)},
     LS_LEAK,
     LS_REASON_LIMIT},
    {"object, grew in 95 of 100",
     {STOPPED(LIMIT, 100, SUSPECT), ROSE(95)},
     LS_LEAK,
     LS_REASON_LIMIT},
    {"object, grew in 94 of 100",
     {STOPPED(LIMIT, 100, SUSPECT), ROSE(94)},
     LS_INCONCLUSIVE,
     LS_REASON_UNRESOLVED},
    {"object, rule",
     {STOPPED(LIMIT, 100, LEAK), ROSE(50)},
     LS_LEAK,
     LS_REASON_LIMIT},

    /* the rule */
    {"leak", {DONE(4093, LEAK), ROSE(80)}, LS_LEAK, LS_REASON_NONE},
    {"leak at 251", {DONE(251, LEAK), ROSE(20)}, LS_LEAK, LS_REASON_NONE},
    {"leak, out of time",
     {STOPPED(TIME, 251, LEAK), ROSE(20)},
     LS_LEAK,
     LS_REASON_NONE},
    {"leak, fixed", {FIXED(251, LEAK), ROSE(20)}, LS_LEAK, LS_REASON_NONE},
    {"leak below 251",
     {DONE(250, LEAK), ROSE(250)},
     LS_INCONCLUSIVE,
     LS_REASON_UNRESOLVED},
    {"leak below 251, out of time",
     {STOPPED(TIME, 250, LEAK), ROSE(200)},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_SLOW},
    {"leak below 251, fixed",
     {FIXED(250, LEAK), ROSE(200)},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_FEW},

    /* a ladder that time cut short: the rest would have told a cache */
    {"filling, out of time",
     {.iterations = 300,
      .planned = 251,
      .last = 2039,
      .stop = LS_STOP_TIME,
      .worst = LS_SITE_LEAK,
      .worst_rises = 200,
      .growth = 4092},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_SLOW},
    {"filling, the shortest ladder",
     {DONE(251, LEAK), ROSE(200), .last = 2039, .shortened = 1},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_SLOW},
    {"fading, out of time before the last rung",
     {STOPPED(TIME, 300, FADING), .last = 2039},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_SLOW},
    {"in each one, out of time before the last rung",
     {STOPPED(TIME, 300, LEAK), ROSE(290), .last = 2039},
     LS_LEAK,
     LS_REASON_SHORT_RUN},
    {"more than a cache, out of time before the last rung",
     {.iterations = 300,
      .planned = 251,
      .last = 2039,
      .stop = LS_STOP_TIME,
      .worst = LS_SITE_LEAK,
      .worst_rises = 200,
      .growth = 4093},
     LS_LEAK,
     LS_REASON_NONE},
    {"many but no leak, out of time before the last rung",
     {.iterations = 300,
      .planned = 251,
      .last = 2039,
      .stop = LS_STOP_TIME,
      .worst = LS_SITE_THIN,
      .worst_rises = 200,
      .growth = 5000},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_SLOW},
    {"leak, out of time at the last rung",
     {STOPPED(TIME, 2039, LEAK), ROSE(200), .last = 2039},
     LS_LEAK,
     LS_REASON_NONE},
    {"leak, its caller stopped before the last rung",
     {DONE(300, LEAK), ROSE(200), .last = 2039},
     LS_LEAK,
     LS_REASON_NONE},

    /* a short run that cannot go on */
    {"short, fixed", {FIXED(50, LEAK), ROSE(48)}, LS_LEAK, LS_REASON_SHORT_RUN},
    {"short, fixed, suspect only",
     {FIXED(20, SUSPECT), ROSE(19)},
     LS_LEAK,
     LS_REASON_SHORT_RUN},
    {"short, fixed, 47 of 50",
     {FIXED(50, LEAK), ROSE(47)},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_FEW},
    {"short, out of time",
     {STOPPED(TIME, 61, LEAK), ROSE(61)},
     LS_LEAK,
     LS_REASON_SHORT_RUN},
    {"too short, fixed",
     {FIXED(19, SUSPECT), ROSE(19)},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_FEW},
    {"too short, out of time",
     {STOPPED(TIME, 19, SUSPECT), ROSE(19)},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_SLOW},
    {"rises, but nothing is suspect",
     {FIXED(50, OK), ROSE(50)},
     LS_CLEAN,
     LS_REASON_NONE},

    /* fading and thin */
    {"fading", {DONE(2039, FADING)}, LS_SATURATING, LS_REASON_NONE},
    {"fading at 251", {DONE(251, FADING)}, LS_SATURATING, LS_REASON_NONE},
    {"fading, out of time",
     {STOPPED(TIME, 251, FADING)},
     LS_SATURATING,
     LS_REASON_NONE},
    {"fading below 251",
     {DONE(250, FADING)},
     LS_INCONCLUSIVE,
     LS_REASON_UNRESOLVED},
    {"fading below 251, fixed",
     {FIXED(250, FADING)},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_FEW},
    {"thin", {DONE(8191, THIN)}, LS_INCONCLUSIVE, LS_REASON_UNRESOLVED},
    {"due", {DONE(32749, DUE)}, LS_INCONCLUSIVE, LS_REASON_UNRESOLVED},
    {"due, out of time",
     {STOPPED(TIME, 8191, DUE)},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_SLOW},
    {"thin, fixed", {FIXED(500, THIN)}, LS_INCONCLUSIVE, LS_REASON_TOO_FEW},
    {"thin, out of time",
     {STOPPED(TIME, 509, THIN)},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_SLOW},

    /* suspect */
    {"suspect at the last rung",
     {DONE(4093, SUSPECT)},
     LS_CLEAN,
     LS_REASON_NONE},
    {"suspect, 251 fixed", {FIXED(251, SUSPECT)}, LS_CLEAN, LS_REASON_NONE},
    {"suspect at the last rung, untraced",
     {DONE(4093, SUSPECT), .untraced_growth = 1},
     LS_INCONCLUSIVE,
     LS_REASON_UNTRACED},
    {"suspect, out of time",
     {STOPPED(TIME, 509, SUSPECT)},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_SLOW},
    {"suspect below 251",
     {DONE(250, SUSPECT)},
     LS_INCONCLUSIVE,
     LS_REASON_UNRESOLVED},

    /* nothing suspect */
    {"clean", {DONE(1021, OK)}, LS_CLEAN, LS_REASON_NONE},
    {"clean at the shortest rung", {DONE(61, OK)}, LS_CLEAN, LS_REASON_NONE},
    {"clean, fixed", {FIXED(8, OK)}, LS_CLEAN, LS_REASON_NONE},
    {"clean, out of time at the rung",
     {STOPPED(TIME, 61, OK)},
     LS_CLEAN,
     LS_REASON_NONE},
    {"out of time before the rung",
     {.iterations = 8, .planned = 61, .stop = LS_STOP_TIME},
     LS_CLEAN,
     LS_REASON_NONE},
    {"out of time before it says anything",
     {.iterations = 7, .planned = 61, .stop = LS_STOP_TIME},
     LS_INCONCLUSIVE,
     LS_REASON_TOO_SLOW},
    {"untraced",
     {DONE(61, OK), .untraced_growth = 1},
     LS_INCONCLUSIVE,
     LS_REASON_UNTRACED},
};

START_TEST(test_row) {
  const struct row *row = &rows[_i];
  struct ls_decision got = ls_outcome_of(&row->facts);
  ck_assert_msg(got.outcome == row->outcome && got.reason == row->reason,
                "%s: outcome %d, reason %d", row->name, (int)got.outcome,
                (int)got.reason);
}
END_TEST

START_TEST(test_fails) {
  const struct {
    enum ls_outcome outcome;
    int fails, fails_strict;
  } table[] = {{LS_CLEAN, 0, 0},          {LS_LEAK, 1, 1},
               {LS_SATURATING, 0, 1},     {LS_INCONCLUSIVE, 0, 1},
               {LS_NOT_REPEATABLE, 0, 1}, {LS_NOT_GATED, 0, 0},
               {LS_NOT_ARMED, 1, 1}};
  for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
    ck_assert_int_eq(ls_outcome_fails(table[i].outcome, 0), table[i].fails);
    ck_assert_int_eq(ls_outcome_fails(table[i].outcome, 1),
                     table[i].fails_strict);
  }
}
END_TEST

/* A drop makes every verdict of the rule undecided, whatever else happened;
   and foreign frees that explain the growth never let it be a leak. */
START_TEST(test_never_a_leak) {
  for (int stop = LS_STOP_DONE; stop <= LS_STOP_ENDED; stop++)
    for (int worst = LS_SITE_OK; worst < LS_SITE_LIMIT; worst++)
      for (uint32_t n = 0; n < 600; n += 7) {
        struct ls_run_facts facts = {.iterations = n,
                                     .planned = n,
                                     .stop = (enum ls_stop)stop,
                                     .worst = (enum ls_site_state)worst,
                                     .worst_rises = n,
                                     .growth = n,
                                     .drops = 1};
        ck_assert_int_eq(ls_outcome_of(&facts).outcome, LS_INCONCLUSIVE);
        facts.drops = 0;
        facts.foreign_frees = n;
        if (worst > LS_SITE_OK && n > 0)
          ck_assert_int_eq(ls_outcome_of(&facts).outcome, LS_INCONCLUSIVE);
      }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("verdict outcome");
  TCase *tcase = tcase_create("table");
  tcase_add_loop_test(tcase, test_row, 0, sizeof rows / sizeof *rows);
  tcase_add_test(tcase, test_fails);
  tcase_add_test(tcase, test_never_a_leak);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
