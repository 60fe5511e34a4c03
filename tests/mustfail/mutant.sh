#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the library with one part of it broken and asks whether anyone notices,
# in both fork modes.
# usage: mutant.sh SOURCE_DIR FOLDER VICTIM FILE SED_EXPRESSION
# FILE may be several, in one word; each must be changed.
# The name that the victim has the library by is in SONAME.
set -eu
source=$1
folder=$2
victim=$3
file=$4
expression=$5
here=$(cd "$(dirname "$0")" && pwd)

rm -rf "$folder"
mkdir -p "$folder/lib"
cp -r "$source/src" "$folder/src"
for name in $file; do
  sed -i "$expression" "$folder/src/$name"
  if cmp -s "$source/src/$name" "$folder/src/$name"; then
    echo "the mutation of $name changes nothing: $expression"
    exit 2
  fi
done
cd "$folder"
: "${CC:=cc}"
# shellcheck disable=SC2046 # a list of files
$CC -std=gnu11 -O1 -w -fPIC -fvisibility=hidden -fno-builtin -D_GNU_SOURCE \
  -fno-optimize-sibling-calls \
  -Isrc -shared -o "lib/$SONAME" src/leakslope.c src/track.c \
  $(ls src/*/*.c | grep -v -e unwind_libunwind -e src/cli/) -lm -ldl \
  -Wl,-soname,"$SONAME" -Wl,--version-script=src/leakslope.map
for fork in yes no; do
  if LD_LIBRARY_PATH=$folder/lib sh "$here/verify.sh" "$victim" "$folder/run" \
    "$fork"
  then
    echo "NOT NOTICED with CK_FORK=$fork: $file: $expression"
    exit 1
  fi
done
echo "noticed: $file: $expression"
