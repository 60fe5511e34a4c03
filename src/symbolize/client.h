/* SPDX-License-Identifier: MIT */
/* What callers of ls_symbolize() may turn. */
#ifndef LS_SYMBOLIZE_CLIENT_H
#define LS_SYMBOLIZE_CLIENT_H

/* LS_SYMBOLIZE_TIMEOUT_MS unless it is set: by a test, or by a command that
   asks for very many. */
extern int ls_symbolize_timeout_ms;

#endif
