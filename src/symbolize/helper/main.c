/* SPDX-License-Identifier: MIT */
/*
 * leakslope-symbolize: functions, files and lines of addresses.
 *
 * Started by the library, which must not read debug information in the process
 * that it watches.  Reads a request on standard input to its end, answers on
 * standard output and exits: 0, or 1 for what is no request.  The format is in
 * wire.h.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "symbolize/helper/filename.h"
#include "symbolize/helper/frames.h"
#include "symbolize/helper/module.h"
#include "symbolize/helper/name.h"
#include "symbolize/wire.h"

enum { REQUEST_MAX = 256 * 1024 * 1024, READ_SIZE = 64 * 1024 };

/* What the host did to its own process is inherited, and not meant for us. */
static void settle(void) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  const struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  /* libdwfl would ask these servers, and wait for them. */
  unsetenv("DEBUGINFOD_URLS");
}

/* All of standard input; NULL when it is too much. */
static char *input_read(size_t *size) {
  char *data = NULL;
  size_t capacity = 0;
  *size = 0;
  for (;;) {
    if (capacity - *size < READ_SIZE) {
      capacity = capacity ? 2 * capacity : 2 * READ_SIZE;
      char *larger = capacity <= REQUEST_MAX ? realloc(data, capacity) : NULL;
      if (!larger) break;
      data = larger;
    }
    ssize_t n = read(STDIN_FILENO, data + *size, READ_SIZE);
    if (n <= 0) return data;
    *size += (size_t)n;
  }
  free(data);
  return NULL;
}

static void field_put(const char *text) {
  if (!text) text = "";
  printf("%zu:%s\n", strlen(text), text);
}

static void number_put(uint64_t value) {
  char digits[24];
  snprintf(digits, sizeof digits, "%" PRIu64, value);
  field_put(digits);
}

static void answer_put(const struct frame *frames, size_t n) {
  number_put(n);
  for (size_t i = 0; i < n; i++) {
    field_put(frames[i].function);
    field_put(frames[i].file);
    number_put((uint64_t)frames[i].line);
    number_put(frames[i].shape);
  }
}

/* A copy that ends in NUL, as a field does not. */
static char *text_take(struct ls_wire *wire) {
  struct ls_field field;
  return ls_wire_field(wire, &field) ? strndup(field.data, field.size) : NULL;
}

/* Answers the next address: 1, or 0 when there is no whole one. */
static int answer_next(struct ls_wire *wire, struct module **modules) {
  static struct frame frames[FRAMES_MAX];
  char *path = text_take(wire);
  char *build_id = path ? text_take(wire) : NULL;
  uint64_t offset;
  int whole = build_id && ls_wire_number(wire, &offset);
  if (whole) {
    const struct module *module = module_get(modules, path, build_id);
    answer_put(frames, module ? frames_find(module, offset, frames) : 0);
    /* Should the next file crash libdw, this answer is out. */
    fflush(stdout);
    names_forget();
  }
  free(path);
  free(build_id);
  return whole;
}

int main(void) {
  settle();
  size_t size;
  char *data = input_read(&size);
  if (!data) return 1;
  struct ls_wire wire = {data, data + size};
  struct module *modules = NULL;
  int whole = ls_wire_hello(&wire, &filename_whole);
  if (whole) field_put(LS_WIRE_HELLO);
  while (whole && wire.at < wire.end) whole = answer_next(&wire, &modules);
  if (fflush(stdout) != 0) whole = 0;
  modules_free(modules);
  free(data);
  return whole ? 0 : 1;
}
