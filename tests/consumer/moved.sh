#!/bin/sh
# SPDX-License-Identifier: MIT
# The installed folder moves: programs that are linked afterwards work, and
# their lines are still resolved.
. "$(dirname "$0")/lib.sh"
needs gcc pkg-config
"$CMAKE" --install "$BUILD" --prefix "$WORK/first" >install.log
mv first second
PREFIX=$WORK/second
use_prefix "$PREFIX"
! pkg-config --cflags --libs leakslope-check | grep -F "$WORK/first" ||
  fail "pkg-config names the old folder"

build() { # program, module
  # shellcheck disable=SC2046 # lists of words
  gcc -g "$SOURCES/test_store.c" "$SOURCES/store.c" \
    $(pkg-config --cflags --libs "$2") -o "$1"
}
build gated leakslope-check
expect_leak ./gated

# Without the helper there are no lines: it was the moved one that gave them.
mv second/libexec/leakslope-symbolize aside
status_of out ./gated
[ "$status" -eq 1 ] || fail "exit status $status without the helper"
! grep -q "$leak" out || fail "a helper elsewhere was used"
expect_in out 'leak: +1 block/iteration'
