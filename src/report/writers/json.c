/* SPDX-License-Identifier: MIT */
/*
 * All of a report as JSON; report.schema.json says what is in it.
 *
 * What `leakslope report` reads are the facts.  Beside them stands what people
 * are told (verdict, growth, law in words), so that a reader of the file needs
 * no rules of ours.
 */
#include <inttypes.h>

#include "report/model/names.h"
#include "report/words/json_text.h"
#include "report/words/number.h"
#include "report/words/words.h"

enum { FORMAT_VERSION = 1 };

struct writer {
  struct ls_json json;
  struct ls_text scratch;
};

typedef void site_words(struct ls_text *text, const struct ls_report_site *s);

static struct ls_text *fresh(struct writer *w) {
  w->scratch.length = 0;
  if (w->scratch.data) w->scratch.data[0] = '\0';
  return &w->scratch;
}

static void words_of_site(struct writer *w, const char *key, site_words *add,
                          const struct ls_report_site *site) {
  add(fresh(w), site);
  ls_json_string(&w->json, key, ls_text_string(&w->scratch));
}

/* ---- a call site --------------------------------------------------------- */

static void law(struct writer *w, const struct ls_law *law) {
  struct ls_json *json = &w->json;
  ls_json_open_line(json, "law", '{');
  ls_json_string(json, "form", ls_name(LS_NAMES_FORM, law->form));
  ls_json_real(json, "blocks_per_iteration", law->blocks_per_iteration);
  ls_json_real(json, "bytes_per_iteration", law->bytes_per_iteration);
  ls_json_whole(json, "first_count", law->first_count);
  ls_json_whole(json, "last_count", law->last_count);
  ls_json_whole(json, "first_bytes", law->first_bytes);
  ls_json_whole(json, "last_bytes", law->last_bytes);
  ls_json_close(json, '}');
}

/* [iteration, count, bytes] each. */
static void points(struct writer *w, const char *key,
                   const struct ls_checkpoint *points, size_t n) {
  struct ls_json *json = &w->json;
  ls_json_open_line(json, key, '[');
  for (size_t i = 0; i < n; i++) {
    ls_json_open(json, NULL, '[');
    ls_json_whole(json, NULL, points[i].iteration);
    ls_json_whole(json, NULL, points[i].count);
    ls_json_whole(json, NULL, points[i].bytes);
    ls_json_close(json, ']');
  }
  ls_json_close(json, ']');
}

/* An offset is an address, up to 64 bits: more than other languages' numbers
   hold. */
static void frame(struct writer *w, const char *key,
                  const struct leakslope_frame *frame) {
  struct ls_json *json = &w->json;
  ls_json_open_line(json, key, '{');
  ls_json_string(json, "function", frame->function);
  ls_json_string(json, "file", frame->filename);
  ls_json_whole(json, "line", frame->lineno);
  ls_json_string(json, "module", frame->module);
  ls_text_addf(fresh(w), "0x%" PRIx64, frame->offset);
  ls_json_string(json, "offset", ls_text_string(&w->scratch));
  ls_json_boolean(json, "inlined", frame->inlined);
  ls_json_close(json, '}');
}

static void frames(struct writer *w, const struct leakslope_frame *frames,
                   size_t n) {
  ls_json_open(&w->json, "frames", '[');
  for (size_t i = 0; i < n; i++) frame(w, NULL, &frames[i]);
  ls_json_close(&w->json, ']');
}

/* Of the frames in front of it; only where it is so. */
static void truncated(struct writer *w, uint32_t is_truncated) {
  if (is_truncated) ls_json_boolean(&w->json, "truncated", 1);
}

static void paths(struct writer *w, const struct ls_report_site *site) {
  ls_json_open(&w->json, "paths", '[');
  for (size_t i = 0; i < site->npaths; i++) {
    ls_json_open(&w->json, NULL, '{');
    law(w, &site->paths[i].law);
    frames(w, site->paths[i].frames, site->paths[i].nframes);
    truncated(w, site->paths[i].truncated);
    ls_json_close(&w->json, '}');
  }
  ls_json_close(&w->json, ']');
}

/* The first iterations in which survivors were born, at equal distances. */
static void births(struct ls_json *json, const struct ls_report_site *site) {
  ls_json_whole(json, "every", site->every);
  ls_json_open_line(json, "born", '[');
  for (unsigned i = 0; i < LS_BORN && site->born[i]; i++)
    ls_json_whole(json, NULL, site->born[i]);
  ls_json_close(json, ']');
}

