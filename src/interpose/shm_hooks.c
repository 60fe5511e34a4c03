/* SPDX-License-Identifier: MIT */
/* Segments of shared memory that the process attaches: forward, then tell the
   sink. */
#include <stdint.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "interpose/descriptors.h"

/* Apart, so that the answer is not on the stack in a walk. */
static __attribute__((noinline)) size_t size_of(int segment) {
  struct shmid_ds about;
  long rc = syscall(SYS_shmctl, segment, IPC_STAT, &about);
  return rc < 0 ? 0 : about.shm_segsz;
}

LS_HOOK void *shmat(int segment, const void *at, int flags) {
  LS_REAL_OR(shmat, (void *)-1)
  void *attached = ls_real.shmat(segment, at, flags);
  if ((intptr_t)attached == -1 || !ls_descriptors_wanted()) return attached;
  int saved = errno;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_object_made(LS_DOMAIN_SHM, (uintptr_t)attached, size_of(segment),
                      LS_RECORD);
  ls_owner = LS_OWNER_HOST;
  errno = saved;
  return attached;
}

LS_HOOK int shmdt(const void *attached) {
  LS_REAL_OR(shmdt, -1)
  uint64_t before = ls_descriptors_wanted() ? ls_sink_object_now() : 0;
  int rc = ls_real.shmdt(attached);
  if (rc || !ls_descriptors_wanted()) return rc;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_object_gone(LS_DOMAIN_SHM, (uintptr_t)attached, before);
  ls_owner = LS_OWNER_HOST;
  return rc;
}
