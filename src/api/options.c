/* SPDX-License-Identifier: MIT */
/* The public functions on options, suppressions and bounds.  Each marks its
   thread as ours while it runs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "accept/accept.h"
#include "api/life.h"
#include "leakslope.h"
#include "platform/guard.h"
#include "platform/options.h"

static int refuse_start(char *message, size_t size) {
  snprintf(message, size,
           "leakslope: LEAKSLOPE='%.80s' is not valid; allowed: number 0..252",
           getenv("LEAKSLOPE"));
  return -EINVAL;
}

int leakslope_options_check(const char **message) {
  static char text[512];
  int before = ls_guard_enter();
  int rc = ls_options_check(text, sizeof text);
  if (!rc && ls_life_start_wanted() == -2) rc = refuse_start(text, sizeof text);
  if (!rc) rc = ls_accept_load(text, sizeof text);
  ls_guard_leave(before);
  if (message) *message = rc ? text : NULL;
  return rc;
}

int leakslope_suppress(const char *given, const char **message) {
  static char text[512];
  int before = ls_guard_enter();
  int rc = ls_accept_load(text, sizeof text);
  if (!rc) rc = ls_suppress(given, text, sizeof text);
  ls_guard_leave(before);
  if (message) *message = rc ? text : NULL;
  return rc;
}

int leakslope_bound(const char *pattern, size_t count) {
  int before = ls_guard_enter();
  int rc = ls_bound_set(pattern, count);
  ls_guard_leave(before);
  return rc;
}

const char *leakslope_option(const char *name) {
  return ls_options_value(name);
}

unsigned leakslope_option_part(const char *name, unsigned of) {
  return ls_options_part(name, of);
}