static void holder(struct writer *w, const struct ls_report_holder *one) {
  struct ls_json *json = &w->json;
  ls_json_open(json, NULL, '{');
  ls_json_string(json, "kind", ls_name(LS_NAMES_HOLDER, one->kind));
  ls_json_string(json, "by", ls_name(LS_NAMES_POINTER, one->by));
  ls_json_whole(json, "blocks", (int64_t)one->blocks);
  ls_json_whole(json, "of", (int64_t)one->of);
  ls_json_boolean(json, "in_use", (int)one->in_use);
  ls_json_string(json, "path", one->path);
  ls_json_string(json, "root", one->root);
  frame(w, "place", &one->place);
  frame(w, "from", &one->from);
  ls_json_open(json, "steps", '[');
  for (size_t i = 0; i < one->nsteps; i++) {
    ls_json_open(json, NULL, '{');
    frame(w, "place", &one->steps[i].frame);
    ls_json_string(json, "offsets", one->steps[i].offsets);
    ls_json_boolean(json, "repeats", (int)one->steps[i].repeats);
    ls_json_close(json, '}');
  }
  ls_json_close(json, ']');
  ls_json_close(json, '}');
}

/* Only where they were looked for. */
static void holders(struct writer *w, const struct ls_report_site *site) {
  if (!site->nholders) return;
  ls_json_open(&w->json, "holders", '[');
  for (size_t i = 0; i < site->nholders; i++) holder(w, &site->holders[i]);
  ls_json_close(&w->json, ']');
}

static void site(struct writer *w, const char *key,
                 const struct ls_report_site *site) {
  struct ls_json *json = &w->json;
  char fingerprint[17];
  ls_fingerprint(site, fingerprint);
  ls_json_open(json, key, '{');
  ls_json_string(json, "domain", ls_name(LS_NAMES_DOMAIN, site->domain));
  ls_json_string(json, "state", ls_name(LS_NAMES_STATE, site->state));
  words_of_site(w, "growth", ls_words_site, site);
  words_of_site(w, "growth_law", ls_words_law, site);
  law(w, &site->law);
  ls_json_string(json, "fingerprint", fingerprint);
  ls_json_string(json, "other_fingerprints", site->also);
  births(json, site);
  points(w, "checkpoints", site->checkpoints, site->ncheckpoints);
  points(w, "curve", site->curve, site->ncurve);
  ls_json_whole(json, "callers", site->callers);
  ls_json_string(json, "by_caller", site->by);
  ls_json_string(json, "label", site->label);
  ls_json_whole(json, "blamed_frame", (int64_t)site->named);
  ls_json_whole(json, "wrapper_frames", (int64_t)site->beyond);
  frames(w, site->frames, site->nframes);
  truncated(w, site->truncated);
  paths(w, site);
  holders(w, site);
  ls_json_close(json, '}');
}

/* ---- a test -------------------------------------------------------------- */

/* JSON's numbers may be signed ones. */
static void large(struct ls_json *json, const char *key, uint64_t value) {
  ls_json_whole(json, key, value < INT64_MAX ? (int64_t)value : INT64_MAX);
}

static void accepted(struct writer *w, const struct ls_measured *m) {
  struct ls_json *json = &w->json;
  ls_json_open(json, "accepted", '[');
  for (size_t i = 0; i < m->naccepted; i++) {
    const struct ls_accepted *one = &m->accepted[i];
    ls_json_open(json, NULL, '{');
    ls_json_string(json, "by", ls_name(LS_NAMES_ACCEPTANCE, one->by));
    ls_json_string(json, "rule", one->rule);
    large(json, "limit", one->limit);
    site(w, "site", &one->site);
    ls_json_close(json, '}');
  }
  ls_json_close(json, ']');
}

static void measured(struct writer *w, const struct ls_measured *m) {
  struct ls_json *json = &w->json;
  ls_json_open(json, "measured", '{');
  ls_json_string(json, "outcome", ls_outcome_name(m->outcome));
  ls_json_string(json, "reason", ls_name(LS_NAMES_REASON, m->reason));
  ls_json_string(json, "note", m->note);
  ls_json_whole(json, "iterations", m->iterations);
  ls_json_whole(json, "planned", m->planned);
  ls_json_whole(json, "warmup", m->warmup);
  ls_json_whole(json, "rules_out", m->ruled_out);
  ls_json_whole(json, "first_rung", m->first_rung);
  ls_json_whole(json, "step", m->step);
  large(json, "drops", m->drops);
  ls_json_real(json, "untraced_bytes", m->untraced_bytes);
  ls_json_string(json, "suppression", m->advice);
  ls_json_string(json, "baseline_name", m->name);
  ls_json_boolean(json, "has_baseline", m->has_baseline);
  ls_json_open(json, "sites", '[');
  for (size_t i = 0; i < m->nsites; i++) site(w, NULL, &m->sites[i]);
  ls_json_close(json, ']');
  accepted(w, m);
  ls_json_close(json, '}');
}

