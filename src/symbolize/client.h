/* SPDX-License-Identifier: MIT */
/* What the tests of ls_symbolize() may turn. */
#ifndef LS_SYMBOLIZE_CLIENT_H
#define LS_SYMBOLIZE_CLIENT_H

/* LS_SYMBOLIZE_TIMEOUT_MS unless a test sets it. */
extern int ls_symbolize_timeout_ms;

#endif
