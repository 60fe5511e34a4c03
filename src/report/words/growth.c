/* SPDX-License-Identifier: MIT */
/*
 * How fast a call site grows, in as few words as are true: a leak of one block
 * in each call should read "+1 block/iteration" although the measured slope is
 * 0.996 after a late first touch.
 */
#include <inttypes.h>
#include <math.h>

#include "platform/domains.h"
#include "report/model/names.h"
#include "report/words/number.h"
#include "report/words/words.h"

/* Nearer than this to a whole number (or to one in k) is taken for it. */
static const double TOLERANCE = 0.02;

/* Blocks that a slope must come to over the run; with fewer the count stays,
   and what the slope shows is one leap spread over all iterations. */
static const double LEAST_BLOCKS = 2;

/* Of a curve whose halves are told apart: points, and what it grew at first. */
enum { LEAST_POINTS = 8, LEAST_GROWTH = 16 };

/* So many blocks in so many iterations. */
struct step {
  double blocks;
  double iterations;
};

static struct step step_of(double rate) {
  double whole = floor(rate + 0.5);
  if (whole >= 1 && fabs(rate - whole) <= TOLERANCE * whole)
    return (struct step){whole, 1};
  double every = floor(1 / rate + 0.5);
  if (fabs(rate * every - 1) <= TOLERANCE) return (struct step){1, every};
  return (struct step){rate, 1};
}

/* " fds" after a number of them. */
static void add_noun(struct ls_text *text, const struct ls_report_site *site,
                     double number) {
  const char *noun = ls_domains[site->domain].noun;
  if (*noun) ls_text_addf(text, " %s%s", noun, number == 1 ? "" : "s");
}

static int has_size(const struct ls_report_site *site) {
  return ls_domains[site->domain].has_size;
}

/* Iterations that the checkpoints reach over; 0 where there are none. */
static uint32_t span_of(const struct ls_report_site *site) {
  size_t n = site->ncheckpoints;
  return n ? site->checkpoints[n - 1].iteration : 0;
}

static int has_rate(const struct ls_report_site *site) {
  double rate = site->law.blocks_per_iteration;
  uint32_t span = span_of(site);
  if (site->law.form == LS_LAW_DOUBLING) return 0;
  return span ? rate * span >= LEAST_BLOCKS : rate > 0;
}

int ls_words_in_bytes(const struct ls_report_site *site) {
  return has_size(site) && !has_rate(site);
}

/* " (+1.0 KiB)": the bytes that go with the step as it is shown. */
static void add_bytes_of(struct ls_text *text,
                         const struct ls_report_site *site,
                         const struct step *step) {
  const struct ls_law *law = &site->law;
  double each = law->bytes_per_iteration / law->blocks_per_iteration;
  double bytes = each * step->blocks;
  if (!has_size(site) || !(fabs(bytes) >= 0.05)) return;
  ls_text_add(text, " (");
  ls_number_add_size(text, bytes);
  ls_text_add(text, ")");
}

static void add_rate(struct ls_text *text, const struct ls_report_site *site) {
  struct step step = step_of(site->law.blocks_per_iteration);
  ls_text_add(text, "+");
  ls_number_add(text, step.blocks, 2);
  add_noun(text, site, step.blocks);
  if (step.iterations > 1) {
    ls_text_add(text, " / ");
    ls_number_add(text, step.iterations, 0);
    ls_text_add(text, " iterations");
  } else {
    ls_text_add(text, "/iteration");
  }
  add_bytes_of(text, site, &step);
}

/* " over 1021 iterations", as far as the checkpoints reach. */
static void add_span(struct ls_text *text, const struct ls_report_site *site) {
  if (!span_of(site)) return;
  ls_text_add(text, " over ");
  ls_number_add_count(text, span_of(site), "iteration");
}

/* A buffer has no rate per iteration when it doubles, and none to read when it
   grows by less than a byte in each: the sum is said then. */
