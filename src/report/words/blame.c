/* SPDX-License-Identifier: MIT */
/*
 * What is said of a measurement after it was made, by whoever knows more: a
 * note, and which of its call sites are blamed elsewhere already.
 */
#include <errno.h>
#include <string.h>

#include "report/model/cause.h"
#include "report/words/place.h"

static struct ls_measured *measured_of(const struct leakslope_report *report) {
  int is = report->ncases && report->cases[0].is_measured;
  return is ? &report->cases[0].measured : NULL;
}

const struct leakslope_frame *ls_report_place(
    const struct leakslope_report *report) {
  const struct ls_measured *m = measured_of(report);
  return m && m->nsites ? ls_place_blamed(&m->sites[0]) : NULL;
}

int ls_report_add_note(struct leakslope_report *report, const char *note) {
  struct ls_measured *m = measured_of(report);
  struct ls_text text = {.arena = &report->arena};
  if (!m) return -EINVAL;
  if (m->note && *m->note) {
    ls_text_add(&text, m->note);
    ls_text_add(&text, "; ");
  }
  ls_text_add(&text, note);
  if (text.truncated) return -ENOMEM;
  m->note = ls_text_string(&text);
  report->message = report->details = NULL;
  return 0;
}

/* ---- one cause ----------------------------------------------------------- */

/* The next frame from *at on that is a call of its own: not inlined, and not
   the same call once more, as in a recursion; NULL at the end. */
static const struct leakslope_frame *next_call(const struct ls_report_path *p,
                                               size_t *at) {
  const struct leakslope_frame *before = NULL;
  size_t i = *at;
  while (i < p->nframes && p->frames[i].inlined) i++;
  for (; i < p->nframes; i++) {
    const struct leakslope_frame *frame = &p->frames[i];
    if (frame->inlined) continue;
    if (before && before->offset != frame->offset) break;
    before = frame;
  }
  *at = i;
  return before;
}

/* By module and offset: names may be missing where the symbolizer had no
   time. */
static int same_call(const struct leakslope_frame *a,
                     const struct leakslope_frame *b) {
  if (!a || !b) return a == b;
  return a->offset == b->offset &&
         !strcmp(a->module ? a->module : "", b->module ? b->module : "");
}

/* By addresses. */
static int same_calls(const struct ls_report_path *a,
                      const struct ls_report_path *b) {
  size_t i = 0, k = 0;
  const struct leakslope_frame *x, *y;
  do {
    x = next_call(a, &i);
    y = next_call(b, &k);
    if (!same_call(x, y)) return 0;
  } while (x);
  return 1;
}

/* Two ways to one line are two causes: the callers differ. */
static int same_way(const struct ls_report_site *site,
                    const struct ls_report_path *a,
                    const struct ls_report_site *other,
                    const struct ls_report_path *b) {
  return same_calls(a, b) ||
         ls_cause_of_way(site, a, NULL) == ls_cause_of_way(other, b, NULL);
}

/* Whether `other` is reached in this way to the site. */
static int leads_to(const struct ls_report_site *other,
                    const struct ls_report_site *site,
                    const struct ls_report_path *way) {
  const struct ls_report_path shown = ls_cause_shown(other);
  if (same_way(other, &shown, site, way)) return 1;
  for (size_t i = 0; i < other->npaths; i++)
    if (same_way(other, &other->paths[i], site, way)) return 1;
  return 0;
}

/* What a measurement blames or accepts, and reached in this way. */
static int blames(const struct ls_measured *m,
                  const struct ls_report_site *site,
                  const struct ls_report_path *way) {
  for (size_t i = 0; i < m->nsites && m->outcome == LS_LEAK; i++)
    if (ls_place_same(&m->sites[i], site) && leads_to(&m->sites[i], site, way))
      return 1;
  for (size_t i = 0; i < m->naccepted; i++)
    if (ls_place_same(&m->accepted[i].site, site) &&
        leads_to(&m->accepted[i].site, site, way))
      return 1;
  return 0;
}

/* ---- taken out ----------------------------------------------------------- */

static void take_off(struct ls_law *law, const struct ls_law *part) {
  law->blocks_per_iteration -= part->blocks_per_iteration;
  law->bytes_per_iteration -= part->bytes_per_iteration;
  law->first_count -= part->first_count;
  law->last_count -= part->last_count;
  law->first_bytes -= part->first_bytes;
  law->last_bytes -= part->last_bytes;
}

