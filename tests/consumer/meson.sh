#!/bin/sh
# SPDX-License-Identifier: MIT
# meson: dependency('leakslope-check') before dependency('check').
. "$(dirname "$0")/lib.sh"
needs meson ninja gcc pkg-config
use_prefix "$PREFIX"
cp "$here/meson/meson.build" "$SOURCES/"*.[ch] .
meson setup build >setup.log 2>&1 || {
  cat setup.log
  fail "meson setup"
}
ninja -C build >ninja.log 2>&1 || {
  cat ninja.log
  fail "does not build"
}
expect_leak build/gated
expect_same build/plain build/gated

status_of test.log meson test -C build --no-rebuild --print-errorlogs
[ "$status" -ne 0 ] || fail "meson test passes"
expect_in test.log 'Ok: *1'
expect_in test.log 'Fail: *1'
expect_in test.log "$leak"
