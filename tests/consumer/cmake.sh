#!/bin/sh
# SPDX-License-Identifier: MIT
# find_package(leakslope) and leakslope_gate(), from a folder that was moved
# and has a space in its name.
# usage: cmake.sh GENERATOR [TOOL]
. "$(dirname "$0")/lib.sh"
generator=$1
needs pkg-config ${2:+"$2"}
cp -R "$PREFIX" "$WORK/a prefix"
PREFIX="$WORK/a prefix"
# pkg-config's output cannot carry a space through CMake; its file stays.
ln -s "$PREFIX" "$WORK/prefix"
PKG_CONFIG_PATH=$WORK/prefix/$(cd "$PREFIX" &&
  dirname "$(find . -name leakslope-check.pc)")
export PKG_CONFIG_PATH

configure() { # folder, arguments
  folder=$1
  shift
  "$CMAKE" -G "$generator" -S "$here/cmake" -B "$folder" \
    -DSOURCES="$SOURCES" -DCMAKE_PREFIX_PATH="$PREFIX" \
    -DCMAKE_BUILD_TYPE=Debug -DCMAKE_EXE_LINKER_FLAGS=-Wl,--as-needed \
    --warn-uninitialized -Werror=dev "$@" >"$folder.log" 2>&1
}
build() { # folder, arguments
  configure "$@" || {
    cat "$1.log"
    fail "does not configure"
  }
  ! grep -A5 'CMake Warning' "$1.log" || fail "CMake warns"
  "$CMAKE" --build "$1" --verbose >"$1.build.log" 2>&1 || {
    cat "$1.build.log"
    fail "does not build"
  }
}

build build -DWITH_PKGCONFIG=ON
for way in target variables pkgconfig flags library; do
  echo "== $way"
  expect_leak build/${way}_gated
  expect_same build/${way}_plain build/${way}_gated
done

# What the project's own ctest says.
cd build
status_of ctest.out "${CMAKE%cmake}ctest" --output-on-failure
[ "$status" -ne 0 ] || fail "ctest passes"
expect_in ctest.out '50% tests passed, 5 tests failed out of 10'
expect_in ctest.out "$leak"
cd ..

# Check with CMake files of its own, and unknown to pkg-config.
mkdir check-config
libraries=$(pkg-config --libs check | sed 's/ *$//; s/  */;/g')
cat >check-config/check-config-version.cmake <<END
set(PACKAGE_VERSION $(pkg-config --modversion check))
set(PACKAGE_VERSION_COMPATIBLE TRUE)
END
cat >check-config/check-config.cmake <<END
add_library(Check::check INTERFACE IMPORTED)
set_target_properties(Check::check PROPERTIES
  INTERFACE_LINK_LIBRARIES "$libraries")
END
PKG_CONFIG_LIBDIR=$WORK/nowhere PKG_CONFIG_PATH='' \
  build without -DCheck_DIR="$WORK/check-config"
expect_leak without/target_gated
expect_same without/target_plain without/target_gated

# Mistakes are told.
! configure wrong -DMISTAKE=missing || fail "gates what is not there"
expect_in wrong.log 'leakslope_gate: missing is not a target'
! configure wrong -DMISTAKE=store || fail "gates a library"
expect_in wrong.log 'leakslope_gate: store is not an executable'
