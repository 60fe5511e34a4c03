#!/bin/sh
# SPDX-License-Identifier: MIT
# Every line and every branch of the verdict is run by its tests.
# usage: coverage.sh SOURCE_DIR FOLDER
set -eu
source=$1
folder=$2
tests=$source/tests/unit/verdict
flags="-std=gnu11 -O0 -g -ffp-contract=off -D_GNU_SOURCE -I$source/src"

rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
for file in "$source"/src/verdict/*.c; do
  # shellcheck disable=SC2086 # a list of words
  gcc $flags --coverage -c "$file"
done
support=
for file in "$tests"/*.c; do
  case ${file##*/} in
    test_*) continue ;;
  esac
  object=support_$(basename "$file" .c).o
  # shellcheck disable=SC2086
  gcc $flags -w -c "$file" -o "$object"
  support="$support $object"
done
for file in "$tests"/test_*.c; do
  name=$(basename "$file" .c)
  objects=$(ls ./*.o | grep -v -e '^./test_' -e '^./support_')
  # shellcheck disable=SC2046,SC2086
  gcc $flags -w --coverage "$file" $objects $support -o "$name" \
    $(pkg-config --cflags --libs check) -lm
  CK_VERBOSITY=minimal "./$name"
done
gcovr --root "$source" --filter "$source/src/verdict/" --txt --branches \
  --fail-under-line 100 --fail-under-branch 100 .
