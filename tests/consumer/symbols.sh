#!/bin/sh
# SPDX-License-Identifier: MIT
# What libleakslope.so gives and takes, and what the archive takes over.
# usage: symbols.sh SOURCE_DIR NAME... (Check's functions taken over)
. "$(dirname "$0")/lib.sh"
needs gcc nm readelf pkg-config
source=$1
shift
use_prefix "$PREFIX"
libdir=$(dirname "$PKG_CONFIG_PATH")

# ---- the shared library ----------------------------------------------------
cat >hooks.c <<'END'
#include "interpose/hooks.h"
#include "interpose/new_hooks.h"
#include "leakslope.h"
#define LS_HOOK_NAME(result, name, parameters) hook: name
LS_HOOKS(LS_HOOK_NAME)
LS_HOOKS_NEW(LS_HOOK_NAME)
END
gcc -E -P -I"$source/src" -D_GNU_SOURCE hooks.c >hooks.i
{
  tr -s ' ' '\n' <hooks.i | sed -n '/^hook:$/{n;p;}'
  # Functions only: the name is followed by its parameters.
  tr '\n' ' ' <hooks.i | grep -o '\bleakslope_[a-z_]* *(' | tr -d ' ('
} | sort -u >declared
[ "$(wc -l <declared)" -gt 60 ] || fail "the lists were not read"
nm -D --defined-only "$libdir/libleakslope.so" >dynamic
awk '{ print $3 }' dynamic | grep -v '^LEAKSLOPE_' >names
sed 's/@.*//' names | sort -u >exported
diff declared exported || fail "declared (<) and exported (>) differ"
# Which version each public function came with: programs that are built rely on
# it, so a line of the list is never changed or taken out.
grep '^leakslope_' names | sed 's/@@/ /' | sort >versioned
grep -v '^#' "$source/tests/consumer/symbols.txt" | sort | diff - versioned ||
  fail "symbols.txt (<) and the library (>) differ: a new function belongs to \
the version that is coming, in src/link/leakslope.map too"
# References to fopen@GLIBC_2.1 and the like bind to names without a version.
grep '@' names | grep -v '^leakslope_' && fail "a hook with a version"
! grep _Unwind_ exported || fail "takes over the host's exceptions"

readelf -d "$libdir/libleakslope.so" >dynamic
version=$(pkg-config --modversion leakslope)
expect_in dynamic "SONAME.*\[libleakslope\.so\.${version%%.*}\]"
sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' dynamic | sort >needed
grep -v -x 'libc\.so\.6\|libm\.so\.6\|ld-linux.*' needed &&
  fail "needs more than libc"
! grep 'RPATH\|RUNPATH' dynamic || fail "has an rpath"
! grep -w TEXTREL dynamic || fail "has text relocations"
grep -qw NODELETE dynamic || fail "may be unloaded"

# ---- the archive -----------------------------------------------------------
printf '%s\n' "$@" | sort >wrapped
pkg-config --libs leakslope-check | tr ' ' '\n' |
  sed -n 's/^-Wl,--wrap=//p' | sort >options
diff wrapped options || fail "pkg-config does not have each --wrap once"
nm "$libdir/libleakslope_check.a" >archive
sed -n 's/^[0-9a-f]* T __wrap_//p' archive | sort >defined
diff wrapped defined || fail "wrapped (<) and defined (>) differ"
sed -n 's/^ *U __real_//p' archive | sort -u >used
comm -13 wrapped used | grep . && fail "used without being wrapped"
# A weak one would not pull Check's objects out of their archive.
grep ' [wv] __real_' archive |
  grep -v '__real_\(realloc\|reallocarray\|malloc\|calloc\|free\)$' &&
  fail "a weak reference"
grep -o '\b[a-z_]* *(' "$source/check_ext/check_leak.h" | tr -d ' (' |
  sort -u >public
sed -n 's/^[0-9a-f]* [TDBRC] //p' archive | grep -v -x -f public |
  grep -v '^__wrap_\|^ck_\|^leakslope_\|^ls_gate_\|^lsg_' &&
  fail "names that a program may have too"
exit 0
