/* SPDX-License-Identifier: MIT */
/* Says in words why a test has the outcome that it has. */
#include "report/words/number.h"
#include "report/words/utf8.h"
#include "report/words/words.h"

/* Reasons that need no number. */
static const char *const texts[] = {
    [LS_REASON_NONE] = "",
    [LS_REASON_ENDED_GROWING] = "ended early, and grew before that",
    [LS_REASON_FOREIGN_FREES] =
        "frees of blocks from before tracing may explain the growth",
    [LS_REASON_UNTRACED] = "",
    [LS_REASON_UNCONFIRMED] =
        "grew, but a second run of the same test was clean",
    [LS_REASON_STALE] = "",
    [LS_REASON_ENDED] = ""};

static void add_iterations(struct ls_text *text, uint32_t n, const char *before,
                           const char *after) {
  ls_text_add(text, before);
  ls_number_add_count(text, n, "iteration");
  ls_text_add(text, after);
}

static void add_ended(struct ls_text *text, const struct ls_measured *m) {
  if (m->note)
    ls_utf8_add(text, m->note, LS_UTF8_LINE);
  else
    ls_text_addf(text, "ended in iteration %llu",
                 (unsigned long long)m->iterations + 1);
}

static void add_too_slow(struct ls_text *text, const struct ls_measured *m) {
  ls_text_addf(text, "too slow: %u of ", m->iterations);
  add_iterations(text, m->planned, "", " in the budget");
}

static void add_drops(struct ls_text *text, const struct ls_measured *m) {
  ls_text_add(text, "the tracer had to drop ");
  ls_number_add_count(text, m->drops, "event");
}

static void add_untraced(struct ls_text *text, const struct ls_measured *m) {
  ls_text_add(text, "memory grows");
  if (m->untraced_bytes > 0) {
    ls_text_add(text, " (");
    ls_number_add_size(text, m->untraced_bytes);
    ls_text_add(text, "/iteration)");
  }
  ls_text_add(text,
              ", and no traced call explains it (a fragmented heap, or "
              "memory from a system call)");
}

void ls_words_reason(struct ls_text *text, const struct ls_measured *m) {
  uint32_t n = m->iterations;
  switch (m->reason) {
    case LS_REASON_SHORT_RUN:
      add_iterations(text, n, "short run: grew in nearly every one of ", "");
      break;
    case LS_REASON_MEMORY_STOP:
      add_iterations(text, n, "stopped for memory after ",
                     ", grew in every one");
      break;
    case LS_REASON_LIMIT:
      add_iterations(text, n, "near a limit of the kernel's after ", "");
      break;
    case LS_REASON_UNRESOLVED:
      add_iterations(text, n, "unresolved after ", "");
      break;
    case LS_REASON_TOO_SLOW:
      add_too_slow(text, m);
      break;
    case LS_REASON_TOO_FEW:
      add_iterations(text, n, "grew, but ", " are too few to tell");
      break;
    case LS_REASON_DROPS:
      add_drops(text, m);
      break;
    case LS_REASON_UNTRACED:
      add_untraced(text, m);
      break;
    case LS_REASON_ENDED:
      add_ended(text, m);
      break;
    default:
      ls_text_add(text, texts[m->reason]);
  }
}

int ls_words_note_is_message(const struct ls_measured *m) {
  return m->outcome != LS_LEAK;
}
