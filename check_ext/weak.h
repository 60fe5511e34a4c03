/* SPDX-License-Identifier: MIT */
/* What the preloaded layer asks of Check, apart from the functions that it
   takes the place of: where there is no Check it must load all the same. */
#ifndef CHECK_EXT_WEAK_H
#define CHECK_EXT_WEAK_H

#pragma weak srunner_ntests_run
#pragma weak srunner_results
#pragma weak srunner_tap_fname
#pragma weak srunner_xml_fname
#pragma weak tcase_fn_start
#pragma weak tr_ctx
#pragma weak tr_lfile
#pragma weak tr_lno
#pragma weak tr_msg
#pragma weak tr_rtype
#pragma weak tr_tcname

#endif
