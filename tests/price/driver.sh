#!/bin/sh
# SPDX-License-Identifier: MIT
# driver.sh PYTHON PRICE BIN: price.py shows a row for each way, and fails for
# a target that is missed or a program that is not there.
set -u
price() { "$python" "$script" "$@"; }
python=$1 script=$2 bin=$3
fail() { echo "FAILED: $*"; exit 1; }

out=$(price --runs 1 --only plain,defaults,20 \
  "first=$bin/first_plain:$bin/first_gated") || fail "$out"
for way in plain defaults 20; do
  echo "$out" | grep -q "^first  *$way  *[0-9.]* *[0-9.]*\$" ||
    fail "no row for $way: $out"
done

# The suite as it is can be no third of itself under Valgrind's name.
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
printf '#!/bin/sh\nshift 2\nexec "$@"\n' >"$dir/valgrind"
chmod +x "$dir/valgrind"
out=$(PATH="$dir:$PATH" price --runs 1 --only plain,defaults,valgrind \
  "first=$bin/first_plain:$bin/first_gated") && fail "nothing missed: $out"
echo "$out" | grep -q "^missed: first: defaults / Valgrind" || fail "$out"

out=$(price "x=$dir/nothing:$dir/nothing" 2>&1) && fail "no such program"
echo "$out" | grep -q "no program: $dir/nothing" || fail "$out"
out=$(price --only never "first=$bin/first_plain:$bin/first_gated" 2>&1) &&
  fail "no such way"
echo "$out" | grep -q "no such way: never" || fail "$out"
exit 0
