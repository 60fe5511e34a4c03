/* SPDX-License-Identifier: MIT */
/* What is read of the JSON is what was written: every field that processes hand
   on to each other, whether or not a writer shows it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/report/read_report.h"
#include "platform/file.h"
#include "support.h"

static struct leakslope_report *read_again(
    const struct leakslope_report *report) {
  char path[] = "/tmp/leakslope-round-trip.XXXXXX";
  struct ls_text text = new_text();
  int fd = mkstemp(path);
  ck_assert_int_ge(fd, 0);
  ls_write_json(&text, report);
  ck_assert_int_eq(ls_file_write_all(fd, ls_text_string(&text), text.length),
                   0);
  close(fd);
  struct leakslope_report *again = cli_read_report(path);
  unlink(path);
  ck_assert_ptr_nonnull(again);
  return again;
}

/* A fingerprint that was read is kept as it is; else it is made when it is
   asked for. */
static void forget_fingerprints(struct ls_measured *m) {
  struct ls_report_site *sites = (struct ls_report_site *)m->sites;
  struct ls_accepted *accepted = (struct ls_accepted *)m->accepted;
  for (size_t i = 0; i < m->nsites; i++) sites[i].fingerprint = NULL;
  for (size_t i = 0; i < m->naccepted; i++) accepted[i].site.fingerprint = NULL;
}

/* All that is measured, as bytes. */
static size_t bytes_of(const struct ls_case *c, unsigned char **bytes) {
  struct leakslope_report *one = ls_report_new("p");
  const struct leakslope_case test = passed("t");
  add(one, &test, &c->measured, NULL);
  forget_fingerprints(&one->cases[0].measured);
  one->cases[0].measured.knows_calls = 0; /* are the report's, below */
  one->cases[0].measured.ncalls = 0;
  size_t n = ls_report_encode(one, NULL, 0);
  *bytes = malloc(n);
  ck_assert_ptr_nonnull(*bytes);
  ck_assert_uint_eq(ls_report_encode(one, *bytes, n), n);
  ls_report_free(one);
  return n;
}

static void same_measured(const struct ls_case *a, const struct ls_case *b) {
  unsigned char *x, *y;
  ck_assert_int_eq(a->is_measured, b->is_measured);
  if (!a->is_measured) return;
  size_t n = bytes_of(a, &x), m = bytes_of(b, &y);
  ck_assert_uint_eq(n, m);
  ck_assert_mem_eq(x, y, n);
  free(x);
  free(y);
}

static void same_case(const struct ls_case *a, const struct ls_case *b) {
  const struct leakslope_case *x = &a->test, *y = &b->test;
  ck_assert_pstr_eq(x->suite, y->suite);
  ck_assert_pstr_eq(x->tcase, y->tcase);
  ck_assert_pstr_eq(x->name, y->name);
  ck_assert_pstr_eq(x->file, y->file);
  ck_assert_pstr_eq(x->message, y->message);
  ck_assert_pstr_eq(x->message_file, y->message_file);
  ck_assert_pstr_eq(x->repeat, y->repeat);
  ck_assert_pstr_eq(x->failure_type, y->failure_type);
  ck_assert_int_eq(x->index, y->index);
  ck_assert_int_eq(x->line, y->line);
  ck_assert_int_eq(x->message_line, y->message_line);
  ck_assert_int_eq(x->result, y->result);
  ck_assert_uint_eq(x->position, y->position);
  ck_assert(x->seconds == y->seconds);
  ck_assert_pstr_eq(a->reason, b->reason);
  ck_assert_int_eq(a->unmeasured, b->unmeasured);
}

static void same_calls(const struct leakslope_report *a,
                       const struct leakslope_report *b) {
  struct ls_arena arena = {0};
  const struct ls_calls *x, *y;
  size_t n, m;
  int knows_x, knows_y;
  ck_assert_int_eq(ls_calls_of_report(a, &arena, &knows_x, &n, &x), 0);
  ck_assert_int_eq(ls_calls_of_report(b, &arena, &knows_y, &m, &y), 0);
  ck_assert_int_eq(knows_x, knows_y);
  ck_assert_uint_eq(n, m);
  for (size_t i = 0; i < n; i++) {
    ck_assert_str_eq(x[i].module, y[i].module);
    ck_assert_str_eq(x[i].build_id, y[i].build_id);
    ck_assert_uint_eq(x[i].n, y[i].n);
    ck_assert_mem_eq(x[i].offsets, y[i].offsets, x[i].n * sizeof *x[i].offsets);
  }
  ls_arena_release(&arena);
}

