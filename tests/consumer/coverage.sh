#!/bin/sh
# SPDX-License-Identifier: MIT
# leakslope_coverage(): three reports of what the tests cover, of gated ones
# as of plain ones.
. "$(dirname "$0")/lib.sh"
needs make pkg-config gcc gcov gcovr
"$CMAKE" -G "Unix Makefiles" -S "$here/add_test" -B build \
  -DSOURCES="$SOURCES" -DCMAKE_PREFIX_PATH="$PREFIX" -DCOVERAGE=ON \
  -DCMAKE_BUILD_TYPE=Debug --warn-uninitialized -Werror=dev >configure.log 2>&1 ||
  fail "$(cat configure.log)"
"$CMAKE" --build build >build.log 2>&1 || fail "$(cat build.log)"

report() { # gate
  find build -name '*.gcda' -exec rm {} +
  rm -rf build/coverage
  status_of run.out env CK_LEAK="$1" build/check_store
  status_of coverage.out "$CMAKE" --build build --target coverage
  [ "$status" -eq 0 ] || fail "$(cat coverage.out coverage.out.err)"
  expect_in build/coverage/coverage.txt "store\\.c"
  expect_in build/coverage/coverage.txt "^TOTAL .* 100%"
  ! grep test_store build/coverage/coverage.txt || fail "not excluded"
  expect_in build/coverage/cobertura.xml 'filename="[^"]*store\.c"'
  [ -s build/coverage/index.html ] || fail "no HTML"
  sed -n 's/.*<line number="\([0-9]*\)" hits="\([0-9]*\)".*/\1 \2/p' \
    build/coverage/cobertura.xml >"hits.$1"
  [ -s "hits.$1" ] || fail "no lines"
}
report no
report yes
# Repetitions are not counted.
diff hits.no hits.yes || fail "the gate changes what was executed"
