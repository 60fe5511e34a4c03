/* SPDX-License-Identifier: MIT */
/* Names, numbers and strings of the JSON; its form is checked by a schema. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/model/names.h"
#include "report/words/json_text.h"
#include "report/words/number.h"
#include "support.h"

START_TEST(names_are_read_back) {
  static const int last[] = {[LS_NAMES_OUTCOME] = LS_NOT_ARMED,
                             [LS_NAMES_REASON] = LS_REASON_ENDED,
                             [LS_NAMES_STATE] = LS_SITE_LIMIT,
                             [LS_NAMES_FORM] = LS_LAW_IRREGULAR,
                             [LS_NAMES_DOMAIN] = LEAKSLOPE_DOMAIN_SHM,
                             [LS_NAMES_RESULT] = LEAKSLOPE_ERROR,
                             [LS_NAMES_ACCEPTANCE] = LS_WITHIN_BOUND};
  for (int table = LS_NAMES_OUTCOME; table <= LS_NAMES_ACCEPTANCE; table++) {
    int n = 0;
    while (strcmp(ls_name((enum ls_names)table, (unsigned)n), "unknown")) {
      const char *name = ls_name((enum ls_names)table, (unsigned)n);
      ck_assert_int_eq(ls_name_value((enum ls_names)table, name), n);
      n++;
    }
    ck_assert_int_eq(n, last[table] + 1); /* all have a name */
    ck_assert_int_eq(ls_name_value((enum ls_names)table, "nonsense"), -1);
  }
  ck_assert_str_eq(ls_name(LS_NAMES_OUTCOME, LS_NOT_ARMED), "not armed");
  ck_assert_str_eq(ls_name(LS_NAMES_REASON, LS_REASON_ENDED), "ended");
  ck_assert_str_eq(ls_name(LS_NAMES_STATE, LS_SITE_LIMIT), "limit");
  ck_assert_str_eq(ls_name(LS_NAMES_FORM, LS_LAW_IRREGULAR), "irregular");
}
END_TEST

static const char *exact(double value) {
  struct ls_text text = new_text();
  ls_number_add_exact(&text, value);
  return ls_text_string(&text);
}

START_TEST(numbers_are_exact) {
  const double values[] = {0,
                           1,
                           -1,
                           0.1,
                           1.0 / 3,
                           1e300,
                           DBL_MAX,
                           DBL_MIN,
                           5e-324,
                           -0.0625,
                           1e15,
                           1e17,
                           251.0 / 1021,
                           9007199254740993.0};
  uint32_t state = 7;
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    ck_assert(strtod(exact(values[i]), NULL) == values[i]);
  for (int i = 0; i < 10000; i++) {
    double value = ldexp((double)next_random(&state) / 3,
                         (int)(next_random(&state) % 400) - 200);
    ck_assert(strtod(exact(value), NULL) == value);
  }
  ck_assert_str_eq(exact(0.1), "0.1");
  ck_assert_str_eq(exact(NAN), "0");
  ck_assert(strtod(exact(INFINITY), NULL) == DBL_MAX);
  ck_assert(strtod(exact(-INFINITY), NULL) == -DBL_MAX);
}
END_TEST

static const char *quoted(const char *string) {
  struct ls_text text = new_text();
  struct ls_json json = {.out = &text};
  ls_json_string(&json, NULL, string);
  return ls_text_string(&text);
}

START_TEST(strings_are_escaped) {
  ck_assert_str_eq(quoted(NULL), "null");
  ck_assert_str_eq(quoted(""), "\"\"");
  ck_assert_str_eq(quoted("a\"b\\c\nd\te/<"), "\"a\\\"b\\\\c\\nd\\te/<\"");
  ck_assert_str_eq(quoted("\x1b\xff\r"), "\"\\\\x1b\\\\xff\\\\x0d\"");
  ck_assert_str_eq(quoted("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\"");
}
END_TEST

START_TEST(containers_are_laid_out) {
  struct ls_text text = new_text();
  struct ls_json json = {.out = &text};
  ls_json_open(&json, NULL, '{');
  ls_json_open(&json, "none", '[');
  ls_json_close(&json, ']');
  ls_json_open_line(&json, "line", '[');
  ls_json_open(&json, NULL, '[');
  ls_json_whole(&json, NULL, INT64_MIN);
  ls_json_boolean(&json, NULL, 1);
  ls_json_close(&json, ']');
  ls_json_real(&json, NULL, 0.5);
  ls_json_close(&json, ']');
  ls_json_open(&json, "lines", '{');
  ls_json_string(&json, "a", "b");
  ls_json_close(&json, '}');
  ls_json_close(&json, '}');
  ck_assert_str_eq(ls_text_string(&text),
                   "{\n"
                   "  \"none\": [],\n"
                   "  \"line\": [[-9223372036854775808, true], 0.5],\n"
                   "  \"lines\": {\n"
                   "    \"a\": \"b\"\n"
                   "  }\n"
                   "}");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("json");
  TCase *tcase = tcase_create("json");
  tcase_add_test(tcase, names_are_read_back);
  tcase_add_test(tcase, numbers_are_exact);
  tcase_add_test(tcase, strings_are_escaped);
  tcase_add_test(tcase, containers_are_laid_out);
  suite_add_tcase(suite, tcase);
  return run_suite(suite);
}
