dnl SPDX-License-Identifier: MIT
dnl
dnl LEAKSLOPE_CHECK
dnl
dnl Lets `make check` fail when the memory of a Check test grows with every
dnl repetition.  In configure.ac, after Check itself:
dnl
dnl   PKG_CHECK_MODULES([CHECK], [check])
dnl   LEAKSLOPE_CHECK
dnl
dnl and in Makefile.am:
dnl
dnl   check_x_LDADD = libx.la $(LEAKSLOPE_CHECK_LIBS)
dnl   AM_TESTS_ENVIRONMENT = $(LEAKSLOPE_TESTS_ENVIRONMENT)
dnl
dnl LEAKSLOPE_CHECK_LIBS takes the place of $(CHECK_LIBS), and is the same where
dnl nothing is gated.  With automake's TAP driver each leak is a line on the
dnl console; Check then writes TAP to standard output and nothing else:
dnl
dnl   AM_TESTS_ENVIRONMENT = $(LEAKSLOPE_TESTS_ENVIRONMENT) \
dnl     CK_VERBOSITY=silent; CK_TAP_LOG_FILE_NAME=-; \
dnl     export CK_VERBOSITY CK_TAP_LOG_FILE_NAME;
dnl
dnl   ./configure --enable-leak-gate    an error where leakslope is missing
dnl   ./configure                       gates where leakslope is installed, and
dnl                                     warns where it is not
dnl   ./configure --disable-leak-gate   does not gate
dnl
dnl `CK_LEAK=no make check` and the other variables work as without the macro.
AC_DEFUN([LEAKSLOPE_CHECK], [
AC_REQUIRE([PKG_PROG_PKG_CONFIG])
AC_ARG_ENABLE([leak-gate],
  [AS_HELP_STRING([--disable-leak-gate],
    [do not fail tests whose memory grows with every repetition])],
  [], [enable_leak_gate=auto])
leakslope_gate=no
AS_IF([test "x$enable_leak_gate" != xno],
  [PKG_CHECK_MODULES([LEAKSLOPE], [leakslope-check], [leakslope_gate=yes],
    [AS_IF([test "x$enable_leak_gate" = xauto],
      [AC_MSG_WARN([leakslope is not installed: tests are not gated])],
      [AC_MSG_ERROR([leakslope is not installed: $LEAKSLOPE_PKG_ERRORS])])])])
AS_IF([test "x$leakslope_gate" = xyes],
  [LEAKSLOPE_CHECK_LIBS="$LEAKSLOPE_LIBS $CHECK_LIBS"
   LEAKSLOPE_TESTS_ENVIRONMENT='CK_LEAK=$${CK_LEAK-yes}; export CK_LEAK;'],
  [LEAKSLOPE_CHECK_LIBS=$CHECK_LIBS
   LEAKSLOPE_TESTS_ENVIRONMENT='CK_LEAK=no; export CK_LEAK;'])
AC_MSG_CHECKING([whether tests are gated by leakslope])
AC_MSG_RESULT([$leakslope_gate])
AC_SUBST([LEAKSLOPE_CHECK_LIBS])
AC_SUBST([LEAKSLOPE_TESTS_ENVIRONMENT])
])
