#!/bin/sh
# SPDX-License-Identifier: MIT
# leakslope's sources inside a parent project.
# usage: parent.sh SOURCE_DIR HOW (subdirectory | FetchContent)
. "$(dirname "$0")/lib.sh"
needs make pkg-config nm
source=$1
how=$2
flags=
[ "$how" = subdirectory ] || flags="--coverage -fsanitize=undefined"

"$CMAKE" -G "Unix Makefiles" -S "$here/parent" -B build -DHOW="$how" \
  -DLEAKSLOPE="$source" -DSOURCES="$SOURCES" -DMODULES="$here/cmake/modules" \
  -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS="$flags" \
  --warn-uninitialized -Werror=dev \
  >configure.log 2>&1 || {
  cat configure.log
  fail "does not configure"
}
! grep -A5 'CMake Warning' configure.log || fail "CMake warns"
"$CMAKE" --build build --parallel 2 >build.log 2>&1 || {
  cat build.log
  fail "does not build"
}
"$CMAKE" --install build --prefix "$WORK/installed" >install.log
[ "$(find installed ! -type d)" = installed/share/parent/CMakeLists.txt ] ||
  fail "installed with the parent: $(find installed ! -type d)"

# The parent's coverage and sanitizers are the parent's.
[ ! -e build/compile_commands.json ] || fail "compile commands, unasked"
# shellcheck disable=SC2044 # no spaces in these names
for library in $(find build -name 'libleakslope*'); do
  ! nm "$library" | grep -i ' U .*san_\|__gcov[0-9]' || fail "$library has counters"
done

PREFIX=$WORK/build
expect_leak build/gated
expect_same build/plain build/gated
status_of ctest.out "${CMAKE%cmake}ctest" --test-dir build -R '^gated'
expect_in ctest.out 'gated\.Store\.Core'
expect_in ctest.out '2 tests failed out of 2'
[ -f build/tests/reports/TEST-gated.Store.Core.xml ] || fail "no JUnit file"
