/* SPDX-License-Identifier: MIT */
/* The names of outcomes, reasons, states and results, for all formats. */
#include "report/model/names.h"

#include <stddef.h>
#include <string.h>

#include "platform/domains.h"
#include "report/model/model.h"

enum { MOST = 16 };

#define WORD(name, number, word, ...) [LS_DOMAIN_##name] = (word),

static const char *const names[][MOST] = {
    [LS_NAMES_OUTCOME] = {[LS_CLEAN] = "clean",
                          [LS_LEAK] = "leak",
                          [LS_SATURATING] = "saturating",
                          [LS_INCONCLUSIVE] = "inconclusive",
                          [LS_NOT_REPEATABLE] = "not repeatable",
                          [LS_NOT_GATED] = "not gated",
                          [LS_NOT_ARMED] = "not armed"},
    [LS_NAMES_REASON] = {[LS_REASON_NONE] = "none",
                         [LS_REASON_SHORT_RUN] = "short run",
                         [LS_REASON_ENDED_GROWING] = "ended growing",
                         [LS_REASON_MEMORY_STOP] = "memory stop",
                         [LS_REASON_LIMIT] = "limit",
                         [LS_REASON_UNRESOLVED] = "unresolved",
                         [LS_REASON_TOO_SLOW] = "too slow",
                         [LS_REASON_TOO_FEW] = "too few",
                         [LS_REASON_DROPS] = "drops",
                         [LS_REASON_FOREIGN_FREES] = "foreign frees",
                         [LS_REASON_UNTRACED] = "untraced",
                         [LS_REASON_UNCONFIRMED] = "unconfirmed",
                         [LS_REASON_STALE] = "stale",
                         [LS_REASON_ENDED] = "ended"},
    [LS_NAMES_STATE] = {[LS_SITE_OK] = "ok",
                        [LS_SITE_SUSPECT] = "suspect",
                        [LS_SITE_FADING] = "fading",
                        [LS_SITE_THIN] = "thin",
                        [LS_SITE_DUE] = "due",
                        [LS_SITE_LEAK] = "leak",
                        [LS_SITE_LIMIT] = "limit"},
    [LS_NAMES_FORM] = {[LS_LAW_LINEAR] = "linear",
                       [LS_LAW_DOUBLING] = "doubling",
                       [LS_LAW_DECELERATING] = "decelerating",
                       [LS_LAW_IRREGULAR] = "irregular"},
    [LS_NAMES_DOMAIN] = {LS_DOMAINS_TABLE(WORD, WORD, WORD)},
    [LS_NAMES_RESULT] = {[LEAKSLOPE_PASSED] = "passed",
                         [LEAKSLOPE_FAILED] = "failed",
                         [LEAKSLOPE_ERROR] = "error"},
    [LS_NAMES_ACCEPTANCE] = {[LS_SUPPRESSED] = "suppressed",
                             [LS_IN_BASELINE] = "in the baseline",
                             [LS_WITHIN_BOUND] = "within its bound"},
    [LS_NAMES_HOLDER] = {[LS_HELD_BY] = "held",
                         [LS_LOST_ALL] = "lost",
                         [LS_LOST_WITH] = "lost-with",
                         [LS_HOLDERS_ENDED] = "ended"},
    [LS_NAMES_POINTER] = {[LS_POINTER] = "pointer",
                          [LS_POINTER_UNALIGNED] = "unaligned",
                          [LS_POINTER_TAGGED] = "tagged",
                          [LS_POINTER_TO_END] = "end"},
};

const char *ls_name(enum ls_names table, unsigned value) {
  const char *name = value < MOST ? names[table][value] : NULL;
  return name ? name : "unknown";
}

int ls_name_value(enum ls_names table, const char *name) {
  for (int value = 0; value < MOST && names[table][value]; value++)
    if (!strcmp(names[table][value], name)) return value;
  return -1;
}
