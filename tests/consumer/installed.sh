#!/bin/sh
# SPDX-License-Identifier: MIT
# What is installed, staged with DESTDIR, against the list.
# usage: installed.sh LIST LIBDIR VERSION HAS_CMOCKA
. "$(dirname "$0")/lib.sh"
list=$1
libdir=$2
version=$3
absent=
[ "$4" = 1 ] || absent="/cmocka/d;"

DESTDIR=$WORK/stage "$CMAKE" --install "$BUILD" --prefix /opt/tools >install.log
[ "$(ls stage stage/opt)" = "$(printf 'stage:\nopt\n\nstage/opt:\ntools')" ] ||
  fail "installed outside of the prefix: $(ls stage stage/*)"
(cd stage/opt/tools && find . ! -type d) |
  sed "s|^\./||; s|leakslope-targets-[a-z]*\.cmake|leakslope-targets-CONFIG.cmake|" |
  sort >found
sed "/^#/d; $absent s|^LIBDIR/|$libdir/|; s|VERSION|$version|" "$list" | sort >expected
diff expected found || fail "the installed files differ from the list (<)"

find stage -type f \( -name '*.pc' -o -name '*.cmake' \) -exec \
  grep -l -F -e "$BUILD" -e "$WORK" {} + >leftovers || true
[ ! -s leftovers ] || fail "these name a folder of the build: $(cat leftovers)"

find stage -type f -perm /111 ! -name '*.so*' ! -path '*/libexec/*' \
  ! -path '*/bin/*' >executable
[ ! -s executable ] || fail "executable without need: $(cat executable)"
