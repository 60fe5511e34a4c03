#!/bin/sh
# SPDX-License-Identifier: MIT
# as_plain.sh TRACED PLAIN PROGRAM [ARGUMENT]...: the program says the same, and
# ends in the same way, with TRACED preloaded as with PLAIN preloaded.
traced=$1
plain=$2
shift 2
expected=$(LD_PRELOAD=$plain timeout -s KILL 60 "$@" 2>&1)
expected_status=$?
said=$(LD_PRELOAD=$traced timeout -s KILL 60 "$@" 2>&1)
status=$?
if [ $expected_status -gt 128 ]; then
  printf 'it ends by a signal alone (exit status %s):\n%s\n' $expected_status \
    "$expected"
  exit 1
fi
case $expected in "skipped"*)
  echo "$expected"
  exit 77
  ;;
esac
if [ "$said" != "$expected" ] || [ $status != $expected_status ]; then
  printf 'plain (exit status %s):\n%s\n' $expected_status "$expected"
  printf 'traced (exit status %s):\n%s\n' $status "$said"
  exit 1
fi
printf '%s\n' "$said"
