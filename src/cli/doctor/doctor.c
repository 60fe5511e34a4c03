/* SPDX-License-Identifier: MIT */
/*
 * leakslope doctor PROGRAM
 *
 * Says whether a program is gated, and what to do where it is not.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/doctor/inspect.h"
#include "cli/run/libraries.h"

static void row(const char *name, const char *value) {
  printf("  %-10s  %s\n", name, value);
}

static void say_malloc(const struct cli_program *program) {
  if (program->sanitizer)
    printf("  %-10s  %s's\n", "malloc", program->sanitizer);
  else if (program->own_malloc)
    printf("  %-10s  the program's own: %s\n", "malloc", program->own_malloc);
  else
    row("malloc", program->first_malloc ? program->first_malloc : "not known");
  if (!program->allocator) return;
  const char *name = cli_allocator_name(program->allocator);
  printf("  %-10s  %s%s%s\n", "allocator", name ? name : program->allocator,
         program->tracer ? ", " : "",
         !program->tracer    ? ""
         : program->in_front ? "in front of libleakslope"
                             : "behind libleakslope");
}

static void say(const struct cli_program *program) {
  static const char *const checks[] = {"none", "in the program",
                                       "a shared library"};
  static const char *const debugs[] = {"none: no line numbers; build with -g",
                                       "in the program", "in a separate file"};
  row("linked", program->kind == CLI_STATIC ? "statically" : "dynamically");
  row("Check", checks[program->check]);
  row("leakslope", program->relinked ? "relinked with it" : "not in it");
  row("debug info", debugs[program->debug]);
  if (program->kind != CLI_DYNAMIC) return;
  if (program->relinked)
    row("tracer", program->tracer   ? program->tracer
                  : program->listed ? "not found"
                                    : "not known");
  say_malloc(program);
}

int cli_doctor(int argc, char **argv) {
  struct ls_arena arena = {0};
  struct cli_program program;
  const char *why;
  if (argc != 1) return cli_wrong("usage: leakslope doctor PROGRAM");
  int rc = cli_inspect(argv[0], &arena, &program);
  if (rc) return cli_wrong("%s: %s", argv[0], strerror(-rc));
  enum cli_way way = cli_judge(&program, &why);
  static const char *const heads[] = {
      [CLI_AS_IS] = "is gated",
      [CLI_PARTLY] = "is not wholly gated",
      [CLI_PRELOAD] = "is not gated as it is",
      [CLI_PRELOAD_LAYER] = "can be gated without relinking",
      [CLI_NO_WAY] = "is not gated"};
  const int is_program =
      program.kind == CLI_DYNAMIC || program.kind == CLI_STATIC;
  if (!is_program) return cli_wrong("%s: %s", argv[0], why);
  printf("%s: %s: %s\n", argv[0], heads[way], why);
  if (strcmp(argv[0], program.file)) row("program", program.file);
  say(&program);
  ls_arena_release(&arena);
  return way == CLI_AS_IS ? CLI_OK : CLI_NO;
}
