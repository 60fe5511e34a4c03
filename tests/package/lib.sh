# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the drivers share.  Each is called with the folder of the sources and a
# folder of its own, which is emptied, and taken away where all went well.
set -eu
sources=$(readlink -f "$1")
work=$(readlink -m "$2")
unset DESTDIR LD_LIBRARY_PATH LD_PRELOAD MAKEFLAGS MFLAGS CFLAGS LDFLAGS

say() { printf '\n== %s\n' "$*"; }

fail() {
  echo "FAILED: $*"
  exit 1
}

# For a missing tool only.
skip() {
  echo "SKIPPED: $*"
  exit 77
}

needs() { # tools
  for tool; do
    command -v "$tool" >/dev/null 2>&1 || skip "$tool is not installed"
  done
}

logged() { # log file, command
  log=$1
  shift
  "$@" >"$log" 2>&1 || {
    tail -40 "$log"
    fail "$* (see $log)"
  }
}

# As the preset "package" does, in a folder of its own.
build_package() { # sources, build
  logged "$2.log" cmake -S "$1" -B "$2" -DCMAKE_BUILD_TYPE="${TYPE:-Release}" \
    -DLEAKSLOPE_TESTS=OFF -DCMAKE_INSTALL_PREFIX=/usr
  logged "$2.log" cmake --build "$2" -j "${JOBS:-2}"
  (cd "$2" && logged "$2.log" cpack)
}

# shellcheck disable=SC2034 # used by the drivers
rm -rf "$work"
mkdir -p "$work"
cd "$work"
