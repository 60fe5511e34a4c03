#!/bin/sh
# SPDX-License-Identifier: MIT
# What all mutants have in common: the objects of the build, by the names that
# compile() gives them.
# usage: objects.sh SOURCE_DIR FOLDER LIST
set -eu
. "$(dirname "$0")/compile.sh"
rm -rf "$2"
mkdir -p "$2"
while read -r object; do
  ln -s "$object" "$2/src_$(echo "${object##*.dir/}" | tr / _)"
done <"$3"
cd "$1"
# All of the library's sources, and no other.
sources | sed 's,/,_,g; s,$,.o,' | sort >"$2.expected"
find "$2" -name '*.o' | sed 's,.*/,,' | sort | diff "$2.expected" -
