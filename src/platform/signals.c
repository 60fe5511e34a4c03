/* SPDX-License-Identifier: MIT */
/* Finds a signal by its name or number. */
#include "platform/signals.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static const struct {
  const char *name;
  int number;
} signals[] = {{"HUP", SIGHUP},   {"INT", SIGINT},     {"QUIT", SIGQUIT},
               {"USR1", SIGUSR1}, {"USR2", SIGUSR2},   {"ALRM", SIGALRM},
               {"TERM", SIGTERM}, {"URG", SIGURG},     {"VTALRM", SIGVTALRM},
               {"PROF", SIGPROF}, {"WINCH", SIGWINCH}, {"IO", SIGIO},
               {"POLL", SIGIO},   {"PWR", SIGPWR}};

enum { SIGNALS = sizeof signals / sizeof *signals };

/* A small decimal number that is all of the text, or -1. */
static int number_of(const char *text) {
  int value = 0;
  if (!*text) return -1;
  for (; *text; text++) {
    if (*text < '0' || *text > '9' || value > 99) return -1;
    value = 10 * value + (*text - '0');
  }
  return value;
}

static int in_range(int number) {
  return number >= SIGRTMIN && number <= SIGRTMAX ? number : 0;
}

static int by_number(int number) {
  for (size_t i = 0; i < SIGNALS; i++)
    if (signals[i].number == number) return number;
  return in_range(number);
}

int ls_signal_number(const char *name) {
  int number = number_of(name);
  if (number >= 0) return by_number(number);
  if (!strncmp(name, "SIG", 3)) name += 3;
  for (size_t i = 0; i < SIGNALS; i++)
    if (!strcmp(signals[i].name, name)) return signals[i].number;
  if (!strcmp(name, "RTMIN")) return SIGRTMIN;
  if (!strcmp(name, "RTMAX")) return SIGRTMAX;
  number = strlen(name) > 6 ? number_of(name + 6) : -1;
  if (number < 0) return 0;
  if (!strncmp(name, "RTMIN+", 6)) return in_range(SIGRTMIN + number);
  if (!strncmp(name, "RTMAX-", 6)) return in_range(SIGRTMAX - number);
  return 0;
}