static void same(const struct leakslope_report *report) {
  struct leakslope_report *again = read_again(report);
  ck_assert_str_eq(report->program, again->program);
  ck_assert_uint_eq(report->ncases, again->ncases);
  for (size_t i = 0; i < report->ncases; i++) {
    same_case(&report->cases[i], &again->cases[i]);
    same_measured(&report->cases[i], &again->cases[i]);
  }
  same_calls(report, again);
  ls_report_free(again);
}

START_TEST(every_case_is_read_as_it_was) {
  struct leakslope_report *report = full_report();
  for (size_t i = 0; i < report->ncases; i++) {
    report->cases[i].test.position = (unsigned)i * 3;
    report->cases[i].test.repeat = i % 2 ? "again" : NULL;
  }
  same(report);
  ls_report_free(report);
}
END_TEST

START_TEST(every_site_is_read_as_it_was) {
  const struct ls_checkpoint curve[] = {
      {0, 4, 4096}, {1, INT64_MAX, INT64_MIN}, {UINT32_MAX, 9, 9}};
  const struct leakslope_frame frame = {"f", NULL,       UINT32_MAX,
                                        "m", UINT64_MAX, 1};
  struct ls_report_path paths[] = {{leaking_site.law, 1, &frame},
                                   {doubling_site.law, 0, NULL}};
  struct ls_report_site sites[] = {leaking_site, leaking_fd, doubling_site};
  const struct leakslope_case test = passed("t");
  struct ls_measured m = measured_leak();
  struct leakslope_report *report = ls_report_new("p");
  paths[0].law.blocks_per_iteration = 1.0 / 3;
  sites[0].ncurve = 3;
  sites[0].curve = curve;
  sites[0].npaths = 2;
  sites[0].paths = paths;
  sites[0].callers = UINT32_MAX;
  m.nsites = 3;
  m.sites = sites;
  m.note = "a note\nof two lines";
  m.drops = UINT64_C(1) << 40;
  add(report, &test, &m, NULL);
  same(report);
  ls_report_free(report);
}
END_TEST

/* The type of a failure is any word of the program's. */
START_TEST(what_is_not_armed_stays_so) {
  struct leakslope_report *report = ls_report_new("p");
  struct leakslope_case test = passed("t");
  test.result = LEAKSLOPE_FAILED;
  test.failure_type = "setup";
  struct ls_case *c = ls_report_add_case(report, &test);
  c->unmeasured = LS_NOT_ARMED;
  c->reason = "malloc is another's";
  same(report);
  ls_report_free(report);
}
END_TEST

/* A number of its own in each field, so that none is taken for another. */
START_TEST(what_is_accepted_and_where_is_read_as_it_was) {
  struct ls_report_site site = doubling_site, wrapped = leaking_fd;
  struct ls_accepted accepted[] = {
      {LS_SUPPRESSED, "a*b", 0, leaking_site},
      {LS_IN_BASELINE, "0123456789abcdef", 0, leaking_fd},
      {LS_WITHIN_BOUND, "cache_put", 500, doubling_site}};
  const struct leakslope_case test = passed("t");
  struct ls_measured m = measured_leak();
  struct leakslope_report *report = ls_report_new("p");
  struct ls_report_site sites[2];
  site.domain = (enum leakslope_domain)_i;
  site.nframes = 0;
  site.label = "without a traced call: socket:[..]";
  site.every = 10;
  site.born[0] = 4;
  site.born[1] = 14;
  wrapped.beyond = 1;
  wrapped.by = "2 by a, 1 by b";
  wrapped.also = "0123456789abcdef fedcba9876543210";
  accepted[1].site = wrapped;
  sites[0] = site;
  sites[1] = wrapped;
  m.nsites = 2;
  m.sites = sites;
  m.naccepted = 3;
  m.accepted = accepted;
  m.untraced_bytes = 4096.5;
  m.step = 7;
  m.first_rung = 251;
  m.ruled_out = 13;
  m.name = "Cache/Core/t[3]#2";
  m.has_baseline = _i % 2;
  m.advice = _i % 2 ? "^put$/^grow$" : NULL;
  add(report, &test, &m, NULL);
  same(report);
  ls_report_free(report);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("round trip");
  TCase *tcase = tcase_create("round trip");
  tcase_add_test(tcase, every_case_is_read_as_it_was);
  tcase_add_test(tcase, every_site_is_read_as_it_was);
  tcase_add_test(tcase, what_is_not_armed_stays_so);
  tcase_add_loop_test(tcase, what_is_accepted_and_where_is_read_as_it_was,
                      LEAKSLOPE_DOMAIN_MALLOC, LEAKSLOPE_DOMAIN_GAUGE + 1);
  suite_add_tcase(suite, tcase);
  return run_suite(suite);
}
