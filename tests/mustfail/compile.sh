# SPDX-License-Identifier: MIT
# How a mutant of the library is compiled; sourced, in the folder above src.
: "${CC:=cc}"

# The library's sources, but for those that are for another way to link it.
sources() {
  find src -name '*.c' ! -path 'src/cli/*' ! -path 'src/gate/*' ! -path 'src/adapters/*' \
    ! -path 'src/link/*' ! -path '*/helper/*' ! -name 'unwind_libunwind.c'
}

# compile FOLDER FILE...: each to FOLDER/<its path with _ for />.o
compile() {
  to=$1
  shift
  for file in "$@"; do
    name=$(echo "$file" | tr / _).o
    rm -f "$to/$name" # which may be a link to an object of the build
    $CC -std=gnu11 -O1 -w -fPIC -fvisibility=hidden -fno-builtin \
      -D_GNU_SOURCE -fno-optimize-sibling-calls -Isrc -c "$file" \
      -o "$to/$name"
  done
}
