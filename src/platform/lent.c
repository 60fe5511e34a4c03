/* SPDX-License-Identifier: MIT */
/* Tells a child that uses our memory from the process whose memory it is. */
#include "platform/lent.h"

#include <sys/syscall.h>
#include <unistd.h>

_Thread_local int ls_lent_by;
_Atomic int ls_lent_for_good;

/* Not getpid(3): a child in whose memory it is the parent's could keep it. */
static int process(void) { return (int)syscall(SYS_getpid); }

void ls_lent(int waits) {
  int none = 0;
  /* One that is a child of that kind itself has a child of the same memory. */
  int owner = ls_lent_by ? ls_lent_by : process();
  if (waits)
    ls_lent_by = owner;
  else
    (void)atomic_compare_exchange_strong(&ls_lent_for_good, &none, owner);
}

int ls_lent_ask(void) {
  int now = process();
  int for_good = atomic_load(&ls_lent_for_good);
  if (for_good) return for_good != now;
  if (ls_lent_by != now) return 1;
  ls_lent_by = 0; /* it came back, so its child has gone on */
  return 0;
}

void ls_lent_after_fork(void) {
  ls_lent_by = 0;
  if (atomic_load(&ls_lent_for_good)) atomic_store(&ls_lent_for_good, 0);
}
