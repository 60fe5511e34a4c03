/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <stdlib.h>
#include <string.h>

/* Not an assertion of Check's: the programs without a runner use this too. */
static void must(int holds) {
  if (!holds) abort();
}

/* ---- sites --------------------------------------------------------------- */

static const struct leakslope_frame cache_frames[] = {
    {"handle_request", "src/cache.c", 9, "/usr/bin/test_cache", 0x1139, 0},
    {"test_handle_request_fn", "tests/test_cache.c", 31, "/usr/bin/test_cache",
     0x1200, 0}};

static const struct ls_checkpoint cache_checkpoints[] = {
    {0, 4, 4096}, {25, 29, 29696}, {126, 130, 133120}, {251, 255, 261120}};

const struct ls_report_site leaking_site = {
    .domain = LEAKSLOPE_DOMAIN_MALLOC,
    .state = LS_SITE_LEAK,
    .law = {LS_LAW_LINEAR, 1.0, 1024.0, 4, 255, 4096, 261120},
    .ncheckpoints = 4,
    .checkpoints = cache_checkpoints,
    .nframes = 2,
    .frames = cache_frames,
    .callers = 1};

static const struct leakslope_frame fd_frames[] = {
    {"open", NULL, 0, "/lib/libc.so.6", 0xf00, 0},
    {"log_open", NULL, 0, "/opt/lib/libcache.so", 0x1234, 0},
    {NULL, NULL, 0, NULL, 0xbeef, 0},
    {"main", "src/main.c", 0, NULL, 0, 0}};

static const struct ls_checkpoint fd_checkpoints[] = {{0, 4, 0}, {251, 255, 0}};

const struct ls_report_site leaking_fd = {
    .domain = LEAKSLOPE_DOMAIN_FD,
    .state = LS_SITE_LIMIT,
    .law = {LS_LAW_LINEAR, 1.0, 0.0, 4, 255, 0, 0},
    .ncheckpoints = 2,
    .checkpoints = fd_checkpoints,
    .nframes = 4,
    .frames = fd_frames,
    .named = 1,
    .callers = 3};

static const struct ls_checkpoint doubling_checkpoints[] = {{0, 1, 1024},
                                                            {1021, 1, 17408}};

const struct ls_report_site doubling_site = {
    .state = LS_SITE_LEAK,
    .law = {LS_LAW_DOUBLING, 0.001, 16.04, 1, 1, 1024, 17408},
    .ncheckpoints = 2,
    .checkpoints = doubling_checkpoints,
    .nframes = 1,
    .frames = cache_frames,
    .callers = 1};

/* ---- measurements and reports -------------------------------------------- */

struct ls_measured measured(enum ls_outcome outcome, enum ls_reason reason) {
  return (struct ls_measured){.outcome = outcome,
                              .reason = reason,
                              .iterations = 251,
                              .planned = 251,
                              .warmup = 3};
}

struct ls_measured measured_leak(void) {
  struct ls_measured m = measured(LS_LEAK, LS_REASON_NONE);
  m.nsites = 1;
  m.sites = &leaking_site;
  return m;
}

struct leakslope_case passed(const char *name) {
  return (struct leakslope_case){.suite = "Cache",
                                 .tcase = "Core",
                                 .name = name,
                                 .index = -1,
                                 .file = "tests/test_cache.c",
                                 .line = 31,
                                 .seconds = 0.25};
}

void add(struct leakslope_report *report, const struct leakslope_case *test,
         const struct ls_measured *m, const char *reason) {
  struct ls_case *c = ls_report_add_case(report, test);
  must(c != NULL);
  c->reason = ls_arena_string(&report->arena, reason);
  if (!m) return;
  c->is_measured = 1;
  must(ls_report_copy_measured(report, &c->measured, m) == 0);
}

