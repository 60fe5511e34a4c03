#!/bin/sh
# SPDX-License-Identifier: MIT
# make check LIBS="$(pkg-config --libs leakslope-check)"
. "$(dirname "$0")/lib.sh"
needs make cc pkg-config
use_prefix "$PREFIX"
cp "$here/make/Makefile" "$SOURCES/"*.[ch] .
make check >plain.log 2>&1 || {
  cat plain.log
  fail "the plain program fails"
}
mv test_store plain

status_of check.log make check LIBS="$(pkg-config --libs leakslope-check)"
[ "$status" -ne 0 ] || fail "make check passes"
expect_in check.log "$leak"
expect_leak ./test_store
expect_same ./plain ./test_store
