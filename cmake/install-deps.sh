#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what building and testing leakslope needs, where it is missing.
# Debian and Ubuntu (apt-get) and Fedora (dnf).  A test whose tool is not to be
# had is skipped and says so.  Not installed here: redis-server and nginx-light,
# which tests/servers uses; installing them starts services on most systems.
set -eu

# To build; to test; to work on the code.
debian="gcc libc6-dev binutils cmake make pkg-config check libsubunit-dev libcmocka-dev
libdw-dev libjansson-dev libunwind8 libunwind-dev
g++ clang libclang-rt-dev lld mold ninja-build meson automake autoconf libtool
valgrind python3 python3-jsonschema python3-yaml mandoc libxml2-utils locales libjemalloc-dev
libmimalloc-dev libgoogle-perftools-dev
python3-junitparser git gcovr clang-format clang-tidy"
fedora="gcc glibc-devel binutils cmake make pkgconf-pkg-config check-devel libcmocka-devel
elfutils-devel jansson-devel libunwind libunwind-devel
gcc-c++ libasan liblsan libtsan libubsan clang compiler-rt lld mold ninja-build
meson automake autoconf libtool pkgconf-m4 check-static glibc-static
valgrind python3 python3-jsonschema python3-pyyaml mandoc libxml2 glibc-locale-source diffutils findutils gawk
jemalloc-devel mimalloc-devel gperftools-devel
python3-junitparser git gcovr clang-tools-extra"

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

installed() { # package
  dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}

if command -v apt-get >/dev/null 2>&1; then
  missing=
  for package in $debian; do
    installed "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || exit 0
  as_root apt-get update -q
  known=
  for package in $missing; do
    if apt-cache show "$package" >/dev/null 2>&1; then
      known="$known $package"
    else
      echo "install-deps: there is no $package here" >&2
    fi
  done
  [ -n "$known" ] || exit 0
  # shellcheck disable=SC2086 # a list of words
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
    --no-install-recommends $known
elif command -v dnf >/dev/null 2>&1; then
  # shellcheck disable=SC2086 # a list of words
  as_root dnf install -y $fedora
else
  echo "install-deps: neither apt-get nor dnf; needed are: $debian" >&2
  exit 1
fi