static void add_outcomes(struct leakslope_report *report) {
  for (int o = LS_CLEAN; o <= LS_NOT_ARMED; o++) {
    for (int r = LS_REASON_NONE; r <= LS_REASON_ENDED; r++) {
      struct ls_measured m = measured((enum ls_outcome)o, (enum ls_reason)r);
      struct leakslope_case test = passed("test_outcome");
      test.index = o * 100 + r;
      if (r % 2) test.result = LEAKSLOPE_FAILED;
      if (r % 3) m.note = "ended in iteration 57: a.c:3: Assertion 'x<1'";
      m.nsites = o == LS_LEAK;
      m.sites = &leaking_site;
      add(report, &test, &m, NULL);
    }
  }
}

static const uint64_t some_offsets[] = {16, 4711};
static const struct ls_calls some_calls = {"/a<b>/c", "0123456789abcdef", 2,
                                           some_offsets};

/* Of each domain one, with all that may be known of it. */
static void add_accepted(struct leakslope_report *report) {
  for (int d = LEAKSLOPE_DOMAIN_MALLOC; d <= LEAKSLOPE_DOMAIN_GAUGE; d++) {
    struct ls_report_site site = leaking_fd, nowhere = leaking_fd;
    struct ls_measured m = measured(LS_CLEAN, LS_REASON_NONE);
    struct leakslope_case test = passed("test_accepted");
    test.index = d;
    site.domain = nowhere.domain = (enum leakslope_domain)d;
    site.every = 10;
    site.born[0] = 4;
    site.beyond = 1;
    site.by = "2 by <a>, 1 by b";
    site.also = "0123456789abcdef fedcba9876543210";
    nowhere.nframes = nowhere.named = 0;
    nowhere.label = "without a traced call: <socket>";
    const struct ls_accepted accepted[] = {
        {LS_SUPPRESSED, "a<*>b", 0, site},
        {LS_IN_BASELINE, "0123456789abcdef", 0, nowhere},
        {LS_WITHIN_BOUND, "cache_put", 500, site}};
    m.naccepted = 3;
    m.accepted = accepted;
    m.step = 2;
    m.first_rung = 251;
    m.name = "Cache/Core/test_accepted";
    m.has_baseline = 1;
    m.advice = "^a<..>::b$/^c$";
    m.untraced_bytes = 4096.5;
    m.knows_calls = 1;
    m.ncalls = 1;
    m.calls = &some_calls;
    add(report, &test, &m, NULL);
    m.outcome = LS_LEAK;
    m.nsites = 1;
    m.sites = d % 2 ? &site : &nowhere;
    test.result = LEAKSLOPE_FAILED;
    add(report, &test, &m, NULL);
  }
}

struct leakslope_report *full_report(void) {
  struct leakslope_report *report = ls_report_new("test_cache");
  must(report != NULL);
  const struct ls_report_site sites[] = {leaking_site, leaking_fd,
                                         doubling_site};
  struct ls_measured m = measured_leak();
  struct leakslope_case test = passed("test_handle_request");
  test.result = LEAKSLOPE_FAILED;
  m.nsites = 3;
  m.sites = sites;
  add(report, &test, &m, NULL);
  add_accepted(report);
  add_outcomes(report);
  test = passed("test_abort");
  test.suite = "Signals";
  add(report, &test, NULL, "expects signal 6");
  test.result = LEAKSLOPE_ERROR;
  test.message = "(after this point) Received signal 11";
  add(report, &test, NULL, "failed");
  test.result = LEAKSLOPE_FAILED;
  test.message_file = "tests/test_cache.c";
  test.message_line = 40;
  test.message = "Assertion 'a < b && c' failed: a == 2";
  test.seconds = -1;
  add(report, &test, NULL, NULL);
  return report;
}

