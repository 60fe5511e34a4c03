/* SPDX-License-Identifier: MIT */
/* The operators new and delete of C++, in the form of hooks.h's list. */
#ifndef LS_INTERPOSE_NEW_HOOKS_H
#define LS_INTERPOSE_NEW_HOOKS_H

#include <stddef.h>

/* new and new[]; with std::nothrow, with an alignment, with both.  delete and
   delete[]; with a size, with std::nothrow, with an alignment. */
#define LS_HOOKS_NEW(X)                                                        \
  X(void *, _Znwm, (size_t))                                                   \
  X(void *, _Znam, (size_t))                                                   \
  X(void *, _ZnwmRKSt9nothrow_t, (size_t, const void *))                       \
  X(void *, _ZnamRKSt9nothrow_t, (size_t, const void *))                       \
  X(void *, _ZnwmSt11align_val_t, (size_t, size_t))                            \
  X(void *, _ZnamSt11align_val_t, (size_t, size_t))                            \
  X(void *, _ZnwmSt11align_val_tRKSt9nothrow_t,                                \
    (size_t, size_t, const void *))                                            \
  X(void *, _ZnamSt11align_val_tRKSt9nothrow_t,                                \
    (size_t, size_t, const void *))                                            \
  X(void, _ZdlPv, (void *))                                                    \
  X(void, _ZdaPv, (void *))                                                    \
  X(void, _ZdlPvm, (void *, size_t))                                           \
  X(void, _ZdaPvm, (void *, size_t))                                           \
  X(void, _ZdlPvRKSt9nothrow_t, (void *, const void *))                        \
  X(void, _ZdaPvRKSt9nothrow_t, (void *, const void *))                        \
  X(void, _ZdlPvSt11align_val_t, (void *, size_t))                             \
  X(void, _ZdaPvSt11align_val_t, (void *, size_t))                             \
  X(void, _ZdlPvmSt11align_val_t, (void *, size_t, size_t))                    \
  X(void, _ZdaPvmSt11align_val_t, (void *, size_t, size_t))                    \
  X(void, _ZdlPvSt11align_val_tRKSt9nothrow_t, (void *, size_t, const void *)) \
  X(void, _ZdaPvSt11align_val_tRKSt9nothrow_t, (void *, size_t, const void *))

/* Looks up those behind ours, with the other real functions.  `anyway`: also
   where nothing else of C++ is there, for an allocator that has its own. */
void ls_new_resolve(int anyway);

/* 1 if there are some. */
int ls_new_is_behind(void);

/* From now on nobody that is loaded finds ours.  Context: runner, early. */
void ls_new_withdraw(void);

#endif
