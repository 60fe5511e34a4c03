/* SPDX-License-Identifier: MIT */
/* Says which tests are not gated. */
#include "eligible.h"

#include <stdio.h>

static const char *expects(struct ck_test *test, const char *what, int value) {
  snprintf(test->expects, sizeof test->expects, "expects %s %d", what, value);
  return test->expects;
}

const char *ck_refusal(struct ck_test *test) {
  const struct ck_tcase *tcase = test->tcase;
  if (test->signal) return expects(test, "signal", test->signal);
  if (test->exit_value) return expects(test, "exit value", test->exit_value);
  if (test->reason) return test->reason;
  if (tcase->gate == CK_GATE_OFF) return "switched off for its test case";
  if (tcase->gate == CK_GATE_ON) return NULL;
  if (tcase->ungated) return "tagged leakslope:off";
  if (tcase->suite && tcase->suite->gate == CK_GATE_OFF)
    return "switched off for its suite";
  return NULL;
}
