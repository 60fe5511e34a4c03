/* SPDX-License-Identifier: MIT */
/*
 * The bodies under a plain main(): the smallest adapter of the gate.
 *
 * Each test is run in a forked process, which ends with 0 where it passed; the
 * text of a failure comes through a pipe.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "gate/gate.h"

static void assert_failed(const char *file, int line, const char *text);
#define KIT_ASSERT(condition) \
  ((condition) ? (void)0 : assert_failed(__FILE__, __LINE__, #condition))
#include "bodies.h"

static void assert_failed(const char *file, int line, const char *text) {
  if (ls_gate_repeats_here()) ls_gate_stop("%s:%d: %s", file, line, text);
  ls_gate_failed();
  _exit(EXIT_FAILURE);
}

typedef void (*body)(void);
#define BODY(name) body_##name,
#define NAME(name) "test_" #name,
static const body bodies[] = {KIT_EACH(BODY) body_refused};
static const char *const names[] = {KIT_EACH(NAME) "test_refused"};
enum { N = sizeof bodies / sizeof *bodies, TEXT = 4096 };

static const struct ls_gate_group group = {
    .suite = "Kit", .name = "Bodies", .limit = KIT_LIMIT};

static struct result {
  int status;
  char text[TEXT];
} results[N + 1]; /* the last is the session's */

/* ---- one test ------------------------------------------------------------ */

static pid_t child;

static void end_child(int signal) {
  (void)signal;
  if (child > 0) kill(child, SIGKILL);
}

static void run(const struct ls_gate_test *test) { bodies[test->line](); }

static int fails(unsigned n, char *text) {
  const struct ls_gate_test *at;
  if (n == N) return ls_gate_scope(0, text, &at);
  ls_gate_before(group.limit);
  ls_gate_enter(n);
  bodies[n]();
  ls_gate_leave();
  ls_gate_tear_down();
  ls_gate_after();
  return ls_gate_judge(n, text, LS_GATE_TEXT);
}

static void run_apart(unsigned n) {
  struct result *result = &results[n];
  int ends[2];
  if (pipe(ends)) exit(2);
  fflush(stdout);
  child = fork();
  if (child == 0) {
    char text[LS_GATE_TEXT] = "";
    int failed = fails(n, text);
    if (failed && write(ends[1], text, strlen(text)) < 0) _exit(3);
    exit(failed ? EXIT_FAILURE : EXIT_SUCCESS);
  }
  close(ends[1]);
  while (waitpid(child, &result->status, 0) < 0) continue;
  /* What the test left running may hold the other end. */
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  if (read(ends[0], result->text, TEXT - 1) < 0) result->text[0] = '\0';
  close(ends[0]);
}

/* ---- what the gate asks -------------------------------------------------- */

static enum leakslope_result result_of(int status) {
  if (WIFSIGNALED(status)) return LEAKSLOPE_ERROR;
  return WEXITSTATUS(status) ? LEAKSLOPE_FAILED : LEAKSLOPE_PASSED;
}

static struct ls_gate_tally tell(int is_killed) {
  (void)is_killed;
  for (unsigned i = 0; i <= N; i++) {
    struct leakslope_case one = {.suite = "Kit",
                                 .tcase = "Bodies",
                                 .name = i < N ? names[i] : "session scope",
                                 .result = result_of(results[i].status),
                                 .message = results[i].text};
    ls_gate_result(i < N ? i : LS_GATE_SCOPED, &one);
  }
  return (struct ls_gate_tally){N + 1, N + 1};
}

static void name_all(const struct ls_gate_test *test, char *text, size_t size) {
  (void)test;
  snprintf(text, size, "KIT=all");
}

static size_t longest(void) { return LS_GATE_TEXT; }

static const struct ls_gate_adapter adapter = {.pass = run,
                                               .results = tell,
                                               .select = name_all,
                                               .longest = longest,
                                               .started_by = "",
                                               .hint = "",
                                               .setters = {"", "", ""}};

int main(void) {
  static struct ls_gate_test tests[N];
  const struct ls_gate_scope all = {NULL, 0, N};
  for (unsigned i = 0; i < N; i++)
    tests[i] = (struct ls_gate_test){.group = &group,
                                     .name = names[i],
                                     .index = -1,
                                     .loops = 1,
                                     .file = __FILE__,
                                     .line = (int)i,
                                     .of = names[i]};
  tests[N - 1].refusal = "refused by its adapter";
  const struct ls_gate_run run_of_all = {&adapter, tests, N, &all, 1,
                                         0,        0,     0, NULL};
  signal(SIGALRM, end_child);
  if (ls_gate_open(&run_of_all) < 0) return 2;
  for (unsigned i = 0; i <= N; i++) run_apart(i);
  ls_gate_close();
  int failed = 0;
  for (unsigned i = 0; i <= N; i++) failed += results[i].status != 0;
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
