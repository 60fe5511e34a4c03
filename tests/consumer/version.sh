#!/bin/sh
# SPDX-License-Identifier: MIT
# The version is told in one place, and all that is installed says the same.
. "$(dirname "$0")/lib.sh"
needs gcc pkg-config
use_prefix "$PREFIX"

cat >version.c <<'END'
#include <leakslope.h>
#include <stdio.h>
#if LEAKSLOPE_VERSION_NUMBER < 100
#error "older than the first"
#endif
int main(void) {
  printf("%s %d.%d.%d %d\n", LEAKSLOPE_VERSION, LEAKSLOPE_VERSION_MAJOR,
         LEAKSLOPE_VERSION_MINOR, LEAKSLOPE_VERSION_PATCH,
         LEAKSLOPE_VERSION_NUMBER);
}
END
# shellcheck disable=SC2046 # a list of words
gcc version.c $(pkg-config --cflags --libs leakslope) -o version
./version >said
read -r version parts number <said
[ "$version" = "$parts" ] || fail "the header says $version and $parts"
major=${version%%.*}
patch=${version##*.}
minor=${version#*.}
minor=${minor%.*}
[ "$number" -eq $((major * 10000 + minor * 100 + patch)) ] || fail "$number"

for module in leakslope leakslope-check; do
  [ "$(pkg-config --modversion $module)" = "$version" ] || fail "$module.pc"
done
[ "$("$PREFIX/bin/leakslope" --version)" = "leakslope $version" ] ||
  fail "the command says another version"
library=$(find "$PREFIX" -name libleakslope.so)
[ "$(readlink "$library")" = "libleakslope.so.$major" ] ||
  fail "the library's name is not that of version $major"
[ "$(readlink -f "$library")" = \
  "$(cd "$(dirname "$library")" && pwd -P)/libleakslope.so.$version" ] ||
  fail "the library's file is not that of $version"
grep -q "^## $version - 20[0-9-]*\$" \
  "$(find "$PREFIX" -path '*/leakslope/CHANGELOG.md')" ||
  fail "CHANGELOG.md says nothing of $version"

cmake_finds() { # version
  rm -rf cmake
  mkdir cmake
  cat >cmake/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
project(p C)
find_package(leakslope $1 REQUIRED)
END
  "$CMAKE" -S cmake -B cmake/build -DCMAKE_PREFIX_PATH="$PREFIX" \
    >cmake.log 2>&1
}
for wanted in "" "$version" "$version EXACT" "$major.$minor"; do
  cmake_finds "$wanted" || { cat cmake.log; fail "find_package($wanted)"; }
done
# What is compatible: before 1.0 the same minor version, then the same major.
for wanted in "$major.$minor.$((patch + 1))" "$major.$((minor + 1))" \
  "$((major + 1)).0"; do
  ! cmake_finds "$wanted" || fail "find_package($wanted) finds $version"
done
[ "$major" -gt 0 ] || ! cmake_finds "0.0.9" || fail "find_package(0.0.9)"