static void names(struct ls_json *json, const struct leakslope_case *test) {
  ls_json_string(json, "suite", test->suite);
  ls_json_string(json, "tcase", test->tcase);
  ls_json_string(json, "test", test->name);
  if (test->index >= 0)
    ls_json_whole(json, "index", test->index);
  else
    ls_json_string(json, "index", NULL);
  ls_json_whole(json, "position", test->position);
  ls_json_string(json, "file", test->file);
  ls_json_whole(json, "line", test->line);
}

static void test(struct writer *w, const struct ls_case *c) {
  struct ls_json *json = &w->json;
  ls_json_open(json, NULL, '{');
  names(json, &c->test);
  ls_json_real(json, "seconds", c->test.seconds);
  ls_json_string(json, "result", ls_name(LS_NAMES_RESULT, c->test.result));
  ls_json_string(json, "message", c->test.message);
  ls_json_string(json, "message_file", c->test.message_file);
  ls_json_whole(json, "message_line", c->test.message_line);
  ls_json_string(json, "failure_type", c->test.failure_type);
  ls_json_string(json, "outcome", ls_case_outcome_name(c));
  ls_words_case(fresh(w), c);
  ls_json_string(json, "verdict", ls_text_string(&w->scratch));
  ls_json_string(json, "reason", c->reason);
  ls_json_string(json, "repeat", c->test.repeat);
  if (c->is_measured)
    measured(w, &c->measured);
  else
    ls_json_string(json, "measured", NULL);
  ls_json_close(json, '}');
}

/* ---- the report ---------------------------------------------------------- */

static void settings(struct writer *w, const struct leakslope_report *report) {
  ls_json_open(&w->json, "settings", '{');
  for (size_t i = 0; report->nprograms && i < report->programs[0].nsettings;
       i++)
    ls_json_string(&w->json, report->programs[0].settings[i].name,
                   report->programs[0].settings[i].value);
  ls_json_close(&w->json, '}');
}

/* What `leakslope sites` asks for; only where it was noted. */
static void calls(struct writer *w, const struct leakslope_report *report) {
  struct ls_json *json = &w->json;
  const struct ls_calls *all;
  size_t n;
  int knows;
  if (ls_calls_of_report(report, w->scratch.arena, &knows, &n, &all)) {
    w->scratch.truncated = 1;
    return;
  }
  if (!knows) return;
  ls_json_open(json, "calls", '[');
  for (size_t i = 0; i < n; i++) {
    ls_json_open(json, NULL, '{');
    ls_json_string(json, "module", all[i].module);
    ls_json_string(json, "build_id", all[i].build_id);
    ls_json_open_line(json, "offsets", '[');
    for (size_t k = 0; k < all[i].n; k++)
      ls_json_whole(json, NULL, (int64_t)all[i].offsets[k]);
    ls_json_close(json, ']');
    ls_json_close(json, '}');
  }
  ls_json_close(json, ']');
}

void ls_write_json(struct ls_text *out, const struct leakslope_report *report) {
  struct ls_arena arena = {0};
  struct writer w = {.json = {.out = out}, .scratch = {.arena = &arena}};
  struct ls_json *json = &w.json;
  ls_json_open(json, NULL, '{');
  ls_json_string(json, "format", "leakslope-report");
  ls_json_whole(json, "version", FORMAT_VERSION);
  ls_json_string(json, "program", report->program);
  settings(&w, report);
  ls_words_summary(fresh(&w), report);
  ls_json_string(json, "summary", ls_text_string(&w.scratch));
  ls_json_open(json, "tests", '[');
  for (size_t i = 0; i < report->ncases; i++) test(&w, &report->cases[i]);
  ls_json_close(json, ']');
  calls(&w, report);
  ls_json_close(json, '}');
  ls_text_add(out, "\n");
  if (w.scratch.truncated) out->truncated = 1;
  ls_arena_release(&arena);
}
