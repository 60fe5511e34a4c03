/* SPDX-License-Identifier: MIT */
/* Leaks that are rare, that begin late, that take turns or hide. */
#include <string.h>

#include "scenario.h"

/* ---- rare --------------------------------------------------------------- */

START_TEST(lost_1in5) {
  static unsigned n;
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (n++ % 5) free(block);
}
END_TEST

START_TEST(lost_1in10) {
  static unsigned n;
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (n++ % 10) free(block);
}
END_TEST

START_TEST(lost_1in50) {
  static unsigned n;
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (n++ % 50) free(block);
}
END_TEST

START_TEST(lost_1in150) {
  static unsigned n;
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (n++ % 150) free(block);
}
END_TEST

START_TEST(lost_p50) {
  static struct sequence random = {.name = "lost_p50"};
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (sequence_unit(&random) >= 0.5) free(block);
}
END_TEST

START_TEST(lost_p10) {
  static struct sequence random = {.name = "lost_p10"};
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (sequence_unit(&random) >= 0.1) free(block);
}
END_TEST

START_TEST(lost_p05) {
  static struct sequence random = {.name = "lost_p05"};
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (sequence_unit(&random) >= 0.05) free(block);
}
END_TEST

START_TEST(lost_p02) {
  static struct sequence random = {.name = "lost_p02"};
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (sequence_unit(&random) >= 0.02) free(block);
}
END_TEST

/* Ten blocks at once, now and then. */
START_TEST(lost_bursts) {
  static struct sequence random = {.name = "lost_bursts"};
  if (sequence_below(&random, 40)) return;
  for (int i = 0; i < 10; i++) {
    char *block = malloc(32); /* leaks */
    KEEP(block);
  }
}
END_TEST

/* ---- on one path of several --------------------------------------------- */

struct job {
  char *name, *input, *output;
};

/* What has a name, but no output is freed without its name. */
START_TEST(partial_free) {
  static unsigned n;
  struct job *job = calloc(1, sizeof *job);
  job->name = strdup("compile"); /* leaks */
  job->input = malloc(200);
  if (n++ % 4) job->output = malloc(300);
  KEEP(job);
  if (job->output) {
    free(job->name);
    free(job->output);
  }
  free(job->input);
  free(job);
}
END_TEST

/* Both branches forget what they took. */
START_TEST(alternate_sites) {
  static unsigned n;
  char *text;
  if (n++ % 2)
    text = malloc(30); /* leaks */
  else
    text = strdup("the other branch"); /* leaks */
  KEEP(text);
}
END_TEST

/* One of eight places in turn. */
START_TEST(many_sites) {
  static unsigned n;
  char *forgotten = NULL;
  switch (n++ % 8) {
    case 0:
      forgotten = malloc(20); /* leaks */
      break;
    case 1:
      forgotten = malloc(21); /* leaks */
      break;
    case 2:
      forgotten = malloc(22); /* leaks */
      break;
    case 3:
      forgotten = malloc(23); /* leaks */
      break;
    case 4:
      forgotten = malloc(24); /* leaks */
      break;
    case 5:
      forgotten = malloc(25); /* leaks */
      break;
    case 6:
      forgotten = malloc(26); /* leaks */
      break;
    default:
      forgotten = malloc(27); /* leaks */
      break;
  }
  KEEP(forgotten);
}
END_TEST

/* ---- late --------------------------------------------------------------- */

START_TEST(late_from_60) {
  static unsigned n;
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (n++ < 60) free(block);
}
END_TEST

START_TEST(late_from_300) {
  static unsigned n;
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (n++ < 300) free(block);
}
END_TEST

/* Faster and faster. */
START_TEST(accelerating) {
  static unsigned n;
  static char *blocks[1 << 16];
  static size_t used;
  n++;
  for (unsigned i = 0; i < n / 256 && used < LENGTH(blocks); i++)
    blocks[used++] = malloc(24); /* leaks */
  KEEP(blocks);
}
END_TEST

/* In every second 100 iterations. */
START_TEST(on_and_off) {
  static unsigned n;
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (n++ / 100 % 2) free(block);
}
END_TEST

/* ---- hidden behind what shrinks ----------------------------------------- */

