/* SPDX-License-Identifier: MIT */
/* What pthread_atfork registers a library by: the compiler's start files, which
   are left out, would define it. */
extern void *__dso_handle __attribute__((visibility("hidden")));
void *__dso_handle = &__dso_handle;
