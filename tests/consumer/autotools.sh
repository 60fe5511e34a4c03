#!/bin/sh
# SPDX-License-Identifier: MIT
# ./configure CHECK_LIBS="$(pkg-config --libs leakslope-check)" && make check
# usage: autotools.sh autotools | libtool
. "$(dirname "$0")/lib.sh"
kind=$1
needs autoreconf automake aclocal make pkg-config gcc
[ "$kind" = autotools ] || needs libtoolize
use_prefix "$PREFIX"
cp "$here/$kind/"* "$SOURCES/"*.[ch] .
mkdir m4
autoreconf -fi >autoreconf.log 2>&1 || {
  cat autoreconf.log
  fail "autoreconf"
}
configure() { # arguments
  ./configure "$@" >configure.log 2>&1 || {
    cat configure.log
    fail "configure"
  }
}

configure CHECK_LIBS="$(pkg-config --libs leakslope-check)"
status_of check.log make check
[ "$status" -ne 0 ] || {
  cat check.log
  fail "make check passes"
}
expect_in check.log '^# FAIL:  2'
for program in check_store check_substituted; do
  expect_in $program.log "$leak"
  expect_in test-suite.log "$leak"
  expect_leak ./$program
done
mkdir gated
# With libtool, what is beside .libs is a script that looks for it.
cp -R check_store check_substituted gated
[ "$kind" = autotools ] || cp -R .libs gated

# As it was, it passes.
configure
make clean >clean.log
make check >plain.log 2>&1 || {
  cat plain.log
  fail "make check fails without leakslope"
}
expect_in plain.log '^# PASS:  2'
for program in check_store check_substituted; do
  expect_same ./$program gated/$program
done