struct leakslope_report *lost_report(void) {
  struct leakslope_report *report = ls_report_new("test_cache");
  must(report != NULL);
  struct ls_measured m = measured(LS_CLEAN, LS_REASON_NONE);
  struct leakslope_case test = passed("test_put");
  add(report, &test, &m, NULL);
  test = passed("test_get");
  test.result = LEAKSLOPE_FAILED;
  test.failure_type = "lost";
  test.message =
      "lost: LeakSanitizer finds blocks that this test has lost\n"
      "# Direct leak of 77 byte(s) in 1 object(s) allocated from:\n"
      "#     #0 in get src/cache.c:20\n";
  add(report, &test, &m, NULL);
  return report;
}

/* ---- evil strings -------------------------------------------------------- */

static const char *const evil[] = {
    "",
    "<&\">'",
    "]]>",
    "a\nb\tc\rd",
    "\x01\x02\x1b[31m\x7f",
    "\xff\xfe\x80",
    "\xc0\xaf \xe0\x80\x80 \xf8\x88\x80\x80\x80", /* overlong */
    "\xed\xa0\x80 \xed\xbf\xbf",                  /* surrogates */
    "\xef\xbf\xbe \xef\xbf\xbf",                  /* noncharacters */
    "\xc2\x9b\xc2\x85",                           /* C1 controls */
    "\xf4\x90\x80\x80 \xf5\x80\x80\x80",          /* beyond U+10FFFF */
    "cut \xe2\x82",
    "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x92\xa7",
    "&lt;&#0; <![CDATA[ -- ?> %s %n"};

static void add_evil(struct leakslope_report *report, const char *string) {
  const struct leakslope_frame frames[] = {{string, string, 7, string, 1, 1},
                                           {string, NULL, 0, string, 2, 0}};
  struct ls_report_site site = leaking_site;
  struct ls_measured m = measured_leak();
  struct leakslope_case test = {string, string, string, -1, string, 1,     0.5,
                                0,      string, string, 2,  0,      string};
  site.frames = frames;
  m.sites = &site;
  m.note = string;
  for (int result = LEAKSLOPE_PASSED; result <= LEAKSLOPE_ERROR; result++) {
    test.result = (enum leakslope_result)result;
    add(report, &test, &m, NULL);
    add(report, &test, NULL, string);
  }
}

static void add_random(struct leakslope_report *report) {
  char string[64];
  uint32_t state = 20240229;
  for (int i = 0; i < 300; i++) {
    size_t n = next_random(&state) % sizeof string;
    for (size_t k = 0; k < n; k++)
      string[k] = (char)(1 + next_random(&state) % 255);
    string[n] = '\0';
    add_evil(report, string);
  }
}

/* A megabyte of what takes the most escaping, as a message and as a note. */
static void add_large(struct leakslope_report *report) {
  const size_t size = 1 << 20;
  char *large = malloc(size + 1);
  struct leakslope_case test = passed("test_large");
  struct ls_measured m = measured(LS_NOT_REPEATABLE, LS_REASON_ENDED);
  must(large != NULL);
  memset(large, '<', size);
  large[size] = '\0';
  m.note = large;
  test.result = LEAKSLOPE_FAILED;
  add(report, &test, &m, NULL);
  test.message = large;
  add(report, &test, NULL, NULL);
  free(large);
}

struct leakslope_report *evil_report(void) {
  struct leakslope_report *report = ls_report_new("\x1b<&\xff>\"");
  must(report != NULL);
  for (size_t i = 0; i < sizeof evil / sizeof *evil; i++)
    add_evil(report, evil[i]);
  add_evil(report, NULL);
  add_random(report);
  add_large(report);
  return report;
}

/* ---- helpers ------------------------------------------------------------- */

struct ls_text new_text(void) {
  static struct ls_arena arena;
  return (struct ls_text){.arena = &arena};
}

unsigned occurrences(const char *whole, const char *part) {
  unsigned n = 0;
  for (const char *at = whole; (at = strstr(at, part)); at++) n++;
  return n;
}

uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525U + 1013904223U;
  return *state >> 8;
}

int run_suite(Suite *suite) {
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
