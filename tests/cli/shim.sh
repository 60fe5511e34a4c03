#!/bin/sh
# SPDX-License-Identifier: MIT
# leakslope shim FOLDER: the file, and what it is not made of.
. "$(dirname "$0")/lib.sh"
needs pkg-config
unset PKG_CONFIG_PATH PKG_CONFIG
real=$(pkg-config --variable=pcfiledir check)/check.pc

leakslope 0 shim made
[ ! -s out.err ] || fail "$(cat out.err)"
# shellcheck disable=SC2016 # as it is printed
cat >expected <<END
export PKG_CONFIG_PATH='$WORK/made'"\${PKG_CONFIG_PATH:+:\$PKG_CONFIG_PATH}"
export LIBRARY_PATH='$WORK/made/lib'/."\${LIBRARY_PATH:+:\$LIBRARY_PATH}"
export CMAKE_LIBRARY_PATH='$WORK/made/lib'"\${CMAKE_LIBRARY_PATH:+:\$CMAKE_LIBRARY_PATH}"
export LDFLAGS=-L'$WORK/made/lib'"\${LDFLAGS:+ \$LDFLAGS}"
END
diff expected out
[ "$(find made -mindepth 1 | sed 's|.*/||' | sort -u | tr '\n' ' ')" = \
  "check.pc gated leakslope-check.pc lib libcheck.a libcheck_pic.a \
libleakslope.so names " ] ||
  fail "made: $(ls -A made made/lib made/lib/gated)"
cp made/check.pc first

# The real fields; the libraries are elsewhere.
diff "$real" first >difference || true
# shellcheck disable=SC2016 # pkg-config's variable
expect_in first '^Libs: -L${libdir} .*-lcheck'
[ "$(grep -c '^<' difference)" -eq 2 ] || fail "$(cat difference)"
for what in --modversion --cflags --print-requires; do
  [ "$(pkg-config $what check)" = \
    "$(PKG_CONFIG_PATH=$WORK/made pkg-config $what check)" ] || fail "$what"
done
PKG_CONFIG_PATH=$WORK/made pkg-config --validate check || fail "not valid"
for what in --libs "--libs --static"; do
  # shellcheck disable=SC2086 # words
  [ "$(PKG_CONFIG_PATH=$WORK/made pkg-config $what check)" = \
    "-L$WORK/made/lib $(pkg-config $what check)" ] || fail "$what"
done
[ "$(PKG_CONFIG_PATH=$WORK/made pkg-config --variable=libdir check)" = \
  "$WORK/made/lib" ] || fail "another libdir"

# Where there is no objcopy, where Check is compiled by the linker, and where
# the folder has a space: by --wrap, and that is said.
by_options() { # why, folder
  expect_in out.err "^leakslope: $1: only what takes Check's linker options"
  [ "$(wc -l <out)" -eq 1 ] || fail "$(cat out)"
  expect_in "$2/check.pc" '^Libs: -Wl,--wrap=.*-lleakslope_check .*-lcheck'
  PKG_CONFIG_PATH=$WORK/$2 pkg-config --libs check | tr -s ' ' '\n' |
    grep . >libs
  pkg-config --libs check | tr -s ' ' '\n' | grep . >plain
  tail -n "$(wc -l <plain)" libs | diff plain - ||
    fail "Check's own libraries are not at the end"
}
mkdir tools
for tool in pkg-config env; do
  ln -s "$(command -v "$tool")" tools
done
PATH=$WORK/tools leakslope 0 shim options
by_options 'there is no objcopy (binutils)' options
OBJCOPY=false leakslope 0 shim options
by_options 'objcopy cannot rename the functions of .*libcheck.*\.a' options
mkdir compiled
libdir=$(pkg-config --variable=libdir check)
sed "s|^libdir=.*|libdir=$WORK/compiled|" "$real" >compiled/check.pc
PKG_CONFIG_PATH=$WORK/compiled leakslope 0 shim options
expect_in out.err "there is no libcheck in '$WORK/compiled': only what"
echo 'int f(void) { return 0; }' | gcc -x c -O2 -flto -c - -o f.o
ar rc compiled/libcheck.a f.o
PKG_CONFIG_PATH=$WORK/compiled leakslope 0 shim options
expect_in out.err "compiled/libcheck.a is compiled with -flto: only what"

# Objects with both are taken as compiled; and a shared libcheck.
build() { # program, options
  program=$1
  shift
  (
    eval "$(cat out)"
    gcc -g "$SOURCES/test_store.c" "$SOURCES/store.c" -o "$program" "$@"
  )
  status_of run.out "./$program"
  [ "$status" -eq 1 ] || fail "$program: exit status $status"
  expect_in run.out "$leak"
  [ "$(sed 's/; what is clean.*//' run.out.err)" = "leakslope: 3 tests: 3 judged, 1 leak" ] ||
    fail "$(cat run.out.err)"
  "$command" doctor "$program" >doctor.out || fail "$(cat doctor.out)"
}
if [ -f "$libdir/libcheck.a" ]; then
  cp "$libdir/libcheck.a" compiled
  echo 'int f(void) { return 0; }' |
    gcc -x c -O2 -flto -ffat-lto-objects -c - -o f.o
  ar r compiled/libcheck.a f.o
  sed -i s/-lcheck_pic/-lcheck/ compiled/check.pc
  PKG_CONFIG_PATH=$WORK/compiled leakslope 0 shim fat
  [ ! -s out.err ] || fail "$(cat out.err)"
  build by_fat -lcheck -lsubunit -lrt -lm
