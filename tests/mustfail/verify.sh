#!/bin/sh
# SPDX-License-Identifier: MIT
# Whether the victim gets just the verdicts that it must get, in one of Check's
# fork modes (yes, no).
# usage: verify.sh VICTIM FOLDER MODE
set -u
victim=$1
junit=$2/verify.xml
export CK_FORK="$3"
mkdir -p "$2"
rm -f "$junit"
CK_JUNIT_LOG_FILE_NAME=$junit CK_LEAK_BUDGET=5 "$victim" >"$2/out" 2>&1
status=$?
verdicts=$(sed -n \
  -e 's/.*<testcase classname="[^"]*" name="\([^"]*\)".*/\1/p' \
  -e 's/.*"leak.verdict" value="\([^"]*\)".*/\1/p' "$junit" |
  paste -s -d' ' -)
wanted="leaks_by_malloc leak leaks_by_calloc leak leaks_by_realloc leak \
leaks_descriptors leak leaks_mappings leak \
leaks_threads leak leaks_timers leak leaks_segments leak is_balanced clean is_unmapped clean \
is_detached clean is_joined clean is_bounded clean"
# A thread leaks memory too: each domain has to be named.
domains=$(sed -n 's/.*message="leak: +1 \([a-z]*\).*/\1/p' "$junit" |
  paste -s -d' ' -)
named="block block block fd mapping thread timer attached"
[ "$status" -eq 1 ] && [ "$verdicts" = "$wanted" ] &&
  [ "$domains" = "$named" ] && exit 0
cat "$2/out"
printf 'exit status %s\n  got:    %s (%s)\n  wanted: %s (%s)\n' \
  "$status" "$verdicts" "$domains" "$wanted" "$named"
exit 1
