/* SPDX-License-Identifier: MIT */
/* Ends a program whose settings are not valid. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gate/gate.h"
#include "gate/killed.h"

void ls_gate_refuse(const char *format, ...) {
  va_list args;
  if (!lsg_killed_writes()) fflush(stdout);
  va_start(args, format);
  vfprintf(stderr, format, args);
  va_end(args);
  fputc('\n', stderr);
  if (lsg_killed_writes()) _exit(2);
  exit(2);
}
