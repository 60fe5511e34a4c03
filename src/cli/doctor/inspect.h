/* SPDX-License-Identifier: MIT */
/*
 * What can be known of a program without running it, and whether that lets it
 * be gated.
 *
 * Which libraries it loads, and in which order, is the dynamic linker's to
 * say: it is asked, with the environment as it is.
 */
#ifndef LS_CLI_INSPECT_H
#define LS_CLI_INSPECT_H

#include <limits.h>

#include "platform/arena.h"

enum cli_kind {
  CLI_DYNAMIC,
  CLI_STATIC,
  CLI_LIBRARY,
  CLI_OBJECT,
  CLI_SCRIPT,
  CLI_FOREIGN, /* built for another architecture */
  CLI_NO_ELF
};

enum cli_check { CLI_CHECK_NONE, CLI_CHECK_STATIC, CLI_CHECK_SHARED };

enum cli_debug { CLI_DEBUG_NONE, CLI_DEBUG_INSIDE, CLI_DEBUG_SEPARATE };

struct cli_program {
  char file[PATH_MAX]; /* what was looked at: behind libtool's script, that
                          which the script runs */
  enum cli_kind kind;
  enum cli_check check;
  int cmocka; /* it loads a shared libcmocka */
  enum cli_debug debug;
  int listed;               /* what it loads is known */
  int relinked;             /* leakslope's Check layer is in it */
  int wrapped;              /* ... and takes only the program's own calls */
  int privileged;           /* what it loads is not ours to say: setuid */
  const char *suite;        /* a library of its own that registers tests */
  const char *sanitizer;    /* whose malloc it has; NULL for none */
  const char *own_malloc;   /* whose malloc is in the program; NULL: none is */
  const char *first_malloc; /* the library whose malloc is taken; NULL: not
                               known */
  const char *tracer;       /* libleakslope.so as it is loaded, or NULL */
  const char *allocator;    /* the library of another allocator, or NULL */
  int in_front;             /* ... and it is in front of libleakslope, or
                               would be without a preload */
};

enum cli_way {
  CLI_AS_IS,         /* run it */
  CLI_PARTLY,        /* run it: it says itself what of it is not gated */
  CLI_PRELOAD,       /* with libleakslope.so preloaded */
  CLI_PRELOAD_LAYER, /* ... and the Check layer as well */
  CLI_NO_WAY
};

/* Looks at `path`; strings are in `arena`.  0 or a negative errno. */
int cli_inspect(const char *path, struct ls_arena *arena,
                struct cli_program *program);

/* How the program is gated, and *why: the cause and the cure, as a text. */
enum cli_way cli_judge(const struct cli_program *program, const char **why);

#endif
