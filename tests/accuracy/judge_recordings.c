/* SPDX-License-Identifier: MIT */
/*
 * The rule of src/verdict on recordings, up the ladder from 1021 iterations.
 *
 * usage: judge_recordings [no-births] [path|call] [total|total-only]
 *                         < names of files
 *
 * One line for each: the file's name, the outcome, the iterations.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recording.h"
#include "verdict/verdict.h"

enum { SITES = 1 << 13, FIRST = 1021, DESCRIPTORS = 1024, FD_STOP = 256 };

static struct {
  int no_births;
  int level; /* -1: both */
  int total, total_only;
} options = {0, -1, 0, 0};

struct recording {
  void *map;
  size_t size;
  const struct recording_header *header;
  const struct recording_site *sites;
  const struct recording_change *changes;
  const struct recording_births *births;
};

/* A site that changed; sites are given numbers in the order of that. */
static struct {
  uint32_t index[SITES]; /* plus one */
  uint32_t site[SITES];
  uint32_t n;
  struct ls_series series[SITES];
  int64_t births[SITES][LS_SERIES_WINDOWS];
} self;

/* All memory together, as one more site. */
static struct {
  struct ls_series series;
  int64_t births[LS_SERIES_WINDOWS];
  int64_t count, bytes;
  uint32_t pass; /* of what is not recorded yet */
} total;

static int is_in_total(const struct recording *r, uint32_t site) {
  return r->sites[site].level == LEVEL_CALL &&
         r->sites[site].domain != DOMAIN_DESCRIPTORS;
}

static void flush_total(void) {
  if (total.pass <= BASELINE)
    ls_series_begin(&total.series, total.count, total.bytes);
  else
    ls_series_record(&total.series, total.pass - BASELINE, total.count,
                     total.bytes);
}

static void add_to_total(const struct recording_change *c,
                         const struct ls_series *before) {
  if (c->pass != total.pass) flush_total();
  total.pass = c->pass;
  total.count += c->count - before->count.held;
  total.bytes += c->bytes - before->bytes.held;
}

static int read_recording(const char *path, struct recording *r) {
  struct stat about;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &about)) return 0;
  r->size = (size_t)about.st_size;
  r->map = mmap(NULL, r->size, PROT_READ, MAP_PRIVATE, fd, 0);
  close(fd);
  if (r->map == MAP_FAILED) return 0;
  r->header = r->map;
  r->sites = (const void *)(r->header + 1);
  r->changes = (const void *)(r->sites + r->header->nsites);
  r->births = (const void *)(r->changes + r->header->nchanges);
  return r->header->magic == RECORDING_MAGIC && r->header->nsites <= SITES;
}

/* Leaves the base at 0, 0; what a site holds at the baseline replaces it. */
static struct ls_series *series_of(uint32_t site) {
  if (!self.index[site]) {
    self.site[self.n] = site;
    self.index[site] = ++self.n;
    ls_series_begin(&self.series[self.n - 1], 0, 0);
  }
  return &self.series[self.index[site] - 1];
}

/* The next change to be recorded after those up to iteration `until`. */
static uint32_t record_until(const struct recording *r, uint32_t from,
                             uint32_t until) {
  uint32_t i = from;
  for (; i < r->header->nchanges; i++) {
    const struct recording_change *c = &r->changes[i];
    if (c->pass > BASELINE + until) break;
    struct ls_series *series = series_of(c->site);
    if (is_in_total(r, c->site)) add_to_total(c, series);
    if (c->pass <= BASELINE)
      ls_series_begin(series, c->count, c->bytes);
    else
      ls_series_record(series, c->pass - BASELINE, c->count, c->bytes);
  }
  return i;
}

static void gather_births(const struct recording *r, uint32_t rung) {
  memset(self.births, 0, self.n * sizeof *self.births);
  memset(total.births, 0, sizeof total.births);
  for (uint32_t i = 0; i < r->header->nbirths; i++) {
    const struct recording_births *b = &r->births[i];
    if (b->rung == rung && self.index[b->site])
      self.births[self.index[b->site] - 1][b->window] = b->count;
    if (b->rung == rung && is_in_total(r, b->site))
      total.births[b->window] += b->count;
  }
}

static int is_judged(const struct recording *r, uint32_t i) {
  const struct recording_site *site = &r->sites[self.site[i]];
  if (site->domain == DOMAIN_DESCRIPTORS || options.level < 0) return 1;
  return site->level == (uint32_t)options.level;
}

