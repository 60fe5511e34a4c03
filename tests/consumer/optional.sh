#!/bin/sh
# SPDX-License-Identifier: MIT
# A library that has nothing of leakslope but the header runs without it, and
# is seen where the program that uses the library has it.
# usage: optional.sh [compiler]
# shellcheck disable=SC2046 # lists of words
. "$(dirname "$0")/lib.sh"
cc=${1:-gcc}
needs pkg-config "$cc"
use_prefix "$PREFIX"
source=$here/optional

"$cc" -g -fPIC -Wall -Wextra -Werror $(pkg-config --cflags-only-I leakslope) \
  -shared "$source/pool.c" -Wl,-z,defs -o libpool.so ||
  fail "the library needs more than the header"
ldd ./libpool.so | grep -q libleakslope && fail "the library needs leakslope"
"$cc" -g -I"$source" $(pkg-config --cflags check) -c "$source/test_pool.c"
for kind in plain gated; do
  module=check
  [ $kind = plain ] || module=leakslope-check
  "$cc" test_pool.o -L. -lpool -Wl,-rpath,"$PWD" \
    $(pkg-config --libs $module) -o $kind || fail "$kind does not link"
done

status_of out ./plain
[ "$status" -eq 0 ] || fail "without leakslope: exit status $status"
expect_in out '^100%: Checks: 2, Failures: 0'
status_of out env CK_LEAK=no ./gated
[ "$status" -eq 0 ] || fail "switched off: exit status $status"

line=$(grep -n '/\* tracked \*/' "$source/pool.c" | cut -d: -f1)
status_of out ./gated
[ "$status" -eq 1 ] || fail "with leakslope: exit status $status"
expect_in out '^50%: Checks: 2, Failures: 1'
expect_in out "leak: +1 object/iteration (+16.0 B) at [^ ]*pool\.c:$line"
expect_in out "also +1/iteration of gauge 'pieces in use'"
