/* SPDX-License-Identifier: MIT */
/*
 * What is said of a measurement after it was made, by whoever knows more: a
 * note, and which of its call sites are blamed elsewhere already.
 */
#include <errno.h>
#include <string.h>

#include "report/model.h"
#include "report/place.h"

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

static int blames(const struct ls_measured *m,
                  const struct ls_report_site *site) {
  for (size_t i = 0; i < m->nsites && m->outcome == LS_LEAK; i++)
    if (ls_place_same(&m->sites[i], site)) return 1;
  for (size_t i = 0; i < m->naccepted; i++)
    if (ls_place_same(&m->accepted[i].site, site)) return 1;
  return 0;
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
    if (!blames(other, &sites[i])) sites[kept++] = sites[i];
  m->nsites = kept;
  if (n && !kept) {
    m->outcome = LS_CLEAN;
    m->reason = LS_REASON_NONE;
  }
  report->message = report->details = NULL;
  return (unsigned)(n - kept);
}
