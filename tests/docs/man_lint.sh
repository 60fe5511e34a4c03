#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual's pages say nothing to groff and to mandoc that they warn of.
# usage: man_lint.sh FOLDER
set -u
tools=0
failed=0

for page in "$1"/*.[0-9]; do
  if command -v man >/dev/null 2>&1 && command -v groff >/dev/null 2>&1; then
    tools=1
    said=$(LC_ALL=C MANWIDTH=80 man --warnings -l "$page" 2>&1 >/dev/null)
    [ -z "$said" ] || { echo "man: $page: $said"; failed=1; }
  fi
  # Pages have no date on purpose: a build gives the same bytes each day.
  if command -v mandoc >/dev/null 2>&1; then
    tools=1
    said=$(mandoc -T lint -W warning "$page" 2>&1 | grep -v 'missing date')
    [ -z "$said" ] || { echo "$said"; failed=1; }
  fi
done
[ "$tools" -eq 1 ] || {
  echo "SKIPPED: neither man with groff nor mandoc is installed"
  exit 77
}
exit "$failed"
