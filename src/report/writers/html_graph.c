/* SPDX-License-Identifier: MIT */
/*
 * How a call site grew, drawn:
 *
 *    live blocks
 *    4k |          : judged       ..--
 *       | w :start-:        ..--''
 *     0 |_a_:_up___:..--''___________
 *       warm-up  0 n/8             n  iterations
 *
 * Passes before the baseline are not measured, so warm-up is a strip of fixed
 * width without a curve.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "platform/domains.h"
#include "report/words/number.h"
#include "report/words/words.h"
#include "report/writers/html.h"
#include "verdict/shape.h"

/* In units of the drawing, which is as wide as a phone. */
enum {
  WIDTH = 360,
  HEIGHT = 190,
  LEFT = 52,
  TOP = 10,
  RIGHT = 350,
  BOTTOM = 160,
  WARMUP = 26,
  TICKS = 5,
  GAP = 5,        /* between the axis and its labels */
  LABEL_MOST = 8, /* characters for which there is room beside it */
};

struct graph {
  struct ls_html *html;
  const struct ls_report_site *site;
  int in_bytes;
  uint32_t iterations;
  double low, high; /* of the y axis */
  double step;      /* between its ticks */
};

/* libm's would be a library that every traced process has to load. */
static double lesser(double a, double b) { return a < b ? a : b; }
static double greater(double a, double b) { return a > b ? a : b; }

static double value_of(const struct graph *g, const struct ls_checkpoint *p) {
  return (double)(g->in_bytes ? p->bytes : p->count);
}

static double x_of(const struct graph *g, double iteration) {
  double part = g->iterations ? iteration / g->iterations : 0;
  return LEFT + WARMUP + lesser(part, 1) * (RIGHT - LEFT - WARMUP);
}

static double y_of(const struct graph *g, double value) {
  double part = (value - g->low) / (g->high - g->low);
  return BOTTOM - greater(0, lesser(part, 1)) * (BOTTOM - TOP);
}

/* ---- the scale ----------------------------------------------------------- */

/* 1, 2 or 5 times a power of ten, or for bytes a power of two. */
static double step_for(double range, int in_bytes) {
  double step = 1;
  static const double factors[] = {2, 2.5, 2};
  for (int i = 0; step * TICKS < range && step < 1e18; i++)
    step *= in_bytes ? 2 : factors[i % 3];
  return step;
}

static void scale(struct graph *g) {
  const struct ls_checkpoint *points = g->site->curve;
  double low = value_of(g, &points[0]), high = low;
  for (size_t i = 1; i < g->site->ncurve; i++) {
    low = lesser(low, value_of(g, &points[i]));
    high = greater(high, value_of(g, &points[i]));
  }
  /* from zero, unless the growth would be a flat line then */
  if (low > 0 && high - low > 0.25 * high) low = 0;
  g->step = step_for(high - low, g->in_bytes);
  g->low = floor(low / g->step) * g->step;
  g->high = ceil(high / g->step) * g->step;
  if (!(g->high > g->low)) g->high = g->low + g->step;
}

/* "4,097" would be read as a fraction in half of the world. */
static void add_count(struct ls_text *out, double value) {
  int big = fabs(value) >= 1e6;
  ls_number_add(out, big ? value / 1e6 : value, big ? 2 : 0);
  if (big) ls_text_add(out, "M");
}

static void add_value(struct graph *g, double value) {
  if (!g->in_bytes) {
    add_count(g->html->out, value);
    return;
  }
  struct ls_text *words = ls_html_fresh(g->html);
  ls_number_add_size(words, value);
  const char *text = ls_text_string(words);
  ls_html_text(g->html, text + (text[0] == '+'));
}

/* At the axis: the unit is the axis's, so that its steps are short numbers. */
static void axis_value(struct graph *g, double value, struct ls_text *words) {
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  int at = 0;
  double unit = 1;
  unsigned decimals = 0;
  for (; at < 4 && fabs(g->high) >= unit * 1024; at++) unit *= 1024;
  double part = g->step / unit;
  for (; decimals < 3 && part > floor(part); decimals++) part *= 10;
  ls_number_add(words, value / unit, decimals);
  ls_text_addf(words, " %s", units[at]);
}

/* ---- parts of the drawing ------------------------------------------------ */

static void coordinate(struct graph *g, const char *name, double value) {
  ls_text_addf(g->html->out, " %s=\"", name);
  ls_number_add(g->html->out, value, 1);
  ls_text_add(g->html->out, "\"");
}

static void line(struct graph *g, const char *class, double x1, double y1,
                 double x2, double y2) {
  ls_text_addf(g->html->out, "<line class=\"%s\"", class);
  coordinate(g, "x1", x1);
  coordinate(g, "y1", y1);
  coordinate(g, "x2", x2);
  coordinate(g, "y2", y2);
  ls_html_add(g->html, "/>");
}

static void band(struct graph *g, const char *class, double from, double to) {
  ls_text_addf(g->html->out, "<rect class=\"%s\"", class);
  coordinate(g, "x", from);
  coordinate(g, "y", TOP);
  coordinate(g, "width", to - from);
  coordinate(g, "height", BOTTOM - TOP);
  ls_html_add(g->html, "/>");
}

static void begin_label(struct graph *g, const char *anchor, double x,
                        double y) {
  ls_text_addf(g->html->out, "<text text-anchor=\"%s\"", anchor);
  coordinate(g, "x", x);
  coordinate(g, "y", y);
  ls_html_add(g->html, ">");
}

