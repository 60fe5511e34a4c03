#!/bin/sh
# SPDX-License-Identifier: MIT
# The demo: one Check suite, three detectors.
# usage: run.sh PLAIN GATED REPORT_DIR
set -u
plain=$1
gated=$2
reports=$3
failed=0

say() { printf '\n== %s\n' "$*"; }
expect() { # status wanted, status seen, who
  [ "$1" -eq "$2" ] || { echo "$3: exit status $2, expected $1"; failed=1; }
}

say "The suite as it is: nothing to see"
"$plain"
expect 0 $? "plain"

if command -v valgrind >/dev/null 2>&1; then
  say "Under Valgrind (--leak-check=full --error-exitcode=9): nothing to see"
  CK_FORK=no valgrind -q --leak-check=full --error-exitcode=9 "$plain"
  expect 0 $? "valgrind"
fi

compiler=${CC:-gcc}
sources=$(cd "$(dirname "$0")" && pwd)
lsan=$reports/demo_lsan
mkdir -p "$reports"
if "$compiler" -g -O0 -fsanitize=leak "$sources"/test_cache.c \
  "$sources"/cache.c $(pkg-config --cflags --libs check) -o "$lsan" \
  2>/dev/null; then
  say "With LeakSanitizer: nothing to see"
  # LeakSanitizer cannot run where the process is being traced.
  CK_FORK=no "$lsan"
  expect 0 $? "LeakSanitizer"
fi

say "The same sources, relinked with leakslope"
CK_JUNIT_LOG_FILE_NAME=$reports/ CK_LEAK_JSON_FILE_NAME=$reports/ \
  CK_LEAK_HTML_FILE_NAME=$reports/ "$gated"
status=$?
expect 1 $status "gated"
say "Reports in $reports:"
ls "$reports"
grep -c 'type="leak"' "$reports"/TEST-*.xml | sed 's/^/leaks in the JUnit file: /'
grep -q 'cache.c:16' "$reports"/TEST-*.xml ||
  { echo "the JUnit file does not name the line"; failed=1; }

[ "$failed" -eq 0 ] && say "The leak is found, by leakslope alone."
exit $failed
