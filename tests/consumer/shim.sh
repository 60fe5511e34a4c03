#!/bin/sh
# SPDX-License-Identifier: MIT
# eval "$(leakslope shim FOLDER)", then a project that knows nothing of
# leakslope is built as always, and is gated.
# usage: shim.sh autotools | cmake | meson
. "$(dirname "$0")/lib.sh"
kind=$1
needs pkg-config gcc
unset PKG_CONFIG_PATH

or_show() { # log, command
  log=$1
  shift
  "$@" >"$log" 2>&1 || {
    cat "$log"
    fail "$*"
  }
}

build_autotools() { # folder
  mkdir "$1"
  (cd "$1" && ../source/configure >configure.log && make >make.log 2>&1) ||
    fail "configure or make"
}
check_autotools() { # folder
  make -C "$1" check VERBOSE=1
}
build_cmake() { # folder
  or_show "$1.log" "$CMAKE" -S "$here/shim" -B "$1" -DSOURCES="$SOURCES" \
    -DCMAKE_BUILD_TYPE=Debug -DCMAKE_EXE_LINKER_FLAGS=-Wl,--as-needed
  or_show "$1.log" "$CMAKE" --build "$1"
}
check_cmake() { # folder
  (cd "$1" && "${CMAKE%cmake}ctest" --output-on-failure)
}
build_meson() { # folder
  or_show "$1.log" meson setup "$1" source
  or_show "$1.log" ninja -C "$1"
}
check_meson() { # folder
  meson test -C "$1" --print-errorlogs
}

mkdir source
case $kind in
  autotools)
    needs autoreconf automake aclocal make
    cp "$here/autotools/"* "$SOURCES/"*.[ch] source
    (cd source && mkdir m4 && or_show autoreconf.log autoreconf -fi)
    programs="check_store check_substituted"
    ;;
  cmake)
    needs make
    programs="target flags link_libraries"
    ;;
  meson)
    needs meson ninja
    cp "$here/shim/meson.build" "$SOURCES/"*.[ch] source
    programs=test_store
    ;;
esac

build_"$kind" plain
status_of plain.out check_"$kind" plain
[ "$status" -eq 0 ] || {
  cat plain.out
  fail "the plain project fails"
}

"$PREFIX/bin/leakslope" shim "$WORK/a shim" >export.sh || fail "shim"
eval "$(cat export.sh)"
[ "$PKG_CONFIG_PATH" = "$WORK/a shim" ] || fail "$(cat export.sh)"
build_"$kind" gated
status_of gated.out check_"$kind" gated
[ "$status" -ne 0 ] || {
  cat gated.out
  fail "the gated project passes"
}
expect_in gated.out "$leak"
for program in $programs; do
  [ -x "plain/$program" ] || [ "$kind" != autotools ] ||
    make -C plain "$program" >/dev/null
  expect_leak "gated/$program"
  expect_same "plain/$program" "gated/$program"
  "$PREFIX/bin/leakslope" doctor "gated/$program" >doctor.out ||
    fail "$(cat doctor.out)"
done