static void label(struct graph *g, const char *anchor, double x, double y,
                  const char *words) {
  begin_label(g, anchor, x, y);
  ls_html_add(g->html, words);
  ls_html_add(g->html, "</text>");
}

static void number_below(struct graph *g, const char *anchor,
                         uint32_t iteration) {
  begin_label(g, anchor, x_of(g, iteration), BOTTOM + 13);
  ls_text_addf(g->html->out, "%" PRIu32 "</text>", iteration);
}

/* What is too long for its place is drawn narrower. */
static void axis_label(struct graph *g, double value, double y) {
  struct ls_text *words = ls_html_fresh(g->html);
  if (g->in_bytes)
    axis_value(g, value, words);
  else
    add_count(words, value);
  ls_text_addf(g->html->out, "<text text-anchor=\"end\"");
  coordinate(g, "x", LEFT - GAP);
  coordinate(g, "y", y);
  if (words->length > LABEL_MOST)
    ls_text_addf(g->html->out,
                 " textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\"",
                 LEFT - GAP - 1);
  ls_html_add(g->html, ">");
  ls_html_text(g->html, ls_text_string(words));
  ls_html_add(g->html, "</text>");
}

static void y_axis(struct graph *g) {
  for (int i = 0; i <= TICKS; i++) {
    double value = g->low + i * g->step;
    if (value > g->high) break;
    double y = y_of(g, value);
    line(g, "axis", LEFT, y, RIGHT, y);
    axis_label(g, value, y + 3.5);
  }
}

static void x_axis(struct graph *g) {
  number_below(g, "middle", 0);
  if (g->iterations > 1) number_below(g, "middle", g->iterations / 2);
  if (g->iterations) number_below(g, "end", g->iterations);
  label(g, "middle", (LEFT + WARMUP + RIGHT) / 2.0, BOTTOM + 26, "iterations");
  label(g, "middle", LEFT + WARMUP / 2.0, BOTTOM + 26, "warm-up");
}

/* Start-up is the first eighth of what was measured. */
static void bands(struct graph *g) {
  double start = x_of(g, (double)g->iterations / LS_STARTUP_PART);
  band(g, "warmup", LEFT, LEFT + WARMUP);
  band(g, "startup", LEFT + WARMUP, start);
  label(g, "start", start + 4, TOP + 9, "judged");
  line(g, "base", LEFT + WARMUP, TOP, LEFT + WARMUP, BOTTOM);
}

static void curve(struct graph *g) {
  const struct ls_checkpoint *points = g->site->curve;
  ls_html_add(g->html, "<polyline class=\"curve\" points=\"");
  for (size_t i = 0; i < g->site->ncurve; i++) {
    ls_number_add(g->html->out, x_of(g, points[i].iteration), 1);
    ls_html_add(g->html, ",");
    ls_number_add(g->html->out, y_of(g, value_of(g, &points[i])), 1);
    ls_html_add(g->html, " ");
  }
  ls_html_add(g->html, "\"/>");
}

/* A straight line through the end with the slope that is reported. */
static void law(struct graph *g) {
  const struct ls_law *law = &g->site->law;
  double rate =
      g->in_bytes ? law->bytes_per_iteration : law->blocks_per_iteration;
  double end = value_of(g, &g->site->curve[g->site->ncurve - 1]);
  double begin = end - rate * g->iterations;
  if (law->form != LS_LAW_LINEAR || !(rate > 0) || begin < g->low) return;
  line(g, "law", x_of(g, 0), y_of(g, begin), x_of(g, g->iterations),
       y_of(g, end));
}

static const char *title(const struct graph *g) {
  if (g->in_bytes) return "live bytes";
  if (g->site->domain == LEAKSLOPE_DOMAIN_FD) return "live descriptors";
  return ls_domains[g->site->domain].live;
}

static void draw(struct graph *g) {
  struct ls_html *html = g->html;
  const struct ls_report_site *site = g->site;
  scale(g);
  ls_text_addf(html->out,
               "<figure><figcaption>%s</figcaption>"
               "<svg viewBox=\"0 0 %d %d\" role=\"img\" "
               "aria-label=\"%s: ",
               title(g), WIDTH, HEIGHT, title(g));
  add_value(g, value_of(g, &site->curve[0]));
  ls_html_add(html, " to ");
  add_value(g, value_of(g, &site->curve[site->ncurve - 1]));
  ls_text_addf(html->out, " in %" PRIu32 " iterations\">", g->iterations);
  bands(g);
  y_axis(g);
  x_axis(g);
  curve(g);
  law(g);
  ls_html_add(html, "</svg></figure>\n");
}

void ls_html_graphs(struct ls_html *html, const struct ls_measured *m,
                    const struct ls_report_site *site) {
  struct graph g = {.html = html, .site = site};
  if (site->ncurve < 2) return;
  g.iterations = site->curve[site->ncurve - 1].iteration;
  ls_html_add(html, "<div class=\"graphs\">\n");
  draw(&g);
  g.in_bytes = 1;
  if (ls_domains[site->domain].has_size) draw(&g);
  ls_html_add(html, "</div>\n<p class=\"dim small\">");
  ls_number_add_count(html->out, m->warmup, "warm-up");
  ls_html_add(html,
              " before the baseline (dotted, at 0) not measured; the shaded "
              "first eighth is start-up and not judged, the rest is");
  if (site->law.form == LS_LAW_LINEAR)
    ls_html_add(html, "; dashed: the law that is reported");
  ls_html_add(html, ".</p>\n");
}
