/* SPDX-License-Identifier: MIT */
#ifndef LS_REPORT_MEASURE_TEXT_H
#define LS_REPORT_MEASURE_TEXT_H

#include "report/model/model.h"

/*
 * What was measured of a case, whole, as the text of a failure:
 *
 *   src/cache.c:9: leak: +1 block/iteration (+1.0 KiB) at src/cache.c:9 in f
 *   #0 handle_request (src/cache.c:9)
 *   after iteration    0    25   251
 *   live blocks        4    29   255
 *   live bytes      4096 29696 261120
 *   251 of 251 iterations after 3 warm-ups: live blocks 4 -> 255, linear
 *   a cache of up to 180 entries would have flattened
 *   if it is meant: leakslope_bound("handle_request", <most>), or the ...
 *   repeat: CK_RUN_CASE='Core' ./test_cache
 *
 * Each further site likewise, with the frames that differ; reason and note, if
 * any, come last.  told_in: the test whose text has all of that; NULL: none.
 */
void ls_measure_text(struct ls_text *text, const struct ls_case *c,
                     const char *told_in);

#endif
