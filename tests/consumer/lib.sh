# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the drivers share.  Each is called with
#   PREFIX   where leakslope is installed
#   WORK     a folder of its own, emptied
#   SOURCES  the foreign project
#   CONFIGURABLE what autoconf.sh has made
# in the environment, and nothing else of ours.
set -eu

# shellcheck disable=SC2034 # used by the drivers
here=$(cd "$(dirname "$0")" && pwd)
unset LD_LIBRARY_PATH LD_PRELOAD DESTDIR MAKEFLAGS MFLAGS CC CXX CFLAGS \
  CXXFLAGS CPPFLAGS LDFLAGS LIBS PKG_CONFIG_LIBDIR
for variable in $(env | sed -n 's/^\(\(CK_\|LEAKSLOPE\)[A-Za-z_]*\)=.*/\1/p'); do
  unset "$variable"
done
export LC_ALL=C CTEST_OUTPUT_ON_FAILURE=
rm -rf "$WORK"
mkdir -p "$WORK"
cd "$WORK"

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

use_prefix() { # folder
  PKG_CONFIG_PATH=$(dirname "$(find "$1" -name leakslope-check.pc)")
  export PKG_CONFIG_PATH
}

# Each configure begins with the answers that autoconf.sh has found, for gcc.
with_config_cache() {
  export CONFIG_SITE="$CONFIGURABLE/config.site"
  [ -f "$CONFIG_SITE" ] || fail "autoconf.sh has not run"
}

# What a gated program has to say; and to name is the code under test's line.
leak=$(grep -n 'never dropped' "$SOURCES/store.c" | cut -d: -f1)
leak="leak: +1 block/iteration (+72.0 B) at [^ ]*store\.c:$leak in store_add"

status_of() { # output file, command
  output=$1
  shift
  status=0
  "$@" >"$output" 2>"$output.err" || status=$?
}

expect_in() { # file, text
  grep -q -e "$2" "$1" || {
    cat "$1"
    fail "$1 does not have '$2'"
  }
}

# A program that is gated, found by the installed files alone.
expect_leak() { # program
  # libtool's is a script that runs the one in .libs.
  binary=$(dirname "$1")/.libs/$(basename "$1")
  [ -x "$binary" ] || binary=$1
  library=$(ldd "$binary" | sed -n 's/.*libleakslope\.so[.0-9]* => //
    s/^[[:space:]]*\(.*libleakslope\.so[.0-9]*\) (0x.*/\1/p')
  case $(readlink -f "$library") in
    "$(cd "$PREFIX" && pwd -P)"/*) ;;
    *) fail "$1 finds '$library', not the installed library" ;;
  esac
  rm -rf reports
  mkdir reports
  for fork in yes no; do
    status_of out env CK_FORK=$fork CK_JUNIT_LOG_FILE_NAME="$PWD/reports/" "$1"
    [ "$status" -eq 1 ] || {
      cat out out.err
      fail "exit status $status with CK_FORK=$fork, expected 1"
    }
    expect_in out "test_add:0: $leak"
    expect_in out '^66%: Checks: 3, Failures: 1, Errors: 0'
    [ "$fork" = yes ] || continue
    set -- "$1" reports/TEST-*.xml
    if [ $# -ne 2 ] || [ ! -f "$2" ]; then
      fail "not one JUnit file: $(ls reports)"
    fi
    [ "$(grep -c 'type="leak"' "$2")" -eq 1 ] || {
      cat "$2"
      fail "the JUnit file does not have one leak"
    }
    expect_in "$2" "$leak"
    ! command -v xmllint >/dev/null 2>&1 || xmllint --noout "$2"
  done
}

# With the gate off nothing of ours is to be seen.
expect_same() { # plain, gated
  for setting in CK_FORK=yes CK_FORK=no STORE_MOOD=bad CK_VERBOSITY=verbose \
    CK_RUN_CASE=none CK_TAP_LOG_FILE_NAME=-; do
    status_of plain.out env "$setting" "$1"
    expected=$status
    status_of gated.out env CK_LEAK=no "$setting" "$2"
    [ "$status" -eq "$expected" ] ||
      fail "with CK_LEAK=no and $setting: exit status $status, not $expected"
    for file in out out.err; do
      cmp "plain.$file" "gated.$file" || {
        cat "gated.$file"
        fail "with CK_LEAK=no and $setting the output differs"
      }
    done
  done
}
