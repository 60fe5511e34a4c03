/* SPDX-License-Identifier: MIT */
/* Adds a check that fails to a run whose gate is not armed. */
#include "not_armed.h"

#include "added.h"
#include "gate/gate.h"
#include "real.h"

static void not_armed(int i) {
  (void)i;
  __real__ck_assert_failed(__FILE__, __LINE__, NULL, "not armed: %s",
                           ls_gate_off());
}

static const char name[] = "leakslope:not_armed";
static const struct ck_added check = CK_ADDED(name, not_armed);

int ck_is_not_armed(const char *result) { return ck_added_is(&check, result); }

void ck_not_armed_add(SRunner *sr, const struct ck_filter *filter) {
  ck_added_add(sr, filter, &check);
}
