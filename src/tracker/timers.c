/* SPDX-License-Identifier: MIT */
/* The domain timer: a timer is there from timer_create to timer_delete. */
#include "tracker/timers.h"

#include <errno.h>

#include "interpose/sink.h"
#include "tracker/count.h"
#include "tracker/object_table.h"

static struct ls_objects timers;

static void released(const struct ls_object *timer) {
  if (timer->site) ls_count(timer->site, -1, 0);
}

void ls_sink_timer_created(uintptr_t number, const uintptr_t *record) {
  int saved = errno;
  struct ls_object old, timer = {.key = number,
                                 .site = ls_count_site(LS_DOMAIN_TIMER, record),
                                 .birth = ls_count_birth()};
  if (timer.site && ls_objects_put(&timers, timer, &old)) {
    released(&old);
    ls_count(timer.site, 1, 0);
  } else if (timer.site) {
    ls_count_drop();
  }
  errno = saved;
}

uint64_t ls_sink_timer_now(void) { return ls_objects_now(&timers); }

void ls_sink_timer_deleted(uintptr_t number, uint64_t before) {
  struct ls_object timer = ls_objects_take(&timers, 0, number, before);
  released(&timer);
}

/* ---- life and reading: context runner -------------------------------------
 */

static int any(const struct ls_object *timer) { return timer->used != 0; }

void ls_timers_before_fork(void) { (void)ls_lock_take(&timers.lock); }

void ls_timers_after_fork(void) { ls_lock_release(&timers.lock); }

void ls_timers_gone(void) {
  if (timers.n) ls_objects_take_all(&timers, any, released);
}

void ls_timers_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                    void *arg) {
  ls_objects_walk(&timers, visit, arg);
}

void ls_timers_clear(void) { ls_objects_clear(&timers); }
