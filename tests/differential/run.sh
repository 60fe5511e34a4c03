#!/bin/sh
# SPDX-License-Identifier: MIT
# Random programs in many builds, and real ones, under the differential sink.
# usage: run.sh SINK SOURCE_DIR FOLDER ALLOCATIONS SEEDS [BUILD...]
set -u
sink=$1
source=$2
folder=$3
allocations=$4
seeds=$5
shift 5
tests=$source/tests/differential
rm -rf "$folder"
mkdir -p "$folder"
log=$folder/log
failed=0

compile() { # compiler flags... -> $folder/program
  compiler=$1
  shift
  "$compiler" -std=gnu11 -D_GNU_SOURCE -w "$@" "$tests/program.c" \
    "$source/tests/unit/traceback/chains.c" -o "$folder/program" \
    -lpthread -ldl 2>"$folder/errors"
}

gcc -w -O2 -fPIC -shared -DROOM=64 "$tests/plugin.c" -o "$folder/a.so"
gcc -w -O2 -fPIC -shared -DROOM=512 "$tests/plugin.c" -o "$folder/b.so"

random() { # name compiler flags...
  name=$1
  shift
  if ! compile "$@"; then
    echo "$name: not built: $(head -n 1 "$folder/errors")"
    return
  fi
  : >"$log"
  for seed in $seeds; do
    LS_DIFFERENTIAL_LOG=$log LD_PRELOAD=$sink "$folder/program" \
      "$allocations" "$seed" "$folder/a.so" "$folder/b.so" ||
      { echo "$name: exit status $?"; failed=1; }
  done
  report "$name"
}

# Adds up the lines of the log: all processes of a row.
report() {
  awk -v name="$1" '
    { a += $3; f += $5; m += $7; p += $9 }
    END {
      printf "%-34s %9d allocations %10d frames %d mismatches", name, a, f, m
      if (p) printf " (%d where the oracles differ)", p
      printf "\n"
      exit m != 0 || a == 0
    }' "$log" || failed=1
  cat "$log" >>"$folder/all"
}

build() {
  case $1 in
    gcc-O0) random "$1" gcc -O0 ;;
    gcc-O1) random "$1" gcc -O1 ;;
    gcc-O2) random "$1" gcc -O2 ;;
    gcc-O3) random "$1" gcc -O3 ;;
    gcc-Os) random "$1" gcc -Os ;;
    gcc-fp) random "$1" gcc -O2 -fno-omit-frame-pointer ;;
    gcc-nofp) random "$1" gcc -O2 -fomit-frame-pointer ;;
    gcc-O1-fp) random "$1" gcc -O1 -fno-omit-frame-pointer -mno-red-zone ;;
    gcc-lto) random "$1" gcc -O2 -flto -fno-plt ;;
    gcc-pg) random "$1" gcc -O2 -pg ;;
    gcc-cf) random "$1" gcc -O2 -fcf-protection=full ;;
    gcc-nopie) random "$1" gcc -O2 -no-pie ;;
    gcc-native) random "$1" gcc -O3 -march=native ;;
    clang-O0) random "$1" clang -O0 ;;
    clang-O1) random "$1" clang -O1 ;;
    clang-O2) random "$1" clang -O2 ;;
    clang-O3) random "$1" clang -O3 -fomit-frame-pointer ;;
    stale)
      gcc -w -O0 "$tests/stale.c" -o "$folder/stale"
      : >"$log"
      LS_DIFFERENTIAL_LOG=$log LD_PRELOAD=$sink "$folder/stale"
      report stale ;;
    registers)
      gcc -w -O2 "$tests/registers.c" -o "$folder/registers"
      : >"$log"
      LS_DIFFERENTIAL_LOG=$log LD_PRELOAD=$sink "$folder/registers"
      report registers ;;
    real:*) real "${1#real:}" ;;
  esac
}

real() { # a program as installed, on input made here
  command -v "$1" >/dev/null 2>&1 || { echo "$1: not installed"; return; }
  : >"$log"
  export LS_DIFFERENTIAL_LOG="$log"
  scale=$((allocations / 1000))
  case $1 in
    sqlite3)
      { echo 'create table t(a integer, b text); begin;'
        awk -v n=$((scale * 40)) 'BEGIN { for (i = 0; i < n; i++)
          printf "insert into t values(%d, \"row %d\");\n", i % 97, i }'
        echo 'commit; select a, count(*), max(b) from t group by a;'
      } | LD_PRELOAD=$sink sqlite3 >/dev/null ;;
    jq)
      awk -v n=$((scale * 40)) 'BEGIN { printf "["; for (i = 0; i < n; i++)
        printf "%s{\"a\":%d,\"b\":[1,\"x%d\"]}", i ? "," : "", i, i; print "]"
        }' | LD_PRELOAD=$sink jq 'map(.b[1]) | length' >/dev/null ;;
    xmllint)
      awk -v n=$((scale * 40)) 'BEGIN { print "<r>"; for (i = 0; i < n; i++)
        printf "<e i=\"%d\"><f>t%d</f></e>\n", i, i; print "</r>" }' \
        >"$folder/input.xml"
      LD_PRELOAD=$sink xmllint --noout "$folder/input.xml" ;;
    python3)
      PYTHONMALLOC=malloc LD_PRELOAD=$sink python3 -c \
        "import json; json.loads(json.dumps([{str(i): [i]} for i in range($scale * 4)]))" ;;
    perl)
      LD_PRELOAD=$sink perl -e \
        "my %h; \$h{\$_ % 1000} .= join ',', 1..3 for 1..$scale*20;" ;;
    git)
      (cd "$source" && LD_PRELOAD=$sink git log --stat -n 5 >/dev/null 2>&1
       LD_PRELOAD=$sink git --version >/dev/null) ;;
    bash)
      LD_PRELOAD=$sink bash -c \
        "for i in \$(seq 1 $((scale < 10 ? 20 * scale : 200))); do
         x=\$(echo \"\$i\"); y[\$i]=\$x; done" ;;
  esac
  unset LS_DIFFERENTIAL_LOG
  report "$1"
}

for each in "$@"; do build "$each"; done
awk '{ a += $3; f += $5; m += $7 } END {
  printf "total: %d allocations, %d frames, %d mismatches\n", a, f, m }' \
  "$folder/all"
exit $failed
