#!/bin/sh
# SPDX-License-Identifier: MIT
# leakslope's sources inside a parent project, by add_subdirectory and by
# FetchContent.  Both are configured, and must then compile each file and link
# each target alike; so one of them is built, that which builds no more than is
# asked for.
# usage: parent.sh SOURCE_DIR
. "$(dirname "$0")/lib.sh"
needs make pkg-config nm
source=$1

configure() { # HOW (subdirectory | FetchContent)
  "$CMAKE" -G "Unix Makefiles" -S "$here/parent" -B "$1" -DHOW="$1" \
    -DLEAKSLOPE="$source" -DSOURCES="$SOURCES" \
    -DMODULES="$here/cmake/modules" -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_C_FLAGS="--coverage -fsanitize=undefined" \
    --warn-uninitialized -Werror=dev >"$1.log" 2>&1 || {
    cat "$1.log"
    fail "does not configure"
  }
  ! grep -A5 'CMake Warning' "$1.log" || fail "CMake warns"
  [ ! -e "$1/compile_commands.json" ] || fail "compile commands, unasked"
  "$CMAKE" --install "$1" --prefix "$WORK/$1.installed" >install.log
  installed=$(cd "$1.installed" && find . ! -type d)
  [ "$installed" = ./share/parent/CMakeLists.txt ] ||
    fail "installed with the parent: $installed"
  (
    cd "$1"
    find . '(' -name flags.make -o -name link.txt ')' -exec grep -H . {} + |
      sed "s,_deps/leakslope-build,leakslope,g; s,$WORK/$1,BUILD,g" | sort
  ) >"$1.commands"
}
configure subdirectory
configure FetchContent
[ "$(grep -c '/leakslope/.*flags.make:C_FLAGS' subdirectory.commands)" -gt 10 ] ||
  fail "no commands: $(cat subdirectory.commands)"
diff subdirectory.commands FetchContent.commands ||
  fail "add_subdirectory (<) and FetchContent (>) build in different ways"

# What the parent's own targets need; the rest of ours behind the tests of that.
PREFIX=$WORK/FetchContent
build() { # folder
  make -j2 -C "$1" all >build.log 2>&1 || {
    cat build.log
    fail "does not build"
  }
}
build FetchContent
expect_leak FetchContent/gated
expect_same FetchContent/plain FetchContent/gated
status_of ctest.out "${CMAKE%cmake}ctest" --test-dir FetchContent -R '^gated'
expect_in ctest.out 'gated\.Store\.Core'
expect_in ctest.out '2 tests failed out of 2'
[ -f FetchContent/tests/reports/TEST-gated.Store.Core.xml ] ||
  fail "no JUnit file"
build FetchContent/_deps/leakslope-build

# The parent's coverage and sanitizers are the parent's.
[ -x "$(find FetchContent -name leakslope -type f)" ] || fail "no command"
# shellcheck disable=SC2044 # no spaces in these names
for library in $(find FetchContent -name 'libleakslope*'); do
  ! nm "$library" | grep -i ' U .*san_\|__gcov[0-9]' || fail "$library has counters"
done
