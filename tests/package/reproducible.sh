#!/bin/sh
# SPDX-License-Identifier: MIT
# Two builds of the same sources, as differently as two people build: what they
# install is the same, byte by byte, and so is the package.  (Folders that are
# made by `cmake --install` have the modes that the umask leaves them.)
# usage: reproducible.sh SOURCE_DIR FOLDER
# TYPE=RelWithDebInfo compares what has debug information.
. "$(dirname "$0")/lib.sh"
needs cmake cpack gcc dpkg-deb dpkg-shlibdeps
export SOURCE_DATE_EPOCH=1700000000

copy_to() { # folder, time of its files
  mkdir -p "$1"
  tar -xf sources.tar -C "$1"
  find "$1" -exec touch -d "$2" {} +
}

install_to() { # build, stage
  DESTDIR=$work/$2 logged "$work/$2.log" cmake --install "$1"
  # Names, kinds and modes, and where links go.
  (cd "$2" && find . \( -type d -printf '%p d\n' \) -o \
    -printf '%p %y %m %l\n' | LC_ALL=C sort) >"$2.list"
}

# At once: someone may be working on them.
(cd "$sources" && tar -cf "$work/sources.tar" CMakeLists.txt \
  CMakePresets.json LICENSE README.md cmake src check_ext)

say "One"
copy_to one '2001-02-03 04:05:06'
(
  umask 022
  export LC_ALL=C TZ=UTC HOME=/nonexistent
  JOBS=2 build_package "$work/one" "$work/one/build"
  install_to one/build first
)
say "Another: other folders, umask, locale, time zone, and order"
other="another folder/of a longer name"
copy_to "$other" '2020-10-10 10:10:10'
(
  umask 077
  locale=$(locale -a 2>/dev/null | grep -v -x -i 'c\|c\..*\|posix' | head -1)
  export LC_ALL="${locale:-C.UTF-8}" TZ=Asia/Tokyo USER=other
  JOBS=1 build_package "$work/$other" "$work/elsewhere"
  install_to elsewhere second
)

diff first.list second.list || fail "other files, or other modes"
[ "$(wc -l <first.list)" -gt 30 ] || fail "little is installed"
diff -r first second || fail "what is installed differs"
echo "install trees: $(find first -type f | wc -l) files, the same"
for build in one/build elsewhere; do
  set -- "$build"/leakslope_*.deb
  [ $# -eq 1 ] && [ -f "$1" ] || fail "not one package in $build"
done
one=$(echo one/build/leakslope_*.deb)
another=elsewhere/$(basename "$one")
cmp "$one" "$another" || {
  dpkg-deb -c "$one" >one.contents
  dpkg-deb -c "$another" | diff one.contents - || true
  fail "the packages differ"
}
sha256sum "$one" "$another"
[ "$(dpkg-deb -c "$one" | grep -c -v ' 2023-11-14 ')" -eq 0 ] ||
  fail "a time that is not SOURCE_DATE_EPOCH"
cd "$sources"
rm -rf "$work"
