/* SPDX-License-Identifier: MIT */
/* Decides whether a program can be gated: by the first row of a table that
   holds. */
#include <stdio.h>
#include <string.h>

#include "cli/doctor/inspect.h"
#include "cli/run/libraries.h"
#include "cli/run/service.h"

#define RELINK                                                             \
  "relink it: $(pkg-config --libs leakslope-check) on the program's link " \
  "line, before Check's libraries"

static const char *not_a_program(enum cli_kind kind) {
  switch (kind) {
    case CLI_LIBRARY:
      return "it is a shared library, not a program";
    case CLI_OBJECT:
      return "it is an object file, not a program";
    case CLI_SCRIPT:
      return "it is a script: name the program that it runs";
    case CLI_FOREIGN:
      return "it was built for another kind of machine";
    case CLI_NO_ELF:
      return "it is not an ELF file";
    default:
      return NULL;
  }
}

static const char *not_relinked(const struct cli_program *program) {
  switch (program->check) {
    case CLI_CHECK_NONE:
      return program->cmocka ? NULL
                             : "it is not a Check program: it has no libcheck";
    case CLI_CHECK_STATIC:
      return "libcheck is linked statically, without leakslope; " RELINK;
    default:
      return NULL;
  }
}

/* Its runtime tells of its blocks (interpose/sanitizer_hooks.h). */
static int tells(const struct cli_program *program) {
  return program->sanitizer &&
         (!strcmp(program->sanitizer, "AddressSanitizer") ||
          !strcmp(program->sanitizer, "LeakSanitizer"));
}

static const char *other_malloc(const struct cli_program *program) {
  static char text[256];
  if (tells(program)) return NULL;
  if (program->sanitizer)
    snprintf(text, sizeof text,
             "malloc is %s's: gate the ordinary build, not the sanitizer's",
             program->sanitizer);
  else if (program->own_malloc)
    snprintf(text, sizeof text,
             "malloc is the program's own (%s is linked into it): link the "
             "allocator as a shared library",
             program->own_malloc);
  else
    return NULL;
  return text;
}

static const char *never(const struct cli_program *program) {
  const char *why = not_a_program(program->kind);
  if (why) return why;
  if (program->kind == CLI_STATIC && (program->relinked || program->check))
    return "it is linked statically, and the tracer needs the dynamic linker: "
           "relink it without -static";
  why = program->relinked ? NULL : not_relinked(program);
  return why ? why : other_malloc(program);
}

/* What is preloaded does not get there. */
static enum cli_way preloaded(const struct cli_program *program,
                              enum cli_way way, const char **why) {
  if (!program->privileged) return way;
  *why = way == CLI_PRELOAD_LAYER
             ? "it is setuid, setgid or has capabilities, so that nothing can "
               "be preloaded; " RELINK
             : "it is setuid, setgid or has capabilities, so that nothing can "
               "be preloaded: copy it, and run the copy";
  return CLI_NO_WAY;
}

/* Tests that the program does not register itself. */
static const char *unreached(const struct cli_program *program) {
  static char text[PATH_MAX + 256];
  if (!program->wrapped || !program->suite) return NULL;
  snprintf(text, sizeof text,
           "%s registers tests, and relinking the program does not reach "
           "them: %s",
           program->suite,
           program->check == CLI_CHECK_SHARED
               ? "link the program without leakslope, and `leakslope run` "
                 "reaches all, since libcheck is shared"
               : "build the program with `leakslope shim` instead of --wrap");
  return text;
}

enum cli_way cli_judge(const struct cli_program *program, const char **why) {
  static char text[PATH_MAX + 128];
  *why = never(program);
  if (*why) return CLI_NO_WAY;
  *why = text;
  if (!program->listed && program->relinked) {
    *why = "run it and see: what it loads could not be listed";
    return CLI_AS_IS;
  }
  if (!program->relinked) {
    *why = "leakslope run";
    return preloaded(program, CLI_PRELOAD_LAYER, why);
  }
  if (tells(program)) {
    snprintf(text, sizeof text,
             program->tracer
                 ? "run it as it is: %s tells of its malloc"
                 : "its libleakslope.so is not found, and preloaded it would "
                   "stand in front of %s",
             program->sanitizer);
    return program->tracer ? CLI_AS_IS : CLI_NO_WAY;
  }
  if (!program->tracer) {
    snprintf(text, sizeof text,
             "its libleakslope.so is not found; `leakslope run` preloads it");
    return preloaded(program, CLI_PRELOAD, why);
  }
  if (program->in_front) {
    const char *name = cli_allocator_name(program->allocator);
    snprintf(text, sizeof text,
             "%s is in front of libleakslope; `leakslope run` puts it behind",
             name ? name : program->allocator);
    return preloaded(program, CLI_PRELOAD, why);
  }
  *why = unreached(program);
  if (*why) return CLI_PARTLY;
  *why = "run it as it is";
  return CLI_AS_IS;
}

/* Nothing of Check is asked for. */
enum cli_way cli_judge_service(const struct cli_program *program,
                               const char **why) {
  *why = not_a_program(program->kind);
  if (!*why && program->kind == CLI_STATIC)
    *why = "it is linked statically, and the tracer needs the dynamic linker";
  if (!*why) *why = other_malloc(program);
  if (!*why && tells(program) && !program->tracer)
    *why =
        "preloaded, libleakslope.so would stand in front of its sanitizer: "
        "link it with leakslope";
  if (*why) return CLI_NO_WAY;
  *why = "leakslope run --snapshot-signal";
  return program->tracer && !program->in_front ? CLI_AS_IS : CLI_PRELOAD;
}
