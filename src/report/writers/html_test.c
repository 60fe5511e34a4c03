/* SPDX-License-Identifier: MIT */
/* Writes one test of the HTML report: its call sites, tracebacks and facts. */
#include <inttypes.h>
#include <string.h>

#include "report/model/names.h"
#include "report/words/number.h"
#include "report/words/place.h"
#include "report/words/words.h"
#include "report/writers/html.h"

enum {
  LINES_BEFORE = 4, /* of an excerpt */
  LINES_AFTER = 3,
  LINES_MOST = LINES_BEFORE + 1 + LINES_AFTER
};

/* ---- excerpts ------------------------------------------------------------ */

static void excerpt_line(struct ls_html *html, const struct ls_line *line,
                         unsigned number, unsigned marked) {
  struct ls_text *words = ls_html_fresh(html);
  ls_text_add_bytes(words, line->text, line->length);
  if (number == marked) ls_html_add(html, "<b>");
  ls_text_addf(html->out, "<i>%5u </i>", number);
  ls_html_words(html);
  ls_html_add(html, number == marked ? "</b>\n" : "\n");
}

/* Whether there was anything to show. */
static int excerpt(struct ls_html *html, const struct leakslope_frame *frame) {
  struct ls_line lines[LINES_MOST];
  unsigned line = frame->lineno;
  unsigned first = line > LINES_BEFORE ? line - LINES_BEFORE : 1;
  if (!frame->filename || !line || line > INT32_MAX) return 0;
  size_t n = ls_source_lines(&html->sources, frame->filename, first,
                             line + LINES_AFTER, lines);
  if (first + n <= line) return 0; /* the file is a later one */
  ls_html_add(html, "<pre>");
  for (size_t i = 0; i < n; i++)
    excerpt_line(html, &lines[i], first + (unsigned)i, line);
  ls_html_add(html, "</pre>");
  return 1;
}

/* ---- tracebacks ---------------------------------------------------------- */

static void frame_heading(struct ls_html *html, size_t i,
                          const struct leakslope_frame *frame) {
  ls_text_addf(html->out, "<span class=\"dim\">#%zu</span> <code>", i);
  ls_html_text(html, frame->function ? frame->function : "??");
  ls_html_add(html, "</code> <span class=\"dim\"><code>");
  ls_place_add(ls_html_fresh(html), frame);
  ls_html_words(html);
  ls_html_add(html, "</code>");
  if (frame->inlined) ls_html_add(html, " inlined");
  ls_html_add(html, "</span>");
}

/* The excerpt of the blamed frame is open. */
static void frame(struct ls_html *html, size_t i,
                  const struct leakslope_frame *frame, int named) {
  size_t start = html->out->length;
  ls_html_add(html, named ? "<li class=\"named\"><details open><summary>"
                          : "<li><details><summary>");
  frame_heading(html, i, frame);
  ls_html_add(html, "</summary>");
  if (excerpt(html, frame)) {
    ls_html_add(html, "</details></li>\n");
    return;
  }
  html->out->length = start; /* nothing to unfold */
  ls_html_add(html, named ? "<li class=\"named\">" : "<li>");
  frame_heading(html, i, frame);
  ls_html_add(html, "</li>\n");
}

static void traceback(struct ls_html *html,
                      const struct leakslope_frame *frames, size_t n,
                      size_t named) {
  ls_html_add(html, "<ol class=\"tb\">\n");
  for (size_t i = 0; i < n; i++) frame(html, i, &frames[i], i == named);
  ls_html_add(html, "</ol>\n");
}

/* Each way with what grows by it alone. */
static void path(struct ls_html *html, const struct ls_report_site *site,
                 size_t i) {
  const struct ls_report_path *path = &site->paths[i];
  struct ls_report_site alone = *site;
  alone.law = path->law;
  ls_text_addf(html->out, "<details%s><summary>path %zu: ", i ? "" : " open",
               i + 1);
  ls_words_growth(ls_html_fresh(html), &alone);
  ls_html_words(html);
  ls_html_add(html, "</summary>\n");
  size_t named = 0; /* where the paths meet, which is the same in all */
  const struct leakslope_frame *blamed = ls_place_blamed(site);
  while (blamed && named < path->nframes &&
         (path->frames[named].lineno != blamed->lineno ||
          path->frames[named].offset != blamed->offset))
    named++;
  traceback(html, path->frames, path->nframes, named);
  ls_html_add(html, "</details>\n");
}

