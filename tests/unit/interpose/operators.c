/* SPDX-License-Identifier: MIT */
/* Victims of the operators of C++: this program is C, so there is nobody behind
   the hooks, and they call malloc and free. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>

#include "interpose/new_hooks.h"
#include "told.h"

#define DECLARE(result, name, parameters) result name parameters;
LS_HOOKS_NEW(DECLARE)
#undef DECLARE

static const char tag; /* std::nothrow */

/* What each gives is told once, and its end too.  Check allocates as well: it
   is asked afterwards. */
#define PAIR(made, released)               \
  do {                                     \
    listen_now();                          \
    void *block = (made);                  \
    stop_listening();                      \
    ck_assert_ptr_nonnull(block);          \
    ck_assert_int_eq(told_allocs(), 1);    \
    ck_assert_ptr_eq(told_block(), block); \
    size = told_size();                    \
    place = (uintptr_t)block;              \
    listen_now();                          \
    (released);                            \
    stop_listening();                      \
    ck_assert_int_eq(told_frees(), 1);     \
  } while (0)

static size_t size;
static uintptr_t place;

START_TEST(plain_operators) {
  PAIR(_Znwm(20), _ZdlPv(block));
  ck_assert_uint_eq(size, 20);
  PAIR(_Znam(20), _ZdaPv(block));
  PAIR(_Znwm(0), _ZdlPvm(block, 0));
  ck_assert_uint_eq(size, 1);
  PAIR(_Znam(20), _ZdaPvm(block, 20));
}
END_TEST

START_TEST(nothrow_operators) {
  PAIR(_ZnwmRKSt9nothrow_t(20, &tag), _ZdlPvRKSt9nothrow_t(block, &tag));
  PAIR(_ZnamRKSt9nothrow_t(20, &tag), _ZdaPvRKSt9nothrow_t(block, &tag));
  ck_assert_ptr_null(_ZnwmRKSt9nothrow_t(SIZE_MAX / 4, &tag));
  ck_assert_ptr_null(_ZnamRKSt9nothrow_t(SIZE_MAX / 4, &tag));
}
END_TEST

START_TEST(aligned_operators) {
  PAIR(_ZnwmSt11align_val_t(20, 256), _ZdlPvSt11align_val_t(block, 256));
  ck_assert_uint_eq(place % 256, 0);
  PAIR(_ZnamSt11align_val_t(20, 2), _ZdaPvSt11align_val_t(block, 2));
  PAIR(_ZnwmSt11align_val_t(0, 64), _ZdlPvmSt11align_val_t(block, 0, 64));
  PAIR(_ZnamSt11align_val_t(20, 64), _ZdaPvmSt11align_val_t(block, 20, 64));
  PAIR(_ZnwmSt11align_val_tRKSt9nothrow_t(20, 64, &tag),
       _ZdlPvSt11align_val_tRKSt9nothrow_t(block, 64, &tag));
  PAIR(_ZnamSt11align_val_tRKSt9nothrow_t(20, 64, &tag),
       _ZdaPvSt11align_val_tRKSt9nothrow_t(block, 64, &tag));
  ck_assert_ptr_null(_ZnwmSt11align_val_tRKSt9nothrow_t(SIZE_MAX, 64, &tag));
}
END_TEST

/* Nobody can throw: no null pointer for who does not expect one. */
START_TEST(without_memory) { (void)_Znwm(SIZE_MAX / 4); }
END_TEST

void add_operators(TCase *tcase) {
  tcase_add_test(tcase, plain_operators);
  tcase_add_test(tcase, nothrow_operators);
  tcase_add_test(tcase, aligned_operators);
  tcase_add_test_raise_signal(tcase, without_memory, 6);
}
