#!/bin/sh
# SPDX-License-Identifier: MIT
# LEAKSLOPE_CHECK in configure.ac, two lines in Makefile.am.
# usage: m4.sh m4 | m4_tap (with automake's TAP driver)
. "$(dirname "$0")/lib.sh"
kind=$1
needs autoreconf automake aclocal make pkg-config gcc
use_prefix "$PREFIX"
with_config_cache
cp "$here/$kind/"* "$SOURCES/"*.[ch] .
export ACLOCAL_PATH="$PREFIX/share/aclocal"
autoreconf -fi >autoreconf.log 2>&1 || {
  cat autoreconf.log
  fail "autoreconf"
}

configure() { # arguments
  rm -rf build
  mkdir build
  (cd build && ../configure "$@" >../configure.log 2>&1)
}
check() { # expected exit status: 0 or 1
  status_of check.log make -C build check
  [ "$((status != 0))" -eq "$1" ] || {
    cat check.log check.log.err build/*.log
    fail "make check: exit status $status"
  }
}

configure --enable-leak-gate || fail "$(cat configure.log)"
expect_in configure.log 'whether tests are gated by leakslope\.\.\. yes'
check 1
expect_leak build/check_store
cp build/check_store gated
if [ "$kind" = m4_tap ]; then
  expect_in check.log "^FAIL: check_store [0-9]* - .*test_add: $leak"
  expect_in check.log '^PASS: check_store [0-9]* - .*test_measure'
else
  expect_in check.log '^FAIL: check_store'
fi
expect_in build/test-suite.log "$leak"
# The macro leaves the variables to the user.
CK_LEAK=no make -C build check >off.log 2>&1 || fail "$(cat off.log)"

configure --disable-leak-gate || fail "$(cat configure.log)"
expect_in configure.log 'whether tests are gated by leakslope\.\.\. no'
check 0
! ldd build/check_store | grep leakslope || fail "linked with the gate disabled"
expect_same build/check_store ./gated

# By default it is there, ...
configure || fail "$(cat configure.log)"
expect_in configure.log 'whether tests are gated by leakslope\.\.\. yes'
# ... and where leakslope is not installed, that is said.
unset PKG_CONFIG_PATH
pkg-config --exists leakslope-check && exit 0
configure || fail "$(cat configure.log)"
expect_in configure.log 'WARNING: leakslope is not installed: tests are not'
check 0
! configure --enable-leak-gate || fail "enabled, and missing, is no error"
expect_in configure.log 'error: leakslope is not installed'
