#!/bin/sh
# SPDX-License-Identifier: MIT
# By hand: cc test_store.c ... $(pkg-config --libs leakslope-check), and as
# many variations of it.
# usage: link.sh [name=value...]
#   cc       the compiler; a C++ one takes the test program as C++
#   cflags   of the code under test and of the test program
#   ldflags  before everything else on the link line
#   shape    objects | shared (the code under test is a shared library, which
#            alone calls malloc) | archive (our libraries before it)
#   modules  what pkg-config is asked for
#   needs    a tool without which the test is skipped
# shellcheck disable=SC2086,SC2046 # lists of words
. "$(dirname "$0")/lib.sh"

cc=gcc
cflags=
ldflags=
shape=objects
modules=leakslope-check
needs=
for setting; do
  case ${setting%%=*} in
    cc | cflags | ldflags | shape | modules | needs)
      eval "${setting%%=*}=\${setting#*=}"
      ;;
    *) fail "what is $setting?" ;;
  esac
done
needs pkg-config $cc $needs
use_prefix "$PREFIX"

c_compiler=$cc
language=
case $cc in
  *++)
    c_compiler=$(echo "$cc" | sed 's/clang++/clang/; s/g++/gcc/')
    language="-x c++"
    ;;
esac
check_cflags=$(pkg-config --cflags check)
"$c_compiler" -g -fPIC $cflags -c "$SOURCES/store.c"
"$cc" -g $language $cflags $check_cflags -c "$SOURCES/test_store.c"

before=
after=
case $shape in
  objects) before=store.o ;;
  shared)
    "$c_compiler" -shared $cflags store.o -o libstore.so
    before="-L. -lstore -Wl,-rpath,$PWD"
    ! nm -D --undefined-only test_store.o 2>/dev/null | grep -w malloc ||
      fail "the test program calls malloc itself"
    ;;
  archive)
    ar rc libstore.a store.o
    after="-L. -lstore"
    ;;
esac
"$cc" $cflags $ldflags test_store.o $before $after \
  $(pkg-config --libs check) -o plain ||
  fail "even the plain program does not link"
"$cc" $cflags $ldflags test_store.o $before \
  $(pkg-config --libs $modules) $after -o gated ||
  fail "does not link"

expect_leak ./gated
expect_same ./plain ./gated
