#!/bin/sh
# SPDX-License-Identifier: MIT
# forks_often.sh PROGRAM LIBRARY FAULTS MAPPINGS: with the library a fork and its
# child meet at most so many page faults more than without, and the process has
# at most so many mappings more.  The least of some runs: where a library lies
# decides about a few.
least() {
  for run in 1 2 3 4 5; do
    LD_PRELOAD=$1 "$program" || exit 1
  done | sort -n | head -n 1
}
program=$1
plain=$(least "")
traced=$(least "$2")
echo "faults for each fork, and mappings: plain $plain, traced $traced"
set -- "$3" "$4" $plain $traced
[ $# = 6 ] && [ $(($5 - $3)) -le "$1" ] && [ $(($6 - $4)) -le "$2" ]
