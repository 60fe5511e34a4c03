/* SPDX-License-Identifier: MIT */
/* A library without lines, as a distribution has them. */
#ifndef GATE_PLACES_ELSEWHERE_H
#define GATE_PLACES_ELSEWHERE_H

/* A copy that is the caller's. */
char *elsewhere_dump(const char *text);

#endif
