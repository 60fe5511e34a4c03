#!/bin/sh
# SPDX-License-Identifier: MIT
# gcc -static: there is no tracer then, and the program says so and fails.
. "$(dirname "$0")/lib.sh"
needs gcc pkg-config
use_prefix "$PREFIX"

build() { # program, module
  # shellcheck disable=SC2046 # lists of words
  gcc -g -static "$SOURCES/test_store.c" "$SOURCES/store.c" \
    $(pkg-config --cflags check) $(pkg-config --libs --static "$2") -o "$1"
}
build plain check 2>plain.log ||
  skip "no static Check here: $(head -1 plain.log)"
build gated leakslope-check || fail "does not link"
! readelf -d gated | grep -q NEEDED || fail "not a static program"

status_of out ./gated
[ "$status" -eq 1 ] || {
  cat out out.err
  fail "exit status $status, expected 1"
}
expect_in out 'leakslope:not_armed.*not armed: statically linked'
expect_in out '^[0-9]*%: Checks: 4, Failures: 1, Errors: 0'
expect_same ./plain ./gated
