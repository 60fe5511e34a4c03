/* SPDX-License-Identifier: MIT */
/* What the tests of the hooks share: listening, and the victims of calls that
   make kernel objects. */
#ifndef TOLD_H
#define TOLD_H

#include <check.h>
#include <stddef.h>

/* What the sink was told last. */
struct told {
  void *block, *freed;
  size_t size, usable;
  const void *caller;
  int allocs, frees, moves, failed, opened[2], nopened, closed, missed,
      unloaded;
};
extern struct told told;

/* From here until stop_listening() the sink notes what it is told. */
void listen_now(void);
void stop_listening(void);

/* Of blocks, since then. */
void *told_block(void);
size_t told_size(void);
int told_allocs(void);
int told_frees(void);

/* The descriptor that was closed; -1: none. */
int told_closed(void);

void forget_objects(void);

/* The tests of the operators of C++. */
void add_operators(TCase *tcase);

void victim_close_range(void);
void victim_closefrom(void);
void victim_mmap(void);
void victim_mmap64(void);
void victim_munmap(void);
void victim_mremap(void);
void victim_pthread_create(void);
void victim_pthread_join(void);
void victim_pthread_tryjoin_np(void);
void victim_pthread_timedjoin_np(void);
void victim_pthread_clockjoin_np(void);
void victim_pthread_detach(void);
void victim_thrd_create(void);
void victim_thrd_join(void);
void victim_thrd_detach(void);
void victim_timer_create(void);
void victim_timer_delete(void);
void victim_shmat(void);
void victim_shmdt(void);
void victim_fork(void);
void victim___register_atfork(void);
void victim_prctl(void);
void victim_vfork(void);
void victim_clone(void);
void victim_mlockall(void);
void victim_longjmp(void);
void victim__longjmp(void);
void victim_siglongjmp(void);
void victim___longjmp_chk(void);

#endif
