#!/bin/sh
# SPDX-License-Identifier: MIT
# The .pc files for other folders, without installing.
# usage: pc.sh SOURCE_DIR
. "$(dirname "$0")/lib.sh"
needs pkg-config gcc
source=$1

generate() { # folder, cache entries
  folder=$1
  shift
  "$CMAKE" -S "$source" -B "$folder" -DLEAKSLOPE_TESTS=OFF "$@" \
    --warn-uninitialized -Werror=dev >"$folder.log" 2>&1 || {
    cat "$folder.log"
    fail "does not configure"
  }
  ! grep -A5 'CMake Warning' "$folder.log" || fail "CMake warns"
}
libs() { # folder
  PKG_CONFIG_PATH=$WORK/$1 pkg-config --cflags --libs leakslope-check
}

for libdir in lib/x86_64-linux-gnu lib lib64; do
  generate system -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR=$libdir
  ! libs system | grep -e rpath || fail "an rpath in /usr/$libdir"
  [ "$(PKG_CONFIG_PATH=$WORK/system pkg-config --variable=libdir \
    leakslope-check)" = /usr/$libdir ] || fail "libdir is not /usr/$libdir"
done
# What pkg-config knows as the system's is not named again.
generate system -DCMAKE_INSTALL_LIBDIR=lib/"$(gcc -print-multiarch)"
libs system | grep -e ' -L' -e '-I' && fail "names the system's folders"

for libdir in lib lib64 lib/x86_64-linux-gnu; do
  generate local -DCMAKE_INSTALL_PREFIX=/opt/tools -DCMAKE_INSTALL_LIBDIR=$libdir
  mkdir -p "tree/$libdir/pkgconfig"
  cp local/*.pc "tree/$libdir/pkgconfig"
  rpath=$(PKG_CONFIG_PATH=$WORK/tree/$libdir/pkgconfig \
    pkg-config --libs leakslope-check | tr ' ' '\n' |
    sed -n 's/^-Wl,-rpath,//p')
  [ "$(readlink -f "$rpath")" = "$(readlink -f "tree/$libdir")" ] ||
    fail "rpath $rpath is not $libdir"
done

generate absolute -DCMAKE_INSTALL_PREFIX=/opt/tools \
  -DCMAKE_INSTALL_LIBDIR=/srv/lib -DCMAKE_INSTALL_INCLUDEDIR=/srv/include
libs absolute | grep -q -e '-I/srv/include.* -L/srv/lib .*-rpath,/srv/lib' ||
  fail "absolute folders: $(libs absolute)"

PKG_CONFIG_PATH=$WORK/local pkg-config --validate leakslope leakslope-check
PKG_CONFIG_PATH=$WORK/local pkg-config --print-requires leakslope-check |
  grep -q '^check' || fail "Check does not come behind us"
