#!/bin/sh
# SPDX-License-Identifier: MIT
# What projects with autotools have in common, made once, in this test's folder:
# <kind>/source is ready to be configured, <kind>/plain is built without
# leakslope, and config.cache has what configure found of this machine and gcc,
# without what is asked of pkg-config or set by a user.  Each configure with
# config.site in CONFIG_SITE begins with a copy of it.
. "$(dirname "$0")/lib.sh"
needs autoreconf automake aclocal make pkg-config gcc
kinds=autotools
! command -v libtoolize >/dev/null 2>&1 || kinds="autotools libtool"
for kind in $kinds; do
  mkdir -p "$kind/source/m4" "$kind/plain"
  cp "$here/$kind/"* "$SOURCES/"*.[ch] "$kind/source"
  (cd "$kind/source" && autoreconf -fi >../autoreconf.log 2>&1) ||
    fail "$(cat "$kind/autoreconf.log")"
  cd "$kind/plain"
  "$WORK/$kind/source/configure" -C >configure.log 2>&1 || fail "$(cat configure.log)"
  make check >plain.log 2>&1 || fail "$(cat plain.log)"
  expect_in plain.log '^# PASS:  2'
  cd ../..
  grep -v -e '^ac_cv_env_' -e '^pkg_cv_' "$kind/plain/config.cache" >config.cache
done
cat >config.site <<END
cp '$WORK/config.cache' config.cache
cache_file=config.cache
END
