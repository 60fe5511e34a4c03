/* SPDX-License-Identifier: MIT */
/* Foreign strings become valid text; numbers become digits. */
#include <math.h>

#include "report/words/number.h"
#include "report/words/utf8.h"
#include "support.h"

static const struct {
  const char *string;
  const char *line;
  const char *xml_text;
  const char *xml_value;
} forms[] = {
    {"", "", "", ""},
    {NULL, "", "", ""},
    {"plain", "plain", "plain", "plain"},
    {"<a&\"b\">", "<a&\"b\">", "&lt;a&amp;\"b\"&gt;",
     "&lt;a&amp;&quot;b&quot;&gt;"},
    {"]]>", "]]>", "]]&gt;", "]]&gt;"},
    {"a\nb\tc", "a b c", "a\nb\tc", "a&#10;b&#9;c"},
    {"a\rb", "a\\x0db", "a\\x0db", "a\\x0db"},
    {"\x1b[0m\x7f", "\\x1b[0m\\x7f", "\\x1b[0m\\x7f", "\\x1b[0m\\x7f"},
    {"\xff", "\\xff", "\\xff", "\\xff"},
    {"\xc3\xbc\xe2\x82\xac", "\xc3\xbc\xe2\x82\xac", "\xc3\xbc\xe2\x82\xac",
     "\xc3\xbc\xe2\x82\xac"},
    {"\xe2\x82", "\\xe2\\x82", "\\xe2\\x82", "\\xe2\\x82"},
    {"\xe2\x82<", "\\xe2\\x82<", "\\xe2\\x82&lt;", "\\xe2\\x82&lt;"},
};

START_TEST(each_form) {
  const char *expected[] = {forms[_i].line, forms[_i].xml_text,
                            forms[_i].xml_value};
  for (int form = LS_UTF8_LINE; form <= LS_UTF8_XML_VALUE; form++) {
    struct ls_text text = new_text();
    ls_utf8_add(&text, forms[_i].string, (enum ls_utf8_form)form);
    ck_assert_str_eq(ls_text_string(&text), expected[form]);
  }
}
END_TEST

/* The first and last of each length, and their neighbours. */
static const struct {
  const char *bytes;
  size_t length;
} characters[] = {
    {" ", 1},
    {"~", 1},
    {"\x1f", 0},
    {"\x7f", 0},
    {"\x80", 0},
    {"\xc1\xbf", 0},
    {"\xc2\x9f", 0}, /* the last C1 control */
    {"\xc2\xa0", 2},
    {"\xdf\xbf", 2},
    {"\xe0\x9f\xbf", 0},
    {"\xe0\xa0\x80", 3},
    {"\xed\x9f\xbf", 3},
    {"\xed\xa0\x80", 0},
    {"\xed\xbf\xbf", 0},
    {"\xee\x80\x80", 3},
    {"\xef\xbf\xbd", 3},
    {"\xef\xbf\xbe", 0},
    {"\xef\xbf\xbf", 0},
    {"\xf0\x8f\xbf\xbf", 0},
    {"\xf0\x90\x80\x80", 4},
    {"\xf4\x8f\xbf\xbf", 4},
    {"\xf4\x90\x80\x80", 0},
    {"\xf5\x80\x80\x80", 0},
    {"\xc3(", 0},
    {"\xe2\x82(", 0},
};

START_TEST(each_boundary) {
  const char *bytes = characters[_i].bytes;
  ck_assert_uint_eq(ls_utf8_length(bytes, strlen(bytes)),
                    characters[_i].length);
}
END_TEST

START_TEST(a_cut_character_is_not_read_beyond) {
  ck_assert_uint_eq(ls_utf8_length("\xf0\x90\x80\x80", 3), 0);
  ck_assert_uint_eq(ls_utf8_length("a", 0), 0);
}
END_TEST

START_TEST(columns_are_characters) {
  ck_assert_uint_eq(ls_utf8_columns(NULL), 0);
  ck_assert_uint_eq(ls_utf8_columns("abc"), 3);
  ck_assert_uint_eq(ls_utf8_columns("gr\xc3\xbc\xc3\x9f"), 4);
  ck_assert_uint_eq(ls_utf8_columns("\xff\t"), 5);
}
END_TEST

static const struct {
  double value;
  unsigned decimals;
  const char *fixed;
  const char *trimmed;
} numbers[] = {
    {0, 0, "0", "0"},
    {0, 2, "0.00", "0"},
    {2.5, 2, "2.50", "2.5"},
    {0.96, 1, "1.0", "1"},
    {0.996, 2, "1.00", "1"},
    {1.0 / 7, 6, "0.142857", "0.142857"},
    {100, 2, "100.00", "100"},
    {-1.25, 2, "-1.25", "-1.25"},
    {-0.001, 2, "0.00", "0"},
    {0.05, 2, "0.05", "0.05"},
    {1e300, 0, "1000000000000000000", "1000000000000000000"},
    {INFINITY, 0, "1000000000000000000", "1000000000000000000"},
    {-INFINITY, 0, "-1000000000000000000", "-1000000000000000000"},
    {NAN, 3, "0.000", "0"},
    {0.5, 99, "0.500000", "0.5"},
};

START_TEST(each_number) {
  struct ls_text text = new_text();
  ls_number_add_fixed(&text, numbers[_i].value, numbers[_i].decimals);
  ck_assert_str_eq(ls_text_string(&text), numbers[_i].fixed);
  text = new_text();
  ls_number_add(&text, numbers[_i].value, numbers[_i].decimals);
  ck_assert_str_eq(ls_text_string(&text), numbers[_i].trimmed);
}
END_TEST

static const struct {
  double bytes;
  const char *expected;
} sizes[] = {
    {0, "+0.0 B"},
    {24, "+24.0 B"},
    {-24, "-24.0 B"},
    {1023, "+1023.0 B"},
    {1024, "+1.0 KiB"},
    {10239, "+10.0 KiB"},
    {1024.0 * 10239, "+10239.0 KiB"},
    {1024.0 * 10240, "+10.0 MiB"},
    {1e300, "+1000000000000000000.0 TiB"},
    {NAN, "+0.0 B"},
};

START_TEST(each_size) {
  struct ls_text text = new_text();
  ls_number_add_size(&text, sizes[_i].bytes);
  ck_assert_str_eq(ls_text_string(&text), sizes[_i].expected);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

int main(void) {
  Suite *suite = suite_create("report");
  TCase *tc = tcase_create("utf8");
  tcase_add_loop_test(tc, each_form, 0, COUNT(forms));
  tcase_add_loop_test(tc, each_boundary, 0, COUNT(characters));
  tcase_add_test(tc, a_cut_character_is_not_read_beyond);
  tcase_add_test(tc, columns_are_characters);
  suite_add_tcase(suite, tc);
  tc = tcase_create("number");
  tcase_add_loop_test(tc, each_number, 0, COUNT(numbers));
  tcase_add_loop_test(tc, each_size, 0, COUNT(sizes));
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
