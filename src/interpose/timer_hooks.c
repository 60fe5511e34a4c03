/* SPDX-License-Identifier: MIT */
/* Timers of the process: forward, then tell the sink. */
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "interpose/descriptors.h"

/* A timer_t is a pointer, in other C libraries a number. */
static uintptr_t number_of(timer_t timer) {
  uintptr_t number = 0;
  memcpy(&number, &timer, sizeof timer);
  return number;
}

LS_HOOK int timer_create(clockid_t clock, struct sigevent *event,
                         timer_t *timer) {
  LS_REAL_OR(timer_create, -1)
  int rc = ls_real.timer_create(clock, event, timer);
  if (rc || !ls_descriptors_wanted()) return rc;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_object_made(LS_DOMAIN_TIMER, number_of(*timer), 0, LS_RECORD);
  ls_owner = LS_OWNER_HOST;
  return rc;
}

LS_HOOK int timer_delete(timer_t timer) {
  LS_REAL_OR(timer_delete, -1)
  uint64_t before = ls_descriptors_wanted() ? ls_sink_object_now() : 0;
  int rc = ls_real.timer_delete(timer);
  if (rc || !ls_descriptors_wanted()) return rc;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_object_gone(LS_DOMAIN_TIMER, number_of(timer), before);
  ls_owner = LS_OWNER_HOST;
  return rc;
}