/* The site is shown by its first way that is left. */
static void show_first(struct ls_report_site *site) {
  const struct leakslope_frame *blamed = ls_place_blamed(site);
  const struct ls_report_path *first = &site->paths[0];
  for (size_t i = 0; blamed && i < first->nframes; i++) {
    const struct leakslope_frame *frame = &first->frames[i];
    if (frame->lineno != blamed->lineno || !frame->function ||
        !blamed->function || strcmp(frame->function, blamed->function) != 0)
      continue;
    site->named = i;
    if (site->beyond > i) site->beyond = 0;
    break;
  }
  site->frames = first->frames;
  site->nframes = first->nframes;
  site->truncated = first->truncated;
  site->by = site->also = NULL; /* they told of the others */
  site->ncurve = site->ncheckpoints = 0;
}

/* Takes the ways out that `other` blames; 1 if none is left. */
static int empties(struct ls_report_site *site,
                   const struct ls_measured *other) {
  const struct ls_report_path own = ls_cause_shown(site);
  if (!site->npaths) return blames(other, site, &own);
  /* The arena is the report's own, so its paths may be changed. */
  struct ls_report_path *paths = (struct ls_report_path *)site->paths;
  size_t kept = 0, n = site->npaths;
  for (size_t i = 0; i < n; i++)
    if (blames(other, site, &paths[i]))
      take_off(&site->law, &paths[i].law);
    else
      paths[kept++] = paths[i];
  if (kept == n) return 0;
  site->npaths = kept;
  site->callers -= (uint32_t)(n - kept);
  if (kept) show_first(site);
  return kept == 0;
}

unsigned ls_report_discount(struct leakslope_report *report,
                            const struct leakslope_report *earlier) {
  struct ls_measured *m = measured_of(report);
  const struct ls_measured *other = measured_of(earlier);
  if (!m || !other || m->outcome != LS_LEAK) return 0;
  /* The arena is the report's own, so its sites may be changed. */
  struct ls_report_site *sites = (struct ls_report_site *)m->sites;
  size_t kept = 0, n = m->nsites;
  for (size_t i = 0; i < n; i++)
    if (!empties(&sites[i], other)) sites[kept++] = sites[i];
  m->nsites = kept;
  if (n && !kept) {
    m->outcome = LS_CLEAN;
    m->reason = LS_REASON_NONE;
  }
  report->message = report->details = NULL;
  return (unsigned)(n - kept);
}

/* ---- told before --------------------------------------------------------- */

static int is_among(uint64_t way, const uint64_t *ways, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (ways[i] == way) return 1;
  return 0;
}

/* Each way to it: one that was not told of may be another's fault. */
static int is_told(const struct ls_measured *m,
                   const struct ls_report_site *site, const uint64_t *known,
                   size_t nknown) {
  char name[256];
  uint64_t ways[LS_PATHS];
  size_t n = ls_cause_ways(site, ls_cause_test(m, name, sizeof name), ways);
  /* of those beyond the ones that are kept nothing is known */
  if (site->npaths && site->callers > site->npaths) return 0;
  for (size_t i = 0; i < n; i++)
    if (!is_among(ways[i], known, nknown)) return 0;
  return 1;
}

size_t ls_report_ways(const struct leakslope_report *report, uint64_t *ways,
                      size_t n) {
  const struct ls_measured *m = measured_of(report);
  size_t kept = 0;
  char name[256];
  if (!m || m->outcome != LS_LEAK) return 0;
  for (size_t i = 0; i < m->nsites; i++) {
    uint64_t own[LS_PATHS];
    size_t of =
        ls_cause_ways(&m->sites[i], ls_cause_test(m, name, sizeof name), own);
    for (size_t k = 0; k < of && kept < n; k++) ways[kept++] = own[k];
  }
  return kept;
}

size_t ls_report_retell(struct leakslope_report *report, const uint64_t *ways,
                        size_t n, const char *where) {
  struct ls_measured *m = measured_of(report);
  size_t told = 0;
  if (!m || m->outcome != LS_LEAK) return 0;
  /* The arena is the report's own, so its sites may be changed. */
  struct ls_report_site *sites = (struct ls_report_site *)m->sites;
  for (size_t i = 0; i < m->nsites; i++) {
    if (sites[i].told_in || !is_told(m, &sites[i], ways, n)) continue;
    sites[i].told_in = ls_arena_string(&report->arena, where);
    told += sites[i].told_in != NULL;
  }
  if (told) report->message = report->details = NULL;
  return told;
}
