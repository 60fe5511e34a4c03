# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the drivers of the command share, besides the consumers' own.
# shellcheck source=../consumer/lib.sh
. "$LIB"
command=$PREFIX/bin/leakslope

# Runs the command: output in out and out.err, and the exit status is checked.
leakslope() { # expected exit status, arguments
  expected=$1
  shift
  status_of out "$command" "$@"
  [ "$status" -eq "$expected" ] || {
    cat out out.err
    fail "leakslope $*: exit status $status, not $expected"
  }
}

# It has nothing to say on stdout then, and one line on stderr.
refused() { # message, arguments
  message=$1
  shift
  leakslope 2 "$@"
  [ ! -s out ] || fail "leakslope $*: writes $(cat out)"
  [ "$(wc -l <out.err)" -eq 1 ] || fail "leakslope $*: $(cat out.err)"
  expect_in out.err "^leakslope: $message"
}

# A Check program of the consumers' project.
build() { # program, pkg-config's module, flags in front
  program=$1
  module=$2
  shift 2
  # shellcheck disable=SC2046 # lists of words
  PKG_CONFIG_PATH=$(dirname "$(find "$PREFIX" -name leakslope-check.pc)") \
    gcc -g "$SOURCES/test_store.c" "$SOURCES/store.c" "$@" \
    $(PKG_CONFIG_PATH=$(dirname "$(find "$PREFIX" -name leakslope-check.pc)") \
      pkg-config --cflags --libs "$module") -o "$program"
}

# A shared libcheck, of the objects that the static one for libraries has.
shared_check() {
  folder=$(pkg-config --variable=libdir check)
  [ ! -e "$folder/libcheck.so" ] || return 0
  [ -f "$folder/libcheck_pic.a" ] || skip "no libcheck for a shared library"
  gcc -shared -Wl,-soname,libcheck.so.0 -o libcheck.so.0 -Wl,--whole-archive \
    "$folder/libcheck_pic.a" -Wl,--no-whole-archive -lsubunit -lrt -lm
}
