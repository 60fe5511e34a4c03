#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage, help, version.
# usage: usage.sh VERSION
. "$(dirname "$0")/lib.sh"
leakslope 0 --version
[ "$(cat out)" = "leakslope $1" ] || fail "$(cat out)"

leakslope 0 --help
cp out help
for ask in "-h" "run --help" "compare --help" "top --help" "report --help" \
  "baseline --help" \
  "shim --help" "doctor --help" "sites --help"; do
  # shellcheck disable=SC2086 # words
  leakslope 0 $ask
  cmp out help || fail "$ask"
done
for name in run compare top report baseline sites shim doctor --options --version; do
  expect_in help "leakslope .*$name"
done
awk 'length > 80 { print; bad = 1 } END { exit bad }' help || fail "wide lines"

leakslope 2
expect_in out.err '^usage: leakslope run '
leakslope 2 polish
expect_in out.err "^leakslope: 'polish' is not a command; see leakslope --help"
leakslope 2 reprot
expect_in out.err "^leakslope: 'reprot' is not a command; did you mean 'report'?"
test "$(wc -l < out.err)" = 1 || fail "the error is not the last on the screen"
refused 'usage: leakslope shim FOLDER' shim
refused 'usage: leakslope shim FOLDER' shim one two
refused 'usage: leakslope doctor PROGRAM' doctor
refused 'usage: leakslope doctor PROGRAM' doctor one two
refused 'no file is named; usage: leakslope report FILE' report
refused 'missing.json: No such file' report missing.json
refused '--what is not an option' report --what a.json
refused 'no report is named; usage: leakslope baseline' baseline --update
refused 'no baseline is named: --baseline FILE' baseline a.json
refused '--baseline needs a value' baseline a.json --baseline
refused '--what is not an option' baseline --what a.json
refused "--baseline='none' cannot be read: No such file" \
  baseline --baseline none a.json
# What has no end is not read to its end.
refused "--baseline='/dev/zero' cannot be read: .*allowed: a text file" \
  baseline --baseline /dev/zero a.json
refused "/dev/zero: .*" report /dev/zero
refused 'only one report can go to standard output' \
  report --junit - --html=- a.json
refused 'only one report can go to standard output' report --junit - --text a.json
# The options of report are in the page as they are in the help.
sed -n '/leakslope report FILE/,/joins what/p' help | grep -o -- '--[a-z-]*' >flags
[ "$(wc -l <flags)" -eq 9 ] || fail "flags of report: $(cat flags)"
sed 's/\\-/-/g' "$PREFIX/share/man/man1/leakslope.1" >page
while read -r flag; do
  expect_in page "^\.BI* $flag\|^\.BR $flag" || fail "$flag is not in the page"
done <flags
for flag in --update --baseline; do
  expect_in help "leakslope baseline .*$flag"
  expect_in page "^\.BI* $flag" || fail "$flag is not in the page"
done
refused '--gcovr is missing; usage: leakslope sites' sites
refused 'no file is named; usage: leakslope sites' sites --gcovr lines.json
refused '--what is not an option' sites --what
refused 'only one list can go to standard output' \
  sites --gcovr lines.json --json - --html - /dev/null
refused '--root needs a value' sites --root
refused 'missing: No such file' sites missing
for value in 101 100.1 -1 5.55 much; do
  refused "--fail-under='$value' is not valid; allowed: 0..100" \
    sites --fail-under $value
done
sed -n '/leakslope sites --gcovr/,/in a build for/p' help |
  grep -o -- '--[a-z-]*' >flags
[ "$(wc -l <flags)" -eq 8 ] || fail "flags of sites: $(cat flags)"
while read -r flag; do
  expect_in page "^\.BI* $flag\|^\.B.* $flag" || fail "$flag is not in the page"
done <flags
refused 'usage: leakslope run' run
refused 'usage: leakslope run' run --
refused 'usage: leakslope run' run --strict yes
refused '--rounds is not an option' run --rounds 5 -- true
refused '--iteration is not an option' run --iteration 50 -- true
refused '-i is not an option' run -i 50 true

# What cannot be said is an error.
if [ -c /dev/full ]; then
  status=0
  "$command" --help >/dev/full 2>out.err || status=$?
  [ "$status" -eq 2 ] || fail "exit status $status on a full device"
fi
