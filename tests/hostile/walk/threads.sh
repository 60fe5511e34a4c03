#!/bin/sh
# SPDX-License-Identifier: MIT
# A thread costs at most 16 KiB of memory when it is traced.
# usage: threads.sh PROGRAM LIBRARY THREADS STACKS
set -eu
plain=$("$1" "$3" "$4")
traced=$(LD_PRELOAD=$2 "$1" "$3" "$4")
case $plain$traced in *skipped*)
  echo "$plain $traced"
  exit 0 ;;
esac
# What does not come with the threads, a MiB or two, is not theirs.
each=$(((traced - plain - 4096) / $3))
echo "plain $plain KiB, traced $traced KiB: $each KiB for each of $3 threads"
[ "$each" -le 16 ]
