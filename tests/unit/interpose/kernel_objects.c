/* SPDX-License-Identifier: MIT */
/* Victims of the hooks of timers and attached segments. */
#include <check.h>
#include <signal.h>
#include <stdint.h>
#include <sys/shm.h>
#include <time.h>

#include "interpose/sink.h"
#include "told.h"

static uint64_t now;

static struct {
  enum ls_domain domain;
  uintptr_t made, gone;
  size_t size;
  uint64_t before;
} last;

void ls_sink_object_made(enum ls_domain domain, uintptr_t key, size_t size,
                         const uintptr_t *record) {
  (void)record;
  last.domain = domain;
  last.made = key;
  last.size = size;
}

uint64_t ls_sink_object_now(void) { return ++now; }

void ls_sink_object_gone(enum ls_domain domain, uintptr_t key,
                         uint64_t before) {
  last.domain = domain;
  last.gone = key;
  last.before = before;
}

void victim_timer_create(void) {
  enum { NO_CLOCK = 12345, UNTOUCHED = 77 };
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  timer_t timer;
  last.made = last.gone = UNTOUCHED;
  listen_now();
  ck_assert_int_lt(timer_create(NO_CLOCK, &event, &timer), 0);
  ck_assert_uint_eq(last.made, UNTOUCHED);
  ck_assert_int_eq(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
  ck_assert_uint_eq(last.made, (uintptr_t)timer);
  ck_assert_int_eq(timer_delete(timer), 0);
  ck_assert_uint_eq(last.gone, (uintptr_t)timer);
  ck_assert_uint_eq(last.before, now);
  last.gone = UNTOUCHED;
  ck_assert_int_lt(timer_delete(timer), 0);
  stop_listening();
  ck_assert_uint_eq(last.gone, UNTOUCHED);
}

void victim_timer_delete(void) { victim_timer_create(); }

void victim_shmat(void) {
  enum { SIZE = 10000, UNTOUCHED = 77 };
  int segment = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0600);
  ck_assert_int_ge(segment, 0);
  last.made = last.gone = UNTOUCHED;
  listen_now();
  ck_assert(shmat(-1, NULL, 0) == (void *)-1);
  ck_assert_uint_eq(last.made, UNTOUCHED);
  void *at = shmat(segment, NULL, 0);
  ck_assert_uint_eq(last.made, (uintptr_t)at);
  ck_assert_int_eq(last.domain, LS_DOMAIN_SHM);
  ck_assert_uint_eq(last.size, SIZE);
  ck_assert_int_eq(shmdt(at), 0);
  ck_assert_uint_eq(last.gone, (uintptr_t)at);
  ck_assert_uint_eq(last.before, now);
  last.gone = UNTOUCHED;
  ck_assert_int_lt(shmdt(at), 0);
  stop_listening();
  ck_assert_uint_eq(last.gone, UNTOUCHED);
  ck_assert_int_eq(shmctl(segment, IPC_RMID, NULL), 0);
}

void victim_shmdt(void) { victim_shmat(); }