static const char *made(const struct ls_report_site *site) {
  return site->domain == LEAKSLOPE_DOMAIN_MALLOC ? "Allocated" : "Made";
}

static void tracebacks(struct ls_html *html,
                       const struct ls_report_site *site) {
  if (!site->nframes) return; /* a label, which the heading has */
  if (site->npaths < 2) {
    ls_text_addf(html->out, "<h4>%s by</h4>\n", made(site));
    ls_words_callers(ls_html_fresh(html), site, "");
    ls_html_words(html);
    traceback(html, site->frames, site->nframes, site->named);
    return;
  }
  ls_text_addf(html->out, "<h4>%s by %" PRIu32 " paths</h4>\n", made(site),
               site->callers);
  if (site->by) {
    ls_html_add(html, "<p>");
    ls_html_text(html, site->by);
    ls_html_add(html, "</p>\n");
  }
  for (size_t i = 0; i < site->npaths; i++) path(html, site, i);
  if (site->callers > site->npaths)
    ls_text_addf(html->out, "<p class=\"dim\">and %" PRIu32 " more</p>\n",
                 site->callers - (uint32_t)site->npaths);
}

/* ---- facts --------------------------------------------------------------- */

static void term(struct ls_html *html, const char *name) {
  ls_text_addf(html->out, "<dt>%s</dt><dd>", name);
}

static void copied(struct ls_html *html, const char *name, const char *text) {
  term(html, name);
  ls_html_add(html, "<code class=\"copy\">");
  ls_html_text(html, text);
  ls_html_add(html, "</code></dd>\n");
}

/* That of the first leak, where there is one that covers nothing else. */
static void suppression(struct ls_html *html, const struct ls_measured *m,
                        const struct ls_report_site *site) {
  if (!m->advice || site != m->sites) return;
  ls_text_addf(ls_html_fresh(html), "leak:%s", m->advice);
  term(html, "suppress");
  ls_html_add(html, "<code class=\"copy\">");
  ls_html_words(html);
  ls_html_add(html, "</code></dd>\n");
}

/* The lines of a baseline that make it known, one for each caller that has a
   fingerprint of its own. */
static void entries(struct ls_html *html, const struct ls_measured *m,
                    const struct ls_report_site *site) {
  char fingerprint[17];
  if (m->outcome != LS_LEAK || !m->name) return;
  ls_fingerprint(site, fingerprint);
  ls_words_entry(ls_html_fresh(html), m, site, fingerprint);
  for (const char *at = site->also; at && *at; at += *at == ' ') {
    ls_text_add(&html->scratch, "\n");
    ls_words_entry(&html->scratch, m, site, at);
    at += strcspn(at, " ");
  }
  term(html, "for a baseline");
  ls_html_add(html, "<code class=\"copy\">");
  ls_html_words(html);
  ls_html_add(html, "</code></dd>\n");
}

static void born(struct ls_html *html, const struct ls_report_site *site) {
  if (!site->every) return;
  term(html, "when");
  ls_words_born(ls_html_fresh(html), site, "");
  ls_html_words(html);
  ls_html_add(html, "</dd>\n");
}

static void site_facts(struct ls_html *html, const struct ls_measured *m,
                       const struct ls_report_site *site, int accepted) {
  char fingerprint[17];
  ls_fingerprint(site, fingerprint);
  ls_html_add(html, "<dl>\n");
  if (site->domain != LEAKSLOPE_DOMAIN_MALLOC) {
    term(html, "domain");
    ls_html_text(html, ls_name(LS_NAMES_DOMAIN, site->domain));
    ls_html_add(html, "</dd>\n");
  }
  term(html, "law");
  ls_words_law(ls_html_fresh(html), site);
  ls_html_words(html);
  ls_html_add(html, "</dd>\n");
  /* the first leak's is among the facts of the test */
  if (accepted || site != m->sites) born(html, site);
  copied(html, "fingerprint", fingerprint);
  if (!accepted) suppression(html, m, site);
  if (!accepted) entries(html, m, site);
  ls_html_add(html, "</dl>\n");
}

