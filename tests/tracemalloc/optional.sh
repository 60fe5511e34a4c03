#!/bin/sh
# SPDX-License-Identifier: MIT
# Weak symbols: product code with no dependency on the library, which uses it
# where it is linked or preloaded.
# usage: optional.sh SOURCE_DIR LIBRARY
set -eu
source=$1
library=$2
rm -rf optional
mkdir optional
cd optional
include=$source/src
product=$source/tests/tracemalloc/optional.c

fail() {
  echo "FAILED: $*"
  exit 1
}

says() { # what, how it is run
  expected=$1
  shift
  found=$(env "$@" ./program here.snap)
  case $found in
    "$expected"*) ;;
    *) fail "$how, $*: says '$found', not '$expected'" ;;
  esac
}

both() {
  rm -f here.snap
  ! readelf -d program ${1+"$1"} | grep -q leakslope || fail "$how: needs it"
  says without --
  [ ! -e here.snap ] || fail "$how: a snapshot without the library"
  says 'with 0 #0 product' "LD_PRELOAD=$library"
  [ -s here.snap ] || fail "$how: no snapshot"
}

for cc in gcc clang; do
  command -v "$cc" >/dev/null || continue
  for flags in "" "-O2" "-no-pie -fPIE" "-O2 -flto" "-Wl,-z,now" \
    "-Wl,--as-needed,--gc-sections"; do
    how="$cc $flags"
    # shellcheck disable=SC2086 # words
    "$cc" -g -I "$include" $flags "$product" -o program 2>build.log || {
      echo "$how does not link here: $(head -n 1 build.log)"
      continue
    }
    both
  done
  how="$cc, in a library"
  "$cc" -g -shared -fPIC -DLIBRARY -I "$include" "$product" -o libproduct.so
  echo 'int product(const char *); int main(int c, char **v) {
    return c < 2 || product(v[1]); }' >main.c
  "$cc" main.c -L. -lproduct -Wl,-rpath,. -o program
  both libproduct.so
  how="$cc, linked"
  "$cc" -g -I "$include" "$product" -Wl,--no-as-needed "$library" \
    -Wl,-rpath,"$(dirname "$library")" -o program
  says 'with 0 #0 product' --
done

# C++ as well.
if command -v g++ >/dev/null; then
  printf '%s\n' '#define LEAKSLOPE_OPTIONAL' '#include <leakslope.h>' \
    'int main() { return leakslope_take_snapshot != nullptr; }' >weak.cc
  g++ -I "$include" weak.cc -o program
  ./program || fail "C++: there without the library"
  ! LD_PRELOAD=$library ./program || fail "C++: not there with the library"
fi