/* Two old blocks go for each new one that stays. */
START_TEST(masked_elsewhere) {
  enum { FIRST = 6000 };
  static char *old[FIRST];
  static unsigned left, is_filled;
  if (!is_filled)
    while (left < FIRST) old[left++] = malloc(100);
  is_filled = 1;
  for (int i = 0; i < 2; i++)
    if (left) free(old[--left]);
  KEEP(old);
  char *block = malloc(100); /* leaks */
  KEEP(block);
}
END_TEST

/* The same from one line. */
START_TEST(masked_same_site) {
  enum { FIRST = 500 };
  static char *old[FIRST];
  static unsigned left, is_filled;
  unsigned wanted = is_filled ? 1 : FIRST + 1;
  char *block = NULL;
  for (unsigned i = 0; i < wanted; i++) {
    if (i) old[left++] = block;
    block = malloc(100); /* leaks */
  }
  is_filled = 1;
  if (left) free(old[--left]);
  KEEP(old);
  KEEP(block);
}
END_TEST

/* ---- references --------------------------------------------------------- */

struct counted {
  struct counted *parent;
  int references;
};

static struct counted *counted_new(struct counted *parent) {
  struct counted *object = malloc(sizeof *object); /* leaks */
  *object = (struct counted){parent, 1};
  if (parent) parent->references++;
  return object;
}

static void counted_drop(struct counted *object) {
  if (!object || --object->references) return;
  counted_drop(object->parent);
  free(object);
}

/* One getter takes a reference that nobody drops. */
START_TEST(reference_kept) {
  static unsigned n;
  struct counted *object = counted_new(NULL);
  if (n++ % 6 == 0) object->references++;
  counted_drop(object);
}
END_TEST

/* A child keeps its parent, and is not dropped. */
START_TEST(parent_kept) {
  struct counted *parent = counted_new(NULL);
  struct counted *child = counted_new(parent);
  KEEP(child);
  counted_drop(parent);
}
END_TEST

START_TEST(references_clean) {
  struct counted *parent = counted_new(NULL);
  struct counted *child = counted_new(parent);
  KEEP(child);
  counted_drop(parent);
  counted_drop(child);
}
END_TEST

/* ---- registries --------------------------------------------------------- */

struct node {
  struct node *next;
  unsigned id;
};

static struct node *node_on(struct node *list, unsigned id) {
  struct node *node = malloc(sizeof *node);
  *node = (struct node){list, id};
  return node;
}

/* Removed by a number that is not the one it was added by. */
START_TEST(registry_wrong_key) {
  static struct node *registry;
  static unsigned id;
  struct node *node = malloc(sizeof *node); /* leaks */
  *node = (struct node){registry, id++};
  registry = node;
  for (struct node **at = &registry; *at; at = &(*at)->next) {
    if ((*at)->id != id) continue;
    struct node *found = *at;
    *at = found->next;
    free(found);
    break;
  }
}
END_TEST

START_TEST(global_list_clean) {
  static struct node *list;
  static unsigned id;
  list = node_on(list, id++);
  while (list) {
    struct node *node = list;
    list = node->next;
    free(node);
  }
}
END_TEST

/* Slots are used again, but handles of what is gone are kept in a vector. */
START_TEST(stale_handles) {
  static unsigned *handles;
  static size_t used;
  char *object = malloc(64);
  KEEP(object);
  if (used % 64 == 0)
    handles = realloc(handles, (used + 64) * sizeof *handles); /* leaks */
  handles[used++] = 7;
  KEEP(handles);
  free(object);
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {
      lost_1in5,          lost_1in10,       lost_1in50,      lost_1in150,
      lost_p50,           lost_p10,         lost_p05,        lost_p02,
      lost_bursts,        partial_free,     alternate_sites, many_sites,
      late_from_60,       late_from_300,    accelerating,    on_and_off,
      masked_elsewhere,   masked_same_site, reference_kept,  parent_kept,
      registry_wrong_key, stale_handles};
  const TTest *const healthy[] = {references_clean, global_list_clean};
  return scenario_run("rates", leaking, LENGTH(leaking), healthy,
                      LENGTH(healthy));
}