static void holders(struct ls_html *html, const struct ls_report_site *site) {
  if (!site->nholders) return;
  ls_html_add(html, "<p>");
  ls_words_holders(ls_html_fresh(html), site, "");
  ls_html_words(html);
  ls_html_add(html, "</p>\n");
}

static void site(struct ls_html *html, const struct ls_measured *m,
                 const struct ls_report_site *site) {
  ls_html_add(html, "<section>");
  if (m->nsites > 1 || m->outcome != LS_LEAK) { /* else the message says it */
    ls_html_add(html, "<h4>");
    ls_words_site(ls_html_fresh(html), site);
    ls_html_words(html);
    ls_html_add(html, "</h4>\n");
  }
  ls_html_graphs(html, m, site);
  holders(html, site);
  site_facts(html, m, site, 0);
  tracebacks(html, site);
  ls_html_add(html, "</section>\n");
}

/* What grows by permission, and whose. */
static void accepted(struct ls_html *html, const struct ls_measured *m,
                     const struct ls_accepted *one) {
  ls_html_add(html, "<section><h4>");
  ls_words_accepted(ls_html_fresh(html), one);
  ls_html_words(html);
  ls_html_add(html, "</h4>\n");
  site_facts(html, m, &one->site, 1);
  tracebacks(html, &one->site);
  ls_html_add(html, "</section>\n");
}

static void measured_facts(struct ls_html *html, const struct ls_case *c) {
  const struct ls_measured *m = &c->measured;
  term(html, "measured");
  ls_words_facts(ls_html_fresh(html), m, "");
  ls_html_words(html);
  ls_html_add(html, "</dd>\n");
  if (!(m->untraced_bytes > 0) || m->reason == LS_REASON_UNTRACED) return;
  term(html, "beside it");
  ls_number_add_size(ls_html_fresh(html), m->untraced_bytes);
  ls_html_words(html);
  ls_html_add(html, "/iteration that no traced call explains</dd>\n");
}

static void facts(struct ls_html *html, const struct ls_case *c) {
  ls_html_add(html, "<dl>\n");
  if (c->test.file) {
    term(html, "test");
    ls_html_add(html, "<code>");
    ls_html_text(html, c->test.file);
    if (c->test.line > 0) ls_text_addf(html->out, ":%d", c->test.line);
    ls_html_add(html, "</code></dd>\n");
  }
  if (c->is_measured && c->measured.outcome <= LS_NOT_REPEATABLE)
    measured_facts(html, c);
  if (c->test.repeat) copied(html, "repeat", c->test.repeat);
  ls_html_add(html, "</dl>\n");
}

/* What Check says of a test that failed by itself. */
static void own_failure(struct ls_html *html, const struct leakslope_case *t) {
  ls_html_add(html, "<pre class=\"wrap\">");
  if (t->message_file) {
    ls_html_text(html, t->message_file);
    ls_text_addf(html->out, ":%d: ", t->message_line);
  }
  ls_html_text(html, t->message ? t->message : "failed");
  ls_html_add(html, "</pre>\n");
}

void ls_html_test(struct ls_html *html, size_t i) {
  const struct ls_case *c = &html->report->cases[i];
  ls_text_addf(html->out, "<article class=\"%s\" id=\"t%zu\"><header>",
               ls_html_class(c), i);
  ls_html_state(html, c);
  ls_html_add(html, "<h3>");
  ls_html_name(html, c);
  ls_html_add(html, "</h3></header>\n");
  if (c->test.result != LEAKSLOPE_PASSED && !ls_case_failed_by_measure(c)) {
    own_failure(html, &c->test);
  } else {
    ls_html_add(html, "<p><strong>");
    ls_words_case(ls_html_fresh(html), c);
    ls_html_words(html);
    ls_html_add(html, "</strong></p>\n");
  }
  facts(html, c);
  for (size_t k = 0; c->is_measured && k < c->measured.nsites; k++)
    site(html, &c->measured, &c->measured.sites[k]);
  for (size_t k = 0; k < c->measured.naccepted; k++)
    accepted(html, &c->measured, &c->measured.accepted[k]);
  ls_html_add(html, "</article>\n");
}
