#!/bin/sh
# SPDX-License-Identifier: MIT
# leakslope_add_test(): what it makes of its arguments.
. "$(dirname "$0")/lib.sh"
needs make pkg-config gcc
ctest=${CMAKE%cmake}ctest

configure() { # folder, cache entries
  folder=$1
  shift
  "$CMAKE" -G "Unix Makefiles" -S "$here/add_test" -B "$folder" \
    -DSOURCES="$SOURCES" -DCMAKE_PREFIX_PATH="$PREFIX" \
    -DCMAKE_BUILD_TYPE=Debug --warn-uninitialized -Werror=dev "$@" \
    >"$folder.log" 2>&1
}

configure build || fail "$(cat build.log)"
! grep -A5 'CMake Warning' build.log || fail "CMake warns"
"$CMAKE" --build build >build.build.log 2>&1 || fail "$(cat build.build.log)"
cd build
status_of labels.out "$ctest" -N -L '^leak-gate$'
expect_in labels.out 'Total Tests: 8'
status_of labels.out "$ctest" -N -L '^mine$'
expect_in labels.out 'Total Tests: 1'

status_of store.out "$ctest" -V -R '^store$'
[ "$status" -ne 0 ] || fail "the leak passes"
expect_in store.out "$leak"
expect_in store.out '50 of 50 iterations after 2 warm-ups'
for kind in xml json html; do
  [ -f reports/TEST-check_store.$kind ] || fail "no $kind: $(ls reports)"
done
rmdir other/reports # a clean-up between runs
for name in report off; do
  status_of $name.out "$ctest" -V -R "^$name\$"
  [ "$status" -eq 0 ] || fail "$(cat $name.out)"
done
expect_in report.out "$leak"
[ -f other/reports/TEST-check_store.xml ] || fail "no JUnit file of the other"
! grep leakslope: off.out || fail "LEAK no is not off"
status_of known.out "$ctest" -V -R '^known$'
[ "$status" -eq 0 ] || fail "not suppressed: $(cat known.out)"
expect_in known.out 'suppressed: 1 call site by leak:store_add'
# Parts of one program may share a folder.
status_of parts.out "$ctest" -R '^part-'
[ "$status" -eq 0 ] || fail "parts: $(cat parts.out)"
[ "$(cd parts && echo *)" = "TEST-check_off.xml TEST-check_off@@Core.xml \
TEST-check_off@Other.xml" ] || fail "parts: $(ls parts)"
# What was not given is the caller's to say, and gating twice is gating once.
status_of again.out "$ctest" -V -R '^again$'
expect_in again.out "$leak"
CK_LEAK=no "$ctest" -R '^again$' >again.out || fail "CK_LEAK=no is not off"
# CTest's limit allows for the budget, and is told by a signal that is heard.
limit() { # test, TIMEOUT or nothing
  "$ctest" --show-only=json-v1 -R "^$1\$" >limit.json
  got=$(tr -d ' \n' <limit.json | sed -n 's/.*"TIMEOUT","value":\([0-9]*\).*/\1/p')
  [ "$got" = "$2" ] || fail "TIMEOUT of $1 is '$got', not '$2'"
}
limit report 1513
limit again ''
grep -q 'TIMEOUT_SIGNAL_NAME.*SIGTERM' \
  CTestTestfile.cmake || fail "the signal of CTest's"
cd ..
configure limited -DDART_TESTING_TIMEOUT=100 || fail "$(cat limited.log)"
cd limited
limit again 168
cd ..

# Each option of the table is an argument, and no other is.
"$PREFIX/bin/leakslope" --options | cut -f1 |
  sed -n 's/^CK_JUNIT_.*/JUNIT/p; s/_FILE_NAME$//; s/^CK_LEAK_//p; s/^CK_LEAK$/LEAK/p' |
  sort >options
sed -n '/^leakslope_add_test(NAME/,/)$/p' \
  "$(find "$PREFIX" -name LeakslopeGate.cmake)" |
  grep -o '\[[A-Z_]* ' | tr -d '[ ' | grep -v 'ARGS\|LABELS\|RUN_SUITE\|RUN_CASE' | sort >arguments
diff options arguments || fail "options (<) and arguments (>) differ"

# Mistakes are told.
mistake() { # arguments, message
  ! configure wrong -DMISTAKE="$1" || fail "no error: $1"
  tr -s ' \n' ' ' <wrong.log >wrong.line
  expect_in wrong.line "leakslope_[a-z_]*: $2"
}
mistake "TARGET check_store" "NAME is missing"
mistake "NAME x" "TARGET is missing"
mistake "NAME x TARGET missing" "missing is not a target"
mistake "NAME x TARGET store" "store is not an executable"
mistake "NAME x TARGET check_store ROUNDS 5" "what is 'ROUNDS;5'"
mistake "NAME x TARGET check_store ITERATIONS" "no value for 'ITERATIONS'"
mistake "NAME x TARGET check_store JUNIT reports" "x: another test of"
mistake "NAME x TARGET check_store JSON reports" "x: another test of"
mistake "NAME x TARGET check_off JUNIT parts RUN_CASE Core" "x: another test of"
