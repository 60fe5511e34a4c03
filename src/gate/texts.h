/* SPDX-License-Identifier: MIT */
/*
 * Room for the layer's longer texts.
 *
 * Not among the program's variables: Check's own would lie pages further on,
 * and each process that it forks for a test copies the pages of those that it
 * writes to.  That would be most of what a program pays for a layer that is
 * switched off.
 */
#ifndef LS_GATE_TEXTS_H
#define LS_GATE_TEXTS_H

#include "gate/gate.h"

enum { LSG_FOLDER = 1024 };

struct lsg_texts {
  char repeat[LS_GATE_TEXT];       /* how a test is repeated */
  char repeat_scope[LS_GATE_TEXT]; /* the same of a suite or a session */
  char folder[LSG_FOLDER];  /* to go to for that, as a word of a shell's; "" */
  char program[LSG_FOLDER]; /* likewise */
  char name[1024];          /* a test's in the baseline */
  char name_of_scope[512];
  char scope[LS_GATE_TEXT]; /* what a suite's or the session's check says */
};

/* NULL before lsg_texts_prepare(). */
extern struct lsg_texts *lsg_texts;

/* From the first call until the process ends; 0 where there is no memory. */
int lsg_texts_prepare(void);

#endif