static int ended_above(const struct ls_series *series) {
  return series->count.held > series->base_count ||
         series->bytes.held > series->base_bytes;
}

static int ever_rose(const struct ls_series *series) {
  return series->count.peak > series->base_count ||
         series->bytes.peak > series->base_bytes;
}

static void judge_one(const struct recording *r, uint32_t i, uint32_t rung,
                      struct ls_run_facts *facts) {
  struct ls_series *series = &self.series[i];
  int is_fd = r->sites[self.site[i]].domain == DOMAIN_DESCRIPTORS;
  ls_series_extend(series, rung);
  series->rested = ls_ladder_rested(rung, ls_ladder_last(FIRST));
  if (!is_judged(r, i) || !ever_rose(series)) return;
  const int64_t *births = options.no_births || is_fd ? NULL : self.births[i];
  enum ls_site_state state =
      ls_site_judge(series, births, is_fd ? DESCRIPTORS : 0);
  if (state > facts->worst) facts->worst = state;
  if (ended_above(series) && series->rises > facts->worst_rises)
    facts->worst_rises = series->rises;
  if (is_fd && series->count.held - series->base_count >= FD_STOP)
    facts->stop = LS_STOP_LIMIT;
}

static void judge_total(uint32_t rung, struct ls_run_facts *facts) {
  flush_total();
  ls_series_extend(&total.series, rung);
  total.series.rested = ls_ladder_rested(rung, ls_ladder_last(FIRST));
  if (!ever_rose(&total.series)) return;
  enum ls_site_state state =
      ls_site_judge(&total.series, options.no_births ? NULL : total.births, 0);
  if (state > facts->worst) facts->worst = state;
}

/* The facts at a rung; 1 if the question is open. */
static int judge_rung(const struct recording *r, uint32_t rung,
                      struct ls_run_facts *facts) {
  uint32_t recorded = r->header->passes - BASELINE;
  *facts = (struct ls_run_facts){.iterations = rung, .planned = FIRST};
  if (rung >= recorded && r->header->is_early) {
    facts->iterations = rung = recorded;
    facts->stop = LS_STOP_ENDED;
  }
  gather_births(r, rung);
  for (uint32_t i = 0; i < self.n; i++)
    if (!options.total_only || r->sites[self.site[i]].domain)
      judge_one(r, i, rung, facts);
  if (options.total || options.total_only) judge_total(rung, facts);
  return facts->worst != LS_SITE_OK && facts->worst != LS_SITE_LIMIT &&
         facts->stop == LS_STOP_DONE;
}

static struct ls_run_facts climb(const struct recording *r) {
  struct ls_run_facts facts;
  uint32_t next = 0, last = ls_ladder_last(FIRST), rung = FIRST;
  uint32_t recorded = r->header->passes - BASELINE;
  for (;;) {
    next = record_until(r, next, rung);
    if (!judge_rung(r, rung, &facts)) return facts;
    if (rung >= ls_ladder_most(last, facts.worst)) return facts;
    rung = ls_ladder_next(rung);
    if (rung > recorded && !r->header->is_early) return facts;
  }
}

static const char *outcome_name(enum ls_outcome outcome) {
  static const char *const names[] = {
      "clean",          "leak",      "saturating", "inconclusive",
      "not repeatable", "not gated", "not armed"};
  return names[outcome];
}

static void judge_file(const char *path) {
  struct recording r;
  self.n = 0;
  memset(&total, 0, sizeof total);
  memset(self.index, 0, sizeof self.index);
  if (!read_recording(path, &r) || r.header->passes <= BASELINE) {
    printf("%s\tunreadable\t0\n", path);
    return;
  }
  struct ls_run_facts facts = climb(&r);
  struct ls_decision decision = ls_outcome_of(&facts);
  printf("%s\t%s\t%u\n", path, outcome_name(decision.outcome),
         facts.iterations);
  munmap(r.map, r.size);
}

int main(int argc, char **argv) {
  char path[4096];
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "no-births")) options.no_births = 1;
    if (!strcmp(argv[i], "total")) options.total = 1;
    if (!strcmp(argv[i], "total-only")) options.total_only = 1;
    if (!strcmp(argv[i], "path")) options.level = LEVEL_PATH;
    if (!strcmp(argv[i], "call")) options.level = LEVEL_CALL;
  }
  while (fgets(path, sizeof path, stdin)) {
    path[strcspn(path, "\n")] = '\0';
    judge_file(path);
  }
  return EXIT_SUCCESS;
}
