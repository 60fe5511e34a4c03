#!/bin/sh
# SPDX-License-Identifier: MIT
# ./configure CHECK_LIBS="$(pkg-config --libs leakslope-check)" && make check
# usage: autotools.sh autotools | libtool
. "$(dirname "$0")/lib.sh"
kind=$1
needs autoreconf automake aclocal make pkg-config gcc
[ "$kind" = autotools ] || needs libtoolize
use_prefix "$PREFIX"
with_config_cache
plain=$CONFIGURABLE/$kind/plain # it passes: see autoconf.sh
mkdir build
cd build
"$CONFIGURABLE/$kind/source/configure" \
  CHECK_LIBS="$(pkg-config --libs leakslope-check)" >configure.log 2>&1 ||
  fail "$(cat configure.log)"
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
  # As it was without leakslope.
  expect_same "$plain/$program" ./$program
done
