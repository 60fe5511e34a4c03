#!/bin/sh
# SPDX-License-Identifier: MIT
# counts.sh COMPILER WHAT: a gated run counts for coverage what an ungated one
# does, line by line, as gcovr reads it; with a test that fails its gate among
# them.  WHAT is instrumented: the whole program, or the library under test.
. "$(dirname "$0")/lib.sh"
cc=$1 what=$2
needs "$cc" pkg-config gcovr python3
use_prefix "$PREFIX"
gcov=gcov
case $cc in clang*)
  needs llvm-cov
  gcov="llvm-cov gcov"
  ;;
esac

build() { # folder, libraries
  mkdir "$1"
  cp "$SOURCES"/*.[ch] "$here/counts/threads.c" "$1"
  cd "$1"
  program=
  [ "$what" = library ] || program=--coverage
  # Nothing but its own functions is to be seen of the library.
  echo "{ global: store_*; local: *; };" >store.map
  "$cc" -g -O0 --coverage -fPIC -shared -Wl,--version-script=store.map \
    store.c -o libstore.so
  # shellcheck disable=SC2046,SC2086
  for name in test_store threads; do
    "$cc" -g -O0 $program $name.c -o $name -L. -Wl,-rpath,"$PWD" -lstore \
      $(pkg-config --cflags check) $(pkg-config --libs $2) -lpthread
  done
  cd ..
}

counts() { # folder, fork mode
  (
    cd "$1"
    find . -name '*.gcda' -exec rm {} +
    for run in "test_store CK_LEAK_ITERATIONS=50" \
      "test_store STORE_MOOD=bad" "threads CK_LEAK_ITERATIONS=50"; do
      # Without fork, nothing parts threads from the process that counts.
      case $2/$run in no/threads*) continue ;; esac
      program=${run%% *}
      env CK_FORK="$2" "${run#* }" "./$program" >>../"$1.out" 2>&1 || :
    done
    gcovr --gcov-executable "$gcov" --root . --json ../"$1.$2.json" \
      >../"$1.gcovr" 2>&1
  )
}

build plain check
build gated leakslope-check
for fork in yes no; do
  counts plain $fork
  counts gated $fork
  python3 "$here/counts/compare.py" plain.$fork.json gated.$fork.json store.c ||
    fail "CK_FORK=$fork: the gate changes what is counted"
done
expect_in gated.out "$leak"
expect_in gated.out "repeated in place"