fi
if [ -f "$libdir/libcheck_pic.a" ] && [ ! -e "$libdir/libcheck.so" ]; then
  rm -f compiled/libcheck.a
  shared_check
  mv libcheck.so.0 compiled
  ln -s libcheck.so.0 compiled/libcheck.so
  PKG_CONFIG_PATH=$WORK/compiled leakslope 0 shim shared
  for linker in bfd gold lld mold; do
    command -v ld.$linker >/dev/null || continue
    build by_shared -fuse-ld=$linker -lcheck "-Wl,-rpath,$WORK/compiled"
    CK_FORK=no build by_shared -Wl,--as-needed -lcheck \
      "-Wl,-rpath,$WORK/compiled"
  done
  "$command" run -- ./by_shared >run.out 2>&1 && fail "passes"
  [ "$(grep -c ': leak: ' run.out)" -eq 1 ] || fail "$(cat run.out)"
fi

# Asked for by its own name, leakslope is there once.
leakslope 0 shim made
# shellcheck disable=SC2046 # a list of words
build by_name $(eval "$(cat out)" && pkg-config --libs leakslope-check check)

# A suite in a library is reached, as long as Check is not in it as well.
cat >runs.c <<'END'
#include <check.h>
Suite *store_suite(void);
int main(void) {
  SRunner *runner = srunner_create(store_suite());
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
END
{
  echo '#include <check.h>'
  echo 'Suite *store_suite(void);'
  sed '/SRunner \*runner/,/^}/d; s/int main(void)/Suite *store_suite(void)/' \
    "$SOURCES/test_store.c"
  echo '  return suite; }'
} >suite.c
gcc -g -shared -fPIC -I"$SOURCES" suite.c "$SOURCES/store.c" -o libsuite.so
for linker in bfd gold lld mold; do
  command -v ld.$linker >/dev/null || continue
  (
    eval "$(cat out)"
    # shellcheck disable=SC2046 # a list of words
    gcc -fuse-ld=$linker runs.c -o runs -L. -lsuite "-Wl,-rpath,$WORK" \
      $(pkg-config --libs check)
  )
  status_of run.out ./runs
  expect_in run.out "$leak"
  expect_in run.out.err '^leakslope: 3 tests: 3 judged, 1 leak'
  "$command" doctor runs >doctor.out || fail "$(cat doctor.out)"
done

# Once more; with the shim in the path; and as eval gives it.
for path in '' "$WORK/made" "/nowhere:$WORK/made"; do
  PKG_CONFIG_PATH=$path leakslope 0 shim made
  cmp first made/check.pc || fail "another file with PKG_CONFIG_PATH=$path"
done
mkdir "it's here"
leakslope 0 shim "it's here"
by_options '.* has characters that not all build tools bear' "it's here"
PKG_CONFIG_PATH=$(eval "$(cat out)" && echo "$PKG_CONFIG_PATH")
[ "$PKG_CONFIG_PATH" = "$WORK/it's here" ] || fail "$PKG_CONFIG_PATH"
[ "$(PKG_CONFIG_PATH=/a sh -c "$(cat out)"' && echo "$PKG_CONFIG_PATH"')" = \
  "$WORK/it's here:/a" ] || fail "drops what was in PKG_CONFIG_PATH"
unset PKG_CONFIG_PATH

# A check.pc that is written for its place; without Libs.
mkdir "a tree" "a tree/pc"
cat >"a tree/pc/check.pc" <<'END'
prefix=${pcfiledir}/..

Name: Check
Description: moved
Version: 0.15.2
Cflags: -I${prefix}/include
END
PKG_CONFIG_PATH="$WORK/a tree/pc" leakslope 0 shim moved
[ "$(PKG_CONFIG_PATH=$WORK/moved pkg-config --cflags check)" = \
  "$(PKG_CONFIG_PATH="$WORK/a tree/pc" pkg-config --cflags check)" ] ||
  fail "\${pcfiledir} is another"
expect_in moved/check.pc '^Libs: -'

# Refusals leave nothing.
nothing() { # folder
  [ ! -e "$1" ] || fail "$1 was made"
}
PKG_CONFIG_LIBDIR=/nowhere refused 'pkg-config does not know check' shim none
nothing none
PKG_CONFIG=/nowhere/pkg refused '/nowhere/pkg cannot be started' shim none
nothing none
refused '.*: No such file' shim none/below
refused "$WORK/a:b: PKG_CONFIG_PATH cannot" shim a:b
nothing a:b
echo file >file
refused 'file/\|file: Not a directory\|file: File exists\|.*file.*: ' shim file
[ "$(cat file)" = file ] || fail "the file was replaced"
PKG_CONFIG_PATH="$WORK/a tree/pc" \
  refused "$WORK/a tree/pc has the real check.pc" shim "a tree/pc"
grep -q 'Description: moved' "a tree/pc/check.pc" || fail "it was replaced"
mkdir -p own/lib
refused '.*/own has a lib of its own: name a new folder' shim own
[ -z "$(ls own/lib)" ] || fail "written among others' files: $(ls own/lib)"
if [ "$(id -u)" -ne 0 ]; then
  mkdir closed
  chmod a-w closed
  refused '.*: Permission denied' shim closed
fi
rm made/check.pc
mkdir made/check.pc
refused '.*made/check.pc: ' shim made
[ "$(find made -mindepth 1 -maxdepth 1 | sort | tr '\n' ' ')" = \
  "made/check.pc made/leakslope-check.pc made/lib " ] ||
  fail "leftovers: $(ls -A made)"

# A command that is not installed has no flags to give.
mkdir alone
cp "$command" alone
! pkg-config --exists leakslope-check || exit 0
command=$WORK/alone/leakslope
refused 'pkg-config does not know leakslope-check' shim none
nothing none
