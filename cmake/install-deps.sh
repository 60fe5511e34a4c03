#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what building and testing leakslope needs, where it is missing.
# Debian and Ubuntu (apt-get) and Fedora (dnf).
set -eu

debian="gcc g++ clang cmake make ninja-build pkg-config check libsubunit-dev
libunwind-dev libdw-dev libxml2-utils gcovr valgrind python3 git
clang-format clang-tidy lld automake autoconf libtool meson"
fedora="gcc gcc-c++ clang cmake make ninja-build pkgconf-pkg-config
check-devel libunwind-devel elfutils-devel libxml2 gcovr valgrind python3 git
clang-tools-extra lld automake autoconf libtool meson"

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

if command -v apt-get >/dev/null 2>&1; then
  missing=
  for package in $debian; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null |
      grep -q 'ok installed' || missing="$missing $package"
  done
  [ -n "$missing" ] || exit 0
  as_root apt-get update -q
  # shellcheck disable=SC2086 # a list of words
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -q \
    --no-install-recommends $missing
elif command -v dnf >/dev/null 2>&1; then
  # shellcheck disable=SC2086 # a list of words
  as_root dnf install -y $fedora
else
  echo "install-deps: neither apt-get nor dnf; needed are:" $debian >&2
  exit 1
fi
