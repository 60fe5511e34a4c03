#!/bin/sh
# SPDX-License-Identifier: MIT
# make check LOG_COMPILER="leakslope run --": a project whose libcheck is a
# shared library, built without leakslope and not built again.
# usage: preload.sh autotools | libtool
. "$(dirname "$0")/lib.sh"
kind=$1
needs autoreconf automake aclocal make pkg-config gcc
[ "$kind" = autotools ] || needs libtoolize
folder=$(pkg-config --variable=libdir check)
libs=$(pkg-config --libs check)
if [ ! -e "$folder/libcheck.so" ]; then
  [ -f "$folder/libcheck_pic.a" ] || skip "no libcheck for a shared library"
  mkdir lib
  gcc -shared -Wl,-soname,libcheck.so.0 -o lib/libcheck.so.0 \
    -Wl,--whole-archive "$folder/libcheck_pic.a" -Wl,--no-whole-archive \
    -lsubunit -lrt -lm
  ln -s libcheck.so.0 lib/libcheck.so
  libs="-L$WORK/lib -Wl,-rpath,$WORK/lib -lcheck -lm -lrt"
fi
with_config_cache
mkdir build
cd build
"$CONFIGURABLE/$kind/source/configure" CHECK_LIBS="$libs" >configure.log 2>&1 ||
  fail "$(cat configure.log)"
make check >plain.log 2>&1 || fail "$(cat plain.log)"
expect_in plain.log '^# PASS:  2'
find . -name 'check_s*' -type f -perm /100 -exec cksum {} + | sort >before

status_of check.log make check LOG_COMPILER="$PREFIX/bin/leakslope run --"
[ "$status" -ne 0 ] || fail "make check passes"
expect_in check.log '^# FAIL:  2'
for program in check_store check_substituted; do
  expect_in $program.log "$leak"
  expect_in $program.log '^leakslope: 3 tests: 3 judged, 1 leak'
done
find . -name 'check_s*' -type f -perm /100 -exec cksum {} + | sort >after
diff before after || fail "it was built again"
CK_LEAK=no make check LOG_COMPILER="$PREFIX/bin/leakslope run --" >off.log 2>&1 ||
  fail "$(cat off.log)"
