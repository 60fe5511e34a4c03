/* SPDX-License-Identifier: MIT */
/*
 * The layer for a program whose libcheck is shared, preloaded or linked: the
 * dynamic linker takes our functions of hooks.c for Check's, and Check's own
 * are those of the next library that has them.
 *
 * Two things differ from a relinked program.  Calls among Check's own functions
 * come through us too, and are none of ours; and preloaded, we are in whatever
 * is started on the way to the program (a shell, libtool's script), where there
 * is no Check and nothing may be asked for.
 */
#include <dlfcn.h>
#include <link.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "gate/environment.h"
#include "real.h"
#include "relinked.h"

/* ---- Check's own functions ----------------------------------------------- */

/* Calls of Check's that are being made for us by this thread. */
static _Thread_local int inside __attribute__((tls_model("initial-exec")));

static void leave(const int *before) { inside = *before; }

#define INSIDE __attribute__((cleanup(leave))) const int before = inside++

#define NEXT(name) \
  ((__typeof(&__real_##name))(uintptr_t)dlsym(RTLD_NEXT, #name))

/* Looked up once: a mark point is passed in every assertion. */
#define FIND(name)                      \
  static __typeof(&__real_##name) next; \
  if (!next) next = NEXT(name)

#define FORWARD(result, name, parameters, arguments) \
  result __real_##name parameters {                  \
    FIND(name);                                      \
    INSIDE;                                          \
    return next arguments;                           \
  }

FORWARD(TCase *, tcase_create, (const char *name), (name))
FORWARD(Suite *, suite_create, (const char *name), (name))
FORWARD(SRunner *, srunner_create, (Suite * suite), (suite))
FORWARD(const char *, tcase_name, (void), ())
FORWARD(void, tcase_set_timeout, (TCase * tc, double seconds), (tc, seconds))
FORWARD(void, tcase_set_tags, (TCase * tc, const char *tags), (tc, tags))
FORWARD(void, tcase_add_checked_fixture,
        (TCase * tc, SFun setup, SFun teardown), (tc, setup, teardown))
FORWARD(void, tcase_add_unchecked_fixture,
        (TCase * tc, SFun setup, SFun teardown), (tc, setup, teardown))
FORWARD(void, suite_add_tcase, (Suite * suite, TCase *tc), (suite, tc))
FORWARD(void, srunner_add_suite, (SRunner * sr, Suite *suite), (sr, suite))
FORWARD(void, srunner_free, (SRunner * sr), (sr))
FORWARD(void, check_set_max_msg_size, (size_t size), (size))
FORWARD(void, _tcase_add_test,
        (TCase * tc, const TTest *test, int signal, int exit_value, int start,
         int end),
        (tc, test, signal, exit_value, start, end))

/* These run the program's code, or leave by a jump: not as inside. */

void __real_srunner_run_tagged(SRunner *sr, const char *sname,
                               const char *tcname, const char *include_tags,
                               const char *exclude_tags,
                               enum print_output mode) {
  FIND(srunner_run_tagged);
  next(sr, sname, tcname, include_tags, exclude_tags, mode);
}

void __real__mark_point(const char *file, int line) {
  FIND(_mark_point);
  next(file, line);
}

void __real__ck_assert_failed(const char *file, int line, const char *expr,
                              const char *message, ...) {
  FIND(_ck_assert_failed);
  va_list args;
  va_start(args, message);
  /* Ours give "%s" and a text, or nothing. */
  const char *text = message ? va_arg(args, const char *) : NULL;
  va_end(args);
  next(file, line, expr, message, text);
}

static int relinked;

int ck_real_notes(void) { return !inside && !relinked; }

#ifdef CK_PRELOAD_NAME
/* ---- whose program this is ----------------------------------------------- */

static int has_note(const char *at, size_t size) {
  while (size >= sizeof(ElfW(Nhdr))) {
    const ElfW(Nhdr) *note = (const void *)at;
    const char *name = at + sizeof *note;
    size_t whole = sizeof *note + ((note->n_namesz + 3) & ~3U) +
                   ((note->n_descsz + 3) & ~3U);
    if (whole > size) return 0;
    if (note->n_type == CK_NOTE_TYPE && note->n_namesz == sizeof CK_NOTE_NAME &&
        !memcmp(name, CK_NOTE_NAME, sizeof CK_NOTE_NAME))
      return 1;
    at += whole;
    size -= whole;
  }
  return 0;
}

/* The first that is named is the program itself. */
static int look_for_note(struct dl_phdr_info *program, size_t size, void *arg) {
  (void)size;
  for (unsigned i = 0; i < program->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &program->dlpi_phdr[i];
    uintptr_t at = program->dlpi_addr + part->p_vaddr;
    if (part->p_type == PT_NOTE && has_note((const void *)at, part->p_memsz))
      *(int *)arg = 1;
  }
  return 1;
}

__attribute__((constructor)) static void begin(void) {
  dl_iterate_phdr(look_for_note, &relinked);
  /* Without Check this is a shell on the way to the program. */
  if (NEXT(srunner_run_tagged)) ls_gate_leave_environment();
}
#endif
