#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzzes the reader of snapshot files: builds the target with clang, runs it on
# the corpus, then so many times on what becomes of it.
# usage: fuzz.sh SOURCE_DIR RUNS
# Exit status 77: clang's fuzzer is not here.
set -eu
source=$1
runs=$2
here=$source/tests/fuzz
rm -rf fuzzing
mkdir -p fuzzing/found
cd fuzzing

command -v clang >/dev/null || {
  echo "no clang"
  exit 77
}
printf '%s\n' '#include <stdint.h>' '#include <stddef.h>' \
  'int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) {' \
  '  return d && n > 9 ? 0 : 0; }' >probe.c
clang -fsanitize=fuzzer,address probe.c -o probe 2>probe.log || {
  cat probe.log
  echo "no -fsanitize=fuzzer"
  exit 77
}

# Everything of the layer but what needs a tracer.
set --
for file in "$source"/src/snapshot/*.c "$source"/src/callsite/*.c \
  "$source"/src/platform/*.c "$source"/src/symbolize/modules.c \
  "$source"/src/symbolize/image.c; do
  case $file in */take.c | */on_signal.c) continue ;; esac
  set -- "$@" "$file"
done
clang -g -O1 -std=gnu11 -D_GNU_SOURCE -I "$source/src" \
  -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
  "$here/fuzz_snapshot.c" "$@" -o fuzz_snapshot

status=0
./fuzz_snapshot -runs="$runs" -max_len=2048 -timeout=10 -rss_limit_mb=1024 \
  -seed=1 -print_final_stats=1 found "$here/corpus" >fuzz.log 2>&1 || status=$?
grep -E 'stat::number_of_executed_units|cov:.*DONE|ERROR|SUMMARY' fuzz.log ||
  tail -n 20 fuzz.log
[ "$status" -eq 0 ] || {
  tail -n 40 fuzz.log
  exit 1
}
executed=$(sed -n 's/^stat::number_of_executed_units: *//p' fuzz.log)
[ "$executed" -ge "$runs" ]
