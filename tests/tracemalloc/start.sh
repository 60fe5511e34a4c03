#!/bin/sh
# SPDX-License-Identifier: MIT
# LEAKSLOPE=N, as PYTHONTRACEMALLOC=N.
# usage: start.sh PROGRAM
set -eu
failed=0
start() { # what is expected, environment
  expected=$(printf '%b' "$1")
  shift
  found=$(env -u LEAKSLOPE "$@")
  [ "$found" = "$expected" ] || {
    printf '%s\n  expected %s\n  found    %s\n' "$*" "$expected" "$found"
    failed=1
  }
}
program=$1
bad='is not valid; allowed: number 0..252'
off='tracing was not started: CK_LEAK=no or LEAKSLOPE=0'
start '1\t64\t-\t-\t31' "$program"
start '1\t64\t-\t-\t31' LEAKSLOPE= "$program"
start '1\t5\t-\t-\t5' LEAKSLOPE=5 "$program"
start '1\t1\t-\t-\t1' LEAKSLOPE=1 CK_LEAK_NFRAME=9 "$program"
start '1\t252\t-\t-\t31' LEAKSLOPE=252 "$program"
start "0\t64\t$off\t-\t31" LEAKSLOPE=0 "$program"
start "0\t64\t$off\t-\t31" CK_LEAK=no "$program"
for value in 253 99999999999999999999 -1 1x yes ' 3'; do
  start "1\t64\t-\tleakslope: LEAKSLOPE='$value' $bad\t31" \
    "LEAKSLOPE=$value" "$program"
done
exit "$failed"
