#!/bin/sh
# SPDX-License-Identifier: MIT
# sites.sh COMPILER: which calls of malloc and the like no gated test exercised,
# by leakslope_coverage() and by hand, of programs, libraries and objects.
. "$(dirname "$0")/lib.sh"
cc=$1
needs make pkg-config "$cc" gcovr python3
gcov=gcov
case $cc in clang*)
  needs llvm-cov
  gcov="llvm-cov gcov"
  ;;
esac
project=$here/sites
schema=$(find "$PREFIX" -name sites.schema.json)
page=$here/../unit/report/validate_html.py

same() { # list, more
  list=$1
  shift
  python3 "$project/compare.py" "$project" "$list.json" "$schema" "$@" || {
    cat "$list.txt"
    fail "$list is not what the sources say"
  }
  python3 -B "$page" "$list.html" || fail "$list.html"
}

# ---- by CMake --------------------------------------------------------------
"$CMAKE" -G "Unix Makefiles" -S "$project" -B build -DCMAKE_C_COMPILER="$cc" \
  -DCMAKE_PREFIX_PATH="$PREFIX" --warn-uninitialized -Werror=dev \
  >configure.log 2>&1 || fail "$(cat configure.log)"
"$CMAKE" --build build >build.log 2>&1 || fail "$(cat build.log)"
coverage() { "$CMAKE" --build build --target coverage >coverage.out 2>&1; }
list=build/coverage/allocation-sites
coverage || fail "$(cat coverage.out)"
expect_in $list.txt 'No report says what gated tests exercised'
(cd build && ctest >../ctest.out 2>&1) || :
coverage || fail "$(cat coverage.out)"
same $list
expect_in $list.txt '^12 of 20 allocation sites .* (60\.0%), 4 run .*, 4 never'
expect_in $list.txt '^3 of 6 tests judged\. 1 more site on lines that gcovr'

# ---- by hand: optimized, without a PLT, names of any kind --------------------
use_prefix "$PREFIX"
mkdir 'by <b> & "hand"'
cp "$project"/*.[ch] 'by <b> & "hand"'
cd 'by <b> & "hand"'
built() { # flags
  rm -f -- *.o *.so *.gc* ./*.json
  for name in shelf loft forgotten; do
    "$cc" -g --coverage -fPIC "$@" -c $name.c
  done
  "$cc" --coverage "$@" -shared loft.o -o libloft.so
  # shellcheck disable=SC2046
  for name in shelf loft; do
    "$cc" -g --coverage check_$name.c shelf.o -L. -lloft -Wl,-rpath,"$PWD" \
      $(pkg-config --cflags check) $(pkg-config --libs leakslope-check) \
      -o check_$name
    env CK_LEAK_ITERATIONS=20 CK_LEAK_JSON_FILE_NAME="$PWD/" ./check_$name \
      >/dev/null 2>&1 || :
  done
  gcovr --gcov-executable "$gcov" --root . --exclude '.*/check_.*' \
    --json ../gcovr.json . >gcovr.out 2>&1 || fail "$(cat gcovr.out)"
}
sites() { # expected status, arguments
  expected=$1
  shift
  status_of ../said "$PREFIX/bin/leakslope" sites --gcovr ../gcovr.json "$@"
  [ "$status" -eq "$expected" ] || fail "status $status of $*: $(cat ../said*)"
}
listed() { # files
  sites 0 --text ../list.txt --json ../list.json --html ../list.html "$@"
}
for flags in "-O2 -fno-plt" -O1; do
  # shellcheck disable=SC2086
  built $flags -fno-optimize-sibling-calls
  listed . ./*.o libloft.so
  same ../list
  listed ./*.o
  same ../list objects
done
# Programs and libraries are known from the reports; what nothing was linked
# from is not.
listed .
! grep forgotten ../list.txt || fail "nothing of it ran"
expect_in ../list.txt '^12 of 19 allocation sites'
# A tail call is not seen, and that is said.
"$cc" -g --coverage -O2 -c shelf.c -o jumps.o
listed jumps.o
expect_in ../list.txt 'shelf\.c:.* malloc .* (a tail call: '
rm jumps.o

# ---- what is refused, and said ---------------------------------------------
sites 0 --fail-under 60 . ./*.o libloft.so
sites 1 --fail-under=60.1 . ./*.o libloft.so
sites 0 --all --wrapper grab .
expect_in ../said '^  gated .*shelf\.c:.* grab  *in shelf_grabbed'
sites 2 --gcovr ../list.json .
expect_in ../said.err 'this is not what gcovr --json writes'
sites 2 shelf.c
expect_in ../said.err 'shelf.c: is no program, library or object file'
ar rc libshelf.a shelf.o
sites 2 libshelf.a
expect_in ../said.err 'is an archive: name its object files'
# In one process a test that ran ungated before leaves its tracebacks behind.
rm ./TEST-check_shelf.json
CK_FORK=no CK_EXCLUDE_TAGS=exits CK_LEAK_ITERATIONS=20 \
  CK_LEAK_JSON_FILE_NAME="$PWD/" ./check_shelf >../said 2>&1 ||
  fail "$(cat ../said)"
sites 0 --all .
for line in "gated .* in shelf_both" "gated .* in shelf_table" \
  "not gated .* in shelf_ungated"; do
  expect_in ../said "^  $line"
done
# Another build has other addresses.
"$cc" -g --coverage -O1 check_loft.c shelf.o -L. -lloft -Wl,-rpath,"$PWD" \
  $(pkg-config --cflags check) $(pkg-config --libs leakslope-check) -o check_loft
sites 0 --all .
expect_in ../said.err 'check_loft was rebuilt after the tests ran'
# Each linker has its own stubs.
for linker in bfd gold lld mold; do
  command -v ld.$linker >/dev/null 2>&1 || continue
  ld=-fuse-ld=$linker
  "$cc" -g --coverage -O0 -fPIC -c loft.c shelf.c
  "$cc" --coverage "$ld" -shared loft.o -o libloft.so
  # shellcheck disable=SC2046
  "$cc" -g --coverage "$ld" check_loft.c shelf.o -L. -lloft \
    -Wl,-rpath,"$PWD" $(pkg-config --cflags check) \
    $(pkg-config --libs leakslope-check) -o check_loft
  env CK_LEAK_ITERATIONS=20 CK_LEAK_JSON_FILE_NAME="$PWD/linked.json" \
    ./check_loft >/dev/null 2>&1 || :
  for files in linked.json "check_loft libloft.so"; do
    # shellcheck disable=SC2086
    sites 0 --all $files
    expect_in ../said 'loft\.c:.* calloc .* loft_never'
    expect_in ../said 'loft\.c:.* calloc .* loft_gated'
    expect_in ../said 'shelf\.c:.* getline .* shelf_line'
  done
  sites 0 --all linked.json
  expect_in ../said '^  gated .*loft_gated'
done
rm linked.json
# Not built for coverage: a report says nothing of calls.
"$cc" -g check_shelf.c shelf.c -L. -lloft -Wl,-rpath,"$PWD" \
  $(pkg-config --cflags check) $(pkg-config --libs leakslope-check) -o plain
"$cc" -g -fPIC -shared loft.c -o libloft.so
CK_LEAK_ITERATIONS=20 CK_LEAK_JSON_FILE_NAME="$PWD/plain.json" ./plain \
  >/dev/null 2>&1 || :
! grep -q '"calls"' plain.json || fail "calls are noted in any build"
sites 0 plain.json
expect_in ../said.err 'plain.json does not say which calls were made'
