/* SPDX-License-Identifier: MIT */
/*
 * Families of random processes with known truth.
 *
 *   FAMILY_SEED, family, index  ->  draw: parameters, random sequence
 *   draw                        ->  open: why no rule can decide it, or NULL
 *
 * A family is one Check test whose body is one pass of the process; draw i of
 * it is the loop test's index i.  Whether a draw can be decided follows from
 * its parameters alone and is stated before anything is judged.  Half of the
 * families may be looked at to choose constants (TUNE), the other half is for
 * reporting (REPORT).
 */
#ifndef FAMILY_H
#define FAMILY_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum family_truth { HEALTHY, LEAKING };
enum family_half { TUNE, REPORT };
enum range_kind { WHOLE, GEOMETRIC, REAL };

enum { FAMILY_RANGES = 3 };

/* GEOMETRIC: whole numbers, each decade as often as the others. */
struct range {
  const char *name;
  enum range_kind kind;
  double least, most;
};

struct family {
  const char *name;
  enum family_truth truth;
  enum family_half half;
  const TTest *const *test;
  struct range ranges[FAMILY_RANGES];
  /* Why no rule can decide, NULL where one can; no function: it always can. */
  const char *(*open)(const double *p);
};

extern const struct family healthy_families[], leaking_families[],
    thread_families[];
extern const size_t healthy_count, leaking_count, thread_count;

struct draw {
  const struct family *family;
  int index;
  double p[FAMILY_RANGES]; /* in the order of the ranges */
  uint64_t random;         /* state of the process' sequence */
  unsigned pass;           /* 1 in the first */
};

struct draw draw_make(const struct family *family, int index);

/* How many draws of each family: FAMILY_DRAWS in the environment, else 20. */
int draw_count(void);

/* A thread that has allocated and idles: FAMILY_THREAD=yes in the environment
   has one beside each draw. */
void draw_idles_beside(void);

/* The draw that a test is running, its pass counted; `name` is the family. */
struct draw *draw_pass(const char *name, int index);

/* The runs that decidability is defined by, in passes. */
enum {
  FIRST_RUNG = 1021,
  STEADY = 4093 * 10 / 14, /* a healthy one has its steady state by then */
  WINDOW = 2 * 1021,       /* a leaking one has its events in it */
  EVENTS = 8
};

/* The body of a family: one pass, given the draw. */
#define PROCESS(name)                                     \
  static void name##_pass(struct draw *draw);             \
  START_TEST(name) { name##_pass(draw_pass(#name, _i)); } \
  END_TEST                                                \
  static void name##_pass(struct draw *draw)

/* The compiler must take the object to be used, here and by anyone. */
#define KEEP(object) __asm__ volatile("" : : "g"(object) : "memory")

unsigned whole(const struct draw *draw, int parameter);
unsigned below(struct draw *draw, unsigned n); /* 0 to n - 1 */
double unit(struct draw *draw);                /* 0 to 1, without 1 */
int chance(struct draw *draw, double p);
int every(const struct draw *draw, unsigned period);

/* Blocks that are held, oldest first; a ring, so that what is put into a full
   one is the oldest forgotten. */
enum { BAG_ROOM = 1 << 14 };
struct bag {
  void *item[BAG_ROOM];
  unsigned first, count;
};

void bag_put(struct bag *bag, void *item);
/* NULL where there is none. */
void *bag_take_oldest(struct bag *bag);
void *bag_take_newest(struct bag *bag);
void *bag_take_any(struct bag *bag, struct draw *draw);
void bag_free_all(struct bag *bag);

/* Blocks with the pass in which each is due. */
enum { TIMED_ROOM = 1 << 11 };
struct timed {
  struct {
    void *item;
    unsigned due;
  } entry[TIMED_ROOM];
  unsigned count;
};

void timed_put(struct timed *timed, void *item, unsigned due);
/* One that is due, NULL where none is. */
void *timed_take(struct timed *timed, unsigned now);

#endif
