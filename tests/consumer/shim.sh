#!/bin/sh
# SPDX-License-Identifier: MIT
# eval "$(leakslope shim FOLDER)", then a project that knows nothing of
# leakslope is built as always, and is gated.
# usage: shim.sh autotools | cmake | meson | make [COMPILER [FOLDER]]
. "$(dirname "$0")/lib.sh"
kind=$1
folder=${3:-shim}
CC=${2:-gcc}
needs pkg-config objcopy "$CC"
export CC
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
  (cd "$1" && "$CONFIGURABLE/autotools/source/configure" >configure.log && make >make.log 2>&1) ||
    fail "configure or make"
}
check_autotools() { # folder
  make -C "$1" check VERBOSE=1
}
build_cmake() { # folder
  LDFLAGS="${LDFLAGS-} -Wl,--as-needed" or_show "$1.log" \
    "$CMAKE" -S "$here/shim" -B "$1" -DSOURCES="$SOURCES" \
    -DCMAKE_BUILD_TYPE=Debug -DBY_NAME="$by_name"
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

build_make() { # folder
  cp -R source "$1"
  or_show "$1.log" make -C "$1" test_store plain own
}
check_make() { # folder
  make -C "$1" check
}

mkdir source
case $kind in
  autotools)
    needs autoreconf automake aclocal make
    [ "$CC" != gcc ] || with_config_cache
    programs="check_store check_substituted"
    ;;
  cmake)
    needs make
    programs="target flags link_libraries"
    # These take no linker option from pkg-config.
    by_name=NO
    [ "$folder" != shim ] || {
      by_name=YES
      programs="$programs libraries found plain"
    }
    ;;
  meson)
    needs meson ninja
    cp "$here/shim/meson.build" "$SOURCES/"*.[ch] source
    programs=test_store
    ;;
  make)
    needs make
    cp "$here/shim/Makefile" "$SOURCES/"*.[ch] source
    programs="test_store plain"
    # Where clang looks is said in LDFLAGS alone.
    [ "$CC" != gcc ] || programs="$programs own"
    [ "$folder" = shim ] || programs=test_store
    ;;
esac

build_"$kind" plain
status_of plain.out check_"$kind" plain
[ "$status" -eq 0 ] || {
  cat plain.out
  fail "the plain project fails"
}

"$PREFIX/bin/leakslope" shim "$WORK/$folder" >export.sh 2>note || fail "shim"
[ "$folder" != shim ] || [ ! -s note ] || fail "$(cat note)"
[ "$folder" = shim ] || expect_in note "that not all build tools bear: only what"
eval "$(cat export.sh)"
[ "$PKG_CONFIG_PATH" = "$WORK/$folder" ] || fail "$(cat export.sh)"
build_"$kind" gated
# They find the library by themselves, and are relinked no more.
unset LDFLAGS LIBRARY_PATH CMAKE_LIBRARY_PATH
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
