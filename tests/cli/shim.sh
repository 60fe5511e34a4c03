#!/bin/sh
# SPDX-License-Identifier: MIT
# leakslope shim FOLDER: the file, and what it is not made of.
. "$(dirname "$0")/lib.sh"
needs pkg-config
unset PKG_CONFIG_PATH PKG_CONFIG
real=$(pkg-config --variable=pcfiledir check)/check.pc

leakslope 0 shim made
[ ! -s out.err ] || fail "$(cat out.err)"
[ "$(cat out)" = "export PKG_CONFIG_PATH='$WORK/made'\"\${PKG_CONFIG_PATH:+:\$PKG_CONFIG_PATH}\"" ] ||
  fail "$(cat out)"
[ "$(ls -A made)" = check.pc ] || fail "also made: $(ls -A made)"
cp made/check.pc first

# The real fields, and ours in front.
diff "$real" first >difference || true
expect_in first '^Libs: -Wl,--wrap=.* -lleakslope_check .*-lleakslope .*-lcheck'
[ "$(grep -c '^<' difference)" -eq 1 ] || fail "$(cat difference)"
for what in --modversion --cflags --print-requires; do
  [ "$(pkg-config $what check)" = \
    "$(PKG_CONFIG_PATH=$WORK/made pkg-config $what check)" ] || fail "$what"
done
PKG_CONFIG_PATH=$WORK/made pkg-config --validate check || fail "not valid"
for what in --libs "--libs --static"; do
  # shellcheck disable=SC2086 # words
  PKG_CONFIG_PATH=$WORK/made pkg-config $what check | tr -s ' ' '\n' |
    grep . >libs
  # shellcheck disable=SC2086 # words
  pkg-config $what check | tr -s ' ' '\n' | grep . >plain
  tail -n "$(wc -l <plain)" libs | diff plain - ||
    fail "Check's own $what are not at the end"
done

# Once more; with the shim in the path; and as eval gives it.
for path in '' "$WORK/made" "/nowhere:$WORK/made"; do
  PKG_CONFIG_PATH=$path leakslope 0 shim made
  cmp first made/check.pc || fail "another file with PKG_CONFIG_PATH=$path"
done
mkdir "it's here"
leakslope 0 shim "it's here"
PKG_CONFIG_PATH=$(eval "$(cat out)" && echo "$PKG_CONFIG_PATH")
[ "$PKG_CONFIG_PATH" = "$WORK/it's here" ] || fail "$PKG_CONFIG_PATH"
[ "$(PKG_CONFIG_PATH=/a sh -c "$(cat out)"' && echo "$PKG_CONFIG_PATH"')" = \
  "$WORK/it's here:/a" ] || fail "drops what was in PKG_CONFIG_PATH"
unset PKG_CONFIG_PATH

# A check.pc that is written for its place; without Libs.
mkdir "a tree" "a tree/pc"
cat >"a tree/pc/check.pc" <<'END'
prefix=${pcfiledir}/..

Name: Check
Description: moved
Version: 0.15.2
Cflags: -I${prefix}/include
END
PKG_CONFIG_PATH="$WORK/a tree/pc" leakslope 0 shim moved
[ "$(PKG_CONFIG_PATH=$WORK/moved pkg-config --cflags check)" = \
  "$(PKG_CONFIG_PATH="$WORK/a tree/pc" pkg-config --cflags check)" ] ||
  fail "\${pcfiledir} is another"
expect_in moved/check.pc '^Libs: -Wl,--wrap'

# Refusals leave nothing.
nothing() { # folder
  [ ! -e "$1" ] || fail "$1 was made"
}
PKG_CONFIG_LIBDIR=/nowhere refused 'pkg-config does not know check' shim none
nothing none
PKG_CONFIG=/nowhere/pkg refused '/nowhere/pkg cannot be started' shim none
nothing none
refused '.*: No such file' shim none/below
refused "$WORK/a:b: PKG_CONFIG_PATH cannot" shim a:b
nothing a:b
echo file >file
refused 'file/\|file: Not a directory\|file: File exists\|.*file.*: ' shim file
[ "$(cat file)" = file ] || fail "the file was replaced"
PKG_CONFIG_PATH="$WORK/a tree/pc" \
  refused "$WORK/a tree/pc has the real check.pc" shim "a tree/pc"
grep -q 'Description: moved' "a tree/pc/check.pc" || fail "it was replaced"
if [ "$(id -u)" -ne 0 ]; then
  mkdir closed
  chmod a-w closed
  refused '.*: Permission denied' shim closed
fi
rm made/check.pc
mkdir made/check.pc
refused '.*made/check.pc: ' shim made
[ "$(ls -A made)" = check.pc ] || fail "leftovers: $(ls -A made)"

# A command that is not installed has no flags to give.
mkdir alone
cp "$command" alone
! pkg-config --exists leakslope-check || exit 0
command=$WORK/alone/leakslope
refused 'pkg-config does not know leakslope-check' shim none
nothing none
