#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the library with one part of it broken and asks whether anyone notices,
# in both fork modes.
# usage: mutant.sh SOURCE_DIR OBJECTS FOLDER VICTIM FILE SED_EXPRESSION
# FILE may be several, in one word; each must be changed.  OBJECTS has the rest,
# see objects.sh.  The name that the victim has the library by is in SONAME.
set -eu
source=$1
objects=$2
folder=$3
victim=$4
file=$5
expression=$6
here=$(cd "$(dirname "$0")" && pwd)
. "$here/compile.sh"

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
cp -r "$objects" objects
for name in $file; do
  case $name in
  *.c) compile objects "src/$name" ;;
  # shellcheck disable=SC2046 # a list of files
  *.h) compile objects $(grep -l "\"$name\"" $(sources)) ;;
  esac
done
$CC -shared -o "lib/$SONAME" objects/*.o -lm -ldl -Wl,-S,-soname,"$SONAME" \
  -Wl,--version-script=src/link/leakslope.map
noticed=yes
for fork in yes no; do
  if LD_LIBRARY_PATH=$folder/lib sh "$here/verify.sh" "$victim" "$folder/run" \
    "$fork"
  then
    noticed=no
    echo "NOT NOTICED with CK_FORK=$fork: $file: $expression"
    [ "${UNNOTICED:-no}" = yes ] || exit 1
  elif [ "${UNNOTICED:-no}" = yes ]; then
    echo "NOTICED with CK_FORK=$fork: $file: $expression"
    exit 1
  fi
done
echo "noticed: $noticed: $file: $expression"