static void add_bytes(struct ls_text *text, const struct ls_report_site *site) {
  const struct ls_law *law = &site->law;
  int doubles = law->form == LS_LAW_DOUBLING;
  if (!doubles && law->bytes_per_iteration >= 1) {
    ls_number_add_size(text, law->bytes_per_iteration);
    ls_text_add(text, "/iteration");
    return;
  }
  if (doubles) ls_text_add(text, "buffer doubling: ");
  ls_number_add_size(text, (double)law->last_bytes - (double)law->first_bytes);
  add_span(text, site);
}

/* Descriptors with no slope to speak of: one that stopped near its limit. */
static void add_sum(struct ls_text *text, const struct ls_report_site *site) {
  double sum = (double)site->law.last_count - (double)site->law.first_count;
  if (sum >= 0) ls_text_add(text, "+");
  ls_number_add(text, sum, 0);
  add_noun(text, site, sum);
  add_span(text, site);
}

void ls_words_growth(struct ls_text *text, const struct ls_report_site *site) {
  if (has_rate(site))
    add_rate(text, site);
  else if (ls_words_in_bytes(site))
    add_bytes(text, site);
  else
    add_sum(text, site);
}

/* ---- a curve that flattens ----------------------------------------------- */

/* What grew in the first half of the run and in the second. */
static int halves(const struct ls_report_site *site, int in_bytes,
                  int64_t *first, int64_t *second) {
  size_t n = site->ncurve;
  if (n < LEAST_POINTS) return 0;
  const struct ls_checkpoint *begin = &site->curve[0], *end = begin + n - 1,
                             *middle = begin;
  while (middle < end && middle->iteration < end->iteration / 2) middle++;
  *first =
      in_bytes ? middle->bytes - begin->bytes : middle->count - begin->count;
  *second = in_bytes ? end->bytes - middle->bytes : end->count - middle->count;
  return *first >= LEAST_GROWTH && *second >= 0;
}

/* Rungs of the ladder: 61, 253, 1021, 4093, ... */
static uint32_t next_rung(uint32_t iterations) {
  enum { BELOW = 3 };
  uint64_t power = 64;
  while (power - BELOW <= iterations) power *= 4;
  return (uint32_t)(power - BELOW);
}

static int is_flattening(const struct ls_report_site *site, int in_bytes,
                         int64_t *first, int64_t *second) {
  const double flat = 0.75;
  return site->law.form == LS_LAW_LINEAR &&
         halves(site, in_bytes, first, second) &&
         (double)*second <= flat * (double)*first;
}

int ls_words_flattens(const struct ls_report_site *site) {
  int64_t first, second;
  return is_flattening(site, ls_words_in_bytes(site), &first, &second);
}

/* A leak grows in the second half as in the first; a cache that fills up may
   pass for one, and then that is said. */
static int add_flattening(struct ls_text *text,
                          const struct ls_report_site *site, int in_bytes) {
  enum { MOST = 1000000 };
  int64_t first, second;
  if (!is_flattening(site, in_bytes, &first, &second)) return 0;
  ls_text_add(text, "+");
  ls_number_add_thousands(text, (uint64_t)first);
  ls_text_add(text, ", then +");
  ls_number_add_thousands(text, (uint64_t)second);
  uint32_t more = next_rung(site->curve[site->ncurve - 1].iteration);
  ls_text_add(text, ": a larger cache?");
  if (more <= MOST)
    ls_text_addf(text, " CK_LEAK_ITERATIONS=%" PRIu32 " tells", more);
  return 1;
}

void ls_words_law(struct ls_text *text, const struct ls_report_site *site) {
  const struct ls_law *law = &site->law;
  int in_bytes = ls_words_in_bytes(site);
  ls_text_addf(text, "%s %" PRId64 " -> %" PRId64 ", ",
               in_bytes ? "live bytes" : ls_domains[site->domain].live,
               in_bytes ? law->first_bytes : law->first_count,
               in_bytes ? law->last_bytes : law->last_count);
  if (!add_flattening(text, site, in_bytes))
    ls_text_add(text, ls_name(LS_NAMES_FORM, law->form));
}
